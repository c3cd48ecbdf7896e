"""Values for a JSON schema of the API's document: what it asks for, with canaries in every text, and what it does not."""

from collections.abc import Mapping
from typing import Any

from app.core.values.ids import uuid7
from tests.canaries.values import MARK, NAME, NATIONAL_ID, canary_for, is_code

_MAX_DEPTH = 6


class SchemaValues:
    """components: the document's schemas. known: values of fields that name a record which exists, by the field's name."""

    def __init__(self, components: Mapping[str, Any], known: Mapping[str, str]) -> None:
        self._components = components
        self._known = known

    def valid(self, schema: Mapping[str, Any], field: str = "", *, full: bool = True, depth: int = 0) -> Any:
        """A value that the schema allows. full: with everything that may be left out."""
        schema = self.resolve(schema)
        if "const" in schema or "enum" in schema:
            return schema.get("const", next(iter(schema.get("enum", [None]))))
        if field in self._known:
            return self._known[field]
        match schema.get("type"):
            case "object":
                return self._valid_object(schema, full=full, depth=depth)
            case "array":
                return [
                    self.valid(schema.get("items", {}), field.removesuffix("s"), full=full, depth=depth + 1)
                ]
            case "integer" | "number":
                return min(max(schema.get("minimum", 10_000), 1), schema.get("maximum", 10_000))
            case "boolean":
                return False
            case _:
                return self._valid_text(schema, field)

    def _valid_object(self, schema: Mapping[str, Any], *, full: bool, depth: int) -> dict[str, Any]:
        required = schema.get("required", [])
        names = [name for name in schema.get("properties", {}) if full or name in required]
        if depth > _MAX_DEPTH:
            names = []
        properties = schema.get("properties", {})
        return {name: self.valid(properties[name], name, full=full, depth=depth + 1) for name in names}

    def _valid_text(self, schema: Mapping[str, Any], field: str) -> str:
        pattern = schema.get("pattern", "")
        match schema.get("format"):
            case "date":
                return "1984-03-02" if "birth" in field else self._known["today"]
            case "date-time":
                return f"{self._known['today']}T00:00:00Z"
            case "uuid":
                return str(uuid7())
        if "month" in field:
            return self._known["today"][:7]
        if "time" in field and "[0-9]" in pattern:
            return "08:00"
        return f"{field.replace('_', '-')[:20]}-917".lower() if is_code(field) else canary_for(field)

    def wrong(self, schema: Mapping[str, Any], depth: int = 0) -> Any:
        """A value of the schema's outline with a wrong one in every place, and a field that nobody knows."""
        schema = self.resolve(schema)
        match schema.get("type"):
            case "object" if depth <= _MAX_DEPTH:
                properties = schema.get("properties", {})
                wrong = {name: self.wrong(inner, depth + 1) for name, inner in properties.items()}
                return wrong | {f"{MARK}_{NATIONAL_ID}": NAME}
            case "array":
                return [self.wrong(schema.get("items", {}), depth + 1), NAME]
            case "string" if not schema.get("pattern") and not schema.get("format") and "enum" not in schema:
                return {MARK: [NATIONAL_ID, NAME]}
        return f"{MARK} {NATIONAL_ID}\u200b"

    def resolve(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema itself in place of a reference, and the first alternative that is not null."""
        while True:
            if "$ref" in schema:
                schema = self._components[schema["$ref"].rsplit("/", 1)[1]]
            elif alternatives := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
                schema = next((each for each in alternatives if each.get("type") != "null"), {})
            else:
                return schema
