"""The columns of one flight, their order and codes, and which of them the model learns from.

Every row that the model sees, in training files and in requests, carries all of FEATURES in this order, as numbers.
A client therefore never notices when a column is excluded or taken back: the row stays the same, only the model
looks at fewer of its columns.
"""

from collections.abc import Mapping
from math import isfinite

# Observations of the scheduled hour; they stand in for the forecast that a caller has.
WEATHER = ("temp", "dewp", "wind_speed", "precip", "visib", "pressure")

# All known before departure. The departure delay of the flight itself is known only after pushback and must stay out.
FEATURES = ("dep_min", "distance", "block", *WEATHER, "recent_delay", "carrier", "origin", "dow")

# Codes that only name something: a distance between them means nothing, so drift counts them instead.
CATEGORICAL = ("carrier", "origin", "dow")

# Columns that the model must not learn from.
EXCLUDED: tuple[str, ...] = ()

# A code is the position in the tuple. New names go to the end: a position that moves changes what old models see.
CARRIERS = ("9E", "AA", "AS", "B6", "DL", "EV", "F9", "FL", "HA", "MQ", "OO", "UA", "US", "VX", "WN", "YV")
ORIGINS = ("EWR", "JFK", "LGA")

LABEL = "late"
SOURCE_COLUMNS = ("month", "day", *FEATURES, LABEL)

MISSING = "nan"


def encode_flight(flight: Mapping[str, str]) -> list[str]:
    """One flight of the source file as the values of FEATURES: numbers as text, `nan` where unknown.

    A carrier without a code counts as unknown, because airlines come and go; any other bad value is an error.
    Raises ValueError with a sentence that names the column.
    """
    return [_encode_value(name, flight[name]) for name in FEATURES]


def used_columns() -> list[int]:
    """Positions in FEATURES of the columns that the model learns from."""
    unknown = sorted(set(EXCLUDED) - set(FEATURES))
    if unknown:
        raise ValueError(f"EXCLUDED in features.py names {', '.join(unknown)}: it may only name columns of FEATURES.")
    used = [position for position, name in enumerate(FEATURES) if name not in EXCLUDED]
    if not used:
        raise ValueError("EXCLUDED in features.py leaves no column to learn from: take at least one back.")
    return used


def _encode_value(name: str, value: str) -> str:
    if name == "carrier":
        return str(CARRIERS.index(value)) if value in CARRIERS else MISSING
    if name == "origin":
        if value not in ORIGINS:
            raise ValueError(f"origin is {value!r}: it must be one of {', '.join(ORIGINS)}.")
        return str(ORIGINS.index(value))
    if value == "":
        return MISSING
    try:
        number = float(value)
    except ValueError:
        number = float("inf")
    if not isfinite(number):
        raise ValueError(f"{name} is {value!r}: it must be a number, or empty where it is unknown.")
    return value
