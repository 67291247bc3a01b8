//! What is timed: one call each, from columns to scores, weights or ranks.

use index::{
    Direction,
    judgement::pairwise::{Pairwise, Priority, RandomIndex},
    ranking::{
        Model, Parameters, Scaling, Sense, Table,
        agreement::{kendall, mean_ranks, spearman},
        copras::copras,
        places,
        promethee::Preference,
        rank,
    },
    weights::{
        critic::{Association, CriticOptions, critic_with},
        dispersion::{gini, standard_deviation},
        entropy::entropy,
        removal::{cilos, idocriw, merec},
    },
};

use crate::measure::Failure;

/// A table, what is wanted of its columns, and what every task takes from it.
pub(crate) struct Case {
    columns: Vec<Vec<f64>>,
    senses: Vec<Sense>,
    benefits: Vec<Sense>,
    directions: Vec<Direction>,
    weights: Vec<f64>,
    rows: Vec<usize>,
    judgements: Vec<Vec<f64>>,
}

/// Columns.
type Found = Result<Vec<Vec<f64>>, Failure>;

/// One thing to time.
pub(crate) struct Task {
    /// Its name, the same on every side.
    pub(crate) name: &'static str,
    /// One call.
    pub(crate) run: fn(&Case) -> Found,
}

/// Thresholds of preferences, in units of the columns.
const Q: f64 = 2.0;
const P: f64 = 10.0;

impl Case {
    /// The last three of ten criteria are costs; weights rise from the first to the last.
    pub(crate) fn new(columns: Vec<Vec<f64>>) -> Self {
        let (m, n) = (columns.len(), columns.first().map_or(0, Vec::len));
        let is_cost = |j: &usize| *j >= m - m * 3 / 10;
        let grade = |i: usize, j: usize| ((j as f64 - i as f64) / 2.0).ceil() + 1.0;
        let judgement = |i: usize, j: usize| if i <= j { grade(i, j) } else { 1.0 / grade(j, i) };
        Self {
            senses: (0..m).map(|j| if is_cost(&j) { Sense::Cost } else { Sense::Benefit }).collect(),
            benefits: vec![Sense::Benefit; m],
            directions: (0..m).map(|j| if is_cost(&j) { Direction::Negative } else { Direction::Positive }).collect(),
            weights: (0..m).map(|j| (j + 1) as f64 / (m * (m + 1) / 2) as f64).collect(),
            rows: (0..n).collect(),
            judgements: (0..m).map(|i| (0..m).map(|j| judgement(i, j)).collect()).collect(),
            columns,
        }
    }

    fn table(&self) -> Table<'_> {
        Table { columns: &self.columns, senses: &self.senses, weights: &self.weights, ends: None }
    }

    fn as_benefits(&self) -> Table<'_> {
        Table { senses: &self.benefits, ..self.table() }
    }

    fn score(&self, model: Model, with: &Parameters) -> Found {
        rank(&self.table(), model, with).map(|r| vec![r.score]).map_err(|e| format!("{e:?}").into())
    }

    fn scaled_by(&self, model: Model, scaling: Scaling) -> Found {
        self.score(model, &Parameters { scaling: Some(scaling), ..Parameters::default() })
    }

    fn promethee(&self, preference: Preference) -> Found {
        let preferences = vec![preference; self.columns.len()];
        self.score(Model::Promethee, &Parameters { preferences, ..Parameters::default() })
    }

    fn critic(&self, table: &Table<'_>, association: Association) -> Found {
        let scaled: Vec<Vec<f64>> = (0..self.columns.len()).map(|j| table.scaled(j, Scaling::MinMax).values).collect();
        Ok(vec![critic_with(&scaled, &self.rows, &CriticOptions { association, ..CriticOptions::default() }).weights])
    }
}

fn all(table: &Table<'_>, scaling: Scaling) -> Found {
    table.check_for(scaling).map_err(|e| format!("{e:?}"))?;
    Ok((0..table.columns.len()).map(|j| table.scaled(j, scaling).values).collect())
}

fn taken<T, E: std::fmt::Debug>(taken: Result<T, E>, weights: impl Fn(T) -> Vec<f64>) -> Found {
    taken.map(|t| vec![weights(t)]).map_err(|e| format!("{e:?}").into())
}

