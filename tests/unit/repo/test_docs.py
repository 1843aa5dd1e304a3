"""Docs say what is: links, named files, tests and settings exist, pages stay short, US English."""

import ast
import importlib
import io
import os
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from portal_contracts import topics
from portal_runtime.settings import RuntimeSettings
from tests.unit.repo.words import unwanted

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted(
    {
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("deploy/*.md"),
        *ROOT.glob("libs/*/*.md"),
        *ROOT.glob("services/*/*.md"),
        *ROOT.glob("cli/portal_cli/**/*.md"),
        *ROOT.glob("tests/*.md"),
    }
)
CODE = sorted(
    path
    for folder in ("libs/runtime/portal_runtime", "cli/portal_cli", "services", "tools")
    for path in (ROOT / folder).rglob("*.py")
    if not {"node_modules"} & {*path.relative_to(ROOT).parts}
)
GENERATED = {ROOT / "docs/problems.md"}
WIDEST = 175
"""Characters of a line that is no row of a table."""
LINES = {
    "README.md": 110,
    "CONTRIBUTING.md": 60,
    "ARCHITECTURE.md": 150,
    "docs/promises.md": 100,
    "docs/performance.md": 100,
    "docs/servers-away.md": 100,
    "docs/for-gateways.md": 150,
    "docs/runbook.md": 150,
    "docs/adr/": 50,
    "services/": 80,
}
HEADINGS = [
    *("What it does", "Messages", "States", "Rules live in", "Data it keeps", "Settings"),
    "When something is away",
]
PACKAGES = {service: service for service in topics.SERVICES} | {"auth": "prior_auth"}
EXTENSION = re.compile(r"^[\w./-]+\.(?:py|md|json|csv|yml|sql|toml|837)$")
MADE_BY_RUNS = {"stack.json", "plan.txt", "before.json"}

by_page = pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
by_service = pytest.mark.parametrize("service", topics.SERVICES)


def _prose(page: Path) -> str:
    """The page without blocks and spans of code, and without the addresses of links."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\]\([^)]*\)", "]", re.sub(r"`[^`\n]*`", "", text))


def _anchors(page: Path) -> set[str]:
    """Headings as GitHub links them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@by_page
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target), link


@cache
def _files() -> dict[str, list[Path]]:
    """Files of the repository by name."""
    found: dict[str, list[Path]] = {}
    for folder in ("cli", "deploy", "docs", "libs", "services", "tests", "tools"):
        for inside, folders, names in os.walk(ROOT / folder):
            folders[:] = [name for name in folders if name not in ("__pycache__", "node_modules")]
            for name in names:
                found.setdefault(name, []).append(Path(inside, name))
    for path in ROOT.iterdir():
        found.setdefault(path.name, []).append(path)
    return found


def _named(page: Path) -> Iterator[tuple[str, str]]:
    """(file, test or "") of each span of code that names a file: `a/b.py`, `test_a.py::test_b`."""
    for span in re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8")):
        path, _, test = span.partition("::")
        if EXTENSION.match(path) and path not in MADE_BY_RUNS:
            yield path, test


def _matches(page: Path, path: str) -> list[Path]:
    """Files that end so: a page may leave out the folders before. A service's page means its own,
    or the shared libraries."""
    ends = Path(path.removeprefix("../")).parts
    found = [p for p in _files().get(ends[-1], []) if p.parts[-len(ends) :] == ends]
    if page.parent.parent.name != "services":
        return found
    return [p for p in found if page.parent in p.parents or ROOT / "libs" in p.parents]


@by_page
def test_every_file_and_test_that_is_named_exists(page: Path) -> None:
    for path, test in _named(page):
        found = _matches(page, path)
        assert found, f"{path} does not exist"
        defined = {name for p in found for name in _defined(p)} if test else {""}
        assert test in defined, f"{path} has no {test}"


@cache
def _defined(file: Path) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return frozenset(names)


