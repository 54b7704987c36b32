"""`python -m data`: what a scheduler and a QI lead at a terminal rely on."""

import json
import zipfile
from pathlib import Path

import pytest

from data.__main__ import main, parser
from data.audit import read_lines
from data.config import own_home
from data.ingest.feeds import FEEDS, header_problem, recognise, template
from data.record import writing
from tests.conftest import UNITS

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
HEAD = "month,unit,measure,numerator\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZERO_HARM_HOME", str(tmp_path / "home"))
    (tmp_path / "units.csv").write_text(UNITS)
    (tmp_path / "monthly.csv").write_text(HEAD + "2026-04,W01,falls_all,3\n")
    return tmp_path


def test_load_then_status_says_what_is_in_the_store(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load", str(folder / "units.csv"), str(folder / "monthly.csv")]) == 0
    assert "Stored as load" in capsys.readouterr().out
    assert main(["status", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["loads"], found["observations"], found["has_record"]) == (2, 1, True)
    assert found["published_version"] > 0
    assert main(["load", str(folder / "monthly.csv")]) == 0
    assert "Nothing changed" in capsys.readouterr().out


def test_an_empty_home_has_a_status(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["has_record"] is False


def test_check_stores_nothing_and_exits_1_on_problems(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["load", str(folder / "units.csv")])
    (folder / "bad.csv").write_text(HEAD + "2026-04,W99,falls_all,3\n")
    capsys.readouterr()
    assert main(["load", "--check", str(folder / "bad.csv")]) == 1
    assert "no unit has this code" in capsys.readouterr().out
    assert main(["load", "--check", str(folder / "monthly.csv")]) == 0
    capsys.readouterr()
    main(["status", "--json"])
    assert json.loads(capsys.readouterr().out)["observations"] == 0


def test_a_bad_file_exits_1_and_the_good_ones_are_loaded(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "empty.csv").write_bytes(b"")
    files = [str(folder / name) for name in ("units.csv", "empty.csv", "monthly.csv")]
    assert main(["load", *files]) == 1
    assert "empty.csv is empty" in capsys.readouterr().err
    capsys.readouterr()
    main(["status", "--json"])
    assert json.loads(capsys.readouterr().out)["observations"] == 1


def test_accept_partial_names_the_file_of_rejects(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["load", str(folder / "units.csv")])
    (folder / "mixed.csv").write_text(HEAD + "2026-04,W01,falls_all,3\n2026-04,W99,falls_all,3\n")
    assert main(["load", str(folder / "mixed.csv")]) == 1
    assert main(["load", "--accept-partial", str(folder / "mixed.csv")]) == 0
    said = capsys.readouterr().out
    path = next(line.split("stand in ")[1].rstrip(".") for line in said.splitlines() if "stand in " in line)
    assert "W99" in Path(path).read_text(encoding="utf-8")


def test_an_impossible_word_exits_2(folder: Path) -> None:
    for words in (["load", "--covers", "April", "May", "x.csv"], ["template", "nothing"], ["nothing"]):
        with pytest.raises(SystemExit) as stopped:
            main(words)
        assert stopped.value.code == 2


def test_a_goal_is_decided_by_one_and_approved_by_another(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["load", str(folder / "units.csv"), str(folder / "monthly.csv")])
    detail = json.dumps({"type": "zero", "date": "2028-04-01", "owner": "Nursing"})
    goal = ["decide", "goal", "--measure", "falls_all", "--unit", "TRUST", "--first", "2026-04", "--reason", "Agreed."]
    capsys.readouterr()
    assert main([*goal, "--by", "Sam", "--detail", detail]) == 0
    number = capsys.readouterr().out.split("decision ")[1].split(".")[0]
    assert main(["approve", number, "--by", "Sam", "--reason", "Yes."]) == 1
    assert "ask somebody else" in capsys.readouterr().err
    assert main(["approve", number, "--by", "Alex", "--reason", "Yes."]) == 0
    assert main([*goal, "--by", "Sam"]) == 1
    assert "must state its type" in capsys.readouterr().err


def test_the_templates_load_one_after_the_other_as_they_are_printed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = []
    for feed in ("units", "exposure", "monthly", "events"):
        path = folder / f"template of {feed}.csv"
        path.write_text(template(FEEDS[feed]))
        files.append(str(path))
    assert main(["load", *files]) == 0, capsys.readouterr().err


def test_dates_of_another_format_throughout_are_told_as_that(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["load", str(folder / "units.csv")])
    (folder / "dates.csv").write_text(HEAD + "01/04/2026,W01,falls_all,3\n01/05/2026,W01,falls_all,2\n")
    capsys.readouterr()
    assert main(["load", str(folder / "dates.csv")]) == 1
    said = capsys.readouterr().out
    assert "say --date-format dmy" in said and "two date formats" not in said and "stand on lines" not in said
    assert main(["load", "--date-format", "dmy", str(folder / "dates.csv")]) == 0


def test_the_name_of_a_ward_is_known_for_a_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["load", str(folder / "units.csv")])
    (folder / "named.csv").write_text(HEAD + "2026-04,Maple ward,falls_all,3\n2026-04,w02,falls_all,3\n")
    capsys.readouterr()
    main(["load", str(folder / "named.csv")])
    said = capsys.readouterr().out
    assert "this is the name of W01" in said
    assert "did you mean W02?" in said


@pytest.mark.parametrize("issue", ["soon", "2026-02-30", "v", "2026-05"])
def test_an_issue_that_is_none_is_told(folder: Path, issue: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load", "--issue", issue, str(folder / "units.csv")]) == 1
    assert f"The issue '{issue}'" in capsys.readouterr().err


@pytest.mark.parametrize("feed", FEEDS.values(), ids=lambda f: f.name)
def test_every_template_is_a_file_of_its_feed(feed, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    assert main(["template", feed.name]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "\n".join(lines) + "\n" == template(feed)
    header = lines[0].split(",")
    assert recognise(header) is feed
    if not feed.headerless:
        assert header_problem(feed, header) is None


COMMANDS = list(parser()._subparsers._group_actions[0].choices)  # type: ignore[union-attr, arg-type]


def test_every_feed_and_command_is_in_the_readme() -> None:
    assert len(COMMANDS) >= 16
    for word in COMMANDS:
        assert f"python -m data {word}" in README, word
    for feed in FEEDS:
        assert f"`{feed}`" in README


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_its_words_are(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0 and "usage: python -m data" in capsys.readouterr().out


def told(capsys: pytest.CaptureFixture[str], words: list[str]) -> tuple[int, dict[str, object]]:
    capsys.readouterr()
    code = main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_month_from_load_to_restore_as_json(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [str(folder / name) for name in ("units.csv", "monthly.csv")]
    code, said = told(capsys, ["load", *files])
    assert code == 0 and [each["load"] for each in said["files"]] == [1, 3]  # type: ignore[attr-defined]
    code, said = told(capsys, ["check", files[1]])
    assert code == 0 and said["files"][0]["cells"] == {"unchanged": 1}  # type: ignore[index]
    assert told(capsys, ["withdraw", "3", "--by", "Sam", "--reason", "The wrong month."])[0] == 0
    code, said = told(capsys, ["history"])
    assert [load["in_force"] for load in said["loads"]] == [False, True]  # type: ignore[attr-defined]
    assert told(capsys, ["withdraw", "3", "--undo", "--by", "Sam", "--reason", "It was right."])[0] == 0
    assert told(capsys, ["withdraw", "3", "--undo", "--by", "Sam", "--reason", "Again."])[0] == 1
    code, said = told(capsys, ["verify"])
    assert code == 0 and said["holds"] is True
    assert told(capsys, ["verify", "--head", str(said["head"])])[0] == 0
    assert told(capsys, ["verify", "--head", "0" * 64 + ":3"])[0] == 1
    code, said = told(capsys, ["backup", str(folder / "backups")])
    assert code == 0
    assert told(capsys, ["export", str(folder / "out.csv")])[0] == 0
    assert told(capsys, ["migrate"])[0] == 0 and told(capsys, ["publish"])[0] == 0
    monkeypatch.setenv("ZERO_HARM_HOME", str(folder / "elsewhere"))
    assert told(capsys, ["verify"])[0] == 1
    assert told(capsys, ["restore", str(said["backup"])])[0] == 0
    assert told(capsys, ["verify"])[1]["holds"] is True


def test_purge_asks_two_people(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["load", str(folder / "units.csv"), str(folder / "monthly.csv")])
    code, said = told(capsys, ["purge", "--load", "3", "--by", "Sam", "--reason", "It should not be here."])
    assert code == 0
    confirm = ["purge", "--confirm", str(said["request"]), "--reason", "Agreed."]
    assert told(capsys, [*confirm, "--by", "Sam"])[0] == 1
    assert told(capsys, [*confirm, "--by", "Alex"])[0] == 0
    assert told(capsys, ["status"])[1]["observations"] == 0


def test_a_folder_is_loaded_once_file_by_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inbox = folder / "inbox"
    inbox.mkdir()
    (inbox / "1 units.csv").write_text(UNITS)
    (inbox / "2 falls.csv").write_text(HEAD + "2026-04,W01,falls_all,3\n")
    (inbox / "notes.docx").write_text("not an extract")
    with zipfile.ZipFile(inbox / "3 more.zip", "w") as archive:
        archive.writestr("may.csv", HEAD + "2026-05,W01,falls_all,1\n")
        archive.writestr("june.csv", HEAD + "2026-06,W01,falls_all,2\n")
    code, said = told(capsys, ["load", str(inbox)])
    assert code == 0 and len(said["files"]) == 4  # type: ignore[arg-type]
    code, said = told(capsys, ["load", str(inbox)])
    assert code == 0 and told(capsys, ["status"])[1]["loads"] == 4


def test_a_store_that_is_busy_says_try_again(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import data.record as module

    monkeypatch.setattr(module, "LOCK_SECONDS", 0)
    with module.writing(own_home()):
        monkeypatch.setattr(module.writing.__wrapped__, "__kwdefaults__", {"wait": 0, "reach": ()})  # type: ignore[attr-defined]
        code, said = told(capsys, ["load", str(folder / "units.csv")])
    assert code == 3 and "Another load is running" in str(said["errors"])


def test_a_refusal_leaves_a_line_in_the_audit_without_a_value(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["load", str(folder / "units.csv")])
    (folder / "named.csv").write_text(HEAD + "2026-04,943 476 5919,falls_all,3\n")
    (folder / "bad.csv").write_text(HEAD + "2026-04,W99,falls_all,3\n")
    assert main(["load", str(folder / "named.csv"), str(folder / "bad.csv")]) == 1
    assert "943" not in "".join(capsys.readouterr())
    with writing(own_home()) as writer:
        lines = [json.loads(line.detail) for line in read_lines(writer.con) if line.what == "refusal"]
    assert [(line["file"], line["because"]) for line in lines] == [
        ("named.csv", "PersonalData"),
        ("bad.csv", "Refused"),
    ]
    for path in own_home().root.rglob("*"):
        assert not path.is_file() or b"4765919" not in path.read_bytes().replace(b" ", b"")
