"""pymcdm on a table: `pymcdm_.py TABLE CRITERIA FOLDER BATCHES [TASK...]`. Its validation, a loop in Python, is left out."""

import case
import measure
from pymcdm import correlations, normalizations
from pymcdm import methods as m
from pymcdm import weights as w
from pymcdm.helpers import normalize_matrix, rrankdata, rankdata
from pymcdm.weights.subjective import AHP

# Beyond, its matrices of pairs (80 n^2 bytes for ten criteria: 72 GB at 30,000) do not fit and its loops take minutes.
QUADRATIC = 3_000


def tasks_of(matrix):
    rows, criteria = matrix.shape
    senses, weights = case.senses(criteria), case.weights(criteria)
    judgements = case.judgements(criteria)
    q, p = [case.Q] * criteria, [case.P] * criteria

    def score(method):
        return lambda: method(matrix, weights, senses, validation=False)

    def scaled(normalization):
        return lambda: normalize_matrix(matrix, normalization, senses)

    def promethee(name, **thresholds):
        # An object with thresholds answers once: the second call finds its generator empty and fails.
        return lambda: m.PROMETHEE_II(name, **thresholds)(matrix, weights, senses, validation=False)

    tasks = {
        "topsis-vector": score(m.TOPSIS(normalizations.vector_normalization)),
        "topsis-min-max": score(m.TOPSIS()),
        "vikor": score(m.VIKOR()),
        "saw-sum": score(m.WSM()),
        "saw-min-max": score(m.WSM(normalizations.minmax_normalization)),
        "wpm": score(m.WPM(normalizations.linear_normalization)),
        "waspas": score(m.WASPAS()),
        "copras": score(m.COPRAS()),
        "edas": score(m.EDAS()),
        "entropy": lambda: w.entropy_weights(matrix),
        "standard-deviation": lambda: w.standard_deviation_weights(matrix),
        "critic-not-turned": lambda: w.critic_weights(matrix),
        "merec": lambda: w.merec_weights(matrix, senses),
        "cilos": lambda: w.cilos_weights(matrix, senses),
        "idocriw": lambda: w.idocriw_weights(matrix, senses),
        "scale-min-max": scaled(normalizations.minmax_normalization),
        "scale-vector": scaled(normalizations.vector_normalization),
        "scale-max": scaled(normalizations.linear_normalization),
        "scale-sum": scaled(normalizations.sum_normalization),
        "ranks": lambda: rankdata(matrix[:, 0]),
        "spearman": lambda: correlations.spearman(rankdata(matrix[:, 0]), rankdata(matrix[:, 1])),
        "ahp": lambda: AHP(matrix=judgements)(),
    }
    if rows <= QUADRATIC:
        tasks |= {
            "promethee-usual": promethee("usual"),
            "promethee-u": promethee("ushape", q=q),
            "promethee-v": promethee("vshape", p=p),
            "promethee-level": promethee("level", q=q, p=p),
            "promethee-linear": promethee("vshape_2", q=q, p=p),
            "gini": lambda: w.gini_weights(matrix),
            "kendall": lambda: correlations.kendall_tau(matrix[:, 0], matrix[:, 1]),
        }
    return tasks


if __name__ == "__main__":
    measure.run(tasks_of)
