"""Words that do not belong into what people read on screens."""

import re

from tests.unit.repo import words

_ON_FORMS = re.compile(r"\b(?:by post|post ?codes?|tick(?:s|ed)?|full stops?|surnames?)\b")
"""British for: by mail, ZIP code, check, period, last name."""
INTERNAL = re.compile(
    r"\b(?:Kafka|payload|tuple|null|enum|regex|JSON|UUID|schema|header|topic|partition|boolean|"
    r"string|int|exception|database|[a-z]+_[a-z_]+|[A-Z][a-z]+[A-Z]\w*)\b|`"
)
"""Terms of programs, also names of fields and classes."""


def british(text: str) -> list[str]:
    """The British words in a text or a name, in small letters."""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", text).lower()
    return [*words.british(plain), *_ON_FORMS.findall(plain)]
