"""The demo's people and words, and what the command makes of a story that goes wrong."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from portal_cli.demo import command
from portal_cli.demo.cast import Cast
from portal_cli.demo.chapters import CHAPTERS
from portal_cli.demo.clockwork import in_words
from portal_cli.demo.describe import describe
from portal_cli.demo.desks import NotRunning
from portal_cli.demo.household import Household
from portal_cli.demo.load import claims, people
from portal_cli.demo.story import Told
from portal_cli.demo.watch import Watcher
from portal_cli.main import app
from portal_client import Happened
from portal_client.fake import FakeBackend, FakePortalClient
from portal_contracts.all import load_all
from portal_contracts.base import Command, Event
from portal_contracts.claims.commands import SubmitInstitutionalClaim, SubmitProfessionalClaim
from portal_contracts.documents.events import DocumentReleased
from portal_contracts.documents.parts import DocumentOwner
from portal_contracts.ids import npi_is_valid
from portal_contracts.principal import Principal
from portal_runtime.settings import RuntimeSettings
from tools.contracts import examples

RUNNER = CliRunner()
FLOWS = Path(__file__).resolve().parents[3] / "docs" / "flows"
TODAY = date(2026, 11, 24)
EVENTS = [m for m in load_all().values() if issubclass(m, Event)]


@given(st.dates(date(2025, 1, 1), date(2045, 12, 31)))
def test_demo_data_fits_every_day(today: date) -> None:
    household = Household(today)
    made: list[Command] = [c for part in people(household).values() for c in part.values()]
    bills = claims(household)
    assert len({p.member_id for p in household.members}) == len(household.members) == 12
    assert len({p.npi for p in household.providers}) == len(household.providers) == 6
    assert all(npi_is_valid(p.npi) for p in household.providers)
    assert len(made) == 19
    for bill in bills.values():
        assert isinstance(bill, SubmitProfessionalClaim | SubmitInstitutionalClaim)
        spans = household.member(bill.member_id).spans
        covered = any(span.includes(today - timedelta(days=25)) for span in spans)
        assert covered != (bill.patient_account == "DATA-NOT-COVERED")


@given(st.uuids(), st.uuids())
def test_each_run_has_its_own_people(run: UUID, other: UUID) -> None:
    cast = Cast.of(run, TODAY)
    assert cast == Cast.of(run, TODAY)
    assert npi_is_valid(cast.group.npi) and npi_is_valid(cast.newcomer_npi)
    if run != other:
        assert cast != Cast.of(other, TODAY)


@pytest.mark.parametrize("event", EVENTS, ids=lambda model: model.TYPE)
def test_words_about_an_event_tell_nobody_who_it_is_about(event: type[Event]) -> None:
    message = event.model_validate(examples.of(event, "full"))
    words = " ".join(describe(message))
    for secret in ("member_id", "last_name", "first_name", "date_of_birth", "holder_name"):
        value = getattr(message, secret, None)
        assert value is None or str(value) not in words


def test_every_chapter_has_its_page() -> None:
    pages = {page.stem for page in FLOWS.glob("*.md")}
    assert {chapter.name for chapter in CHAPTERS} <= pages


@pytest.mark.parametrize("page", sorted(FLOWS.glob("*.md")), ids=lambda page: page.stem)
def test_a_page_names_messages_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"\b[a-z]+\.[a-z_]+\.v[0-9]+\b", text))
    assert named <= set(load_all())
    # In a message of a sequence diagram these two end the line, or begin a code.
    for picture in re.findall(r"```mermaid(.*?)```", text, re.DOTALL):
        assert not set(";#") & set(picture)


def test_a_span_of_time_in_words() -> None:
    assert in_words(timedelta(days=30, minutes=32)) == "30 days 00:32"
    assert in_words(timedelta(minutes=31)) == "00:31"


async def test_the_watcher_keeps_what_follows_from_our_commands_only() -> None:
    backend, told = FakeBackend(), list[Happened]()
    client = FakePortalClient(backend, Principal(subject="demo", role="operator"))
    mine = UUID(int=1)
    async with Watcher(client, told.append) as watcher:
        # The fake gives an event its own id as correlation id.
        watcher.add(str(mine))
        backend.happen(_released("DOC-OTHER"), UUID(int=2))
        backend.happen(_released("DOC-MINE"), mine)
        seen = await watcher.wait_for(str(mine), DocumentReleased, lambda _: True, 5)
        none = await watcher.wait_for(str(mine), DocumentReleased, lambda e: e.size == 2, 0.01)
        await asyncio.sleep(0)
    assert seen is not None and seen.document_id == "DOC-MINE"
    assert none is None
    assert [h.message for h in told] == [seen]


def _released(document_id: str) -> DocumentReleased:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    return DocumentReleased(
        document_id=document_id,
        version=3,
        owner=DocumentOwner(kind="claim", reference="CLM-1"),
        document_type="medical_record",
        tin="001234567",
        received_at=now,
        released_at=now,
        size=1,
        sha256="0" * 64,
    )


@pytest.mark.parametrize("as_told", [True, False])
def test_the_exit_code_says_whether_all_went_as_told(
    monkeypatch: pytest.MonkeyPatch, as_told: bool
) -> None:
    async def tell(*_: object) -> tuple[Told, ...]:
        return Told(CHAPTERS[0], True, "", ()), Told(CHAPTERS[1], as_told, "no event", ())

    monkeypatch.setattr(command, "tell", tell)
    result = RUNNER.invoke(app, ["demo"])
    assert result.exit_code == (0 if as_told else 1)
    assert (f"not as told: {CHAPTERS[1].title}" in result.output) is not as_told
    assert CHAPTERS[0].title not in result.output.partition("not as told")[2]


def test_the_keys_are_looked_for_where_the_data_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[str] = []

    async def tell(settings: RuntimeSettings, _: object) -> tuple[Told, ...]:
        seen.append(settings.principal_keys)
        return ()

    monkeypatch.setattr(command, "tell", tell)
    monkeypatch.delenv("PORTAL_PRINCIPAL_KEYS", raising=False)
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))
    assert RUNNER.invoke(app, ["demo"]).exit_code == 0
    monkeypatch.setenv("PORTAL_PRINCIPAL_KEYS", "/elsewhere")
    assert RUNNER.invoke(app, ["demo"]).exit_code == 0
    assert seen == [str(tmp_path / "keys"), "/elsewhere"]


def test_without_a_stack_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    async def tell(*_: object) -> tuple[Told, ...]:
        raise NotRunning("Kafka does not answer. `make run` starts everything.")

    monkeypatch.setattr(command, "tell", tell)
    result = RUNNER.invoke(app, ["demo"])
    assert result.exit_code == 1
    assert "make run" in result.output and "Traceback" not in result.output
