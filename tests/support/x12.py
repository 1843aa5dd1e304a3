"""Own example files of X12, and the files of others where they are at hand."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = ROOT.parent / "shared" / "data"


class ExampleFiles:
    """The files of `tests/unit/x12/data`, by name."""

    folder = ROOT / "tests" / "unit" / "x12" / "data"

    def content(self, name: str) -> bytes:
        return self.path(name).read_bytes()

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.837"


def published_files() -> Path:
    """Real input that others published; not part of this repository."""
    if not PUBLISHED.is_dir():
        pytest.skip("../shared/data is not there: published example files are not tried")
    return PUBLISHED
