"""What a decision orders to be done outside: named once, kept under ids made from the message."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from portal_cli.services import PACKAGES
from portal_contracts.envelope import Envelope
from portal_contracts.principal import Principal
from portal_contracts.topics import SERVICES
from portal_runtime.clock import Clock
from portal_runtime.deciding import ordered_effects
from portal_runtime.deciding.ordered_effects import COLUMNS, ordered
from portal_runtime.domain.decision import DERIVED, Context, Decision
from portal_runtime.domain.work import WORKS, Effect, Work
from portal_runtime.errors import Overran, Unavailable
from portal_runtime.observing.causes import cause
from portal_runtime.routes import Routes, carry_out
from portal_runtime.scheduling.carrying_out import FAILURES, UNHEARD_OF, Carrier
from portal_runtime.scheduling.effect_rows import Claim
from tests.support.tally import ROUTES, Erase, Stamp, erase, stamp

NOW = datetime(2026, 11, 24, tzinfo=UTC)
MESSAGE = UUID(int=1)


def context(message_id: UUID = MESSAGE) -> Context:
    return Context(NOW, message_id, Principal(subject="x", role="service"), "corr", NOW)


def arrival(traceparent: str = "") -> Any:
    envelope = Envelope(
        id=MESSAGE,
        type="a.b.v1",
        time=NOW,
        source="test",
        correlation_id="corr",
        traceparent=traceparent,
    )
    return SimpleNamespace(envelope=envelope)


# -- ordering --------------------------------------------------------------------------------------


def test_deciding_again_orders_the_same_effects_under_the_same_ids() -> None:
    stamps = (Effect("k", Stamp(account="k", number=n)) for n in (1, 1))
    decision = Decision(effects=(*stamps, Effect("k", Erase(account="k"))))
    rows = ordered(arrival("00-1-2-01"), decision, context())
    assert rows == ordered(arrival("00-1-2-01"), decision, context())
    first = dict(zip(COLUMNS, rows[0], strict=True))
    assert first == {
        "id": rows[0][0],
        "key": "k",
        "kind": "tally.stamp",
        "body": b'{"account":"k","number":1}',
        "cause": MESSAGE,
        "correlation": "corr",
        "traceparent": "00-1-2-01",
    }
    ids = {row[0] for row in rows}
    assert len(ids) == 3
    assert {i.version for i in ids} == {DERIVED}, "nobody else may send under what follows from it"
    others = ordered(arrival(), decision, context(UUID(int=2)))
    assert ids.isdisjoint(row[0] for row in others)
    assert others[0][-1] is None


def test_a_decision_without_effects_makes_no_row() -> None:
    assert ordered(arrival(), Decision(), context()) == ()


def test_what_is_too_large_to_keep_is_an_error_of_its_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ordered_effects, "MAX_BODY", 20)
    decision = Decision(effects=(Effect("k", Stamp(account="k" * 20, number=1)),))
    with pytest.raises(ValueError, match="too large"):
        ordered(arrival(), decision, context())


def test_a_kind_of_work_says_what_it_is_and_is_there_once() -> None:
    with pytest.raises(TypeError, match="does not say its kind"):

        class Nameless(Work):
            pass

    with pytest.raises(TypeError, match=r"tally\.stamp is taken by Stamp"):

        class Twice(Work, kind="tally.stamp"):
            pass

    assert WORKS["tally.stamp"] is Stamp
    assert ROUTES.carrying.keys() == {"tally.stamp", "tally.erase"}
    limit = timedelta(seconds=1)
    with pytest.raises(TypeError, match="two routes"):
        Routes(*(carry_out(Erase, adapter=erase, limit=limit) for _ in range(2)))


def test_every_kind_that_a_domain_orders_is_carried_out_by_its_service() -> None:
    carried = set()
    for service in SERVICES:
        routes = import_module(f"{PACKAGES[service]}.routes").ROUTES
        assert all(kind.startswith(f"{service}.") for kind in routes.carrying)
        carried |= routes.carrying.keys()
    assert {kind for kind in WORKS if kind.split(".")[0] in SERVICES} == carried
    assert "documents.seal_upload" in carried


# -- carrying out ----------------------------------------------------------------------------------


class Rows:
    """What became of each claim."""

    def __init__(self) -> None:
        self.said: list[Any] = []

    async def done(self, claim: Claim) -> None:
        self.said.append("done")

    async def later(self, claims: list[Claim], pause: timedelta) -> None:
        self.said.append(("later", pause.total_seconds()))

    async def failed(self, claim: Claim, pause: timedelta) -> None:
        self.said.append(("failed", pause.total_seconds()))

    async def park(self, claim: Claim, reason: str) -> None:
        self.said.append(("parked", reason))


async def carried(error: Exception | None, attempts: int, failures: int) -> tuple[Any, Carrier]:
    rows = Rows()

    async def adapter(work: Stamp, _: Any) -> None:
        if error is not None:
            raise error

    route = carry_out(Stamp, adapter=adapter, limit=timedelta(seconds=1))
    parts: tuple[Any, ...] = (rows, Clock(), None, None, (None, None))
    carrier = Carrier("tally", route, *parts)
    body = b'{"account":"k","number":1}'
    await carrier.carry_out(Claim(MESSAGE, body, "", None, attempts, failures))
    (said,) = rows.said
    return said, carrier


@pytest.mark.parametrize("error", [Unavailable("closed"), ConnectionResetError(), TimeoutError()])
async def test_while_its_server_is_away_it_is_never_parked_and_pauses_grow(
    error: Exception,
) -> None:
    pauses = []
    for attempt in (1, 2, 3, 5, 10_000):
        said, carrier = await carried(error, attempt, UNHEARD_OF)
        pauses.append(said)
        assert carrier.trouble == f"tally.stamp: {cause(error)}"
    assert pauses == [("later", seconds) for seconds in (1, 2, 4, 15, 15)]


async def test_what_fails_otherwise_is_parked_at_the_fifth_time() -> None:
    for failures in range(1, FAILURES):
        said, carrier = await carried(RuntimeError("Mrs. Example"), failures, failures)
        assert said[0] == "failed"
        assert carrier.trouble == ""
    for error in (RuntimeError("Mrs. Example"), FileNotFoundError("example.pdf")):
        said, _ = await carried(error, FAILURES, FAILURES)
        assert said[0] == "parked"
        assert "xample" not in said[1]
    said, _ = await carried(Overran("not done within 2 s"), FAILURES, FAILURES)
    assert said == ("parked", "not done within 2 s")


async def test_one_that_nobody_came_back_from_is_not_even_begun() -> None:
    said, _ = await carried(None, 50, UNHEARD_OF)
    assert said == "done"
    said, _ = await carried(None, 50, UNHEARD_OF + 1)
    assert said == ("parked", "nobody came back from it 10 times")


async def test_outcomes_are_counted_from_zero_on() -> None:
    await carried(None, 1, 1)
    for outcome in ("carried_out", "away", "failed", "parked"):
        labels = {"service": "tally", "kind": "tally.stamp", "outcome": outcome}
        assert REGISTRY.get_sample_value("portal_effects_total", labels) is not None
    assert stamp is ROUTES.carrying["tally.stamp"].adapter
