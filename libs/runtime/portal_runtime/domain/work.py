"""What is to be done outside the database after a decision. Pure: says what, never how."""

from dataclasses import dataclass
from typing import Any, ClassVar

from portal_contracts.base import Strict

WORKS: dict[str, type["Work"]] = {}


class Work(Strict):
    """One kind of thing to do: copy an object, delete one, scan, render. Lies in a row until it is
    done, so no secrets, and as little about a person as will do: an id, where an id is enough.
    """

    KIND: ClassVar[str] = ""

    def __init_subclass__(cls, kind: str = "", **kwargs: Any) -> None:
        """`kind`: `<service>.<verb>_<thing>`; a row names it, so it stays what it is."""
        super().__init_subclass__(**kwargs)
        if not kind:
            raise TypeError(f"{cls.__name__} does not say its kind")
        if kind in WORKS and WORKS[kind].__qualname__ != cls.__qualname__:
            raise TypeError(f"{kind} is taken by {WORKS[kind].__qualname__}")
        cls.KIND = kind
        WORKS[kind] = cls


@dataclass(frozen=True, slots=True)
class Effect:
    """Do `work` after the commit, at least once; its adapter's answer is a command to the own
    service. Effects of one key are carried out one after another, in the order decided.
    """

    key: str
    work: Work
