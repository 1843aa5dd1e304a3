"""Twins of the SQL in the stores of the six services; each says in one line what it stands for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from appeals import store as appeals
from claims import facts as claims_facts
from claims.store import accumulators, claim_row, members_claims
from documents import store as documents
from eligibility import store as eligibility
from portal_runtime.tables import States
from prior_auth import store as auth
from providers import store as providers
from tests.model import runtime_sql
from tests.model.database import Clock, Database, Twin

# -- claims ----------------------------------------------------------------------------------------


def _load_claims(db: Database, numbers: list[str]) -> Any:
    """The claims by number, for update, each with the body of its latest adjudication."""
    for row in (db.tables["claims"][n] for n in numbers if n in db.tables["claims"]):
        entry = db.tables["claim_history"].get((row["claim_number"], row["adjudicated"]))
        yield {**row, "body": entry["body"] if entry else None}


def _update_claims(db: Database, *arrays: list[Any]) -> int:
    """Only where the version is still the loaded one."""
    written = 0
    for *values, number, loaded in zip(*arrays, strict=True):
        known = db.tables["claims"].get(number)
        if known is not None and known["version"] == loaded:
            db.put("claims", {**known, **dict(zip(claim_row.CHANGES, values, strict=True))})
            written += 1
    return written


def _sums(db: Database, members: list[str], years: list[int]) -> Any:
    """Accumulators by member and year, for update."""
    keys = zip(members, years, strict=True)
    return [db.tables["accumulators"][k] for k in keys if k in db.tables["accumulators"]]


def _save_sums(db: Database, *arrays: list[Any]) -> int:
    """Accumulators, inserted or replaced."""
    names = ("member_id", "year", "deductible", "out_of_pocket")
    for values in zip(*arrays, strict=True):
        db.put("accumulators", dict(zip(names, values, strict=True)))
    return len(arrays[0])


def _siblings(db: Database, members: list[str], days: list[date]) -> Any:
    """Claims of these members that begin on these days, in the order they were received."""
    wanted = set(zip(members, days, strict=True))
    names = ("member_id", "service_from", "claim_number", "duplicate_key", "status")
    for row in _by_receipt(db):
        if (row["member_id"], row["service_from"]) in wanted:
            yield {n: row[n] for n in (*names, "billing_tin", "billing_npi")}


def _by_receipt(db: Database) -> list[dict[str, Any]]:
    return sorted(db.rows("claims"), key=lambda r: (r["received_at"], r["claim_number"]))


def _member_claims(db: Database, members: list[str], days: list[date]) -> Any:
    """Numbers of the members' claims since these days, oldest service first."""
    for member, day in zip(members, days, strict=True):
        rows = [r for r in _by_receipt(db) if r["member_id"] == member and r["service_to"] >= day]
        rows.sort(key=lambda r: r["service_from"])
        if rows:
            numbers = [r["claim_number"] for r in rows]
            yield {"member_id": member, "since": day, "numbers": numbers}


def _reviewed(db: Database, members: list[str], days: list[date]) -> Any:
    """The same claims, in the same order, with what a review looks at."""
    what = ("status", "service_from", "service_to", "received_at", "billing_tin")
    names = (*what, "carcs", "names_payers")
    for found in _member_claims(db, members, days):
        for number in found["numbers"]:
            row = db.tables["claims"][number]
            about = {n: found[n] for n in ("member_id", "since")}
            yield about | {"claim_number": number} | {n: row[n] for n in names}


def _records(column: str) -> dict[str, Twin]:
    """Released records by claim or by member; a document is kept once."""
    table = claims_facts.CLAIM_RECORDS if column == "claim_number" else claims_facts.MEMBER_RECORDS
    names = ("document_id", "tin", "received_on", "claim_number", "service_date")

    def load(db: Database, owners: list[str]) -> Any:
        rows = [r for r in db.rows("records") if r.get(column) in owners]
        for r in sorted(rows, key=lambda r: (r["received_on"], r["document_id"])):
            yield {"owner": r[column], **{n: r.get(n) for n in names}}

    def save(db: Database, *arrays: list[Any]) -> int:
        for owner, document, tin, received_on, day in zip(*arrays, strict=True):
            if document not in db.tables["records"]:
                row = dict(zip(names, (document, tin, received_on, None, day), strict=True))
                db.put("records", {**row, column: owner})
        return len(arrays[0])

    return {table._select: load, table._insert: save}


CLAIMS: dict[str, Twin] = {
    claim_row.LOAD: _load_claims,
    claim_row.UPDATE: _update_claims,
    accumulators.LOAD: _sums,
    accumulators.SAVE: _save_sums,
    members_claims.SAME_DAY: _siblings,
    members_claims.NUMBERS: _member_claims,
    members_claims.REVIEW: _reviewed,
    **_records("claim_number"),
    **_records("member_id"),
}

# -- the others ------------------------------------------------------------------------------------


def _open_cases(db: Database, numbers: list[str]) -> Any:
    """Open cases of these claims."""
    for row in db.rows("cases"):
        if row["claim_number"] in numbers and row["status"] == "open":
            yield {n: row[n] for n in ("claim_number", "kind", "case_number")}


def _tins(db: Database, npis: list[str]) -> Any:
    """The Tax IDs at which these NPIs have a profile."""
    for npi in npis:
        tins = sorted(row["tin"] for row in db.rows("profiles") if row["npi"] == npi)
        if tins:
            yield {"npi": npi, "tins": tins}


def _appended(table: str, *names: str) -> Twin:
    """`insert … on conflict do nothing` into a list that only grows."""

    def insert(db: Database, *arrays: list[Any]) -> int:
        for values in zip(*arrays, strict=True):
            if values[_key_of[table]] not in db.tables[table]:
                db.put(table, dict(zip(names, values, strict=True)))
        return len(arrays[0])

    return insert


_key_of = {"accepted_uploads": 0, "downloads": 0}
_DOWNLOAD = ("message_id", "document_id", "member_id", "subject", "role", "purpose", "opened_at")
_OTHERS: dict[str, dict[str, Twin]] = {
    "claims": CLAIMS,
    "appeals": {appeals._OPEN: _open_cases},
    "providers": {providers._TINS: _tins},
    "eligibility": {},
    "documents": {
        documents._ACCEPT: _appended("accepted_uploads", "document_id", "accepted_at"),
        documents._DOWNLOAD: _appended("downloads", *_DOWNLOAD),
    },
    "auth": {},
}
_KEYS = {
    "claims": ("claim_number",),
    "claim_history": ("claim_number", "version"),
    "ledger": ("claim_number", "adjudication", "kind"),
    "accumulators": ("member_id", "year"),
    "records": ("document_id",),
    "accepted_uploads": ("document_id",),
    "downloads": ("message_id",),
}
_STATES: dict[str, Iterable[States[Any]]] = {
    "appeals": (appeals.CASES,),
    "auth": (auth.AUTHORIZATIONS,),
    "documents": (documents.DOCUMENTS,),
    "eligibility": (eligibility.MEMBERS,),
    "providers": (providers.PROFILES, providers.REQUESTS),
}


def database(service: str, clock: Clock) -> Database:
    """An empty database of the service."""
    keys = {**runtime_sql.KEYS, **_KEYS}
    twins = {**runtime_sql.TWINS, **_OTHERS[service]}
    for table in _STATES.get(service, ()):
        more_keys, more_twins = runtime_sql.states(table)
        keys |= more_keys
        twins |= more_twins
    return Database(keys, twins, clock)
