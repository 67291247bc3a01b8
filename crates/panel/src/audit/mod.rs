#![doc = include_str!("audit.md")]

mod copies;
mod coverage;
mod identities;
#[cfg(test)]
mod judgement;
mod jumps;
mod limits;
mod pairs;
mod relations;
mod scan;
mod series;
#[cfg(test)]
mod tests;
mod words;

use serde::{Deserialize, Serialize};

use crate::{problem::Problem, table::Panel};

pub use coverage::{Coverage, Gap, Missing};
pub use words::Words;

/// The page in English.
pub const PAGE: &str = include_str!("audit.md");
/// The page in Chinese.
pub const PAGE_ZH: &str = include_str!("audit.zh.md");

/// What to look for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuditOptions {
    /// Variables to audit; empty means all.
    pub variables: Vec<String>,
    /// Relations that must hold in every row: `left = right`, `left <= right` or `left >= right`,
    /// both sides formulas, e.g. `gdp = va_primary + va_secondary + va_tertiary`.
    pub identities: Vec<String>,
    /// Relative error allowed in identities and sums to the total.
    pub tolerance: f64,
    /// The unit that is the sum of all others, e.g. `China`.
    pub total: Option<String>,
    /// How many robust standard deviations a change against the unit's own neighbouring periods
    /// must have before it is suspicious.
    pub jump_z: f64,
    /// Longest list of suspicions to return; the worst are kept.
    pub max_reported: usize,
}

impl Default for AuditOptions {
    fn default() -> Self {
        Self { variables: Vec::new(), identities: Vec::new(), tolerance: 0.005, total: None, jump_z: 6.0, max_reported: 1000 }
    }
}

/// What kind of mistake is suspected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A value, or a run of values, that leaves the unit's own level and comes back.
    Jump,
    /// A jump whose size is a power of ten.
    MisplacedDecimal,
    /// The last period holds only some months.
    PartYear,
    /// One unit's level changes and stays changed.
    LevelShift,
    /// The level of many units changes between the same two periods.
    Splice,
    /// Variables of one data set come from different vintages.
    Vintage,
    /// A ratio to another variable that is stable elsewhere breaks.
    Ratio,
    /// A part exceeds the variable that elsewhere bounds it.
    Order,
    /// Negative where the variable is otherwise not, a share outside its range.
    Impossible,
    /// Zero where the variable is otherwise positive.
    Zero,
    /// A value alone among missing cells.
    Isolated,
    /// The same long number in consecutive periods.
    RepeatedValue,
    /// The same number in two units in the same period.
    CopiedValue,
    /// A relation stated by the user does not hold.
    Identity,
    /// The units do not add up to the total.
    Total,
}

/// One suspicion: a cell, or a run of cells of one unit and variable with one cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suspicion {
    /// What is suspected.
    pub kind: Kind,
    /// Unit; empty where the whole variable is meant.
    pub unit: String,
    /// First period of the run.
    pub period: i32,
    /// Last period of the run; equal to `period` for a single cell.
    pub last: i32,
    /// Variable, or the left side of an identity.
    pub variable: String,
    /// The value found in `period`; `NaN` where no single value is meant.
    pub value: f64,
    /// The value that the neighbours, the other variable or the identity let expect in `period`;
    /// `NaN` where none can be given.
    pub expected: f64,
    /// How bad it is, in robust standard deviations for changes and in tolerances for identities;
    /// larger is worse, 1000 is the ceiling.
    pub score: f64,
    /// The reason in words.
    pub reason: Words,
}

/// The result of an audit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// Cells and missing cells of every variable.
    pub coverage: Vec<Coverage>,
    /// Missing cells by variable and unit, where there are any.
    pub missing: Vec<Missing>,
    /// Periods without a row inside or at the ends of a unit's span.
    pub gaps: Vec<Gap>,
    /// Whether every unit has a row in every period.
    pub balanced: bool,
    /// Suspicions, worst first.
    pub suspicions: Vec<Suspicion>,
    /// Number of suspicions before the list was cut to `max_reported`.
    pub found: usize,
}

/// Audits a panel: coverage, gaps and suspicious values, worst first.
///
/// Changes are judged in logarithms where a variable is not negative, against the unit's own
/// neighbouring periods and against what all units did in the same period. The result does not
/// depend on units of measure or on the order of rows.
///
/// # Errors
/// Unknown variables or total, identities that cannot be read or computed, options out of range;
/// all of them at once.
pub fn audit(panel: &Panel, options: &AuditOptions) -> Result<Audit, Vec<Problem>> {
    let checked = identities::check(panel, options)?;
    let grid = series::Grid::new(panel, options.total.as_deref());
    let columns = series::columns(panel, &grid, &options.variables);
    let (coverage, missing, gaps) = coverage::coverage(panel, &grid, &columns);
    let mut suspicions = identities::relations(panel, &grid, &checked, options.tolerance);
    suspicions.extend(identities::totals(panel, &grid, &columns, options));
    suspicions.extend(identities::vintages(&columns));
    for column in &columns {
        suspicions.extend(limits::limits(panel, &grid, column));
        suspicions.extend(jumps::jumps(panel, &grid, column, options.jump_z));
        suspicions.extend(copies::copies(panel, &grid, column));
    }
    let mirrored = pairs::mirrored(panel, &grid, &columns, &suspicions);
    suspicions.extend(mirrored);
    let mut known = series::Known::new(&columns, &suspicions);
    let related = relations::relations(panel, &grid, &columns, &known, options.jump_z);
    known.add(&columns, &related);
    suspicions.extend(related);
    suspicions.extend(pairs::pairs(panel, &grid, &columns, &known, options.jump_z));
    let mut suspicions = distinct(suspicions);
    let found = suspicions.len();
    suspicions.truncate(options.max_reported);
    Ok(Audit { coverage, missing, balanced: gaps.is_empty(), gaps, suspicions, found })
}

/// Worst first; of several suspicions about the same cells of a unit and variable the worst stays,
/// except that a relation stated by the user is always told.
fn distinct(mut all: Vec<Suspicion>) -> Vec<Suspicion> {
    for s in &mut all {
        s.score = s.score.min(1000.0);
    }
    all.sort_by(|a, b| {
        (&a.variable, &a.unit)
            .cmp(&(&b.variable, &b.unit))
            .then(b.score.total_cmp(&a.score))
            .then_with(|| (a.period, a.last, a.kind).cmp(&(b.period, b.last, b.kind)))
    });
    let stated = |s: &Suspicion| matches!(s.kind, Kind::Identity | Kind::Total | Kind::Vintage | Kind::Splice);
    let mut kept: Vec<Suspicion> = Vec::with_capacity(all.len());
    let mut start = 0;
    for s in all {
        if kept.get(start).is_none_or(|k| k.variable != s.variable || k.unit != s.unit) {
            start = kept.len();
        }
        let told = kept[start..].iter().any(|k| !stated(k) && k.period <= s.last && s.period <= k.last);
        if stated(&s) || !told {
            kept.push(s);
        }
    }
    kept.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| (&a.variable, &a.unit, a.period, a.kind).cmp(&(&b.variable, &b.unit, b.period, b.kind)))
    });
    kept
}