def _set_somewhere() -> set[str]:
    """Settings of the services, and whatever programs and make read from the environment."""
    found: set[str] = set()
    for service in topics.SERVICES:
        for kind in _settings_of(service):
            found |= {f"PORTAL_{name.upper()}" for name in kind.model_fields}
    for folder in ("cli", "libs", "tests", "deploy"):
        for path in (ROOT / folder).rglob("*.py"):
            found |= set(re.findall(r"PORTAL_[A-Z0-9_]+", path.read_text(encoding="utf-8")))
    for name in ("Makefile", "docker-compose.yml", "deploy/base-images/make"):
        found |= set(re.findall(r"PORTAL_[A-Z0-9_]+", (ROOT / name).read_text(encoding="utf-8")))
    return found


def test_every_setting_that_is_named_exists() -> None:
    known = _set_somewhere()
    for page in PAGES:
        named = set(re.findall(r"\bPORTAL_[A-Z0-9_]*[A-Z0-9]\b(?!_\*)", page.read_text("utf-8")))
        assert {name for name in named if name not in known} == set(), page.name


@pytest.mark.parametrize(
    "page", sorted({*PAGES} - GENERATED), ids=lambda p: str(p.relative_to(ROOT))
)
def test_a_page_is_as_short_as_promised(page: Path) -> None:
    lines, name = page.read_text(encoding="utf-8").splitlines(), str(page.relative_to(ROOT))
    most = [n for begin, n in LINES.items() if name == begin or name.startswith(begin)]
    assert len(lines) <= min(most, default=150)
    block = False
    for line in lines:
        block ^= line.startswith("```")
        assert block or line.startswith("|") or len(line) <= WIDEST, line


@by_page
def test_a_page_is_in_us_english_and_in_the_words_of_today(page: Path) -> None:
    assert unwanted(_prose(page)) == []


@pytest.mark.parametrize("path", CODE, ids=lambda p: str(p.relative_to(ROOT)))
def test_comments_and_docstrings_are_too(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    said = [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    ]
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Expr(value=ast.Constant(value=str() as docstring)):
                said.append(docstring)
    assert unwanted(re.sub(r"`[^`\n]*`", "", "\n".join(said))) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        *(("It recognises them.", "recognises"), ("Cancelled timers", "Cancelled")),
        *(("a sip of reviews", "sip"), ("sealed with a seal", "seal"), ("how manieth", "manieth")),
    ],
)
def test_unwanted_words_are_seen(text: str, word: str) -> None:
    assert unwanted(text) == [word]


def test_words_that_only_look_like_them_are_not() -> None:
    assert unwanted("Programs analyze a sealed copy of the center's authorization.") == []


@by_service
def test_service_pages_have_one_shape(service: str) -> None:
    page = (ROOT / "services" / service / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == HEADINGS


def _settings_of(service: str) -> list[type[RuntimeSettings]]:
    module = importlib.import_module(f"{PACKAGES[service]}.settings")
    return [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, RuntimeSettings)
        and kind is not RuntimeSettings
    ]


@by_service
def test_a_page_names_every_setting_that_is_its_services_own(service: str) -> None:
    page = (ROOT / "services" / service / "README.md").read_text(encoding="utf-8")
    own = _settings_of(service)
    assert own
    names = {name for kind in own for name in kind.model_fields} - {*RuntimeSettings.model_fields}
    assert {name for name in names if f"PORTAL_{name.upper()}" not in page} == set()


ADRS = sorted((ROOT / "docs/adr").glob("0*.md"))


@pytest.mark.parametrize("page", ADRS, ids=lambda p: p.stem)
def test_a_decision_has_its_four_parts_and_is_listed(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for part in ("Status", "Context", "Decision", "Consequences"):
        assert re.search(rf"^(?:\*\*{part}\.\*\*|## {part}$)", text, re.MULTILINE), part
    assert f"({page.name})" in (ROOT / "docs/adr/README.md").read_text(encoding="utf-8")
