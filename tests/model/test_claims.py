"""Claims of two members: submitted, corrected, voided, given records, adjudicated again.

Facts change meanwhile: coverage and the provider's participation come and go as events.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from portal_contracts.claims.commands import ReadjudicateClaim, SubmitRecords
from portal_contracts.claims.replies import ClaimAccepted, ClaimRejected
from portal_contracts.common import Contact
from portal_contracts.documents.events import DocumentReleased
from portal_contracts.documents.parts import DocumentOwner
from portal_contracts.principal import Principal
from portal_contracts.providers.parts import Participation
from tests.model import money
from tests.model.machine import PICK, Machine, looking, one_of, one_or
from tests.unit.claims.builders import DAY, TIN, claim, line, member, provider, span

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OFFICE = Principal(subject="office", role="provider", tins=frozenset({TIN}))
STAFF = Principal(subject="staff", role="plan_staff")
UNKNOWN = "CLM-000000000000000"
CONTACT = Contact(name="Front Desk", phone="5135550100")
YEAR_BEFORE = date(2025, 12, 30)
"""A date of service on which other rules are in force."""
VISIT, NEEDS_RECORDS = "99213", "29881"
MEMBERS = ("M100200-00", "M100201-00")
SPANS = {
    "covered": (span(),),
    "ended": (span(end=date(2026, 1, 31)),),
    "medicaid": (span(business="medicaid"),),
}
SENDERS = (TIN, "", "987654321")
"""Of the documents of a claim: the practice, the plan, and somebody else."""
DATES = {"active": None, "left": date(2026, 1, 31)}


class Claims(Machine):
    NOW = NOW
    SERVICES = ("claims",)

    @initialize()
    def what_there_is(self) -> None:
        self.version = 1
        for who in MEMBERS:
            self.portal.announce(member(SPANS["covered"][0], member_id=who))
        self.portal.announce(provider())
        self.portal.drain()
        for code, day in ((VISIT, DAY), (NEEDS_RECORDS, DAY), (VISIT, YEAR_BEFORE)):
            self.ask(claim(line(procedure=code, from_date=day, charge="100.00")), OFFICE)

    def _numbers(self) -> list[str]:
        """Claims on file, those that stand last."""
        rows = self.portal.running["claims"].db.rows("claims")
        standing = [r["claim_number"] for r in rows if r["status"] in ("paid", "denied")]
        others = [r["claim_number"] for r in rows if r["claim_number"] not in standing]
        return [*others[::-1], *standing[::-1]]

    # -- commands -----------------------------------------------------------------------------

    @rule(who=st.sampled_from(MEMBERS), code=st.sampled_from([VISIT, NEEDS_RECORDS]), day=PICK)
    def submit(self, who: str, code: str, day: int) -> None:
        first = date(2026, 2, 10 - day) if day < 10 else YEAR_BEFORE
        self.send(claim(line(procedure=code, from_date=first), member_id=who), OFFICE)

    @rule(
        pick=PICK, frequency=st.sampled_from(["7", "8"]), charge=st.sampled_from(["80.00", "95.00"])
    )
    def correct(self, pick: int, frequency: str, charge: str) -> None:
        who = one_of(list(MEMBERS), pick)
        number = one_or(self._numbers(), UNKNOWN, pick)
        known = self.portal.running["claims"].db.tables["claims"].get(number)
        if known is not None:
            who = known["member_id"]
        day = known["service_from"] if known else DAY
        wanted = claim(
            line(charge=charge, from_date=day),
            member_id=who,
            frequency=frequency,
            original_claim=number,
        )
        self.send(wanted, OFFICE)

    @rule(pick=PICK, document=st.integers(0, 2))
    def send_records(self, pick: int, document: int) -> None:
        number = one_or(self._numbers(), UNKNOWN, pick)
        records = (f"DOC-{number[4:]}{document}",)
        command = SubmitRecords(
            claim_number=number, documents=records, record_type="report", contact=CONTACT
        )
        self.send(command, OFFICE)

    @rule(pick=PICK)
    def adjudicate_again(self, pick: int) -> None:
        number = one_or(self._numbers(), UNKNOWN, pick)
        again = ReadjudicateClaim(claim_number=number, cause="staff_request", reference="R1")
        self.send(again, STAFF)

    # -- facts --------------------------------------------------------------------------------

    @rule(pick=PICK, document=st.integers(0, 2))
    def a_record_is_released(self, pick: int, document: int) -> None:
        number = one_or(self._numbers(), UNKNOWN, pick)
        event = DocumentReleased(
            document_id=f"DOC-{number[4:]}{document}",
            version=3,
            owner=DocumentOwner(kind="claim", reference=number),
            document_type="medical_record",
            tin=SENDERS[document],
            received_at=NOW,
            released_at=NOW,
            size=1,
            sha256="0" * 64,
        )
        self.portal.announce(event)

    @rule(who=st.sampled_from(MEMBERS), spans=st.sampled_from(sorted(SPANS)), stale=st.booleans())
    def coverage_changes(self, who: str, spans: str, stale: bool) -> None:
        """A stale snapshot is one that comes after a newer one; it must be dropped."""
        self.version += 1
        version = 1 if stale else self.version
        self.portal.announce(member(*SPANS[spans], member_id=who, version=version))

    @rule(spans=st.sampled_from(sorted(SPANS)))
    def coverage_changes_and_all_claims_are_looked_at(self, spans: str) -> None:
        """Paid becomes denied, and one amount another; before or after the change is known."""
        self.coverage_changes(MEMBERS[0], spans, stale=False)
        for pick in range(len(self._numbers())):
            self.adjudicate_again(pick)

    @rule(dates=st.sampled_from(sorted(DATES)))
    def the_provider_changes(self, dates: str) -> None:
        self.version += 1
        span_ = Participation(start=date(2020, 1, 1), end=DATES[dates])
        self.portal.announce(provider(participation=(span_,), version=self.version))

    # -- what must hold -----------------------------------------------------------------------

    def always(self) -> None:
        money.balances(self.portal)
        money.decided_by_the_rules_of_their_days(self.portal)

    def at_the_end(self) -> None:
        on_file = set(self.portal.running["claims"].db.tables["claims"])
        for copy in self.portal.copies:
            (answer,) = self.portal.answers(copy)
            if isinstance(answer, ClaimAccepted | ClaimRejected):
                assert answer.claim_number in on_file
        money.released_records_were_looked_at(self.portal)


TestClaims: Any = Claims.TestCase
TestClaims.settings = looking(histories=120, steps=30)
