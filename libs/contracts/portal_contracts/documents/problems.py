"""What the documents service says, beside what all services say (`portal_contracts/problems`).

Whatever is said of a file names it.
"""

from portal_contracts.problems import ProblemCode

# -- what a document is sent for, and by whom -----------------------------------------------------

OWNER_MISSING = ProblemCode(
    "owner_missing",
    "An upload does not say what the document belongs to.",
    "Say what the document belongs to: the number of the claim, request or case, or the member ID.",
    field="owner.reference",
)
OWNER_NUMBER_MISTYPED = ProblemCode(
    "owner_number_mistyped",
    "The number of what a document belongs to is not one that we give.",
    "{number} is not a valid {what}: it begins with {prefix}- and its last character "
    "checks the others. Copy it from the list instead of typing it.",
    field="owner.reference",
)
OWNER_NOT_FOUND = ProblemCode(
    "owner_not_found",
    "What the document is to belong to does not exist, or is not of the Tax ID that sends it.",
    "This {what} names nothing that you may send documents for. Copy it from the list or the "
    "card. What was submitted just now appears within moments: then try again.",
    field="owner.reference",
)
OWNER_INCOMPLETE = ProblemCode(
    "owner_incomplete",
    "A list is asked for by the kind of owner without its number, or the other way around.",
    "Give the kind of owner together with its number, or neither.",
    field="owner_reference",
)
TAX_ID_MISSING = ProblemCode(
    "tax_id_missing",
    "A provider's upload does not say for which Tax ID it is sent.",
    "Tax ID: say for which one the document is sent.",
    field="tin",
)

# -- the file -------------------------------------------------------------------------------------

TYPE_NOT_ALLOWED = ProblemCode(
    "type_not_allowed",
    "Files of this type are not taken.",
    '"{name}" {looks}. Send {allowed}; most other files can be saved as PDF.',
)
TYPE_MISMATCH = ProblemCode(
    "type_mismatch",
    "The file is of another type than its name or the announcement says.",
    '"{name}" has the ending {ending}, but it is {really}. Give it the right ending, or choose the '
    "right file.",
)
EMPTY_FILE = ProblemCode(
    "empty_file",
    "The file has no content.",
    '"{name}" is empty. Choose the file that has content.',
    field="size",
)
FILE_TOO_LARGE = ProblemCode(
    "file_too_large",
    "The file is larger than an upload may be.",
    '"{name}" has {size} MB; at most {most} MB are taken. Split it into parts, or scan it in black '
    "and white at 200 dpi, and upload each part.",
)
PASSWORD_PROTECTED = ProblemCode(
    "password_protected",
    "The file can be opened with a password only.",
    '"{name}" is protected by a password, so nobody at the plan could open it. Save it without '
    "password (or print it to PDF) and upload that.",
)
SIZE_DIFFERS = ProblemCode(
    "size_differs",
    "Fewer or more bytes arrived than were announced.",
    'Of "{name}" {arrived} bytes arrived instead of the {announced} announced. Upload the file '
    "again with the same link and confirm, or ask for a new upload.",
)
SHA256_DIFFERS = ProblemCode(
    "sha256_differs",
    "The content that arrived is not the one announced.",
    '"{name}" was changed on its way (its SHA-256 differs). Upload the file again with the same '
    "link and confirm, or ask for a new upload.",
)

# -- where a document stands ----------------------------------------------------------------------

DOCUMENT_NOT_FOUND = ProblemCode(
    "document_not_found",
    "There is no such document, or the user may not see it.",
    "No document {number} of yours is on file. Copy its ID from your list of documents.",
    field="document_id",
)
NOT_UPLOADED = ProblemCode(
    "not_uploaded",
    "The file has not arrived.",
    '"{name}" has not arrived yet. Upload it with the link you were given, then confirm.',
)
NOT_RELEASED_YET = ProblemCode(
    "not_released_yet",
    "The document is in quarantine.",
    '"{name}" is being processed. It can be opened {when}.',
    field="document_id",
)
DOCUMENT_REFUSED = ProblemCode(
    "document_refused",
    "The document did not pass the checks; why, follows in the sentence.",
    '"{name}" was refused and is not kept.',
    field="document_id",
)
UPLOAD_EXPIRED = ProblemCode(
    "upload_expired",
    "The file was not uploaded and confirmed in time.",
    'The upload of "{name}" was not finished in time and has expired. Ask for a new upload and '
    "send the file again.",
    field="document_id",
)
CHANGED_AFTER_CHECK = ProblemCode(
    "changed_after_check",
    "The stored file is not the one that was checked.",
    '"{name}" was replaced after it had been checked, so it was not released. Upload it again and '
    "leave it unchanged.",
)
CONTENT_MISSING = ProblemCode(
    "content_missing",
    "The stored file is gone although nobody was to remove it.",
    '"{name}" was received but is missing in our store, which should never happen. Please upload '
    "it again; its date of receipt stays on record.",
)
