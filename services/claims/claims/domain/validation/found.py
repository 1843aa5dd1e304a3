"""What a check finds: problems of the catalogue, or nothing."""

from collections.abc import Sequence

from portal_contracts.common import Problem

Found = Sequence[Problem]
FINE: Found = ()
