"""The judge of pages finds each fault it knows, and passes a good page."""

from __future__ import annotations

import pytest

from tests.pages import judge, shape_of

GOOD = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Hồ sơ · Cổng</title>
<script src="/static/app.js" defer></script></head><body><main><h1>Hồ sơ</h1><h2>Đơn vị</h2><h3>Lớp</h3>
<form method="post" action="/x"><input type="hidden" name="csrf_token" value="t"><label for="a">Tên</label>
<input id="a" name="a"><label>Có <input type="checkbox" name="b"></label><button>Lưu</button></form>
<p>Không có số nào. Nonesuch, Undefinedly.</p><a href="/y"><img src="/z.png" alt="Xem"></a>
<svg role="img" aria-label="nửa"><rect width="1"/></svg><svg aria-hidden="true"></svg>
<table><thead><tr><th>Tên</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table></main></body></html>"""


def test_a_good_page_has_no_faults() -> None:
    assert judge(GOOD, "/") == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<!doctype html>", "", "not valid HTML"),
        ("<p>Không", "<p><div></p>Không", "not valid HTML"),
        ("</h2>", "</h3>", "not valid HTML"),
        ('lang="vi"', 'lang="en"', "lang=vi"),
        ("<title>Hồ sơ · Cổng</title>", "<title> </title>", "one title"),
        ("<title>Hồ sơ · Cổng</title>", "", "one title"),
        ("<title>Hồ sơ", "<title> ", "lacks the name"),
        ("<main>", "<div>", "exactly one main"),
        ("<h1>Hồ sơ</h1>", "", "exactly one h1"),
        ("<h2>Đơn vị</h2>", "<h1>Đơn vị</h1>", "exactly one h1"),
        ("<h2>Đơn vị</h2>", "", "skips from h1 to h3"),
        ("<h3>Lớp</h3>", "<h3></h3>", "h3 is empty"),
        ("<p>Không", '<p id="a">Không', "used 2 times"),
        ("<p>Không", '<p id="">Không', "id is empty"),
        ('<input id="a"', '<input id="a" aria-describedby="gone"', "which is not there"),
        ('<label for="a">Tên</label>', "", "has no label"),
        ('<label for="a">Tên</label>', '<label for="a"></label>', "has no label"),
        ("<p>Không", '<select name="s"></select><p>Không', "has no label"),
        ("csrf_token", "token", "lacks csrf_token"),
        ('method="post"', 'method="get"', "shows csrf_token"),
        ('action="/x"', 'action=""', "empty action"),
        (' alt="Xem"', "", "has no alt"),
        (' alt="Xem"', ' alt=""', "a a has no text"),
        ("<button>Lưu</button>", "<button></button>", "a button has no text"),
        ('href="/y"', 'href=""', "leads nowhere"),
        (' aria-label="nửa"', "", "role=img has no name"),
        (' aria-hidden="true"', "", "neither named"),
        ("<p>Không", "<nav></nav><p>Không", "a nav has no name"),
        ("<th>Tên</th>", "<td>Tên</td>", "no th"),
        ("<th>Tên</th>", "<th></th>", "th is empty"),
        ("thead", "tbody", "neither thead"),
        ("<p>Không", "<script>1</script><p>Không", "inline script"),
        ("<p>Không", "<style>p{}</style><p>Không", "style element"),
        ("<p>Không", '<p style="x">Không', "style attribute"),
        ("<p>Không", '<p onclick="x">Không', "has onclick"),
        ("<p>Không", '<p hx-on:click="x">Không', "has hx-on:click"),
        ('href="/y"', 'href=" JavaScript:x"', "javascript: address"),
        ("/static/app.js", "https://elsewhere.example/app.js", "another site"),
        ("Không có", "None có", "left over"),
        ("Không có", "undefined", "left over"),
        ("Không có", "{{ n }}", "left over"),
        ('alt="Xem"', 'alt="None"', "left over"),
    ],
)
def test_each_fault_is_found(old: str, new: str, fault: str) -> None:
    assert old in GOOD
    assert any(fault in sentence for sentence in judge(GOOD.replace(old, new), "/")), judge(
        GOOD.replace(old, new), "/"
    )


def test_text_in_code_is_not_a_leftover() -> None:
    assert judge(GOOD.replace("Không có", "<code>None</code>"), "/") == []


def test_a_form_inside_a_form_is_found() -> None:
    nested = GOOD.replace("<button>", '<form action="/n"></form><button>')
    assert judge(nested, "/")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<td>1</td>", '<td>1</td></tr><tr><input type="hidden" name="n">'),
        ("<td>1</td>", "<td><p>1</td>" * 4 + "</p>"),
        ("Tên</label>", "T&ecirc</label>"),
        ("Tên</label>", "Tên\x01</label>"),
        (' name="a"', ' name="a" name="a"'),
    ],
)
def test_what_makes_a_page_invalid_is_in_its_shape(old: str, new: str) -> None:
    """A page that differs from a valid one in more than words, values and alike rows is asked about anew."""
    rows = GOOD.replace("<tr><td>1</td></tr>", "<tr><td>Một</td></tr><tr><td>&amp;</td></tr>" * 5)
    assert judge(rows, "/") == []
    assert shape_of(rows) == shape_of(rows.replace("Một", "Hai").replace("<tr><td>&amp;</td></tr>", "", 2))
    assert any("not valid HTML" in fault for fault in judge(GOOD.replace(old, new), "/"))
