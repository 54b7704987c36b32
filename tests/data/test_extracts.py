"""The real extracts that ZERO_HARM_EXTRACTS names, loaded as they are."""

from pathlib import Path

import numpy as np
import pytest

from data.access import Audience, Reader, Role
from data.config import Home
from data.panel import Panel, State
from data.record import writing
from data.store import Store
from pages.shared.analysis import analyse
from tests.conftest import Load

pytestmark = pytest.mark.extracts
MERSEY = "MERSEY CARE NHS FOUNDATION TRUST"
WHO = Reader(Role.QI_LEAD, Audience.WORKING)


def panel_of(home: Home) -> Panel:
    store = Store.open(home)
    assert store is not None
    return store.panel(WHO)


@pytest.fixture(scope="module")
def national(extracts: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    from data.catalogue import shipped_catalogue
    from data.ingest.intake import intake

    home = Home(tmp_path_factory.mktemp("national"))
    with intake(home, shipped_catalogue(), extracts / "mhsds_restraint_beddays_2021-09_2022-08.csv") as extract:
        receipt = extract.accept("tester")
    assert (receipt.rows_read, receipt.rows_stored) == (968, 968)
    return home


def test_the_national_file_has_88_providers_with_its_blanks_and_stars_as_states(national: Home) -> None:
    panel = panel_of(national)
    m = panel.measure_position("restraint_people")
    assert len(panel.tree.units) == 88
    assert panel.numerator.shape[2] == 12
    with writing(national) as writer:
        found = dict(
            writer.con.execute(
                "select state, count(*) from record.observation where measure_id = 'restraint_people' group by state"
            ).fetchall()
        )
    assert found == {"reported": 533, "suppressed": 35, "missing": 400}
    assert (panel.state[m] == State.SUPPRESSED).sum() == 35
    assert not np.isfinite(panel.numerator[m][panel.state[m] == State.SUPPRESSED]).any()


def test_rates_per_1000_bed_days_chart(national: Home) -> None:
    store = Store.open(national)
    assert store is not None
    reading = analyse(store, WHO).get("restraint_people", MERSEY)
    assert reading is not None
    assert reading.value[0] == pytest.approx(130 / 24540 * 1000)
    assert reading.chart is not None


def test_mersey_cares_four_low_months_ask_to_be_checked_and_none_is_an_improvement(national: Home) -> None:
    panel = panel_of(national)
    m, u = panel.measure_position("restraint_people"), panel.tree.position[MERSEY]
    assert panel.numerator[m, u].tolist()[:5] == [130, 20, 25, 40, 35]
    assert np.flatnonzero(panel.doubtful[m, u]).tolist() == [1, 2, 3, 4]
    assert State(int(panel.state[m, u, 5])) is State.MISSING
    assert panel.doubtful[m].sum() == 6
    store = Store.open(national)
    assert store is not None
    reading = analyse(store, WHO).get("restraint_people", MERSEY)
    assert reading is not None and reading.chart is not None
    assert reading.chart.state is not None
    assert not any(str(s).startswith("improvement") for s in reading.chart.state[[1, 2, 3, 4, 5]])
    assert not reading.variation.startswith("improvement")
    assert not any(s.meaning == "improvement" for s in reading.signals)


def test_the_24_monthly_cuts_give_the_same_observations(
    national: Home, extracts: Path, tmp_path: Path, load: Load
) -> None:
    cuts = Home(tmp_path / "cuts")
    files = sorted((extracts / "prod_alert2").glob("*.csv"))
    assert len(files) == 24
    for path in files:
        receipt = load(cuts, path.read_bytes(), path.name)
        assert receipt.feed == "cuts"
        assert receipt.rows_read == receipt.rows_stored
    query = """
        select measure_id, unit_code, period_start, numerator, state from record.observation
        where state in ('reported', 'suppressed') and measure_id = 'restraint_people' order by all
    """
    exposures = """
        select unit_code, month, value, state from record.exposure
        where state in ('reported', 'suppressed') and unit_code in (select unnest($codes)) order by all
    """
    found = []
    for home in (national, cuts):
        with writing(home) as writer:
            codes = [u.code for u in panel_of(national).tree.units]
            observations = writer.con.execute(query).fetchall()
            found.append((observations, writer.con.execute(exposures, {"codes": codes}).fetchall()))
    assert found[0][0] == found[1][0]
    assert len(found[0][0]) == 568
    # The tidy file leaves out ten provider-months in which nobody was counted; whatever it has, the cuts have too.
    tidy, cut = ({(unit, month): figure for unit, month, *figure in rows} for _, rows in found)
    assert len(tidy) == 966
    assert {key: cut[key] for key in tidy} == tidy
    assert len(cut) - len(tidy) == 10


def test_mhsds_periods_of_one_and_three_months_are_told_apart(extracts: Path, tmp_path: Path, load: Load) -> None:
    home = Home(tmp_path / "mhsds")
    path = extracts / "mhsds_monthly_sample" / "MHSDS_4WW_SepPerf_2024.sample.csv"
    receipt = load(home, path.read_bytes(), path.name)
    assert receipt.rows_read == 264 == receipt.rows_stored + receipt.rows_set_aside
    with writing(home) as writer:
        periods = writer.con.execute(
            "select measure_id, period_start::varchar, months from record.observation group by all order by all"
        ).fetchall()
        england = writer.con.execute(
            "select numerator, denominator from record.observation where unit_code = 'England'"
            " and measure_id = 'four_week_wait_adult'"
        ).fetchall()
    assert periods == [
        ("four_week_wait_adult", "2024-07-01", 3),
        ("four_week_wait_cyp", "2024-07-01", 3),
        ("long_waits_adult", "2024-09-01", 1),
    ]
    assert england[0][0] < england[0][1]
    assert receipt.changes.counts["new"] == 18 + 6  # three measures on six places, and the six places


def test_mhsds_v2_corrects_the_first_issue_whichever_comes_last(extracts: Path, tmp_path: Path, load: Load) -> None:
    original = (extracts / "mhsds_monthly_sample" / "MHSDS_4WW_AprPerf_2024_v2.sample.csv").read_bytes()
    lines = original.decode("utf-8-sig").splitlines()
    at = next(i for i, line in enumerate(lines) if ",RW4," in line and ",MRS02a," in line)
    true = lines[at].rsplit(",", 1)[1]
    lines[at] = lines[at].rsplit(",", 1)[0] + ",5"
    first = "\n".join(lines).encode()
    assert true != "5"
    for n, order in enumerate(
        ([("MHSDS_4WW_AprPerf_2024.csv", first), ("MHSDS_4WW_AprPerf_2024_v2.csv", original)],) * 2
    ):
        home = Home(tmp_path / f"order {n}")
        for name, content in order:
            load(home, content, name)
        panel = panel_of(home)
        m, u = panel.measure_position("long_waits_adult"), panel.tree.position["RW4"]
        assert panel.numerator[m, u, 0] == float(true)
