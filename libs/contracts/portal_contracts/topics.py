"""Topics of the system: one set per service, and one reply topic per kind of caller."""

from dataclasses import dataclass, field
from functools import lru_cache

SERVICES = ("claims", "eligibility", "auth", "appeals", "providers", "documents")
CALLERS = ("gateway", "cli", "bench", "test")
BULK_SERVICES = ("claims",)
"""Those whose one command can order thousands of others to themselves."""
RANKS = ("commands", "reviews", "bulk")
"""What a service takes first, then, and last: each waits while those before it come."""
CLOCK_TOPIC = "portal.clock"
DAY_MS = 24 * 60 * 60 * 1000
COMMANDS_KEPT_DAYS = 14
QUERIES_KEPT_DAYS = 1
"""A message that was signed earlier did not wait in its topic: somebody copied it."""


@dataclass(frozen=True)
class TopicSpec:
    """What a topic is made with. Events are kept longest: others may have to catch up."""

    name: str
    partitions: int
    config: dict[str, str] = field(default_factory=dict)


def commands(service: str) -> str:
    return f"{service}.commands"


def reviews(service: str) -> str:
    """Commands of a service to itself that may order bulk work."""
    return f"{service}.reviews"


def bulk(service: str) -> str:
    """Commands of a service to itself, by the thousand: nobody else queues behind them."""
    return f"{service}.bulk"


def rank(topic: str) -> int:
    """Place in `RANKS`, with a prefix or without; 0 for every topic that is not among them."""
    kind = topic.rpartition(".")[2]
    return RANKS.index(kind) if kind in RANKS else 0


def taken_together(topic: str) -> tuple[str, ...]:
    """The topics that one consumer takes, so that equal keys are decided in one place."""
    service, _, _ = topic.partition(".")
    if service in BULK_SERVICES and topic == commands(service):
        return topic, reviews(service), bulk(service)
    return (topic,)


def takes_others(topic: str) -> bool:
    """Whether a key's messages may come from several topics, not in the order they were sent."""
    return len(taken_together(topic)) > 1


def holds_commands(topic: str) -> bool:
    """Whether its messages must be signed (or sealed) and lie in the partition of their key."""
    return topic.rpartition(".")[2] in RANKS


def queries(service: str) -> str:
    return f"{service}.queries"


def events(service: str) -> str:
    return f"{service}.events"


def dead_letters(service: str) -> str:
    return f"{service}.dead-letters"


def replies(caller: str) -> str:
    return f"{caller}.replies"


@lru_cache
def topic_of(message_type: str, kind: str) -> str:
    """Topic of a command, query or event. Replies go where the asker said."""
    service = message_type.split(".", 1)[0]
    return {"command": commands, "query": queries, "event": events}[kind](service)


def all_topics() -> tuple[TopicSpec, ...]:
    """Every topic to create before anything starts."""
    specs: list[TopicSpec] = []
    for service in SERVICES:
        specs += [
            TopicSpec(commands(service), 8, {"retention.ms": str(COMMANDS_KEPT_DAYS * DAY_MS)}),
            TopicSpec(events(service), 8, {"retention.ms": str(30 * DAY_MS)}),
            TopicSpec(queries(service), 8, {"retention.ms": str(QUERIES_KEPT_DAYS * DAY_MS)}),
            TopicSpec(dead_letters(service), 1, {"retention.ms": str(90 * DAY_MS)}),
        ]
    # As many partitions as the commands have: equal keys must get to the same instance.
    for service in BULK_SERVICES:
        for name in (reviews(service), bulk(service)):
            kept = {"retention.ms": str(COMMANDS_KEPT_DAYS * DAY_MS)}
            specs.append(TopicSpec(name, 8, kept))
    specs += [TopicSpec(replies(c), 8, {"retention.ms": str(DAY_MS)}) for c in CALLERS]
    specs.append(TopicSpec(CLOCK_TOPIC, 1, {"cleanup.policy": "compact"}))
    return tuple(specs)
