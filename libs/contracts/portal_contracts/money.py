"""Money: dollars on the wire ("120.00"), whole cents in the rules. No floats, no rounding.

The same amounts come again and again, so they are remembered.
"""

from functools import lru_cache


@lru_cache(maxsize=16384)
def cents(amount: str) -> int:
    """'120.00' -> 12000. The contract's pattern guarantees exactly two decimals."""
    return int(amount.replace(".", ""))


@lru_cache(maxsize=16384)
def dollars(amount: int) -> str:
    """12000 -> '120.00', -5 -> '-0.05'."""
    if amount < 0:
        return "-" + dollars(-amount)
    return f"{amount // 100}.{amount % 100:02d}"
