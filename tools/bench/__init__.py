"""The benchmark, `make bench`: ours beside the usual way and the bare limit, in one run."""
