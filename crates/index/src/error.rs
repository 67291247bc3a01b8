//! Why an index cannot be computed.

use thiserror::Error;

use crate::framework::FrameworkError;

/// Why an index cannot be computed.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum IndexError {
    /// The framework is not whole.
    #[error(transparent)]
    Framework(#[from] FrameworkError),
    /// Columns and framework, or columns among themselves, do not match.
    #[error("the columns do not match the framework's {indicators} indicators and {rows} rows")]
    Shape {
        /// Indicators of the framework.
        indicators: usize,
        /// Rows of the data.
        rows: usize,
    },
    /// There is no row.
    #[error("there is no row to score")]
    Empty,
    /// A key occurs twice.
    #[error("({unit}, {period}) occurs twice")]
    DuplicateKey {
        /// Unit.
        unit: String,
        /// Period.
        period: i32,
    },
    /// A cell is infinite.
    #[error("`{indicator}` of {unit} in {period} is not finite")]
    Infinite {
        /// Indicator.
        indicator: String,
        /// Unit.
        unit: String,
        /// Period.
        period: i32,
    },
    /// Cells are missing and the policy refuses.
    #[error("`{indicator}` has {cells} missing cells, the first for {unit} in {period}")]
    MissingCells {
        /// Indicator.
        indicator: String,
        /// How many.
        cells: usize,
        /// Unit of the first.
        unit: String,
        /// Period of the first.
        period: i32,
    },
    /// An indicator has no value at all.
    #[error("`{indicator}` has no value in any row")]
    AllMissing {
        /// Indicator.
        indicator: String,
    },
    /// Every unit has a missing cell.
    #[error("every unit has a missing cell, so that dropping them leaves none")]
    NoneComplete,
    /// Fixed goalposts are asked for and an indicator declares none.
    #[error("`{indicator}` declares no goalposts")]
    NoGoalposts {
        /// Indicator.
        indicator: String,
    },
    /// A scale over a single row has no length.
    #[error("`{indicator}` has a single row to take its scale from")]
    TooFewRows {
        /// Indicator.
        indicator: String,
        /// Period, where scales are per period.
        period: Option<i32>,
    },
    /// No row lies in the base period.
    #[error("no row lies in the base period {period}")]
    NoBase {
        /// Base period.
        period: i32,
    },
    /// An indicator has no value in the base period.
    #[error("`{indicator}` has no value in the base period {period}, so that it has no scale")]
    NoBaseValue {
        /// Indicator.
        indicator: String,
        /// Base period.
        period: i32,
    },
    /// Fewer cells than asked for.
    #[error("`{indicator}` has {present:.0} % of its cells, below the {least:.0} % asked for")]
    Unavailable {
        /// Indicator.
        indicator: String,
        /// Share present, in percent.
        present: f64,
        /// Least share, in percent.
        least: f64,
    },
    /// No unit passes the screen.
    #[error("no unit has as many data as the screen asks for")]
    NoneAvailable,
    /// Ratios of values below 0, or to a 0.
    #[error(
        "`{indicator}` has {cells} values of which {normalisation} can make no ratio, the first for {unit} in {period}: below 0, or a 0 that others are divided by"
    )]
    NotPositive {
        /// Indicator.
        indicator: String,
        /// How many.
        cells: usize,
        /// Unit of the first.
        unit: String,
        /// Period of the first.
        period: i32,
        /// The normalisation.
        normalisation: &'static str,
    },
    /// A best value of its own and ratios do not go together.
    #[error("`{indicator}` is best at a value of its own, of which {normalisation} knows nothing")]
    Ideal {
        /// Indicator.
        indicator: String,
        /// The normalisation.
        normalisation: &'static str,
    },
    /// A target is asked for and an indicator declares none.
    #[error("`{indicator}` declares no target")]
    NoTarget {
        /// Indicator.
        indicator: String,
    },
    /// A target that is no better than the worst value is no target.
    #[error("the target {target} of `{indicator}` is no better than its worst value")]
    TargetBehind {
        /// Indicator.
        indicator: String,
        /// Its target.
        target: f64,
    },
    /// The reference unit is not there.
    #[error("the reference unit `{unit}` has no value of `{indicator}` in {period}")]
    NoReference {
        /// Indicator.
        indicator: String,
        /// The reference unit.
        unit: String,
        /// Period.
        period: i32,
    },
    /// Reference normalisation without a reference unit.
    #[error("reference normalisation needs `reference`, the unit that others are compared with")]
    ReferenceUnnamed,
    /// Group rules without groups.
    #[error("missing cells are to be filled by group, and no groups are given")]
    NoGroups,
    /// Bounds of the treatment of outliers are not bounds.
    #[error("`{0}` of the treatment of outliers lies outside its range")]
    Outliers(&'static str),
    /// An option of the alternatives does not fit their design.
    #[error("`{0}` of the alternatives lies outside its range, or has no meaning with this design")]
    Alternatives(&'static str),
    /// Shares of the screen are not shares.
    #[error("`{0}` of the screen is not between 0 and 1")]
    Screen(&'static str),
    /// Ranks have no base period.
    #[error("ranks have no base period; use pooled or per-period goalposts")]
    RankBase,
    /// The floor is not in 0..1.
    #[error("floor {0} is not at least 0 and below 1")]
    Floor(f64),
    /// A parameter of the aggregation is out of its range.
    #[error(transparent)]
    Compensation(crate::ranking::RankingError),
    /// Values below 0 have no entropy.
    #[error("`{indicator}` lies below 0 outside the base period, and negative values have no entropy")]
    NegativeEntropy {
        /// Indicator.
        indicator: String,
    },
    /// An entropy outside 0..1: the constant and the number of terms do not match.
    #[error("the entropy {entropy} of `{indicator}` lies outside 0..1")]
    EntropyRange {
        /// Indicator.
        indicator: String,
        /// Its entropy.
        entropy: f64,
    },
    /// Values below 0 have no coefficient of variation or Gini coefficient.
    #[error("`{indicator}` lies below 0 outside the base period, where neither variation nor Gini weights have a meaning")]
    NegativeRatio {
        /// Indicator.
        indicator: String,
    },
    /// Values of 0 or below, of which neither logarithms nor portions are weights.
    #[error("`{indicator}` has the value {value}, and {weights} weights need values above 0 in the indicators' own units")]
    WeightsNotPositive {
        /// Indicator.
        indicator: String,
        /// The first such value.
        value: f64,
        /// The weights.
        weights: &'static str,
    },
    /// A best value of its own, where weights know more and less only.
    #[error("`{indicator}` is best at a value of its own, of which {weights} weights know nothing")]
    WeightsIdeal {
        /// Indicator.
        indicator: String,
        /// The weights.
        weights: &'static str,
    },
    /// Principal components give indicators a negative weight.
    #[error("principal components give a negative weight to {}", list(indicators))]
    NegativeComponents {
        /// Indicators.
        indicators: Vec<String>,
    },
    /// Principal components give no weights.
    #[error("the principal components of `{node}` give no weights: too few complete rows, or coefficients that cancel")]
    NoComponents {
        /// Dimension.
        node: String,
    },
    /// The options of the weights do not fit together.
    #[error("{0}")]
    WeightOptions(String),
    /// No indicator varies.
    #[error("no indicator varies over the rows that weights are taken from")]
    NothingVaries,
    /// Some siblings declare a weight, this one does not.
    #[error("`{id}` declares no weight while others below `{parent}` do")]
    WeightMissing {
        /// Dimension or indicator.
        id: String,
        /// Its parent.
        parent: String,
    },
    /// The weights below a dimension are all 0.
    #[error("the weights below `{node}` are all 0")]
    ZeroWeights {
        /// Dimension.
        node: String,
    },
}

fn list(ids: &[String]) -> String {
    ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
}
