"""I11: only lawful changes, and what the tables say is what the events, replayed, make of it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.chaos.history import History, Record, Violation

Lawful = dict[str, tuple[frozenset[str], str]]
"""Event type: from which states, and to which; an empty state: it stays, or the event says it."""

NEW = "new"
OPEN_CLAIM = frozenset({NEW, "paid", "denied"})
OPEN_REQUEST = frozenset({"in_review", "information_needed"})
DOCUMENTS: Lawful = {
    "documents.document_received.v1": (frozenset({NEW}), "processing"),
    "documents.document_released.v1": (frozenset({"processing"}), "released"),
    "documents.document_refused.v1": (frozenset({NEW, "processing"}), "refused"),
    "documents.document_expired.v1": (frozenset({NEW}), "expired"),
}
CLAIMS: Lawful = {
    "claims.claim_adjudicated.v1": (OPEN_CLAIM, ""),
    "claims.claim_rejected.v1": (frozenset({NEW}), "rejected"),
    "claims.claim_closed.v1": (OPEN_CLAIM, ""),
}
REQUESTS: Lawful = {
    "providers.maintenance_request_submitted.v1": (frozenset({NEW}), "in_review"),
    "providers.information_requested.v1": (frozenset({"in_review"}), "information_needed"),
    "providers.question_answered.v1": (frozenset({"information_needed"}), "in_review"),
    "providers.request_approved.v1": (OPEN_REQUEST, "approved"),
    "providers.request_rejected.v1": (OPEN_REQUEST, "rejected"),
    "providers.request_applied.v1": (frozenset({"approved"}), ""),
    "providers.sla_warning.v1": (frozenset({"in_review"}), ""),
    "providers.sla_breached.v1": (frozenset({"in_review"}), ""),
}
CASES: Lawful = {
    "appeals.case_submitted.v1": (frozenset({NEW}), "open"),
    "appeals.case_decided.v1": (frozenset({"open"}), "decided"),
    "appeals.case_outcome_linked.v1": (frozenset({"decided"}), ""),
}
MACHINES = {
    "documents": DOCUMENTS,
    "claims": CLAIMS,
    "providers": REQUESTS,
    "appeals": CASES,
}
AUTHORIZATIONS = frozenset(
    {
        "auth.authorization_requested.v1",
        "auth.lines_decided.v1",
        "auth.authorization_changed.v1",
    }
)
OPEN_LINE = frozenset({"pending", "pended_for_information"})
SILENT_STATES = frozenset({"uploading", "voided"})
"""An upload that was only asked for, and the void itself, have no event of their own."""


def check(history: History) -> Iterator[Violation]:
    for service, lawful in MACHINES.items():
        states: dict[str, tuple[str, int]] = {}
        for event in history.of_type(*lawful):
            if event.facts is None or not event.subject:
                continue
            before = states.get(event.subject, (NEW, 0))[0]
            allowed, after = lawful[event.type]
            if before not in allowed:
                text = f"{event.subject}: {event.type} happened to what was {before}"
                yield Violation("wrong", text)
            states[event.subject] = (_after(event, before, after), event.facts["version"])
        yield from _same(history, service, states)
    yield from _authorizations(history)
    yield from _members(history)


def _after(event: Record, before: str, after: str) -> str:
    assert event.facts is not None
    return after or event.facts.get("status") or before


def _same(
    history: History, service: str, replayed: dict[str, tuple[str, int]]
) -> Iterator[Violation]:
    stored = history.tables[service].states
    for name, (status, version) in replayed.items():
        state = stored.get(name)
        if state is None:
            yield Violation("lost", f"{name} is not on file in {service}, and its events are")
        elif state.status != status or not _fits(service, state.version, version):
            text = (
                f"{name} is {state.status} ({state.version}), its events say {status} ({version})"
            )
            yield Violation("wrong", text)
    for name, state in stored.items():
        if name not in replayed and state.status not in SILENT_STATES:
            yield Violation("lost", f"{name} is {state.status} in {service} and no event said so")


def _fits(service: str, stored: int, announced: int) -> bool:
    """A claim's version also rises with what nobody else needs to know (records that it awaits)."""
    return stored >= announced if service == "claims" else stored == announced


def _members(history: History) -> Iterator[Violation]:
    """Each is as last announced, with the other insurance in its order; nobody is named."""
    told: dict[str, tuple[int, str]] = {}
    for event in history.of_type("eligibility.member_changed.v1"):
        if event.facts is not None:
            told[event.facts["member"]] = (event.facts["version"], event.facts["policies"])
    stored = {name: s[:2] for name, s in history.tables["eligibility"].states.items()}
    for name in told.keys() - stored.keys():
        yield Violation("lost", f"a member was announced ({told[name][0]}) and is not on file")
    for name, state in stored.items():
        if name not in told:
            yield Violation("lost", f"a member is on file ({state[0]}) and no event said so")
        elif state != told[name]:
            text = f"a member is on file as {state}, last announced as {told[name]}"
            yield Violation("wrong", text)
    yield from _insurance(history, told)


def _insurance(history: History, told: dict[str, tuple[int, str]]) -> Iterator[Violation]:
    """What was answered as added was announced as answered, and its member still has it."""
    added = {
        event.facts["change_id"]: event
        for event in history.of_type("eligibility.cob_changed.v1")
        if event.facts is not None
    }
    for answer in history.answers:
        if answer.type != "eligibility.cob_added.v1" or answer.facts is None:
            continue
        said = answer.facts
        event = added.get(said["change_id"])
        if event is None or event.facts is None:
            yield Violation("lost", f"{said['policy_id']} was answered for and never announced")
            continue
        if (event.facts["policy_id"], event.facts["version"], event.cause) != (
            said["policy_id"], said["version"], answer.cause,
        ):  # fmt: skip
            yield Violation("wrong", f"{said['policy_id']} was announced otherwise than answered")
        _, policies = told.get(event.facts["insured"], (0, ""))
        if said["policy_id"] not in policies.split():
            yield Violation("lost", f"{said['policy_id']} was added and its member has it no more")


Lines = dict[int, str]


def _authorizations(history: History) -> Iterator[Violation]:
    """Decided line by line; what is final stays, and others are told the whole of it."""
    lines: dict[str, Lines] = {}
    states: dict[str, tuple[str, int]] = {}
    for event in history.of_type(*AUTHORIZATIONS):
        if event.facts is None or not event.subject:
            continue
        name, said = event.subject, event.facts["lines"]
        if event.type == "auth.authorization_changed.v1":
            if said != lines.get(name):
                yield Violation("wrong", f"{name}: its lines were announced otherwise than decided")
            continue
        yield from _decided(event, lines.get(name))
        lines[name] = {**lines.get(name, {}), **said}
        states[name] = (_whole(lines[name]), event.facts["version"])
    yield from _same(history, "auth", states)


def _decided(event: Record, before: Lines | None) -> Iterator[Violation]:
    assert event.facts is not None
    first = event.type == "auth.authorization_requested.v1"
    if first or before is None:
        if not first or before is not None:
            yield Violation("wrong", f"{event.subject}: {event.type} at the wrong time")
        return
    for number in event.facts["lines"]:
        if (stood := before.get(number, "no line of it")) not in OPEN_LINE:
            text = f"{event.subject}: line {number} was decided although it was {stood}"
            yield Violation("wrong", text)


def _whole(lines: Lines) -> str:
    """Open as long as one line is."""
    decisions = set(lines.values())
    for open_ in ("pending", "pended_for_information"):
        if open_ in decisions:
            return open_
    return decisions.pop() if decisions in ({"approved"}, {"denied"}) else "partly_approved"
