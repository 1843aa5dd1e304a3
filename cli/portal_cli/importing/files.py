"""The claims of 837 files as commands, and what in the files could not be read."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from portal_cli.importing.npis import map_npis
from portal_x12 import Message, Unreadable, read_claims


@dataclass(frozen=True, slots=True)
class SourceClaim:
    """One claim and where it comes from."""

    file: str
    position: int
    """Number of its CLM segment in the file."""
    account: str
    line_of_business: str
    """Of the member, where the file has to make it known."""
    message: Message


@dataclass(slots=True)
class Batch:
    """All that is to be imported."""

    files: int = 0
    claims: list[SourceClaim] = field(default_factory=list)
    unreadable: list[tuple[str, Unreadable]] = field(default_factory=list)

    @property
    def unreadable_files(self) -> int:
        """Files of which a part could not be read."""
        return len({file for file, _ in self.unreadable})


def parse(name: str, content: bytes) -> Batch:
    """One file."""
    found = read_claims(content)
    return Batch(
        1,
        [
            SourceClaim(name, claim.position, claim.account, claim.line_of_business, claim.message)
            for claim in found.claims
        ],
        [(name, part) for part in found.unreadable],
    )


def load(paths: Iterable[Path], *, valid_npis: bool = False) -> Batch:
    """Several files and folders; one that cannot be opened is unreadable too."""
    everything = Batch()
    for path in expand(paths):
        batch = _opened(path)
        everything.files += batch.files
        everything.claims += batch.claims
        everything.unreadable += batch.unreadable
    if valid_npis:
        everything.claims = [with_valid_npis(claim) for claim in everything.claims]
    return everything


def _opened(path: Path) -> Batch:
    name = shown(path)
    if path.is_dir():
        return Batch(unreadable=[(name, Unreadable("", 0, f"no file in {name}"))])
    try:
        return parse(name, path.read_bytes())
    except OSError as error:
        words = f"the file cannot be opened: {error.strerror}"
        return Batch(1, unreadable=[(name, Unreadable("", 0, words))])


def shown(path: Path) -> str:
    """As seen from the current folder, where that is shorter."""
    return min(str(path), os.path.relpath(path), key=len)


def expand(paths: Iterable[Path]) -> Iterator[Path]:
    """Folders as the files in them; one without any as itself."""
    for path in paths:
        if path.is_dir():
            inside = sorted(inner for inner in path.rglob("*") if inner.is_file())
            yield from inside or [path]
        else:
            yield path


def with_valid_npis(claim: SourceClaim) -> SourceClaim:
    """`--map-npis`."""
    return replace(claim, message=replace(claim.message, body=map_npis(claim.message.body)))
