"""Example files, as the importer takes them."""

from pathlib import Path

import pytest

from portal_cli.importing.files import Batch, parse
from tests.support.x12 import ExampleFiles, published_files


class Example(ExampleFiles):
    """Reads a file of `tests/unit/x12/data`."""

    def __call__(self, name: str) -> Batch:
        return parse(name, self.content(name))


@pytest.fixture
def example() -> Example:
    return Example()


@pytest.fixture(scope="session")
def published() -> Path:
    return published_files()
