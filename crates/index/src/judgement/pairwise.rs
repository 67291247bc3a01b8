//! Pairwise comparisons (analytic hierarchy process), one judge or a group.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Judged, JudgementError, check_list};

/// How priorities are read from a matrix of comparisons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    /// Principal right eigenvector (Saaty 1977).
    #[default]
    Eigenvector,
    /// Geometric means of rows (Crawford and Williams 1985).
    GeometricMean,
    /// Means of rows after columns were divided by their sums.
    ColumnSums,
}

/// How a group is made one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// Geometric means of the judgements (AIJ): the group acts as one judge (Aczel and Saaty 1983).
    #[default]
    Judgements,
    /// Geometric means of each member's priorities (AIP; Forman and Peniwati 1998).
    Priorities,
}

/// Mean consistency index of random matrices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RandomIndex {
    /// Saaty (1980): 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59 for 3 to 15 children,
    /// as used in nearly all studies (from 100 to 500 matrices a size, so that 12 stands below 11).
    #[default]
    #[serde(rename = "saaty-1980")]
    Saaty1980,
    /// Alonso and Lamata (2006), 100,000 matrices a size: 0.5245 for 3 to 1.5838 for 15 children.
    #[serde(rename = "alonso-lamata-2006")]
    AlonsoLamata2006,
}

const SAATY: [f64; 13] = [0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59];
const ALONSO_LAMATA: [f64; 13] =
    [0.5245, 0.8815, 1.1086, 1.2479, 1.3417, 1.4056, 1.4499, 1.4854, 1.5141, 1.5365, 1.5551, 1.5713, 1.5838];

impl RandomIndex {
    /// The index of matrices of a size; `None` below 3 and above 15.
    pub fn of(self, size: usize) -> Option<f64> {
        let table = match self {
            Self::Saaty1980 => SAATY,
            Self::AlonsoLamata2006 => ALONSO_LAMATA,
        };
        size.checked_sub(3).and_then(|k| table.get(k).copied())
    }
}

/// Consistency ratio from which Saaty asks for a revision.
pub const LIMIT: f64 = 0.1;
/// How far a product of an entry and its counterpart may be from 1: 1/9 written as 0.11, 1/6 as 0.17.
const ROUNDING: f64 = 0.05;
/// How many revisions are proposed.
const PROPOSED: usize = 3;

/// Comparisons of the children of a dimension: `matrices[member][i][j]` says how many times i is as important as j.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Comparisons {
    /// One matrix for each member of the group.
    pub matrices: Vec<Vec<Vec<f64>>>,
    /// Weights of the members; equal where empty.
    pub voices: Vec<f64>,
    /// How priorities are read.
    pub priority: Priority,
    /// How a group is made one.
    pub group: Group,
    /// What consistency is measured against.
    pub random_index: RandomIndex,
}

/// A reciprocal matrix of ratios above 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Pairwise {
    size: usize,
    entries: Vec<f64>,
}

/// Priorities of a matrix and its consistency.
#[derive(Clone, Debug, PartialEq)]
pub struct Priorities {
    /// Summing to 1.
    pub weights: Vec<f64>,
    /// `mean_i (A w)_i / w_i`; the largest eigenvalue under [`Priority::Eigenvector`].
    pub lambda: f64,
    /// Consistency index `(lambda - n) / (n - 1)`, 0 for one child.
    pub index: f64,
    /// Consistency ratio: index over random index; 0 for one or two children, `None` above 15.
    pub ratio: Option<f64>,
}

/// One comparison worth revising.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Revision {
    /// Place of the child compared.
    pub row: usize,
    /// Place of the child it is compared with.
    pub column: usize,
    /// What was said, `row` over `column`.
    pub given: f64,
    /// The grade of Saaty's scale (1/9 to 9) under which the matrix is most consistent.
    pub suggested: f64,
    /// Consistency ratio after this one change.
    pub ratio: f64,
}

