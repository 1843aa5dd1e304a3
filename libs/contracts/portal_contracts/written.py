"""How values are written in JSON: what the JSON Schema refuses is refused here, and nothing else.

Left to itself Pydantic takes 0 and "0" for the date 1970-01-01, "yes" for true and "5" for 5.
All of it is put together from pydantic-core's own parts, so that reading stays in Rust.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema as cs

Schema = dict[str, Any]

CONTROLS = r"\x00-\x1f\x7f"
SPACES = " \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
r"""Unicode's white space without ASCII's control characters. What `\s` is differs by language."""
LARGEST = 2**53 - 1
"""Every JSON reader holds whole numbers up to here exactly (RFC 7493)."""


@dataclass(frozen=True)
class Written:
    """A day or a moment: text of one pattern. In Python also an instance of the type.

    `error`: the type of the one error that is reported, whatever is wrong.
    """

    pattern: str
    format: str
    error: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        value: Any = handler(source)
        text = cs.str_schema(pattern=self.pattern, strict=True)
        written = cs.chain_schema([text, value])
        made = cs.union_schema([{**value, "strict": True}, written], mode="left_to_right")
        return cs.json_or_python_schema(
            cs.custom_error_schema(written, self.error), cs.custom_error_schema(made, self.error)
        )

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> Schema:
        return {"type": "string", "format": self.format, "pattern": self.pattern}


@dataclass(frozen=True)
class Between:
    """A day within limits. JSON Schema has none for dates: `pattern` and `never` say the same."""

    ge: date
    le: date
    pattern: str
    never: str
    """The one day that has the pattern and lies outside."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        return cs.chain_schema([handler(source), cs.date_schema(ge=self.ge, le=self.le)])

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> Schema:
        made = {"type": "string", "format": "date", "pattern": self.pattern}
        return {**made, "not": {"const": self.never}}


@dataclass(frozen=True)
class Whole:
    """A whole number from `ge` to `le`. 5.0 is one as well: JSON Schema says so."""

    ge: int = -LARGEST
    le: int = LARGEST

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        number = _whole(-LARGEST, LARGEST)
        if self == Whole():
            return number
        return cs.chain_schema([number, cs.int_schema(ge=self.ge, le=self.le)])

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> Schema:
        return {"type": "integer", "minimum": self.ge, "maximum": self.le}


@dataclass(frozen=True)
class Trimmed:
    """One line of text; spaces around it are removed. A control character is a typing accident.

    `most`: characters, spaces included. `least` 1: not only spaces.
    """

    most: int
    least: int = 1

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        sent = cs.str_schema(pattern=f"^[^{CONTROLS}]*$", max_length=self.most, strict=True)
        kept = cs.str_schema(strip_whitespace=True, min_length=self.least)
        return cs.chain_schema([sent, kept])

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> Schema:
        line, more = f"[^{CONTROLS}]*", f"[^{CONTROLS}{SPACES}]"
        pattern = f"^{line}{more}{line}$" if self.least else f"^{line}$"
        return {
            "type": "string",
            "minLength": self.least,
            "maxLength": self.most,
            "pattern": pattern,
        }


def _whole(least: int, most: int) -> Any:
    written = cs.int_schema(strict=True, ge=least, le=most)
    with_point = cs.chain_schema([cs.float_schema(strict=True), cs.int_schema(ge=least, le=most)])
    either = cs.union_schema([written, with_point], mode="left_to_right")
    return cs.custom_error_schema(either, "int_type")
