"""An office where one member is enrolled."""

import pytest

from tests.unit.eligibility.office import Office


@pytest.fixture
def office() -> Office:
    office = Office()
    office.enroll()
    return office
