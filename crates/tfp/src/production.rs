//! Production functions on panels of firms: what every estimator reads, and what every estimator returns.
//!
//! All values are logarithms. Estimators live in the modules below, one family each; each takes [`Firms`] and its own
//! options and returns a [`Fitted`] with what is its own beside it.

pub mod acf;
pub mod bootstrap;
pub mod choice;
pub mod compression;
pub mod dynamic;
pub mod first_stage;
pub mod gmm;
pub mod gnr;
pub mod innovation;
pub mod linear;
pub mod markups;
pub mod monomials;
pub mod polynomial;
pub mod proxy;
pub mod second_stage;
mod share_regression;
pub mod survival;
pub mod wooldridge;

use thiserror::Error;

/// The page of the method in English.
pub const PAGE: &str = include_str!("production.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("production.zh.md");

/// A panel of firms, in logarithms; one entry a row in every slice, rows in any order, `NaN` is missing.
#[derive(Clone, Debug)]
pub struct Firms<'a> {
    /// Number of the firm of each row.
    pub units: &'a [usize],
    /// Period of each row.
    pub periods: &'a [i32],
    /// Distance between adjacent periods: a lag is the row of the same firm `step` periods before, never another.
    pub step: u32,
    /// Output: value added, or gross output where the proxy is an input of production too.
    pub output: &'a [f64],
    /// Freely chosen inputs, such as labour.
    pub free: Vec<&'a [f64]>,
    /// State variables, fixed before the period, such as capital.
    pub state: Vec<&'a [f64]>,
    /// What reveals productivity: materials or investment. Estimators without a proxy do not read it.
    pub proxy: Option<&'a [f64]>,
    /// Controls of the production function, such as year dummies: they enter linearly and carry no productivity.
    pub controls: Vec<&'a [f64]>,
    /// What moves productivity from one period to the next, such as R&D: enters the law of motion with its lag.
    pub process: Vec<&'a [f64]>,
    /// 0 where the firm goes on, anything else where the row is its exit; read by estimators that correct for survival.
    /// Without it the last row of a firm before the last period of the panel is the exit.
    pub exit: Option<&'a [f64]>,
}

/// Why a panel cannot be estimated on.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FirmsError {
    /// A column differs in length from `units`.
    #[error("{name} has {rows} rows, the panel has {expected}")]
    Ragged {
        /// Which column.
        name: &'static str,
        /// Its rows.
        rows: usize,
        /// Rows of the panel.
        expected: usize,
    },
    /// The same firm and period twice: pairs of rows.
    #[error("{} pairs of rows are the same firm and period", .0.len())]
    Duplicates(Vec<(usize, usize)>),
    /// An infinite value: logarithms of zero belong to the missing.
    #[error("{} values are infinite", .0.len())]
    Infinite(Vec<usize>),
    /// `step` is zero.
    #[error("the step between adjacent periods must be at least 1")]
    Step,
    /// The estimator needs a column that was not given.
    #[error("the estimator needs {0}")]
    Needs(&'static str),
    /// No row is complete.
    #[error("no row is complete")]
    Empty,
}

/// The complete rows of a panel in canonical order (firm, then period), so that nothing downstream can depend on the
/// order of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Row of the panel of each place in the sample.
    pub rows: Vec<usize>,
    /// Firm of each place, from 0 without gaps: the cluster.
    pub firm: Vec<usize>,
    /// Period of each place.
    pub period: Vec<i32>,
    /// Place of the same firm `step` periods before, where it is in the sample.
    pub lag: Vec<Option<usize>>,
    /// Number of firms.
    pub firms: usize,
    /// Rows left out because a value is missing.
    pub missing: usize,
    /// Places that have an earlier row of their firm but none `step` periods before.
    pub gaps: usize,
}

