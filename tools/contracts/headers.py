"""Kafka headers of the messages, as schemas."""

from typing import Any

from portal_contracts import envelope

Schema = dict[str, Any]


def _text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


_EVERY: Schema = {
    envelope.SPEC: _text("Version of CloudEvents", const="1.0"),
    envelope.ID: _text("Id of the message, a UUID, best a version 7", format="uuid"),
    envelope.TYPE: _text("Type of the message", examples=["claims.get_claim.v1"]),
    envelope.SOURCE: _text("Who sent it", examples=["/portal/gateway"]),
    envelope.TIME: _text("When it was sent, ISO 8601 with time zone", format="date-time"),
    envelope.SUBJECT: _text("Business reference of what it is about, e.g. a claim number"),
    envelope.CONTENT_TYPE: _text("Media type of the body", const="application/json"),
    envelope.CORRELATION: _text("Id that all messages of one journey share"),
    envelope.CAUSATION: _text("Id of the message that led to this one"),
    envelope.TRACEPARENT: _text("W3C trace context"),
}
_ALWAYS = [envelope.ID, envelope.TYPE, envelope.SOURCE, envelope.TIME]

_CALL: Schema = {
    envelope.PRINCIPAL: _text(
        "Who asks: compact JWS (RS256 or EdDSA) whose payload binds the principal to this one "
        "message: sub, role, tins, aud (service), mid (message id), typ (message type), key (Kafka "
        "key), bh (base64url SHA-256 of the body), iat (seconds)"
    ),
    envelope.REPLY_TO: _text(
        "Where the answer goes; none: no answer is sent",
        pattern=r"^[A-Za-z0-9._-]+/[0-9]+$",
        examples=["gateway.replies/3"],
    ),
    envelope.DEADLINE: _text(
        "Until when the answer to a query is wanted, ISO 8601 with time zone", format="date-time"
    ),
}


def _headers(title: str, properties: Schema, required: list[str]) -> Schema:
    return {"type": "object", "title": title, "properties": properties, "required": required}


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
