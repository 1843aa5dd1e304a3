"""What is wrong with a file, announced or really there (DO-01, DO-02). Always names the file."""

from dataclasses import dataclass
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
from portal_contracts.documents import problems as p
from portal_contracts.documents.commands import RequestUpload
from portal_contracts.documents.parts import OwnerKind
from portal_contracts.ids import is_reference
from portal_runtime.domain.form_checks import problems_of

MEGABYTE = 1024 * 1024
NAMES: dict[OwnerKind, str] = {
    "claim": "claim number",
    "authorization": "authorization number",
    "dispute": "dispute number",
    "appeal": "appeal number",
    "member": "member ID",
    "maintenance_request": "maintenance request number",
}
"""What people call the reference of each kind of owner."""
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


def announced(form: Any, *_: object) -> list[Problem]:
    """Everything wrong with the announcement, or with the parts of it that can be read, in its
    order, before a byte is sent."""
    return problems_of(form, (_owner, _name, _media_type, _size))


def _owner(command: RequestUpload) -> list[Problem]:
    owner = command.owner
    prefix = _PREFIXES.get(owner.kind)
    if not owner.reference.strip():
        return [p.OWNER_MISSING()]
    if prefix is None or is_reference(prefix, owner.reference):
        return []
    what = NAMES[owner.kind]
    return [p.OWNER_NUMBER_MISTYPED(number=repr(owner.reference[:40]), what=what, prefix=prefix)]


def _name(command: RequestUpload) -> list[Problem]:
    name = command.file_name
    if by_extension(name) is not None:
        return []
    looks = f"ends in .{extension(name)}" if extension(name) else "has no ending"
    return [_not_allowed(name, looks, "file_name")]


def _media_type(command: RequestUpload) -> list[Problem]:
    name, kind = command.file_name, by_extension(command.file_name)
    said = command.content_type.partition(";")[0].strip().lower()
    other = next((t for t in ALLOWED if t.media_type == said and t is not kind), None)
    if kind is None or other is None:
        return []
    return [_mismatch(name, kind, other.name, "content_type")]


def _size(command: RequestUpload) -> list[Problem]:
    name = command.file_name
    if command.size == 0:
        return [p.EMPTY_FILE(name=name)]
    if command.size > MAX_SIZE:
        return [_too_large(name, command.size, "size")]
    return []


# -- really there ----------------------------------------------------------------------------------


def examine(document: Document, content: Content | None) -> Finding:
    """What arrived for the document."""
    name = document.file_name
    if content is None:
        return Finding(problem=p.NOT_UPLOADED(name=name), final=False)
    if content.size > MAX_SIZE:
        return Finding(problem=_too_large(name, content.size))
    if different := _different(document, content):
        return Finding(problem=different, final=False)
    return _kind(name, content)


def _different(document: Document, content: Content) -> Problem | None:
    """Cut off or changed in transit: worth another try, not a fault of the file."""
    name, announced = document.file_name, document.announced_size
    if content.size != announced:
        arrived = f"{content.size:,}"
        return p.SIZE_DIFFERS(name=name, arrived=arrived, announced=f"{announced:,}")
    if document.announced_sha256 not in (None, content.sha256):
        return p.SHA256_DIFFERS(name=name)
    return None


def _kind(name: str, content: Content) -> Finding:
    kind, said = recognise(content), by_extension(name)
    if is_locked(content, kind):
        return Finding(problem=p.PASSWORD_PROTECTED(name=name))
    if kind is None:
        return Finding(problem=_not_allowed(name, f"is {looks_like(content)}"))
    if said is not kind:
        return Finding(problem=_mismatch(name, said, kind.name))
    return Finding(kind=kind)


def changed(document: Document) -> Problem:
    """The file is not the one that was checked."""
    return p.CHANGED_AFTER_CHECK(name=document.file_name)


def lost(document: Document) -> Problem:
    """The file is gone although nothing should have removed it."""
    return p.CONTENT_MISSING(name=document.file_name)


def _not_allowed(name: str, looks: str, field: str | None = None) -> Problem:
    return p.TYPE_NOT_ALLOWED(name=name, looks=looks, allowed=ALLOWED_NAMES, field=field)


def _mismatch(name: str, said: FileType | None, really: str, field: str | None = None) -> Problem:
    ending = f".{extension(name)}" if extension(name) else "no ending"
    expected = f" ({said.name})" if said else ""
    return p.TYPE_MISMATCH(name=name, ending=ending + expected, really=really, field=field)


def _too_large(name: str, size: int, field: str | None = None) -> Problem:
    megabytes = f"{size / MEGABYTE:,.1f}"
    return p.FILE_TOO_LARGE(name=name, size=megabytes, most=MAX_SIZE // MEGABYTE, field=field)
