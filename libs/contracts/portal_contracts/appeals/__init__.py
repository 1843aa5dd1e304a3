"""Contracts of the disputes and appeals service."""
