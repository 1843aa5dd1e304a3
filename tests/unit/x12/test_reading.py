"""Interchanges, groups and transactions: what is read, and what is named as unreadable."""

from typing import Any

from portal_x12 import read_claims, segments
from portal_x12.transactions import read


def test_separators_are_those_of_each_interchange(example: Any) -> None:
    found = example("separators")
    assert [claim.account for claim in found.claims] == ["SEP-1", "SEP-2", "SEP-3"]
    first, second, _ = (claim.message.body for claim in found.claims)
    assert first["lines"][0]["procedure"] == "99212"
    # This interchange declares ':' and uses '>'.
    assert second["lines"][0]["modifiers"] == ["25"]
    assert second["diagnoses"] == ["J029"]


def test_another_version_is_named_with_segment_and_position(example: Any) -> None:
    (part,) = example("separators").unreadable
    assert (part.segment, part.position) == ("ST", 42)
    assert "004010X098A1" in part.reason


def test_empty_segments_and_line_ends_do_not_end_the_file(example: Any) -> None:
    content = example.content("separators").replace(b"\n", b"\r\n")
    assert len(read(content).transactions) == 3


def test_a_header_one_blank_too_short_is_read(example: Any) -> None:
    found = example("malformed")
    assert [claim.account for claim in found.claims] == ["BAD-1", ""]


def test_segments_without_a_name_are_left_out_and_named(example: Any) -> None:
    unknown, open_end = example("malformed").unreadable
    assert (unknown.segment, unknown.position) == ("", 7)
    assert (open_end.segment, open_end.position) == ("GE", 21)
    assert "no end (SE)" in open_end.reason


def test_a_file_without_interchange_header_is_read_and_named(example: Any) -> None:
    found = example("no_header")
    assert [claim.account for claim in found.claims] == ["NOH-1"]
    (part,) = found.unreadable
    assert (part.segment, part.position) == ("GS", 1)


def test_other_transactions_are_no_claims() -> None:
    header = "ISA*00*{0}*00*{0}*ZZ*A*ZZ*B*261101*0900*^*00501*1*0*T*:~".format(" " * 10)
    file = read(f"{header}GS*HB*A*B*20261101*0900*1*X*005010X279A1~ST*271*1~BHT*0~SE*3*1~".encode())
    assert not file.transactions
    assert [(part.segment, part.position) for part in file.unreadable] == [("ST", 3)]
    assert "a transaction 271" in file.unreadable[0].reason


def test_an_empty_file_is_unreadable() -> None:
    assert [part.reason for part in read(b" \r\n").unreadable] == ["the file holds no transaction"]


def test_a_transaction_without_a_claim_is_named(example: Any) -> None:
    content = example.content("cob")
    before = content[: content.index(b"CLM*")]
    found = read_claims(before + b"SE*1*0001~GE*1*1~IEA*1*1~")
    assert (found.claims, [p.reason for p in found.unreadable]) == ([], ["the file holds no claim"])


def test_a_broken_header_does_not_hide_the_next_interchange(example: Any) -> None:
    good = example.content("cob")
    file = read(b"ISA*00*nonsense~GS*HC~" + good)
    assert len(file.transactions) == 1
    assert file.unreadable[0].reason == segments.BAD_HEADER


def test_a_file_cut_off_keeps_its_claims_and_says_so(example: Any) -> None:
    content = example.content("professional")
    file = read(content[: content.index(b"LX*2~")])
    assert len(file.transactions) == 1
    assert "no end (SE)" in file.unreadable[0].reason


def test_no_value_of_a_person_is_in_a_reason(example: Any) -> None:
    content = example.content("cob").replace(b"005010X222A1", b"DOUBLE DEE 19700101")
    reasons = " ".join(part.reason for part in read(content).unreadable)
    assert "DOUBLE" not in reasons


def test_latin_letters_of_old_files_are_read() -> None:
    assert segments.decode("NM1*IL*1*MUÑOZ".encode("latin-1")) == "NM1*IL*1*MUÑOZ"
    assert segments.decode("\ufeffISA".encode()) == "ISA"
