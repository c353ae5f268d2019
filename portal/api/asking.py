"""Reading what the API was asked for: filters, the page's size, after which row; and the rows themselves.

Rows are numbered by place and row ("3-1024"). A page is asked for by the number of the last row seen, so that no
page costs more than the first and none is missed while rows are added.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Select, tuple_

from tenants.database import db
from tenants.refusal import Refused

from .resources import Filter, Resource

USUAL, MOST = 100, 500
_KEY = re.compile(r"([1-9][0-9]{0,8})-([1-9][0-9]{0,17})")
Key = tuple[int, int]


def key_of(text: str) -> Key | None:
    """Read the number of a row; None for what is none."""
    match = _KEY.fullmatch(text)
    return (int(match[1]), int(match[2])) if match else None


def one(resource: Resource, key: Key) -> dict[str, Any] | None:
    """Return a row of the scope, or None."""
    rows = resource.rows
    found = db.session.execute(
        resource.statement().where(rows.tenant_id == key[0], rows.id == key[1])
    ).first()
    return None if found is None else _as_json(resource, found)


def page(resource: Resource, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return a page of a resource as answered: its rows, and after which row the next page begins (None: no more).

    Raises `Refused` (400) with a sentence for a parameter that is unknown or cannot be read.
    """
    unknown = sorted(asked.keys() - resource.filters.keys() - {"limit", "after"})
    if unknown:
        known = ", ".join((*resource.filters, "limit", "after"))
        raise Refused(f"Không có tham số “{unknown[0][:40]}”. Các tham số dùng được: {known}.", 400)
    statement = resource.statement()
    for name, known_filter in resource.filters.items():
        if name in asked:
            statement = statement.where(known_filter.column == _value(name, known_filter, asked[name]))
    limit = _limit(asked.get("limit", str(USUAL)))
    found = db.session.execute(_after(statement, resource, asked.get("after")).limit(limit + 1)).all()
    items = [_as_json(resource, row) for row in found[:limit]]
    return {"items": items, "next": items[-1]["id"] if len(found) > limit else None}


def _value(name: str, known: Filter, text: str) -> str | int:
    if known.values is not None and text not in known.values:
        raise Refused(f"Tham số “{name}” chỉ nhận: {', '.join(known.values)}.", 400)
    if known.type is int:
        if not re.fullmatch(r"[0-9]{1,4}", text):
            raise Refused(f"Tham số “{name}” phải là số nguyên, ví dụ 2026.", 400)
        return int(text)
    if "\0" in text or len(text) > 100:
        raise Refused(f"Không đọc được tham số “{name}”.", 400)
    return text


def _limit(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= MOST:
        raise Refused(f"Tham số “limit” phải từ 1 đến {MOST}.", 400)
    return int(text)


def _after(statement: Select[Any], resource: Resource, text: str | None) -> Select[Any]:
    if text is None:
        return statement
    key = key_of(text)
    if key is None:
        raise Refused("Tham số “after” phải là giá trị “next” của trang trước.", 400)
    return statement.where(tuple_(resource.rows.tenant_id, resource.rows.id) > key)


def _as_json(resource: Resource, row: Sequence[Any]) -> dict[str, Any]:
    tenant_id, row_id, *values = row
    named = dict(zip(resource.names, (f"{tenant_id}-{row_id}", *map(_json, values)), strict=True))
    if "unit_id" in named:
        named["unit_id"] = f"{tenant_id}-{named['unit_id']}"
    return named


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value
