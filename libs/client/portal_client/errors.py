"""What can go wrong between a caller and the bus. Texts name types and ids, never values."""

from uuid import UUID


class PortalClientError(Exception):
    """Base of all errors of this client. A business 'no' is no error: it is a `Refused` reply."""


class NoReply(PortalClientError, TimeoutError):
    """Nothing came back in time. Whether the message took effect is unknown."""

    def __init__(self, type_name: str, message_id: UUID, waited: float) -> None:
        super().__init__(
            f"no reply to {type_name} (id {message_id}) within {waited:g} s. Whether it took "
            f"effect is not known; asking again with message_id={message_id} is safe: it takes "
            "effect once, and you get the first answer."
        )
        self.type_name = type_name
        self.message_id = message_id


class UnreadableReply(PortalClientError):
    """An answer came that these contracts cannot read; most likely they are out of date."""


class NotConnected(PortalClientError):
    """The client was used outside `async with`, or its connection has failed."""


class NotSent(PortalClientError):
    """Kafka did not take the message, or did not say so."""

    def __init__(self, type_name: str, message_id: UUID, why: str) -> None:
        super().__init__(
            f"{type_name} (id {message_id}) could not be sent: {why}. "
            f"Sending it again with message_id={message_id} is safe: it takes effect once."
        )
        self.type_name = type_name
        self.message_id = message_id
