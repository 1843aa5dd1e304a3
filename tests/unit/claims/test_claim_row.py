"""The one declaration of the columns of `claims`: it is the table, and a claim comes back whole."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.domain.adjudicate import adjudicate
from claims.domain.facts import Facts
from claims.domain.state import (
    VOID,
    Claim,
    ClaimState,
    Pended,
    Rejected,
    Replaced,
    Voided,
    last_outcome,
)
from claims.domain.submit import received
from claims.main import SERVICE
from claims.store.claim_row import CHANGES, UPDATE, ClaimRow, StoredClaim, row_of, stored_claim
from claims.store.history import HistoryRow
from portal_contracts.common import Problem
from portal_runtime.wire.encoding import to_json
from tests.unit.claims import strategies
from tests.unit.claims.builders import NOW, claim, context
from tests.unit.claims.test_states import PAID

TABLES = (Path(SERVICE.migrations) / "0001_claims.sql").read_text()
SUBMITTED = received(claim(documents=("DOC-1",)), context())
REASON = Problem(code="member_unknown", message="We have no member with this ID.")
STATES: tuple[ClaimState, ...] = (
    Pended("records"),
    Rejected((REASON,)),
    Rejected(()),
    Replaced("CLM-NEW", PAID),
    Replaced("CLM-NEW", None),
    Voided("CLM-VOID", PAID),
    Voided("CLM-VOID", None),
    VOID,
)


def stored(saved: Claim) -> StoredClaim:
    return StoredClaim(saved, to_json(saved.submission), NOW, loaded_version=saved.version)


def body_of(saved: Claim) -> bytes | None:
    """Of its latest adjudication, as its history has it."""
    outcome = last_outcome(saved.state)
    return to_json(outcome) if outcome is not None else None


@pytest.mark.parametrize(("table", "row"), [("claims", ClaimRow), ("claim_history", HistoryRow)])
def test_a_declaration_names_the_columns_of_its_table_in_their_order(table: str, row: Any) -> None:
    body = re.search(rf"create table {table} \((.*?)\n\);", TABLES, re.S)
    assert body is not None
    columns = re.findall(r"^    (\w+)  ", body[1], re.M)
    assert columns == list(row._fields)


def test_an_update_writes_all_columns_that_change_and_no_other() -> None:
    assert set(re.findall(r"(\w+) = n\.\1,?", UPDATE.partition("where")[0])) == set(CHANGES)
    assert {"version", "status", "paid"} <= set(CHANGES)
    assert not {"submission", "member_id", "received_at"} & set(CHANGES)


@pytest.mark.parametrize("state", STATES, ids=str)
def test_a_claim_comes_back_as_it_was_stored(state: ClaimState) -> None:
    saved = SUBMITTED.becomes(state)._replace(released=("DOC-1",), waived=("cob",))
    row = row_of(stored(saved))
    assert stored_claim(row, body_of(saved)) == stored(saved)
    assert (row.version, row.status, row.paid, row.carcs) == (1, saved.status, 0, "")


@strategies.UNHURRIED
@given(strategies.claims(), strategies.facts(), st.lists(st.sampled_from(["DOC-1", "DOC-2"])))
def test_an_adjudicated_claim_comes_back_too(cmd: Any, known: Facts, documents: list[str]) -> None:
    before = received(cmd, context())._replace(documents=tuple(documents))
    saved = adjudicate(before, known, "submitted").claim
    row = row_of(stored(saved))
    assert stored_claim(row, body_of(saved)) == stored(saved)
    assert row.paid == saved.paid and set(row.carcs.split()) == saved.carcs()
