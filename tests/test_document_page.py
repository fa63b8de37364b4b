"""The page at /docs needs nothing from elsewhere, tells of everything, and its links lead somewhere."""

from html.parser import HTMLParser

import pytest

from service.api.document.page import kind, page, phrase, prose
from service.app import drawn

DOCUMENT = drawn().openapi()
PAGE = page(DOCUMENT)
VOID = {"meta", "link", "br", "hr", "img", "input", "!doctype"}


class Read(HTMLParser):
    """Tags, ids and links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.tags: set[str] = set()
        self.feed(PAGE)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.add(tag)
        if "id" in given:
            self.ids.append(given["id"])
        self.links |= {value for name, value in attrs if name in ("href", "src", "action")}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def read() -> Read:
    return Read()


def test_it_is_whole_and_every_link_leads_somewhere(read):
    assert read.open == []
    assert len(read.ids) == len(set(read.ids))
    assert read.links - {f"#{id}" for id in read.ids} == {"/v1/openapi.json", "data:,"}


def test_it_needs_nothing_from_elsewhere(read):
    assert not read.tags & {"script", "img", "iframe", "object"}
    assert "@import" not in PAGE and "url(" not in PAGE


def test_it_tells_of_everything(read):
    operations = {one["operationId"] for methods in DOCUMENT["paths"].values() for one in methods.values()}
    hooks = {one["post"]["operationId"] for one in DOCUMENT["webhooks"].values()}
    assert operations | hooks | {f"schema-{name}" for name in DOCUMENT["components"]["schemas"]} <= set(read.ids)
    for code in DOCUMENT["components"]["schemas"]["Problem"]["properties"]["code"]["x-codes"]:
        assert f"<code>{code}</code>" in PAGE


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b & `c<d>`", "a &lt; b &amp; <code>c&lt;d&gt;</code>"),
        ("**Bold** and *stressed*", "<strong>Bold</strong> and <em>stressed</em>"),
        ("`hold.*` or `*`", "<code>hold.*</code> or <code>*</code>"),
    ],
)
def test_prose_is_marked_up_and_safe(text, html):
    assert phrase(text) == html
    assert prose(f"{text}\n\nx") == f"<p>{html}</p><p>x</p>"


@pytest.mark.parametrize(
    ("schema", "html"),
    [
        ({"$ref": "#/components/schemas/Money"}, '<a href="#schema-Money">Money</a>'),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string or null"),
        ({"type": "array", "items": {"type": "integer"}}, "list of integer"),
        ({"const": "<1>"}, "<code>&quot;&lt;1&gt;&quot;</code>"),
        ({"enum": ["zh", "en"]}, "<code>zh</code> · <code>en</code>"),
        ({}, "any"),
    ],
)
def test_values_are_told_in_short(schema, html):
    assert kind(schema) == html
