"""The code of docs/for-gateways.md runs as it stands: contracts, a Kafka client, a JWT library."""

import ast
import asyncio
import os
import re
import sys
from datetime import date, timedelta
from pathlib import Path

from portal_client import PortalClient, Signer
from portal_contracts.claims.commands import SubmitProfessionalClaim
from portal_contracts.claims.replies import ClaimAccepted
from portal_contracts.eligibility.events import MemberChanged
from portal_contracts.eligibility.parts import CoverageSpan
from portal_contracts.principal import Principal
from portal_contracts.providers.events import ProviderChanged
from portal_contracts.providers.parts import Participation
from tests.support.isolation import Isolation
from tests.support.services import running_services

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "for-gateways.md").read_text(encoding="utf-8")
LONG_AGO = date(2020, 1, 1)
MEMBER = MemberChanged(
    member_id="M1000001-01",
    version=1,
    last_name="Rivera",
    first_name="Ana",
    date_of_birth=date(1980, 2, 3),
    sex="F",
    spans=(CoverageSpan(start=LONG_AGO, plan="HMO", line_of_business="commercial"),),
)
PROVIDER = ProviderChanged(
    npi="1234567893",
    tin="123456789",
    version=1,
    name="Lakeside Clinic",
    provider_type="group",
    participation=(Participation(start=LONG_AGO),),
)


BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
EXCHANGE, CLAIM = BLOCKS[:2]


def test_the_exchange_is_thirty_lines() -> None:
    assert len([line for line in EXCHANGE.splitlines() if line.strip()]) <= 30


def test_it_needs_the_contracts_a_kafka_client_and_a_jwt_library_only() -> None:
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(EXCHANGE + CLAIM))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported - sys.stdlib_module_names == {"portal_contracts", "aiokafka", "jwt"}


def test_every_python_block_can_be_compiled() -> None:
    assert len(BLOCKS) == 4
    for text in BLOCKS:
        compile(text, "docs/for-gateways.md", "exec")


def claim_like_the_pages() -> SubmitProfessionalClaim:
    day = date.today() - timedelta(days=14)  # noqa: DTZ011 - a date of service is a local date
    line = {"procedure": "99213", "from_date": day, "to_date": day, "place": "11"}
    return SubmitProfessionalClaim.model_validate(
        {
            "member_id": MEMBER.member_id,
            "patient": {"last_name": "Rivera", "date_of_birth": "1980-02-03", "sex": "F"},
            "billing": {"npi": PROVIDER.npi, "tin": PROVIDER.tin, "name": PROVIDER.name},
            "patient_account": "BEFORE",
            "total_charge": "120.00",
            "diagnoses": ["J069"],
            "lines": [{**line, "charge": "120.00", "units": "1", "pointers": [1]}],
        }
    )


async def known_to_claims(isolation: Isolation, keys: Path) -> None:
    """Announce member and provider, and wait until the claims service goes by them."""
    biller = Principal(subject="biller", role="provider", tins=frozenset({PROVIDER.tin}))
    async with PortalClient(
        isolation.infra.kafka,
        caller="test",
        principal=biller,
        signer=Signer.from_file(keys / "demo-provider.private.pem"),
        topic_prefix=isolation.topic_prefix,
    ) as client:
        await client.publish(MEMBER)
        await client.publish(PROVIDER)
        async with asyncio.timeout(30):
            while not isinstance(await client.ask(claim_like_the_pages()), ClaimAccepted):
                await asyncio.sleep(0.2)


async def test_the_code_of_the_page_gets_its_reply(
    isolation: Isolation, keys: Path, tmp_path: Path
) -> None:
    await isolation.make_topics()
    await isolation.make_databases(["claims"])
    (tmp_path / ".data").mkdir()
    (tmp_path / ".data" / "keys").symlink_to(keys)
    script = tmp_path / "gateway.py"
    script.write_text(EXCHANGE + CLAIM, encoding="utf-8")
    with running_services(isolation, keys, tmp_path, names=["claims"]):
        await known_to_claims(isolation, keys)
        first = await run_script(script, isolation)
        second = await run_script(script, isolation)
    assert first.startswith(ClaimAccepted.TYPE)
    assert '"patient_account": "ACCT-1"' in first
    assert "OA-18" not in first
    assert '"status": "denied"' in second, "the same service again is a duplicate"
    assert "1 ['OA-18']" in second


async def run_script(script: Path, isolation: Isolation) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(script),
        cwd=script.parent,
        env={**os.environ, **isolation.env()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, error = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, error.decode()
    return out.decode()
