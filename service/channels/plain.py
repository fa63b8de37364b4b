"""HTML as plain text: what a reader would see, line by line; scripts, styles and links fall away."""

from html.parser import HTMLParser

LARGEST = 64 * 1024
"""Characters that are read: the parser's time grows faster than what it is given."""

_UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript"})
_LINES = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote", "pre", "hr"})
_CELLS = frozenset({"td", "th"})


def plain(html: str) -> str:
    """The text of a page, whatever its markup is worth."""
    body = html.lower().find("<body")
    page = _Page()
    page.feed(html[max(body, 0) :][:LARGEST])
    page.close()
    return "\n".join(" ".join(line.split()) for line in "".join(page.seen).split("\n")).strip()


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        self._part(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.seen.append(" ".join(data.split("\n")))

    def _part(self, tag: str) -> None:
        self.seen.append("\n" if tag in _LINES else " " if tag in _CELLS else "")
