"""The service's own tables, each in a file: what a decision loads of them, and how it is saved."""
