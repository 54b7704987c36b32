import csv
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from metrics import control_chart, count_trend, mann_kendall, proportion_trend, theil_sen
from metrics.command import main
from metrics.funnel import funnel

ROOT = Path(__file__).parents[2]
HEADER = "series,date,numerator,denominator\n"


@pytest.fixture
def run(tmp_path, capfdbinary):
    """Run a command on a text: exit status, rows, and what was said."""

    def _run(text, *words):
        path = tmp_path / "given.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        try:
            status = main([*words, str(path)])
        except SystemExit as stop:
            status = stop.code
        out, said = capfdbinary.readouterr()
        return status, list(csv.DictReader(io.StringIO(out.decode()))), said.decode()

    return _run


def process(*words, text=b""):
    return subprocess.run([sys.executable, "-m", "metrics", *words], cwd=ROOT, input=text, capture_output=True)


def made(n_series=3, n_months=20, seed=1):
    """Series as arrays, and the same as a long file with its rows shuffled."""
    rng = np.random.default_rng(seed)
    months = np.datetime64("2023-01") + np.arange(n_months)
    top, size = rng.poisson(8, (n_series, n_months)), rng.integers(80, 120, (n_series, n_months))
    rows = [f"ward {i},{months[j]}-01,{top[i, j]},{size[i, j]}\n" for i in range(n_series) for j in range(n_months)]
    first = rows[::n_months]  # so that the series come in this order, whatever follows
    rest = [row for row in rows if row not in first]
    return top, size, HEADER + "".join(first + [rest[i] for i in rng.permutation(len(rest))])


def figures(rows, name):
    return np.array([float(row[name]) if row[name] else np.nan for row in rows])


def test_points_are_those_of_control_chart_whatever_the_order_of_the_rows(run):
    top, size, text = made()
    status, rows, said = run(text, "chart", "--kind", "u", "--multiplier", "1000", "--target", "70")
    chart = control_chart("u", top, size, multiplier=1000, target=70)
    assert (status, said) == (0, "")
    assert len(rows) == 60
    assert [row["series"] for row in rows[::20]] == ["ward 0", "ward 1", "ward 2"]
    assert [row["date"] for row in rows[:3]] == ["2023-01-01", "2023-02-01", "2023-03-01"]
    for name in ("value", "centre", "lower", "upper", "inner_lower", "computed_upper"):
        assert np.array_equal(figures(rows, name), getattr(chart, name).ravel()), name
    assert [row["state"] for row in rows] == chart.state.ravel().tolist()
    for rule, flags in chart.signals.items():
        assert np.array_equal(figures(rows, rule), flags.ravel()), rule


def test_summary_is_one_row_a_series(run):
    top, size, text = made()
    _, rows, _ = run(text, "chart", "--kind", "u", "--target", "0.5", "--summary")
    chart = control_chart("u", top, size, target=0.5)
    assert [row["variation"] for row in rows] == chart.variation.tolist()
    assert [row["assurance"] for row in rows] == chart.assurance.tolist() == ["pass"] * 3
    assert figures(rows, "n_used").tolist() == [20, 20, 20]
    assert list(rows[0]) == ["series", "variation", "assurance", "mixed", "trial", "n_used", "reason"]


def test_every_option_reaches_the_chart(run):
    top, _, text = made(1, 30)
    top = top.astype(float)
    top[0, 5] = 60
    text = HEADER + "".join(f"a,{np.datetime64('2023-01') + i}-01,{y},\n" for i, y in enumerate(top[0]))
    words = ("--rules", "nhsr", "--direction", "higher", "--screen", "--gaps", "bridge", "--min-points", "5")
    text = "\n".join(",".join(line.split(",")[:3]) for line in text.splitlines())
    _, rows, _ = run(text, "chart", "--kind", "xmr", *words, "--baseline", "12")
    options = {"rules": "nhsr", "direction": "higher", "screen": True, "gaps": "bridge", "min_points": 5}
    chart = control_chart("xmr", top[0], **options, baseline=np.arange(30) < 12)
    assert np.array_equal(figures(rows, "upper"), chart.upper)
    assert [row["state"] for row in rows] == chart.state.tolist()
    plain = control_chart("xmr", top[0])
    assert not np.array_equal(plain.upper, chart.upper)


