//! How an index is computed: every choice has a name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::ranking::compensation::Compensation;
use crate::weights::{
    combination::Combination, components::ComponentOptions, critic::CriticOptions, entropy::EntropyOptions,
    importance::Importance,
};

/// What happens to missing cells of an indicator. Whatever is filled or left out is listed cell by cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// Any missing cell is an error. Nothing is filled unless it is asked for.
    #[default]
    Refuse,
    /// Leave out every unit with a missing cell, in all periods.
    DropUnit,
    /// Aggregate what is present, with the weights of the dimension renormalised.
    MeanOfPresent,
    /// Take the last earlier value of the same unit; cells without one are treated as in mean-of-present.
    Carry,
    /// Interpolate linearly between periods of the same unit; cells outside are treated as in mean-of-present.
    Interpolate,
    /// Take the mean of the units present in the same period; a period without any is treated as in mean-of-present.
    Mean,
    /// Take the median of the units present in the same period.
    Median,
    /// Take the mean of the unit's group in the same period.
    GroupMean,
    /// Take the median of the unit's group in the same period.
    GroupMedian,
    /// Conditional means given the unit's other indicators, under a multivariate normal fitted by EM over all rows.
    Em,
}

/// Over what the ends of an indicator's scale are taken. Goalposts declared by an indicator always win.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Goalposts {
    /// Declared in the framework for every indicator; values beyond are cut at the goalpost.
    Fixed,
    /// All units and periods together: scores can be compared over time.
    #[default]
    Pooled,
    /// Each period by itself: scores of different periods cannot be compared.
    PerPeriod,
    /// The units of the base period; later values may lie beyond 0 and 100.
    Base,
}

/// How values become comparable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Normalisation {
    /// `(x - min) / (max - min)`, turned round for negative indicators.
    #[default]
    MinMax,
    /// `0.5 + 0.1 z` with `z = (x - mean) / sd` (a T score; sd with denominator n - 1).
    ZScore,
    /// `(rank - 1) / (n - 1)`, ties at the middle of their block.
    Rank,
    /// Share of the others that lie strictly below (a Borda count over `n - 1`).
    PercentRank,
    /// `x / max`; `min / x` for negative indicators. Here and in the ratios below values must be at least 0, and above 0
    /// where less is better.
    FractionOfMaximum,
    /// `x / sum x`, of `1 / x` for negative indicators.
    Sum,
    /// `x / sqrt(sum x^2)`, of `1 / x` for negative indicators.
    Vector,
    /// `x / mean`, of `1 / x` for negative indicators (均值化).
    Mean,
    /// `x / x0` with `x0` the value of the reference unit in the same period (`x0 / x` for negative indicators).
    Reference,
    /// `(x - min) / (target - min)`, at most 1 (for negative indicators `(max - x) / (max - target)`): distance to a target.
    Target,
    /// `0.6 + 0.4 r` with `r` the min-max value: the efficacy coefficient (功效系数).
    Efficacy,
    /// `1 / (1 + exp(-z))` with `z` the z score.
    Logistic,
}

/// How weights are set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Weighting {
    /// Equal among siblings at every level.
    #[default]
    Equal,
    /// As declared in the framework: the judgement of a dimension, or weights scaled to sum 1 among siblings; siblings
    /// that declare none are equal.
    Manual,
    /// Entropy weights on min-max data: `w = (1 - E) / sum(1 - E)`, `E = -sum(p ln p) / ln(number of terms)`.
    Entropy,
    /// CRITIC (Diakoulaki et al. 1995) on min-max data: `c_j = s_j sum_k(1 - r_jk)`.
    Critic,
    /// Coefficient of variation of min-max data: `w = (s / mean) / sum(s / mean)`.
    Variation,
    /// Standard deviation of min-max data: `w = s / sum s`.
    StandardDeviation,
    /// Gini coefficient of min-max data: `w = G / sum G`.
    Gini,
    /// Principal components of the correlations: entries by variance shares.
    PrincipalComponents,
    /// Scatter degree (纵横向拉开档次): the weights at least 0 under which scores of the panel lie farthest apart.
    ScatterDegree,
    /// MEREC: what performance changes when an indicator is removed, on values above 0 in the indicators' own units.
    Merec,
    /// CILOS: what is lost in an indicator where another is at its best, on values above 0 in their own units.
    Cilos,
    /// IDOCRIW: products of CILOS and entropy weights, on values above 0 in their own units.
    Idocriw,
    /// The weights under which siblings have the importance that the framework declares as their weights (equal where it
    /// declares none), from the lowest dimensions up, on arithmetic means of min-max values, see `importance`.
    Importance,
    /// Several of these made one, see `combination`.
    Combination,
}

