"""Commands of the documents service, and its messages to itself."""

from typing import Annotated

from portal_contracts.base import Command
from portal_contracts.documents.parts import DocumentOwner, DocumentType
from portal_contracts.documents.replies import DownloadLink, UploadReceived, UploadTicket
from portal_contracts.fields import TIN_HINT, Filled, Reference, Tin, form
from portal_contracts.ids import bucket, bucket_of_reference
from portal_contracts.written import Whole


class RequestUpload(Command, type="documents.request_upload.v1", answers=(UploadTicket,)):
    """Ask for a place to upload one file to; the bytes go straight to the object store (DO-01).

    The owner is something of the sending Tax ID, or a member; plan staff may send for any. What
    does not exist and what is another's is refused alike (`unknown_owner`).
    Send the file as the ticket says, then ConfirmUpload. What is not confirmed in 24 hours
    expires (DO-04).
    """

    owner: DocumentOwner = form("What the document belongs to")
    document_type: DocumentType = form("Kind of document")
    file_name: Filled = form("Name of the file, with its extension", max_length=255)
    content_type: str = form(
        "Media type as the browser says, e.g. 'application/pdf'; "
        "'application/octet-stream' where it does not know",
        min_length=3,
        max_length=120,
    )
    size: Annotated[int, Whole(ge=0)] = form(
        "Size of the file in bytes; at most 100 MB (104,857,600 bytes)"
    )
    sha256: str | None = form(
        "SHA-256 of the file as 64 hex digits; when given, what arrives must match it",
        default=None,
        pattern=r"^[0-9a-f]{64}$",
        hint="64 digits 0-9 and a-f",
    )
    tin: Tin | None = form(
        "Tax ID that sends the document; only plan staff may leave it out",
        default=None,
        hint=TIN_HINT,
    )

    def key(self) -> str:
        owner = self.owner
        return (bucket if owner.kind == "member" else bucket_of_reference)(owner.reference)

    def subject(self) -> str:
        return ""  # the document has no id yet


class AboutDocument(Command):
    """What every command about a document carries."""

    document_id: Reference = form("Document id, DOC-…")

    def key(self) -> str:
        return bucket_of_reference(self.document_id)

    def subject(self) -> str:
        return self.document_id


class ConfirmUpload(AboutDocument, type="documents.confirm_upload.v1", answers=(UploadReceived,)):
    """Say that the file is there: it is checked now, and released after the delay (DO-02, DO-05).

    UploadReceived answers also when the file is refused: with the reason. Refused while nothing
    has arrived. Asking again is harmless.
    """


class OpenDocument(AboutDocument, type="documents.open_document.v1", answers=(DownloadLink,)):
    """Ask for a link to a released document (DO-06). A command, because every look is recorded.

    The link is valid for 5 minutes. Before the release: Refused, with the time of it.
    """

    purpose: str = form(
        "Why it is opened, for the record of who saw what", default="view", max_length=60
    )


class ReleaseDocument(AboutDocument, type="documents.release_document.v1", answers=()):
    """The delay is over: release the document, if its sealed copy is there (DO-05).

    From this service to itself, by timer.
    """


class ExpireUpload(AboutDocument, type="documents.expire_upload.v1", answers=()):
    """24 hours have passed since the upload was asked for: expire it if unfinished (DO-04).

    From this service to itself, by timer. Also sweeps what was sent after the file was settled.
    """


class UploadSealed(AboutDocument, type="documents.upload_sealed.v1", answers=()):
    """The upload was copied to where its sender cannot write, and the copy was read (DO-05).

    From this service to itself: the answer of the effect that sealed it. What it found is compared
    with what was checked.
    """

    size: Annotated[int, Whole(ge=0)] | None = form(
        "Bytes of the copy; none where nothing was there to be copied", default=None
    )
    sha256: str | None = form("SHA-256 of the copy, hex", default=None, pattern=r"^[0-9a-f]{64}$")
