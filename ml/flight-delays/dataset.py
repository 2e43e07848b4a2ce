"""Training and held-out files: CSV without header, the label first, then the columns of features.FEATURES."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features import FEATURES


@dataclass(frozen=True)
class Dataset:
    """`labels`: n values, 1 = late, 0 = on time. `rows`: n rows of FEATURES, NaN where unknown."""

    labels: NDArray[np.float64]
    rows: NDArray[np.float64]


def read_dataset(path: Path) -> Dataset:
    """Read one file. Raises ValueError when it has no rows, or other columns than the label and FEATURES."""
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing: the preprocessing step writes it.")
    if path.stat().st_size == 0:
        raise ValueError(f"{path} has no rows: check the data that the preprocessing step read.")
    table = np.loadtxt(path, delimiter=",", ndmin=2)
    if table.shape[1] != 1 + len(FEATURES):
        raise ValueError(
            f"{path} has {table.shape[1]} columns: it needs the label and the {len(FEATURES)} columns of FEATURES."
        )
    return Dataset(labels=table[:, 0], rows=table[:, 1:])
