"""Names as they are compared: the same person is typed in many ways."""

from unicodedata import normalize


def searchable(name: str) -> str:
    """Letters and digits only, small, without accents: "O'Brien-Núñez" is "obriennunez"."""
    plain = normalize("NFKD", name).casefold()
    return "".join(char for char in plain if char.isalnum())
