"""How a history gives the checkers nothing to judge."""

from __future__ import annotations

from dataclasses import replace

from tests.chaos.history import History
from tests.chaos.intent import Sent
from tests.chaos.orders import OWED, QUERY
from tests.unit.chaos.breaking import Break, event_of
from tests.unit.chaos.pieces import MADE, answer, sent


def nothing_of_some_kinds_happened_in_a_whole_run(h: History) -> None:
    h.whole = True


def owners_event_cannot_be_read(h: History) -> None:
    old = event_of(h, MADE)
    h.events[h.events.index(old)] = replace(old, facts=None)


def answer_cannot_be_read(h: History) -> None:
    h.answers.append(answer("one", "claims.claim_list.v1"))


def query_after_healing_unanswered(h: History) -> None:
    h.sent.append(_owed())


def query_after_healing_refused(h: History) -> None:
    h.sent.append(_owed())
    h.answers.append(answer("later", "portal.refused.v1", codes=["claim_not_found"]))


def _owed() -> Sent:
    return sent(9, "later", "claims.get_claim.v1", topic="claims.queries", expect=QUERY, code=OWED)


BREAKS: dict[str, tuple[Break, ...]] = {
    "seen": (
        *(nothing_of_some_kinds_happened_in_a_whole_run, owners_event_cannot_be_read),
        *(answer_cannot_be_read, query_after_healing_unanswered, query_after_healing_refused),
    ),
}
