"""Sharing dossiers out, and which are clean: rules by table and by many random cases."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from portal.appraisal.clean import CleanFacts, reasons_against
from portal.appraisal.sharing import NOBODY, Hand, ToGive, share_out

KINDS = ("primary", "preschool", "enterprise")
CLEAN = CleanFacts((), False, 0, (), (), (), 0, 1, 1, "Đạt mức độ 1.")


def test_loads_become_equal_and_kinds_go_round() -> None:
    """Nine dossiers of three kinds among three: three each, one of every kind; who has more already gets fewer."""
    dossiers = [ToGive(n, n, KINDS[n // 3]) for n in range(9)]
    plan = share_out(dossiers, [Hand(1, 0), Hand(2, 0), Hand(3, 0)], {})
    assert [one.dossier_id for one in plan] == list(range(9))
    got = Counter((one.account_id, KINDS[one.dossier_id // 3]) for one in plan)
    assert set(got.values()) == {1}
    uneven = Counter(one.account_id for one in share_out(dossiers, [Hand(1, 5), Hand(2, 0), Hand(3, 1)], {}))
    assert uneven == {2: 5, 3: 4}


def test_nobody_gets_a_unit_of_his_own_and_loads_differ_by_what_that_forces() -> None:
    """Whatever the conflicts: all are kept, only the impossible is left, and without conflicts loads differ by one."""
    chance = random.Random(7)
    for _ in range(200):
        people = [Hand(n, chance.randint(0, 3)) for n in range(chance.randint(1, 4))]
        dossiers = [ToGive(n, n, chance.choice(KINDS)) for n in range(chance.randint(0, 12))]
        barred = {
            (one.account_id, d.unit_id): "có quan hệ"
            for one in people
            for d in dossiers
            if chance.random() < 0.3
        }
        for one in share_out(dossiers, people, barred):
            able = [p for p in people if (p.account_id, one.dossier_id) not in barred]
            assert (one.account_id is None) == (not able)
            assert one.why_not == ("" if able else NOBODY)
            assert (one.account_id, one.dossier_id) not in barred
        free = Counter({p.account_id: 0 for p in people})
        free.update(g.account_id for g in share_out(dossiers, [replace(p, load=0) for p in people], {}))
        assert max(free.values()) - min(free.values()) <= 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"lacking": ("Chưa có quyết định thành lập Tổ.",)}, "Chưa có quyết định thành lập Tổ."),
        ({"open_request": True}, "yêu cầu bổ sung"),
        ({"open_waivers": 1}, "không áp dụng"),
        ({"panel": 2}, "2 người chấm riêng"),
        ({"corrected": ("số thành viên",)}, "hiệu chỉnh số thành viên"),
        ({"differing": ("2.5",)}, "khác đơn vị ở 2.5"),
        ({"doubtful": ("1.1", "1.2")}, "1.1, 1.2"),
        ({"flags": ("Số liệu trùng với năm trước.",)}, "Số liệu trùng với năm trước."),
        ({"supported": 0, "sentence": "Không đạt mức độ 1."}, "Không đạt mức độ 1."),
        ({"supported": None, "sentence": "Chưa kết luận được."}, "Chưa kết luận được."),
    ],
)
def test_every_reason_alone_makes_a_dossier_unclean(changed: dict[str, object], said: str) -> None:
    """A clean dossier has no reason; each fact gives exactly one, in words."""
    assert reasons_against(CLEAN) == ()
    against = reasons_against(replace(CLEAN, **changed))  # type: ignore[arg-type]
    assert len(against) == 1
    assert said in against[0]
