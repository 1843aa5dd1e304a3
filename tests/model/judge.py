"""What holds of every service, whatever happened: read off tables, topics and answers."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from portal_contracts import envelope as e
from portal_contracts import topics
from portal_contracts.base import REGISTRY, Message
from portal_contracts.claims.events import ReadjudicationsOrdered
from portal_contracts.common import Refused
from tests.model.portal import Copy, Portal
from tests.model.process import Running
from tests.model.runtime_sql import messages


def always(portal: Portal) -> None:
    """At every moment: no message was more than a service could decide."""
    for name, running in portal.running.items():
        parked = [(row["type"], row["reason"]) for row in running.db.rows("parked")]
        assert not parked, f"{name} parked {parked}"


def at_the_end(portal: Portal) -> None:
    """After everything was healed and done."""
    _each_command_has_one_answer(portal)
    for running in portal.running.values():
        assert running.idle
        _batches_are_published(running)
        _each_effect_is_announced_once_and_in_order(portal, running)
        _versions_rise(portal, running)
        _timers_fired_once(running)
        waiting = [row["kind"] for row in running.db.rows("effects")]
        assert not waiting, f"{running.service.name} has not carried out {waiting}"


# -- answers ---------------------------------------------------------------------------------------


def _each_command_has_one_answer(portal: Portal) -> None:
    by_id: dict[Any, dict[Any, list[Message]]] = defaultdict(dict)
    for copy in portal.copies:
        answers = portal.answers(copy)
        assert len(answers) == 1, f"{copy.command.TYPE} {copy.id} has answers {answers}"
        first = by_id[copy.asked].setdefault(copy.content, answers)
        assert first == answers, f"two copies of {copy.id} were answered differently"
    for contents in by_id.values():
        taken = [a for (a,) in contents.values() if not _is_reused(a)]
        assert len(taken) == 1, "an id took effect for two commands, or for none"


def _is_reused(answer: Message) -> bool:
    return isinstance(answer, Refused) and answer.problems[0].code == "id_reused"


def reply(portal: Portal, copy: Copy) -> Message:
    (answer,) = portal.answers(copy)
    return answer


# -- effects ---------------------------------------------------------------------------------------


def _batches_are_published(running: Running) -> None:
    waiting = [row["id"] for row in running.db.rows("batches") if not row["published"]]
    assert not waiting, f"{running.service.name} has batches that were never published"


def _each_effect_is_announced_once_and_in_order(portal: Portal, running: Running) -> None:
    """The journal has each id once; Kafka has each at least once, first seen in its order.

    Commands that follow from two topics are under way in two pipelines: each keeps its own order.
    """
    journal = messages(running.db)
    ids = [row["id"] for row in journal]
    assert len(ids) == len(set(ids)), f"{running.service.name} made an effect twice"
    order: dict[Any, list[str]] = defaultdict(list)
    for row in journal:
        events = row["topic"].endswith(".events")
        lane = "" if events else running.came_from[row["batch"]]
        order[row["topic"], row["key"], lane].append(row["id"])
    made = set(ids) | {str(i) for i in running.begun}
    seen: dict[Any, dict[str, None]] = defaultdict(dict)
    for place, records in portal.log.records.items():
        if place[0].endswith(".events") or topics.holds_commands(place[0]):
            _first_seen(records, running.service.name, made, seen)
    for (topic, key, _), wanted in order.items():
        place, mine = (topic, key), set(wanted)
        found = [i for i in seen[place] if i in mine]
        assert found == wanted, f"{running.service.name} announced {place} out of its order"


def _first_seen(records: Any, source: str, made: set[str], seen: Any) -> None:
    for record in records:
        head = dict(record.headers)
        if head[e.SOURCE].decode() == source:
            mid = head[e.ID].decode()
            assert mid in made, f"{source} announced something that it never committed"
            seen[record.topic, record.key.decode()].setdefault(mid)


def _versions_rise(portal: Portal, running: Running) -> None:
    last: dict[tuple[str, str], int] = {}
    for row in messages(running.db):
        kind = REGISTRY[row["type"]]
        if kind.KIND != "event" or kind is ReadjudicationsOrdered:
            continue
        event: Any = kind.model_validate_json(row["body"])
        about = (row["type"], getattr(event, "member_id", "") + "|" + event.subject())
        assert event.version > last.get(about, 0), f"{about} went from {last[about]} back"
        last[about] = event.version


def _timers_fired_once(running: Running) -> None:
    assert len(running.fired) == len(set(running.fired)), "a timer was settled twice"
    due = [row["key"] for row in running.db.rows("timers") if row["due_at"] <= running.clock.now()]
    assert not due, f"timers that are due have not fired: {due}"
