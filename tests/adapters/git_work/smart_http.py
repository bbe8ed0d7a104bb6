"""A git server over HTTP that wants a password, through git's own CGI program (git-http-backend)."""

from __future__ import annotations

import base64
import os
import subprocess
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from tests.serving import serving


class GitServer(ThreadingHTTPServer):
    """Serves the bare repositories of a folder to one login."""

    daemon_threads = True

    def __init__(self, folder: Path, login: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.wanted = f"Basic {base64.b64encode(login.encode()).decode()}"
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.refused = 0


class _Handler(BaseHTTPRequestHandler):
    server: GitServer

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""

    def do_GET(self) -> None:
        """What is there."""
        self._serve()

    def do_POST(self) -> None:
        """A fetch, a push."""
        self._serve()

    def _serve(self) -> None:
        if self.headers.get("Authorization") != self.server.wanted:
            self.server.refused += 1
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        done = subprocess.run(
            ["git", "http-backend"], env=self._cgi(), input=self._body(), capture_output=True, check=False
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        lines = [line.partition(":")[::2] for line in head.decode().split("\r\n")]
        status = next((int(value.split()[0]) for name, value in lines if name == "Status"), 200)
        self.send_response(status)
        for name, value in lines:
            if name != "Status":
                self.send_header(name, value.strip())
        self.end_headers()
        self.wfile.write(body)

    def _body(self) -> bytes:
        """The request's body, which git sends in chunks where it is long."""
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        found = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return found

    def _cgi(self) -> dict[str, str]:
        parts = urlsplit(self.path)
        return {
            "PATH": os.environ["PATH"],
            "HOME": "/nonexistent",
            "GIT_PROJECT_ROOT": str(self.server.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_USER": "jo",
        }


def git_server(folder: Path, login: str) -> AbstractContextManager[GitServer]:
    """A running one."""
    return serving(GitServer(folder, login))
