"""The `portal` command: the local stack, the demo, imports and operations."""
