"""What deciding and carrying out may run into. None of these says what a message holds."""


class Conflict(Exception):
    """Another owner changed the same rows meanwhile: the batch rolls back and starts again."""


class Unloaded(Exception):
    """A decision looked at what its `needs` forgot to name. Names the table, not the key."""


class Unavailable(Exception):
    """Something outside (the object store) is away: the batch waits and tries again. Names it."""


class Overran(Exception):
    """An effect took longer than it may. Says how long that is."""
