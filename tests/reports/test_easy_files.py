"""The Easy read page as one HTML file and one PDF: complete in themselves, open to everybody, the same bytes every time."""

import argparse
import base64
import hashlib
import re
import shutil
import subprocess
import zlib
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from data.audit import read_trail, trail_files
from data.config import PROJECT, Home, sample_home
from data.editions import open_edition
from data.store import Store
from pages.reports.__main__ import DONE, REFUSED, main, parser
from pages.reports.easy_html import easy_html
from pages.reports.easy_pdf import easy_pdf
from pages.shared.easy.content import EasyRead, easy_read, newest_checked
from pages.shared.wording import easy as said
from tests.pages.small_trust import make, sign_off

VOID = {"meta", "br", "img", "rect", "circle", "path"}
HOSTILE = '<script>alert(1)</script> #panic() *bold* $x$ @cite \\u{41} "] #{1+1} `raw` = not a heading // no comment'


@dataclass
class Document(HTMLParser):
    """A document taken apart; it fails on what is opened and never closed."""

    source: str
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    headings: list[tuple[str, str]] = field(default_factory=list)
    words: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self.feed(self.source)
        assert self._open == [], self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag in ("h1", "h2"):
            self.headings.append((tag, ""))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self.words += data
        if self._open and self._open[-1] in ("h1", "h2"):
            tag, words = self.headings[-1]
            self.headings[-1] = tag, words + data


@pytest.fixture(scope="module")
def easy(sample: Home, sample_store: Store) -> EasyRead:
    edition = newest_checked(sample_store)
    assert edition is not None
    return easy_read(open_edition(sample, edition), edition)


@pytest.fixture(scope="module")
def html(easy: EasyRead) -> str:
    return easy_html(easy).decode()


@pytest.fixture(scope="module")
def pdf(easy: EasyRead) -> bytes:
    return easy_pdf(easy)


# HTML


def test_html_asks_nobody_for_anything(html: str) -> None:
    found = Document(html)
    without_namespace = html.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|//[a-z]|url\(|@import|@font-face|<script|\son\w+=|javascript:", without_namespace)
    assert not [
        tag for tag, a in found.tags if {"src", "href", "style", "action"} & a.keys() or tag in ("link", "iframe")
    ]


def test_html_has_a_policy_that_allows_its_own_style_and_nothing_else(html: str) -> None:
    found = Document(html)
    (policy,) = [a["content"] for tag, a in found.tags if a.get("http-equiv") == "Content-Security-Policy"]
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert html.index("Content-Security-Policy") < html.index("<style>")


def test_html_has_its_language_its_title_landmarks_and_headings(html: str, easy: EasyRead) -> None:
    assert html.startswith("<!doctype html>\n")
    found = Document(html)
    tags = [tag for tag, _ in found.tags]
    assert dict(found.tags)["html"] == {"lang": "en-GB"}
    assert [tags.count(tag) for tag in ("title", "header", "main", "footer", "h1")] == [1] * 5
    assert found.headings[0] == ("h1", said.TITLE)
    assert found.headings[1:] == [("h2", block.says[0]) for block in easy.blocks]
    assert "<title>How safe is our care? Sample Trust</title>" in html


def test_html_has_a_picture_for_each_idea_which_is_not_read_out(html: str, easy: EasyRead) -> None:
    pictures = [a for tag, a in Document(html).tags if tag == "svg"]
    assert [a["aria-hidden"] for a in pictures] == ["true"] * len(easy.blocks)
    assert len(easy.blocks) == html.count("<section>")


def test_html_is_drawn_by_day_by_night_and_on_paper(html: str) -> None:
    used = set(re.findall(r"var\((--\w+)\)", html))
    assert len(used) >= 8
    for rule in (":root{color-scheme:light dark;", "@media (prefers-color-scheme:dark){:root{", "@media print{"):
        assert rule in html
        stated = set(re.findall(r"(--\w+):#", html.split(rule)[1].split("}")[0 if "print" not in rule else 1]))
        assert used <= stated, (rule, used - stated)


def test_both_files_say_every_sentence_which_edition_and_no_person(html: str, pdf: bytes, easy: EasyRead) -> None:
    shown = " ".join(Document(html).words.split())
    for text in (shown, words_of(pdf)):
        for block in easy.blocks:
            for line in (*block.says, *block.told):
                assert " ".join(line.split()) in text
        assert "Checked by the board on 9 October 2026." in text
        assert "The numbers go up to September 2026." in text
        assert "Okoro" not in text and "Board member" not in text


# PDF


def strings_of(pdf: bytes) -> bytes:
    """The document with its compressed parts opened."""
    found = [pdf]
    for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(part))
        except zlib.error:
            continue
    return b"\n".join(found)


