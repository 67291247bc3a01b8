//! Means of appraisals, row by row: the matrix itself is kept only where it is small.

/// Below this an appraisal is negative, not a rounded 0.
const NOTHING: f64 = 1e-9;

/// Means over points, each of which counts as often as it has units.
pub(super) struct Means<'a> {
    counts: &'a [f64],
    /// Whether rows are kept.
    keep: bool,
    /// Appraisals of a unit by a unit below −1e-9.
    pub(super) negative: usize,
    pub(super) matrix: Vec<Vec<f64>>,
    diagonal: Vec<f64>,
    /// Sum and weight of what each point gets from the other points.
    received: Vec<(f64, f64)>,
    /// Sum and weight of what each point gives to the other points.
    given: Vec<(f64, f64)>,
}

impl<'a> Means<'a> {
    pub(super) fn new(counts: &'a [f64], keep: bool) -> Self {
        let received = vec![(0.0, 0.0); counts.len()];
        Self { counts, keep, negative: 0, matrix: Vec::new(), diagonal: Vec::new(), received, given: Vec::new() }
    }

    /// The means of a matrix, row by row.
    pub(super) fn of(counts: &'a [f64], rows: Vec<Vec<f64>>, keep: bool) -> Self {
        let mut means = Self::new(counts, keep);
        rows.into_iter().for_each(|row| means.push(row));
        means
    }

    /// Adds what the next point gives. Appraisals that are none do not count.
    pub(super) fn push(&mut self, row: Vec<f64>) {
        let k = self.diagonal.len();
        let mut given = (0.0, 0.0);
        for (j, (&x, got)) in row.iter().zip(&mut self.received).enumerate() {
            if x < -NOTHING {
                self.negative += (self.counts[j] * self.counts[k]) as usize;
            }
            if j != k && x.is_finite() {
                *got = (got.0 + self.counts[k] * x, got.1 + self.counts[k]);
                given = (given.0 + self.counts[j] * x, given.1 + self.counts[j]);
            }
        }
        self.diagonal.push(row[k]);
        self.given.push(given);
        if self.keep {
            self.matrix.push(row);
        }
    }

    /// The appraisal of point `k` by itself.
    pub(super) fn own(&self, k: usize) -> f64 {
        self.diagonal[k]
    }

    /// Mean of what a unit at point `j` gets; `except` leaves its own appraisal out.
    pub(super) fn received(&self, j: usize, except: bool) -> f64 {
        self.mean(self.received[j], j, except)
    }

    /// Number of units whose appraisal counts in that mean.
    pub(super) fn appraisers(&self, j: usize, except: bool) -> usize {
        let own = if self.diagonal[j].is_finite() { self.counts[j] - f64::from(u8::from(except)) } else { 0.0 };
        (self.received[j].1 + own) as usize
    }

    /// Mean of what a unit at point `k` gives.
    pub(super) fn given(&self, k: usize, except: bool) -> f64 {
        self.mean(self.given[k], k, except)
    }

    fn mean(&self, (sum, weight): (f64, f64), k: usize, except: bool) -> f64 {
        let own = self.counts[k] - f64::from(u8::from(except));
        let (x, own) = if self.diagonal[k].is_finite() { (self.diagonal[k], own) } else { (0.0, 0.0) };
        if weight + own > 0.0 { (sum + own * x) / (weight + own) } else { f64::NAN }
    }

    /// How much better a unit thinks of itself than the others do: without a value where these give it nothing.
    pub(super) fn maverick(&self, k: usize) -> f64 {
        Some(self.own(k) / self.received(k, true) - 1.0).filter(|m| m.is_finite()).unwrap_or(f64::NAN)
    }
}
