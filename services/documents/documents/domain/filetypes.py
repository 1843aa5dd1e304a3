"""Which files are taken, and what a file really is: decided by its content, never by its name.

Our own signatures instead of a library: the one we tried called a Windows program an 'Audition
graphic filter'. A sentence for a biller must be right.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file that is taken."""

    name: str
    extensions: tuple[str, ...]
    media_type: str


_OFFICE = "application/vnd.openxmlformats-officedocument."
PDF = FileType("PDF", ("pdf",), "application/pdf")
TIFF = FileType("TIFF", ("tif", "tiff"), "image/tiff")
JPEG = FileType("JPEG", ("jpg", "jpeg"), "image/jpeg")
PNG = FileType("PNG", ("png",), "image/png")
DOCX = FileType("DOCX", ("docx",), _OFFICE + "wordprocessingml.document")
XLSX = FileType("XLSX", ("xlsx",), _OFFICE + "spreadsheetml.sheet")
TXT = FileType("TXT", ("txt",), "text/plain")
RTF = FileType("RTF", ("rtf",), "application/rtf")
ALLOWED = (PDF, TIFF, JPEG, PNG, DOCX, XLSX, TXT, RTF)
ALLOWED_NAMES = "PDF, TIFF, JPEG, PNG, DOCX, XLSX, TXT or RTF"

PDF_LOCK = b"/Encrypt"
OFFICE_LOCK = "EncryptedPackage".encode("utf-16-le")
WORD_PART = b"word/document"
EXCEL_PART = b"xl/workbook.xml"
ZERO = b"\0"
MARKERS = (PDF_LOCK, OFFICE_LOCK, WORD_PART, EXCEL_PART, ZERO)
"""What is looked for in the whole file while it is read once."""


@dataclass(frozen=True, slots=True)
class Content:
    """What was seen of a file: size and SHA-256 of all of it, both ends, and markers inside."""

    size: int
    sha256: str
    head: bytes = b""
    tail: bytes = b""
    found: frozenset[bytes] = frozenset()


def extension(file_name: str) -> str:
    """'pdf' of 'Scan 1.PDF'; empty where there is none."""
    _, dot, last = file_name.rpartition(".")
    return last.lower() if dot else ""


def by_extension(file_name: str) -> FileType | None:
    """What the name says it is."""
    wanted = extension(file_name)
    return next((t for t in ALLOWED if wanted in t.extensions), None)


def recognise(content: Content) -> FileType | None:
    """What the content says it is; None when it is nothing that is taken."""
    head = content.head
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if b"%PDF-" in head[:1024]:  # some scanners write a few bytes before it
        return PDF
    if head.startswith(_ZIP):
        return _office(content)
    return TXT if _is_text(content) else None


def is_locked(content: Content, kind: FileType | None) -> bool:
    """Whether it needs a password to be opened."""
    if kind is PDF:
        return PDF_LOCK in content.found
    if content.head.startswith(_ZIP):
        return len(content.head) > 6 and bool(content.head[6] & 1)
    return content.head.startswith(_OLE) and OFFICE_LOCK in content.found


def looks_like(content: Content) -> str:
    """A name for what is not taken, for the sentence that refuses it."""
    head = content.head
    if head[4:8] == b"ftyp":
        return "a photo in HEIC format or a video"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "a WebP image"
    return next((name for start, name in _OTHERS if head.startswith(start)), "another kind of file")


def _office(content: Content) -> FileType | None:
    # The list of parts stands at the end; elsewhere may lie the parts of an embedded document.
    listed = {part for part in (WORD_PART, EXCEL_PART) if part in content.tail} or content.found
    return DOCX if WORD_PART in listed else XLSX if EXCEL_PART in listed else None


def _is_text(content: Content) -> bool:
    for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if content.head.startswith(mark):
            return _decodes(content.head[2 : len(content.head) // 2 * 2], codec)
    if ZERO in content.found or any(head in content.head[:512].lower() for head in _ACTIVE):
        return False
    return not any(byte in _CONTROLS for byte in content.head + content.tail)


def _decodes(data: bytes, codec: str) -> bool:
    text = data.decode(codec, errors="replace")
    return "\ufffd" not in text[:-1] and not any(ord(c) in _CONTROLS for c in text)


_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_SIGNATURES = (
    (b"%PDF-", PDF),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),
    (b"MM\0+", TIFF),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"{\\rtf", RTF),
)
_OTHERS = (
    (_OLE, "an old Word, Excel or Outlook file (.doc, .xls, .msg)"),
    (_ZIP, "a ZIP archive"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"GIF8", "a GIF image"),
    (b"BM", "a BMP image"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x1f\x8b", "a GZIP archive"),
    (b"<", "a web page or XML file"),
    (b"\xef\xbb\xbf<", "a web page or XML file"),
)
# Bytes no text has; tab, line ends, form feed and escape are allowed.
_CONTROLS = frozenset(range(32)) - {9, 10, 12, 13, 27}
_ACTIVE = (b"<html", b"<!doctype", b"<script", b"<?xml", b"<svg")
