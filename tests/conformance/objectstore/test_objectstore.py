"""What the documents service relies on, asked of every object store (DO-01, DO-02, DO-06)."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from portal_runtime.storage.objectstore import EDGE, StoreUnavailable

if TYPE_CHECKING:
    from tests.conformance.objectstore.conftest import Bench

MINUTE = timedelta(minutes=1)
LIMIT = 100 * 1024 * 1024


def some_key() -> str:
    return f"quarantine/{uuid4()}"


async def test_what_was_sent_is_what_is_inspected(bench: "Bench") -> None:
    key = some_key()
    assert await bench.put(key, b"a short text") in (200, 204)

    seen = await bench.store.inspect(key, limit=LIMIT)

    assert seen is not None
    assert (seen.size, seen.sha256) == (12, sha256(b"a short text").hexdigest())
    assert seen.head == seen.tail == b"a short text"


async def test_a_large_object_shows_its_edges_and_the_markers_inside(bench: "Bench") -> None:
    # The marker lies across the border of two chunks of the stream.
    content = bytearray(b"." * (2 * 1024 * 1024 + 7))
    content[:5], content[-5:] = b"BEGIN", b"FINIS"
    content[1024 * 1024 - 3 : 1024 * 1024 + 4] = b"/Needle"
    key = some_key()
    await bench.put(key, bytes(content))

    seen = await bench.store.inspect(key, limit=LIMIT, markers=(b"/Needle", b"/Absent"))

    assert seen is not None
    assert seen.sha256 == sha256(content).hexdigest()
    assert seen.found == {b"/Needle"}
    assert (seen.head, seen.tail) == (bytes(content[:EDGE]), bytes(content[-EDGE:]))


async def test_an_object_above_the_limit_is_not_read(bench: "Bench") -> None:
    key = some_key()
    await bench.put(key, b"12345")

    seen = await bench.store.inspect(key, limit=4)

    assert seen is not None
    assert (seen.size, seen.sha256, seen.head) == (5, "", b"")


async def test_what_is_not_there_is_answered_not_raised(bench: "Bench") -> None:
    key = some_key()

    assert await bench.store.inspect(key, limit=LIMIT) is None
    assert await bench.store.exists(key) is False
    assert await bench.store.copy(key, some_key()) is False
    await bench.store.delete(key)


async def test_a_copy_lives_on_without_its_source(bench: "Bench") -> None:
    source, target = some_key(), f"documents/{uuid4()}"
    await bench.put(source, b"first")
    assert await bench.store.copy(source, target) is True

    await bench.put(source, b"overwritten later")
    await bench.store.delete(source)

    seen = await bench.store.inspect(target, limit=LIMIT)
    assert seen is not None
    assert seen.head == b"first"
    assert await bench.store.exists(source) is False


async def test_keys_are_listed_by_prefix(bench: "Bench") -> None:
    folder = f"listed/{uuid4()}"
    for name in ("b", "a"):
        await bench.put(f"{folder}/{name}", b"x")

    assert await bench.store.keys(f"{folder}/") == [f"{folder}/a", f"{folder}/b"]


async def test_an_upload_form_is_for_its_key_only(bench: "Bench") -> None:
    mine, other = some_key(), some_key()
    form = await bench.store.presign_upload(
        mine, content_type="text/plain", max_size=10, lifetime=MINUTE
    )
    moved = replace(
        form,
        url=form.url.replace(mine, other),
        fields={k: v.replace(mine, other) for k, v in form.fields.items()},
    )

    assert bench.send(moved, b"hello") >= 400
    assert await bench.store.exists(other) is False


async def test_an_upload_form_expires(bench: "Bench") -> None:
    key = some_key()
    form = await bench.late.presign_upload(
        key, content_type="text/plain", max_size=10, lifetime=MINUTE
    )

    assert bench.send(form, b"hello") >= 400
    assert await bench.store.exists(key) is False


async def test_the_store_itself_refuses_what_the_form_does_not_allow(forms_bench: "Bench") -> None:
    key = some_key()
    form = await forms_bench.store.presign_upload(
        key, content_type="application/pdf", max_size=10, lifetime=MINUTE
    )
    other_type = replace(form, fields={**form.fields, "Content-Type": "text/html"})

    assert form.method == "POST"
    assert forms_bench.send(form, b"elevenbytes") >= 400
    assert forms_bench.send(form, b"") >= 400
    assert forms_bench.send(other_type, b"hello") >= 400
    assert await forms_bench.store.exists(key) is False
    assert forms_bench.send(form, b"ten bytes!") in (200, 204)


async def test_without_post_policies_a_put_is_offered_that_cannot_limit_the_size(
    put_bench: "Bench",
) -> None:
    key = some_key()
    form = await put_bench.store.presign_upload(
        key, content_type="text/plain", max_size=10, lifetime=MINUTE
    )

    assert (form.method, form.fields) == ("PUT", {})
    assert put_bench.send(form, b"more than ten bytes") in (200, 201)
    seen = await put_bench.store.inspect(key, limit=LIMIT)
    assert seen is not None
    assert seen.size == 19, "so the service checks it again when the upload is confirmed"


async def test_a_link_downloads_as_an_attachment(bench: "Bench") -> None:
    key = some_key()
    await bench.put(key, b"%PDF-1.7")

    link = bench.store.presign_get(
        key, file_name="DOC-1.pdf", content_type="application/pdf", lifetime=MINUTE
    )
    status, content, headers = bench.fetch(link.url)

    assert (status, content) == (200, b"%PDF-1.7")
    assert headers["content-type"] == "application/pdf"
    assert headers["content-disposition"] == 'attachment; filename="DOC-1.pdf"'


async def test_a_link_expires_and_is_for_its_key_only(bench: "Bench") -> None:
    key, other = some_key(), some_key()
    await bench.put(key, b"mine")
    await bench.put(other, b"not mine")
    words = {"file_name": "x.txt", "content_type": "text/plain"}

    old = bench.late.presign_get(key, lifetime=MINUTE, **words)
    fresh = bench.store.presign_get(key, lifetime=MINUTE, **words)

    assert bench.fetch(old.url)[0] >= 400
    assert bench.fetch(fresh.url.replace(key, other))[0] >= 400
    assert bench.fetch(fresh.url)[0] == 200


async def test_making_the_bucket_again_keeps_what_is_in_it(bench: "Bench") -> None:
    key = some_key()
    await bench.put(key, b"kept")

    await bench.store.ensure_bucket()

    assert await bench.store.exists(key) is True
    assert await bench.store.trouble() == ""


async def test_a_store_that_is_away_is_said_to_be_unavailable(bench: "Bench") -> None:
    assert (await bench.gone.trouble()).startswith("object store: ")
    with pytest.raises(StoreUnavailable) as caught:
        await bench.gone.inspect("quarantine/DOC-1", limit=LIMIT)
    assert "DOC-1" not in str(caught.value)
    assert "portal-secret" not in str(caught.value)
