"""The steps of an import: make known, wait until that is known, send the claims, check."""

from collections.abc import Awaitable, Callable, Sequence

from portal_cli.importing.balance import balances
from portal_cli.importing.claim import Message
from portal_cli.importing.files import Batch, SourceClaim
from portal_cli.importing.publishing import Asks, publish
from portal_cli.importing.report import Totals, claim_line
from portal_cli.importing.screen import Screen
from portal_contracts.claims.queries import ClaimDetails, GetClaim

Settled = Callable[[], Awaitable[bool]]


async def make_known(
    client: Asks, messages: Sequence[Message], settled: Settled, totals: Totals, screen: Screen
) -> None:
    """Members and providers, and until the claims service has heard of all of them."""
    with screen.progress("members and providers", len(messages)) as done:
        async for answered in publish(client, messages, done):
            totals.count_enrolment(answered.reply)
    if not await settled():
        screen.note("the claims service is behind; claims of new members may be rejected")


async def send_claims(
    client: Asks, claims: Sequence[SourceClaim], totals: Totals, screen: Screen
) -> list[str]:
    """All claims; the numbers of those on file and adjudicated."""
    numbers = []
    with screen.progress("claims", len(claims)) as done:
        async for answered in publish(client, [claim.message for claim in claims], done):
            claim = claims[answered.index]
            source = f"{claim.file}:{claim.position}"
            line = claim_line(source, claim.account, answered.reply)
            totals.count(line, answered.reply)
            screen.claim(line)
            if line.result == "accepted" and line.number:
                numbers.append(line.number)
    return numbers


async def check_balance(
    client: Asks, numbers: Sequence[str], totals: Totals, screen: Screen
) -> None:
    """Ask for each claim and add it up. One that cannot be had counts as not balanced."""
    questions = [Message(GetClaim.TYPE, "", {"claim_number": number}) for number in numbers]
    totals.balanced = 0
    with screen.progress("adding up", len(questions)) as done:
        async for answered in publish(client, questions, done):
            reply = answered.reply
            if isinstance(reply, ClaimDetails) and balances(reply):
                totals.balanced += 1
            else:
                totals.unbalanced.append(numbers[answered.index])


def report(batch: Batch, totals: Totals, screen: Screen) -> None:
    """Unreadable parts and totals, at the end, where they are seen."""
    totals.files, totals.unreadable = batch.files, batch.unreadable_files
    parts = []
    for file, part in batch.unreadable:
        screen.unreadable(file, part.segment, part.position, part.reason)
        parts.append(
            {
                "file": file,
                "segment": part.segment,
                "position": part.position,
                "reason": part.reason,
            }
        )
    screen.totals(totals, {"unreadable_parts": parts})
