"""Which transactions of a file are claims that we read, and what in the file could not be read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from portal_x12.segments import Segment, Unreadable, decode, segments

Form = Literal["professional", "institutional"]
VERSIONS: tuple[tuple[str, Form], ...] = (
    ("005010X222", "professional"),
    ("005010X223", "institutional"),
)
_SEGMENT_ID = re.compile(r"[A-Z][A-Z0-9]{1,2}")
_CODE = re.compile(r"[0-9A-Z]{1,12}")


@dataclass(slots=True)
class Transaction:
    """The segments from ST to SE of one 837."""

    form: Form
    segments: list[Segment]


@dataclass(slots=True)
class File:
    """What one file holds."""

    transactions: list[Transaction] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    """Where in the envelope we are."""

    version: str = ""
    inside: bool = False
    transaction: Transaction | None = None


def read(content: bytes) -> File:
    """All claims transactions of a file. Never raises, whatever the bytes are."""
    file, where = File(), _Open()
    last = 0
    for item in segments(decode(content)):
        last = item.position
        if isinstance(item, Unreadable):
            file.unreadable.append(item)
            where = _Open()
        elif not _SEGMENT_ID.fullmatch(item.id):
            words = "there is no segment of this name; it was left out"
            file.unreadable.append(Unreadable(item.id[:3], item.position, words))
        else:
            file.unreadable += _take(item, where, file)
    file.unreadable += _left_open(where, "end of file", last)
    if not file.transactions and not file.unreadable:
        file.unreadable.append(Unreadable("ST", last, "the file holds no transaction"))
    return file


def _take(segment: Segment, where: _Open, file: File) -> Iterator[Unreadable]:
    match segment.id:
        case "ISA" | "IEA" | "GS" | "GE":
            yield from _left_open(where, segment.id, segment.position)
            if segment.id == "GS":
                where.version = segment.text(8)
        case "ST":
            yield from _left_open(where, "ST", segment.position)
            yield from _begin(segment, where, file)
        case "SE":
            where.inside, where.transaction = False, None
        case _ if where.transaction is not None:
            where.transaction.segments.append(segment)
        case _ if not where.inside and segment.id != "TA1":
            yield Unreadable(segment.id, segment.position, "it stands outside of a transaction")


def _begin(segment: Segment, where: _Open, file: File) -> Iterator[Unreadable]:
    where.inside = True
    kind, version = segment.text(1), segment.text(3) or where.version
    form = next((form for start, form in VERSIONS if version.startswith(start)), None)
    if kind != "837":
        yield Unreadable("ST", segment.position, f"a transaction {_shown(kind)}, no claims (837)")
    elif form is None:
        yield Unreadable(
            "ST",
            segment.position,
            f"version {_shown(version)}: only 005010X222 (professional) and 005010X223 "
            "(institutional) are read",
        )
    else:
        where.transaction = Transaction(form, [])
        file.transactions.append(where.transaction)


def _left_open(where: _Open, name: str, position: int) -> Iterator[Unreadable]:
    """A transaction without its end may be cut off; its claims are read all the same."""
    if where.inside:
        where.inside, where.transaction = False, None
        yield Unreadable(name, position, "the transaction before it has no end (SE)")


def _shown(code: str) -> str:
    """A code of the envelope, if it is one: anything else might be somebody's data."""
    return code if _CODE.fullmatch(code) else "of unknown kind"
