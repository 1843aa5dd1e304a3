"""Message ids of imported claims: the same claim of the same file has the same one every time.

So a file that is imported twice, or again after Ctrl-C, takes effect once, and its claims are
answered with the first answers.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePath
from uuid import UUID, uuid5

from portal_cli.importing.files import SourceClaim

IMPORTS = UUID("6f3d9d1e-52a4-4b8c-9b0e-0d3a7c1f4e21")


def with_ids(claims: Iterable[SourceClaim], *, enrolled: bool = False) -> Iterator[SourceClaim]:
    """By file name, position and content. A file that is named twice means two claims.

    A first try without `--enroll` does not stand in the way of one with it.
    """
    seen: Counter[str] = Counter()
    for claim in claims:
        message = claim.message
        name = PurePath(claim.file).name
        said = [name, claim.position, enrolled, message.type, message.key, message.body]
        seed = json.dumps(said, sort_keys=True)
        seen[seed] += 1
        made = uuid5(IMPORTS, f"{seed}{seen[seed]}")
        yield replace(claim, message=replace(message, id=made))
