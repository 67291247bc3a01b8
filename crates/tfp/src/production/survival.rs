//! Survival of firms: those that leave because their productivity is low (Olley and Pakes 1996). The probability to
//! survive, a probit on a polynomial of what the firm knew the period before, enters the law of motion.

use numerics::probit::probit;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Firms, Sample, polynomial};

/// Correction for firms that leave because their productivity is low.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Selection {
    /// None.
    #[default]
    None,
    /// A firm leaves between its last row and the next period: rows before the last period of the panel survive unless
    /// they are the last of their firm.
    AfterLast,
    /// The last row of a firm before the last period of the panel is itself the exit (prodest).
    AtLast,
}

/// Which rows of a sample survive, and what explains it.
pub(super) struct Survival {
    selection: Selection,
    survives: Vec<bool>,
    /// Whether it is known if the firm goes on after each place.
    known: Vec<bool>,
    terms: Vec<Vec<f64>>,
}

impl Survival {
    /// Exits of a sample: those of the panel's column, else the last rows of firms before the last period. `variables`
    /// are what survival is explained by, in places of the sample. `None` without a correction or without exits.
    pub fn new(firms: &Firms<'_>, sample: &Sample, variables: &[&[f64]], degree: usize, selection: Selection) -> Option<Self> {
        if selection == Selection::None {
            return None;
        }
        let end = sample.period.iter().max().copied();
        let places = 0..sample.rows.len();
        let (survives, known): (Vec<bool>, Vec<bool>) = match firms.exit {
            Some(exit) => sample.of(exit).iter().map(|e| (*e == 0.0, true)).unzip(),
            None => places
                .map(|at| {
                    let last = Some(sample.period[at]) == end;
                    (last || sample.firm.get(at + 1) == Some(&sample.firm[at]), !last)
                })
                .unzip(),
        };
        let terms = polynomial::columns(variables, degree);
        survives.contains(&false).then_some(Self { selection, survives, known, terms })
    }

    /// Rows that are exits.
    pub fn exits(&self) -> usize {
        self.survives.iter().filter(|s| !**s).count()
    }

    /// Probability to survive of each row that has a lag, `now` being the places and `before` those of the lags; places
    /// are weighted. `None` where the probit has no maximum.
    pub fn probability(&self, weight: impl Fn(usize) -> f64, now: &[usize], before: &[usize]) -> Option<Vec<f64>> {
        // Whose outcome, explained by whose variables: the row and its lag, or a row and its own.
        let (outcome, states): (Vec<usize>, Vec<usize>) = match self.selection {
            Selection::AtLast => (now.to_vec(), before.to_vec()),
            _ => (0..self.survives.len()).filter(|&p| self.known[p]).map(|p| (p, p)).unzip(),
        };
        let mut columns = vec![vec![1.0; states.len()]];
        columns.extend(self.terms.iter().map(|c| states.iter().map(|&p| c[p]).collect::<Vec<f64>>()));
        let survived: Vec<bool> = outcome.iter().map(|&p| self.survives[p]).collect();
        let weights: Vec<f64> = outcome.iter().map(|&p| weight(p)).collect();
        let fitted = probit(&columns, &survived, &weights)?;
        if self.selection == Selection::AtLast {
            return Some(fitted);
        }
        let mut all = vec![f64::NAN; self.survives.len()];
        for (&p, v) in states.iter().zip(&fitted) {
            all[p] = *v;
        }
        Some(before.iter().map(|&p| all[p]).collect())
    }
}