impl Firms<'_> {
    /// Number of inputs: free, then state.
    pub fn inputs(&self) -> usize {
        self.free.len() + self.state.len()
    }

    /// The sample of an estimator that reads output, free and state inputs, controls, the process, and `also`.
    ///
    /// # Errors
    /// [`FirmsError`].
    pub fn sample(&self, also: &[&[f64]]) -> Result<Sample, FirmsError> {
        let n = self.units.len();
        if self.step == 0 {
            return Err(FirmsError::Step);
        }
        if self.periods.len() != n {
            return Err(FirmsError::Ragged { name: "periods", rows: self.periods.len(), expected: n });
        }
        let named = |name, columns: &[&[f64]]| {
            let ragged = columns.iter().find(|c| c.len() != n);
            ragged.map(|c| FirmsError::Ragged { name, rows: c.len(), expected: n })
        };
        let groups: [(&'static str, &[&[f64]]); 6] = [
            ("output", &[self.output]),
            ("a free input", &self.free),
            ("a state variable", &self.state),
            ("a control", &self.controls),
            ("the process", &self.process),
            ("the proxy or an instrument", also),
        ];
        if let Some(error) = groups.iter().find_map(|(name, columns)| named(name, columns)) {
            return Err(error);
        }
        let columns: Vec<&[f64]> = groups.iter().flat_map(|(_, columns)| columns.iter().copied()).collect();
        let infinite: Vec<usize> = (0..n).filter(|&i| columns.iter().any(|c| c[i].is_infinite())).collect();
        if !infinite.is_empty() {
            return Err(FirmsError::Infinite(infinite));
        }
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|&i| (self.units[i], self.periods[i], i));
        let key = |i: usize| (self.units[i], self.periods[i]);
        let twice: Vec<(usize, usize)> = order.windows(2).filter(|w| key(w[0]) == key(w[1])).map(|w| (w[0], w[1])).collect();
        if !twice.is_empty() {
            return Err(FirmsError::Duplicates(twice));
        }
        order.retain(|&i| columns.iter().all(|c| !c[i].is_nan()));
        if order.is_empty() {
            return Err(FirmsError::Empty);
        }
        let mut sample = Sample {
            firm: Vec::with_capacity(order.len()),
            period: order.iter().map(|&i| self.periods[i]).collect(),
            lag: Vec::with_capacity(order.len()),
            firms: 0,
            missing: n - order.len(),
            gaps: 0,
            rows: order,
        };
        for at in 0..sample.rows.len() {
            let same = at > 0 && self.units[sample.rows[at]] == self.units[sample.rows[at - 1]];
            sample.firms += usize::from(!same);
            sample.firm.push(sample.firms - 1);
            let lag = self.before(&sample, at);
            sample.gaps += usize::from(same && lag.is_none());
            sample.lag.push(lag);
        }
        Ok(sample)
    }

    /// The sample of an estimator with a proxy; with a correction for survival the exits are read too.
    pub(crate) fn sample_with(&self, proxy: &[f64], selection: survival::Selection) -> Result<Sample, FirmsError> {
        match self.exit.filter(|_| selection != survival::Selection::None) {
            Some(exit) => self.sample(&[proxy, exit]),
            None => self.sample(&[proxy]),
        }
    }

    /// The place of the same firm `step` periods before. Rows of a firm stand in order of time, so the search ends
    /// after at most `step` of them.
    fn before(&self, sample: &Sample, at: usize) -> Option<usize> {
        let wanted = i64::from(sample.period[at]) - i64::from(self.step);
        let mut earlier = (0..at).rev().take_while(|&j| sample.firm[j] == sample.firm[at]);
        earlier.find(|&j| i64::from(sample.period[j]) <= wanted).filter(|&j| i64::from(sample.period[j]) == wanted)
    }
}

impl Sample {
    /// A column of the panel in the order of the sample.
    pub fn of(&self, column: &[f64]) -> Vec<f64> {
        self.rows.iter().map(|&i| column[i]).collect()
    }

    /// A column of the sample in the order of the panel, `NaN` where a row is not in it.
    pub fn back(&self, values: &[f64], rows: usize) -> Vec<f64> {
        let mut column = vec![f64::NAN; rows];
        for (&i, &v) in self.rows.iter().zip(values) {
            column[i] = v;
        }
        column
    }

    /// Numbers of the firms, in `units` of the panel, that have no row among these places.
    pub fn silent(&self, units: &[usize], places: &[usize]) -> Vec<usize> {
        let mut seen = vec![false; self.firms];
        places.iter().for_each(|&p| seen[self.firm[p]] = true);
        let mut silent: Vec<usize> = (0..self.rows.len()).filter(|&p| !seen[self.firm[p]]).map(|p| units[self.rows[p]]).collect();
        silent.dedup();
        silent
    }

