"""What a file really is (DO-02): by its content, also where its name says something else."""

import io
import zipfile
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.domain.filetypes import (
    DOCX,
    JPEG,
    MARKERS,
    OFFICE_LOCK,
    PDF,
    PNG,
    RTF,
    TIFF,
    TXT,
    XLSX,
    Content,
    FileType,
    by_extension,
    is_locked,
    looks_like,
    recognise,
)
from portal_runtime.storage.objectstore import EDGE

OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def content(data: bytes) -> Content:
    found = frozenset(m for m in MARKERS if m in data)
    return Content(len(data), sha256(data).hexdigest(), data[:EDGE], data[-EDGE:], found)


def archive(*names: str, filling: bytes = b"<x/>") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in names:
            made.writestr(name, filling)
    return buffer.getvalue()


WORD = archive("[Content_Types].xml", "word/document.xml")
EXCEL = archive("xl/workbook.xml", "[Content_Types].xml")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", PDF),
        (b"\r\n\xef\xbb\xbf%PDF-1.3", PDF),
        (b"II*\0\x08\0\0\0", TIFF),
        (b"MM\0*\0\0\0\x08", TIFF),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", JPEG),
        (b"\x89PNG\r\n\x1a\n\0\0", PNG),
        (b"{\\rtf1\\ansi hello}", RTF),
        (WORD, DOCX),
        (archive("word/document2.xml"), DOCX),
        (EXCEL, XLSX),
        (b"Note: pain for 3 days.\r\n\tNo fever.", TXT),
        ("Señora Núñez".encode("cp1252"), TXT),
        ("Señora Núñez".encode(), TXT),
        ("\ufeffSeñora".encode("utf-16-le"), TXT),
        ("\ufeffSeñora".encode("utf-16-be"), TXT),
    ],
)
def test_what_is_taken_is_recognised(data: bytes, kind: FileType) -> None:
    assert recognise(content(data)) is kind
    assert not is_locked(content(data), kind)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"GIF89a\x01\0\x01\0", "a GIF image"),
        (b"MZ\x90\0\x03\0", "a program"),
        (OLE + b"\0" * 500, "an old Word, Excel or Outlook file (.doc, .xls, .msg)"),
        (archive("a.txt"), "a ZIP archive"),
        (archive("xl/workbook.bin"), "a ZIP archive"),
        (b"\0\0\0\x18ftypheic\0\0", "a photo in HEIC format or a video"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "a WebP image"),
        (b"<html><script>alert(1)</script>", "a web page or XML file"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><ClinicalDocument/>", "a web page or XML file"),
        (b"text with a\0zero", "another kind of file"),
        (b"text with a bell \x07", "another kind of file"),
    ],
)
def test_what_is_not_taken_is_named(data: bytes, name: str) -> None:
    assert recognise(content(data)) is None
    assert looks_like(content(data)) == name


def test_locks_are_found() -> None:
    pdf = content(b"%PDF-1.7 trailer <</Encrypt 5 0 R>>")
    assert is_locked(pdf, PDF)
    office = content(OLE + b"\0" * 900 + OFFICE_LOCK)
    assert is_locked(office, recognise(office))
    zipped = bytearray(WORD)
    zipped[6] |= 1
    assert is_locked(content(bytes(zipped)), DOCX)


def test_a_lock_in_the_middle_of_a_large_file_is_found() -> None:
    data = b"%PDF-1.7" + b" " * EDGE * 2 + b"/Encrypt 5 0 R" + b" " * EDGE * 2
    assert is_locked(content(data), recognise(content(data)))


def test_an_embedded_document_does_not_change_what_the_outer_one_is() -> None:
    inner = WORD + b"." * EDGE
    outer = archive("xl/workbook.xml", "xl/embeddings/1.docx", "xl/last.xml", filling=inner)
    assert recognise(content(outer)) is XLSX


@pytest.mark.parametrize("name", ["A.PDF", "b.c.Tiff", "photo.jpeg", "x.docx"])
def test_names_are_read_without_regard_to_case(name: str) -> None:
    assert by_extension(name) is not None


@pytest.mark.parametrize("name", ["pdf", "x.pdf.exe", "x.", "", "x.doc", "x.docm"])
def test_other_names_are_not_taken(name: str) -> None:
    assert by_extension(name) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_either_recognised_or_named(data: bytes) -> None:
    seen = content(data)
    kind = recognise(seen)
    assert kind is not None or looks_like(seen)
    if kind is TXT:
        assert b"\0" not in data or data[:2] in (b"\xff\xfe", b"\xfe\xff")
