"""X12 files as transactions of segments: any separators, several interchanges, slips tolerated.

pyx12 splits the segments. Its file reader is not used: it takes one set of separators and a header
of exactly 106 characters, and stops silently at an empty segment. Real files have all of these.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pyx12.segment import Segment as Pyx12Segment

HEADER_ELEMENTS = 16
LONGEST_HEADER = 200
"""Characters; a right one has 106. Beyond, the 16 separators belong to something else."""
CUSTOMARY = ":>"
"""Component separators that files use although their header declares another one."""
BAD_HEADER = "the interchange header does not have 16 elements and a segment terminator"
NO_HEADER = "the interchange header (ISA) is missing"
_NEXT_HEADER = re.compile(r"ISA([^A-Za-z0-9\s])")
_GROUP = re.compile(r"GS([^A-Za-z0-9\s])")
_NAME = re.compile(r"[A-Z][A-Z0-9]{1,2}(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A part of a file that could not be read, and where. Holds no values of persons."""

    segment: str
    position: int
    """Number of the segment in the file, from 1."""
    reason: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment; elements are counted from 1 as in the guides: CLM05 is `parts(5)` of a CLM."""

    id: str
    position: int
    elements: tuple[tuple[str, ...], ...]
    separator: str

    def text(self, number: int) -> str:
        """An element as it stands; empty when the segment is shorter."""
        if number > len(self.elements):
            return ""
        return self.separator.join(self.elements[number - 1]).strip()

    def parts(self, number: int) -> tuple[str, ...]:
        """The components of an element."""
        if number > len(self.elements):
            return ()
        components = self.elements[number - 1]
        if len(components) == 1:
            other = next((c for c in CUSTOMARY if c in components[0]), None)
            components = tuple(components[0].split(other)) if other else components
        return tuple(component.strip() for component in components)

    def part(self, number: int, component: int) -> str:
        """One component, both counted from 1; empty when there is none."""
        components = self.parts(number)
        return components[component - 1] if component <= len(components) else ""


class Separators(NamedTuple):
    """What an interchange header declares, and how long it is."""

    element: str
    component: str
    terminator: str
    length: int


def decode(content: bytes) -> str:
    """UTF-8, or else Latin-1, which reads anything. A byte order mark is no content."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def segments(text: str) -> Iterator[Segment | Unreadable]:
    """Everything in the file, in order. After what cannot be read it goes on at the next ISA."""
    offset, position = 0, 1
    separators: Separators | None = None
    while (offset := _skip_blank(text, offset)) < len(text):
        header = _NEXT_HEADER.match(text, offset) is not None
        if header:
            separators = _declared(text, offset)
        if separators is None:
            yield Unreadable(_name_at(text, offset), position, BAD_HEADER if header else NO_HEADER)
            separators = None if header else _guessed(text, offset)
        if separators is None:
            found = _NEXT_HEADER.search(text, offset + 1)
            if found is None:
                return
            offset, position = found.start(), position + 1
            continue
        end = text.find(separators.terminator, offset + (separators.length if header else 0))
        end = len(text) if end < 0 else end
        raw = text[offset:end].strip()
        offset = end + 1
        if raw:
            yield _segment(raw, position, separators)
            position += 1


def _skip_blank(text: str, offset: int) -> int:
    while offset < len(text) and text[offset] in " \t\r\n\x1a\x00":
        offset += 1
    return offset


def _declared(text: str, offset: int) -> Separators | None:
    """Read by its separators, not by its width: a header one blank too short is still clear."""
    element = text[offset + 3]
    at = offset
    for _ in range(HEADER_ELEMENTS):
        at = text.find(element, at + 1, offset + LONGEST_HEADER)
        if at < 0:
            return None
    if at + 2 >= len(text):
        return None
    component, terminator = text[at + 1], text[at + 2]
    if terminator == "\r" and text[at + 3 : at + 4] == "\n":
        terminator = "\n"
    if terminator.isalnum() or element in (component, terminator):
        return None
    return Separators(element, component, terminator, at + 2 - offset)


def _guessed(text: str, offset: int) -> Separators | None:
    """A file that begins with its GS shows its separators, but for that of components."""
    start = _GROUP.match(text, offset)
    if start is None:
        return None
    element = start[1]
    following = re.compile(r"([^A-Za-z0-9 \t])\s*ST" + re.escape(element)).search(text, start.end())
    return Separators(element, CUSTOMARY[0], following[1], 0) if following else None


def _segment(raw: str, position: int, separators: Separators) -> Segment:
    component = separators.component
    # A header's sixteenth element is the component separator itself.
    split = Pyx12Segment(raw, separators.terminator, separators.element, component)
    elements = tuple(tuple(part.get_value() for part in c.elements) for c in split.elements)
    return Segment((split.get_seg_id() or "").strip(), position, elements, component)


def _name_at(text: str, offset: int) -> str:
    """Name of the segment that stands there; nothing if it does not look like one."""
    found = _NAME.match(text, offset)
    return found.group() if found else ""
