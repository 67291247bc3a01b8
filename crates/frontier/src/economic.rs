#![doc = include_str!("economic.md")]

mod change;
mod distance;
mod optimum;
mod prices;
mod technical;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::distance::Norm;
use crate::{
    additive::Weights,
    dea::Returns,
    projection::Projection,
    technology::{FrontierError, Missing, State, Technology},
};
pub use change::EconomicChange;
use optimum::Optimum;
pub use prices::{EconomicError, PriceDefect, Prices};
use technical::Technical;

/// The method's page.
pub const PAGE: &str = include_str!("economic.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("economic.zh.md");

/// What a unit is after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// The least cost of its outputs at its input prices.
    #[default]
    Cost,
    /// The largest revenue from its inputs at its output prices.
    Revenue,
    /// The largest profit, revenue less cost.
    Profit,
    /// The largest profitability, revenue over cost.
    Profitability,
}

/// Direction in which a directional decomposition moves a unit. Under `cost` only inputs move, under `revenue` only
/// outputs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EconomicDirection {
    /// The unit's own values.
    #[default]
    Observed,
    /// The means over the reference.
    Mean,
    /// One unit of measure of each variable.
    Ones,
    /// The same length for each variable, such that one step is worth one unit of money at the unit's prices.
    Monetary,
    /// Given lengths, one per variable, inputs before outputs.
    Custom(Vec<f64>),
    /// Given lengths, one column per variable, inputs before outputs, one row per evaluated unit.
    Columns(Vec<Vec<f64>>),
}

/// Technical measure that splits economic efficiency into a technical and an allocative part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decomposition {
    /// Radial (Farrell 1957): cost and revenue; shares whose product is the economic efficiency.
    Farrell,
    /// Weighted additive (Cooper, Pastor, Aparicio and Borras 2011): cost, revenue and profit.
    Additive(Weights),
    /// Directional distance (Chambers, Chung and Färe 1998): cost, revenue and profit (Nerlovian).
    Directional(EconomicDirection),
    /// Modified directional distance (Aparicio, Pastor and Ray 2013): profit; inputs and outputs move by steps of
    /// their own. For cost and revenue it is the directional distance.
    ModifiedDirectional(EconomicDirection),
    /// Russell measure of the side that moves for cost and revenue; the enhanced Russell graph measure, which is the
    /// slacks-based one, for profit (Aparicio, Ortiz and Pastor 2017).
    Russell,
    /// General direct approach (Pastor, Aparicio and Zofío 2022, chapter 13) on the measure of `Russell`: normalised by the
    /// money value of the slacks, so that the technical part in money is what they cost.
    GeneralDirect,
    /// Reverse directional distance (Pastor, Aparicio and Zofío 2022, chapter 12) of the measure of `Russell`.
    ReverseDirectional,
    /// Reverse directional distance of the modified directional one: profit.
    ReverseModified(EconomicDirection),
    /// Russell graph measure, the mean of all θ and 1/φ (Färe, Grosskopf and Lovell 1985): profit.
    RussellGraph,
    /// Hölder distance (Briec and Lesourd 1999; Aparicio, Pastor, Sainz-Pardo and Vidal 2020), `weighted` by the unit's
    /// own values or not.
    Holder {
        /// Norm.
        norm: Norm,
        /// Whether changes count as shares of the unit's own values.
        weighted: bool,
    },
    /// Generalised distance function (Chavas and Cox 1999): profitability, with a part of scale.
    Generalised {
        /// Share of the output side, from 0 to 1.
        alpha: f64,
    },
}

impl Decomposition {
    /// The classical decomposition of a measure.
    pub fn of(measure: Measure) -> Self {
        match measure {
            Measure::Cost | Measure::Revenue => Self::Farrell,
            Measure::Profit => Self::Directional(EconomicDirection::Observed),
            Measure::Profitability => Self::Generalised { alpha: 0.5 },
        }
    }
}

/// Options of [`economic`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EconomicOptions {
    /// What a unit is after: `cost`, `revenue`, `profit` or `profitability`.
    pub measure: Measure,
    /// Technical measure of the decomposition; the classical one of the measure if not given.
    pub decomposition: Option<Decomposition>,
    /// Returns to scale: `crs`, `vrs`, `nirs`, `ndrs` or `fdh`. Profit has a bound under `vrs`, `nirs` and `fdh` only.
    pub returns: Returns,
    /// Units with missing quantities or prices: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

