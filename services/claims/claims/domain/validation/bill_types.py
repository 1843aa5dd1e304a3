"""What a type of bill (FL 4) says and asks for."""

from typing import Any

from claims.domain.rules.load import table

FREQUENCIES = frozenset("012345789")
NON_PAYMENT, VOID = "0", "8"
INTERIM = frozenset("23")
CORRECTING = frozenset("78")
BILL_TYPES = {row["code"]: row for row in table("bill_types")}


def kind_of_bill(cmd: Any) -> str:
    """Facility and class digits: '11' for 111, 0111 and 117."""
    return str(cmd.type_of_bill)[-3:-1]


def needs(cmd: Any, column: str) -> bool:
    """Whether this kind of bill needs a field; an unknown kind needs nothing more."""
    row = BILL_TYPES.get(kind_of_bill(cmd))
    return row is not None and row[column] == "Y"
