"""A claim is submitted and paid in one go (CL-01, CL-03, CL-17, CL-18)."""

from portal_cli.demo.chapters.claims import reasons, submit
from portal_cli.demo.forms import Service, professional
from portal_cli.demo.stage import Chapter, Stage

VISIT, PANEL = Service("99213", "150.00"), Service("80053", "40.00")


async def _play(stage: Stage) -> str:
    cast = stage.cast
    stage.say("An office visit and a laboratory panel are billed.")
    claim = professional(
        cast.shopper, cast.group, stage.days_ago(20), cast.account("paid"), VISIT, PANEL
    )
    event = await submit(stage, claim, "paid")
    found = reasons(event)
    stage.expect({"CO-45", "PR-3", "PR-2"} <= found, f"write-off, copay, coinsurance in {found}")
    return (
        f"{event.claim_number}: {event.paid} paid of {event.total_charge}, "
        f"the patient owes {event.patient_responsibility}"
    )


CLAIM_PAID = Chapter("claim-paid", "A claim is paid", _play)
