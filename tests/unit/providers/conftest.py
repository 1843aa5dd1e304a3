"""A desk with a group and a doctor on file."""

import pytest

from tests.unit.providers.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()