/// Which rows data-driven weights are taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// All units and periods together: one set of weights.
    #[default]
    Pooled,
    /// Each period has its own weights; scores of different periods are weighted differently.
    PerPeriod,
    /// Weights of each period, averaged over periods: one set of weights.
    PeriodMean,
    /// The base period: one set of weights that later years do not change.
    Base,
}

/// Among which indicators data-driven weights are shared out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// All indicators of the framework at once; a dimension weighs what its indicators weigh.
    #[default]
    Global,
    /// The indicators of one dimension; dimensions are weighted as declared, or equally.
    Within,
}

/// How what stands below a dimension becomes its score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Aggregation {
    /// `sum w v`: a weakness can be made up for one to one.
    #[default]
    Arithmetic,
    /// `product v^w`, after all indicators were lifted to `floor + (1 - floor) r`: weaknesses weigh more.
    Geometric,
    /// Closeness to the ideal `D- / (D+ + D-)`, ideals over all units and periods; looks through dimensions
    /// that are themselves aggregated by TOPSIS to what stands below.
    Topsis,
    /// `1 / sum(w / v)`, lifted like the geometric mean: weaknesses weigh still more.
    Harmonic,
    /// `sqrt(sum w v^2)`: strengths weigh more.
    Quadratic,
    /// `(sum w v^p)^(1/p)` with `p` of `compensation.power`; lifted like the geometric mean where `p <= 0`.
    Power,
    /// Mazziotta-Pareto: `M - S cv` of `z = 100 + 10 (v - mean) / sd` over all units and periods, brought back to
    /// `0.5 + (MPI - 100) / 100`.
    Mpi,
    /// Adjusted Mazziotta-Pareto: `M - S cv` of `r = 70 + 60 v`, brought back to `(AMPI - 70) / 60`; can be compared
    /// over time where goalposts can.
    Ampi,
    /// Mean-min: `M - a (sqrt((M - min)^2 + b^2) - b)`.
    MeanMin,
    /// Ordered weighted average: the quantifier `x^a` over weights cumulated from the best value down.
    Owa,
    /// Copeland: units and periods that a majority of weight puts below, less those it puts above, as
    /// `(1 + (wins - losses) / (n - 1)) / 2`. A rank, not a level: it moves when others move.
    Copeland,
}

/// Where weights enter the distances of TOPSIS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// `D = sqrt(sum w (v - v*)^2)`: a weight counts once.
    #[default]
    Outside,
    /// `D = sqrt(sum (w v - w v*)^2)` (Hwang and Yoon 1981): a weight counts squared.
    Inside,
}

/// What happens to indicators that are too skewed for their mean and spread to mean anything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Outliers {
    /// How outliers are told.
    pub rule: Rule,
    /// Largest absolute skewness that passes, with `skew-kurtosis`.
    pub skewness: f64,
    /// Largest excess kurtosis that passes, with `skew-kurtosis`; an indicator is treated when both are exceeded.
    pub kurtosis: f64,
    /// Most values that are brought to the nearest value left, one after another, with `skew-kurtosis`.
    pub winsorise: usize,
    /// What is done, with `skew-kurtosis`, when that is not enough; the values are then transformed as they were.
    pub otherwise: Transform,
    /// Share of the values brought in at either end, with `percentile`.
    pub percentile: f64,
    /// Whether each period is looked at by itself.
    pub per_period: bool,
}

impl Default for Outliers {
    fn default() -> Self {
        Self {
            rule: Rule::default(),
            skewness: 2.0,
            kurtosis: 3.5,
            winsorise: 5,
            otherwise: Transform::default(),
            percentile: 0.01,
            per_period: false,
        }
    }
}

/// How outliers are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Both skewness and kurtosis exceed their bounds (COIN Tool, COINr).
    #[default]
    SkewKurtosis,
    /// Beyond a percentile at either end (缩尾, `winsor2`).
    Percentile,
}

