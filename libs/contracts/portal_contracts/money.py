"""Money: dollars on the wire ("120.00"), whole cents in the rules. No floats, no rounding."""


def cents(amount: str) -> int:
    """'120.00' -> 12000. The contract's pattern guarantees exactly two decimals."""
    return int(amount.replace(".", ""))


def dollars(amount: int) -> str:
    """12000 -> '120.00', -5 -> '-0.05'."""
    if amount < 0:
        return "-" + dollars(-amount)
    return f"{amount // 100}.{amount % 100:02d}"
