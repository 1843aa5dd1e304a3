"""Topics of the system: one set per service, and one reply topic per kind of caller."""

from dataclasses import dataclass, field

SERVICES = ("claims", "eligibility", "auth", "appeals", "providers", "documents")
CALLERS = ("gateway", "cli", "bench", "test")
CLOCK_TOPIC = "portal.clock"
DAY_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class TopicSpec:
    """What a topic is made with. Events are kept longest: others may have to catch up."""

    name: str
    partitions: int
    config: dict[str, str] = field(default_factory=dict)


def commands(service: str) -> str:
    return f"{service}.commands"


def queries(service: str) -> str:
    return f"{service}.queries"


def events(service: str) -> str:
    return f"{service}.events"


def dead_letters(service: str) -> str:
    return f"{service}.dead-letters"


def replies(caller: str) -> str:
    return f"{caller}.replies"


def topic_of(message_type: str, kind: str) -> str:
    """Topic of a command, query or event. Replies go where the asker said."""
    service = message_type.split(".", 1)[0]
    return {"command": commands, "query": queries, "event": events}[kind](service)


def all_topics() -> tuple[TopicSpec, ...]:
    """Every topic to create before anything starts."""
    specs: list[TopicSpec] = []
    for service in SERVICES:
        specs += [
            TopicSpec(commands(service), 8, {"retention.ms": str(14 * DAY_MS)}),
            TopicSpec(events(service), 8, {"retention.ms": str(30 * DAY_MS)}),
            TopicSpec(queries(service), 8, {"retention.ms": str(DAY_MS)}),
            TopicSpec(dead_letters(service), 1, {"retention.ms": str(90 * DAY_MS)}),
        ]
    specs += [TopicSpec(replies(c), 8, {"retention.ms": str(DAY_MS)}) for c in CALLERS]
    specs.append(TopicSpec(CLOCK_TOPIC, 1, {"cleanup.policy": "compact"}))
    return tuple(specs)
