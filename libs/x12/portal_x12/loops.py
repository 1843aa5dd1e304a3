"""The loops of an 837: which segments belong to which provider, subscriber, patient, claim."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from portal_x12.segments import Segment

BILLING, SUBSCRIBER, PATIENT = "20", "22", "23"


class Loop(list[Segment]):
    """Segments that belong together."""

    def all(self, name: str, *codes: str) -> Iterator[Segment]:
        """Segments of this name; with codes, those whose first element is one of them."""
        return (s for s in self if s.id == name and (not codes or s.text(1) in codes))

    def first(self, name: str, *codes: str) -> Segment | None:
        return next(self.all(name, *codes), None)

    def value(self, name: str, code: str, element: int = 2) -> str:
        """An element of the first such segment: `value("REF", "EI")` is the Tax ID."""
        found = self.first(name, code)
        return found.text(element) if found else ""

    def text(self, name: str, element: int) -> str:
        found = self.first(name)
        return found.text(element) if found else ""

    def party(self, *codes: str) -> "Loop":
        """The first NM1 with one of these codes, and what follows it up to the next NM1."""
        return next((p for p in self.parties() if p[0].text(1) in codes), Loop())

    def parties(self) -> list["Loop"]:
        return [group for group in _split(self, ("NM1",)) if group[0].id == "NM1"]


@dataclass(slots=True)
class RawClaim:
    """One CLM with everything above and below it."""

    billing: Loop
    subscriber: Loop
    patient: Loop | None
    """None where the subscriber is the patient."""
    segments: Loop
    header: Loop = field(init=False)
    other_payers: list[Loop] = field(init=False)
    lines: list[Loop] = field(init=False)

    def arrange(self) -> None:
        """The claim's own segments (2300, 2310), other payers (2320, 2330), lines (2400)."""
        claim, self.lines = _lines(self.segments)
        groups = _split(claim, ("SBR",))
        self.header = groups[0] if groups and groups[0][0].id != "SBR" else Loop()
        self.other_payers = [group for group in groups if group[0].id == "SBR"]

    @property
    def clm(self) -> Segment:
        return self.segments[0]


def claims(segments: Iterable[Segment]) -> list[RawClaim]:
    """Every CLM of a transaction. Loops that are missing are empty; nothing is refused here."""
    found: list[RawClaim] = []
    billing, subscriber, patient = Loop(), Loop(), None
    current = Loop()
    for segment in segments:
        if segment.id == "HL":
            current = Loop()
            level = segment.text(3)
            if level == BILLING:
                billing, subscriber, patient = current, Loop(), None
            elif level == SUBSCRIBER:
                subscriber, patient = current, None
            elif level == PATIENT:
                patient = current
        elif segment.id == "CLM":
            current = Loop()
            found.append(RawClaim(billing, subscriber, patient, current))
        current.append(segment)
    for claim in found:
        claim.arrange()
    return found


def _split(segments: Sequence[Segment], starts: tuple[str, ...]) -> list[Loop]:
    """Groups that each begin with one of these segments; the first may begin otherwise."""
    groups: list[Loop] = []
    for segment in segments:
        if not groups or segment.id in starts:
            groups.append(Loop())
        groups[-1].append(segment)
    return groups


def _lines(segments: Loop) -> tuple[Loop, list[Loop]]:
    """A line begins with LX. Where that is missing, with its SV1 or SV2."""
    before: Loop = Loop()
    lines: list[Loop] = []
    for segment in segments:
        service = segment.id in ("SV1", "SV2")
        if segment.id == "LX" or (service and (not lines or lines[-1].first(segment.id))):
            lines.append(Loop())
        (lines[-1] if lines else before).append(segment)
    return before, lines


def adjudications(line: Loop) -> list[Loop]:
    """What other payers decided about a line: an SVD with its CAS and DTP each (2430)."""
    return [group for group in _split(line, ("SVD",)) if group[0].id == "SVD"]
