"""Masking: nothing secret gets through in any notation, what is no secret stays, and equal stays equal."""

from __future__ import annotations

import base64
import json
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whydrift.core.model.secret_names import MARK
from whydrift.core.model.secret_parts import LARGE, MOST, Parts
from whydrift.core.model.secrets import Masker
from whydrift.core.model.values import Json
from whydrift.errors import SourceError

MASKER = Masker(b"a key of this run")
SECRET = "hunter2Marker"
LOGIN = base64.b64encode(f"bob:{SECRET}".encode()).decode()
TEXTS = (
    f"password: {SECRET}",
    f"a=1\npassword={SECRET}\nb: c",
    f"db.url=x\nspring.datasource.password = {SECRET}\n",
    f'[db]\npassword = "{SECRET}"\n',
    f"[db]\npassword = '''\n{SECRET}\nsecond\n'''\n",
    f"password: |\n  {SECRET}\n  {SECRET}\nother: x\n",
    f"a:\n  db_password: >-\n    {SECRET}\n\n    {SECRET}\n  b: c\n",
    f"passwords:\n  - {SECRET}\n  - {SECRET}\n",
    f"passwords: [{SECRET}, {SECRET}]",
    f'passwords: ["{SECRET}"]',
    f'{{"password":"{SECRET}"}}',
    f'{{"a": [1], "apiKey": "{SECRET}"}}\n',
    f'{{"password":"{SECRET}"',
    f'sh -c "export DB_PASSWORD={SECRET}; run"',
    f'sh -c \'{{\\"password\\": \\"{SECRET}\\"}}\'',
    f"export AWS_SECRET_ACCESS_KEY={SECRET}",
    f"--password={SECRET}",
    f"run --password {SECRET} --verbose",
    f"run --auth.token {SECRET}",
    f"curl -u bob:{SECRET} http://x",
    f"curl -H 'X-Api-Key: {SECRET}'",
    f"Authorization: Bearer {SECRET}",
    f"authorization: Basic {LOGIN}",
    f"https://bob:{SECRET}@example.com/x",
    f"postgres://bob:{SECRET}@db:5432/app?sslmode=off",
    f"postgres://bob:p@{SECRET}@db/app",
    f"bob:{SECRET}@tcp(db:3306)/app",
    f"redis bob:{SECRET}@db:6379",
    f"https://example.com/x?a=b&token={SECRET}&c=d",
    f"Server=db;User Id=sa;Password={SECRET};Encrypt=true",
    f"Endpoint=sb://x/;SharedAccessKey={SECRET}",
    f"db.example.com:5432:app:bob:{SECRET}",
    f"db:5432:*:bob:{SECRET}\n*:*:*:bob:{SECRET}\n",
    f"machine example.com login bob password {SECRET}",
    f"//registry.example.com/:_authToken={SECRET}",
    f"_auth={LOGIN}",
    f'{{"auths": {{"ghcr.io": {{"auth": "{LOGIN}"}}}}}}',
    f"<password>{SECRET}</password>",
    f'<property name="db.password" value="{SECRET}"/>',
    f"users:\n- name: admin\n  user:\n    client-key-data: {SECRET}\n    token: {SECRET}\n",
    f"apiVersion: v1\nkind: Secret\nstringData:\n  a: {SECRET}\n  b: |\n    {SECRET}\ntype: Opaque\n",
    f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\n-----END RSA PRIVATE KEY-----",
    f"-----BEGIN PRIVATE KEY-----\n{SECRET}",
    base64.b64encode(f"-----BEGIN EC PRIVATE KEY-----\n{SECRET}{SECRET}".encode()).decode(),
    f"bob:$apr1$abcdefgh${SECRET}ABCDEFGHIJ",
    f"bob:{{SHA}}{SECRET}ABCDEFGHIJ=",
    "bob:$2y$10$" + (SECRET * 5)[:53],
    "ghp_" + SECRET * 3,
    "glpat-" + SECRET * 2,
    "xoxb-" + SECRET,
    "sk_live_" + SECRET,
    f"eyJhbGciOiJIUzI1NiJ9.eyJ{SECRET}.{SECRET}",
    "hvs." + SECRET * 2,
    f'failed: Get "https://bob:{SECRET}@example.com": refused',
    f"invalid argument --token={SECRET} (exit 1)",
)
VALUES: tuple[Json, ...] = (
    {"kind": "Secret", "apiVersion": "v1", "data": {"a": SECRET}, "stringData": {"b": {"c": [SECRET]}}},
    {"kind": "Secret", "data": SECRET},
    {"kind": "SecretList", "items": [{"metadata": {"name": "a"}, "data": {"a": SECRET}}]},
    {"kind": "Secret", "metadata": {"annotations": {"x/last-applied-configuration": f'{{"data":{{"a":"{SECRET}"'}}},
    {"metadata": {"annotations": {"x/last-applied": json.dumps({"kind": "Secret", "data": {"a": SECRET}})}}},
    {"state": f'{{"kind":"Secret","data":{{"a":"{SECRET}"}},"x":1e999}}'},
    {"env": [{"name": "DB_PASSWORD", "value": SECRET}]},
    {"parameters": [{"name": "auth.password", "value": SECRET, "forceString": True}]},
    {"plugin": {"parameters": [{"name": "tokens", "array": [SECRET]}, {"name": "passwords", "map": {"a": SECRET}}]}},
    {"valuesObject": {"auth": {"password": SECRET, "adminPasswords": {"bob": SECRET, "eve": [SECRET]}}}},
    {"values": f"auth:\n  password: {SECRET}\n"},
    {"data": {"app.env": f"A=b\nTOKEN={SECRET}\n", "HASHICORP_TOKEN": SECRET, "digestAuthPassword": SECRET}},
    {"args": ["--password", SECRET, "--token", SECRET, "-u", f"bob:{SECRET}"]},
    {"auths": {"ghcr.io": {"auth": LOGIN}}},
    {"matchLabels": {"x": "ghp_" + SECRET * 3}},
    {"password": 20261128},
)
HARMLESS: tuple[Json, ...] = (
    {"env": [{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}]},
    {"env": [{"name": "DB_PASSWORD", "value": "$(OTHER)"}, {"name": "TOKEN", "value": "${TOKEN}"}]},
    {"data": [{"secretKey": "password", "remoteRef": {"key": "db/password", "property": "token"}}]},
    {"volumes": [{"secret": {"secretName": "token"}}], "imagePullSecrets": [{"name": "registry"}]},
    {"imagePullSecret": "registry", "existingSecret": "db", "tlsSecret": "tls", "passwordSecret": "db-password"},
    {"secrets": ["one", "two"], "secretRef": {"name": "x"}, "tokenSecretRef": {"name": "x", "key": "token"}},
    {"annotations": {"checksum/secret": "e3b0c44298fc1c149afbf4c8996fb924", "checksum/config": "sha256:" + "0a" * 32}},
    {"image": "ghcr.io/x/token:1.2@sha256:" + "0a" * 32, "secretHash": "0a" * 16},
    {"automountServiceAccountToken": True, "password": "", "token": None, "secret": "false"},
    {"maxTokens": "4096", "bypass": "on", "compass": "north", "key": "a", "keys": ["a"], "passthrough": "x"},
    {"tolerations": [{"key": "token", "operator": "Equal", "value": "x"}]},
    {"kind": "Secret", "data": {"password": "++++++++"}, "metadata": {"name": "db", "labels": {"token": "x"}}},
    {"message": 'secrets "db-password" not found', "reason": "token: context deadline exceeded"},
    {"message": "Bearer authentication is not supported; basic authentication is", "url": "https://git@x.example/a"},
    {"url": "amqp://mq:5672/x", "repo": "ssh://git@example.com:22/x.git", "mail": "mailto:bob@example.com/x"},
    {"clientSecret": "$dex.github.clientSecret", "password": "{{ .Values.password }}", "token": "<path:a/b#c>"},
    {
        "publicKey": "-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----",
        "certificate-authority-data": "LS0tLS1C",
    },
    {"text": "spec:\n  secretName: x\n  secretKeyRef:\n    name: y\n    key: password\n"},
    {"text": "- secretKey: password\n  remoteRef:\n    key: db\n"},
)
PIECES = ("password", "token", ": ", "  ", "- ", SECRET, "://", "--", "kind: Secret\ndata:\n", "Bearer ", MARK, "'''")
WORDS = st.sampled_from([*"\"'\n|a{}[]@:=,\\<$+", *PIECES, "ghp_" + "x" * 20, "<password>"])
STRANGE = st.lists(WORDS, max_size=12).map("".join)
KEYS = st.sampled_from(
    ("password", "name", "value", "kind", "data", "token", "key", "remoteRef", "secretKey", "auth", "x")
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | STRANGE | st.just("Secret"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


@pytest.mark.parametrize("text", TEXTS)
def test_no_text_lets_a_secret_through(text: str) -> None:
    """In a text, in a ConfigMap's key, in JSON inside JSON: it is gone, and masking again changes nothing."""
    places: tuple[Json, ...] = (
        text,
        {"data": {"file": text}},
        [json.dumps({"x": text})],
        {"s": json.dumps({"d": json.dumps([text])})},
    )
    for value in places:
        hidden = MASKER.mask(value)
        spelled = json.dumps(hidden)
        assert SECRET not in spelled and LOGIN not in spelled and "SHVudGVyMk1hcmtlc" not in spelled, spelled
        assert MASKER.mask(hidden) == hidden


@pytest.mark.parametrize("value", VALUES, ids=json.dumps)
def test_no_value_lets_a_secret_through(value: Json) -> None:
    """By the name of its key, its variable, its parameter or its flag."""
    spelled = json.dumps(MASKER.mask(value))
    assert SECRET not in spelled and LOGIN not in spelled and "20261128" not in spelled


@pytest.mark.parametrize("value", HARMLESS, ids=json.dumps)
def test_what_is_no_secret_stays(value: Json) -> None:
    """References, names of Secrets, checksums, placeholders, prose, Argo CD's own mask."""
    assert MASKER.mask(value) == value


@pytest.mark.parametrize("text", TEXTS)
def test_equal_stays_equal_and_different_different(text: str) -> None:
    """Same or changed is still known of what is masked."""
    other = text.replace(SECRET, "another9Value").replace(LOGIN, base64.b64encode(b"bob:another9").decode())
    assert MASKER.mask({"f": text}) == MASKER.mask({"f": str(text)})
    assert text == other or MASKER.mask({"f": text}) != MASKER.mask({"f": other})


@given(JSON)
def test_masking_again_changes_nothing(value: Json) -> None:
    """Idempotent, whatever it meets; and the value that it was given is as it was."""
    before = json.dumps(value)
    hidden = MASKER.mask(value)
    assert MASKER.mask(hidden) == hidden
    assert json.dumps(value) == before


@pytest.mark.parametrize("value", (*VALUES, *HARMLESS, *TEXTS), ids=json.dumps)
def test_reading_by_parts_hides_what_masking_the_whole_does(value: Json) -> None:
    """However small its parts, and wherever it stands: in a spec, a list, below a password, beside a secret's name."""
    places: tuple[Json, ...] = (
        value, {"spec": value}, [{"spec": value}, {"spec": value}], ["--password", value],
        {"password": {"spec": value}}, {"name": "DB_PASSWORD", "value": [value], "spec": value},
        {"kind": "Secret", "data": {"a": value}}, {"remoteRef": {"key": "x"}, "secretKey": value, "spec": value},
    )  # fmt: skip
    for place in places:
        read, hides = Parts(MASKER, large=1).read(json.dumps(place).encode())
        assert read == MASKER.mask(place)
        assert hides is (read != place)


@given(JSON)
def test_reading_by_parts_is_masking_the_whole(value: Json) -> None:
    """Whatever it meets; and anew with what is remembered by then."""
    parts = Parts(MASKER, large=1)
    for _ in range(2):
        read, hides = parts.read(json.dumps(value).encode())
        assert read == MASKER.mask(value)
        assert hides is (read != value)


def test_large_parts_that_are_spelled_alike_are_one_value() -> None:
    """Of two sides of an object, and out of a copy of it in a text; what differs is not."""
    spec: Json = {"text": "a" * LARGE, "password": SECRET}
    sides = [MASKER.read(json.dumps({"spec": spec, "side": side}).encode()) for side in ("git", "live")]
    assert isinstance(sides[0], dict) and isinstance(sides[1], dict)
    assert sides[0]["spec"] is sides[1]["spec"] and SECRET not in json.dumps(sides)
    assert sides[0]["side"] != sides[1]["side"]


def test_what_is_remembered_has_an_end() -> None:
    """A large fleet holds no more than a small one."""
    parts = Parts(MASKER)
    for number in range(3):
        parts.read(json.dumps({"text": str(number) * (MOST // 2)}).encode())
    assert sum(map(len, parts._known)) <= MOST + LARGE


@given(st.text(min_size=1), st.text(min_size=1))
def test_tokens_tell_values_apart(one: str, two: str) -> None:
    """Same token, same value; with another key, another token."""
    assert (MASKER.token(one) == MASKER.token(two)) is (one == two)
    assert Masker(b"another").token(one) != MASKER.token(one)


@settings(deadline=None)
@given(st.text(alphabet="ab c:/.-\n", max_size=60))
def test_text_without_a_secret_is_untouched(text: str) -> None:
    """Where no secret's name and no format stands, nothing changes."""
    assert MASKER.text(text) == text


def test_nesting_without_end_is_an_error_of_one_line() -> None:
    """No RecursionError gets out."""
    deep: Json = "x"
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(SourceError, match="nested too deeply"):
        MASKER.mask(deep)


@pytest.mark.parametrize(
    "unit",
    ["a", "password", "a.", "token=", "x:", '"', "- ", "\n  ", "<password>", "https://a:", "--a", "password: |\n a\n"],
)
def test_large_texts_take_linear_time(unit: str) -> None:
    """No pattern goes back and forth: 300 kB of the worst take a second or two, where squares would take an hour."""
    begun = perf_counter()
    MASKER.text(unit * (300_000 // len(unit)))
    assert perf_counter() - begun < 30
