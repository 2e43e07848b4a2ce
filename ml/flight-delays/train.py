"""Step 2 of the pipeline: fit the model and leave it, with the code that serves it, in SageMaker's model folder.

The same data, hyperparameters and package versions give the same model file, byte for byte.
"""

import argparse
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import joblib
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier

from dataset import Dataset, read_dataset
from features import FEATURES, used_columns

CATEGORICAL = ("carrier", "origin")
SEED = 2013
INFERENCE = Path(__file__).parent / "inference.py"


def fit(dataset: Dataset, hyperparameters: argparse.Namespace) -> HistGradientBoostingClassifier:
    """Fit on the used columns alone. Early stopping is off: it would hold out rows at random."""
    columns = used_columns()
    names = [FEATURES[column] for column in columns]
    classifier = HistGradientBoostingClassifier(
        max_iter=hyperparameters.max_iter,
        learning_rate=hyperparameters.learning_rate,
        max_leaf_nodes=hyperparameters.max_leaf_nodes,
        min_samples_leaf=hyperparameters.min_samples_leaf,
        l2_regularization=hyperparameters.l2_regularization,
        categorical_features=[position for position, name in enumerate(names) if name in CATEGORICAL],
        early_stopping=False,
        random_state=SEED,
    )
    return classifier.fit(dataset.rows[:, columns], dataset.labels)


def save(classifier: HistGradientBoostingClassifier, threshold: float, model_dir: Path) -> None:
    """Write `model.joblib` and `code/inference.py`. The model carries its columns, so a server needs nothing else."""
    code_dir = model_dir / "code"
    code_dir.mkdir(parents=True, exist_ok=True)
    model = {
        "classifier": classifier,
        "features": FEATURES,
        "used_columns": used_columns(),
        "threshold": threshold,
        "scikit_learn": sklearn.__version__,
    }
    joblib.dump(model, model_dir / "model.joblib")
    shutil.copyfile(INFERENCE, code_dir / INFERENCE.name)


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Hyperparameters come from pipeline.json as `--name value`, folders from SageMaker's environment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--max_iter", type=int, default=100)
    parser.add_argument("--learning_rate", type=float, default=0.05)
    parser.add_argument("--max_leaf_nodes", type=int, default=15)
    parser.add_argument("--min_samples_leaf", type=int, default=100)
    parser.add_argument("--l2_regularization", type=float, default=1.0)
    parser.add_argument("--threshold", type=float, default=0.3, help="a score from here on is answered as late")
    parser.add_argument(
        "--train", type=Path, default=Path(os.environ.get("SM_CHANNEL_TRAIN", "/opt/ml/input/data/train"))
    )
    parser.add_argument("--model_dir", type=Path, default=Path(os.environ.get("SM_MODEL_DIR", "/opt/ml/model")))
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the step."""
    args = parse_arguments(argv)
    dataset = read_dataset(args.train / "train.csv")
    if len(set(dataset.labels.tolist())) < 2:
        raise ValueError("All training rows have the same label: the model needs late flights and punctual ones.")
    save(fit(dataset, args), args.threshold, args.model_dir)
    used = ", ".join(FEATURES[column] for column in used_columns())
    print(f"fitted on {len(dataset.labels)} rows, {dataset.labels.mean():.1%} of them late; columns: {used}")


if __name__ == "__main__":
    main()
