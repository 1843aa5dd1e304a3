"""The load: what callers of the six services do all day, drawn from a seed."""
