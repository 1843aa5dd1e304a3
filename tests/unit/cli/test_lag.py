"""`portal lag` names every topic of a group."""

from portal_cli.lag import ours


def test_what_waits_beside_the_commands_has_rows_of_its_own() -> None:
    groups = ["claims.x.claims.commands", "appeals.x.appeals.commands", "claims.y.claims.commands"]
    assert list(ours(groups, ".x")) == [
        ("claims", "claims.x.claims.commands", "claims.commands"),
        ("claims", "claims.x.claims.commands", "claims.reviews"),
        ("claims", "claims.x.claims.commands", "claims.bulk"),
        ("appeals", "appeals.x.appeals.commands", "appeals.commands"),
    ]
