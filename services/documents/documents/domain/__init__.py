"""What the documents service decides. Pure: contracts, the standard library, and decisions."""
