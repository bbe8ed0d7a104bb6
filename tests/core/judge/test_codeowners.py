"""CODEOWNERS: whom files belong to, as GitHub and GitLab document it."""

from __future__ import annotations

import pytest

from whydrift.core.judge.codeowners import owners_of

RULES = """
# everything, unless a later rule says otherwise
*                 @org/platform
*.md              docs@example.com
/apps/shop/       @org/shop @ann     # the shop
apps/*/values.yaml @org/values
docs/*            @org/docs
/infra/**/dns.yaml @org/network
logs/             @org/logs
/apps/free/
/with\\ space.yaml @space
"""
FILES = [
    ("Makefile", ("@org/platform",)),
    ("apps/shop/deployment.yaml", ("@org/shop", "@ann")),
    ("apps/shop/base/deployment.yaml", ("@org/shop", "@ann")),
    ("apps/shop/values.yaml", ("@org/values",)),
    ("apps/a/b/values.yaml", ("@org/platform",)),
    ("old/apps/a/values.yaml", ("@org/platform",)),
    ("docs/page.txt", ("@org/docs",)),
    ("docs/deep/page.txt", ("@org/platform",)),
    ("README.md", ("docs@example.com",)),
    ("deep/er/README.md", ("docs@example.com",)),
    ("infra/dns.yaml", ("@org/network",)),
    ("infra/eu/west/dns.yaml", ("@org/network",)),
    ("a/logs/x", ("@org/logs",)),
    ("apps/free/x.yaml", ()),
    ("with space.yaml", ("@space",)),
]


@pytest.mark.parametrize(("file", "owners"), FILES)
def test_the_last_rule_that_matches_counts(file: str, owners: tuple[str, ...]) -> None:
    assert owners_of(RULES, file) == owners


def test_a_section_of_gitlab_gives_its_owners_to_rules_that_name_none() -> None:
    stated = "[Shop] @org/shop\napps/shop/\napps/shop/db/ @dba\n^[Rest][2] @org/rest\n*.tf\n"
    assert owners_of(stated, "apps/shop/web.yaml") == ("@org/shop",)
    assert owners_of(stated, "apps/shop/db/x.yaml") == ("@dba",)
    assert owners_of(stated, "x/main.tf") == ("@org/rest",)


def test_no_rule_names_nobody() -> None:
    assert owners_of("", "a") == ()
    assert owners_of("/b @x", "a") == ()
