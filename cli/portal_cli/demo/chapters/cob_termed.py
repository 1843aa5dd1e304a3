"""Denied because other insurance pays first; that insurance turns out to have ended (CB-02, CB-03,
CB-05, CB-07, CL-16, CL-17)."""

from portal_cli.demo.chapters.claims import adjudicated, reasons, submit
from portal_cli.demo.forms import Service, professional
from portal_cli.demo.stage import Chapter, Stage
from portal_contracts.claims.events import ReadjudicationsOrdered
from portal_contracts.eligibility.commands import AddCob, EditCob
from portal_contracts.eligibility.replies import CobAdded, CobEdited


async def _play(stage: Stage) -> str:
    cast = stage.cast
    stage.say("The plan enters the insurance of the patient's employer, which pays first.")
    added = await stage.ask(stage.staff, _employers(stage), CobAdded)
    await stage.settle("claims")
    stage.say("It bills a visit without that insurance's payment.")
    claim = professional(
        cast.insured_twice,
        cast.group,
        stage.days_ago(20),
        cast.account("cob"),
        Service("99214", "180.00"),
    )
    denied = await submit(stage, claim, "denied")
    found = reasons(denied)
    stage.expect({"CO-22", "MA04"} <= found, f"denied for COB, the reasons are {found}")

    stage.say("That insurance had ended before the visit: the practice enters its term date.")
    await stage.settle("eligibility")  # it knows now that the practice has treated the patient
    content = _employers(stage).model_dump()
    termed = EditCob(
        **{**content, "end": stage.days_ago(60)},
        policy_id=added.policy_id,
        expected_version=added.version,
    )
    edited = await stage.ask(stage.provider, termed, CobEdited)
    ordered = await stage.see(ReadjudicationsOrdered, lambda e: e.change_id == edited.change_id)
    stage.expect(ordered.claims == (denied.claim_number,), "exactly the denied claim is ordered")
    again = await adjudicated(stage, denied.claim_number, 2)
    stage.expect(again.status == "paid", f"paid, it is {again.status}")
    stage.expect(again.cause == "cob_changed", f"because of the COB change, not {again.cause}")
    stage.expect(again.cause_reference == edited.change_id, "the COB change named as the cause")
    return f"{again.claim_number}: denied CO-22, COB termed, #2 paid {again.paid} by itself"


def _employers(stage: Stage) -> AddCob:
    return AddCob(
        member_id=stage.cast.insured_twice.member_id,
        carrier="Harbor Mutual",
        policy_number=f"HM-{stage.cast.run.hex[:8]}",
        group_number="G-1000",
        holder_name="Rosa Ferrante",
        relationship="self",
        start=stage.days_ago(400),
        insurance_type="commercial",
    )


COB_TERMED = Chapter("cob-termed", "Denied for COB, termed retroactively, paid", _play)
