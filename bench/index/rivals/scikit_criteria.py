"""scikit-criteria on a table: `scikit_criteria.py TABLE CRITERIA FOLDER BATCHES [TASK...]`. Its functions on arrays where
they are public, its classes where they are not; both give ranks with the scores."""

import warnings

import case
import measure
import numpy as np
import skcriteria
from skcriteria.agg import copras, edas, simple, topsis, vikor, waspas
from skcriteria.cmp import mkrank_cmp
from skcriteria.preprocessing import invert_objectives, scalers, weighters
from skcriteria.utils import rank


def tasks_of(matrix):
    rows, criteria = matrix.shape
    senses, weights = case.senses(criteria), case.weights(criteria)
    decision = skcriteria.mkdm(matrix, senses, weights=weights)
    inverter, scaler = invert_objectives.InvertMinimize(), scalers.MaxAbsScaler("matrix")

    def ratios():
        """Benefits `x / max`, costs `min / x`."""
        return scaler.transform(inverter.transform(decision)).matrix.to_numpy()

    def by_topsis():
        places, _, _, score = topsis.topsis(scalers.scale_by_vector(matrix, axis=0), senses, weights)
        return np.concatenate([score, places])

    def by_vikor():
        found = vikor.VIKOR(use_compromise_set=False).evaluate(decision)
        return np.concatenate([found.e_.q_k, found.rank_])

    def by_sum():
        places, score = simple.wsm(scalers.matrix_scale_by_cenit_distance(matrix, senses), weights)
        return np.concatenate([score, places])

    def by_product():
        places, score = simple.wpm(ratios(), weights)
        return np.concatenate([10**score, places])

    def by_both():
        places, _, _, score = waspas.waspas(ratios(), weights, 0.5)
        return np.concatenate([score, places])

    def by_copras():
        places, score, *_ = copras.copras(scalers.scale_by_sum(matrix, axis=0), weights, senses)
        return np.concatenate([score / 100, places])

    def by_edas():
        places, score = edas.edas(matrix, weights, senses)
        return np.concatenate([score, places])

    tasks = {
        "topsis-vector-places": by_topsis,
        "vikor-places": by_vikor,
        "saw-min-max-places": by_sum,
        "wpm-places": by_product,
        "waspas-places": by_both,
        "copras-places": by_copras,
        "edas-places": by_edas,
        "entropy": lambda: weighters.entropy_weights(matrix),
        "standard-deviation": lambda: weighters.std_weights(matrix),
        "gini": lambda: weighters.gini_weights(matrix),
        "critic": lambda: weighters.critic_weights(matrix, senses),
        "critic-spearman": lambda: weighters.critic_weights(matrix, senses, correlation="spearman"),
        "merec": lambda: weighters.merec_weights(matrix, senses),
        "scale-min-max": lambda: scalers.matrix_scale_by_cenit_distance(matrix, senses),
        "scale-vector-not-turned": lambda: scalers.scale_by_vector(matrix, axis=0),
        "scale-sum-not-turned": lambda: scalers.scale_by_sum(matrix, axis=0),
        "places": lambda: rank.rank_values(matrix[:, 0], reverse=True),
    }
    names = [f"a{i}" for i in range(rows)]
    ranked = [skcriteria.agg.RankResult(str(j), names, rank.rank_values(matrix[:, j]), {}) for j in (0, 1)]
    compared = mkrank_cmp(*ranked)
    for method in ("spearman", "kendall"):
        tasks[method] = lambda method=method: compared.corr(method=method).iloc[0, 1]
    return tasks


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    measure.run(tasks_of)
