"""Is a message still compatible? Compares a released JSON Schema with the current one.

A command or query promises to whoever sends it: what was right stays right. It may accept more. An
event or reply promises to whoever reads it, and old ones are read from topics and journals by new
code: its fields stay exactly as they are. Both may get new optional fields.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
Seen = set[tuple[str, str]]

LOWER = ("minLength", "minItems", "minimum", "exclusiveMinimum")
UPPER = ("maxLength", "maxItems", "maximum", "exclusiveMaximum")
EXACT = ("pattern", "not", "format", "type", "default", "uniqueItems", "additionalProperties")


def breaks(old: Schema, new: Schema) -> list[str]:
    """Sentences about what breaks; empty when nothing does."""
    lenient = old.get("x-kind") in ("command", "query")
    found = dict.fromkeys(_Comparison(old, new, lenient).compare(old, new, ""))
    return [f"{old['title']}: {sentence} {_advice(old['title'])}" for sentence in found]


def removed(name: str) -> str:
    """The sentence for a released message that no longer exists."""
    return f"{name}: it was released and is gone. Others still send or read it; put it back."


def _advice(name: str) -> str:
    head, _, version = name.rpartition(".v")
    return (
        f"Leave {name} as it was and make {head}.v{int(version) + 1} beside it, "
        "served until nobody uses the old one."
    )


class _Comparison:
    """Two schemas with their definitions, walked together."""

    def __init__(self, old: Schema, new: Schema, lenient: bool) -> None:
        self._old, self._new = old.get("$defs", {}), new.get("$defs", {})
        self._lenient = lenient
        self._seen: Seen = set()

    def compare(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        pair = (str(old.get("$ref")), str(new.get("$ref")))
        if "$ref" in old and "$ref" in new:
            if pair in self._seen:
                return
            self._seen.add(pair)
        old, new = _resolve(old, self._old), _resolve(new, self._new)
        yield from self._choices(_branches(old), _branches(new), path)

    def _choices(self, old: list[Schema], new: list[Schema], path: str) -> Iterator[str]:
        """Each old branch needs a new one; where readers are strict, also the other way round."""
        if len(old) == len(new) == 1:
            yield from self._one(old[0], new[0], path)
            return
        for branch in old:
            yield from self._best(branch, new, path, "accepts less than before.")
        if not self._lenient:
            for branch in new:
                if not any(self._fits(known, branch) for known in old):
                    yield f"{_at(path)} may now hold something readers do not expect."

    def _best(self, old: Schema, new: list[Schema], path: str, sentence: str) -> Iterator[str]:
        same = [branch for branch in new if _label(branch, self._new) == _label(old, self._old)]
        if len(same) == 1:
            yield from self.compare(old, same[0], path)
        elif not any(self._fits(old, branch) for branch in new):
            yield f"{_at(path)} {sentence}"

    def _fits(self, old: Schema, new: Schema) -> bool:
        inner = _Comparison({"$defs": self._old}, {"$defs": self._new}, self._lenient)
        return not list(inner.compare(old, new, ""))

    def _one(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        old, new = _resolve(old, self._old), _resolve(new, self._new)
        for word in EXACT:
            if old.get(word) != new.get(word) and not self._allowed(word, old, new):
                yield f"{_at(path)}: its {word} has changed."
        yield from self._limits(old, new, path)
        yield from self._values(_enum(old), _enum(new), path)
        yield from self._fields(old, new, path)
        for word in ("items", "additionalProperties"):
            if isinstance(old.get(word), dict) and isinstance(new.get(word), dict):
                yield from self.compare(old[word], new[word], f"{path}[]")

    def _allowed(self, word: str, old: Schema, new: Schema) -> bool:
        if word == "additionalProperties" and isinstance(old.get(word), dict):
            return isinstance(new.get(word), dict)
        if word == "default" and word not in old:
            return True  # it became optional; what `required` says is judged there
        return self._lenient and word in ("pattern", "not", "uniqueItems") and word not in new

    def _limits(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        for word in (*LOWER, *UPPER):
            before, after = old.get(word), new.get(word)
            if before == after:
                continue
            looser = after is None or (
                before is not None and (after < before if word in LOWER else after > before)
            )
            if not (self._lenient and looser):
                yield f"{_at(path)}: its {word} has changed from {before} to {after}."

    def _values(self, old: set[Any], new: set[Any], path: str) -> Iterator[str]:
        if old and old - new and new:
            yield f"{_at(path)} no longer takes {_list(old - new)}."
        if new and new - old and not (self._lenient and old):
            yield f"{_at(path)} may now be {_list(new - old)}, which readers do not expect."
        if old and not new and not self._lenient:
            yield f"{_at(path)} may now be anything, which readers do not expect."

    def _fields(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed, now_needed = set(old.get("required", ())), set(new.get("required", ()))
        for name in before:
            inner = f"{path}.{name}" if path else name
            if name not in after:
                yield f"{_at(inner)} is gone."
                continue
            if name in now_needed - needed:
                yield f"{_at(inner)} is required now and was not before."
            if name in needed - now_needed and not self._lenient:
                yield f"{_at(inner)} may be missing now, and readers rely on it."
            yield from self.compare(before[name], after[name], inner)
        for name in sorted(now_needed - before.keys()):
            yield f"{_at(f'{path}.{name}' if path else name)} is new and required."


def _resolve(schema: Schema, definitions: Schema) -> Schema:
    """The schema behind a reference, with what was said beside the reference."""
    while "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        beside = {word: value for word, value in schema.items() if word != "$ref"}
        schema = definitions[name] | beside
    return schema


def _branches(schema: Schema) -> list[Schema]:
    for word in ("anyOf", "oneOf"):
        if word in schema:
            beside = {k: v for k, v in schema.items() if k in ("default",)}
            return [branch | beside for branch in schema[word]]
    return [schema]


def _label(schema: Schema, definitions: Schema) -> str:
    """What tells the branches of a union apart: the model's name or the plain type."""
    if "$ref" in schema:
        return str(schema["$ref"])
    resolved = _resolve(schema, definitions)
    return f"{resolved.get('type')}/{resolved.get('format', '')}"


def _enum(schema: Schema) -> set[Any]:
    return {schema["const"]} if "const" in schema else set(schema.get("enum", ()))


def _at(path: str) -> str:
    return f"the field '{path}'" if path else "the message"


def _list(values: set[Any]) -> str:
    return ", ".join(sorted(map(repr, values)))
