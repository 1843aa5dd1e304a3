"""Faults 16 and 17: records that no honest caller makes, each with what must become of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from portal_client.wire import new_id
from portal_contracts import envelope as e
from portal_contracts.common import Role
from portal_contracts.principal import Principal
from portal_contracts.topics import SERVICES
from tests.chaos.driver import PARTITIONS, REPLIES, SOURCE, Driver
from tests.chaos.orders import DROPPED, PARKED, QUERY, REFUSED, Copy, Who
from tests.chaos.work.claims import submit
from tests.chaos.work.office import Office

Headers = list[tuple[str, bytes]]
LARGEST = 1_048_000
"""Bytes of a body that Kafka just takes with its headers; what is larger never gets in (`edge.py`).
"""


@dataclass
class Poisoner:
    """Makes one bad record after the other."""

    driver: Driver
    office: Office
    random: Random

    def draw(self) -> Copy:
        """Any of them, to any service where it fits."""
        return self.random.choice(KINDS)(self)

    # -- the envelope ---------------------------------------------------------------------------

    def envelope(self, **changed: bytes | None) -> Headers:
        """Good headers but for these; None leaves one out. Nobody has signed them."""
        good = {
            e.ID: str(new_id()).encode(),
            e.TYPE: b"claims.submit_professional_claim.v1",
            e.SOURCE: SOURCE,
            e.TIME: datetime.now(UTC).isoformat().encode(),
            e.REPLY_TO: f"{REPLIES}/0".encode(),
        }
        merged = {**good, **changed}
        return [(name, value) for name, value in merged.items() if value is not None]

    def bad_envelope(self, why: str, **changed: bytes | None) -> Copy:
        """Told to its sender, or parked where he left out where to."""
        asks = bool(changed.get(e.ID, b"given")) and self.random.random() < 0.5
        if not asks:
            changed[e.REPLY_TO] = None
        expect, code = (REFUSED, "bad_headers") if asks else (PARKED, why)
        return self.record(self.envelope(**changed), self.body(), expect, code, reply=asks)

    def body(self) -> bytes:
        """No two are the same: what became of one must not be taken for the other's."""
        return b'{"poison": "%032x"}' % self.random.getrandbits(128)

    def record(
        self,
        headers: Headers,
        body: bytes | None,
        expect: str,
        code: str,
        *,
        topic: str = "",
        key: bytes | None = b"7K",
        reply: bool = False,
    ) -> Copy:
        topic = topic or f"{self.random.choice(SERVICES)}.commands"
        return self.driver.raw(topic, key, body, headers, expect, code=code, reply=reply)

    # -- the body, signed by somebody -----------------------------------------------------------

    def untrusted(
        self,
        code: str,
        who: Callable[[Who], Who] = lambda who: who,
        ago: timedelta = timedelta(0),
        elsewhere: bool = False,
    ) -> Copy:
        """A sound claim by somebody who may not send it so. `elsewhere`: copied whole, to be
        answered to whoever copied it."""
        order = submit(self.office)
        body, key = order.message.model_dump_json().encode(), order.message.key()
        good = self.driver.headers(order.message.TYPE, key, body, who(order.who), order.id, ago=ago)
        headers = [
            (name, _next_place(value) if elsewhere and name == e.REPLY_TO else value)
            for name, value in good
        ]
        return self.record(headers, body, REFUSED, code, topic="claims.commands",
                           key=key.encode(), reply=True)  # fmt: skip

    def signed(self, change: Callable[[bytes], bytes], expect: str, code: str) -> Copy:
        """A real claim whose body was spoilt before it was signed."""
        order = submit(self.office)
        body = change(order.message.model_dump_json().encode())
        key = order.message.key()
        headers = self.driver.headers(order.message.TYPE, key, body, order.who, order.id)
        return self.record(headers, body, expect, code, topic="claims.commands",
                           key=key.encode(), reply=True)  # fmt: skip


def _missing_id(p: Poisoner) -> Copy:
    return p.bad_envelope("header ce_id is missing", **{e.ID: None})


