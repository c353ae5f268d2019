"""Growth: the overview with two, five, ten times the cycles. From kept figures it must cost the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from . import pages
from .province import Province
from .sizes import LAST_YEAR
from .table import Line, amount


def growth_lines(province: Province, times: Sequence[int], rounds: int, calls: int) -> Iterator[Line]:
    """Add years to the province step by step, and measure the overview after each."""
    years = province.size.cycles
    first = pages.overview_costs(province, rounds, calls)
    kept, live = first["kept"].cpu / first["bare"].cpu, first["live"].database
    yield amount("lớn dần", "toàn tỉnh, đếm ngay: SQL (CPU)", live * 1000, "ms", None, f"{years} năm")
    for factor in sorted(times):
        wanted = province.size.cycles * factor
        province.filler.add_years(LAST_YEAR - n for n in range(years, wanted))
        years = max(years, wanted)
        province.settle()
        now = pages.overview_costs(province, rounds, calls)
        ratio = now["kept"].cpu / now["bare"].cpu
        note = f"{years} năm; SQL {now['kept'].database * 1000:.1f} ms, đếm ngay {now['live'].database * 1000:.0f} ms"
        yield amount("lớn dần", f"toàn tỉnh: {factor} lần dữ liệu / 1 lần", ratio / kept, "×", 1.3, note)
