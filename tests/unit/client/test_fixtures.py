"""The pytest fixtures of the wheel, used as a gateway team would."""

from portal_client.fake import FakeBackend, FakePortalClient
from portal_contracts.claims.commands import ReadjudicateClaim
from portal_contracts.common import Done

ORDER = ReadjudicateClaim(claim_number="CLM-1", cause="staff_request", reference="r")


async def test_a_scripted_portal_answers(
    portal: FakePortalClient, portal_backend: FakeBackend
) -> None:
    portal_backend.when(ReadjudicateClaim, Done(reference="CLM-1"))
    assert await portal.ask(ORDER) == Done(reference="CLM-1")
    assert portal_backend.asked[0].principal.may_act_for("123456789")
