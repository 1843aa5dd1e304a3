"""Ports for a stack that a test starts."""

import random

from portal_cli.infra.ports import free_row
from portal_cli.which import PORTS


def first_port() -> int:
    """The first of a row of free ones; two tests that start a stack at once look in other rows."""
    rows = range(20000, 32000, 100)
    return free_row(PORTS, random.sample(rows, len(rows)))
