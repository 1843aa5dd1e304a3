"""Sending a file as an upload ticket says: straight to the object store (DO-01)."""

import asyncio

import urllib3

from portal_contracts.documents.replies import DownloadLink, UploadTicket

OK = range(200, 300)


async def upload(ticket: UploadTicket, name: str, media_type: str, content: bytes) -> int:
    """HTTP status of the store's answer."""
    return await asyncio.to_thread(_send, ticket, name, media_type, content)


async def download(link: DownloadLink) -> bytes:
    """What the link gives; empty where the store refuses it."""
    return await asyncio.to_thread(_get, link.url)


def _send(ticket: UploadTicket, name: str, media_type: str, content: bytes) -> int:
    http = urllib3.PoolManager(timeout=20)
    if ticket.method == "PUT":
        return http.request("PUT", ticket.url, body=content, headers=ticket.headers).status
    # The file has to be the last field of the form.
    fields: list[tuple[str, str | tuple[str, bytes, str]]] = [*ticket.fields.items()]
    fields.append((ticket.file_field, (name, content, media_type)))
    return http.request("POST", ticket.url, fields=fields).status


def _get(url: str) -> bytes:
    answer = urllib3.PoolManager(timeout=20).request("GET", url)
    return answer.data if answer.status in OK else b""