def test_series_of_different_lengths_are_as_each_alone(run):
    rng = np.random.default_rng(5)
    lengths = [1, 14, 3, 14, 26]
    values = [rng.poisson(5, n) for n in lengths]
    start = np.datetime64("2020-01")
    text = "series,date,numerator\n" + "".join(
        f"s{i},{start + j}-01,{y}\n" for i, series in enumerate(values) for j, y in enumerate(series)
    )
    _, rows, _ = run(text, "chart", "--kind", "c")
    _, summary, _ = run(text, "chart", "--kind", "c", "--summary")
    for i, series in enumerate(values):
        # Months after a series' last row are holes, up to the last month that a quarter of the series have.
        full = np.append(series.astype(float), np.full(max(14 - len(series), 0), np.nan))
        chart, mine = control_chart("c", full), [row for row in rows if row["series"] == f"s{i}"]
        assert np.array_equal(figures(mine, "upper"), chart.upper)
        assert [row["state"] for row in mine] == chart.state.tolist()
        assert (summary[i]["variation"], summary[i]["reason"]) == (str(chart.variation), str(chart.reason))


def test_a_series_whose_rows_end_early_is_not_better(run):
    rows = [f"A,{np.datetime64('2022-01') + i}-01,{10 + i % 3}\n" for i in range(28)]
    rows += [f"B,{np.datetime64('2022-01') + i}-01,{10 + i % 3 if i < 14 else 1}\n" for i in range(22)]
    _, summary, _ = run(HEADER.replace(",denominator", "") + "".join(rows), "chart", "--kind", "c", "--summary")
    assert [(row["series"], row["variation"], row["reason"]) for row in summary] == [
        ("A", "common_cause", ""),
        ("B", "none", "The latest month was not reported."),
    ]
    more = [row.replace("A,", f"{name},") for name in "CDE" for row in rows[:28]]
    slip = [*rows, *more, "C,2062-05-01,9\n"]  # one slip in a date makes nothing due for the others
    _, points, _ = run(HEADER.replace(",denominator", "") + "".join(slip), "chart", "--kind", "c")
    assert sum(row["series"] == "B" for row in points) == 28


def test_parts_of_a_large_file_join_without_a_seam(run, monkeypatch):
    _, _, text = made(9, 20)
    whole = run(text, "chart", "--kind", "u")[1]
    trends = run(text, "trend")[1]
    monkeypatch.setattr("metrics.command.rows.PART_POINTS", 45)
    assert run(text, "chart", "--kind", "u")[1] == whole
    assert run(text, "trend")[1] == trends


def test_a_month_that_is_not_there_is_a_hole_as_is_an_empty_cell(run):
    absent = "series,date,numerator\na,2024-01-01,3\na,2024-03-01,5\na,2024-02-01,NA\na,2024-06-01,4\n"
    _, rows, _ = run(absent, "chart", "--kind", "xmr")
    assert [row["date"] for row in rows] == [f"2024-0{i}-01" for i in range(1, 7)]
    assert [row["value"] for row in rows] == ["3", "", "5", "", "", "4"]
    last = (
        absent.replace("01-01", "01-31").replace("03-01", "03-31").replace("02-01", "02-29").replace("06-01", "06-30")
    )
    _, rows, _ = run(last, "chart", "--kind", "xmr")
    assert [row["date"] for row in rows][3:] == ["2024-04-30", "2024-05-31", "2024-06-30"]


def test_quarters_and_other_dates_have_no_holes(run):
    quarters = [f"202{y}-{m:02}-01" for y in range(2) for m in (1, 4, 7, 10)]
    weeks = ["2024-01-01", "2024-01-08", "2024-01-22"]
    for dates in ([*quarters[:5], *quarters[6:]], weeks):
        text = "series,date,numerator\n" + "".join(f"a,{day},4\n" for day in dates)
        _, rows, _ = run(text, "chart", "--kind", "run")
        assert len(rows) == (8 if dates is not weeks else 3)
    assert run("series,date,numerator\na,2024-01-01,4\na,2024-04-01,4\n", "chart", "--kind", "t")[1][1]["value"] == "4"


