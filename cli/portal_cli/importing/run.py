"""The steps of an import: make known, wait until that is known, send the claims."""

from collections.abc import Awaitable, Callable, Sequence

from portal_cli.importing.files import Batch, SourceClaim
from portal_cli.importing.publishing import Asks, publish
from portal_cli.importing.report import Totals, claim_line
from portal_cli.importing.screen import Screen
from portal_contracts.base import Reply
from portal_contracts.claims.queries import GetClaim
from portal_contracts.claims.replies import ClaimAccepted, ClaimDetails
from portal_x12.claim import Message

Settled = Callable[[], Awaitable[bool]]


async def make_known(
    client: Asks, messages: Sequence[Message], settled: Settled, totals: Totals, screen: Screen
) -> None:
    """Members and providers, and until the claims service has heard of all of them."""
    with screen.progress("members and providers", len(messages)) as done:
        async for answered in publish(client, messages, done):
            totals.count_enrollment(answered.reply)
    if not await settled():
        screen.note("the claims service is behind; claims of new members may be rejected")


async def send_claims(
    client: Asks, claims: Sequence[SourceClaim], totals: Totals, screen: Screen
) -> None:
    """All claims; each adjudicated one is asked for at once, for its codes and to add it up."""
    messages = [claim.message for claim in claims]
    with screen.progress("claims", len(claims)) as done:
        async for answered in publish(client, messages, done, then=details_of):
            claim = claims[answered.index]
            details = answered.next if isinstance(answered.next, ClaimDetails) else None
            source = f"{claim.file}:{claim.position}"
            line = claim_line(source, claim.account, answered.reply, details, answered.fault)
            totals.count(line, answered.reply, details)
            screen.claim(line)


def details_of(reply: Reply) -> Message | None:
    """A claim on file with its adjudications; a rejected one has none."""
    if not isinstance(reply, ClaimAccepted):
        return None
    return Message(GetClaim.TYPE, "", {"claim_number": reply.claim_number})


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