/// Result of [`economic`]: one value per evaluated unit in each column; `NaN` where a unit is not solved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Economic {
    /// State of each unit. `Unbounded` also where nothing is left to normalise by (see the page).
    pub state: Vec<State>,
    /// Observed cost, revenue, profit or profitability.
    pub observed: Vec<f64>,
    /// The best there is of it.
    pub optimum: Vec<f64>,
    /// Certified bounds of `optimum`.
    pub interval: Vec<(f64, f64)>,
    /// Economic efficiency (a share) or inefficiency (a normalised difference, 0 is best).
    pub economic: Vec<f64>,
    /// Its technical part.
    pub technical: Vec<f64>,
    /// Certified bounds of `technical`.
    pub technical_interval: Vec<(f64, f64)>,
    /// Its allocative part.
    pub allocative: Vec<f64>,
    /// Its part of scale: profitability only.
    pub scale: Option<Vec<f64>>,
    /// What one unit of inefficiency is worth in money: decompositions that are differences only.
    pub normalisation: Option<Vec<f64>>,
    /// Whether the slacks behind `normalisation` are certainly the only optimal ones: decompositions by the money value
    /// of slacks only.
    pub unique_normalisation: Option<Vec<bool>>,
    /// The optimum: quantities in the targets (the best mix at the size of its unit, for profitability), peers, slacks of
    /// the side that is given, prices (those given, and the marginal cost or revenue of the side that is given).
    pub projection: Projection,
}

impl Economic {
    /// What a unit loses in money: observed less least cost, or largest less observed revenue or profit. `NaN` for
    /// profitability, which is not an amount.
    pub fn loss(&self, measure: Measure) -> Vec<f64> {
        let sign = match measure {
            Measure::Cost => 1.0,
            Measure::Revenue | Measure::Profit => -1.0,
            Measure::Profitability => f64::NAN,
        };
        self.observed.iter().zip(&self.optimum).map(|(o, b)| sign * (o - b)).collect()
    }
}

/// Economic efficiency of every unit against all units with complete quantities. A unit without prices stays in the
/// reference.
///
/// # Errors
/// [`EconomicError`]: data that cannot be used, prices that are not positive, options that do not go together, each
/// kind all at once. An infeasible or uncertified unit is a [`State`], not an error.
pub fn economic(technology: &Technology<'_>, prices: &Prices<'_>, options: &EconomicOptions) -> Result<Economic, EconomicError> {
    evaluate(&Case { evaluated: technology, reference: None, prices, options, zeros: false })
}

/// The least cost where contents of a material, which may be 0, stand for prices.
pub(crate) fn least_content(
    technology: &Technology<'_>,
    contents: &Prices<'_>,
    returns: Returns,
    missing: Missing,
) -> Result<Economic, EconomicError> {
    let options = EconomicOptions { measure: Measure::Cost, decomposition: Some(Decomposition::Farrell), returns, missing };
    evaluate(&Case { evaluated: technology, reference: None, prices: contents, options: &options, zeros: true })
}

/// Economic efficiency of `evaluated` at its prices against another set of units with the same variables.
///
/// # Errors
/// As [`economic`], for both sets, and different variables.
pub fn economic_against(
    evaluated: &Technology<'_>,
    reference: &Technology<'_>,
    prices: &Prices<'_>,
    options: &EconomicOptions,
) -> Result<Economic, EconomicError> {
    evaluated.like(reference)?;
    reference.check(options.missing, false)?;
    evaluate(&Case { evaluated, reference: Some(reference), prices, options, zeros: false })
}

/// What is evaluated against what, at which prices.
struct Case<'a> {
    evaluated: &'a Technology<'a>,
    reference: Option<&'a Technology<'a>>,
    prices: &'a Prices<'a>,
    options: &'a EconomicOptions,
    /// Whether prices may be 0.
    zeros: bool,
}

