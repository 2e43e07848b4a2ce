import pytest

import features
from features import CARRIERS, FEATURES, ORIGINS, SOURCE_COLUMNS, encode_flight, used_columns


def test_the_columns_of_a_request_keep_their_order() -> None:
    assert FEATURES == (
        "dep_min",
        "distance",
        "block",
        "temp",
        "dewp",
        "wind_speed",
        "precip",
        "visib",
        "pressure",
        "recent_delay",
        "carrier",
        "origin",
        "dow",
    )


@pytest.mark.parametrize("leak", ["dep_delay", "dep_time", "arr_delay", "arr_time", "air_time"])
def test_nothing_that_is_known_only_after_departure_is_read(leak: str) -> None:
    assert leak not in SOURCE_COLUMNS


def test_names_become_their_positions(flight: dict[str, str]) -> None:
    row = encode_flight(flight | {"carrier": "B6", "origin": "LGA"})
    assert row[FEATURES.index("carrier")] == str(CARRIERS.index("B6")) == "3"
    assert row[FEATURES.index("origin")] == str(ORIGINS.index("LGA")) == "2"


def test_unknown_values_become_nan(flight: dict[str, str]) -> None:
    row = encode_flight(flight | {"carrier": "XX", "pressure": ""})
    assert row[FEATURES.index("carrier")] == row[FEATURES.index("pressure")] == "nan"


@pytest.mark.parametrize(("column", "value"), [("temp", "warm"), ("temp", "inf"), ("temp", "nan"), ("origin", "BOS")])
def test_a_bad_value_is_refused_by_the_name_of_its_column(flight: dict[str, str], column: str, value: str) -> None:
    with pytest.raises(ValueError, match=column):
        encode_flight(flight | {column: value})


def test_an_excluded_column_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "EXCLUDED", ("dep_min", "dow"))
    assert used_columns() == list(range(1, len(FEATURES) - 1))


@pytest.mark.parametrize("excluded", [("tempp",), FEATURES])
def test_an_exclusion_that_makes_no_sense_is_refused(
    monkeypatch: pytest.MonkeyPatch, excluded: tuple[str, ...]
) -> None:
    monkeypatch.setattr(features, "EXCLUDED", excluded)
    with pytest.raises(ValueError, match="EXCLUDED"):
        used_columns()
