"""How the model is served: the four functions that SageMaker's scikit-learn server calls.

Travels inside the model archive and imports nothing of this repository, so an old model is always served, and
compared with, by its own code. A request holds flights with the columns of features.FEATURES in their order:

    text/csv          one flight a line, no header, an unknown value empty
    application/json  {"instances": [[540, 1400, ...], ...]}, an unknown value null

The answer is {"predictions": [{"score": 0.123, "late": false}, ...]}, one for each flight, in order.
"""

import json
from math import isinf
from pathlib import Path
from typing import Any, TypedDict

import joblib
import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

SCORE_DECIMALS = 6


class Model(TypedDict):
    """What train.py saved. `used_columns`: positions in `features` of the columns that the classifier was fitted on."""

    classifier: HistGradientBoostingClassifier
    features: tuple[str, ...]
    used_columns: list[int]
    threshold: float
    scikit_learn: str


class Prediction(TypedDict):
    """`score`: estimated probability of arriving more than 15 minutes late. `late`: score ≥ the model's threshold."""

    score: float
    late: bool


class InvalidRequestError(ValueError):
    """The request can't be answered; the sentence says why and what to send instead."""


def model_fn(model_dir: str) -> Model:
    """Load the model. Another scikit-learn than the one it was fitted with might answer differently: an error."""
    model: Model = joblib.load(Path(model_dir) / "model.joblib")
    if model["scikit_learn"] != sklearn.__version__:
        raise RuntimeError(
            f"The model was fitted with scikit-learn {model['scikit_learn']}, this is {sklearn.__version__}: "
            "train and serve with images that hold the versions of requirements.txt."
        )
    return model


def input_fn(body: str | bytes, content_type: str) -> list[list[float]]:
    """Read the rows of a request; NaN stands for an unknown value."""
    text = _decode(body)
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "text/csv":
        cells = _split_csv(text)
    elif media_type == "application/json":
        cells = _read_instances(text)
    else:
        raise InvalidRequestError(f"The content type is {content_type!r}: send text/csv or application/json.")
    if not cells:
        raise InvalidRequestError("The request has no rows: send at least one flight.")
    return [[_number(cell, row, column) for column, cell in enumerate(line, 1)] for row, line in enumerate(cells, 1)]


def predict_fn(rows: list[list[float]], model: Model) -> list[Prediction]:
    """Score the rows."""
    expected = len(model["features"])
    for number, row in enumerate(rows, 1):
        if len(row) != expected:
            raise InvalidRequestError(
                f"Row {number} has {len(row)} columns: send {expected}, in this order: {', '.join(model['features'])}."
            )
    table: NDArray[np.float64] = np.asarray(rows, dtype=np.float64)
    scores = model["classifier"].predict_proba(table[:, model["used_columns"]])[:, 1]
    return [
        {"score": round(float(score), SCORE_DECIMALS), "late": bool(score >= model["threshold"])} for score in scores
    ]


def output_fn(predictions: list[Prediction], accept: str) -> tuple[str, str]:
    """The answer and its content type; JSON is the only one offered."""
    offered = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    if not offered & {"application/json", "application/*", "*/*", ""}:
        raise InvalidRequestError(f"The answer can't be given as {accept!r}: accept application/json.")
    return json.dumps({"predictions": predictions}, separators=(",", ":")), "application/json"


def _decode(body: str | bytes) -> str:
    if isinstance(body, str):
        return body
    try:
        return bytes(body).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidRequestError("The request is not UTF-8 text: encode it as UTF-8.") from error


def _split_csv(text: str) -> list[list[Any]]:
    return [line.split(",") for line in text.splitlines() if line.strip()]


def _read_instances(text: str) -> list[list[Any]]:
    try:
        request = json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidRequestError(f"The request is not JSON ({error}): correct it.") from error
    instances = request.get("instances") if isinstance(request, dict) else None
    if not isinstance(instances, list) or not all(isinstance(row, list) for row in instances):
        raise InvalidRequestError('The JSON has another shape: send {"instances": [[540, 1400, ...], ...]}.')
    return instances


def _number(cell: Any, row: int, column: int) -> float:
    if cell is None or (isinstance(cell, str) and cell.strip() == ""):
        return float("nan")
    try:
        number = float("inf") if isinstance(cell, bool) else float(cell)
    except (TypeError, ValueError, OverflowError):
        number = float("inf")
    if isinf(number):
        raise InvalidRequestError(
            f"Row {row}, column {column} is {cell!r}: send a number, or nothing where it is unknown."
        )
    return number
