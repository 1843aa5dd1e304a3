"""What is wrong with the dates of a plan's rule sets: a day without rules, or with two."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from claims.domain.rules.editions import Correction, Edition
from portal_runtime.domain.days import long_date, next_day, previous_day


def faults(editions: Sequence[Edition]) -> Iterator[str]:
    """One sentence for each, in the order of the days. `editions` come by their first day."""
    bases = [e for e in editions if not isinstance(e, Correction)]
    if not bases:
        yield "There is no rule set."
        return
    versions = [e.version for e in editions]
    for version in sorted({v for v in versions if versions.count(v) > 1}):
        yield f"Two rule sets have the version {version}."
    for edition in editions:
        if edition.first > edition.last:
            first, last = long_date(edition.first), long_date(edition.last)
            yield f"Rule set {edition.version} begins on {first} and ends before that, on {last}."
    if bases[0].effective_from is not None:
        yield (
            f"No rule set is in force before {long_date(bases[0].effective_from)}: the earliest "
            f"one ({bases[0].version}) must have no effective_from."
        )
    for one, another in pairwise(bases):
        yield from _seam(one, another)
    latest = max(bases, key=lambda e: e.last)
    if latest.effective_to is not None:
        yield (
            f"No rule set is in force after {long_date(latest.effective_to)}: the latest one "
            f"({latest.version}) must have no effective_to."
        )
    for edition in editions:
        if isinstance(edition, Correction):
            yield from _misplaced(edition, editions)


def _seam(one: Edition, another: Edition) -> Iterator[str]:
    """Days between two that follow each other, without rules or with two."""
    if another.first <= one.last:
        yield (
            f"Two rule sets are in force on {long_date(another.first)}: {one.version} and "
            f"{another.version}. End {one.version} the day before, or say that {another.version} "
            "corrects it."
        )
    elif next_day(one.last) < another.first:
        first, last = long_date(next_day(one.last)), long_date(previous_day(another.first))
        yield (
            f"No rule set is in force from {first} to {last}: {one.version} ends before that, and "
            f"{another.version} begins after it."
        )


def _misplaced(correction: Correction, editions: Sequence[Edition]) -> Iterator[str]:
    """A correction lies within what it corrects, and is published after it, and apart from others
    of the same days.
    """
    name = correction.version
    base = next((e for e in editions if e.version == correction.corrects), None)
    if base is None or isinstance(base, Correction):
        yield (
            f"Rule set {name} corrects {correction.corrects}, which is not there or is a "
            "correction itself."
        )
        return
    if correction.first < base.first or correction.last > base.last:
        yield f"Rule set {name} corrects days on which {base.version} is not in force."
    if correction.published_on <= base.published_on:
        yield f"Rule set {name} must be published after {base.version}, which it corrects."
    for other in editions:
        if (
            isinstance(other, Correction)
            and (other.corrects, other.published_on) == (base.version, correction.published_on)
            and other.version < name
            and other.first <= correction.last
            and correction.first <= other.last
        ):
            yield (
                f"{other.version} and {name} correct the same days of {base.version} and are both "
                f"published on {long_date(other.published_on)}: nobody can tell which one counts."
            )