impl Case<'_> {
    fn inputs(&self) -> usize {
        self.evaluated.inputs.len()
    }

    fn variables(&self) -> usize {
        self.inputs() + self.evaluated.outputs.len()
    }

    /// Variables whose quantities the unit chooses.
    fn chosen(&self) -> std::ops::Range<usize> {
        match self.options.measure {
            Measure::Cost => 0..self.inputs(),
            Measure::Revenue => self.inputs()..self.variables(),
            Measure::Profit | Measure::Profitability => 0..self.variables(),
        }
    }

    fn quantity(&self, variable: usize, unit: usize) -> f64 {
        let m = self.inputs();
        if variable < m { self.evaluated.inputs[variable][unit] } else { self.evaluated.outputs[variable - m][unit] }
    }

    fn price(&self, variable: usize, unit: usize) -> f64 {
        let m = self.inputs();
        if variable < m { self.prices.inputs[variable][unit] } else { self.prices.outputs[variable - m][unit] }
    }

    /// Cost and revenue of a unit, those of them that the measure needs.
    fn money(&self, unit: usize) -> (f64, f64) {
        let chosen = self.chosen();
        let sum = |side: std::ops::Range<usize>| -> f64 {
            side.filter(|v| chosen.contains(v)).map(|v| self.price(v, unit) * self.quantity(v, unit)).sum()
        };
        (sum(0..self.inputs()), sum(self.inputs()..self.variables()))
    }

    fn observed(&self, unit: usize) -> f64 {
        let (cost, revenue) = self.money(unit);
        match self.options.measure {
            Measure::Cost => cost,
            Measure::Revenue => revenue,
            Measure::Profit => revenue - cost,
            Measure::Profitability => revenue / cost,
        }
    }

    fn contradictions(&self, decomposition: &Decomposition) -> Vec<(&'static str, String)> {
        use Decomposition as D;
        use Measure as M;
        let (measure, returns) = (self.options.measure, self.options.returns);
        let mut found = Vec::new();
        let mut refuse = |bad: bool, name, why: &str| found.extend(bad.then(|| (name, why.to_owned())));
        let fits = match decomposition {
            D::Farrell => matches!(measure, M::Cost | M::Revenue),
            D::Generalised { .. } => measure == M::Profitability,
            D::RussellGraph | D::ReverseModified(_) => measure == M::Profit,
            _ => measure != M::Profitability,
        };
        let why = match measure {
            M::Cost | M::Revenue if matches!(decomposition, D::Generalised { .. }) => {
                "the generalised distance function decomposes profitability"
            }
            M::Cost | M::Revenue => "a measure of both sides decomposes profit",
            M::Profit => {
                "profit is a difference: it takes `directional`, `modified-directional`, `additive`, `russell`, `russell-graph`, `general-direct`, `reverse-directional`, `reverse-modified` or `holder`"
            }
            M::Profitability => "profitability is decomposed by the generalised distance function",
        };
        refuse(!fits, "decomposition", why);
        refuse(
            matches!(returns, Returns::Generalised | Returns::Replication | Returns::Upscaling),
            "returns",
            "this model takes `crs`, `vrs`, `nirs`, `ndrs` or `fdh`",
        );
        refuse(
            measure == M::Profit && matches!(returns, Returns::Crs | Returns::Ndrs),
            "returns",
            "profit has no bound where any unit may grow without end; take `vrs`, `nirs` or `fdh`",
        );
        let hull = matches!(decomposition, D::Farrell | D::Directional(_)) || matches!(decomposition, D::Holder { .. });
        refuse(
            returns == Returns::Fdh && !hull,
            "returns",
            "the free disposal hull goes with `farrell`, `directional` and `holder`",
        );
        if let D::Generalised { alpha } = decomposition {
            refuse(!(0.0..=1.0).contains(alpha), "alpha", "the share of the output side lies between 0 and 1");
        }
        found
    }
}

fn evaluate(case: &Case<'_>) -> Result<Economic, EconomicError> {
    let options = case.options;
    case.evaluated.check(options.missing, false)?;
    let decomposition = options.decomposition.clone().unwrap_or_else(|| Decomposition::of(options.measure));
    let contradictions = case.contradictions(&decomposition);
    if !contradictions.is_empty() {
        return Err(FrontierError::Options(contradictions).into());
    }
    case.prices.check(case.evaluated, case.chosen(), options.missing, case.zeros)?;
    // Units with quantities and the prices that the measure needs.
    let mut usable = case.evaluated.complete();
    for (unit, usable) in usable.iter_mut().enumerate() {
        *usable &= case.chosen().all(|v| !case.price(v, unit).is_nan());
    }
    let optimum = Optimum::new(case, &usable)?;
    let technical = Technical::new(case, &decomposition, &usable)?;
    Ok(Economic::new(case, &usable, optimum, technical))
}

