"""Synthea's tables as members, spans, providers and claims."""

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from claims.domain.validation import check
from portal_cli.importing import synthea_codes as codes
from portal_cli.importing.synthea_claims import claims
from portal_cli.importing.synthea_data import (
    PREFIX,
    Calendar,
    NoSuchTable,
    Synthea,
    load,
    newest_service,
)
from portal_cli.importing.synthea_people import members, providers, spans
from portal_contracts.base import REGISTRY
from portal_contracts.claims.commands import SubmitInstitutionalClaim, SubmitProfessionalClaim
from portal_contracts.eligibility.commands import EnrollMember
from portal_contracts.ids import npi_is_valid
from portal_contracts.money import cents

PATIENT, ORG, DOCTOR = "9d188916-8390-282b-3ec2-73fce6e08649", "org-1", "doc-1"
MEDICAID, COMMERCIAL, NOBODY = "p-medicaid", "p-aetna", "p-none"
PAYERS = {MEDICAID: "Medicaid", COMMERCIAL: "Aetna", NOBODY: "NO_INSURANCE"}
PLACE = {"ADDRESS": "1 MAIN ST", "CITY": "BOSTON", "STATE": "MA", "ZIP": "2115"}
COLUMNS = ["FROMDATE", "TODATE", "AMOUNT", "PROCEDURECODE", "UNITS", "DIAGNOSISREF1"]
MORE_REFS = ["DIAGNOSISREF2", "DIAGNOSISREF3", "DIAGNOSISREF4"]

Rows = list[dict[str, str]]


def _claim(number: str, kind: str, encounter: str, *diagnoses: str) -> dict[str, str]:
    given = {f"DIAGNOSIS{n}": code for n, code in enumerate(diagnoses, 1)}
    return {
        "Id": number,
        "PATIENTID": PATIENT,
        "PROVIDERID": DOCTOR,
        "APPOINTMENTID": encounter,
        "HEALTHCARECLAIMTYPEID1": kind,
        **{f"DIAGNOSIS{n}": "" for n in range(1, 9)},
        **given,
    }


def _line(claim: str, start: str, end: str, amount: str, code: str, *refs: str) -> dict[str, str]:
    given = (refs or ("1",)) + ("",) * 4
    return {
        "CLAIMID": claim,
        "PATIENTID": PATIENT,
        "TYPE": "CHARGE",
        **dict(zip(COLUMNS[:5], (start, end, amount, code, "1"), strict=True)),
        **dict(zip(["DIAGNOSISREF1", *MORE_REFS], given[:4], strict=True)),
    }


def _turn(start: str, end: str, payer: str) -> dict[str, str]:
    return {"PATIENT": PATIENT, "START_YEAR": start, "END_YEAR": end, "PAYER": payer}


TABLES: dict[str, Rows] = {
    "patients": [
        {
            "Id": PATIENT,
            "BIRTHDATE": "2008-04-07",
            "FIRST": "Curt84",
            "LAST": "Schmidt332",
            "GENDER": "M",
            **PLACE,
            "STATE": "Massachusetts",
        }
    ],
    "payers": [{"Id": key, "NAME": name} for key, name in PAYERS.items()],
    "payer_transitions": [
        _turn("2018-01-01T04:00:00Z", "2019-01-01T04:00:00Z", MEDICAID),
        _turn("2019-01-01T04:00:00Z", "2020-01-01T04:00:00Z", MEDICAID),
        _turn("2020-01-01T04:00:00Z", "2021-01-01T04:00:00Z", NOBODY),
        _turn("2021-01-01T04:00:00Z", "2023-06-01T04:00:00Z", COMMERCIAL),
        _turn("2023-01-01T04:00:00Z", "2025-01-01T04:00:00Z", MEDICAID),
    ],
    "organizations": [{"Id": ORG, "NAME": "HOSPITAL", **PLACE}],
    "providers": [{"Id": DOCTOR, "NAME": "Ann1 Doe2", "ORGANIZATION": ORG}],
    "encounters": [
        {"Id": "e-well", "ENCOUNTERCLASS": "wellness"},
        {"Id": "e-stay", "ENCOUNTERCLASS": "inpatient"},
        {"Id": "e-er", "ENCOUNTERCLASS": "emergency"},
    ],
    "medications": [{"CODE": "314076"}],
    "immunizations": [{"CODE": "140"}],
    "claims": [
        _claim("c-well", "1", "e-well", "111", "111", "222"),
        _claim("c-stay", "2", "e-stay", "333"),
        _claim("c-free", "1", "e-well", "444"),
        _claim("c-er", "2", "e-er", "555"),
    ],
    "claims_transactions": [
        _line("c-well", "2024-01-05T10:00Z", "2024-01-05T11:00Z", "129.16", "410620009", "1", "2"),
        _line("c-well", "2024-01-05T10:00Z", "2024-01-05T11:00Z", "140.52", "140", "3"),
        _line("c-well", "2024-01-09T10:00Z", "2024-01-05T11:00Z", "7.24", "314076"),
        {**_line("c-well", "2024-01-05T10:00Z", "", "", "314076"), "TYPE": "PAYMENT"},
        _line("c-stay", "2024-01-10T10:00Z", "2024-01-12T11:00Z", "900.50", "183452005"),
        _line("c-stay", "2024-01-11T10:00Z", "2024-01-11T11:00Z", "99.50", "430193006"),
        _line("c-free", "2024-01-15T10:00Z", "2024-01-15T11:00Z", "0.00", "162673000"),
        _line("c-er", "2024-01-20T10:00Z", "2024-01-20T11:00Z", "0.00", "50849002"),
    ],
}