/// A monotone transformation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Transform {
    /// None: the indicator stays as winsorising left it.
    None,
    /// `ln(x - min + 0.01 range)` (COINr's `log_CT`).
    #[default]
    Log,
    /// The same from the other end where skewness is negative: `-ln(max - x + 0.01 range)`.
    LogEither,
    /// `ln((max - 1)(x - min) / range + 1)`, turned round where skewness is negative (Global Innovation Index).
    Gii,
    /// `(x^lambda - 1) / lambda` with the likeliest `lambda` in -3 to 3; values of 0 or less are shifted first.
    BoxCox,
}

/// Least availability of data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Screen {
    /// Least share of present cells of a unit; units below it are left out and listed.
    pub units: f64,
    /// Least share of non-zero cells of a unit; units below it are left out and listed.
    pub nonzero: f64,
    /// Least share of present cells of an indicator; one below it is an error, for a framework is not changed silently.
    pub indicators: f64,
}

/// Every choice from a table of indicators to scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Recipe {
    /// Least availability of data.
    pub screen: Option<Screen>,
    /// What happens to missing cells.
    pub missing: Missing,
    /// What happens to outliers; nothing where it is not given.
    pub outliers: Option<Outliers>,
    /// Over what the scale of an indicator is taken.
    pub goalposts: Goalposts,
    /// Base period of `base` goalposts and weights; the first period where none is given.
    pub base: Option<i32>,
    /// How values become comparable.
    pub normalisation: Normalisation,
    /// The unit that others are compared with under `reference` normalisation.
    pub reference: Option<String>,
    /// How weights are set.
    pub weights: Weighting,
    /// Which rows data-driven weights are taken from.
    pub scope: Scope,
    /// Among which indicators data-driven weights are shared out.
    pub reach: Reach,
    /// Options of entropy weights.
    pub entropy: EntropyOptions,
    /// Options of CRITIC weights.
    pub critic: CriticOptions,
    /// Options of weights from principal components.
    pub components: ComponentOptions,
    /// What importance is, of `importance` weights.
    pub importance: Importance,
    /// What `combination` weights are made of.
    pub combination: Combination,
    /// How dimensions and the index are aggregated.
    pub aggregation: Aggregation,
    /// Lower end of the scale under geometric aggregation (COINr's 1 to 100 is 0.01); 0 leaves indicators as they are.
    #[schemars(range(min = 0.0))]
    pub floor: f64,
    /// Where weights enter the distances of TOPSIS.
    pub placement: Placement,
    /// Parameters of the aggregations that limit compensation.
    pub compensation: Compensation,
}

impl Weighting {
    /// Whether weights are taken from the data rather than declared.
    pub fn is_data_driven(self) -> bool {
        !matches!(self, Self::Equal | Self::Manual | Self::Combination)
    }

    /// Whether they are taken from values in the indicators' own units, not on the common scale.
    pub fn is_in_own_units(self) -> bool {
        matches!(self, Self::Merec | Self::Cilos | Self::Idocriw)
    }
}

impl Recipe {
    /// Whether any part of the weights is taken from the data.
    pub fn is_data_driven(&self) -> bool {
        self.takes_from_data(self.weights)
    }

    /// Whether scales or weights are taken anew in each period, so that scores of different periods cannot be compared.
    pub fn scales_by_period(&self) -> bool {
        self.goalposts == Goalposts::PerPeriod || self.scope == Scope::PerPeriod && self.is_data_driven()
    }

    /// The same of another weighting, with this recipe's combination.
    pub fn takes_from_data(&self, weights: Weighting) -> bool {
        weights.is_data_driven() || weights == Weighting::Combination && self.combination.of.iter().any(|w| w.is_data_driven())
    }

    /// Whether another weighting, with this recipe's combination, takes any weights from values in the indicators' units.
    pub fn takes_own_units(&self, weights: Weighting) -> bool {
        weights.is_in_own_units() || weights == Weighting::Combination && self.combination.of.iter().any(|w| w.is_in_own_units())
    }
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            screen: None,
            missing: Missing::default(),
            outliers: None,
            goalposts: Goalposts::default(),
            base: None,
            normalisation: Normalisation::default(),
            reference: None,
            weights: Weighting::default(),
            scope: Scope::default(),
            reach: Reach::default(),
            entropy: EntropyOptions::default(),
            critic: CriticOptions::default(),
            components: ComponentOptions::default(),
            importance: Importance::default(),
            combination: Combination::default(),
            aggregation: Aggregation::default(),
            floor: 0.01,
            placement: Placement::default(),
            compensation: Compensation::default(),
        }
    }
}
