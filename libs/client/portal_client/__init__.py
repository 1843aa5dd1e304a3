"""Typed async client of the provider portal: send a command or query over Kafka, get the reply."""

from portal_client.client import PortalClient
from portal_client.errors import NoReply, NotConnected, NotSent, PortalClientError, UnreadableReply
from portal_client.follower import Happened
from portal_client.port import Client
from portal_client.signing import Signer

__all__ = [
    "Client",
    "Happened",
    "NoReply",
    "NotConnected",
    "NotSent",
    "PortalClient",
    "PortalClientError",
    "Signer",
    "UnreadableReply",
]
