"""The OpenAPI 3.1 document of the API, made from the table of its resources and from nothing else."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from portal.open_data.dictionary import Column
from tenants.tokens import PER_MINUTE

from .asking import MOST, USUAL
from .resources import RESOURCES, Filter, Resource

VERSION = "1.0.0"
_TYPES: dict[type, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
}
_KEY = {"type": "string", "pattern": "^[1-9][0-9]*-[1-9][0-9]*$"}
PROBLEMS = {
    400: "Tham số không đọc được",
    401: "Thiếu khóa, hoặc khóa không dùng được",
    404: "Không có trong phạm vi của khóa",
    429: "Hỏi quá nhiều trong một phút",
}


def document(server: str) -> dict[str, Any]:
    """Return the document; `server` is the address the paths hang under."""
    paths: dict[str, Any] = {}
    for resource in RESOURCES.values():
        paths[f"/{resource.slug}"] = {"get": _list(resource)}
        paths[f"/{resource.slug}/{{id}}"] = {"get": _one(resource)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "API chỉ đọc của Cổng Đơn vị học tập",
            "version": VERSION,
            "description": f"Khóa của một nơi chỉ đọc được dữ liệu của nơi đó; mỗi khóa hỏi được {PER_MINUTE} lần một phút.",
        },
        "servers": [{"url": server}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                **{resource.slug: _schema(resource) for resource in RESOURCES.values()},
                "problem": _problem(),
            },
            "responses": {f"problem_{code}": _answer(words) for code, words in PROBLEMS.items()},
        },
    }


def _problem() -> dict[str, Any]:
    properties = {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    }
    return {
        "type": "object",
        "description": "Lỗi theo RFC 9457",
        "required": list(properties),
        "properties": properties,
    }


def _answer(words: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/problem"}
    return {"description": words, "content": {"application/problem+json": {"schema": schema}}}


def _schema(resource: Resource) -> dict[str, Any]:
    return {
        "type": "object",
        "description": resource.description,
        "required": list(resource.names),
        "properties": {column.name: _property(column) for column in resource.columns},
        "additionalProperties": False,
    }


def _property(column: Column) -> dict[str, Any]:
    found = dict(_TYPES[column.type], description=column.meaning)
    if column.values:
        found["enum"] = [column.type(value) for value in column.values]
        found["description"] += ": " + "; ".join(
            f"{value} = {words}" for value, words in column.values.items()
        )
    if column.empty:
        found["type"] = [found["type"], "null"]
        found["description"] += f" (null: {column.empty})"
        if "enum" in found:
            found["enum"].append(None)
    return found


def _responses(schema: dict[str, Any], *problems: int) -> dict[str, Any]:
    return {
        "200": {"description": "Trả lời", "content": {"application/json": {"schema": schema}}},
        "304": {"description": "Không đổi từ lần hỏi có ETag này"},
        **{str(code): {"$ref": f"#/components/responses/problem_{code}"} for code in problems},
    }


def _list(resource: Resource) -> dict[str, Any]:
    row = {"$ref": f"#/components/schemas/{resource.slug}"}
    schema = {
        "type": "object",
        "required": ["items", "next"],
        "properties": {
            "items": {"type": "array", "items": row},
            "next": {
                "type": ["string", "null"],
                "description": "Giá trị “after” của trang sau; null: hết",
            },
        },
    }
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    return {
        "operationId": f"list_{resource.slug}",
        "summary": resource.title,
        "description": resource.description,
        "parameters": [
            *(_parameter(name, known.meaning, _filter(known)) for name, known in resource.filters.items()),
            _parameter("limit", "Số dòng của một trang", limit),
            _parameter("after", "Giá trị “next” của trang trước", _KEY),
        ],
        "responses": _responses(schema, 400, 401, 429),
    }


def _filter(known: Filter) -> dict[str, Any]:
    schema = dict(_TYPES[known.type])
    return schema | ({"enum": [known.type(value) for value in known.values]} if known.values else {})


def _parameter(name: str, words: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": words, "schema": schema}


def _one(resource: Resource) -> dict[str, Any]:
    key = {"name": "id", "in": "path", "required": True, "description": "Khóa của dòng", "schema": _KEY}
    return {
        "operationId": f"get_{resource.slug}",
        "summary": f"{resource.title}: một dòng",
        "parameters": [key],
        "responses": _responses({"$ref": f"#/components/schemas/{resource.slug}"}, 400, 401, 404, 429),
    }
