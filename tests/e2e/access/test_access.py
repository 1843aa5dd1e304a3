"""Every message, in every role, with own, another's, no and ill-formed Tax IDs, on a running stack.

What another practice is told about Lakeside's things is what it is told about things that nobody
has, nothing of Lakeside's is in any answer to it, and nothing of Lakeside's has changed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args

import pytest

from portal_cli.demo import load_demo_data
from portal_cli.demo.household import LAKESIDE_TIN, RIVERBEND_TIN, Household
from portal_client import PortalClient, Signer
from portal_contracts.access import GRANTS
from portal_contracts.appeals.queries import GetCase
from portal_contracts.auth.queries import GetAuthorization
from portal_contracts.base import Command, Query, Reply
from portal_contracts.claims.queries import GetClaim
from portal_contracts.common import Parked, Refused, Role
from portal_contracts.documents.commands import RequestUpload
from portal_contracts.documents.parts import DocumentOwner, OwnerKind
from portal_contracts.documents.queries import GetDocument
from portal_contracts.documents.replies import UploadTicket
from portal_contracts.principal import Principal
from portal_contracts.providers.queries import GetMaintenanceRequest, GetProvider
from portal_runtime.settings import RuntimeSettings
from tests.conftest import System
from tests.e2e.access.messages import MESSAGES
from tests.e2e.access.things import MARK, People, Things, everything_of_lakeside, until

ROLES: tuple[Role, ...] = get_args(Role)
DENIED = frozenset({"forbidden", "no_tax_id", "not_authenticated"})
ILL_FORMED = ("", " ", "12345678", "1234567890", "12-3456789", "*", "%")
OWN = sorted(name for name, grants in GRANTS.items() if grants.get("provider") == "own")
SENDS_TIN = frozenset(
    {
        "claims.submit_professional_claim.v1",
        "claims.submit_institutional_claim.v1",
        "auth.request_authorization.v1",
        "providers.submit_maintenance_request.v1",
        "providers.answer_question.v1",
        "documents.request_upload.v1",
    }
)
"""These name the Tax ID they are for; another's is refused before anything is looked up."""


@dataclass
class Stack:
    people: People
    things: Things


@pytest.fixture(scope="module")
async def stack(system: System) -> AsyncIterator[Stack]:
    settings = RuntimeSettings.model_validate(
        {**system.isolation.settings(), "principal_keys": str(system.keys)}
    )
    assert await load_demo_data(settings) == ()
    household = Household(settings.calendar.day_of(datetime.now(UTC)))
    client = PortalClient(
        system.isolation.infra.kafka,
        caller="test",
        principal=Principal(subject="nobody", role="provider"),
        signer=Signer.from_file(system.keys / "demo-provider.private.pem", "demo-provider"),
        topic_prefix=system.isolation.topic_prefix,
    )
    async with client:
        people = People(system, client)
        yield Stack(people, await everything_of_lakeside(system, people, household))


def _codes(reply: Reply) -> set[str]:
    assert not isinstance(reply, Parked), reply
    return {problem.code for problem in reply.problems} if isinstance(reply, Refused) else set()


def _make(name: str, things: Things) -> Command | Query:
    return MESSAGES[name](things)


def _without_references(reply: Reply, things: Things) -> str:
    """What was said, whatever it was said about."""
    told = reply.model_dump_json(exclude={"as_of"})
    for value in (things.claim, things.case, things.authorization, things.document, things.request):
        told = told.replace(value, "…")
    return told


def test_there_is_a_message_for_every_row() -> None:
    assert set(MESSAGES) == set(GRANTS)


@pytest.mark.parametrize("name", sorted(GRANTS))
async def test_what_is_not_granted_is_denied(stack: Stack, name: str) -> None:
    for role in set(ROLES) - set(GRANTS[name]):
        asker = stack.people.as_(role, LAKESIDE_TIN)
        assert _codes(await asker.ask(_make(name, stack.things))) == {"forbidden"}, role


@pytest.mark.parametrize("name", sorted(GRANTS))
async def test_an_ill_formed_tax_id_is_not_believed(stack: Stack, name: str) -> None:
    for role in ("provider", "plan_staff"):
        for tin in ILL_FORMED:
            asker = stack.people.as_(role, tin, LAKESIDE_TIN)
            told = await asker.ask(_make(name, stack.things))
            assert _codes(told) == {"not_authenticated"}, (role, tin)


