"""Contracts of the claims service: submit, correct, follow and re-adjudicate claims."""