    /// Places that have a lag, and the places of these lags.
    pub fn lagged(&self) -> (Vec<usize>, Vec<usize>) {
        self.lag.iter().enumerate().filter_map(|(at, lag)| lag.map(|l| (at, l))).unzip()
    }
}

/// What every estimator of a production function returns. `k` inputs: free, then state, then the proxy where it is an
/// input of production.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// Output elasticities of the inputs at the mean of the sample, one each; the coefficients where the function is
    /// Cobb-Douglas.
    pub elasticities: Vec<f64>,
    /// Their covariance, row-major `k x k`; `None` where the estimator has no valid analytic one and nothing was
    /// bootstrapped.
    pub covariance: Option<Vec<f64>>,
    /// Productivity known to the firm, `ln ω` (output less inputs, less noise); `NaN` where a row is not in the sample
    /// or the estimator cannot tell it from noise.
    pub omega: Vec<f64>,
    /// Productivity with noise, `ln A = y - Σ β x`; `NaN` where a row is not in the sample.
    pub tfp: Vec<f64>,
    /// Rows of the sample, and those that inform the last stage.
    pub rows: [usize; 2],
    /// Firms of the sample.
    pub firms: usize,
    /// Numbers of those among them, in [`Firms::units`], of which no row informs the last stage.
    pub silent: Vec<usize>,
}

impl Fitted {
    /// Standard error of each elasticity, where there is a covariance.
    pub fn errors(&self) -> Option<Vec<f64>> {
        let k = self.elasticities.len();
        self.covariance.as_ref().map(|c| (0..k).map(|j| c[j * k + j].sqrt()).collect())
    }

    /// Sum of the elasticities.
    pub fn returns(&self) -> f64 {
        self.elasticities.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn firms<'a>(units: &'a [usize], periods: &'a [i32], y: &'a [f64], step: u32) -> Firms<'a> {
        Firms {
            units,
            periods,
            step,
            output: y,
            free: vec![],
            state: vec![],
            proxy: None,
            controls: vec![],
            process: vec![],
            exit: None,
        }
    }

    #[test]
    fn lags_respect_gaps_and_the_order_of_rows_does_not_matter() {
        let units = [7, 7, 3, 7, 3, 3];
        let periods = [2003, 2001, 2002, 2002, 2001, 2005];
        let y = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let sample = firms(&units, &periods, &y, 1).sample(&[]).unwrap();
        assert_eq!(sample.rows, [4, 2, 5, 1, 3, 0]);
        assert_eq!(sample.lag, [None, Some(0), None, None, Some(3), Some(4)]);
        assert_eq!((sample.firms, sample.gaps, sample.missing), (2, 1, 0));
        assert_eq!(sample.back(&sample.of(&y), 6), y);
    }

    #[test]
    fn a_missing_row_is_no_lag_and_is_counted() {
        let sample = firms(&[0; 3], &[1, 2, 3], &[1.0, f64::NAN, 2.0], 1).sample(&[]).unwrap();
        assert_eq!((sample.lag.clone(), sample.missing, sample.gaps), (vec![None, None], 1, 1));
        assert_eq!(sample.lagged(), (vec![], vec![]));
    }

    #[test]
    fn a_step_of_two_passes_over_the_year_between() {
        let sample = firms(&[0; 4], &[1, 2, 3, 5], &[1.0; 4], 2).sample(&[]).unwrap();
        assert_eq!(sample.lag, [None, None, Some(0), Some(2)]);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert_eq!(firms(&[0, 0], &[1, 1], &[1.0; 2], 1).sample(&[]), Err(FirmsError::Duplicates(vec![(0, 1)])));
        assert_eq!(firms(&[0], &[1], &[f64::INFINITY], 1).sample(&[]), Err(FirmsError::Infinite(vec![0])));
        assert_eq!(firms(&[0], &[1], &[f64::NAN], 1).sample(&[]), Err(FirmsError::Empty));
        assert_eq!(firms(&[0], &[1], &[1.0], 0).sample(&[]), Err(FirmsError::Step));
        let short = firms(&[0], &[1], &[], 1).sample(&[]);
        assert_eq!(short, Err(FirmsError::Ragged { name: "output", rows: 0, expected: 1 }));
    }
}
