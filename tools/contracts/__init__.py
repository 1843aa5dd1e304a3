"""What is generated from the contracts, and whether a change of one breaks others."""
