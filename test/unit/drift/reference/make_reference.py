"""Writes scipy.json, the values that the drift engine's tests compare with.

    python3 -m venv /tmp/reference
    /tmp/reference/bin/pip install numpy==2.4.6 scipy==1.17.1
    /tmp/reference/bin/python make_reference.py > scipy.json
"""

import json
import sys

import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon

random = np.random.default_rng(20)


def rounded(values):
    return [float(f"{value:.6g}") for value in values]


def histogram(values, edges):
    return np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)


def compare(name, baseline, window):
    baseline, window = np.array(rounded(baseline)), np.array(rounded(window))
    deciles = np.unique(np.quantile(baseline, np.arange(1, 10) / 10))
    counts, others = histogram(baseline, deciles), histogram(window, deciles)
    p = np.where(counts == 0, 0.5, counts) / len(baseline)
    q = np.where(others == 0, 0.5, others) / len(window)
    psi = np.where((counts == 0) & (others == 0), 0, (q - p) * np.log(q / p)).sum()
    test = stats.ks_2samp(baseline, window, method="asymp")
    return {
        "name": name,
        "baseline": baseline.tolist(),
        "window": window.tolist(),
        "mean": baseline.mean(),
        "standardDeviation": baseline.std(),
        "deciles": deciles.tolist(),
        "edges": np.quantile(baseline, np.arange(1, 80) / 80).tolist(),
        "wasserstein": stats.wasserstein_distance(baseline, window),
        "ks": {"statistic": test.statistic, "pValue": test.pvalue},
        "psi": psi,
        "jensenShannon": jensenshannon(counts, others, base=2),
    }


def contingency(baseline, window):
    result = stats.chi2_contingency([baseline, window], correction=False)
    total = sum(baseline) + sum(window)
    return {
        "baseline": baseline,
        "window": window,
        "statistic": result.statistic,
        "pValue": result.pvalue,
        "cramersV": float(np.sqrt(result.statistic / total)),
        "lInfinity": float(np.abs(np.array(baseline) / sum(baseline) - np.array(window) / sum(window)).max()),
        "totalVariation": float(np.abs(np.array(baseline) / sum(baseline) - np.array(window) / sum(window)).sum() / 2),
        "jensenShannon": float(jensenshannon(baseline, window, base=2)),
    }


i, j = np.arange(1000), np.arange(800)
distributions = [
    compare("the facts' example", (i * 7919 % 1000) / 1000, (j * 104729 % 1000 / 1000) ** 1.2 + 0.05),
    compare("normal, shifted by 0.3 σ", random.normal(10, 2, 900), random.normal(10.6, 2, 700)),
    compare("normal, the same", random.normal(-5, 1, 900), random.normal(-5, 1, 900)),
    compare("log-normal, wider", random.lognormal(0, 1, 900), random.lognormal(0, 1.3, 700)),
    compare("two humps against one", np.r_[random.normal(0, 1, 450), random.normal(6, 1, 450)], random.normal(3, 1, 700)),
    compare("small whole numbers", random.poisson(3, 900), random.poisson(4, 700)),
    compare("a flag", random.binomial(1, 0.02, 900), random.binomial(1, 0.3, 700)),
    compare("large offset", 1.7e9 + 1e3 * random.integers(0, 500, 900), 1.7e9 + 1e3 * random.integers(100, 600, 700)),
]
tables = [
    contingency([120, 80, 40, 10], [90, 95, 50, 15]),
    contingency([1000, 500, 250, 30], [1010, 480, 260, 0]),
    contingency([20000, 9000, 1000], [600, 300, 100]),
    contingency([int(n) for n in random.integers(200, 400, 60)], [int(n) for n in random.integers(200, 400, 60)]),
]
pairs = [(int(n), round(float(z / np.sqrt(n)), 8)) for n in (60, 120, 444, 968, 30000) for z in (0.2, 0.5, 0.8, 1.1, 1.6, 2.4)]
gammas = [(df, x) for df in (1, 2, 3, 9, 50, 500, 9999) for x in (0.01 * df, 0.5 * df, df, 1.1 * df, 2 * df, 4 * df)]
p_values = [0.001, 0.2, 0.04, 0.011, 0.9, 0.04, 1.0, 0.0, 0.3]
shares = [(20, 1000, 31, 900), (0, 1000, 3, 900), (500, 30000, 150, 1000), (1, 10, 9, 10)]

json.dump(
    {
        "distributions": distributions,
        "tables": tables,
        "kolmogorov": [{"rows": n, "statistic": d, "pValue": float(stats.kstwo.sf(d, n))} for n, d in pairs],
        "chiSquare": [{"degrees": df, "statistic": x, "pValue": float(stats.chi2.sf(x, df))} for df, x in gammas],
        "falseDiscovery": {"pValues": p_values, "qValues": stats.false_discovery_control(p_values).tolist()},
        "twoProportions": [
            {"sides": s, "pValue": stats.chi2_contingency([[s[0], s[1] - s[0]], [s[2], s[3] - s[2]]], correction=False).pvalue}
            for s in shares
        ],
    },
    sys.stdout,
    indent=None,
    separators=(",", ":"),
)
sys.stdout.write("\n")
