"""How a history breaks I3, I14 and I15: what was told is not what was committed or recorded."""

from __future__ import annotations

from dataclasses import replace

from tests.chaos.history import History
from tests.chaos.orders import QUERY
from tests.unit.chaos.breaking import Break
from tests.unit.chaos.pieces import CLAIM, COMMANDS, answer, sent

# -- I3 ------------------------------------------------------------------------------------------


def answered_otherwise_than_committed(h: History) -> None:
    taken = h.tables["claims"].inbox["one"]
    h.tables["claims"].inbox["one"] = taken._replace(digest="other")


def answered_with_another_type_than_committed(h: History) -> None:
    taken = h.tables["claims"].inbox["one"]
    h.tables["claims"].inbox["one"] = taken._replace(reply_type="claims.claim_rejected_reply.v1")


def one_copy_answered_otherwise(h: History) -> None:
    told = next(a for a in h.answers if a.cause == "one")
    h.answers.append(replace(told, offset=9, digest="other"))


def answered_and_nothing_committed(h: History) -> None:
    del h.tables["documents"].inbox["open"]


def answered_although_committed_in_silence(h: History) -> None:
    taken = h.tables["claims"].inbox["one"]
    h.tables["claims"].inbox["one"] = taken._replace(reply_type=None, digest=None)


def said_to_be_parked_and_was_decided(h: History) -> None:
    """Nobody replayed it, so no decision can have come after."""
    h.answers.append(answer("one", "portal.parked.v1"))


def refused_and_nothing_committed(h: History) -> None:
    """A refusal by its content is remembered as any other decision."""
    h.answers.append(answer("never", "portal.refused.v1", codes=["charges_do_not_add_up"]))


# -- I14, I15 ------------------------------------------------------------------------------------


def partition_never_taken(h: History) -> None:
    del h.committed["claims", COMMANDS, 1]


def partition_never_taken_of_somebody_elses_events(h: History) -> None:
    h.listens.add(("auth", "eligibility.events"))
    h.ends["eligibility.events", 3] = 1


def _asked(h: History, type_: str, source: str, answered: str, **facts: object) -> None:
    h.sent.append(sent(9, "list", type_, topic=f"{source}.queries", expect=QUERY))
    h.answers.append(answer("list", answered, source, **facts))


def list_of_claims_unrecorded(h: History) -> None:
    _asked(h, "claims.search_claims.v1", "claims", "claims.claim_list.v1", members=["M"])


def list_of_documents_of_a_member_unrecorded(h: History) -> None:
    _asked(h, "documents.list_documents.v1", "documents", "documents.document_list.v1",
           members=["M"], of_claims=[])  # fmt: skip


def list_of_documents_of_a_claim_unrecorded(h: History) -> None:
    _asked(h, "documents.list_documents.v1", "documents", "documents.document_list.v1",
           members=[], of_claims=[CLAIM])  # fmt: skip


def list_of_cases_unrecorded(h: History) -> None:
    _asked(h, "appeals.search_cases.v1", "appeals", "appeals.case_list.v1", of_claims=[CLAIM])


def list_of_authorizations_unrecorded(h: History) -> None:
    """Also that a member has none is something about the member."""
    _asked(h, "auth.search_authorizations.v1", "auth", "auth.authorization_list.v1", members=[])


def look_recorded_of_another_member(h: History) -> None:
    h.tables["claims"].looks[0] = h.tables["claims"].looks[0]._replace(member_id="N")


def insurance_shown_and_unrecorded(h: History) -> None:
    h.tables["eligibility"].looks = []


BREAKS: dict[str, tuple[Break, ...]] = {
    "I3": (
        *(answered_otherwise_than_committed, answered_with_another_type_than_committed),
        *(one_copy_answered_otherwise, answered_and_nothing_committed),
        *(answered_although_committed_in_silence, said_to_be_parked_and_was_decided),
        *(refused_and_nothing_committed,),
    ),
    "I14": (partition_never_taken, partition_never_taken_of_somebody_elses_events),
    "I15": (
        *(list_of_claims_unrecorded, list_of_documents_of_a_member_unrecorded),
        *(list_of_documents_of_a_claim_unrecorded, list_of_cases_unrecorded),
        *(list_of_authorizations_unrecorded, look_recorded_of_another_member),
        *(insurance_shown_and_unrecorded,),
    ),
}
