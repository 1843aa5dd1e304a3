"""The pytest fixtures of the wheel, used as a gateway team would."""

import pytest

from portal_client.fake import FakeBackend, FakePortalClient
from portal_contracts.claims.commands import ReadjudicateClaim
from portal_contracts.claims.replies import RecordsReceived
from portal_contracts.common import Problem, Refused

ORDER = ReadjudicateClaim(claim_number="CLM-1", cause="staff_request", reference="r")
NO = Refused(problems=(Problem(code="not_found", message="There is no such claim."),))


async def test_a_scripted_portal_answers(
    portal: FakePortalClient, portal_backend: FakeBackend
) -> None:
    portal_backend.when(ReadjudicateClaim, NO)
    assert await portal.ask(ORDER) == NO
    assert portal_backend.asked[0].principal.tins == {"123456789"}


def test_what_no_service_would_answer_cannot_be_scripted(portal_backend: FakeBackend) -> None:
    with pytest.raises(TypeError, match=r"never answered with claims\.records_received\.v1"):
        portal_backend.when(ReadjudicateClaim, RecordsReceived(claim_number="C", waiting_for=()))
