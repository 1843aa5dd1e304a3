"""A row of `claims`: the one declaration of its columns, and a claim as such a row and back.

Insert, update and load are made of `ClaimRow`; nothing else names the columns of a whole row.
"""

from datetime import date, datetime
from typing import Any, NamedTuple, assert_never, get_args, get_type_hints

from claims.domain.state import (
    RECEIVED,
    VOID,
    Adjudicated,
    Claim,
    ClaimState,
    Pended,
    Received,
    Rejected,
    Replaced,
    Void,
    Voided,
    status_of,
)
from claims.domain.submission import Submission
from claims.store.history import Happened
from portal_contracts.base import Model
from portal_contracts.claims.commands import SubmitInstitutionalClaim, SubmitProfessionalClaim
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.claims.outcome import ClaimStatus, Edit, FormType, Posting
from portal_contracts.common import Problem
from portal_contracts.money import cents

FORMS: dict[FormType, type[Submission]] = {
    "professional": SubmitProfessionalClaim,
    "institutional": SubmitInstitutionalClaim,
}


class ClaimRow(NamedTuple):
    """The columns of `claims`, in the order of the table."""

    claim_number: str
    form: FormType
    member_id: str
    billing_tin: str
    billing_npi: str
    patient_account: str
    service_from: date
    service_to: date
    received_at: datetime
    total_charge: int
    duplicate_key: str
    names_payers: bool
    submission: bytes
    # From here on a column changes with each version of the claim.
    version: int
    status: ClaimStatus
    changed_at: datetime
    paid: int
    carcs: str
    closed_by: str | None
    adjudicated: int | None
    rest: bytes | None


_FIXED = ClaimRow._fields.index("version")
CHANGES = ClaimRow._fields[_FIXED:]
"""The columns that an update writes."""
_SQL_TYPES = {str: "text", int: "bigint", datetime: "timestamptz", bytes: "bytea"}


def _sql_type(column: str) -> str:
    """Of an array of values of a column that changes."""
    hint = get_type_hints(ClaimRow)[column]
    kinds = [kind for kind in get_args(hint) or (hint,) if kind in _SQL_TYPES]
    return f"{_SQL_TYPES[kinds[0]]}[]" if kinds else "text[]"


COLUMNS = ", ".join(ClaimRow._fields)
LOAD = f"""
select {", ".join(f"c.{name}" for name in ClaimRow._fields)}, h.body
from claims c
left join claim_history h on h.claim_number = c.claim_number and h.version = c.adjudicated
where c.claim_number = any($1) order by c.claim_number for update of c
"""
UPDATE = f"""
update claims c set {", ".join(f"{name} = n.{name}" for name in CHANGES)}
from unnest({", ".join(f"${n}::{_sql_type(name)}" for n, name in enumerate(CHANGES, 1))},
            ${len(CHANGES) + 1}::text[], ${len(CHANGES) + 2}::bigint[])
     as n({", ".join(CHANGES)}, claim_number, loaded)
where c.claim_number = n.claim_number and c.version = n.loaded
"""


class Rest(Model):
    """What most claims do not have; null where there is none of it."""

    documents: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    waived: tuple[Edit, ...] = ()
    problems: tuple[Problem, ...] = ()
    waits_for: str = ""


NO_REST = Rest()


class StoredClaim(NamedTuple):
    """A claim with what is needed to store it."""

    claim: Claim
    raw: bytes
    """The submission as it came: kept as it is, and never encoded again."""
    changed_at: datetime
    postings: tuple[Posting, ...] = ()
    """Ledger entries made since it was loaded."""
    history: tuple[Happened, ...] = ()
    """What happened since it was loaded: all of it now, within one batch."""
    loaded_version: int = 0
    """Version in the database; 0 for a new claim."""


def row_of(stored: StoredClaim) -> ClaimRow:
    """A claim as its row."""
    claim, submission = stored.claim, stored.claim.submission
    billing, state = submission.billing, claim.state
    closed_by, outcome = _kept(state)
    return ClaimRow(
        claim.number,
        claim.form,
        submission.member_id,
        billing.tin,
        billing.npi,
        submission.patient_account,
        claim.service_from,
        claim.service_to,
        claim.received_at,
        cents(submission.total_charge),
        claim.duplicate_key,
        bool(submission.other_payers),
        stored.raw,
        claim.version,
        status_of(state),
        stored.changed_at,
        claim.paid,
        " ".join(sorted(claim.carcs())),
        closed_by,
        outcome.version if outcome is not None else None,
        _rest(claim),
    )


def changes_of(stored: StoredClaim) -> tuple[Any, ...]:
    """What `UPDATE` takes for one claim."""
    row = row_of(stored)
    return (*row[_FIXED:], row.claim_number, stored.loaded_version)


def _kept(state: ClaimState) -> tuple[str | None, ClaimAdjudicated | None]:
    """Who closed it, and its latest adjudication."""
    match state:
        case Adjudicated():
            return None, state.outcome
        case Replaced(by, last) | Voided(by, last):
            return by, last
        case Received() | Pended() | Rejected() | Void():
            return None, None
        case _:
            assert_never(state)


def _rest(claim: Claim) -> bytes | None:
    state = claim.state
    rejected, pended = isinstance(state, Rejected), isinstance(state, Pended)
    if not (claim.documents or claim.released or claim.waived or rejected or pended):
        return None
    rest = Rest(
        documents=claim.documents,
        released=claim.released,
        waived=claim.waived,
        problems=state.problems if isinstance(state, Rejected) else (),
        waits_for=state.waits_for if isinstance(state, Pended) else "",
    )
    return rest.model_dump_json().encode()


def stored_claim(row: ClaimRow, adjudication: bytes | None) -> StoredClaim:
    """A row as the claim that it holds; `adjudication`: the body of its latest one."""
    rest = Rest.model_validate_json(row.rest) if row.rest else NO_REST
    claim = Claim(
        number=row.claim_number,
        submission=FORMS[row.form].model_validate_json(row.submission),
        received_at=row.received_at,
        service_from=row.service_from,
        service_to=row.service_to,
        duplicate_key=row.duplicate_key,
        state=_state(row, rest, adjudication),
        version=row.version,
        documents=rest.documents,
        released=rest.released,
        waived=rest.waived,
    )
    return StoredClaim(claim, row.submission, row.changed_at, loaded_version=row.version)


def _state(row: ClaimRow, rest: Rest, body: bytes | None) -> ClaimState:
    outcome = ClaimAdjudicated.model_validate_json(body) if body is not None else None
    by = row.closed_by
    match row.status:
        case "paid" | "denied":
            assert outcome is not None
            return Adjudicated(outcome)
        case "replaced":
            assert by is not None
            return Replaced(by, outcome)
        case "voided":
            return Voided(by, outcome) if by is not None else VOID
        case "rejected":
            return Rejected(rest.problems)
        case "pended":
            return Pended(rest.waits_for)
        case "received":
            return RECEIVED
        case _:
            assert_never(row.status)
