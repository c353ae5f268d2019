"""Every archetype and macro of the look gives pages without faults."""

from __future__ import annotations

import pytest

from tests.house.gallery import PAGES, gallery
from tests.pages import judge


@pytest.mark.parametrize("page", [page for page in PAGES if page != "wrong"])
def test_a_sample_page_has_no_faults(page: str) -> None:
    answer = gallery().test_client().get(f"/{page}")
    assert answer.status_code == 200
    assert judge(answer.text, page) == []


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 409, 413, 418, 422, 429, 500, 503])
def test_the_error_page_has_a_sentence_for_every_code(code: int) -> None:
    answer = gallery().test_client().get(f"/error/{code}")
    assert judge(answer.text, str(code)) == []
    assert f'data-code="{code}"' in answer.text
