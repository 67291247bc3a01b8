#![doc = include_str!("cross_efficiency.md")]

mod game;
mod means;
mod range;

use numerics::lp::{LpError, Solution};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    dea::Returns,
    pricing::{Common, Forms, Priced, Pricing, state},
    projection::{self, Points, column},
    reference::Reference,
    technology::{FrontierError, Missing, Orientation, State, Technology},
};
pub use game::Convergence;
use means::Means;
pub use range::Ranges;

/// The method's page.
pub const PAGE: &str = include_str!("cross_efficiency.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("cross_efficiency.zh.md");

/// Most units of which the matrix is kept, and to which `game` and `range` are open: they solve a program for each cell.
pub const MATRIX: usize = 2000;

/// How far the anchor of a second program lies below the own score: less than a score is certified to, enough that
/// rounding of the score cannot make the program infeasible.
const ROOM: f64 = 1e-12;

/// Difference between an appraisal of oneself and the own score that says that prices are not to be trusted.
const AGREEMENT: f64 = 1e-7;

/// A denominator below this share of the largest is none, and its ratio means nothing.
const SPECK: f64 = 1e-12;

/// A denominator below this share of its terms, which cancel, has no digits that a ratio could keep.
const ROUNDING: f64 = 1e-6;

/// Which of its optimal prices a unit appraises the others with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// Those of the first program, whichever they are (Sexton, Silkman and Hogan 1986). Where a unit has several,
    /// appraisals depend on the solver; see `range`.
    Arbitrary,
    /// Those worst for the others (Doyle and Green 1994).
    Aggressive,
    /// Those best for the others (Doyle and Green 1994).
    #[default]
    Benevolent,
    /// No prices of a unit's own: each pair has its own, such that no unit falls below its score (Liang, Wu, Cook and
    /// Zhu 2008).
    Game,
}

/// What stands for the sum of the others' ratios, which is no linear objective.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Surrogate {
    /// Sum of the others' differences of virtual output and virtual input (Doyle and Green's method II).
    Difference,
    /// Ratio of the unit made of all others (method III).
    #[default]
    Composite,
}

/// What to do about negative appraisals, which input orientation without constant returns has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Negative {
    /// `(u·yⱼ + w)/(v·xⱼ)` as it is.
    Keep,
    /// The ratio seen from the origin to which the intercept moves the inputs: `u·yⱼ/(v·xⱼ − w)` (Lim and Zhu 2015).
    #[default]
    LimZhu,
}

/// Options of [`cross_efficiency`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CrossOptions {
    /// Which side is moved to the frontier: `input` or `output`.
    pub orientation: Orientation,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    pub returns: Returns,
    /// Which optimal prices: `arbitrary`, `aggressive`, `benevolent` or `game`.
    pub goal: Goal,
    /// With `aggressive` and `benevolent`: `difference` (method II) or `composite` (method III).
    pub surrogate: Surrogate,
    /// Negative appraisals in input orientation without constant returns: `keep` or `lim-zhu`.
    pub negative: Negative,
    /// Whether a unit's appraisal of itself counts in means.
    pub self_appraisal: bool,
    /// Whether to add the least and the largest appraisal over all optimal prices: two programs for each pair.
    pub range: bool,
    /// With `game`: largest change of a score in the last step; above 0.
    pub tolerance: f64,
    /// With `game`: most steps; at least 1.
    pub steps: usize,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

impl Default for CrossOptions {
    fn default() -> Self {
        Self {
            orientation: Orientation::default(),
            returns: Returns::Crs,
            goal: Goal::default(),
            surrogate: Surrogate::default(),
            negative: Negative::default(),
            self_appraisal: true,
            range: false,
            tolerance: 1e-8,
            steps: 1000,
            missing: Missing::default(),
        }
    }
}

/// Result of [`cross_efficiency`]: one value per unit in each column; `NaN` where there is none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CrossEfficiency {
    /// State of each unit as one that appraises. Without `Optimal` it appraises nobody and counts in no mean.
    pub state: Vec<State>,
    /// The unit's own score.
    pub efficiency: Vec<f64>,
    /// Certified bounds of `efficiency`.
    pub interval: Vec<(f64, f64)>,
    /// Cross-efficiency: mean of the appraisals that the unit gets.
    pub score: Vec<f64>,
    /// Number of appraisals that count in `score`: fewer where programs of others have no certified solution.
    pub appraisers: Vec<usize>,
    /// Mean of the appraisals that the unit gets from the others.
    pub by_peers: Vec<f64>,
    /// Mean of the appraisals that the unit gives.
    pub given: Vec<f64>,
    /// Maverick index: own appraisal over the mean of those by the others, less 1; none where that mean is 0.
    pub maverick: Vec<f64>,
    /// `[k][j]`: appraisal of unit j by unit k; empty for more than [`MATRIX`] complete units.
    pub matrix: Vec<Vec<f64>>,
    /// Appraisals below −1e-9.
    pub negative: usize,
    /// Largest difference between a unit's appraisal of itself and its own score.
    pub own_difference: f64,
    /// `[variable][unit]`: input prices that the unit appraises with, its own denominator being 1; none for `game`.
    pub input_prices: Vec<Vec<f64>>,
    /// Output prices.
    pub output_prices: Vec<Vec<f64>>,
    /// Intercepts; 0 under constant returns.
    pub intercept: Vec<f64>,
    /// Least and largest appraisals over all optimal prices.
    pub ranges: Option<Ranges>,
    /// How the game ended.
    pub convergence: Option<Convergence>,
}