/// An allocative part this far above 1 contradicts its parts: with values many magnitudes apart, one of them is not
/// what it was certified to be beside the others.
const BEYOND: f64 = 1e-7;

/// Widest bounds of an optimum or a technical part, as a share of it, from which a share is taken.
const SHARE: f64 = 1e-8;

impl Economic {
    fn new(case: &Case<'_>, usable: &[bool], optimum: Optimum, technical: Technical) -> Self {
        let own = case.reference.is_none();
        let per_unit = |get: &dyn Fn(usize) -> f64| -> Vec<f64> {
            usable.iter().enumerate().map(|(u, usable)| if *usable { get(u) } else { f64::NAN }).collect()
        };
        let observed = per_unit(&|u| case.observed(u));
        let share = technical.normalisation.is_none();
        let economic = per_unit(&|u| {
            let (o, best) = (observed[u], optimum.value[u]);
            let by = technical.normalisation.as_ref().map_or(1.0, |k| k[u]);
            match case.options.measure {
                Measure::Cost if share => best / o,
                Measure::Revenue | Measure::Profitability if share => o / best,
                // A unit of the reference is itself among the choices.
                Measure::Cost => (if own { (o - best).max(0.0) } else { o - best }) / by,
                _ => (if own { (best - o).max(0.0) } else { best - o }) / by,
            }
        });
        let economic: Vec<f64> = if share && own { economic.iter().map(|e| e.min(1.0)).collect() } else { economic };
        let technical_value = per_unit(&|u| technical.value[u]);
        let scale = technical.constant.as_ref().map(|crs| per_unit(&|u| crs[u] / technical.value[u]));
        let allocative = per_unit(&|u| match (&technical.constant, share) {
            (Some(crs), _) => economic[u] / crs[u],
            (None, true) => economic[u] / technical.value[u],
            (None, false) => economic[u] - technical.value[u],
        });
        // Shares divide by what was found: its bounds must be close beside it, not beside 1.
        let vague = |(low, high): (f64, f64), value: f64| share && high - low > SHARE * value.abs();
        let state = |u: usize| {
            let nothing = |k: &Vec<f64>| k[u].is_infinite() || k[u] <= 0.0;
            let solved = |s: State| matches!(s, State::Optimal | State::Numerical);
            match (optimum.state[u], technical.state[u]) {
                _ if !usable[u] => State::Missing,
                (a, b) if solved(a) && solved(b) && technical.normalisation.as_ref().is_some_and(nothing) => State::Unbounded,
                (State::Optimal, State::Optimal)
                    if vague(optimum.interval[u], optimum.value[u])
                        || vague(technical.interval[u], technical.value[u])
                        || share && allocative[u] > 1.0 + BEYOND =>
                {
                    State::Numerical
                }
                (State::Optimal, s) | (s, _) => s,
            }
        };
        let state: Vec<State> = (0..usable.len()).map(state).collect();
        let solved = |values: Vec<f64>| -> Vec<f64> {
            let hidden = |s: &State| matches!(s, State::Unbounded | State::Infeasible | State::Missing);
            values.into_iter().zip(&state).map(|(x, s)| if hidden(s) { f64::NAN } else { x }).collect()
        };
        Self {
            economic: solved(economic),
            technical: solved(technical_value),
            allocative: solved(allocative),
            scale: scale.map(&solved),
            normalisation: technical.normalisation.map(|k| solved(per_unit(&|u| k[u]))),
            unique_normalisation: technical.unique,
            technical_interval: technical.interval,
            observed,
            optimum: optimum.value,
            interval: optimum.interval,
            projection: optimum.projection,
            state,
        }
    }
}

#[cfg(test)]
#[path = "economic_law_tests.rs"]
mod laws;
#[cfg(test)]
#[path = "economic_tests.rs"]
mod tests;
