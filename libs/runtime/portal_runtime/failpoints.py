"""Named points at which a test may kill the process. A no-op unless switched on.

`PORTAL_FAILPOINT=after_db_commit` kills at the first passage, `after_db_commit:3` at the third.
"""

import os
import signal

IN_TRANSACTION = "in_transaction"
AFTER_DB_COMMIT = "after_db_commit"
AFTER_PUBLISH = "after_publish"
TIMER_PUBLISHED = "timer_published"

_remaining: dict[str, int] = {}


def switch_on(setting: str) -> None:
    """Arm a failpoint as the setting says; an empty setting arms none."""
    if setting:
        name, _, count = setting.partition(":")
        _remaining[name] = int(count or 1)


def failpoint(name: str) -> None:
    """Die here, as `kill -9` would, if this failpoint is armed and its turn has come."""
    if not _remaining or name not in _remaining:
        return
    _remaining[name] -= 1
    if _remaining[name] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
