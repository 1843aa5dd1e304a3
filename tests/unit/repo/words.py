"""Words that docs and comments do without: British spellings, old names of things, odd phrases."""

import re

_ISE = (
    "recogn author organ summar initial normal serial optim minim maxim priorit synchron real util "
    "categor special final apolog capital emphas"
)
_BRITISH = (
    "behaviours? behavioural colours? coloured colourful neighbours? neighbouring favourites? "
    "favours? favoured honours? honoured labour centres? centred cancelled cancelling labelled "
    "labelling travelled modelled modelling signalled licences? licenced practise[ds]? practising "
    "defences? offences? programmes? cheques? enrol enrols enrolments? fulfils? judgements? whilst "
    "towards learnt spelt misspelt grey ageing metres? litres? artefacts? "
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

_SPELLED = [*(f"{stem}is(?:e|ed|es|ing|ation|ations)" for stem in _ISE.split()), *_BRITISH.split()]


def _any_of(words: list[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


_SPELLINGS = _any_of(_SPELLED)
_UNWANTED = _any_of([*_SPELLED, *_OLD.split(), *_PHRASES])


def british(text: str) -> list[str]:
    """The British spellings in a text, in its order."""
    return _SPELLINGS.findall(text)


def unwanted(text: str) -> list[str]:
    """The unwanted words in a text, in its order."""
    return _UNWANTED.findall(text)
