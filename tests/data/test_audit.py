"""The audit shows every change of it: a thousand mutations, the cut tail and the chain written anew included."""

import json
import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from data.audit import (
    FIRST_HASH,
    Head,
    Line,
    Trail,
    check_chain,
    check_trail,
    line_hash,
    read_heads,
    read_lines,
    read_trail,
)
from data.config import Home
from data.record import writing
from tests.conftest import Load

N_MUTATIONS = 1000
HEAD = "month,unit,measure,numerator\n"


def chain_of(n: int, seed: int = 0) -> list[Line]:
    rng = random.Random(seed)
    lines: list[Line] = []
    previous, at, sequence = FIRST_HASH, datetime(2026, 11, 1), 0
    for _ in range(n):
        sequence += rng.randint(1, 5)
        at += timedelta(minutes=rng.randint(0, 600))
        detail = json.dumps({"decision": sequence, "row": rng.randbytes(8).hex()})
        who, what = rng.choice(("Sam Okoro", "Priya Shah")), rng.choice(("load", "goal", "approval"))
        digest = line_hash(previous, sequence, at, who, what, detail)
        lines.append(Line(sequence, at, who, what, detail, previous, digest))
        previous = digest
    return lines


def chained_again(lines: list[Line]) -> list[Line]:
    """As somebody with the code would forge it: every hash right."""
    forged: list[Line] = []
    previous = FIRST_HASH
    for line in lines:
        digest = line_hash(previous, line.sequence, line.happened_at, line.who, line.what, line.detail)
        forged.append(replace(line, previous_hash=previous, hash=digest))
        previous = digest
    return forged


def mutate(lines: list[Line], rng: random.Random) -> tuple[str, list[Line]]:
    kind = rng.choice(
        ("edit", "edit hash", "delete", "insert", "swap", "cut", "add", "anew", "edit and chain again", "empty")
    )
    i = rng.randrange(len(lines))
    line, out = lines[i], list(lines)
    if kind == "edit":
        changes = {"who": line.who + "x", "what": "approval" if line.what != "approval" else "load",
                   "detail": line.detail.replace("decision", "decisiom"), "happened_at": line.happened_at + timedelta(seconds=1),
                   "sequence": line.sequence + 1000}  # fmt: skip
        key = rng.choice(sorted(changes))
        out[i] = replace(line, **{key: changes[key]})  # type: ignore[arg-type]
    elif kind == "edit hash":
        out[i] = replace(line, hash=line.hash[:-1] + ("0" if line.hash[-1] != "0" else "1"))
    elif kind == "delete":
        del out[i]
    elif kind == "insert":
        out.insert(i, replace(line, who="Nobody"))
    elif kind == "swap":
        j = (i + 1) % len(lines)
        out[i], out[j] = out[j], out[i]
    elif kind == "cut":
        out = out[:i]
    elif kind == "add":
        last = lines[-1]
        digest = line_hash(last.hash, last.sequence + 1, last.happened_at, "Nobody", "load", "{}")
        out.append(Line(last.sequence + 1, last.happened_at, "Nobody", "load", "{}", last.hash, digest))
    elif kind == "anew":
        out = chained_again([replace(each, who="Nobody") for each in lines])
    elif kind == "edit and chain again":
        out[i] = replace(line, who="Nobody")
        out = chained_again(out)
    else:
        out = []
    return kind, out


def test_every_one_of_a_thousand_mutations_is_found() -> None:
    lines = chain_of(60)
    heads = [Head(lines[-1].hash, len(lines))]
    assert check_chain(lines, heads) == []
    rng = random.Random(20261122)
    kinds = set()
    for _ in range(N_MUTATIONS):
        kind, mutated = mutate(lines, rng)
        kinds.add(kind)
        assert check_chain(mutated, heads), kind
    assert len(kinds) == 10


def test_a_crash_before_or_after_the_commit_leaves_a_chain_that_holds() -> None:
    lines = chain_of(9)
    both = [Head(lines[-2].hash, 8), Head(lines[-1].hash, 9)]
    assert check_chain(lines[:-1], both) == [] and check_chain(lines, both) == []
    assert check_chain(lines[:-2], both)


def test_a_purged_line_keeps_its_place_by_the_tombstone_that_names_it() -> None:
    lines = chain_of(6)
    gone = replace(lines[2], who="(purged)", detail="{}")
    assert check_chain([*lines[:2], gone, *lines[3:]], [])
    detail = json.dumps({"lines": [{"sequence": gone.sequence, "hash": gone.hash}]})
    last = lines[-1]
    digest = line_hash(last.hash, last.sequence + 1, last.happened_at, "Two people", "purge", detail)
    tombstone = Line(last.sequence + 1, last.happened_at, "Two people", "purge", detail, last.hash, digest)
    assert check_chain([*lines[:2], gone, *lines[3:], tombstone], []) == []
    assert check_chain([*lines[:3], replace(lines[3], who="x"), *lines[4:], tombstone], [])


def test_a_head_that_cannot_be_read_is_no_head(home: Home) -> None:
    home.audit_head.write_text("half a li")
    with writing(home) as writer:
        assert check_chain(read_lines(writer.con), read_heads(home))


@pytest.fixture
def trail(home: Home) -> Trail:
    made = Trail(home.trails)
    for page in ("goals", "ward", "division"):
        made.note("Priya Shah", "export", {"page": page})
    return made


def test_a_trail_is_anchored_by_the_next_load_and_its_changes_show(home: Home, load: Load, trail: Trail) -> None:
    load(home, HEAD + "2026-04,W01,falls_all,1\n")
    trail.note("Priya Shah", "look", {"page": "ward"})
    with writing(home) as writer:
        anchors = writer.con.execute("select name, lines, hash from record.trail").fetchall()
    assert anchors == [(trail.path.name, 3, read_trail(trail.path)[2].hash)]
    kept = [(anchors[0][1], anchors[0][2])]
    assert check_trail(trail.path, kept) == []
    text = trail.path.read_text()
    lines = text.splitlines(keepends=True)
    for changed in (
        text.replace("ward", "gate"),
        "".join(lines[:2]),
        "".join(lines[1:]),
        lines[1] + lines[0] + "".join(lines[2:]),
    ):
        trail.path.write_text(changed)
        assert check_trail(trail.path, kept)
    trail.path.write_text(text + '[5, "2026-')  # cut short by a crash: the lines before it hold
    assert check_trail(trail.path, kept) == []
    trail.path.unlink()
    assert check_trail(trail.path, kept)


def test_looking_never_waits_for_a_load(home: Home, trail: Trail) -> None:
    with writing(home):
        trail.note("Priya Shah", "look", {"page": "ward"})
    assert len(read_trail(trail.path)) == 4


def test_an_unreadable_trail_does_not_keep_a_load_waiting(home: Home, load: Load, trail: Trail) -> None:
    trail.path.write_text("no json\n")
    assert load(home, HEAD + "2026-04,W01,falls_all,1\n").load_id is not None
    assert check_trail(Path(trail.path), [])