/// Scores, and after them their places.
fn placed(model: Model, scores: Found) -> Found {
    let mut scores = scores?;
    let places = places(&scores[0], model.larger_is_better());
    scores.push(places.into_iter().map(|p| p as f64).collect());
    Ok(scores)
}

macro_rules! tasks {
    ($($name:literal: $run:expr,)*) => { &[$(Task { name: $name, run: $run },)*] };
}

/// All of them.
pub(crate) const TASKS: &[Task] = tasks! {
    "topsis-vector": |c| c.score(Model::Topsis, &Parameters::default()),
    "topsis-min-max": |c| c.scaled_by(Model::Topsis, Scaling::MinMax),
    "vikor": |c| c.score(Model::Vikor, &Parameters::default()),
    "saw-sum": |c| c.scaled_by(Model::Saw, Scaling::Sum),
    "saw-min-max": |c| c.score(Model::Saw, &Parameters::default()),
    "wpm": |c| c.score(Model::Wpm, &Parameters::default()),
    "waspas": |c| c.score(Model::Waspas, &Parameters::default()),
    "copras": |c| c.score(Model::Copras, &Parameters::default()),
    "copras-as-benefits": |c| taken(copras(&c.as_benefits()), |r| r.utility),
    "edas": |c| c.score(Model::Edas, &Parameters::default()),
    "promethee-usual": |c| c.promethee(Preference::Usual),
    "promethee-u": |c| c.promethee(Preference::U { q: Q }),
    "promethee-v": |c| c.promethee(Preference::V { p: P }),
    "promethee-level": |c| c.promethee(Preference::Level { q: Q, p: P }),
    "promethee-linear": |c| c.promethee(Preference::Linear { q: Q, p: P }),
    "topsis-vector-places": |c| placed(Model::Topsis, c.score(Model::Topsis, &Parameters::default())),
    "vikor-places": |c| placed(Model::Vikor, c.score(Model::Vikor, &Parameters::default())),
    "saw-min-max-places": |c| placed(Model::Saw, c.score(Model::Saw, &Parameters::default())),
    "wpm-places": |c| placed(Model::Wpm, c.score(Model::Wpm, &Parameters::default())),
    "waspas-places": |c| placed(Model::Waspas, c.score(Model::Waspas, &Parameters::default())),
    "copras-places": |c| placed(Model::Copras, c.score(Model::Copras, &Parameters::default())),
    "edas-places": |c| placed(Model::Edas, c.score(Model::Edas, &Parameters::default())),
    "entropy": |c| Ok(vec![entropy(&c.columns, &c.rows).weights]),
    "standard-deviation": |c| Ok(vec![standard_deviation(&c.columns, &c.rows).weights]),
    "gini": |c| taken(gini(&c.columns, &c.rows), |t| t.weights),
    "critic": |c| c.critic(&c.table(), Association::Pearson),
    "critic-not-turned": |c| c.critic(&c.as_benefits(), Association::Pearson),
    "critic-spearman": |c| c.critic(&c.table(), Association::Spearman),
    "merec": |c| taken(merec(&c.columns, &c.rows, &c.directions), |t| t.weights),
    "cilos": |c| taken(cilos(&c.columns, &c.rows, &c.directions), |t| t.weights),
    "idocriw": |c| taken(idocriw(&c.columns, &c.rows, &c.directions), |t| t.weights),
    "scale-min-max": |c| all(&c.table(), Scaling::MinMax),
    "scale-vector": |c| all(&c.table(), Scaling::Vector),
    "scale-max": |c| all(&c.table(), Scaling::Max),
    "scale-sum": |c| all(&c.table(), Scaling::Sum),
    "scale-vector-not-turned": |c| all(&c.as_benefits(), Scaling::Vector),
    "scale-sum-not-turned": |c| all(&c.as_benefits(), Scaling::Sum),
    "ranks": |c| Ok(vec![mean_ranks(&c.columns[0])]),
    "places": |c| Ok(vec![places(&c.columns[0], true).into_iter().map(|p| p as f64).collect()]),
    "spearman": |c| Ok(vec![vec![spearman(&c.columns[0], &c.columns[1])]]),
    "kendall": |c| Ok(vec![vec![kendall(&c.columns[0], &c.columns[1])]]),
    "ahp": |c| {
        let matrix = Pairwise::new("criteria", &c.judgements, c.columns.len()).map_err(|e| format!("{e:?}"))?;
        Ok(vec![matrix.priorities(Priority::Eigenvector, RandomIndex::default()).weights])
    },
};