def words_of(pdf: bytes) -> str:
    """What somebody hears who listens to it."""
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("poppler's pdftotext is not here")
    done = subprocess.run([tool, "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def test_pdf_is_tagged_has_its_language_and_its_title(pdf: bytes) -> None:
    assert pdf.startswith(b"%PDF-1.7")
    text = strings_of(pdf)
    assert re.search(rb"/Lang\s*\(en-GB\)", text)
    assert re.search(rb"/MarkInfo\s*<<[^>]*/Marked true", text)
    assert b"/StructTreeRoot" in text
    assert re.search(rb"/DisplayDocTitle true", text)
    assert b"How safe is our care? Sample Trust" in text
    assert re.search(rb"<pdfuaid:part>1</pdfuaid:part>", text)


def test_pdf_has_a_heading_for_each_idea_and_pictures_that_are_not_read_out(pdf: bytes, easy: EasyRead) -> None:
    text = strings_of(pdf)
    assert len(re.findall(rb"/S\s*/H1\b", text)) == 1
    assert len(re.findall(rb"/S\s*/H2\b", text)) == len(easy.blocks)
    assert not re.search(rb"/S\s*/Figure\b", text), "a picture that is read out needs words"


def test_pdf_is_of_a4_with_its_own_font(pdf: bytes) -> None:
    text = strings_of(pdf)
    boxes = {tuple(round(float(x)) for x in box.split()) for box in re.findall(rb"/MediaBox\s*\[([^\]]*)\]", text)}
    assert boxes == {(0, 0, 595, 842)}
    fonts = set(re.findall(rb"/FontName\s*/([\w+-]+)", text))
    assert fonts and all(re.fullmatch(rb"[A-Z]{6}\+OpenSans", font) for font in fonts)
    assert re.search(rb"/FontFile[23]", text), "the font itself is in it"


def test_pdf_is_set_in_fourteen_point_or_larger(pdf: bytes) -> None:
    sizes = {float(size) for size in re.findall(rb"/\w+ ([\d.]+) Tf", strings_of(pdf))}
    assert len(sizes) >= 3
    assert min(sizes) >= 14


def test_files_are_the_same_bytes_each_time(easy: EasyRead, html: str, pdf: bytes) -> None:
    assert easy_html(easy).decode() == html
    assert easy_pdf(easy) == pdf
    assert b"CreationDate" not in strings_of(pdf)


# Names are never code


def test_names_that_would_be_code_are_words(easy: EasyRead) -> None:
    *end, help_block, draft = easy.end
    bad = replace(easy, trust=HOSTILE, end=(*end, replace(help_block, told=(HOSTILE,)), draft))
    found = Document(easy_html(bad).decode())
    assert found.words.count(HOSTILE) == 3  # title, trust and help line
    assert "script" not in [tag for tag, _ in found.tags]
    text = words_of(easy_pdf(bad))
    assert text.count("#panic() *bold* $x$ @cite \\u{41}") == 2
    assert "= not a heading // no comment" in text


def test_a_trust_without_a_name_and_without_goals_has_a_page(easy: EasyRead) -> None:
    bare = replace(easy, trust="", goals=())
    assert Document(easy_html(bare).decode()).headings[0] == ("h1", said.TITLE)
    assert words_of(easy_pdf(bare)).startswith(said.TITLE)


# The command


@pytest.fixture
def at_home(sample: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("ZERO_HARM_HOME", str(sample.root.parent))
    assert sample_home() == sample
    return sample


def test_the_command_writes_what_the_page_gives(
    at_home: Home, tmp_path: Path, html: str, pdf: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, content in (("easy.html", html.encode()), ("easy.pdf", pdf), ("UPPER.PDF", pdf)):
        assert main(["easy", "-o", str(tmp_path / name), "--sample"]) == DONE == 0
        assert (tmp_path / name).read_bytes() == content
        assert f"{name} holds the Easy read page of 'Board meeting, October 2026'" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["UPPER.PDF", "easy.html", "easy.pdf"]
    assert not at_home.trails.exists(), "where nothing is real, nothing is noted"


def refused(capsys: pytest.CaptureFixture[str], target: Path, *words: str) -> str:
    """The one sentence with which the command refuses; no file was made."""
    assert main(["easy", "-o", str(target), *words]) == REFUSED == 2
    said_there = capsys.readouterr()
    assert said_there.out == "" and not target.exists()
    (line,) = said_there.err.splitlines()
    return line


def test_the_command_refuses_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home, target = Home(tmp_path / "store"), tmp_path / "easy.pdf"
    monkeypatch.setenv("ZERO_HARM_HOME", str(home.root))
    assert "holds no figures yet" in refused(capsys, target)
    make(home, {})
    assert refused(capsys, target) == said.NOT_MADE
    sign_off(home)
    approval = home.policy.read_text(encoding="utf-8")
    home.policy.unlink()
    assert "nobody has approved who may see what" in refused(capsys, target)
    home.policy.write_text(approval, encoding="utf-8")
    assert "No such file or directory" in refused(capsys, tmp_path / "no such folder" / "easy.html")
    known = home.published_packs.read_text(encoding="utf-8")
    home.published_packs.unlink()
    assert "the list of what was published, cannot be read" in refused(capsys, target)
    home.published_packs.write_text(known, encoding="utf-8")
    assert main(["easy", "-o", str(target), "--by", "Sam"]) == DONE
    assert target.read_bytes().startswith(b"%PDF")
    noted = [line for path in trail_files(home) for line in read_trail(path)]
    assert [(line.who, line.what) for line in noted] == [("Sam", "export")]


@pytest.mark.parametrize("words", [["easy"], ["easy", "-o", "easy.docx"], ["easy", "-o", "easy"], [], ["other"]])
def test_a_wrong_word_is_refused_with_the_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == REFUSED
    assert "usage: python -m pages.reports" in capsys.readouterr().err


def test_every_command_is_in_the_readme_and_says_what_its_words_are(capsys: pytest.CaptureFixture[str]) -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    (commands,) = [action for action in parser()._actions if isinstance(action, argparse._SubParsersAction)]
    assert {"easy", "send", "recipients", "digest"} <= set(commands.choices)
    for name in commands.choices:
        assert f"python -m pages.reports {name}" in readme
        with pytest.raises(SystemExit) as stopped:
            main([name, "--help"])
        assert stopped.value.code == 0 and f"usage: python -m pages.reports {name}" in capsys.readouterr().out
