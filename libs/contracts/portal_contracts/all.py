"""Imports every contract, so that the registry is complete."""

import importlib
import pkgutil

import portal_contracts
from portal_contracts.base import REGISTRY, Message


def load_all() -> dict[str, type[Message]]:
    """Every released message type by name."""
    for module in pkgutil.walk_packages(portal_contracts.__path__, "portal_contracts."):
        importlib.import_module(module.name)
    return dict(sorted(REGISTRY.items()))
