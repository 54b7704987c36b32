"""What a page shows, for the tests: every text that reaches the browser, and the pieces of its HTML."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from google.protobuf.json_format import MessageToDict
from streamlit.testing.v1 import AppTest

from pages.shared.wording.measure import FIGURES_CAPTION

IMAGE = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")


@dataclass
class Html(HTMLParser):
    """A piece of HTML taken apart: its words, links, pictures, and tables as rows of the words in their cells."""

    source: str
    words: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)  # address, words
    images: list[dict[str, str]] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append((re.sub(r"[?&]figures=latest(?=$|&)", "", found["href"]), ""))  # tests look at the latest
        elif tag == "img":
            self.images.append(found)
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        elif tag == "caption":
            self.captions.append("")
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self.words += data
        if "a" in self._open:
            self.links[-1] = (self.links[-1][0], self.links[-1][1] + data)
        if "td" in self._open or "th" in self._open:
            self.rows[-1][-1] += data
        if "caption" in self._open:
            self.captions[-1] += data


def html_of(at: AppTest) -> list[Html]:
    """Each st.html of the main part, as a page draws it; the style sheet is left out."""
    return [
        Html(element.proto.body)
        for element in at.main
        if element.type == "html" and "<style>" not in element.proto.body
    ]


def table_of(at: AppTest, caption: str) -> list[list[str]]:
    """The rows of the one table whose caption begins so."""
    (found,) = [part for part in html_of(at) if any(c.startswith(caption) for c in part.captions)]
    return found.rows


def figures_of(at: AppTest) -> list[dict[str, str]]:
    """The rows of the table of an opened chart's figures, by their headings."""
    head, *rows = table_of(at, FIGURES_CAPTION)
    return [dict(zip(head, row, strict=True)) for row in rows]


def opened_of(at: AppTest) -> str:
    """The heading of the opened chart: its measure and its unit."""
    own = [part.words for part in html_of(at) if part.source.startswith(("<h2", "<h3"))]
    (heading,) = own or [heading.value for heading in at.subheader] or [at.header[0].value]
    return heading.replace("\\", "")


def links_of(at: AppTest) -> list[tuple[str, str]]:
    return [link for part in html_of(at) for link in part.links]


def said(at: AppTest) -> str:
    """Everything on the page and in the sidebar that is sent to the browser: words, alternative texts, tables, pictures."""
    return "\n".join(_texts(at))


def _texts(at: AppTest) -> Iterator[str]:
    for part in (at.main, at.sidebar):
        for node in part:
            proto = getattr(node, "proto", None)
            if proto is None:
                continue
            if node.type in ("dataframe", "arrow_data_frame"):
                yield node.value.to_csv(index=False)
                continue
            for text in _strings(MessageToDict(proto)):
                yield IMAGE.sub(" ", text)
                yield from (base64.b64decode(data).decode() for data in IMAGE.findall(text))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif isinstance(value, str):
        yield value


def everything_of(at: AppTest) -> str:
    """The words of every st.html of the main part, as a reader has them."""
    return "\n".join(part.words for part in html_of(at))