@pytest.mark.parametrize("name", OWN)
async def test_who_acts_for_nobody_gets_nothing(stack: Stack, name: str) -> None:
    told = await stack.people.as_("provider").ask(_make(name, stack.things))
    assert _codes(told) == {"no_tax_id"}


@pytest.mark.parametrize("name", OWN)
async def test_another_practice_is_told_what_it_is_told_of_nothing(stack: Stack, name: str) -> None:
    other, things = stack.people.as_("provider", RIVERBEND_TIN), stack.things
    before = await _as_it_stands(stack)
    told = await other.ask(_make(name, things))
    assert MARK not in told.model_dump_json() and LAKESIDE_TIN not in told.model_dump_json()
    if name in SENDS_TIN:
        assert _codes(told) == {"not_your_tax_id"}, told
    else:
        if isinstance(_make(name, things), Command):
            assert _codes(told), f"{name} was taken from another practice: {told.TYPE}"
        nothing = things.nowhere()
        of_nothing = await other.ask(_make(name, nothing))
        assert _without_references(told, things) == _without_references(of_nothing, nothing)
    assert await _as_it_stands(stack) == before


async def test_their_own_number_under_anothers_tax_id_is_no_way_in(stack: Stack) -> None:
    """The Tax ID that a message names is the asker's, the thing it is about is not."""
    other = stack.people.as_("provider", RIVERBEND_TIN)
    for name in ("providers.answer_question.v1", "documents.request_upload.v1"):
        mixed = _make(name, stack.things).model_copy(update={"tin": RIVERBEND_TIN})
        nothing = stack.things.nowhere()
        about_nothing = _make(name, nothing).model_copy(update={"tin": RIVERBEND_TIN})
        told, of_nothing = await other.ask(mixed), await other.ask(about_nothing)
        assert _codes(told), name
        assert _without_references(told, stack.things) == _without_references(of_nothing, nothing)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *(("claim", "claim"), ("authorization", "authorization"), ("dispute", "case")),
        ("maintenance_request", "request"),
    ],
)
async def test_documents_are_sent_for_ones_own_things_only(
    stack: Stack, kind: OwnerKind, name: str
) -> None:
    """Each service announces whose its things are, and documents heeds it."""
    own, other = (stack.people.as_("provider", tin) for tin in (LAKESIDE_TIN, RIVERBEND_TIN))

    def upload(things: Things, tin: str) -> Command:
        owner = DocumentOwner(kind=kind, reference=getattr(things, name))
        return RequestUpload(
            owner=owner,
            document_type="other",
            file_name="page.pdf",
            content_type="application/pdf",
            size=100,
            tin=tin,
        )

    await until(lambda: own.ask(upload(stack.things, LAKESIDE_TIN)), UploadTicket)
    told = await other.ask(upload(stack.things, RIVERBEND_TIN))
    assert _codes(told) == {"owner_not_found"}
    assert told == await other.ask(upload(stack.things.nowhere(), RIVERBEND_TIN))


@pytest.mark.parametrize("name", OWN)
async def test_the_practice_itself_is_heard(stack: Stack, name: str) -> None:
    told = await stack.people.as_("provider", LAKESIDE_TIN).ask(_make(name, stack.things))
    assert not _codes(told) & DENIED
    if _make(name, stack.things).KIND == "query":
        assert any(own in told.model_dump_json() for own in (MARK, LAKESIDE_TIN))


@pytest.mark.parametrize("name", sorted(GRANTS))
async def test_the_plan_is_heard_where_it_is_granted(stack: Stack, name: str) -> None:
    """Last: plan staff decide what the others asked about."""
    for role in ("plan_staff", "plan_feed", "operator"):
        if role in GRANTS[name]:
            told = await stack.people.as_(role).ask(_make(name, stack.things))
            assert not _codes(told) & DENIED, role


async def _as_it_stands(stack: Stack) -> list[str]:
    """All of Lakeside's things as plan staff sees them."""
    things, staff = stack.things, stack.people.as_("plan_staff")
    asked: tuple[Query, ...] = (
        GetClaim(claim_number=things.claim),
        GetCase(case_number=things.case),
        GetAuthorization(authorization_number=things.authorization),
        GetDocument(document_id=things.document),
        GetMaintenanceRequest(number=things.request),
        GetProvider(npi=things.npi, tin=things.tin),
    )
    replies = [await staff.ask(query) for query in asked]
    assert not any(isinstance(reply, Refused) for reply in replies)
    return [reply.model_dump_json(exclude={"as_of"}) for reply in replies]
