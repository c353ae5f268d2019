"""Addresses that are remembered are those Flask builds."""

from __future__ import annotations

from typing import Any

from flask import Flask, url_for

from portal.addresses import numbered
from tenants.access import GuardedFlask


def test_an_address_is_the_one_flask_builds(program: GuardedFlask) -> None:
    """Also where two values are equal, below another root, and with what is not remembered."""
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("dossiers.show", {"dossier_id": 7}),
        ("dossiers.show", {"dossier_id": 8, "_anchor": "so-lieu"}),
        ("appraisal.queue", {"nam": 1}),
        ("appraisal.queue", {"nam": True}),
        ("appraisal.queue", {"nam": "1&q=a b"}),
        ("appraisal.queue", {"nam": None}),
        ("appraisal.queue", {"nam": [1, 2]}),
        ("dossiers.show", {"dossier_id": 7, "_external": True}),
        ("static", {"filename": "app.css"}),
    )
    for root in ("", "/cong"):
        with program.test_request_context("/", environ_overrides={"SCRIPT_NAME": root}):
            for _ in range(2):
                for endpoint, values in asked:
                    assert url_for(endpoint, **values) == Flask.url_for(program, endpoint, **values)


def test_an_address_with_the_number_put_in_is_the_one_flask_builds(program: GuardedFlask) -> None:
    """In the path and in the query, below another root too."""
    for root in ("", "/cong"):
        with program.test_request_context("/", environ_overrides={"SCRIPT_NAME": root}):
            save = numbered("dossiers.save_answer", "indicator_id", dossier_id=7)
            year = numbered("appraisal.queue", "nam")
            for number in (1, 2026, 2**31 - 1):
                assert save(number) == url_for("dossiers.save_answer", dossier_id=7, indicator_id=number)
                assert year(number) == url_for("appraisal.queue", nam=number)


def test_what_somebody_typed_does_not_fill_the_memory(program: GuardedFlask) -> None:
    """Anybody signed out may ask for a page under an address of thousands of characters, each time another one."""
    remembered = program._address.cache_info  # type: ignore[attr-defined]
    with program.test_request_context("/"):
        before = remembered().currsize
        for number in range(3):
            asked = f"/ho-so/1?x={number}{'a' * 3000}"
            assert url_for("account.sign_in", tiep=asked).endswith("a" * 3000)
        assert remembered().currsize == before
        url_for("account.sign_in", tiep="/ho-so/1?x=ngan")
        assert remembered().currsize == before + 1
