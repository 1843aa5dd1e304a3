"""The lock files: everything pinned by hash, no address of a registry, both in agreement."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LOCKS = ("requirements.lock", "requirements-dev.lock")


def _pins(lock: str) -> set[tuple[str, str]]:
    return set(
        re.findall(r"^([a-z0-9._-]+(?:\[\w+])?)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE)
    )


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_with_its_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text()
    requirements = re.findall(r"^[a-z0-9](?:[^\n]*\\\n)*[^\n]*", text, re.MULTILINE)
    assert len(requirements) == len(_pins(lock)) > 40
    assert [r for r in requirements if "--hash=sha256:" not in r] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_registry_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert "--index" not in text and "--find-links" not in text


def test_what_runs_in_production_is_what_was_tested() -> None:
    production, tested = (_pins(lock) for lock in LOCKS)
    assert production - tested == set()


def test_what_node_installs_is_pinned_with_hashes_and_names_no_registry() -> None:
    lock = ROOT / "tools" / "contracts" / "node" / "package-lock.json"
    packages = {k: p for k, p in json.loads(lock.read_text())["packages"].items() if k}
    assert len(packages) > 40
    assert {
        name for name, p in packages.items() if not p["integrity"].startswith("sha512-")
    } == set()
    assert {name for name, p in packages.items() if "resolved" in p} == set()
    hosts = set(re.findall('[a-z+]+://([^/"]+)', lock.read_text()))
    assert hosts <= {"github.com", "opencollective.com"}, "where people may give money, no more"
