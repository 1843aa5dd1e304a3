"""NPIs for testing: valid, and the same for the same seed."""

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from portal_cli.importing.npis import made_npi, map_npis, mapped_npi
from portal_contracts.fields import Npi
from portal_contracts.ids import npi_is_valid


@given(st.text(max_size=15))
def test_invalid_npis_become_valid_ones_always_the_same(npi: str) -> None:
    mapped = mapped_npi(npi)
    assert npi_is_valid(mapped)
    assert TypeAdapter(Npi).validate_python(mapped) == mapped
    assert mapped == mapped_npi(npi)


def test_valid_npis_stay() -> None:
    assert mapped_npi("1234567893") == "1234567893"
    assert mapped_npi("7778889999") != "7778889999", "right check digit, but no NPI begins with 7"


def test_different_seeds_give_different_npis() -> None:
    assert len({made_npi(str(seed)) for seed in range(500)}) == 500


def test_every_npi_of_a_body_is_mapped_and_nothing_else() -> None:
    body = {
        "billing": {"npi": "1", "tin": "311234567"},
        "facility_npi": "2",
        "rendering": {"last_name": "X"},
        "lines": [{"rendering": {"npi": "3"}, "pointers": [1]}],
    }
    mapped = map_npis(body)
    assert mapped == {
        "billing": {"npi": mapped_npi("1"), "tin": "311234567"},
        "facility_npi": mapped_npi("2"),
        "rendering": {"last_name": "X"},
        "lines": [{"rendering": {"npi": mapped_npi("3")}, "pointers": [1]}],
    }
