"""NPIs for testing: example files are full of numbers that cannot exist (domain notes 2.7)."""

from hashlib import blake2b
from typing import Any

from portal_contracts.ids import npi_is_valid

FIELDS = frozenset({"npi", "facility_npi"})


def made_npi(seed: str) -> str:
    """A valid NPI, the same for the same seed. Made up: no registry was asked."""
    number = int.from_bytes(blake2b(seed.encode(), digest_size=8).digest()) % 100_000_000
    nine = f"1{number:08d}"
    return next(npi for npi in (f"{nine}{check}" for check in range(10)) if npi_is_valid(npi))


def mapped_npi(npi: str) -> str:
    """A valid NPI stays; an invalid one becomes a valid one, always the same."""
    return npi if npi[:1] in ("1", "2") and npi_is_valid(npi) else made_npi(npi)


def map_npis(value: Any) -> Any:
    """A body with every NPI in it valid. What is missing stays missing."""
    if isinstance(value, dict):
        return {
            name: mapped_npi(inner)
            if name in FIELDS and isinstance(inner, str) and inner
            else map_npis(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [map_npis(inner) for inner in value]
    return value
