"""Whose the things are that documents belong to, and what follows from it (DO-01, DO-06)."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.domain.access import may_see
from documents.facts import ANNOUNCED, OWNERS
from documents.routes import ROUTES
from documents.store import DOCUMENTS
from portal_contracts.common import Refused
from portal_contracts.documents.commands import ConfirmUpload, OpenDocument
from portal_contracts.documents.parts import DocumentOwner, OwnerKind
from portal_contracts.documents.replies import DownloadLink, UploadReceived, UploadTicket
from portal_contracts.principal import Principal
from portal_runtime.tables import Table
from tests.support import owners
from tests.support.scopes import usual_scope
from tests.unit.documents.world import (
    CLAIM,
    OF_CLAIM,
    OF_MEMBER,
    OTHER_TIN,
    PROVIDER,
    STAFF,
    STRANGER,
    TIN,
    World,
)

KINDS = list(owners.OWNERS)
HELD = [owner for owner in KINDS if owner.kind != "member"]
BOTH = Principal(subject="both", role="provider", tins=frozenset({TIN, OTHER_TIN}))


def named(owner: DocumentOwner) -> str:
    return owner.kind


each_kind = pytest.mark.parametrize("owner", KINDS, ids=named)
each_held = pytest.mark.parametrize("owner", HELD, ids=named)


def unknown(owner: DocumentOwner) -> DocumentOwner:
    """Of the same kind, and nobody has announced it."""
    reference = owner.reference
    other = "M999-99" if owner.kind == "member" else owners.number(reference.split("-")[0], 99)
    return owner.model_copy(update={"reference": other})


def empty() -> World:
    """Nothing is on file."""
    world = World()
    world.rows.clear()
    return world


def refusal(reply: object) -> tuple[str, str, str | None]:
    assert isinstance(reply, Refused), reply
    (problem,) = reply.problems
    return problem.code, problem.message, problem.field


def test_every_kind_of_owner_is_announced_by_somebody() -> None:
    world = empty()
    assert {owner.kind for owner in KINDS} == set(get_args(OwnerKind)) == set(OWNERS)
    for owner in KINDS:
        world.announce(owner, TIN)
        known = world.rows[_table(owner)][owner.reference]
        assert known.tin == (None if owner.kind == "member" else TIN)
    assert set(ROUTES.topics()) == {
        "documents.commands",
        *(f"{event.service()}.events" for event in ANNOUNCED),
    }


def _table(owner: DocumentOwner) -> Table[str, Any]:
    return OWNERS[owner.kind]


@each_kind
def test_a_document_is_taken_for_what_is_ones_own(owner: DocumentOwner) -> None:
    world = empty()
    world.announce(owner, TIN)

    document_id = world.upload(owner=owner)

    assert world.confirm(document_id).state == "processing"
    assert world.document(document_id).tin == TIN


@each_held
def test_anothers_is_refused_in_the_words_of_an_unknown_one(owner: DocumentOwner) -> None:
    world = empty()
    nowhere = world.request(owner=owner)
    world.announce(owner, OTHER_TIN)

    code, message, field = refusal(world.request(owner=owner))

    assert (code, field) == ("owner_not_found", "owner.reference")
    assert "try again" in message
    assert world.request(owner=owner) == nowhere
    assert world.request(owner=unknown(owner)) == nowhere, "the words name no number"
    assert world.request(owner=owner, who=BOTH) == nowhere, "who has both sends for one of them"
    assert isinstance(world.request(owner=owner, who=STRANGER, tin=OTHER_TIN), UploadTicket)
    assert world.rows[DOCUMENTS].keys() == world.accepted.keys()
    assert len(world.documents) == 1


@each_held
def test_who_may_not_act_for_the_tax_id_learns_nothing_of_what_it_has(
    owner: DocumentOwner,
) -> None:
    world = empty()
    nowhere = world.request(owner=owner, tin=OTHER_TIN)
    world.announce(owner, OTHER_TIN)
    assert refusal(nowhere)[0] == "not_your_tax_id"
    assert world.request(owner=owner, tin=OTHER_TIN) == nowhere


def test_about_a_known_member_every_practice_may_send_something_and_sees_its_own() -> None:
    world = empty()
    assert refusal(world.request(owner=OF_MEMBER))[0] == "owner_not_found"
    assert refusal(world.request(owner=OF_MEMBER, tin=None, who=STAFF))[0] == "owner_not_found"
    world.announce(OF_MEMBER, "")
    mine = released(world, OF_MEMBER)
    theirs = released(world, OF_MEMBER, who=STRANGER, tin=OTHER_TIN)
    plans = released(world, OF_MEMBER, who=STAFF, tin=None)

    assert seen(world, PROVIDER, mine, theirs, plans) == [True, False, False]
    assert seen(world, STRANGER, mine, theirs, plans) == [False, True, False]
    assert seen(world, STAFF, mine, theirs, plans) == [True, True, True]


@each_kind
def test_the_plan_may_send_for_whatever_there_is(owner: DocumentOwner) -> None:
    world = empty()
    code, message, field = refusal(world.request(owner=owner, tin=None, who=STAFF))
    assert (code, field) == ("owner_not_found", "owner.reference")
    assert "Tax ID" not in message
    world.announce(owner, TIN)
    assert isinstance(world.request(owner=owner, tin=None, who=STAFF), UploadTicket)
    for_another = world.request(owner=owner, tin=OTHER_TIN, who=STAFF)
    assert isinstance(for_another, UploadTicket) is (owner.kind == "member")


@each_held
def test_the_plans_papers_are_open_to_whom_their_owner_belongs_once_released(
    owner: DocumentOwner,
) -> None:
    world = empty()
    world.announce(owner, TIN)
    waiting = world.upload(owner=owner, tin=None, who=STAFF)
    assert seen(world, PROVIDER, waiting) == [False]
    document_id = released(world, owner, tin=None, who=STAFF)

    assert seen(world, PROVIDER, document_id) == [True]
    assert seen(world, STRANGER, document_id) == [False]
    assert refusal(world.tell(ConfirmUpload(document_id=document_id)))[0] == "document_not_found"


def test_who_has_the_empty_tax_id_has_nothing() -> None:
    """Neither what the plan sent nor what belongs to nobody; should such a one get this far."""
    nobody = Principal.model_construct(subject="x", role="provider", tins=frozenset({""}))
    world = World()
    for owner in (OF_CLAIM, OF_MEMBER):
        assert seen(world, nobody, released(world, owner, tin=None, who=STAFF)) == [False]
        assert refusal(world.request(owner=owner, tin=None, who=nobody))[0] == "tax_id_missing"
    ours = OWNERS["claim"]
    world.rows[ours][CLAIM] = world.rows[ours][CLAIM].model_copy(update={"tin": ""})
    assert seen(world, nobody, released(world, OF_CLAIM, tin=None, who=STAFF)) == [False]


def test_a_rejected_claim_and_a_void_belong_to_who_sent_them() -> None:
    world = empty()
    bad, old, void = (owners.number("CLM", n) for n in (7, 8, 9))
    world.tell(owners.rejected(bad, TIN))
    world.tell(owners.voided(old, void, TIN))
    for reference in (bad, old, void):
        owner = DocumentOwner(kind="claim", reference=reference)
        assert isinstance(world.request(owner=owner), UploadTicket)
        assert refusal(world.request(owner=owner, who=STRANGER, tin=OTHER_TIN))[0] == (
            "owner_not_found"
        )


@given(st.permutations([1, 2, 3, 3]))
def test_the_latest_snapshot_stays_in_whatever_order_they_come(versions: list[int]) -> None:
    world = World()
    for version in versions:
        world.tell(owners.claim(CLAIM, TIN, version))
    assert world.rows[OWNERS["claim"]][CLAIM].version == 3


@each_kind
def test_links_and_looks_name_the_member_where_one_is_known(owner: DocumentOwner) -> None:
    world = World()
    world.announce(owner, TIN)
    link = world.tell(OpenDocument(document_id=released(world, owner)))

    assert isinstance(link, DownloadLink)
    known = None if owner.kind == "maintenance_request" else owners.MEMBER
    assert link.member_id == known
    assert [look.member_id for look in world.downloads] == [known or ""]


def test_of_a_rejected_claim_no_member_is_known() -> None:
    world = empty()
    world.tell(owners.rejected(CLAIM, TIN))
    link = world.tell(OpenDocument(document_id=released(world, OF_CLAIM)))
    assert isinstance(link, DownloadLink)
    assert link.member_id is None


@given(
    st.sampled_from(KINDS),
    st.sampled_from([TIN, OTHER_TIN]),
    st.sampled_from([TIN, OTHER_TIN, None]),
    st.frozensets(st.sampled_from([TIN, OTHER_TIN])),
    st.frozensets(st.sampled_from([TIN, OTHER_TIN])),
)
def test_whoever_asks_for_whatever_gets_only_what_is_theirs(
    owner: DocumentOwner,
    whose: str,
    sent_for: str | None,
    of_sender: frozenset[str],
    of_reader: frozenset[str],
) -> None:
    """Uploads are by the owner's Tax ID or about a member; looks are by it or by the sender's."""
    world = empty()
    world.announce(owner, whose)
    sender = Principal(subject="sender", role="provider", tins=of_sender)
    ticket = world.request(owner=owner, tin=sent_for, who=sender)
    may = sent_for in of_sender and (owner.kind == "member" or sent_for == whose)
    assert isinstance(ticket, UploadTicket) is may
    if not may:
        return
    world.send(ticket)
    reader = Principal(subject="reader", role="provider", tins=of_reader)
    confirmed = world.confirm(ticket.document_id, reader)
    assert isinstance(confirmed, UploadReceived) is (sent_for in of_reader)
    assert seen(world, reader, ticket.document_id) == [sent_for in of_reader]


def released(world: World, owner: DocumentOwner, who: Principal = PROVIDER, **more: Any) -> str:
    document_id = world.upload(owner=owner, who=who, **more)
    world.confirm(document_id, who)
    world.wait(minutes=30)
    return document_id


def seen(world: World, who: Principal, *documents: str) -> list[bool]:
    """Whether they may see each; the answer to opening it never says otherwise."""
    found = []
    for document_id in documents:
        document = world.document(document_id)
        known = world.rows[_table(document.owner)].get(document.owner.reference)
        reply = world.tell(OpenDocument(document_id=document_id), who)
        hidden = isinstance(reply, Refused) and reply.problems[0].code == "document_not_found"
        assert hidden is not may_see(document, known, usual_scope(who))
        found.append(not hidden)
    return found
