"""The judge of pages: what every page of the portal must keep, said as a list of faults.

The test client hands every HTML answer to `judge`; a page without faults gives an empty list.
It looks at the page alone: what a page says is tested elsewhere. Whether a page is valid HTML is asked of the
standard's slow parser once for every *shape* (see `shape_of`), for nothing else decides it; the shape is parsed
for the page, being a fraction of it.
"""

from __future__ import annotations

import html as entities
import re
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import html5lib
from html5lib.constants import E as PARSE_ERRORS
from lxml import etree

Node = Any  # an element of lxml

CONTROLS = {"input", "select", "textarea"}
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
LEFT_OVER = ("None", "undefined", "NaN", "Undefined", "True", "False")  # as words of their own
PIECES = ("{{", "{%", "[object Object]", "<built-in", "<function", "Decimal(")
LEFTOVERS = re.compile(rf"\b({'|'.join(LEFT_OVER)})\b|{'|'.join(map(re.escape, PIECES))}")
REFERRING = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list")
_VALUES = {name: etree.XPath(f"//@{name}", smart_strings=False) for name in ("id", *REFERRING)}
_FORBIDDEN = etree.XPath(
    "//*[@*[name() = 'style' or starts-with(name(), 'on') or starts-with(name(), 'hx-on')]]"
)
_ADDRESSES = etree.XPath(
    "//@*[contains('|href|src|action|formaction|xlink:href|', concat('|', name(), '|'))]"
)
QUIET = {"script", "style", "template", "code", "pre", "textarea"}


# What cannot change whether a page is valid HTML: words without markup, and values in double quotes. The value
# of `type` can (a hidden field may stand in a table), and so can whatever is not plain.
_PLAIN = r"""[^<>&"'\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]"""
_ESCAPED = re.compile("&(?:amp|lt|gt|quot|nbsp|#3[49]);")
_WORDS = re.compile(f"(?<=>){_PLAIN}+(?=<)")
_VALUE = re.compile(f'(?<!type)="{_PLAIN}*"')
_ALIKE = re.compile(r"(<(tr|li|option)\b(?:(?!</?\2\b).)*</\2>\s*)\1{2,}", re.DOTALL)
_valid: set[bytes] = set()
kept_in: list[Path] = []
"""The folder, if any, where shapes that were passed are known to all workers of a run."""


def shape_of(html: str) -> str:
    """A page without its words and values, and of rows, items and options that are alike two: what makes it valid."""
    bare = _VALUE.sub('=""', _WORDS.sub(_a_word, _ESCAPED.sub("·", html)))
    return _ALIKE.sub(r"\1\1", bare)


def _a_word(words: re.Match[str]) -> str:
    return "x" if words.group().strip(" \t\n\r\f") else " "


def _invalid(html: str) -> list[str]:
    """What the parser of the standard finds wrong; a page whose shape it passes is passed."""
    shape = shape_of(html)
    mark = sha256(shape.encode()).digest()
    if mark in _valid or any((folder / mark.hex()).exists() for folder in kept_in):
        return []
    if not _faults_of_form(shape):
        _valid.add(mark)
        for folder in kept_in:
            (folder / mark.hex()).touch()
        return []
    return _faults_of_form(html) or _faults_of_form(shape)


def _faults_of_form(html: str) -> list[str]:
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    parser.parse(html)
    return [
        f"not valid HTML at line {line}: {PARSE_ERRORS.get(code, code) % facts}"
        for (line, _), code, facts in parser.errors
    ]


def judge(html: str, path: str) -> list[str]:
    """Faults of the page at the path, one sentence each, in the order of the checks."""
    root = etree.fromstring(html, etree.HTMLParser(remove_comments=True, remove_pis=True))
    faults = _invalid(html)
    for check in (_document, _headings, _ids, _controls, _forms, _names, _tables, _policy):
        faults += check(root)
    # A page where no such word stands anywhere has none in what people read.
    whole = entities.unescape(html)
    if any(left in whole for left in (*LEFT_OVER, *PIECES)):
        faults += _leftovers(root)
    return [f"{path}: {fault}" for fault in faults]


def _all(root: Node, *tags: str) -> Iterator[Node]:
    return iter(root.iter(*(tags or ("*",))))


def _text(node: Node) -> str:
    return " ".join("".join(node.itertext()).split())


def _name(node: Node) -> str:
    """What a screen reader would call the element: its label, its text, or the alternatives inside it."""
    inside = [child.get("alt") or child.get("aria-label") or "" for child in _all(node, "img", "svg")]
    return (node.get("aria-label") or _text(node) or " ".join(inside) or node.get("title") or "").strip()


def _document(root: Node) -> Iterator[str]:
    if root.get("lang") != "vi":
        yield "the page does not say lang=vi"
    titles = [_text(node) for node in _all(root, "title") if node in root.xpath("/html/head/*")]
    if len(titles) != 1 or not titles[0].strip(" ·"):
        yield "the page needs one title that is not empty"
    elif titles[0].startswith("·"):
        yield "the title lacks the name of the page"
    if sum(1 for _ in _all(root, "main")) != 1:
        yield "the page needs exactly one main"


