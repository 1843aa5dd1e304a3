"""The catalogue of problem codes: one code for one meaning, used, complete and readable."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

from portal_contracts.all import load_all
from portal_contracts.common import Problem
from portal_contracts.problems import CATALOGUE, ProblemCode
from tests.contracts.words import INTERNAL, british

ROOT = Path(__file__).resolve().parents[2]
MAKES_PROBLEMS = ROOT / "libs/contracts/portal_contracts/problems/code.py"
OVERRIDES = {"field", "box", "status", "door", "hint"}
LONGEST = 280

load_all()
CODES = dict(CATALOGUE)
NAMES = {code.upper(): entry for code, entry in CODES.items()}
every = pytest.mark.parametrize("entry", CODES.values(), ids=list(CODES))


@cache
def trees() -> dict[Path, ast.Module]:
    """All code that runs in a service or a client."""
    files = (f for top in ("libs", "services") for f in (ROOT / top).rglob("*.py"))
    return {f: ast.parse(f.read_text()) for f in files}


def calls() -> Iterator[tuple[Path, str, ast.Call]]:
    """(file, name of what is called, the call)."""
    for file, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = node.func
                name = called.attr if isinstance(called, ast.Attribute) else None
                yield file, name or (called.id if isinstance(called, ast.Name) else ""), node


def is_shelf(file: Path) -> bool:
    return file.name == "problems.py" or file.parent.name == "problems"


# -- one code, one meaning ------------------------------------------------------------------------


def test_a_code_is_registered_once() -> None:
    with pytest.raises(ValueError, match="missing is in the catalogue already"):
        ProblemCode("missing", "Another meaning.", "Another sentence.")
    with pytest.raises(ValueError, match="mean something else"):
        ProblemCode("never_seen", "A meaning.", "The {status} is not right.")
    assert CATALOGUE["missing"].meaning == "A required field is missing or empty."


def test_one_meaning_and_one_sentence_have_one_code() -> None:
    assert len(CODES) > 40
    for said in ([e.meaning for e in CODES.values()], [e.sentence for e in CODES.values()]):
        plain = [re.sub(r"[^a-z{]+", " ", text.lower()).strip() for text in said]
        assert sorted(plain) == sorted(set(plain))


def test_a_constant_is_named_as_its_code() -> None:
    for file, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                made, target = node.value, node.targets[0]
                if isinstance(made.func, ast.Name) and made.func.id == "ProblemCode":
                    assert is_shelf(file), f"{file}: codes stand in problems.py of the contracts"
                    assert isinstance(target, ast.Name)
                    code = ast.literal_eval(made.args[0])
                    assert target.id == code.upper()
                    assert re.fullmatch(r"[a-z][a-z0-9_]{2,39}", code)


# -- all from the catalogue, and all of it used ---------------------------------------------------


def test_problems_are_made_by_the_catalogue_alone() -> None:
    found = {file for file, name, _ in calls() if name == "Problem" and file != MAKES_PROBLEMS}
    assert found == set()


def test_every_code_is_used() -> None:
    used: set[str] = set()
    for file, tree in trees().items():
        if not is_shelf(file):
            used |= {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
            used |= {
                n.id
                for n in ast.walk(tree)
                if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
            }
    assert sorted(NAMES.keys() - used) == []


def test_every_call_gives_the_words_of_the_sentence() -> None:
    seen = 0
    for file, name, call in calls():
        if name in NAMES and not any(keyword.arg is None for keyword in call.keywords):
            given = {keyword.arg for keyword in call.keywords} - OVERRIDES
            assert given == NAMES[name].placeholders, f"{file}:{call.lineno}: {name}"
            assert "isoformat" not in ast.dump(call), f"{file}:{call.lineno}: give the day itself"
            seen += 1
    assert seen > 40


def test_what_calls_fill_in_can_be_read_by_a_biller() -> None:
    """Words and hints that stand in the code of a service."""
    seen = 0
    for file, name, call in calls():
        if name in NAMES and not NAMES[name].for_programs:
            words = [k.value for k in call.keywords if k.arg not in OVERRIDES - {"hint"}]
            parts = (c for word in words for c in ast.walk(word) if isinstance(c, ast.Constant))
            for text in (c.value for c in parts if isinstance(c.value, str)):
                assert not british(text) and not INTERNAL.findall(text), f"{file}: {text}"
                seen += 1
    assert seen > 20


# -- filling in -----------------------------------------------------------------------------------


@every
def test_a_call_fills_the_sentence(entry: ProblemCode) -> None:
    words = {name: f"<{name}>" for name in entry.placeholders}
    problem = entry(**words, field="a.b", hint="More.")
    assert isinstance(problem, Problem)
    assert (problem.code, problem.field, problem.door) == (entry.code, "a.b", entry.door)
    assert all(word in problem.message for word in words.values())
    assert problem.message.endswith(" More.") and not re.search("[{}]", problem.message)
    with pytest.raises(TypeError):
        entry(**words, surplus="x")
    if words:
        with pytest.raises(TypeError):
            entry()


def test_a_day_is_written_in_words_and_a_moment_not_at_all() -> None:
    too_early = CATALOGUE["date_too_early"]
    said = too_early(what="Date of birth", limit=date(1880, 1, 1)).message
    assert said == "Date of birth must be January 1, 1880 or a later day."
    with pytest.raises(TypeError):
        too_early(what="Date of birth", limit=datetime(1880, 1, 1, tzinfo=UTC))


def test_what_a_caller_sent_is_no_template() -> None:
    assert CATALOGUE["missing"](what="{what} {0.__class__}").message.startswith("{what} {0.__c")


# -- language -------------------------------------------------------------------------------------


@every
def test_a_sentence_can_be_read_by_a_biller(entry: ProblemCode) -> None:
    sentence = entry.sentence
    assert re.match(r'"?[A-Z{]', sentence) and sentence.endswith(".") and "  " not in sentence
    assert len(sentence) <= LONGEST, len(sentence)
    assert british(sentence) == []
    assert not re.search(r"[0-9]{4}-[0-9]{2}|:%|isoformat", sentence)
    if not entry.for_programs:
        assert not INTERNAL.findall(re.sub("{.*?}", "x", sentence))


@every
def test_a_meaning_is_one_line_for_developers(entry: ProblemCode) -> None:
    assert re.match(r"[A-Z`]", entry.meaning) and entry.meaning.endswith(".")
    assert "\n" not in entry.meaning and len(entry.meaning) <= 120
    assert british(entry.meaning) == []