def _odd_id(p: Poisoner) -> Copy:
    odd = b"17-%016x" % p.random.getrandbits(64)
    return p.bad_envelope("header ce_id is not a UUID", **{e.ID: odd})


def _missing_type(p: Poisoner) -> Copy:
    return p.bad_envelope("header ce_type is missing", **{e.TYPE: None})


def _bytes_in_header(p: Poisoner) -> Copy:
    return p.bad_envelope("header ce_type is not UTF-8", **{e.TYPE: b"\xff\xfe\x00"})


def _local_time(p: Poisoner) -> Copy:
    return p.bad_envelope(
        "header ce_time is not an RFC 3339 time with time zone", **{e.TIME: b"2026-01-01T10:00:00"}
    )


def _long_correlation(p: Poisoner) -> Copy:
    return p.bad_envelope("header ce_correlationid is longer", **{e.CORRELATION: b"c" * 500})


def _large_headers(p: Poisoner) -> Copy:
    return p.bad_envelope("the headers are larger than", notes=b"h" * 40_000)


def _large_key(p: Poisoner) -> Copy:
    headers = p.envelope(**{e.ID: None})
    return p.record(headers, p.body(), PARKED, "header ce_id is missing", key=b"k" * 65_536)


def _tombstone(p: Poisoner) -> Copy:
    return p.record(p.envelope(), None, REFUSED, "empty_body", reply=True)


def _lost_tombstone(p: Poisoner) -> Copy:
    return p.record(p.envelope(**{e.REPLY_TO: None}), None, PARKED, "the body is empty")


def _address_without_end(p: Poisoner) -> Copy:
    far = f"{REPLIES}/{'9' * 5000}".encode()
    return p.record(p.envelope(**{e.REPLY_TO: far}), None, PARKED, "the body is empty")


def _unknown_type(p: Poisoner) -> Copy:
    wrong = p.random.choice((b"claims.submit_professional_claim.v9", b"claims.no_such_thing.v1"))
    headers = p.envelope(**{e.TYPE: wrong})
    return p.record(headers, b"{}", REFUSED, "not_authenticated", reply=True)


def _signed_unknown_type(p: Poisoner) -> Copy:
    """Once told to its sender, once by somebody who wants no answer."""
    order, body, type_ = submit(p.office), p.body(), "claims.no_such_thing.v1"
    asks = p.random.random() < 0.5
    headers = p.driver.headers(type_, "7K", body, order.who, order.id, asks=asks)
    expect, code = (
        (REFUSED, "unknown_type") if asks else (PARKED, "the type of the message is not known here")
    )
    return p.record(headers, body, expect, code, topic="claims.commands", reply=asks)


def _event_among_commands(p: Poisoner) -> Copy:
    """Events are not signed: believed here, anybody could make facts."""
    headers = p.envelope(**{e.TYPE: b"eligibility.member_changed.v1"})
    return p.record(
        headers, p.body(), REFUSED, "not_authenticated", topic="claims.commands", reply=True
    )


def _unsigned(p: Poisoner) -> Copy:
    headers = p.envelope()
    return p.record(
        headers, b"{}", REFUSED, "not_authenticated", topic="claims.commands", reply=True
    )


def _many_headers(p: Poisoner) -> Copy:
    headers = p.envelope() + [(f"x-{n}", b"1") for n in range(10_000)]
    return p.record(
        headers, b"{}", REFUSED, "not_authenticated", topic="claims.commands", reply=True
    )


def _large_body(p: Poisoner) -> Copy:
    size = p.random.choice((400_001, 700_000, LARGEST))
    return p.record(p.envelope(), b"x" * size, REFUSED, "too_large", reply=True)


