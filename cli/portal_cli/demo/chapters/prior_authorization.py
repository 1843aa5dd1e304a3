"""An authorization is requested and decided line by line (AU-01, AU-02, AU-05, AU-06)."""

from datetime import timedelta

from portal_cli.demo.forms import BILLER
from portal_cli.demo.stage import Chapter, Stage
from portal_contracts.auth.commands import (
    CareProvider,
    DecideLines,
    LineReview,
    RequestAuthorization,
    RequestedService,
)
from portal_contracts.auth.events import AuthorizationChanged
from portal_contracts.auth.replies import AuthorizationReceived, LinesReviewed

ASKED, GRANTED = 12, 8


async def _play(stage: Stage) -> str:
    await stage.settle("auth")
    stage.say("Whoever has other insurance is asked to call.")
    await stage.refused(stage.provider, _request(stage, other_insurance=True), "call_um")
    asking = _request(stage, other_insurance=False)
    received = await stage.ask(stage.provider, asking, AuthorizationReceived)
    number = received.authorization_number
    stage.say("The plan's staff decide each line.")
    decision = DecideLines(
        authorization_number=number,
        reviews=(
            LineReview(line=1, decision="approved"),
            LineReview(
                line=2,
                decision="partly_approved",
                approved_units=GRANTED,
                reason="Eight visits first; send the progress notes for more.",
            ),
        ),
    )
    reviewed = await stage.ask(stage.staff, decision, LinesReviewed)
    stage.expect(reviewed.status == "partly_approved", f"partly approved, not {reviewed.status}")
    snapshot = await stage.see(AuthorizationChanged, lambda e: e.version == reviewed.version)
    units = [line.approved_units for line in snapshot.lines]
    stage.expect(units == [1, GRANTED], f"1 and {GRANTED} units approved, not {units}")
    return f"{number}: imaging approved, therapy {GRANTED} of {ASKED} visits"


def _request(stage: Stage, *, other_insurance: bool) -> RequestAuthorization:
    group, tomorrow = stage.cast.group, stage.clock.today() + timedelta(days=1)
    return RequestAuthorization(
        tin=group.tin,
        setting="outpatient",
        member_id=stage.cast.patient.member_id,
        other_insurance=other_insurance,
        servicing=CareProvider(npi=group.npi, name=group.name),
        ordering=CareProvider(npi=group.npi, name=group.name),
        contact=BILLER,
        diagnoses=("M5450",),
        lines=(
            RequestedService(
                procedure="72148", units=1, start=tomorrow, end=tomorrow + timedelta(days=30)
            ),
            RequestedService(
                procedure="97110", units=ASKED, start=tomorrow, end=tomorrow + timedelta(days=60)
            ),
        ),
    )


PRIOR_AUTHORIZATION = Chapter(
    "prior-authorization", "An authorization is requested and decided", _play
)
