"""What is wrong with a file, announced or really there (DO-01, DO-02). Always names the file."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from documents.domain.filetypes import (
    ALLOWED,
    ALLOWED_NAMES,
    Content,
    FileType,
    by_extension,
    extension,
    is_locked,
    looks_like,
    recognise,
)
from documents.domain.state import MAX_SIZE, Document
from portal_contracts.common import Problem
from portal_contracts.documents.commands import RequestUpload
from portal_contracts.documents.parts import OwnerKind
from portal_contracts.ids import is_reference

NAMES: dict[OwnerKind, str] = {
    "claim": "claim",
    "authorization": "authorization",
    "dispute": "dispute",
    "appeal": "appeal",
    "member": "member",
    "maintenance_request": "maintenance request",
}
"""Kinds of owners as people call them."""
_PREFIXES: dict[OwnerKind, str] = {
    "claim": "CLM",
    "authorization": "AUTH",
    "dispute": "DSP",
    "appeal": "APL",
    "maintenance_request": "PMR",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What the inspection found: the kind of file, or what is wrong."""

    kind: FileType | None = None
    problem: Problem | None = None
    final: bool = True
    """Whether the document is refused for good; else the same link may be used again."""


# -- announced -------------------------------------------------------------------------------------


def announced(command: RequestUpload) -> list[Problem]:
    """Everything wrong with the announcement, in its order, before a byte is sent."""
    return [problem for rule in _RULES for problem in rule(command)]


def readable(parts: Any, _: date) -> list[Problem]:
    """The same for a message that does not have the right shape: what can be read is checked too,
    so that one reply lists everything."""
    found: list[Problem] = []
    for rule in _RULES:
        with suppress(AttributeError):  # what this rule looks at is missing or unreadable
            found += rule(parts)
    return found


def _owner(command: RequestUpload) -> list[Problem]:
    owner = command.owner
    prefix = _PREFIXES.get(owner.kind)
    if not owner.reference.strip():
        return [_problem("missing", "Say what the document belongs to.", "owner.reference")]
    if prefix is None or is_reference(prefix, owner.reference):
        return []
    text = (
        f"{owner.reference[:40]!r} is not a valid {NAMES[owner.kind]} number: it begins with "
        f"{prefix}- and its last character checks the others. Copy it from the list instead of "
        "typing it."
    )
    return [_problem("wrong_shape", text, "owner.reference")]


def _name(command: RequestUpload) -> list[Problem]:
    name = command.file_name
    if by_extension(name) is not None:
        return []
    ending = f"ends in .{extension(name)}" if extension(name) else "has no ending"
    text = f'"{name}" {ending}. Send {ALLOWED_NAMES}; other files can be saved as PDF.'
    return [_problem("type_not_allowed", text, "file_name")]


def _media_type(command: RequestUpload) -> list[Problem]:
    name, kind = command.file_name, by_extension(command.file_name)
    said = command.content_type.partition(";")[0].strip().lower()
    other = next((t for t in ALLOWED if t.media_type == said and t is not kind), None)
    if kind is None or other is None:
        return []
    return [_problem("type_mismatch", _mismatch(name, kind, other.name), "content_type")]


def _size(command: RequestUpload) -> list[Problem]:
    name = command.file_name
    if command.size == 0:
        return [_problem("empty", f'"{name}" is empty. Choose the file that has content.', "size")]
    if command.size > MAX_SIZE:
        return [_too_large(name, command.size, "size")]
    return []


_RULES = (_owner, _name, _media_type, _size)


# -- really there ----------------------------------------------------------------------------------


def examine(document: Document, content: Content | None) -> Finding:
    """What arrived for the document."""
    name = document.file_name
    if content is None:
        text = (
            f'"{name}" has not arrived yet. Upload it with the link you were given, then confirm.'
        )
        return Finding(problem=_problem("not_uploaded", text), final=False)
    if content.size > MAX_SIZE:
        return Finding(problem=_too_large(name, content.size))
    if different := _different(document, content):
        return Finding(problem=different, final=False)
    return _kind(name, content)


def _different(document: Document, content: Content) -> Problem | None:
    """Cut off or changed in transit: worth another try, not a fault of the file."""
    way_out = "Upload the file again with the same link and confirm, or ask for a new upload."
    if content.size != document.announced_size:
        text = (
            f'Of "{document.file_name}" {content.size:,} bytes arrived instead of the '
            f"{document.announced_size:,} announced. {way_out}"
        )
        return _problem("size_differs", text)
    if document.announced_sha256 not in (None, content.sha256):
        text = f'"{document.file_name}" was changed on its way (its SHA-256 differs). {way_out}'
        return _problem("sha256_differs", text)
    return None


def _kind(name: str, content: Content) -> Finding:
    kind, said = recognise(content), by_extension(name)
    if is_locked(content, kind):
        text = (
            f'"{name}" is protected by a password, so nobody at the plan could open it. Save it '
            "without password (or print it to PDF) and upload that."
        )
        return Finding(problem=_problem("password_protected", text))
    if kind is None:
        way_out = f"Send {ALLOWED_NAMES}; most files can be saved as PDF."
        text = f'"{name}" is {looks_like(content)}. {way_out}'
        return Finding(problem=_problem("type_not_allowed", text))
    if said is not kind:
        return Finding(problem=_problem("type_mismatch", _mismatch(name, said, kind.name)))
    return Finding(kind=kind)


def changed(document: Document) -> Problem:
    """The file is not the one that was checked."""
    return _problem(
        "changed_after_check",
        f'"{document.file_name}" was replaced after it had been checked, so it was not released. '
        "Upload it again and leave it unchanged.",
    )


def lost(document: Document) -> Problem:
    """The file is gone although nothing should have removed it."""
    return _problem(
        "content_missing",
        f'"{document.file_name}" was received but is missing in our store, which should never '
        "happen. Please upload it again; its date of receipt stays on record.",
    )


def _mismatch(name: str, said: FileType | None, really: str) -> str:
    ending = f".{extension(name)}" if extension(name) else "no ending"
    expected = f" ({said.name})" if said else ""
    return (
        f'"{name}" has the ending {ending}{expected}, but it is {really}. Give it the right '
        "ending, or choose the right file."
    )


def _too_large(name: str, size: int, field: str | None = None) -> Problem:
    text = (
        f'"{name}" has {size / 1024 / 1024:,.1f} MB; at most 100 MB are taken. Split it into '
        "parts, or scan it in black and white at 200 dpi, and upload each part."
    )
    return _problem("too_large", text, field)


def _problem(code: str, message: str, field: str | None = None) -> Problem:
    return Problem(code=code, message=message, field=field)
