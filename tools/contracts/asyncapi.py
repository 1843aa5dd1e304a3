"""One AsyncAPI 3 document of the whole system, made from the registry."""

import inspect
import re
from collections.abc import Iterable
from typing import Any

from portal_contracts import topics
from portal_contracts.answers import answers
from portal_contracts.base import Command, Event, Message, Query, Reply
from tools.contracts import examples
from tools.contracts.headers import HEADERS
from tools.contracts.schemas import Schema, definitions

REPLIES = "replies"
SCHEMA = "#/components/schemas/{model}"
Messages = dict[str, type[Message]]


def document(messages: Messages, version: str) -> Schema:
    """The document as JSON; the same registry always gives the same one."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Provider portal",
            "version": version,
            "description": INTRODUCTION,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"local": SERVER},
        "channels": _channels(messages),
        "operations": {name: _operation(m) for name, m in messages.items() if m.KIND != "reply"},
        "components": {
            "messages": {name: _message(m) for name, m in messages.items()},
            "schemas": HEADERS | definitions(list(messages.values()), SCHEMA),
        },
    }


def _channels(messages: Messages) -> Schema:
    specs = {spec.name: spec for spec in topics.all_topics()}
    channels: Schema = {
        REPLIES: {
            "address": None,
            "title": "Replies",
            "description": "The caller's reply topic and partition, named in the header `reply_to` "
            "as '<topic>/<partition>'. Known topics: "
            + ", ".join(topics.replies(caller) for caller in topics.CALLERS),
            "messages": _references(m for m in messages.values() if m.KIND == "reply"),
        }
    }
    for message in messages.values():
        if message.KIND == "reply":
            continue
        name = _topic(message)
        channel = channels.setdefault(name, _channel(specs[name]))
        channel["messages"] |= _references([message])
    for service in topics.BULK_SERVICES:
        for name in (topics.reviews(service), topics.bulk(service)):
            channels[name] = _waiting(specs[name])
    return dict(sorted(channels.items()))


def _channel(spec: topics.TopicSpec) -> Schema:
    service, _, kind = spec.name.partition(".")
    kafka = {"topic": spec.name, "partitions": spec.partitions, "bindingVersion": "0.5.0"}
    if "retention.ms" in spec.config:
        kafka["topicConfiguration"] = {"retention.ms": int(spec.config["retention.ms"])}
    return {
        "address": spec.name,
        "title": f"{kind} of {service}",
        "messages": {},
        "bindings": {"kafka": kafka},
    }


def _waiting(spec: topics.TopicSpec) -> Schema:
    """Between the service and itself: callers neither send there nor read it."""
    return _channel(spec) | {
        "description": "Commands of the service to itself that wait while others come. Not for "
        "callers: the same commands go to the topic of the service's commands."
    }


def _operation(message: type[Message]) -> Schema:
    channel = f"#/channels/{_topic(message)}"
    operation: Schema = {
        "action": "send" if message.KIND == "event" else "receive",
        "channel": {"$ref": channel},
        "title": message.__name__,
        "summary": _summary(message),
        "tags": [{"name": message.service()}, {"name": message.KIND}],
        "messages": [{"$ref": f"{channel}/messages/{message.TYPE}"}],
    }
    if issubclass(message, Command | Query):
        operation["reply"] = _reply(answers(message))
    return operation


def _reply(replies: Iterable[type[Reply]]) -> Schema:
    channel = f"#/channels/{REPLIES}"
    return {
        "address": {
            "description": "Where the caller listens: '<topic>/<partition>'",
            "location": "$message.header#/reply_to",
        },
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{reply.TYPE}"} for reply in replies],
    }


def _message(message: type[Message]) -> Schema:
    made: Schema = {
        "name": message.TYPE,
        "title": message.__name__,
        "summary": _summary(message),
        "description": inspect.getdoc(message) or "",
        "contentType": "application/json",
        "tags": [{"name": message.service()}, {"name": message.KIND}],
        "headers": {"$ref": f"#/components/schemas/{HEADERS_OF[message.KIND]}"},
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "payload": {"$ref": SCHEMA.format(model=message.TYPE)},
        "examples": [_example(message, "full"), _example(message, "required")],
    }
    if issubclass(message, Command | Event):
        made["bindings"] = {"kafka": {"key": _key(message), "bindingVersion": "0.5.0"}}
    return made


def _example(message: type[Message], which: examples.Which) -> Schema:
    return {
        "name": which,
        "summary": "All fields" if which == "full" else "Required fields only",
        "headers": {"ce_type": message.TYPE, "content-type": "application/json"},
        "payload": examples.of(message, which),
    }


def _key(message: type[Command | Event]) -> Schema:
    """The Kafka key: an example, and how the contract computes it."""
    made = message.model_validate(examples.of(message, "full"))
    how = _source(message.key) if message.key is not Message.key else _source(message.subject)
    return {"type": "string", "description": f"`{how}`", "examples": [made.key()]}


def _source(method: Any) -> str:
    """'bucket(member_id)' of a method that returns bucket(self.member_id)."""
    body = re.sub(r'"""(?s:.*?)"""', "", inspect.getsource(method).split("\n", 1)[1])
    lines = [line.strip() for line in re.sub(r"#.*", "", body).splitlines() if line.strip()]
    return "; ".join(lines).removeprefix("return ").replace("self.", "")


def _references(messages: Iterable[type[Message]]) -> Schema:
    return {m.TYPE: {"$ref": f"#/components/messages/{m.TYPE}"} for m in messages}


def _summary(message: type[Message]) -> str:
    return (inspect.getdoc(message) or "").split("\n\n")[0].replace("\n", " ")


def _topic(message: type[Message]) -> str:
    return topics.topic_of(message.TYPE, message.KIND)


HEADERS_OF = {"command": "CallHeaders", "query": "CallHeaders"} | {
    "event": "EventHeaders",
    "reply": "ReplyHeaders",
}

SERVER = {
    "host": "127.0.0.1:29092",
    "protocol": "kafka",
    "protocolVersion": "4",
    "description": "The local stack of `make run`",
}

INTRODUCTION = (
    "Commands and queries go to the topic of the service that owns them, replies to the topic and "
    "partition that the caller names in `reply_to`, and events to the topic of the service they "
    "happened in. CloudEvents 1.0 in Kafka's binary mode: attributes in headers, the JSON of the "
    "message as body. Equal keys go to equal partitions (Kafka's default partitioner, murmur2), so "
    "that messages about one thing are decided in order. A command's `ce_id` takes effect once; "
    "asking again gives the first answer. Within a version only optional fields are added; "
    "anything else is a new version beside it."
)
