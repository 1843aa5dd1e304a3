"""The commands as people call them, against the fake portal."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from portal_cli.importing import app, session
from portal_client.fake import Asked, FakeBackend, FakePortalClient
from portal_contracts.base import Reply
from portal_contracts.claims.commands import SubmitInstitutionalClaim, SubmitProfessionalClaim
from portal_contracts.claims.replies import ClaimRejected
from portal_contracts.common import Problem
from portal_contracts.eligibility.commands import EnrollMember
from portal_contracts.eligibility.replies import MemberEnrolled
from portal_contracts.principal import Principal
from portal_contracts.providers.commands import RegisterProvider
from portal_contracts.providers.replies import ProviderRegistered

Run = Callable[..., Result]
UNKNOWN = Problem(code="member_not_found", message="No such member.", status="A3:33:IL")


@pytest.fixture
def backend() -> FakeBackend:
    """Knows nobody: every claim of a right shape is rejected."""
    backend = FakeBackend()

    def rejected(asked: Asked) -> Reply:
        account = getattr(asked.message, "patient_account", "")
        return ClaimRejected(claim_number="CLM-9", problems=(UNKNOWN,), patient_account=account)

    backend.when(SubmitProfessionalClaim, rejected)
    backend.when(SubmitInstitutionalClaim, rejected)
    backend.when(EnrollMember, MemberEnrolled(member_id="M1", version=1, changed=True))
    registered = ProviderRegistered(npi="1234567893", tin="311234567", version=1, changed=True)
    backend.when(RegisterProvider, registered)
    return backend


@pytest.fixture
def run(backend: FakeBackend, monkeypatch: pytest.MonkeyPatch) -> Run:
    @asynccontextmanager
    async def connected(_: object) -> AsyncIterator[FakePortalClient]:
        yield FakePortalClient(backend, Principal(subject="test", role="plan_feed"))

    async def heard(_: object) -> bool:
        return True

    monkeypatch.setattr(session, "connected", connected)
    monkeypatch.setattr(session, "claims_have_heard", heard)
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def test_one_line_per_claim_and_totals(run: Run, example: Any) -> None:
    result = run("837", example.path("professional"), example.path("malformed"))
    assert result.exit_code == 0, result.output
    assert "professional.837:24 ACC-1 rejected CLM-9 [A3:33:IL member_not_found]" in result.output
    assert "malformed.837:13 BAD-1 rejected [" in result.output, "refused for its shape"
    assert "malformed.837 unreadable segment 7: there is no segment of this name" in result.output
    assert "claims 5: accepted 0, rejected 5, failed 0" in result.output


def test_figures_for_machines(run: Run, example: Any) -> None:
    result = run("837", example.path("separators"), example.path("institutional"), "--json")
    figures = json.loads(result.stdout)
    assert {name: figures[name] for name in ("files", "unreadable", "claims")} == {
        "files": 2,
        "unreadable": 1,
        "claims": 4,
    }
    assert (figures["accepted"], figures["rejected"], figures["failed"]) == (0, 4, 0)
    (part,) = figures["unreadable_parts"]
    assert (part["segment"], part["position"]) == ("ST", 42)
    assert part["file"].endswith("separators.837")


def test_a_body_that_is_no_command_is_published_all_the_same(
    run: Run, example: Any, backend: FakeBackend
) -> None:
    """The service refuses it with every problem; nothing is dropped on the way."""
    result = run("837", example.path("no_header"), "--json")
    assert json.loads(result.stdout)["reasons"] == {"missing": 1}
    assert not backend.asked


def test_nothing_readable_ends_with_an_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "old.837").write_bytes(b"hello")
    result = run("837", tmp_path, tmp_path / "nowhere", "--json")
    assert result.exit_code == 1
    figures = json.loads(result.stdout)
    assert (figures["files"], figures["unreadable"], figures["claims"]) == (3, 3, 0)


def test_the_same_file_again_asks_with_the_same_ids(
    run: Run, example: Any, backend: FakeBackend
) -> None:
    path = example.path("institutional")
    for options in ((), (), ("--again",), ("--again",)):
        run("837", path, *options)
    ids = [asked.id for asked in backend.asked]
    assert len(set(ids)) == len(ids) == 3, "the fake portal, too, takes an id once"


def test_silence_is_a_failure(run: Run, example: Any, backend: FakeBackend) -> None:
    backend.when(SubmitInstitutionalClaim, lambda asked: None)
    result = run("837", example.path("institutional"), "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["failed"] == 1


def test_enroll_makes_providers_and_members_known_before_the_claims(
    run: Run, example: Any, backend: FakeBackend
) -> None:
    result = run("837", example.path("institutional"), "--enroll", "--json")
    assert json.loads(result.stdout)["enrollment"] == {"known": 3}
    kinds = [type(asked.message) for asked in backend.asked]
    assert kinds == [RegisterProvider, RegisterProvider, EnrollMember, SubmitInstitutionalClaim]


def test_map_npis(run: Run, example: Any, backend: FakeBackend, tmp_path: Path) -> None:
    content = example.content("institutional").replace(b"1999999984", b"1999999989")
    (tmp_path / "wrong.837").write_bytes(content)
    run("837", tmp_path / "wrong.837", "--map-npis")
    (asked,) = backend.asked
    assert isinstance(asked.message, SubmitInstitutionalClaim)
    assert asked.message.attending is not None
    assert asked.message.attending.npi not in ("1999999984", "1999999989")
    assert asked.message.billing.npi == "1234567893", "a valid one stays"


def test_a_missing_key_is_said_in_one_line(
    example: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_PRINCIPAL_KEYS", str(tmp_path))
    result = CliRunner().invoke(app, ["837", str(example.path("professional"))])
    assert result.exit_code == 1
    assert "there is no key" in result.output
    assert "claims" not in result.output, "nothing was sent, so there are no figures"


def test_a_folder_that_is_no_synthea_export(run: Run, tmp_path: Path) -> None:
    result = run("synthea", tmp_path)
    assert result.exit_code == 1
    assert "there is no claims_transactions.csv" in result.output
