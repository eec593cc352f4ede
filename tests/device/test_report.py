import pytest

from tests.device.report import CheckFailedError, Outcome, Report, Row, SkipError, require, table


@pytest.fixture
def report():
    return Report("host", lambda row: None)


def test_a_check_that_ends_well_keeps_its_figures(report):
    with report.check("size") as figures:
        figures.append("1280x720")
    assert report.rows[0].outcome is Outcome.PASSED
    assert report.rows[0].detail.startswith("1280x720 [")


@pytest.mark.parametrize(
    ("error", "outcome", "detail"),
    [
        (CheckFailedError("torn"), Outcome.FAILED, "torn ["),
        (SkipError("no QEMU"), Outcome.SKIPPED, "no QEMU ["),
        (KeyError("x"), Outcome.FAILED, "KeyError('x') ["),
    ],
)
def test_whatever_goes_wrong_becomes_a_row(report, error, outcome, detail):
    with report.check("one"):
        raise error
    with report.check("next"):
        require(True, "fine")
    assert [row.outcome for row in report.rows] == [outcome, Outcome.PASSED]
    assert report.rows[0].detail.startswith(detail)


def test_rows_travel_as_lines(report):
    with report.check("one"):
        pass
    assert Row.from_json(report.rows[0].to_json()) == report.rows[0]
    with pytest.raises((ValueError, TypeError)):
        Row.from_json('{"kind": "other"}')


def test_the_table_is_aligned():
    rows = [Row("host", "a", Outcome.PASSED, "x"), Row("guest", "longer", Outcome.FAILED, "y")]
    first, second = table(rows).splitlines()
    assert first.index("x") == second.index("y")
