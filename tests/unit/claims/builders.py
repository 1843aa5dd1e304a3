"""Claims and facts for the tests: sound ones, of which each test changes what it is about."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from claims.domain.facts import Facts
from claims.domain.outcome import Outcome
from claims.domain.rules.editions import Edition
from claims.domain.rules.load import rule_book
from claims.domain.rules.rule_book import RuleBook
from claims.domain.rules.rule_set import RuleSet
from claims.domain.state import Claim
from claims.domain.submission import Submission
from claims.domain.submit import submit
from portal_contracts.claims.commands import SubmitInstitutionalClaim, SubmitProfessionalClaim
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.claims.outcome import LineOutcome
from portal_contracts.eligibility.events import MemberChanged
from portal_contracts.eligibility.parts import CobPolicy, CoverageSpan
from portal_contracts.principal import Principal
from portal_contracts.providers.events import ProviderChanged
from portal_contracts.providers.parts import Participation
from portal_runtime.domain.decision import Context
from tests.support.scopes import usual_scope

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = date(2026, 2, 10)
MEMBER, TIN, NPI, OTHER_NPI = "M100200-00", "123456789", "1234567893", "1999999984"
BORN = date(1980, 2, 3)
NAMESPACE = UUID("12345678-1234-5678-1234-567812345678")
PATIENT = {"last_name": "Rivera", "first_name": "Ana", "date_of_birth": BORN, "sex": "F"}
BILLING = {"npi": NPI, "tin": TIN, "name": "Clinic"}
PAYER: dict[str, Any] = {"name": "First", "sequence": "primary"}
"""Another payer on a claim, without its decision."""


def line(**changes: Any) -> dict[str, Any]:
    """An office visit: allowed 93.00 in an office."""
    return {
        "procedure": "99213",
        "from_date": DAY,
        "to_date": changes.get("from_date", DAY),
        "place": "11",
        "charge": "120.00",
        "units": "1",
        "pointers": (1,),
        **changes,
    }


def claim(*lines: dict[str, Any], **changes: Any) -> SubmitProfessionalClaim:
    """A CMS-1500; the total is the sum of its lines unless it is given."""
    rows = lines or (line(),)
    return SubmitProfessionalClaim.model_validate(
        {
            "member_id": MEMBER,
            "patient": PATIENT,
            "billing": BILLING,
            "patient_account": "A1",
            "diagnoses": ("J069", "I10"),
            "lines": rows,
            "total_charge": _total(rows),
            **changes,
        }
    )


def revenue(**changes: Any) -> dict[str, Any]:
    return {"revenue_code": "0300", "units": "1", "charge": "100.00", **changes}


def bill(*lines: dict[str, Any], **changes: Any) -> SubmitInstitutionalClaim:
    """A UB-04 of a hospital outpatient visit."""
    rows = lines or (revenue(),)
    return SubmitInstitutionalClaim.model_validate(
        {
            "member_id": MEMBER,
            "patient": PATIENT,
            "billing": BILLING,
            "patient_account": "A1",
            "type_of_bill": "131",
            "statement_from": DAY,
            "statement_to": DAY,
            "diagnoses": ({"code": "J069"},),
            "attending": {"npi": NPI},
            "lines": rows,
            "total_charge": _total(rows),
            **changes,
        }
    )


def stay(*lines: dict[str, Any], **changes: Any) -> SubmitInstitutionalClaim:
    """A UB-04 of an inpatient stay of three days."""
    return bill(
        *(lines or (revenue(revenue_code="0120", units="3", charge="6000.00"),)),
        **{
            "type_of_bill": "111",
            "statement_to": date(2026, 2, 13),
            "admission_date": DAY,
            "admission_type": "1",
            "admission_source": "1",
            "patient_status": "01",
            "admitting_diagnosis": "J069",
            "diagnoses": ({"code": "J069", "present_on_admission": "Y"},),
            **changes,
        },
    )


def _total(rows: tuple[dict[str, Any], ...]) -> str:
    total = sum(int(row["charge"].replace(".", "")) for row in rows)
    return f"{total // 100}.{total % 100:02d}"


@cache
def span(
    start: date = date(2025, 1, 1),
    end: date | None = None,
    plan: str = "P",
    business: str = "commercial",
) -> CoverageSpan:
    return CoverageSpan(start=start, end=end, plan=plan, line_of_business=business)


def policy(**changes: Any) -> CobPolicy:
    return CobPolicy.model_validate(
        {
            "policy_id": "COB-1",
            "carrier": "First Payer",
            "policy_number": "FP1",
            "holder_name": "Luis Rivera",
            "relationship": "spouse",
            "start": date(2025, 1, 1),
            "insurance_type": "commercial",
            **changes,
        }
    )


def member(*spans: CoverageSpan, cob: tuple[CobPolicy, ...] = (), **changes: Any) -> MemberChanged:
    return MemberChanged.model_validate(
        {
            "member_id": MEMBER,
            "version": 1,
            "last_name": "Rivera",
            "first_name": "Ana",
            "date_of_birth": BORN,
            "sex": "F",
            "spans": spans or (span(),),
            "cob": cob,
            **changes,
        }
    )


def provider(**changes: Any) -> ProviderChanged:
    return ProviderChanged.model_validate(
        {
            "npi": NPI,
            "tin": TIN,
            "version": 1,
            "name": "Clinic",
            "provider_type": "group",
            "participation": (Participation(start=date(2020, 1, 1)),),
            **changes,
        }
    )


IN_FORCE = rule_book().in_force(DAY, TODAY)
"""The rule set of most tests."""


def changed(rules: RuleSet, version: str = "", **parts: Mapping[str, Any]) -> RuleSet:
    """With other fields in some of its parts: `changed(rules, prices={"unlisted_share": 1})`."""
    new: dict[str, Any] = {part: replace(getattr(rules, part), **v) for part, v in parts.items()}
    return replace(rules, version=version or rules.version, **new)


def always(rules: RuleSet) -> RuleBook:
    """One rule set, in force on every day."""
    return RuleBook([Edition(rules, date(2020, 1, 1))])


def ruled(known: Facts, **parts: Mapping[str, Any]) -> Facts:
    """By the rules of most tests, with these fields of their parts changed."""
    return known._replace(rules=always(changed(IN_FORCE, "", **parts)))


def facts(**changes: Any) -> Facts:
    return Facts(rules=rule_book(), member=member(), billing=provider())._replace(**changes)


def medicaid(**changes: Any) -> Facts:
    """Without any cost share."""
    return facts(member=member(span(business="medicaid"), **changes))


def context(name: str = "m1", now: datetime = NOW, tins: tuple[str, ...] = (TIN,)) -> Context:
    who = Principal(subject="u1", role="provider", tins=frozenset(tins))
    return Context(
        now=now,
        message_id=uuid5(NAMESPACE, name),
        principal=who,
        correlation_id=name,
        sent_at=now,
        scope=usual_scope(who),
    )


def outcome(cmd: Submission, known: Facts | None = None, name: str = "m1") -> Outcome:
    return submit(cmd, known or facts(), context(name))


def event(result: Outcome) -> ClaimAdjudicated:
    """The one adjudication of an outcome."""
    (found,) = (e for e in result.events if isinstance(e, ClaimAdjudicated))
    return found


def adjudicated(cmd: Submission, known: Facts | None = None) -> ClaimAdjudicated:
    return event(outcome(cmd, known))


def submitted(cmd: Submission, known: Facts | None = None, name: str = "m1") -> Claim:
    """The claim as it stands after its submission."""
    return outcome(cmd, known, name).claims[-1]


def reasons(row: LineOutcome) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Adjustments as (group, CARC, amount, RARCs)."""
    return [(a.group, a.carc, a.amount, a.rarcs) for a in row.adjustments]


def why(cmd: Submission, known: Facts | None = None) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Reasons of the first line."""
    return reasons(adjudicated(cmd, known).lines[0])


def codes(cmd: Any, known: Facts | None = None) -> list[str]:
    """'CO-29 N211' for each reason of the first line."""
    return [" ".join((f"{g}-{c}", *r)) for g, c, _, r in why(cmd, known)]


def denied(cmd: Any, known: Facts | None = None) -> list[str]:
    """The same, of a claim that must be denied as a whole, with all of its charge."""
    found = adjudicated(cmd, known)
    assert (found.status, found.paid) == ("denied", "0.00")
    for row in found.lines:
        assert row.adjustments[0].amount == row.charge
    return codes(cmd, known)
