import metrics
from docs.methods import CHAPTERS, FILE, entry, reference


def test_the_reference_is_what_the_code_says():
    assert FILE.read_text(encoding="utf-8") == reference(), "run: python -m docs.methods"


def test_every_public_name_is_in_one_chapter():
    named = [name for names in CHAPTERS.values() for name in names.split()]
    assert sorted(named) == sorted(set(metrics.__all__) - {"RULE_SETS"})


def test_every_function_says_what_comes_in():
    without = [name for name in metrics.__all__ if name.islower() and "**Parameters**" not in entry(name)]
    assert without == ["proportion_trend"]  # whose arguments are those of count_trend, and says so
    assert "are as of `count_trend`" in entry("proportion_trend")


def test_sections_become_headings_and_arguments_a_list():
    text = entry("control_chart")
    assert text.startswith("### control_chart\n\n```python\ncontrol_chart(kind, numerator, denominator=None, *, spread")
    assert "**Parameters**\n\n- *kind*:\n  run, xmr, mr" in text
    assert "----" not in text
