"""Contracts of the claims service: submit, correct, follow and re-adjudicate claims."""

from portal_contracts.claims import commands, events, queries

__all__ = ["commands", "events", "queries"]
