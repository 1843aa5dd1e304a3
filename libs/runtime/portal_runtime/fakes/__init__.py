"""Fakes as product code: each passes the conformance suite of the real adapter."""
