"""The table of who may send what is complete, and whoever is shown in an answer is named there."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from portal_contracts.access import EVERYTHING, GRANTS, NOTHING, Scope, scope_of
from portal_contracts.common import Role
from portal_contracts.fields import NamesMember
from portal_contracts.principal import Principal
from tools.contracts import files

MESSAGES = files.messages()
ASKED = {name for name, message in MESSAGES.items() if message.KIND in ("command", "query")}
TIN = "310000001"


def test_every_command_and_query_has_its_row_and_no_row_is_left_over() -> None:
    assert set(GRANTS) == ASKED


def test_whoever_repairs_services_sees_counts_only() -> None:
    may = {name for name, grants in GRANTS.items() if "operator" in grants}
    assert may == {"providers.get_sla_board.v1", "documents.count_documents.v1"}


def test_a_provider_reaches_everybody_only_where_members_are_looked_up() -> None:
    everybody = {name for name, grants in GRANTS.items() if grants.get("provider") == "all"}
    assert everybody == {
        "eligibility.check_eligibility.v1",
        "eligibility.find_members.v1",
        "eligibility.get_member.v1",
    }


@pytest.mark.parametrize("role", get_args(Role))
def test_what_is_not_granted_is_nothing(role: Role) -> None:
    who = Principal(subject="x", role=role, tins=frozenset({TIN}))
    assert scope_of(who, {}) == NOTHING
    assert scope_of(who, {role: "own"}) == Scope(False, frozenset({TIN}))
    assert scope_of(who, {role: "all"}) == EVERYTHING


def test_a_scope_includes_what_it_says_and_nothing_else() -> None:
    own = Scope(False, frozenset({TIN}))
    assert own.includes(TIN) and not own.includes("310000002") and not own.includes("")
    assert EVERYTHING.includes("310000002") and EVERYTHING.includes("")
    assert not NOTHING.includes(TIN) and not NOTHING.includes("")
    assert (own.sql(), EVERYTHING.sql(), NOTHING.sql()) == (
        (False, [TIN]),
        (True, []),
        (False, []),
    )


def test_a_member_id_in_an_answer_or_event_is_marked_as_one() -> None:
    """So that nobody is shown without a record; what the asker sent itself is no look."""
    sent = {"eligibility.member_enrolled.v1", "eligibility.coverage_changed.v1"}
    unmarked = {
        name
        for name, message in MESSAGES.items()
        if message.KIND in ("reply", "event")
        for model in _models_in(message)
        if "member_id" in model.model_fields and not _marked(model.model_fields["member_id"])
    }
    assert unmarked == sent


def _models_in(kind: Any) -> Iterator[type[BaseModel]]:
    """A model and all that it is made of; a list shows members in its rows."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        kinds: tuple[Any, ...] = tuple(field.annotation for field in kind.model_fields.values())
    else:
        kinds = get_args(kind)
    for part in kinds:
        yield from _models_in(part)


def _marked(field: object) -> bool:
    metadata = getattr(field, "metadata", ())
    inside = [m for kind in get_args(getattr(field, "annotation", None)) for m in get_args(kind)]
    return any(isinstance(mark, NamesMember) for mark in (*metadata, *inside))
