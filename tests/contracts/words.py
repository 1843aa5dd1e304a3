"""Words that do not belong into what people read: British spellings, and terms of programs."""

import re

_BRITISH = re.compile(
    r"\b("
    r"cancell(?:ed|ing)|enrols?|enrolments?|fulfils?|instal(?:s|ments?)|judgements?|cheques?|"
    r"(?:authori|recogni|organi|reali|utili|categori|summari|speciali|finali|apologi|prioriti|"
    r"minimi|maximi|normali|capitali|emphasi|initiali)s(?:e|es|ed|ing|ation|ations)|"
    r"analys(?:e|ed|es|ing)|(?:colour|favour|behaviour|honour|labour|neighbour|tumour)\w*|"
    r"centres?|metres?|litres?|licences?|practis\w+|programmes?|catalogues?|"
    r"(?:mis)?spelt|learnt|modell(?:ed|ing)|labell(?:ed|ing)|travell(?:ed|ing)|"
    r"defences?|offences?|ageing|grey|paediatric\w*|anaesthe\w+|haem\w+|orthopaedic\w*|"
    r"whilst|amongst|post ?codes?|by post|tick(?:s|ed)?|chemists?|surger(?:y|ies) hours"
    r")\b"
)
INTERNAL = re.compile(
    r"\b(?:Kafka|payload|tuple|null|enum|regex|JSON|UUID|schema|header|topic|partition|boolean|"
    r"string|int|exception|database|[a-z]+_[a-z_]+|[A-Z][a-z]+[A-Z]\w*)\b|`"
)
"""Also names of fields and classes."""


def british(text: str) -> list[str]:
    """The British words in a text or a name, in small letters."""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", text).lower()
    return _BRITISH.findall(plain)