impl Pairwise {
    /// Takes a matrix row by row. An entry and its counterpart may differ by rounding (0.33 for 1/3): the one of at
    /// least 1 counts.
    ///
    /// # Errors
    /// Everything wrong with it; `what` names the matrix in the sentences.
    pub fn new(what: &str, rows: &[Vec<f64>], children: usize) -> Result<Self, Vec<JudgementError>> {
        let mut errors = Vec::new();
        if rows.len() != children {
            errors.push(JudgementError::Size { what: what.to_owned(), found: rows.len(), expected: children });
        }
        for (i, row) in rows.iter().enumerate() {
            errors.extend(check_list(&format!("{what}, row {}", i + 1), row, children));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let mut entries = vec![1.0; children * children];
        for i in 0..children {
            if (rows[i][i] - 1.0).abs() > 1e-9 {
                let what = format!("{what}, row {0}, column {0}", i + 1);
                errors.push(JudgementError::Diagonal { what, value: rows[i][i] });
            }
            for j in i + 1..children {
                let (value, other) = (rows[i][j], rows[j][i]);
                if (value * other - 1.0).abs() > ROUNDING {
                    let what = format!("{what}, row {}, column {}", i + 1, j + 1);
                    errors.push(JudgementError::NotReciprocal { what, value, other });
                }
                let ratio = if value >= other { value } else { 1.0 / other };
                (entries[i * children + j], entries[j * children + i]) = (ratio, 1.0 / ratio);
            }
        }
        if errors.is_empty() { Ok(Self { size: children, entries }) } else { Err(errors) }
    }

    /// Priorities and consistency.
    pub fn priorities(&self, priority: Priority, random: RandomIndex) -> Priorities {
        let n = self.size;
        let weights = match priority {
            Priority::Eigenvector => self.eigenvector(),
            Priority::GeometricMean => {
                let logs: Vec<f64> = self.entries.chunks(n).map(|r| r.iter().map(|x| x.ln()).sum::<f64>() / n as f64).collect();
                scaled(logs.iter().map(|l| l.exp()).collect())
            }
            Priority::ColumnSums => {
                let sums: Vec<f64> = (0..n).map(|j| (0..n).map(|i| self.entries[i * n + j]).sum()).collect();
                let row = |r: &[f64]| r.iter().zip(&sums).map(|(x, s)| x / s).sum::<f64>();
                scaled(self.entries.chunks(n).map(row).collect())
            }
        };
        let lambda = self.times(&weights).iter().zip(&weights).map(|(x, w)| x / w).sum::<f64>() / n as f64;
        // No matrix has an eigenvalue below its size; rounding has.
        let index = if n < 2 { 0.0 } else { ((lambda - n as f64) / (n as f64 - 1.0)).max(0.0) };
        let ratio = if n < 3 { Some(0.0) } else { random.of(n).map(|r| index / r) };
        Priorities { weights, lambda, index, ratio }
    }

    fn times(&self, w: &[f64]) -> Vec<f64> {
        self.entries.chunks(self.size).map(|r| r.iter().zip(w).map(|(x, w)| x * w).sum()).collect()
    }

    /// Power iteration: the matrix is positive, so that the largest eigenvalue stands alone (Perron).
    fn eigenvector(&self) -> Vec<f64> {
        let mut w = vec![1.0 / self.size as f64; self.size];
        for _ in 0..10_000 {
            let next = scaled(self.times(&w));
            let moved = next.iter().zip(&w).map(|(a, b)| (a / b - 1.0).abs()).fold(0.0, f64::max);
            w = next;
            if moved < 1e-15 {
                break;
            }
        }
        w
    }

    /// The comparisons whose change to one grade of Saaty's scale lowers the ratio most, the best first: each child
    /// pair is tried with each grade, all others as they are.
    pub fn revisions(&self, random: RandomIndex) -> Vec<Revision> {
        let n = self.size;
        let Some(now) = self.priorities(Priority::Eigenvector, random).ratio.filter(|_| n > 2) else { return Vec::new() };
        let grades: Vec<f64> = (2..=9).rev().map(|g| 1.0 / f64::from(g)).chain((1..=9).map(f64::from)).collect();
        let mut out = Vec::new();
        for row in 0..n {
            for column in row + 1..n {
                let given = self.entries[row * n + column];
                let mut best: Option<Revision> = None;
                for &suggested in &grades {
                    let mut other = self.clone();
                    (other.entries[row * n + column], other.entries[column * n + row]) = (suggested, 1.0 / suggested);
                    let ratio = other.priorities(Priority::Eigenvector, random).ratio.unwrap_or(f64::INFINITY);
                    if ratio < best.map_or(now, |b| b.ratio) - 1e-12 {
                        best = Some(Revision { row, column, given, suggested, ratio });
                    }
                }
                out.extend(best);
            }
        }
        // Of revisions that help alike (to nine digits), the smaller change first.
        let help = |r: &Revision| (r.ratio * 1e9).round();
        let change = |r: &Revision| (r.suggested / r.given).ln().abs();
        out.sort_by(|a, b| help(a).total_cmp(&help(b)).then(change(a).total_cmp(&change(b))));
        out.truncate(PROPOSED);
        out
    }

    /// Geometric means of the entries of several matrices of one size, `voices` summing to 1.
    fn mean(members: &[Self], voices: &[f64]) -> Self {
        let entry = |c: usize| members.iter().zip(voices).map(|(m, v)| v * m.entries[c].ln()).sum::<f64>().exp();
        Self { size: members[0].size, entries: (0..members[0].entries.len()).map(entry).collect() }
    }
}

impl Comparisons {
    /// Weights, consistency and what to revise, of the group as of one judge.
    pub(super) fn weigh(&self, children: usize) -> Result<Judged, Vec<JudgementError>> {
        if self.matrices.is_empty() || children == 0 {
            return Err(vec![JudgementError::Empty]);
        }
        let (mut errors, mut members) = (Vec::new(), Vec::new());
        for (k, rows) in self.matrices.iter().enumerate() {
            let what = if self.matrices.len() == 1 { "the matrix".to_owned() } else { format!("matrix {}", k + 1) };
            match Pairwise::new(&what, rows, children) {
                Ok(m) => members.push(m),
                Err(e) => errors.extend(e),
            }
        }
        if !self.voices.is_empty() {
            if self.voices.len() != self.matrices.len() {
                errors.push(JudgementError::Size {
                    what: "the list of voices (one for each matrix)".to_owned(),
                    found: self.voices.len(),
                    expected: self.matrices.len(),
                });
            }
            errors.extend(check_list("the list of voices", &self.voices, self.voices.len()));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let voices = scaled(if self.voices.is_empty() { vec![1.0; members.len()] } else { self.voices.clone() });
        let joint = Pairwise::mean(&members, &voices);
        let own: Vec<Priorities> = members.iter().map(|m| m.priorities(self.priority, self.random_index)).collect();
        let of_joint = joint.priorities(self.priority, self.random_index);
        let weights = match self.group {
            Group::Judgements => of_joint.weights,
            Group::Priorities => {
                let mean = |j: usize| own.iter().zip(&voices).map(|(p, v)| v * p.weights[j].ln()).sum::<f64>().exp();
                scaled((0..children).map(mean).collect())
            }
        };
        let revise = of_joint.ratio.is_some_and(|r| r > LIMIT);
        let revisions = if revise { joint.revisions(self.random_index) } else { Vec::new() };
        let members = if own.len() > 1 { own.iter().map(|p| p.ratio).collect() } else { Vec::new() };
        Ok(Judged { weights, ratio: of_joint.ratio, limit: LIMIT, revisions, members })
    }
}

fn scaled(w: Vec<f64>) -> Vec<f64> {
    let total: f64 = w.iter().sum();
    w.into_iter().map(|x| x / total).collect()
}

#[cfg(test)]
#[path = "pairwise_tests.rs"]
mod tests;
