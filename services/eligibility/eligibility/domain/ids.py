"""Member IDs: a base the family shares, and a two-digit suffix; 00 is the subscriber (2.7)."""

import re

SUBSCRIBER = "-00"
_ID = re.compile(r"[A-Za-z0-9-]{2,30}")
_SUFFIX = re.compile(r"-\d\d$")


def is_id(typed: str) -> bool:
    """Whether it has the shape of a member or Medicaid ID."""
    return _ID.fullmatch(typed) is not None


def has_suffix(member_id: str) -> bool:
    return _SUFFIX.search(member_id) is not None


def base_of(member_id: str) -> str:
    """What the members of a family share."""
    return _SUFFIX.sub("", member_id)


def subscriber_of(member_id: str) -> str:
    return base_of(member_id) + SUBSCRIBER


def meant_by(typed: str) -> tuple[str, ...]:
    """Member IDs that somebody may mean, most likely first (EL-01).

    Without suffix it is the subscriber, or a member whose ID never had one. Cards print capital
    letters; people type small ones.
    """
    spellings = (typed, typed.upper())
    subscribers = () if has_suffix(typed) else tuple(s + SUBSCRIBER for s in spellings)
    return tuple(dict.fromkeys((*subscribers, *spellings)))
