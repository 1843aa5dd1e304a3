"""Kafka headers of the messages, as schemas."""

from typing import Any

from portal_contracts import envelope, fields

Schema = dict[str, Any]


def _text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


COPIED = envelope.LONGEST_COPIED

_EVERY: Schema = {
    envelope.SPEC: _text("Version of CloudEvents: 1.0. Not looked at", examples=["1.0"]),
    envelope.ID: _text(
        "Id of the message, a UUID, best a version 7",
        format="uuid",
        pattern=fields.UUID_PATTERN,
        examples=["01940000-0000-7000-8000-000000000001"],
    ),
    envelope.TYPE: _text("Type of the message", minLength=1, examples=["claims.get_claim.v1"]),
    envelope.SOURCE: _text("Who sent it", minLength=1, examples=["/portal/gateway"]),
    envelope.TIME: _text(
        "When it was sent, RFC 3339 with time zone",
        format="date-time",
        pattern=fields.MOMENT_PATTERN,
        examples=["2026-01-05T14:30:00Z"],
    ),
    envelope.SUBJECT: _text("Business reference of what it is about, e.g. a claim number"),
    envelope.CONTENT_TYPE: _text(
        "Media type of the body, which is JSON whatever it says", examples=["application/json"]
    ),
    envelope.CORRELATION: _text(
        "Id that all messages of one journey share, at most 200 bytes", maxLength=COPIED
    ),
    envelope.CAUSATION: _text("Id of the message that led to this one"),
    envelope.TRACEPARENT: _text("W3C trace context, at most 200 bytes", maxLength=COPIED),
}
_ALWAYS = [envelope.ID, envelope.TYPE, envelope.SOURCE, envelope.TIME]

_CALL: Schema = {
    envelope.PRINCIPAL: _text(
        "Who asks: compact JWS (RS256 or EdDSA) whose payload binds the principal to this one "
        "message: sub, role, tins, aud (service), mid (message id), typ (message type), key (Kafka "
        "key), bh (base64url SHA-256 of the body), iat (seconds)"
    ),
    envelope.REPLY_TO: _text(
        "Where the answer goes; none, or one that is not so: no answer is sent",
        pattern=r"^[A-Za-z0-9._-]+/[0-9]+$",
        examples=["gateway.replies/3"],
    ),
    envelope.DEADLINE: _text(
        "Until when the answer to a query is wanted, RFC 3339 with time zone; one that cannot be "
        "read counts as none",
        examples=["2026-01-05T14:30:30Z"],
    ),
}


def _headers(title: str, properties: Schema, required: list[str]) -> Schema:
    limit = f"All values are UTF-8 and together at most {envelope.LARGEST_HEADERS} bytes."
    head = {"type": "object", "title": title, "description": limit}
    return {**head, "properties": properties, "required": required}


HEADERS: Schema = {
    "CallHeaders": _headers(
        "Headers of commands and queries", _EVERY | _CALL, [*_ALWAYS, envelope.PRINCIPAL]
    ),
    "EventHeaders": _headers("Headers of events", _EVERY, _ALWAYS),
    "ReplyHeaders": _headers(
        "Headers of replies: ce_causationid is the id of what is answered",
        _EVERY,
        [*_ALWAYS, envelope.CAUSATION, envelope.CORRELATION],
    ),
}
