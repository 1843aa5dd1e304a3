"""Values of X12 elements as the contracts write them.

What cannot be converted stays as it is: then the service refuses it and names the field. Nothing is
guessed, and nothing raises.
"""

import re
from datetime import date
from typing import Any

Body = dict[str, Any]
_MONEY = re.compile(r"(-?)0*(\d{0,10})(?:\.(\d{0,2})0*)?")
_DAY = re.compile(r"\d{8}(\d{4})?")
_WHOLE = re.compile(r"(\d+)(?:\.0*)?")


def body(**values: Any) -> Body:
    """The values that are there."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def money(text: str) -> str:
    """'40' and '40.0' are '40.00'; '.5' is '0.50'."""
    found = _MONEY.fullmatch(text)
    if not text or found is None or not (found[2] or found[3]):
        # '0' has no digit left behind its zeros.
        return "0.00" if re.fullmatch(r"-?0+(\.0*)?", text) else text
    return f"{found[1]}{found[2] or '0'}.{(found[3] or ''):0<2}"


def units(text: str) -> str:
    """'.5' is '0.5'."""
    return f"0{text}" if text.startswith(".") else text


def day(text: str) -> str:
    """'20260131' (and '202601310830') as '2026-01-31'.

    What is no date is marked, because bare digits could be taken for a number of seconds.
    """
    if not _DAY.fullmatch(text):
        return f"? {text}" if text else ""
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}"


def period(qualifier: str, text: str) -> tuple[str, str]:
    """First and last day of a DTP03: one day (D8, DT) or two (RD8)."""
    first, dash, last = text.partition("-")
    if qualifier.startswith("RD") and dash:
        return day(first.strip()), day(last.strip())
    return day(text), day(text)


def is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def digits(text: str) -> str:
    """Tax IDs and ZIP codes come with dashes and without."""
    return text.replace("-", "").replace(" ", "")


def code(text: str) -> str:
    """Procedure, diagnosis and modifier codes: capitals, no point."""
    return text.replace(".", "").upper()


def pointer(text: str) -> int | str:
    """Diagnosis pointers: '1', and '1.00' in some files."""
    found = _WHOLE.fullmatch(text)
    return int(found[1]) if found and len(found[1]) < 4 else text
