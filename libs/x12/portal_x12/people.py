"""Patient, subscriber and providers of an 837: loops 2010AA, 2010BA, 2010CA, 2310, 2420."""

from hashlib import blake2b

from portal_x12.loops import Loop, RawClaim
from portal_x12.values import Body, body, day, digits

RELATIONSHIPS = {"18": "self", "01": "spouse", "19": "child"}
SPOUSE = "01"
FIRST_OTHER, OTHERS = 2, 98


def patient(claim: RawClaim) -> Body:
    """The person who was treated: the dependent of HL 23, or else the subscriber."""
    if claim.patient is None:
        above, loop = claim.subscriber, claim.subscriber.party("IL")
    else:
        above, loop = claim.patient, claim.patient.party("QC")
    return body(
        last_name=loop.text("NM1", 3),
        first_name=loop.text("NM1", 4),
        date_of_birth=day(loop.text("DMG", 2)),
        sex=loop.text("DMG", 3),
        address=address(loop),
        date_of_death=day(above.text("PAT", 6)),
    )


def insured(claim: RawClaim) -> Body:
    """The subscriber, where a dependent was treated."""
    if claim.patient is None:
        return {}
    loop = claim.subscriber.party("IL")
    return body(
        last_name=loop.text("NM1", 3),
        first_name=loop.text("NM1", 4),
        relationship=RELATIONSHIPS.get(claim.patient.text("PAT", 1), "other"),
        address=address(loop),
    )


def member_id(claim: RawClaim) -> str:
    """As sent for the subscriber; for a dependent with the suffix of the family member.

    An 837 gives the dependent no ID of its own. The suffix is 01 for the spouse; for all others it
    is made of first name and date of birth, so that a child has the same one in every file.
    """
    sent = claim.subscriber.party("IL").text("NM1", 9)
    if claim.patient is None or not sent:
        return sent
    base = sent[:-3] if sent[-3:-2] == "-" and sent[-2:].isdigit() else sent
    return f"{base}-{_suffix(claim.patient)}"


def _suffix(dependent: Loop) -> str:
    if dependent.text("PAT", 1) == SPOUSE:
        return SPOUSE
    loop = dependent.party("QC")
    seed = f"{loop.text('NM1', 4).upper()}|{loop.text('DMG', 2)}"
    number = int.from_bytes(blake2b(seed.encode(), digest_size=4).digest())
    return f"{FIRST_OTHER + number % OTHERS:02d}"


def address(loop: Loop) -> Body:
    return body(
        line1=loop.text("N3", 1),
        line2=loop.text("N3", 2),
        city=loop.text("N4", 1),
        state=loop.text("N4", 2).upper(),
        zip=digits(loop.text("N4", 3)),
    )


def billing(claim: RawClaim) -> Body:
    loop = claim.billing.party("85")
    return body(
        npi=loop.text("NM1", 9),
        tin=digits(loop.value("REF", "EI") or loop.value("REF", "SY")),
        name=full_name(loop),
        taxonomy=claim.billing.value("PRV", "BI", 3),
        address=address(loop),
    )


def full_name(loop: Loop) -> str:
    return f"{loop.text('NM1', 4)} {loop.text('NM1', 3)}".strip()


def provider(loop: Loop) -> Body:
    """A provider who is named by an NPI.

    One without is left out: the contract knows providers by their NPI, and where it wants one (an
    attending provider, say) the service asks for it.
    """
    npi = loop.text("NM1", 9)
    if not npi:
        return {}
    return body(npi=npi, last_name=loop.text("NM1", 3), first_name=loop.text("NM1", 4))
