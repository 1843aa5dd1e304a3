"""Denied for missing records; they are uploaded, held back for half an hour and released, and the
claim is paid by itself (CL-12, CL-16, CL-17, DO-01, DO-02, DO-03, DO-05, DO-06)."""

from datetime import timedelta
from hashlib import sha256

from portal_cli.demo.chapters.claims import adjudicated, reasons, submit
from portal_cli.demo.chapters.upload import OK, download, upload
from portal_cli.demo.forms import BILLER, Service, professional
from portal_cli.demo.stage import Chapter, Stage
from portal_contracts.claims.commands import SubmitRecords
from portal_contracts.claims.replies import RecordsReceived
from portal_contracts.documents.commands import ConfirmUpload, OpenDocument, RequestUpload
from portal_contracts.documents.events import DocumentReceived, DocumentReleased
from portal_contracts.documents.parts import DocumentOwner
from portal_contracts.documents.replies import DownloadLink, UploadReceived, UploadTicket

FILE, MEDIA = "operative-report.txt", "text/plain"
REPORT = b"Operative report (synthetic).\nArthroscopy of the left knee with meniscectomy.\n" * 20
LITTLE = timedelta(minutes=1)


async def _play(stage: Stage) -> str:
    cast = stage.cast
    stage.say("A knee operation is billed without its records.")
    claim = professional(
        cast.patient,
        cast.group,
        stage.days_ago(12),
        cast.account("records"),
        Service("29881", "1200.00"),
    )
    denied = await submit(stage, claim, "denied")
    found = reasons(denied)
    stage.expect({"CO-252", "N706"} <= found, f"denied for records, the reasons are {found}")
    # Documents knows whose a claim is once its adjudication has reached it.
    await stage.settle("documents")
    received = await _uploaded(stage, denied.claim_number)
    document = received.document_id

    stage.say("The report is named for the claim; nobody can open it yet.")
    records = SubmitRecords(
        claim_number=denied.claim_number,
        documents=(document,),
        record_type="operative report",
        contact=BILLER,
    )
    noted = await stage.ask(stage.provider, records, RecordsReceived)
    stage.expect(noted.waiting_for == (document,), "the claim waits for the document")
    look = OpenDocument(document_id=document)
    await stage.refused(stage.provider, look, "not_released_yet")

    stage.say("Half an hour in quarantine: the demo clock is moved.")
    await stage.forward_to(received.release_at + LITTLE)
    await stage.see(DocumentReleased, lambda e: e.document_id == document)
    again = await adjudicated(stage, denied.claim_number, 2)
    stage.expect(again.status == "paid", f"paid, it is {again.status}")
    stage.expect(again.cause == "records_released", f"because of the records, not {again.cause}")
    link = await stage.ask(stage.provider, look, DownloadLink)
    stage.expect(await download(link) == REPORT, "the released file is the one that was sent")
    await stage.refused(stage.provider, records, "dispute_instead")
    return f"{again.claim_number}: denied CO-252, {document} released, #2 paid {again.paid}"


async def _uploaded(stage: Stage, claim_number: str) -> DocumentReceived:
    """The document is in quarantine now."""
    asking = RequestUpload(
        owner=DocumentOwner(kind="claim", reference=claim_number),
        document_type="medical_record",
        file_name=FILE,
        content_type=MEDIA,
        size=len(REPORT),
        sha256=sha256(REPORT).hexdigest(),
        tin=stage.cast.group.tin,
    )
    ticket = await stage.ask(stage.provider, asking, UploadTicket)
    status = await upload(ticket, FILE, MEDIA, REPORT)
    stage.say(f"{len(REPORT):,} bytes sent to the object store by {ticket.method}: HTTP {status}")
    stage.expect(status in OK, f"the object store takes the file, it said {status}")
    confirm = ConfirmUpload(document_id=ticket.document_id)
    received = await stage.ask(stage.provider, confirm, UploadReceived)
    stage.expect(received.state == "processing", f"in quarantine, it is {received.state}")
    return await stage.see(DocumentReceived, lambda e: e.document_id == ticket.document_id)


RECORDS_RELEASED = Chapter(
    "records-released", "Denied for records, uploaded, released, paid", _play
)
