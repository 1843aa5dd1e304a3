"""The catalogue of problems: every code that a refusal may carry, with its meaning and sentence.

One code means one thing, and has one sentence. `common` has what several services say, `message`
what is said of a message before a service looks at it, `shape` what of a field; a service's own
codes are in `portal_contracts/<service>/problems.py`. `docs/problems.md` is made from all of them.
"""

from portal_contracts.problems.code import CATALOGUE, ProblemCode

__all__ = ["CATALOGUE", "ProblemCode"]
