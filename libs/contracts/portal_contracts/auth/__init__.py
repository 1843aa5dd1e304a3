"""Contracts of the prior authorization service."""
