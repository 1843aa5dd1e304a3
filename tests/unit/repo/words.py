"""Words that docs and comments do without: British spellings, old names of things, odd phrases."""

import re

_ISE = (
    "recogn author organ summar initial normal serial optim minim maxim priorit synchron real util"
)
_BRITISH = (
    "behaviours? behavioural colours? coloured colourful neighbours? neighbouring favourites? "
    "favours? favoured honours? honoured labour centres? centred cancelled cancelling labelled "
    "labelling travelled modelled modelling signalled licences? licenced practise[ds]? practising "
    "defences? offences? programmes? cheques? enrol enrols enrolments? fulfils? judgements? whilst "
    "towards learnt spelt grey ageing metres? litres? artefacts? "
    "analyse[ds]? analysing manoeuvres? instalments? acknowledgements? mould"
)
_OLD = "sips? tenures? seals? debts? lenient manieth mend mends mended mending"
"""Poll slice, instance lease, message MAC, unpublished batches, aiokafka patches; to repair."""
_PHRASES = (
    "as good as",
    "for ever",
    "dear again",
    "half as dear",
    "nobody's doing",
    "is theirs alone",
)

_WORDS = [
    *(f"{stem}is(?:e|ed|es|ing|ation|ations)" for stem in _ISE.split()),
    *_BRITISH.split(),
    *_OLD.split(),
    *_PHRASES,
]
_UNWANTED = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)


def unwanted(text: str) -> list[str]:
    """The unwanted words in a text, in its order."""
    return _UNWANTED.findall(text)
