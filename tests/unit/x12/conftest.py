"""Example files, read."""

from pathlib import Path

import pytest

from portal_x12 import Claims, read_claims
from tests.support.x12 import ExampleFiles, published_files


class Example(ExampleFiles):
    """Reads a file of `data/`."""

    def __call__(self, name: str) -> Claims:
        return read_claims(self.content(name))


@pytest.fixture
def example() -> Example:
    return Example()


@pytest.fixture(scope="session")
def published() -> Path:
    return published_files()
