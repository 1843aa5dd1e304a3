"""`make chaos`: the portal under fire. See docs/promises.md."""
