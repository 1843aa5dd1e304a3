"""Named points at which a test may kill the process. A no-op unless switched on.

`PORTAL_FAILPOINTS=after_db_commit` kills at the first passage, `after_db_commit:3` at the third,
`after_db_commit~0.01` at each passage with this chance (drawn from PORTAL_FAILPOINT_SEED).
`…!raise` raises what a server that has gone away would raise, `…!stop` freezes the process as
SIGSTOP does. Several are separated by commas.
"""

import os
import re
import signal
from dataclasses import dataclass
from random import Random

# The recipe of a batch, in this order.
TAKEN = "taken"
LOADED = "loaded"
IN_TRANSACTION = "in_transaction"
AFTER_DB_COMMIT = "after_db_commit"
HALF_PUBLISHED = "half_published"
AFTER_PUBLISH = "after_publish"
AFTER_MARK = "after_mark"
AFTER_OFFSETS = "after_offsets"
AFTER_UNPUBLISHED = "after_unpublished"
# Timers.
TIMER_CLAIMED = "timer_claimed"
TIMER_PUBLISHED = "timer_published"
TIMER_DELETED = "timer_deleted"
# Effects.
EFFECT_CLAIMED = "effect_claimed"
EFFECT_CARRIED_OUT = "effect_carried_out"
EFFECT_PUBLISHED = "effect_published"
EFFECT_DELETED = "effect_deleted"
# Queries.
QUERY_ANSWERED = "query_answered"

NAMES = frozenset(
    {
        TAKEN,
        LOADED,
        IN_TRANSACTION,
        AFTER_DB_COMMIT,
        HALF_PUBLISHED,
        AFTER_PUBLISH,
        AFTER_MARK,
        AFTER_OFFSETS,
        AFTER_UNPUBLISHED,
        TIMER_CLAIMED,
        TIMER_PUBLISHED,
        TIMER_DELETED,
        EFFECT_CLAIMED,
        EFFECT_CARRIED_OUT,
        EFFECT_PUBLISHED,
        EFFECT_DELETED,
        QUERY_ANSWERED,
    }
)
_ITEM = re.compile(
    r"(?P<name>\w+)(?::(?P<turn>\d+)|~(?P<chance>[\d.]+))?(?:!(?P<act>kill|raise|stop))?"
)


class FailpointReached(OSError):
    """Raised by a failpoint with `!raise`; handled as any error of a server that went away."""


@dataclass(slots=True)
class _Armed:
    act: str
    chance: float
    turn: int


_armed: dict[str, _Armed] = {}
_random = Random()


def switch_on(setting: str, seed: int = 0) -> None:
    """Arm failpoints as the setting says; an empty one arms none. ValueError: no such failpoint."""
    _armed.clear()
    _random.seed(seed)
    for item in filter(None, setting.split(",")):
        found = _ITEM.fullmatch(item.strip())
        if found is None or found["name"] not in NAMES:
            raise ValueError(f"no failpoint {item!r}; there are {', '.join(sorted(NAMES))}")
        _armed[found["name"]] = _Armed(
            found["act"] or "kill", float(found["chance"] or 0), int(found["turn"] or 1)
        )


def failpoint(name: str) -> None:
    """Fail here in the armed way, if this failpoint is armed and its turn has come."""
    if not _armed or name not in _armed:
        return
    armed = _armed[name]
    if armed.chance:
        if _random.random() >= armed.chance:
            return
    else:
        armed.turn -= 1
        if armed.turn:
            return
    _fail(armed.act)


def _fail(act: str) -> None:
    if act == "raise":
        raise FailpointReached("failpoint")
    os.kill(os.getpid(), signal.SIGSTOP if act == "stop" else signal.SIGKILL)