impl Priced {
    /// A score that others may be held to: no rounding lies between it and what prices reach.
    fn floor(&self) -> f64 {
        self.score.min(self.interval.0) * (1.0 - ROOM)
    }
}

/// The points, how their ratios are read, and how many units each stands for.
struct Table<'a> {
    pricing: Pricing<'a>,
    /// Ratio that is a unit's own score.
    own: Orientation,
    /// Ratio that is an appraisal.
    appraisal: Orientation,
    order: Vec<usize>,
    counts: Vec<f64>,
    units: f64,
}

/// Cross-efficiency of all units with complete data.
///
/// # Errors
/// [`FrontierError`]: no variables, columns of different length, options that do not go together, or cells that cannot
/// be used, all of them at once. A unit whose programs have no certified solution has a [`State`].
pub fn cross_efficiency(technology: &Technology<'_>, options: &CrossOptions) -> Result<CrossEfficiency, FrontierError> {
    options.check()?;
    technology.check(options.missing, false)?;
    let set = Reference::spanning(technology)?;
    let points = Points::new(&set, technology.len());
    let pricing = Pricing::new(&set, technology.inputs.len(), options.returns, Vec::new())?;
    let counts: Vec<f64> = (0..set.classes.len()).map(|k| set.classes.units(k).len() as f64).collect();
    let shifted = options.negative == Negative::LimZhu;
    let table = Table {
        pricing,
        own: options.orientation,
        appraisal: if shifted { Orientation::Output } else { options.orientation },
        order: points.order(),
        units: counts.iter().sum(),
        counts,
    };
    table.affords(options)?;
    let mut own = table.own()?;
    if matches!(options.goal, Goal::Aggressive | Goal::Benevolent) && table.units > 1.0 {
        table.choose(&mut own, options)?;
    }
    let ranges = if options.range { Some(table.ranges(&own)?) } else { None };
    let means = table.appraisals(&mut own);
    let (means, convergence) = match options.goal {
        Goal::Game => {
            let (means, convergence) = table.game(&own, means, options)?;
            (means, Some(convergence))
        }
        _ => (means, None),
    };
    Ok(table.result(&points, &own, &means, ranges, convergence, options))
}

impl CrossOptions {
    /// Whether the options go together.
    ///
    /// # Errors
    /// [`FrontierError::Options`], all contradictions at once.
    pub fn check(&self) -> Result<(), FrontierError> {
        let mut found = match projection::sum_row(self.returns) {
            Err(FrontierError::Options(list)) => list,
            _ => Vec::new(),
        };
        if !(self.tolerance > 0.0 && self.tolerance.is_finite()) {
            found.push(("tolerance", "the tolerance is a number above 0".to_owned()));
        }
        if self.steps == 0 {
            found.push(("steps", "the game takes at least one step".to_owned()));
        }
        if found.is_empty() { Ok(()) } else { Err(FrontierError::Options(found)) }
    }
}