@pytest.fixture
def data(tmp_path: Path) -> Synthea:
    for number, (name, rows) in enumerate(TABLES.items()):
        # Half of the files carry a prefix, as one published export does.
        path = tmp_path / f"{PREFIX if number % 2 else ''}{name}.csv"
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return load(tmp_path)


@pytest.fixture
def commands(data: Synthea) -> dict[str, Any]:
    """By claim; each is valid, keyed as the contract says, and passes the service's checks."""
    found = {}
    for claim in claims(data, Calendar()):
        command = REGISTRY[claim.message.type].model_validate(claim.message.body)
        assert command.key() == claim.message.key
        assert not check(command, date(2024, 2, 1))  # type: ignore[arg-type]
        found[claim.account] = command
    return found


def test_type_1_is_professional(commands: dict[str, Any]) -> None:
    command: SubmitProfessionalClaim = commands["c-well"]
    visit, shot, drug = command.lines
    assert [line.charge for line in command.lines] == ["129.16", "140.52", "7.24"]
    assert command.total_charge == "276.92"
    assert (visit.procedure, shot.procedure) == ("99394", "90686"), "a check-up at fifteen"
    assert drug.procedure[0] == "J"
    assert drug.to_date == drug.from_date == date(2024, 1, 9), "it ended before it began"
    assert command.diagnoses == (codes.diagnosis("111"), codes.diagnosis("222"))
    assert (visit.pointers, shot.pointers) == ((1,), (2,)), "the first two are the same diagnosis"
    assert command.rendering is not None


def test_type_2_is_institutional(commands: dict[str, Any]) -> None:
    command: SubmitInstitutionalClaim = commands["c-stay"]
    assert command.type_of_bill == "111"
    assert (command.statement_from, command.statement_to) == (date(2024, 1, 10), date(2024, 1, 12))
    assert command.admission_date == date(2024, 1, 10)
    room, assessment = command.lines
    assert (room.revenue_code, room.procedure) == ("0120", None)
    assert (assessment.procedure or "")[0] == "T"
    assert command.total_charge == "1000.00"


def test_claims_that_charge_nothing(commands: dict[str, Any]) -> None:
    free: SubmitProfessionalClaim = commands["c-free"]
    assert (free.total_charge, free.lines[0].charge) == ("0.01", "0.01")
    emergency: SubmitInstitutionalClaim = commands["c-er"]
    assert (emergency.type_of_bill, emergency.total_charge) == ("130", "0.00")
    assert emergency.lines[0].revenue_code == "0450"


def test_spans_do_not_overlap_and_same_payers_are_one(data: Synthea) -> None:
    (member,) = (EnrollMember.model_validate(m.body) for m in members(data, Calendar()))
    assert [(s.plan, s.start, s.end, s.line_of_business) for s in member.spans] == [
        ("Medicaid", date(2018, 1, 1), date(2019, 12, 31), "medicaid"),
        ("Aetna", date(2021, 1, 1), date(2022, 12, 31), "commercial"),
        ("Medicaid", date(2023, 1, 1), date(2024, 12, 31), "medicaid"),
    ]


def test_a_payer_of_less_than_a_day_leaves_no_span() -> None:
    turns = [
        _turn("2020-01-01T04:00Z", "2021-01-01T04:00Z", COMMERCIAL),
        _turn("2020-01-01T05:00Z", "2021-01-01T04:00Z", MEDICAID),
    ]
    payers = {row["Id"]: row for row in TABLES["payers"]}
    (span,) = spans(turns, payers, Calendar())
    assert (span["plan"], span["start"], span["end"]) == ("Medicaid", "2020-01-01", "2020-12-31")


def test_the_providers_of_the_claims_are_registered(
    data: Synthea, commands: dict[str, Any]
) -> None:
    known = {(m.body["npi"], m.body["tin"]) for m in providers(data)}
    for command in commands.values():
        assert (command.billing.npi, command.billing.tin) in known
    assert all(npi_is_valid(npi) for npi, _ in known)


def test_a_shift_moves_every_date_by_the_same_days(data: Synthea) -> None:
    assert newest_service(data) == date(2024, 1, 20)
    for one, moved in zip(claims(data, Calendar()), claims(data, Calendar(1000)), strict=True):
        assert _moved(one.message.body) == moved.message.body
    ((before,), (after,)) = (tuple(members(data, Calendar(days))) for days in (0, 1000))
    assert _moved(before.body) == after.body


def _moved(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _moved(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner) for inner in value]
    if isinstance(value, str) and value[4:5] == value[7:8] == "-":
        return (date.fromisoformat(value) + timedelta(1000)).isoformat()
    return value


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoSuchTable, match=r"there is no claims_transactions\.csv"):
        load(tmp_path)


def test_the_published_data_set(published: Path) -> None:
    data = load(published / "claims" / "synthea_27pt")
    today = date(2026, 11, 1)
    calendar = Calendar((today - newest_service(data)).days)
    kinds = []
    for claim in claims(data, calendar):
        command: Any = REGISTRY[claim.message.type].model_validate(claim.message.body)
        assert not check(command, today)
        assert sum(cents(line.charge) for line in command.lines) == cents(command.total_charge)
        kinds.append(command.TYPE)
    assert kinds.count(SubmitProfessionalClaim.TYPE) == 822
    assert kinds.count(SubmitInstitutionalClaim.TYPE) == 445
    people = [EnrollMember.model_validate(message.body) for message in members(data, calendar)]
    assert len(people) == 27
    for member in people:
        for one, other in zip(member.spans, member.spans[1:], strict=False):
            assert one.end is not None
            assert one.end < other.start
