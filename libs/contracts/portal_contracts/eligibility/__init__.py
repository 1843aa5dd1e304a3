"""Contracts of the eligibility service: members, coverage, coordination of benefits."""
