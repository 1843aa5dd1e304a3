"""Documents: asked for, uploaded to the store, confirmed, opened; and some sent wrongly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from hashlib import sha256

import urllib3
from pydantic_core import from_json

from portal_contracts.claims.commands import SubmitRecords
from portal_contracts.documents.commands import ConfirmUpload, OpenDocument, RequestUpload
from portal_contracts.documents.parts import DocumentOwner
from portal_contracts.documents.replies import UploadReceived, UploadTicket
from tests.chaos.orders import Order
from tests.chaos.work.office import CONTACT, KnownClaim, KnownDocument, KnownOwner, Office

NAME, MEDIA = "note.txt", "text/plain"
TRIES = 8
Post = Callable[[Order], None]
Note = Callable[[str], None]


class Uploads:
    """Puts files where tickets say, in threads of its own: the store may be slow or away."""

    def __init__(self, post: Post, clean: Note) -> None:
        self._http = urllib3.PoolManager(maxsize=8, timeout=20, retries=False)
        self._tasks: set[asyncio.Task[None]] = set()
        self._post = post
        self._clean = clean
        """Told of each document that is in the store as it was announced."""
        self.sent = 0
        self.given_up = 0

    def begin(
        self, ticket: UploadTicket, content: bytes, after: Order | None, *, clean: bool
    ) -> None:
        """Upload, then send what comes after."""
        task = asyncio.create_task(self._upload(ticket, content, after, clean))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def open(self) -> dict[str, int]:
        """Uploads that are not finished."""
        return {"uploads": len(self._tasks)} if self._tasks else {}

    async def _upload(
        self, ticket: UploadTicket, content: bytes, after: Order | None, clean: bool
    ) -> None:
        for attempt in range(TRIES):
            if await asyncio.to_thread(self._sent, ticket, content):
                self.sent += 1
                if clean:
                    self._clean(ticket.document_id)
                break
            await asyncio.sleep(1 + attempt)
        else:
            self.given_up += 1
        if after is not None:
            self._post(after)

    def _sent(self, ticket: UploadTicket, content: bytes) -> bool:
        try:
            if ticket.method == "PUT":
                answer = self._http.request("PUT", ticket.url, body=content, headers=ticket.headers)
            else:
                fields: list[tuple[str, str | tuple[str, bytes, str]]] = [*ticket.fields.items()]
                fields.append((ticket.file_field, (NAME, content, MEDIA)))
                answer = self._http.request("POST", ticket.url, fields=fields)
        except (urllib3.exceptions.HTTPError, OSError):
            return False
        return 200 <= answer.status < 300


def upload(office: Office, uploads: Uploads) -> Order:
    """One file, most often as announced; for a claim denied for records if there is one."""
    claim = office.denied.popleft() if office.denied and office.chance(0.5) else None
    owner, clinic, who = _owner(office, claim)
    number = office.next()
    announced = f"Synthetic note {number}. ".encode() * office.random.randint(1, 400)
    draw = office.random.random()
    content = announced + b"!" if draw < 0.05 else announced
    request = RequestUpload(
        owner=owner,
        document_type="medical_record",
        file_name="note.exe" if draw > 0.98 else NAME,
        content_type=MEDIA,
        size=len(announced),
        sha256=sha256(announced).hexdigest(),
        tin=clinic.tin,
    )

    def confirmed(document_id: str) -> Order:
        def then(type_: str, body: bytes) -> list[Order]:
            if type_ != UploadReceived.TYPE or from_json(body)["state"] != "processing":
                return []
            digest = sha256(content).hexdigest()
            office.documents.append(KnownDocument(document_id, who, digest))
            early = Order(OpenDocument(document_id=document_id), who)
            return [early, *_records(office, claim, document_id)]

        return Order(ConfirmUpload(document_id=document_id), who, then)

    def ticket(type_: str, body: bytes) -> list[Order]:
        if type_ != UploadTicket.TYPE:
            if claim is not None:  # perhaps documents has not heard of it yet: later, then
                office.denied.append(claim)
            return []
        told = UploadTicket.model_validate_json(body)
        if draw > 0.94:  # never sent: expires, or is confirmed in vain
            return [confirmed(told.document_id)] if office.chance(0.5) else []
        after = confirmed(told.document_id)
        uploads.begin(told, content, after, clean=content == announced)
        return []

    return Order(request, who, ticket)


def _owner(office: Office, claim: KnownClaim | None) -> KnownOwner:
    """What a document is sent for, by whom: the claim, something else of theirs, or a member."""
    if claim is not None:
        owner = DocumentOwner(kind="claim", reference=claim.number)
        return KnownOwner(owner, claim.clinic, claim.who)
    if office.owners and office.chance(0.4):
        return office.random.choice(office.owners)
    member_id = office.people.member(office.random).member_id
    owner = DocumentOwner(kind="member", reference=member_id, service_date=office.ago(300))
    return KnownOwner(owner, *office.people.clinic(office.random))


def look(office: Office) -> Order | None:
    """Open a document that was confirmed at some time: released meanwhile, or not yet."""
    if not office.documents:
        return None
    known = office.random.choice(office.documents)
    return Order(OpenDocument(document_id=known.document_id, purpose="chaos"), known.who)


def _records(office: Office, claim: KnownClaim | None, document_id: str) -> list[Order]:
    if claim is None:
        return []
    records = SubmitRecords(
        claim_number=claim.number,
        documents=(document_id,),
        record_type="note",
        contact=CONTACT,
    )
    return [Order(records, claim.who)]
