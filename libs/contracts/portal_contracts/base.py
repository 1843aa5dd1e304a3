"""Base classes of all messages. A subclass names its type and is thereby in the registry."""

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal["command", "query", "reply", "event"]


class Model(BaseModel):
    """A value inside a message: frozen; unknown fields are ignored, so additions break nobody."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Strict(Model):
    """A value that a caller sends us: an unknown field is an error, so a typing slip is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


REGISTRY: dict[str, type["Message"]] = {}


class Message(Model):
    """Something with a type name of the form `<service>.<name>.v<version>`."""

    TYPE: ClassVar[str] = ""
    KIND: ClassVar[Kind]

    def __init_subclass__(cls, type: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not type:
            return
        if type in REGISTRY and REGISTRY[type].__qualname__ != cls.__qualname__:
            raise TypeError(f"message type {type} is taken by {REGISTRY[type].__qualname__}")
        cls.TYPE = type
        REGISTRY[type] = cls

    @classmethod
    def service(cls) -> str:
        """The service that owns this message: the first part of its type."""
        return cls.TYPE.split(".", 1)[0]

    def key(self) -> str:
        """Kafka key. Messages with the same key are decided one after another, in order."""
        return self.subject()

    def subject(self) -> str:
        """Business reference (`ce_subject`) of what the message is about. Never a name or date."""
        raise TypeError(f"{type(self).__name__} does not say what it is about")


class Reply(Message):
    """The answer to one command or query; goes to the caller's reply topic."""

    KIND: ClassVar[Kind] = "reply"

    def subject(self) -> str:
        return ""


Replies = tuple[type[Reply], ...]


class Asked(Message, Strict):
    """What is answered: `answers=(…)` beside the type names every reply of its own.

    TypeError at import when a message with a type says nothing. `answers.py` adds what every
    command or query may get.
    """

    ANSWERS: ClassVar[Replies] = ()
    model_config = ConfigDict(frozen=True, extra="forbid")

    def __init_subclass__(
        cls, type: str = "", answers: Replies | None = None, **kwargs: Any
    ) -> None:
        if type and (answers is None or (not answers and cls.KIND == "query")):
            raise TypeError(f"{type} does not say what it is answered with: answers=(…)")
        super().__init_subclass__(type=type, **kwargs)
        cls.ANSWERS = answers or ()


class Command(Asked):
    """Asks a service to do something. Answered by one reply; may be refused.

    What a service sends to itself says `answers=()`: nobody waits for an answer.
    """

    KIND: ClassVar[Kind] = "command"


class Query(Asked):
    """Asks a service for something it knows. Changes nothing; not stored."""

    KIND: ClassVar[Kind] = "query"

    def subject(self) -> str:
        return ""


class Event(Message):
    """Something that has happened. Published by the service that owns it; never refused."""

    KIND: ClassVar[Kind] = "event"
