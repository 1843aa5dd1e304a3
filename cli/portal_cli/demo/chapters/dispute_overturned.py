"""Denied as too late, disputed, overturned, adjudicated again (CL-16, CL-17, DI-01, DI-02, DI-05,
AP-05 for the link)."""

from portal_cli.demo.chapters.claims import adjudicated, reasons, submit
from portal_cli.demo.forms import BILLER, Service, professional
from portal_cli.demo.stage import Chapter, Stage
from portal_contracts.appeals.commands import DecideCase, SubmitDispute
from portal_contracts.appeals.events import CaseOutcomeLinked
from portal_contracts.appeals.replies import CaseReceived, CaseState
from portal_contracts.claims.commands import SubmitProfessionalClaim

STATEMENT = "The first claim was sent in time; the clearinghouse's acceptance report is attached."


async def _play(stage: Stage) -> str:
    cast = stage.cast
    stage.say("A visit of more than a year ago is billed.")
    claim = professional(
        cast.patient,
        cast.group,
        stage.days_ago(400),
        cast.account("late"),
        Service("99213", "140.00"),
    )
    denied = await submit(stage, claim, "denied")
    found = reasons(denied)
    stage.expect("CO-29" in found, f"denied for timely filing, the reasons are {found}")
    # Disputes know a claim once its adjudication has reached them.
    await stage.settle("appeals")

    stage.say("The practice disputes it: first by the wrong door, then by the right one.")
    wrong = _dispute(denied.claim_number, "overpayment")
    problem = await stage.refused(stage.provider, wrong, "overpayment_not_disputed")
    stage.expect(problem.door == SubmitProfessionalClaim.TYPE, "a corrected claim as the door")
    form = _dispute(denied.claim_number, "full_denial")
    case = await stage.ask(stage.provider, form, CaseReceived)
    stage.say("The plan's staff agree.")
    decision = DecideCase(
        case_number=case.case_number,
        verdict="overturned",
        reason="The acceptance report shows that the claim arrived in time.",
        waive=("timely_filing",),
    )
    state = await stage.ask(stage.staff, decision, CaseState)
    stage.expect(state.readjudication_ordered, "the claim is adjudicated again")
    again = await adjudicated(stage, denied.claim_number, 2)
    stage.expect(again.status == "paid", f"paid, it is {again.status}")
    stage.expect(again.cause_reference == case.case_number, "the dispute named as the cause")
    linked = await stage.see(CaseOutcomeLinked, lambda e: e.case_number == case.case_number)
    stage.expect(linked.outcome.paid == again.paid, "the case shows the new payment")
    return f"{case.case_number}: CO-29 overturned, {again.claim_number} #2 paid {again.paid}"


def _dispute(claim_number: str, category: str) -> SubmitDispute:
    return SubmitDispute.model_validate(
        {
            "claim_number": claim_number,
            "category": category,
            "statement": STATEMENT,
            "contact": BILLER,
        }
    )


DISPUTE_OVERTURNED = Chapter(
    "dispute-overturned", "Denied as too late, disputed, overturned, paid", _play
)
