"""Own example files, and the files of others where they are at hand."""

from pathlib import Path

import pytest

from portal_cli.importing.files import Batch, parse

HERE = Path(__file__).parent
PUBLISHED = HERE.parents[3] / "shared" / "data"


@pytest.fixture
def example() -> "Example":
    return Example()


class Example:
    """Reads a file of `data/`."""

    folder = HERE / "data"

    def __call__(self, name: str) -> Batch:
        return parse(name, self.content(name))

    def content(self, name: str) -> bytes:
        return (self.folder / f"{name}.837").read_bytes()

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.837"


@pytest.fixture(scope="session")
def published() -> Path:
    """Real input that others published; not part of this repository."""
    if not PUBLISHED.is_dir():
        pytest.skip("../shared/data is not there: published example files are not tried")
    return PUBLISHED
