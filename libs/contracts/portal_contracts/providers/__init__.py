"""Contracts of the providers service: participation and maintenance requests."""
