"""Whatever the bytes are, reading ends with claims or named unreadable parts."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from portal_cli.importing.enrollment import enrollment
from portal_cli.importing.files import Batch, parse, with_valid_npis
from tests.support.x12 import ExampleFiles

FILES = [path.read_bytes() for path in sorted(ExampleFiles.folder.glob("*.837"))]
BITS = [b"~", b"*", b":", b"ISA*", b"", b"CLM*"]
BYTES = st.one_of(st.binary(max_size=12), st.sampled_from(BITS))


def _is_told(batch: Batch) -> None:
    assert batch.claims or batch.unreadable
    for claim in batch.claims:
        assert json.dumps(with_valid_npis(claim).message.body)
    for message in enrollment(batch.claims).messages():
        assert json.dumps(message.body)


@given(st.binary(max_size=400))
def test_random_bytes(content: bytes) -> None:
    _is_told(parse("x", content))


@given(st.text(alphabet="ISAGSTCLMHNV1*:~^> \n", max_size=200))
def test_random_segments(text: str) -> None:
    header = "ISA*00* *00* *ZZ*A*ZZ*B*261101*0900*^*00501*1*0*T*:~GS*HC*A*B*1*1*1*X*005010X222A1~"
    _is_told(parse("x", f"{header}ST*837*1~HL*1**20~{text}".encode()))


@settings(max_examples=300)
@given(st.sampled_from(FILES), st.data())
def test_damaged_files(content: bytes, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 40)))
        content = content[:start] + data.draw(BYTES) + content[end:]
    _is_told(parse("x", content))