def test_phases_and_baselines_are_counted_in_reported_points(run):
    values = ["1", "", "3", "9", "9", "20", "30", "70"]
    phase = ["x", "x", "x", "x", "x", "y", "y", "y"]
    text = "series,date,numerator,phase\n" + "".join(
        f"a,2024-0{i + 1}-01,{y},{p}\n" for i, (y, p) in enumerate(zip(values, phase, strict=True))
    )
    _, rows, _ = run(text, "chart", "--kind", "run", "--baseline", "2")
    assert figures(rows, "centre").tolist() == [2] * 5 + [25] * 3


def test_quotes_byte_order_marks_carriage_returns_and_other_columns_are_read(run):
    text = '\ufeffnote,series,date,numerator\r\n"x, y","A, ""1""",2024-01,3\r\n\r\n,"B\nC",2024-02-29, 4 \r\n'
    status, rows, _ = run(text, "chart", "--kind", "c")
    assert status == 0
    assert [(row["series"], row["date"], row["value"]) for row in rows] == [
        ('A, "1"', "2024-01-01", "3"),
        ('A, "1"', "2024-02-01", ""),  # the other has a row then
        ("B\nC", "2024-02-29", "4"),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty.\n"),
        ("\n\n", "The file is empty.\n"),
        ("series,date,numerator\n", "The file has a header and no rows.\n"),
        (
            "series,date,count\na,2024-01-01,1\n",
            "Line 1: there is no column numerator; the columns are: series, date, count.\n",
        ),
        ("series,date,date,numerator\n", "Line 1: there are two columns 'date'.\n"),
        ("series,date,numerator\n\na,2024-01-01,few\n", "Line 3, column numerator: 'few' is no number.\n"),
        (
            "series,date,numerator\na,2024-01-01,1\na,2024-02-30,1\n",
            "Line 3, column date: '2024-02-30' is no date such as 2024-05-31 or 2024-05: format the column as yyyy-mm-dd.\n",
        ),
        (
            "series,date,numerator\na,01/02/2024,1\n",
            "Line 2, column date: '01/02/2024' is no date such as 2024-05-31 or 2024-05: format the column as yyyy-mm-dd.\n",
        ),
        (
            "series,date,numerator\na,,1\n",
            "Line 2, column date: '' is no date such as 2024-05-31 or 2024-05: format the column as yyyy-mm-dd.\n",
        ),
        (
            'series,date,numerator\n"a\nb",2024-01-01,1\na,2024-01-01,-1\n',
            "Line 4, column numerator: '-1' is negative, which a c chart cannot show.\n",
        ),
        ("series,date,numerator\na,2024-01-01,1e999\n", "Line 2, column numerator: '1e999' is infinite.\n"),
        ("series,date,numerator\n,2024-01-01,1\n", "Line 2, column series: '' names no series.\n"),
        ("series,date,numerator\na,2024-01-01\n", "Line 2: there are 2 cells where the header has 3.\n"),
        (
            "series,date,numerator\na,2024-01-01,1\nb,2024-01-01,1\na,2024-01-01,2\n",
            "Line 4, column date: '2024-01-01' is there twice for this series.\n",
        ),
        (
            "series,date,numerator\na,0204-01-01,1\na,2024-01-01,1\n",
            "Line 3, column date: '2024-01-01' comes more than 50 years after the date before it.\n",
        ),
        (
            b"series,date,numerator\na,2024-01-01,1\n\xe9,2024-01-01,1\n",
            "Line 3: there is a letter that is not UTF-8; save the file as CSV UTF-8.\n",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_said_in_one_sentence(run, text, sentence):
    assert run(text, "chart", "--kind", "c") == (2, [], sentence)


def test_denominators_are_checked_too(run):
    for figure, kind, sentence in (
        ("5,-1", "u", "Line 2, column denominator: '-1' is negative."),
        ("5,4", "p", "Line 2, column numerator: '5' is above its denominator."),
        ("5,x", "u", "Line 2, column denominator: 'x' is no number."),
    ):
        assert run(f"{HEADER}a,2024-01-01,{figure}\n", "chart", "--kind", kind) == (2, [], f"{sentence}\n")
    status, _, said = run("series,date,numerator\na,2024-01-01,1\n", "chart", "--kind", "u")
    assert (status, said) == (2, "Line 1: there is no column denominator; the columns are: series, date, numerator.\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["chart", "--kind", "q"], "u_prime"),
        (["chart"], "--kind"),
        (["chart", "--kind", "c", "--rules", "all"], "mdc6"),
        (["chart", "--kind", "c", "--target", "few"], "'few'"),
        (["chart", "--kind", "c", "--screen"], "screen is for kinds made of moving ranges"),
        (["chart", "--kind", "c", "--baseline", "0"], "--baseline"),
        (["trend", "--method", "ols"], "mann_kendall"),
        (["picture"], "funnel"),
    ],
)
def test_a_wrong_option_is_named_with_those_there_are(run, words, said):
    status, rows, sentence = run("series,date,numerator\na,2024-01-01,1\n", *words)
    assert (status, rows) == (2, [])
    assert said in sentence
    assert sentence.count("\n") == 1


def test_trends_are_a_year_by_their_dates(run):
    top, size, text = made(4, 30)
    years = np.arange(30) / 12
    for method, fitted in (
        ("count", count_trend(top, size, years)),
        ("proportion", proportion_trend(top, size, years)),
    ):
        _, rows, _ = run(text, "trend", "--method", method)
        for name in ("ratio", "low", "high", "p_value", "n"):
            assert np.array_equal(figures(rows, name), getattr(fitted, name)), name
    _, rows, _ = run(text, "trend", "--method", "mann_kendall")
    assert np.array_equal(figures(rows, "p_value"), mann_kendall(top / size, autocorrelation="effective_n").p_value)
    assert np.array_equal(figures(rows, "slope_a_year"), theil_sen(top / size, years).slope)
    _, rows, _ = run(text, "trend", "--autocorrelation", "none")
    assert np.array_equal(figures(rows, "low"), count_trend(top, size, years, autocorrelation="none").low)


def test_a_trend_counts_days_where_dates_are_not_monthly(run):
    days = np.array([0, 10, 15, 40, 90, 95, 200, 300, 330, 365])
    counts = np.array([3, 4, 2, 5, 3, 6, 5, 7, 6, 8])
    text = "series,date,numerator\n" + "".join(
        f"a,{np.datetime64('2023-01-05') + d},{y}\n" for d, y in zip(days, counts, strict=True)
    )
    _, rows, _ = run(text, "trend")
    assert figures(rows, "ratio")[0] == pytest.approx(float(count_trend(counts, None, days / 365.25).ratio), rel=1e-12)


def test_a_series_without_a_trend_says_why(run):
    _, rows, _ = run("series,date,numerator\na,2024-01-01,1\n", "trend")
    assert rows[0]["ratio"] == ""
    assert rows[0]["reason"] == "Too few months for a trend."


def test_funnels_by_group_are_as_each_alone(run):
    rng = np.random.default_rng(3)
    y, n, group = rng.poisson(9, 15), rng.integers(5, 15, 15), np.array(["x", "y", "x"] * 5)
    text = "unit,numerator,denominator,group\n" + "".join(f"u{i},{y[i]},{n[i]},{group[i]}\n" for i in range(15))
    _, rows, _ = run(text, "funnel")
    for name in ("x", "y"):
        mine, found = [row for row in rows if row["group"] == name], funnel(y[group == name], n[group == name])
        assert [row["unit"] for row in mine] == [f"u{i}" for i in np.flatnonzero(group == name)]
        for figure in ("lower_95", "upper_998", "outlier", "p_value"):
            assert np.array_equal(figures(mine, figure), getattr(found, figure)), figure
        assert set(figures(mine, "centre")) == {float(found.centre)}


def test_funnel_of_ratios_takes_expected_and_no_group(run):
    _, rows, _ = run("unit,numerator,expected\na,9,5\nb,0,4\n", "funnel", "--kind", "ratio", "--overdispersion", "none")
    found = funnel([9, 0], kind="ratio", expected=[5, 4], overdispersion="none")
    assert figures(rows, "outlier").tolist() == found.outlier.tolist() == [0, -1]
    assert "group" not in rows[0]


def test_wrong_funnels_are_refused(run):
    for text, words, sentence in (
        ("unit,numerator,denominator\na,1,2\na,1,2\n", [], "Line 3, column unit: 'a' is there twice."),
        (
            "unit,numerator,denominator,group\na,1,2,x\na,1,2,y\na,1,2,x\n",
            [],
            "Line 4, column unit: 'a' is there twice in this group.",
        ),
        ("unit,numerator,denominator,group\na,1,2,\n", [], "Line 2, column group: '' names no group."),
        ("unit,numerator,denominator\n,1,2\n", [], "Line 2, column unit: '' names no unit."),
        (
            "unit,numerator,denominator\na,1,2.5\n",
            ["--kind", "proportion"],
            "Line 2, column denominator: '2.5' is not whole.",
        ),
        ("unit,numerator,denominator\na,1,2\n", ["--trim", "0.7"], "trim must lie between 0 and 0.5, not 0.7"),
    ):
        assert run(text, "funnel", *words) == (2, [], f"{sentence}\n")


def test_the_command_reads_a_pipe_and_writes_a_file(tmp_path):
    text = made()[2].encode()
    piped = process("chart", "--kind", "u", text=text)
    assert (piped.returncode, piped.stderr) == (0, b"")
    saved = process("chart", "--kind", "u", "-o", str(tmp_path / "out.csv"), text=text)
    assert (saved.returncode, saved.stdout) == (0, b"")
    assert (tmp_path / "out.csv").read_bytes() == piped.stdout
    assert piped.stdout.count(b"\n") == 61


def test_a_wrong_file_costs_no_earlier_result(tmp_path):
    (tmp_path / "out.csv").write_text("kept")
    refused = process("chart", "--kind", "c", "-o", str(tmp_path / "out.csv"), text=b"series,date\n")
    assert refused.returncode == 2
    assert (tmp_path / "out.csv").read_text() == "kept"
    unfit = process("chart", "--kind", "c", "--screen", "-o", str(tmp_path / "out.csv"), text=made()[2].encode())
    assert (unfit.returncode, unfit.stderr.count(b"\n")) == (2, 1)
    assert (tmp_path / "out.csv").read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    same = process("chart", "--kind", "c", "-o", str(tmp_path / "out.csv"), str(tmp_path / "out.csv"))
    assert (same.returncode, b"another name" in same.stderr) == (2, True)
    link, target = tmp_path / "link.csv", tmp_path / "target.csv"
    target.write_text("old")
    target.chmod(0o600)
    link.symlink_to(target)
    done = process("chart", "--kind", "c", "-o", str(link), text=made()[2].encode())
    assert (done.returncode, link.is_symlink(), target.stat().st_mode & 0o777) == (0, True, 0o600)
    assert target.read_text() != "old"
    link.unlink()
    target.unlink()
    into = process("chart", "--kind", "c", "-o", "/dev/null", text=made()[2].encode())
    assert (into.returncode, Path("/dev/null").is_char_device()) == (0, True)
    lost = process("trend", str(tmp_path / "none.csv"))
    assert (lost.returncode, lost.stderr.count(b"\n")) == (2, 1)
    assert b"No such file" in lost.stderr


def test_a_broken_pipe_ends_quietly():
    text = made(400, 20)[2].encode()
    command = subprocess.Popen([sys.executable, "-m", "metrics", "chart", "--kind", "u"], cwd=ROOT,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    command.stdout.close()
    command.stdin.write(text)
    command.stdin.close()
    assert command.stderr.read() == b""
    command.stderr.close()
    assert command.wait() == 0


def test_spread_goes_with_the_kinds_of_subgroups(run):
    text = "series,date,numerator,denominator,spread\n" + "".join(
        f"a,2024-{i:02}-01,{10 + i % 3},5,{1 + i % 2}\n" for i in range(1, 13)
    )
    mean = 10 + np.arange(1, 13) % 3
    chart = control_chart("xbar", mean, np.full(12, 5), spread=1 + np.arange(1, 13) % 2)
    _, rows, _ = run(text, "chart", "--kind", "xbar")
    assert np.array_equal(figures(rows, "upper"), chart.upper)
    status, _, said = run(text.replace(",spread", ",sd"), "chart", "--kind", "xbar")
    assert (status, said.split(";")[0]) == (2, "Line 1: there is no column spread")


def test_help_says_what_a_missing_month_becomes():
    shown = process("chart", "--help")
    assert shown.returncode == 0
    assert b"holes" in shown.stdout


def test_importing_the_command_line_loads_no_pyarrow():
    code = "import sys, metrics.command; print({'pyarrow', 'scipy', 'pandas'} & set(sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True).stdout.strip()
        == b"set()"
    )