impl Table<'_> {
    /// Whether a program for each cell of the matrix is within reach.
    fn affords(&self, options: &CrossOptions) -> Result<(), FrontierError> {
        let wanted = [("goal", options.goal == Goal::Game), ("range", options.range)];
        let why = |name| (name, format!("it solves a program for each pair of units; {} are more than {MATRIX}", self.units));
        let found: Vec<_> = wanted.into_iter().filter(|w| w.1 && !self.keeps()).map(|w| why(w.0)).collect();
        if found.is_empty() { Ok(()) } else { Err(FrontierError::Options(found)) }
    }

    fn keeps(&self) -> bool {
        self.units <= MATRIX as f64
    }

    fn len(&self) -> usize {
        self.counts.len()
    }

    /// Results of a sweep over all points, by point.
    fn by_point<T>(&self, solved: Vec<T>) -> Vec<T> {
        let mut paired: Vec<(usize, T)> = self.order.iter().copied().zip(solved).collect();
        paired.sort_by_key(|p| p.0);
        paired.into_iter().map(|p| p.1).collect()
    }

    /// Scores and first prices: `max U_k` with `D_k = 1`.
    fn own(&self) -> Result<Vec<Priced>, FrontierError> {
        let common = Common { values: true, ..Common::default() };
        let family = self.pricing.family(common)?;
        let write = |k: usize, forms: Forms<'_>| {
            self.pricing.numerator(forms.goal, self.own, k, 1.0);
            self.pricing.denominator(forms.unit, self.own, k, 1.0);
        };
        let take = |_, s: &Solution| self.pricing.priced(s, Orientation::Input);
        Ok(self.by_point(self.pricing.sweep(&family, common, &self.order, write, take)))
    }

    /// Writes that point `k` keeps `level` of its own ratio.
    fn anchor(&self, form: &mut [f64], side: Orientation, k: usize, level: f64) {
        self.pricing.numerator(form, side, k, 1.0);
        self.pricing.denominator(form, side, k, -level);
    }

    /// The largest `sign U_j` with `D_j = 1` of each point j over prices at which point `k` has at least `level` of its
    /// ratio on a side.
    fn over_held(
        &self,
        (side, k, level): (Orientation, usize, f64),
        sign: f64,
        take: impl Fn(&Solution) -> f64 + Sync,
    ) -> Result<Vec<f64>, LpError> {
        let common = Common { values: true, ..Common::default() };
        let mut anchor = vec![0.0; self.pricing.rows()];
        self.anchor(&mut anchor, side, k, level);
        let cloud = self.pricing.anchored(&anchor)?;
        let family = self.pricing.family_over(&cloud, common)?;
        let write = |j: usize, forms: Forms<'_>| {
            self.pricing.numerator(forms.goal, self.appraisal, j, sign);
            self.pricing.denominator(forms.unit, self.appraisal, j, 1.0);
        };
        Ok(self.by_point(self.pricing.sweep(&family, common, &self.order, write, |_, s| take(s))))
    }

    /// Replaces prices by those best or worst for the others.
    fn choose(&self, own: &mut [Priced], options: &CrossOptions) -> Result<(), FrontierError> {
        let common = Common { anchored: true, values: true, ..Common::default() };
        let family = self.pricing.family(common)?;
        let rows = self.pricing.rows();
        let (mut numerators, mut denominators) = (vec![0.0; rows], vec![0.0; rows]);
        for (j, count) in self.counts.iter().enumerate() {
            let by = count / (self.units - 1.0);
            self.pricing.numerator(&mut numerators, self.appraisal, j, by);
            self.pricing.denominator(&mut denominators, self.appraisal, j, by);
        }
        let sign = if options.goal == Goal::Aggressive { -1.0 } else { 1.0 };
        let solved: &[Priced] = own;
        let write = |k: usize, forms: Forms<'_>| {
            // The others: all but one of those that stand at this point.
            let less = -1.0 / (self.units - 1.0);
            forms.goal.copy_from_slice(&numerators);
            self.pricing.numerator(forms.goal, self.appraisal, k, less);
            let composite = options.surrogate == Surrogate::Composite;
            if composite {
                forms.unit.copy_from_slice(&denominators);
                self.pricing.denominator(forms.unit, self.appraisal, k, less);
            } else {
                forms.goal.iter_mut().zip(&denominators).for_each(|(g, d)| *g -= d);
                self.pricing.denominator(forms.goal, self.appraisal, k, -less);
                self.pricing.denominator(forms.unit, self.appraisal, k, 1.0);
            }
            forms.goal.iter_mut().for_each(|g| *g *= sign);
            self.anchor(forms.anchor, self.own, k, solved[k].floor());
        };
        let take = |_, s: &Solution| {
            let state = state(s.status);
            let prices = if s.duals.len() == rows { self.pricing.prices(&s.duals) } else { Vec::new() };
            (state, prices)
        };
        let chosen = self.by_point(self.pricing.sweep(&family, common, &self.order, write, take));
        for (k, (state, prices)) in chosen.into_iter().enumerate() {
            if own[k].state == State::Optimal {
                (own[k].state, own[k].prices) = (state, prices);
            }
        }
        Ok(())
    }

    /// Appraisal of every point by every point. A point whose prices do not give its own score loses its state.
    fn appraisals(&self, own: &mut [Priced]) -> Means<'_> {
        let mut means = Means::new(&self.counts, self.keeps());
        let mut first = 0;
        // Rows side by side, so many that threads are busy and few that they are small beside the data.
        for some in own.chunks_mut(256) {
            let rows: Vec<Vec<f64>> = some.par_iter_mut().enumerate().map(|(i, o)| self.appraise(first + i, o)).collect();
            rows.into_iter().for_each(|row| means.push(row));
            first += some.len();
        }
        means
    }

    /// Appraisals that point `k` gives.
    fn appraise(&self, k: usize, o: &mut Priced) -> Vec<f64> {
        let blank = || vec![f64::NAN; self.len()];
        if o.state != State::Optimal {
            return blank();
        }
        // Numerator and denominator are sums that may cancel: their digits are those of their terms.
        let size = |j: usize| self.pricing.magnitude(&o.prices, j);
        let found: Vec<(f64, f64)> = (0..self.len()).map(|j| self.pricing.ratio(&o.prices, self.appraisal, j)).collect();
        let least = SPECK * found.iter().fold(0.0_f64, |m, r| m.max(r.1));
        let (u, d) = self.pricing.ratio(&o.prices, self.own, k);
        if found[k].1.max(d) <= least.max(ROUNDING * size(k)) {
            // Prices at which the unit itself is nothing: the goal is approached, never reached.
            o.state = State::Unbounded;
            return blank();
        }
        let feasible = found.iter().enumerate().all(|(j, (u, d))| u - d <= AGREEMENT * size(j));
        if !feasible || (u - d * o.score).abs() > AGREEMENT * size(k) {
            o.state = State::Numerical;
            return blank();
        }
        let appraisal = |(j, &(u, d)): (usize, &(f64, f64))| {
            if d > least.max(ROUNDING * size(j)) { u / d } else { f64::NAN }
        };
        found.iter().enumerate().map(appraisal).collect()
    }

    /// A price where the point's own denominator is 1; where that is 0, the one of its appraisal.
    fn normalised(&self, own: &Priced, k: usize, row: usize) -> f64 {
        if own.state != State::Optimal {
            return f64::NAN;
        }
        let [d, other] = [self.own, self.appraisal].map(|side| self.pricing.ratio(&own.prices, side, k).1);
        own.prices[row] / if d > ROUNDING * self.pricing.magnitude(&own.prices, k) { d } else { other }
    }

    fn result(
        &self,
        points: &Points<'_>,
        own: &[Priced],
        means: &Means<'_>,
        ranges: Option<Ranges>,
        convergence: Option<Convergence>,
        options: &CrossOptions,
    ) -> CrossEfficiency {
        let all: Vec<usize> = (0..self.len()).collect();
        // Points in their own order: a unit's solution is its point.
        let units: Vec<Option<&usize>> = points.units(&all, &all);
        let except = !options.self_appraisal;
        let spread = |m: &[Vec<f64>]| -> Vec<Vec<f64>> {
            if m.is_empty() {
                return Vec::new();
            }
            units.iter().map(|k| units.iter().map(|j| k.zip(*j).map_or(f64::NAN, |(&k, &j)| m[k][j])).collect()).collect()
        };
        let prices = |v: usize| -> Vec<f64> {
            let game = options.goal == Goal::Game;
            column(&units, f64::NAN, |&k| if game { f64::NAN } else { self.normalised(&own[k], k, v) })
        };
        let (m, variables) = (self.pricing.inputs, self.pricing.set.columns.len());
        let gap = |k: usize| (means.own(k) - own[k].score).abs();
        let optimal = (0..self.len()).filter(|&k| own[k].state == State::Optimal);
        CrossEfficiency {
            state: column(&units, State::Missing, |&k| own[k].state),
            efficiency: column(&units, f64::NAN, |&k| own[k].score),
            interval: column(&units, (f64::NAN, f64::NAN), |&k| own[k].interval),
            score: column(&units, f64::NAN, |&j| means.received(j, except)),
            appraisers: column(&units, 0, |&j| means.appraisers(j, except)),
            given: column(&units, f64::NAN, |&k| means.given(k, except)),
            maverick: column(&units, f64::NAN, |&k| means.maverick(k)),
            by_peers: column(&units, f64::NAN, |&j| means.received(j, true)),
            matrix: spread(&means.matrix),
            negative: means.negative,
            own_difference: optimal.map(gap).fold(0.0, f64::max),
            input_prices: (0..m).map(|v| prices(v).iter().map(|p| 0.0 - p).collect()).collect(),
            output_prices: (m..variables).map(prices).collect(),
            intercept: if self.pricing.rows() > variables { prices(variables) } else { column(&units, f64::NAN, |_| 0.0) },
            ranges: ranges.map(|r| Ranges { low: spread(&r.low), high: spread(&r.high), ..r.over(self, &units, except) }),
            convergence,
        }
    }
}

#[cfg(test)]
#[path = "cross_efficiency_tests.rs"]
mod tests;
