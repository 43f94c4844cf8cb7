"""Empty files to fill in, and what editors need to complete and underline: a JSON Schema for each kind."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from content.kinds import KINDS, Kind
from content.learning import AdvertWords
from content.loading import SCHEMAS_FOLDER
from content.schema import Hotlines, Interface, Safety, Text

_SINGLE: dict[str, type[BaseModel]] = {
    "hotlines": Hotlines,
    "interface": Interface,
    "safety": Safety,
    "adverts": AdvertWords,
}
_INDENT = "  "


def schema_line(name: str, depth: int) -> str:
    """The first line of a content file, by which editors find its schema."""
    return f"# yaml-language-server: $schema={'../' * depth}{SCHEMAS_FOLDER}/{name}.json"


def schemas() -> dict[str, str]:
    """The JSON Schema of each kind of file, by its name."""
    models: dict[str, type[BaseModel]] = {kind.singular: kind.model for kind in KINDS}
    models |= _SINGLE
    return {name: _schema(model) for name, model in models.items()}


def _schema(model: type[BaseModel]) -> str:
    made = {"$schema": "http://json-schema.org/draft-07/schema#", **model.model_json_schema()}
    # YAML writes a date without quotes, and editors would call that wrong.
    return (
        json.dumps(made, ensure_ascii=False, indent=1)
        .replace('"$defs"', '"definitions"')
        .replace("#/$defs/", "#/definitions/")
        + "\n"
    )


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into the content `folder`; those that changed."""
    changed = []
    (folder / SCHEMAS_FOLDER).mkdir(exist_ok=True)
    for name, text in schemas().items():
        path = folder / SCHEMAS_FOLDER / f"{name}.json"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def scaffold(kind: Kind) -> str:
    """A file of this kind with every field in it, empty, and what belongs into each."""
    lines = [schema_line(kind.singular, 1), f"# {' '.join((kind.model.__doc__ or '').split())}"]
    lines += _fields(kind.model, 0)
    return "\n".join(lines) + "\n"


def _fields(model: type[BaseModel], depth: int) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield from _field(field.alias or name, field, depth)


def _field(name: str, field: FieldInfo, depth: int) -> Iterator[str]:
    pad = _INDENT * depth
    if field.description:
        yield f"{pad}# {field.description}"
    inner = _model_in(field.annotation)
    mark = "" if field.is_required() else "# "
    if inner is Text:
        yield f'{pad}{mark}{name}: {{zh: "", en: ""}}'
    elif field.annotation is date:
        yield f"{pad}{mark}{name}: {date.today().isoformat()}"
    elif inner is not None and field.is_required():
        listed = "tuple" in str(field.annotation)
        keyed = "dict" in str(field.annotation)
        yield f"{pad}{name}:"
        if keyed:
            yield f"{pad}{_INDENT}first:"
        nested = list(_fields(inner, depth + (2 if listed or keyed else 1)))
        if listed:
            at = next(i for i, line in enumerate(nested) if not line.lstrip().startswith("#"))
            nested[at] = f"{pad}{_INDENT}- {nested[at].lstrip()}"
        yield from nested
    elif "tuple" in str(field.annotation):
        yield f"{pad}{mark}{name}: []"
    else:
        choices = _choices(field.annotation)
        yield f"{pad}{mark}{name}: {f'# one of: {choices}' if choices else ''}".rstrip()


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that an annotation is, or is a list or a mapping of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _model_in(part)
        if found is not None:
            return found
    return None


def _choices(annotation: Any) -> str:
    values = getattr(annotation, "__args__", ()) or tuple(getattr(annotation, "__members__", {}).values())
    return ", ".join(str(value) for value in values if isinstance(value, str))
