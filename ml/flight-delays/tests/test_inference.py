import json
from pathlib import Path

import numpy as np
import pytest

import inference
from dataset import read_dataset
from features import FEATURES

ROW = "540,1400,227,39.02,28.04,12.66,0,10,1011.9,,11,0,1"


@pytest.fixture
def model(run: Path) -> inference.Model:
    return inference.model_fn(str(run / "model"))


def ask(model: inference.Model, body: str | bytes, content_type: str = "text/csv") -> list[inference.Prediction]:
    predictions = inference.predict_fn(inference.input_fn(body, content_type), model)
    answer, answer_type = inference.output_fn(predictions, "application/json")
    assert answer_type == "application/json"
    return json.loads(answer)["predictions"]


def test_the_answers_are_the_scores_of_the_model(run: Path, model: inference.Model) -> None:
    rows = read_dataset(run / "holdout" / "holdout.csv").rows
    body = "\n".join(line.partition(",")[2] for line in (run / "holdout" / "holdout.csv").read_text().splitlines())
    scores = model["classifier"].predict_proba(rows[:, model["used_columns"]])[:, 1]
    model["threshold"] = float(np.median(scores))
    answers = ask(model, body)
    assert np.allclose([answer["score"] for answer in answers], scores, rtol=0, atol=1e-6)
    assert [answer["late"] for answer in answers] == (scores >= model["threshold"]).tolist()
    assert {True, False} == {answer["late"] for answer in answers}


def test_csv_and_json_get_the_same_answer(model: inference.Model) -> None:
    values = [None if value == "" else float(value) for value in ROW.split(",")]
    as_json = ask(model, json.dumps({"instances": [values, values]}), "application/json")
    assert as_json == ask(model, f"{ROW}\r\n{ROW}\n".encode(), "text/csv; charset=utf-8")
    assert len(as_json) == 2


def test_an_empty_cell_and_nan_both_mean_unknown(model: inference.Model) -> None:
    assert ask(model, ROW) == ask(model, ROW.replace(",,", ",nan,"))


def test_a_flight_of_which_nothing_is_known_is_answered(model: inference.Model) -> None:
    (answer,) = ask(model, "," * (len(FEATURES) - 1))
    assert 0 < answer["score"] < 1


@pytest.mark.parametrize(
    ("body", "content_type", "says"),
    [
        ("1,2,3", "text/csv", "Row 1 has 3 columns: send 13, in this order: dep_min, distance"),
        (f"{ROW}\n{ROW},1", "text/csv", "Row 2 has 14 columns"),
        (ROW.replace("540", "nine"), "text/csv", "Row 1, column 1 is 'nine'"),
        (ROW.replace("540", "inf"), "text/csv", "Row 1, column 1 is 'inf'"),
        ("", "text/csv", "no rows"),
        (b"\xff\xfe", "text/csv", "not UTF-8"),
        ("{", "application/json", "not JSON"),
        ("[]", "application/json", "another shape"),
        ('{"instances": [1]}', "application/json", "another shape"),
        ('{"instances": [[true]]}', "application/json", "column 1 is True"),
        ('{"instances": []}', "application/json", "no rows"),
        (ROW, "text/plain", "send text/csv or application/json"),
    ],
)
def test_a_bad_request_is_told_what_to_send(
    model: inference.Model, body: str | bytes, content_type: str, says: str
) -> None:
    with pytest.raises(inference.InvalidRequestError, match=says):
        ask(model, body, content_type)


def test_only_json_is_answered() -> None:
    assert inference.output_fn([], "text/html, */*;q=0.8") == ('{"predictions":[]}', "application/json")
    with pytest.raises(inference.InvalidRequestError, match="accept application/json"):
        inference.output_fn([], "text/csv")


def test_a_model_of_another_scikit_learn_is_refused(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference.sklearn, "__version__", "0.1")
    with pytest.raises(RuntimeError, match=r"this is 0\.1: train and serve with images"):
        inference.model_fn(str(run / "model"))
