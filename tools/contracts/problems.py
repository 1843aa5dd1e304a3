"""`docs/problems.md`: the catalogue of problem codes as a page for people."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import portal_contracts
from portal_contracts.problems import ProblemCode

INTRODUCTION = """# Problem codes

<!-- Written by `make contracts` from `problems` in libs/contracts; do not edit. -->

What a refusal may say (`portal.refused.v1`, a claim's rejection, an upload that was not taken). One
code means one thing and has one sentence; `{placeholders}` are filled in for the case at hand. The
sentence is for the person who reads the screen. A program goes by `code`, shows the sentence at
`field`, and offers `door` where there is one.
"""
_ORDER = ("common", "message", "shape")


def page() -> str:
    """The page as it should be."""
    return INTRODUCTION + "".join(map(_section, _shelves()))


def _shelves() -> list[ModuleType]:
    """Every module with codes: what all say first, then the services."""
    names = (m.name for m in pkgutil.walk_packages(portal_contracts.__path__, "portal_contracts."))
    shelves = [importlib.import_module(n) for n in names if ".problems" in n]
    return sorted((s for s in shelves if any(_codes(s))), key=_place)


def _codes(shelf: ModuleType) -> Iterator[ProblemCode]:
    return (value for value in vars(shelf).values() if isinstance(value, ProblemCode))


def _place(shelf: ModuleType) -> tuple[int, str]:
    title = _title(shelf)
    return (_ORDER.index(title) if title in _ORDER else len(_ORDER)), title


def _title(shelf: ModuleType) -> str:
    """'common', 'message' and 'shape' of `portal_contracts.problems`; else the service first."""
    parts = shelf.__name__.split(".")[1:]
    return ": ".join(part for part in parts if part != "problems")


def _section(shelf: ModuleType) -> str:
    about = (shelf.__doc__ or "").split("\n\n", 1)[0].replace("\n", " ").strip()
    rows = "".join(map(_row, sorted(_codes(shelf), key=lambda code: code.code)))
    head = "| code | meaning | sentence |\n|---|---|---|\n"
    return f"\n## {_title(shelf).capitalize()}\n\n{about}\n\n{head}{rows}"


def _row(code: ProblemCode) -> str:
    meaning = code.meaning + (f" Instead: `{code.door}`." if code.door else "")
    cells = (f"`{code.code}`", meaning, code.sentence)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
