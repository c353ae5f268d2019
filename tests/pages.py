"""The judge of pages: what every page of the portal must keep, said as a list of faults.

The test client hands every HTML answer to `judge`; a page without faults gives an empty list.
It looks at the page alone: what a page says is tested elsewhere.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator

import html5lib
from html5lib.constants import E as PARSE_ERRORS

CONTROLS = {"input", "select", "textarea"}
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
LEFTOVERS = re.compile(
    r"\b(None|undefined|NaN|Undefined|True|False)\b|\{\{|\{%|\[object Object\]|<built-in|<function|Decimal\("
)
QUIET = {"script", "style", "template", "code", "pre", "textarea"}


def judge(html: str, path: str) -> list[str]:
    """Faults of the page at the path, one sentence each, in the order of the checks."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    root = parser.parse(html)
    faults = [
        f"not valid HTML at line {line}: {PARSE_ERRORS.get(code, code) % facts}"
        for (line, _), code, facts in parser.errors
    ]
    for check in (_document, _headings, _ids, _controls, _forms, _names, _tables, _policy, _leftovers):
        faults += check(root)
    return [f"{path}: {fault}" for fault in faults]


def _all(root: ET.Element, *tags: str) -> Iterator[ET.Element]:
    return (node for node in root.iter() if isinstance(node.tag, str) and (not tags or node.tag in tags))


def _text(node: ET.Element) -> str:
    return " ".join("".join(node.itertext()).split())


def _name(node: ET.Element) -> str:
    """What a screen reader would call the element: its label, its text, or the alternatives inside it."""
    inside = [child.get("alt") or child.get("aria-label") or "" for child in _all(node, "img", "svg")]
    return (node.get("aria-label") or _text(node) or " ".join(inside) or node.get("title") or "").strip()


def _document(root: ET.Element) -> Iterator[str]:
    if root.get("lang") != "vi":
        yield "the page does not say lang=vi"
    titles = [_text(node) for node in _all(root, "title") if node in list(root.find("head") or ())]
    if len(titles) != 1 or not titles[0].strip(" ·"):
        yield "the page needs one title that is not empty"
    elif titles[0].startswith("·"):
        yield "the title lacks the name of the page"
    if sum(1 for _ in _all(root, "main")) != 1:
        yield "the page needs exactly one main"


def _headings(root: ET.Element) -> Iterator[str]:
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


def _ids(root: ET.Element) -> Iterator[str]:
    counted = Counter(node.get("id") for node in _all(root) if node.get("id") is not None)
    yield from (f"id “{name}” is used {n} times" for name, n in counted.items() if n > 1)
    yield from ("an id is empty or has a space" for name in counted if not name or " " in name)
    for node in _all(root):
        for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list"):
            missing = [name for name in (node.get(attribute) or "").split() if name not in counted]
            yield from (f"{attribute} names “{name}”, which is not there" for name in missing)


def _controls(root: ET.Element) -> Iterator[str]:
    labelled = {node.get("for") for node in _all(root, "label") if node.get("for") and _text(node)}
    wrapped = {inner for node in _all(root, "label") if _text(node) for inner in _all(node, *CONTROLS)}
    for node in _all(root, *CONTROLS):
        if node.tag == "input" and node.get("type") in UNLABELLED:
            continue
        known = node.get("id") in labelled or node in wrapped
        if not (known or node.get("aria-label") or node.get("aria-labelledby")):
            yield f"{node.tag} “{node.get('name')}” has no label"


def _forms(root: ET.Element) -> Iterator[str]:
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


def _names(root: ET.Element) -> Iterator[str]:
    for node in _all(root, "img"):
        if node.get("alt") is None:
            yield f"image {node.get('src')} has no alt"
    for node in _all(root):
        if node.get("role") == "img" and not (node.get("aria-label") or node.get("aria-labelledby")):
            yield "a drawing with role=img has no name"
        if node.tag.endswith("svg") and node.get("role") != "img" and node.get("aria-hidden") != "true":
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


def _tables(root: ET.Element) -> Iterator[str]:
    for table in _all(root, "table"):
        heads = list(_all(table, "th"))
        if not heads:
            yield "a table has no th"
        elif table.find("thead") is None and not any(head.get("scope") for head in heads):
            yield "a table has neither thead nor th with scope"
        yield from ("a th is empty: name the column" for head in heads if not _name(head))


def _policy(root: ET.Element) -> Iterator[str]:
    for node in _all(root):
        if node.tag == "style" or node.tag.endswith("}style"):
            yield "the page has a style element"
        if node.tag == "script" and (not node.get("src") or _text(node)):
            yield "the page has an inline script"
        for attribute, value in node.attrib.items():
            name = str(attribute).lower()
            if name == "style":
                yield f"a {node.tag} has a style attribute"
            if name.startswith(("on", "hx-on")):
                yield f"a {node.tag} has {name}"
            if name in ("href", "src", "action", "formaction") or name.endswith("}href"):
                address = value.strip().lower()
                if address.startswith("javascript:"):
                    yield f"a {node.tag} has a javascript: address"
                outside = address.startswith(("http:", "https:", "//"))
                if outside and node.tag in ("script", "link", "img", "iframe", "form"):
                    yield f"a {node.tag} loads from another site: {value}"


def _leftovers(root: ET.Element) -> Iterator[str]:
    def walk(node: ET.Element) -> Iterator[str]:
        if node.tag not in QUIET:
            if node.text and not callable(node.tag):
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
