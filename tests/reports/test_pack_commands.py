"""`python -m pages.reports board`, `wards` and `verify`: files, sentences and exit codes, as a scheduler meets them."""

from dataclasses import replace
from pathlib import Path

import pytest

from data.audit import read_trail, trail_files
from data.config import Home
from pages.reports.__main__ import main
from pages.reports.pack.file import ENDINGS
from pages.reports.pack.provenance import read
from tests.conftest import approve_policy
from tests.reports.conftest import NEWEST, SIGNED
from tests.reports.mailing import pack

Written = pytest.CaptureFixture[str]


@pytest.fixture
def shown(sample: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("ZERO_HARM_HOME", str(sample.root.parent))
    return sample


def test_one_command_makes_every_form_and_each_is_what_the_store_makes(
    shown: Home, tmp_path: Path, capsys: Written
) -> None:
    files = [tmp_path / f"pack{ending}" for ending in ENDINGS]
    words = [word for file in files for word in ("-o", str(file))]
    assert main(["board", NEWEST, "--for", "ward:Hazel", "--sample", *words]) == 0
    said = capsys.readouterr().out
    assert "the pack of October 2026 for ward:W10" in said and said.count("pack.") == 5
    assert len({read(file).content for file in files}) == 1, "all five say the same"
    for file in files:
        assert main(["verify", str(file), "--sample"]) == 0
        assert "to the last byte" in capsys.readouterr().out


def test_an_altered_pack_is_told_with_an_exit_code_of_its_own(shown: Home, tmp_path: Path, capsys: Written) -> None:
    file = tmp_path / "pack.html"
    assert main(["board", SIGNED, "--for", "ward:W10", "--sample", "-o", str(file)]) == 0
    file.write_bytes(file.read_bytes().replace(b"Worse", b"Wrose", 1))
    assert main(["verify", str(file), "--sample"]) == 4
    assert "altered after it was made" in capsys.readouterr().out


def test_a_file_that_vouches_for_itself_is_not_believed(shown: Home, tmp_path: Path, capsys: Written) -> None:
    """Whoever alters the words may alter the mark as well: only the bytes tell."""
    file = tmp_path / "pack.html"
    assert main(["board", SIGNED, "--for", "ward:W10", "--sample", "-o", str(file)]) == 0
    made = read(file)
    other = replace(made, forms="0" * 16)
    file.write_bytes(file.read_bytes().replace(made.mark.encode(), other.mark.encode()).replace(b"Worse", b"Wrose", 1))
    capsys.readouterr()
    assert main(["verify", str(file), "--sample"]) == 5
    told = capsys.readouterr().out
    assert "whether the file was altered cannot be told" in told and "the code of the forms" in told


@pytest.mark.parametrize(
    "wrong",
    [{"known_at": "x"}, {"policy": 5}, {"month": "NaT"}, {"built_on": "nope"}, {"version": None}, {"edition": [1]}],
)
def test_a_mark_that_holds_anything_else_is_refused(
    shown: Home, tmp_path: Path, capsys: Written, wrong: dict[str, object]
) -> None:
    file = pack(tmp_path / "pack.html", "board", **wrong)
    assert main(["verify", str(file), "--sample"]) == 2
    assert "was made by another version of the dashboard, or was altered" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["board", "2031-01", "-o", "x.pdf"], "end at October 2026"),
        (["board", NEWEST, "--for", "ward:Nobody", "-o", "x.pdf"], "There is no ward 'Nobody'"),
        (["board", NEWEST, "--known-at", "999999", "-o", "x.pdf"], "--known-at names none after it"),
        (["board", NEWEST, "--template", "none.pptx", "-o", "x.pptx"], "none.pptx"),
        (["verify", "nothing.pdf"], "There is no file nothing.pdf."),
    ],
)
def test_what_cannot_be_made_leaves_no_file(
    shown: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Written, words: list[str], reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*words, "--sample"]) == 2
    assert reason in capsys.readouterr().err and not [*tmp_path.glob("x.*")]


@pytest.mark.parametrize("words", [["board", "October", "-o", "x.pdf"], ["board", NEWEST, "-o", "x.doc"], ["board"]])
def test_wrong_words_are_refused_by_the_command_itself(words: list[str], capsys: Written) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2 and "usage:" in capsys.readouterr().err


def test_every_ward_gets_a_file_of_its_own(shown: Home, tmp_path: Path, capsys: Written) -> None:
    assert main(["wards", NEWEST, "--sample", "--form", "csv", "-o", str(tmp_path / "wards")]) == 0
    files = sorted((tmp_path / "wards").glob("*.csv"))
    assert f"holds {len(files)} packs of October 2026" in capsys.readouterr().out and len(files) > 50
    assert {read(file).audience for file in files} == {f"ward:{file.stem}" for file in files}


def test_who_takes_a_pack_out_is_in_the_trail(home: Home, load, tmp_path: Path, monkeypatch, capsys: Written) -> None:  # type: ignore[no-untyped-def]
    load(home, "month,unit,kind,value\n2026-09,W01,occupied_bed_days,480\n", "days.csv")
    load(home, "month,unit,measure,numerator\n2026-09,W01,falls_all,3\n", "falls.csv")
    monkeypatch.setenv("ZERO_HARM_HOME", str(home.root))
    words = ["board", "2026-09", "-o", str(tmp_path / "p.csv"), "--by", "Dr Adams"]
    assert main(words) == 2, "nobody has approved who may see what"
    assert not (tmp_path / "p.csv").exists() and capsys.readouterr().err
    approve_policy(home)
    assert main(words) == 0
    lines = [line for file in trail_files(home) for line in read_trail(file)]
    assert [(line.who, line.what) for line in lines if line.what == "export"] == [("Dr Adams", "export")]
