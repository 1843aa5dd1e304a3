"""What other payers paid: loops 2320, 2330 and 2430 of an 837."""

from collections.abc import Iterator

from portal_x12.loops import Loop, adjudications
from portal_x12.segments import Segment
from portal_x12.values import Body, body, code, day, money

SEQUENCES = {"P": "primary", "S": "secondary", "T": "tertiary"} | dict.fromkeys(
    "ABCDEFGH", "tertiary"
)
"""SBR01; A to H are the fourth payer and those after it."""
FIRST_REASON, REASONS, STEP = 2, 6, 3
"""CAS: up to six of reason, amount, quantity behind the group code."""


def other_payer(loop: Loop) -> Body:
    """One other payer with its decision on the claim, where it has decided (AMT*D)."""
    payer = loop.party("PR")
    sequence = loop.text("SBR", 1)
    return body(
        name=payer.text("NM1", 3) or loop.text("SBR", 4),
        payer_id=payer.text("NM1", 9),
        policy_number=loop.party("IL").text("NM1", 9) or loop.text("SBR", 3),
        sequence=SEQUENCES.get(sequence, sequence),
        paid=money(loop.value("AMT", "D")),
        allowed=money(loop.value("AMT", "B6")),
        adjudicated_on=day(payer.value("DTP", "573", 3)),
        adjustments=list(adjustments(loop)),
    )


def line_payments(line: Loop) -> list[Body]:
    """What other payers paid on one line."""
    return [
        body(
            payer_id=decided.text("SVD", 1),
            paid=money(decided.text("SVD", 2)),
            adjudicated_on=day(decided.value("DTP", "573", 3)),
            adjustments=list(adjustments(decided)),
        )
        for decided in adjudications(line)
    ]


def adjustments(loop: Loop) -> Iterator[Body]:
    for segment in loop.all("CAS"):
        yield from _reasons(segment)


def _reasons(segment: Segment) -> Iterator[Body]:
    for number in range(FIRST_REASON, FIRST_REASON + REASONS * STEP, STEP):
        reason, amount = segment.text(number), segment.text(number + 1)
        if reason or amount:
            yield body(group=segment.text(1), carc=code(reason), amount=money(amount))
