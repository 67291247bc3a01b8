"""What is wanted of the columns, as in src/tasks.rs."""

import math

import numpy as np

Q, P = 2.0, 10.0


def senses(criteria):
    """1 for benefits, -1 for costs: the last three of ten."""
    costs = criteria * 3 // 10
    return np.array([1] * (criteria - costs) + [-1] * costs)


def weights(criteria):
    return np.arange(1, criteria + 1) / (criteria * (criteria + 1) // 2)


def judgements(criteria):
    def grade(i, j):
        return math.ceil((j - i) / 2) + 1.0

    return np.array([[grade(i, j) if i <= j else 1 / grade(j, i) for j in range(criteria)] for i in range(criteria)])