def _headings(root: Node) -> Iterator[str]:
    levels = [(int(node.tag[1]), _text(node)) for node in _all(root, *HEADINGS)]
    if sum(1 for level, _ in levels if level == 1) != 1:
        yield f"the page needs exactly one h1, it has {sum(1 for level, _ in levels if level == 1)}"
    before = 0
    for level, text in levels:
        if not text:
            yield f"an h{level} is empty"
        if level > before + 1:
            yield f"heading “{text}” skips from h{before} to h{level}"
        before = level


def _ids(root: Node) -> Iterator[str]:
    counted = Counter(_VALUES["id"](root))
    yield from (f"id “{name}” is used {n} times" for name, n in counted.items() if n > 1)
    yield from ("an id is empty or has a space" for name in counted if not name or " " in name)
    for attribute in REFERRING:
        named = {name for value in _VALUES[attribute](root) for name in value.split()}
        yield from (
            f"{attribute} names “{name}”, which is not there" for name in sorted(named - set(counted))
        )


def _controls(root: Node) -> Iterator[str]:
    labelled = {node.get("for") for node in _all(root, "label") if node.get("for") and _text(node)}
    wrapped = {inner for node in _all(root, "label") if _text(node) for inner in _all(node, *CONTROLS)}
    for node in _all(root, *CONTROLS):
        if node.tag == "input" and node.get("type") in UNLABELLED:
            continue
        known = node.get("id") in labelled or node in wrapped
        if not (known or node.get("aria-label") or node.get("aria-labelledby")):
            yield f"{node.tag} “{node.get('name')}” has no label"


def _forms(root: Node) -> Iterator[str]:
    for form in _all(root, "form"):
        names = {node.get("name") for node in _all(form, "input")}
        method = (form.get("method") or "get").lower()
        where = form.get("action") or form.get("id") or "this page"
        if method == "post" and "csrf_token" not in names:
            yield f"the POST form to {where} lacks csrf_token"
        if method == "get" and "csrf_token" in names:
            yield f"the GET form to {where} shows csrf_token in the address"
        if form.get("action") == "":
            yield "a form has an empty action: leave it out"
    for node in _all(root, "form"):
        if any(inner is not node for inner in _all(node, "form")):
            yield "a form stands inside another form"


def _names(root: Node) -> Iterator[str]:
    for node in _all(root, "img"):
        if node.get("alt") is None:
            yield f"image {node.get('src')} has no alt"
    for node in _all(root):
        if node.get("role") == "img" and not (node.get("aria-label") or node.get("aria-labelledby")):
            yield "a drawing with role=img has no name"
        if node.tag == "svg" and node.get("role") != "img" and node.get("aria-hidden") != "true":
            yield "an svg is neither named (role=img) nor hidden (aria-hidden)"
    for node in _all(root, "a", "button", "summary"):
        if not _name(node):
            yield f"a {node.tag} has no text ({node.get('href') or node.get('value') or ''})"
    for node in _all(root, "a"):
        if node.get("href") == "":
            yield f"the link “{_name(node)}” leads nowhere"
    for node in _all(root, "iframe", "object", "nav", "dialog"):
        named = node.get("title") or node.get("aria-label") or node.get("aria-labelledby")
        if not named:
            yield f"a {node.tag} has no name"


def _tables(root: Node) -> Iterator[str]:
    for table in _all(root, "table"):
        heads = list(_all(table, "th"))
        if not heads:
            yield "a table has no th"
        elif table.find("thead") is None and not any(head.get("scope") for head in heads):
            yield "a table has neither thead nor th with scope"
        yield from ("a th is empty: name the column" for head in heads if not _name(head))


def _policy(root: Node) -> Iterator[str]:
    for _style in _all(root, "style"):
        yield "the page has a style element"
    for node in _all(root, "script"):
        if not node.get("src") or _text(node):
            yield "the page has an inline script"
    for node in _FORBIDDEN(root):
        if "style" in node.attrib:
            yield f"a {node.tag} has a style attribute"
        yield from (f"a {node.tag} has {name}" for name in node.attrib if name.startswith(("on", "hx-on")))
    for address in _ADDRESSES(root):
        node, value = address.getparent(), address.strip().lower()
        if value.startswith("javascript:"):
            yield f"a {node.tag} has a javascript: address"
        outside = value.startswith(("http:", "https:", "//"))
        if outside and node.tag in ("script", "link", "img", "iframe", "form"):
            yield f"a {node.tag} loads from another site: {address}"


def _leftovers(root: Node) -> Iterator[str]:
    def walk(node: Node) -> Iterator[str]:
        if node.tag not in QUIET:
            if node.text:
                yield node.text
            yield from (node.get(name) or "" for name in ("alt", "title", "aria-label", "value", "content"))
            for child in node:
                yield from walk(child)
                if child.tail:
                    yield child.tail

    for text in walk(root):
        for match in LEFTOVERS.finditer(text):
            if not text.startswith('{"includeIndicatorStyles"'):
                yield f"left over in the text: “{match.group()}” in “{' '.join(text.split())[:60]}”"
