"""The catalogue of open data for machines: DCAT 3 as JSON-LD, with the dictionary of every data set."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .dictionary import Column
from .files import MEDIA_TYPES
from .licence import Licence
from .sets import DATA_SETS, DataSet

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "csvw": "http://www.w3.org/ns/csvw#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def catalog(home: str, publisher: str, licence: Licence, updated: dict[str, datetime]) -> dict[str, Any]:
    """Return the catalogue; `home` is the public address of the page, `updated` when each data set last changed."""
    return {
        "@context": _CONTEXT,
        "@id": home,
        "@type": "dcat:Catalog",
        "dct:title": "Dữ liệu mở về công nhận “Đơn vị học tập”",
        "dct:language": "vi",
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": publisher},
        "dct:license": {"@id": licence.url},
        "foaf:homepage": {"@id": home},
        "dcat:dataset": [
            _data_set(home, data_set, licence, updated[data_set.slug]) for data_set in DATA_SETS.values()
        ],
    }


def _data_set(home: str, data_set: DataSet, licence: Licence, updated: datetime) -> dict[str, Any]:
    return {
        "@id": f"{home}#{data_set.slug}",
        "@type": "dcat:Dataset",
        "dct:identifier": data_set.slug,
        "dct:title": data_set.title,
        "dct:description": data_set.description,
        "dct:modified": {"@type": "xsd:dateTime", "@value": updated.isoformat()},
        "dct:license": {"@id": licence.url},
        "dct:rights": licence.name + (f", {licence.document}" if licence.document else " (Sở chưa xác nhận)"),
        "dcat:keyword": list(data_set.keywords),
        "csvw:tableSchema": {"csvw:column": [_column(column) for column in data_set.columns]},
        "dcat:distribution": [
            {
                "@id": f"{home}{data_set.slug}.{ext}",
                "@type": "dcat:Distribution",
                "dct:title": ext.upper(),
                "dcat:accessURL": {"@id": home},
                "dcat:downloadURL": {"@id": f"{home}{data_set.slug}.{ext}"},
                "dcat:mediaType": media_type.partition(";")[0],
            }
            for ext, media_type in MEDIA_TYPES.items()
        ],
    }


def _column(column: Column) -> dict[str, Any]:
    entry = column.as_json()
    return {
        "csvw:name": entry.pop("name"),
        "dct:description": entry.pop("meaning"),
        "csvw:datatype": entry.pop("type"),
        **entry,
    }
