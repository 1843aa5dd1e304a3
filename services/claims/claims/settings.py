"""Settings of the claims service."""

from portal_runtime.settings import RuntimeSettings


class ClaimsSettings(RuntimeSettings):
    """Nothing beyond what every service has; the rules are data of the rule set."""
