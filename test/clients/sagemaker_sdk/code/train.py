"""Fits a line to the rows of its channel, as a script for the scikit-learn container does; serves it too."""

import argparse
import os

import joblib
import numpy
from sklearn.linear_model import LinearRegression


def model_fn(model_dir):
    return joblib.load(os.path.join(model_dir, "model.joblib"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--intercept", type=lambda text: text == "True", default=True)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--train", default=os.environ["SM_CHANNEL_TRAIN"])
    parser.add_argument("--model-dir", default=os.environ["SM_MODEL_DIR"])
    arguments = parser.parse_args()
    files = sorted(os.listdir(arguments.train))
    rows = numpy.vstack([numpy.loadtxt(os.path.join(arguments.train, file), delimiter=",", ndmin=2) for file in files])
    model = LinearRegression(fit_intercept=arguments.intercept).fit(rows[:, :-1], rows[:, -1])
    print(f"fitted {len(rows)} rows, rounds={arguments.rounds}")
    print(f"train:rmse={numpy.sqrt(numpy.mean((model.predict(rows[:, :-1]) - rows[:, -1]) ** 2)):.4f};")
    joblib.dump(model, os.path.join(arguments.model_dir, "model.joblib"))