def _not_json(p: Poisoner) -> Copy:
    return p.signed(lambda body: body[: len(body) // 2], REFUSED, "not_json")


def _deep(p: Poisoner) -> Copy:
    return p.signed(lambda _: b"[" * 5000 + b"]" * 5000, REFUSED, "not_json")


def _not_utf8(p: Poisoner) -> Copy:
    return p.signed(lambda b: b.replace(b"Columbus", b"Col\xffmbus"), REFUSED, "not_json")


def _huge_number(p: Poisoner) -> Copy:
    return p.signed(lambda b: b.replace(b'"units":"1"', b'"units":1e400'), REFUSED, "")


def _nan(p: Poisoner) -> Copy:
    return p.signed(lambda b: b.replace(b'"units":"1"', b'"units":NaN'), REFUSED, "")


def _unknown_value(p: Poisoner) -> Copy:
    return p.signed(lambda b: b.replace(b'"sex":"', b'"sex":"Q'), REFUSED, "")


def _unknown_field(p: Poisoner) -> Copy:
    return p.signed(lambda b: b.replace(b"{", b'{"colour":"red",', 1), REFUSED, "")


def _nul(p: Poisoner) -> Copy:
    return p.signed(lambda b: b.replace(b"Columbus", b"Col\\u0000"), REFUSED, "control_character")


def _signed_long_ago(p: Poisoner) -> Copy:
    return p.untrusted("not_authenticated", ago=timedelta(days=p.random.choice((15, 400))))


def _signed_in_the_future(p: Poisoner) -> Copy:
    return p.untrusted("not_authenticated", ago=-timedelta(days=p.random.choice((1, 18_000))))


def _answer_elsewhere(p: Poisoner) -> Copy:
    return p.untrusted("not_authenticated", elsewhere=True)


def _next_place(reply_to: bytes) -> bytes:
    topic, _, partition = reply_to.decode().rpartition("/")
    return f"{topic}/{(int(partition) + 1) % PARTITIONS}".encode()


def _for_nobody(p: Poisoner) -> Copy:
    return p.untrusted("no_tax_id", lambda who: _acting_for(who, frozenset()))


def _ill_formed_tax_id(p: Poisoner) -> Copy:
    tins = frozenset({p.random.choice(("", "*", "78-9999999", "78999999"))})
    return p.untrusted("not_authenticated", lambda who: _acting_for(who, tins))


def _role_of_another_key(p: Poisoner) -> Copy:
    roles: tuple[Role, ...] = ("plan_staff", "plan_feed", "operator", "service")
    role = p.random.choice(roles)
    return p.untrusted("not_authenticated", lambda who: _acting_for(who, frozenset(), role))


def _acting_for(who: Who, tins: frozenset[str], role: Role = "provider") -> Who:
    """Not validated: gateways make mistakes too."""
    principal = Principal.model_construct(subject=who.principal.subject, role=role, tins=tins)
    return Who(principal, who.kid)


def _bad_event(p: Poisoner) -> Copy:
    """Only its owner may write there; should it ever write nonsense, every reader sets it aside."""
    headers = p.envelope(**{e.TYPE: b"eligibility.member_changed.v1", e.REPLY_TO: None})
    why = "the event does not fit its contract"
    return p.record(headers, b'{"version":"old"}', PARKED, why, topic="eligibility.events")


def _bad_query(p: Poisoner) -> Copy:
    """Refused at most: who asks queries may always be left without an answer."""
    headers = p.envelope(**{e.TIME: b"yesterday"})
    return p.record(headers, b"{}", QUERY, "", topic=f"{p.random.choice(SERVICES)}.queries")


def _lost_query(p: Poisoner) -> Copy:
    headers = p.envelope(**{e.ID: None})
    return p.record(headers, b"\xff", DROPPED, "", topic=f"{p.random.choice(SERVICES)}.queries")


KINDS: tuple[Callable[[Poisoner], Copy], ...] = (
    *(_missing_id, _odd_id, _missing_type, _bytes_in_header, _local_time, _long_correlation),
    *(_large_headers, _large_key, _tombstone, _lost_tombstone, _address_without_end),
    *(_unknown_type, _signed_unknown_type, _event_among_commands, _unsigned, _many_headers),
    *(_large_body, _not_json, _deep, _not_utf8, _huge_number, _nan, _unknown_value),
    *(_unknown_field, _nul, _bad_event, _bad_query, _lost_query),
    *(_signed_long_ago, _signed_in_the_future, _answer_elsewhere, _for_nobody),
    *(_ill_formed_tax_id, _role_of_another_key),
)

__all__ = ["KINDS", "LARGEST", "Poisoner"]
