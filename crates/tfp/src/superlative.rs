#![doc = include_str!("superlative.md")]

use numerics::moments::mean;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    ccd,
    growth::Base,
    index_numbers::bilateral::{Formula, Pair},
    rows::{self, Before},
};

/// The page of the method in English.
pub const PAGE: &str = include_str!("superlative.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("superlative.zh.md");

/// How levels of productivity are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// Multilateral Törnqvist index of Caves, Christensen and Diewert (1982): transitive.
    #[default]
    CavesChristensenDiewert,
    /// GEKS over `formula`: transitive.
    Geks,
    /// Changes by `formula` multiplied up within each unit, 1 in its first period: units do not compare.
    Chained,
}

/// Which rows are compared with one another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// All rows of the panel; new periods revise old levels.
    #[default]
    Panel,
    /// The rows of a period: levels are relative to the mean of their period.
    Period,
    /// Each row with the mean of its period, and the means of periods chained (Good, Nadiri and Sickles 1997); only with
    /// `caves-christensen-diewert`.
    ChainedPeriods,
}

/// Options of [`superlative`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SuperlativeOptions {
    /// How levels are compared.
    pub model: Model,
    /// Which rows are compared with one another; not read by `chained`.
    pub scope: Scope,
    /// Formula of quantities between two rows: of changes between adjacent periods, and of `geks`.
    pub formula: Formula,
    /// Where productivity is 1; not read by `chained` and with the scope `period`.
    pub base: Base,
    /// Distance between adjacent periods; changes over any longer gap are not computed.
    pub step: u32,
}

impl Default for SuperlativeOptions {
    fn default() -> Self {
        Self { model: Model::default(), scope: Scope::default(), formula: Formula::default(), base: Base::default(), step: 1 }
    }
}

/// Quantities and prices of outputs or of inputs, one slice per item with one entry per row; `NaN` is missing.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// Quantities.
    pub quantities: &'a [&'a [f64]],
    /// Prices, in the order of the quantities; may be empty where there is one item.
    pub prices: &'a [&'a [f64]],
}

/// Outputs and inputs of a panel. Rows may stand in any order.
#[derive(Clone, Copy, Debug)]
pub struct Accounts<'a> {
    /// Number of the unit of each row.
    pub units: &'a [usize],
    /// Period of each row.
    pub periods: &'a [i32],
    /// Outputs.
    pub outputs: Side<'a>,
    /// Inputs.
    pub inputs: Side<'a>,
}

/// A cell of [`Accounts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Whether it belongs to the inputs.
    pub input: bool,
    /// Whether it is a price.
    pub price: bool,
    /// Item.
    pub item: usize,
    /// Row.
    pub row: usize,
}

/// What stands behind the numbers of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Level and change.
    Computed,
    /// Level only: the first complete period of the unit.
    First,
    /// No change, and no level where changes are multiplied up: the period `step` earlier is absent or incomplete.
    Gap,
    /// Change only: a gap before it cuts the levels that are multiplied up.
    Unlinked,
    /// Nothing: a quantity or price is missing.
    Missing,
}

/// Levels and changes; columns are aligned with the rows given.
#[derive(Clone, Debug, PartialEq)]
pub struct Superlative {
    /// Level of aggregate output.
    pub output: Vec<f64>,
    /// Level of aggregate input.
    pub input: Vec<f64>,
    /// Level of productivity, output over input.
    pub tfp: Vec<f64>,
    /// Output index from the adjacent period before; `NaN` unless the status is computed.
    pub output_change: Vec<f64>,
    /// Input index.
    pub input_change: Vec<f64>,
    /// Productivity index, output index over input index.
    pub tfp_change: Vec<f64>,
    /// Revenue over cost; `NaN` where a side has no prices.
    pub profitability: Vec<f64>,
    /// Row of the adjacent period before, where a change is computed.
    pub before: Vec<Option<usize>>,
    /// Status of each row.
    pub status: Vec<Status>,
    /// Largest `|TFP change from levels / TFP change by formula - 1|` between adjacent periods: how far the transitive levels
    /// are from the direct comparisons. `NaN` with the model `chained` and the scope `period`.
    pub departure: f64,
}

/// Why there is no productivity.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SuperlativeError {
    /// Slices differ in length, a side has no item, or its prices do not match its quantities.
    #[error("each side needs items, one price for each (none where there is one item), and slices of equal length")]
    Shape,
    /// Values that are negative, infinite or, where the index takes logarithms, zero.
    #[error("{} values are zero, negative or infinite", .0.len())]
    NotPositive(Vec<Cell>),
    /// The same unit and period twice.
    #[error(transparent)]
    Duplicate(#[from] rows::Twice),
    /// No row is complete.
    #[error("no row has all quantities and prices")]
    Empty,
    /// `step` is zero.
    #[error("the step between adjacent periods must be at least 1")]
    Step,
    /// A formula that has no meaning here.
    #[error("the formula must weigh quantities by prices, without an elasticity; under GEKS it must satisfy time reversal")]
    Formula(Formula),
    /// `chained-periods` with another model than Caves, Christensen and Diewert.
    #[error("the scope `chained-periods` belongs to `caves-christensen-diewert`")]
    Scope,
    /// Pairs of rows whose index leaves the range of the computer's numbers.
    #[error("{} pairs of rows give an index that is too large or too small for the computer", .0.len())]
    OutOfRange(Vec<(usize, usize)>),
}

/// Productivity by units and periods: an index of outputs over an index of inputs, weighted by prices.
///
/// # Errors
/// [`SuperlativeError`]; all offending cells are listed.
pub fn superlative(data: &Accounts<'_>, options: &SuperlativeOptions) -> Result<Superlative, SuperlativeError> {
    check(data, options)?;
    let n = data.units.len();
    let sides = [data.outputs, data.inputs];
    let complete = |i: &usize| sides.iter().all(|s| s.quantities.iter().chain(s.prices).all(|c| !c[*i].is_nan()));
    let order = rows::by_unit(data.units, data.periods)?;
    let rows: Vec<usize> = order.into_iter().filter(complete).collect();
    if rows.is_empty() {
        return Err(SuperlativeError::Empty);
    }
    let tables = sides.map(|side| Table::new(&side, options.formula, &rows));
    let blank = || vec![f64::NAN; n];
    let mut out = Superlative {
        output: blank(),
        input: blank(),
        tfp: blank(),
        output_change: blank(),
        input_change: blank(),
        tfp_change: blank(),
        profitability: blank(),
        before: vec![None; n],
        status: vec![Status::Missing; n],
        departure: f64::NAN,
    };
    let mut beyond = Vec::new();
    for (i, before) in rows::with_before(data.units, data.periods, &rows, options.step) {
        if sides.iter().all(|s| !s.prices.is_empty()) {
            out.profitability[i] = tables[0].value(i) / tables[1].value(i);
        }
        out.status[i] = match before {
            Before::Nothing => Status::First,
            Before::Gap => Status::Gap,
            Before::Row(j) => {
                let [y, x] = tables.each_ref().map(|t| t.index(j, i));
                if !in_range(y) || !in_range(x) {
                    beyond.push((j, i));
                }
                (out.output_change[i], out.input_change[i], out.tfp_change[i]) = (y, x, y / x);
                out.before[i] = Some(j);
                Status::Computed
            }
        };
    }
    if !beyond.is_empty() {
        return Err(SuperlativeError::OutOfRange(beyond));
    }
    levels(data, options, &rows, &tables, &mut out)?;
    Ok(out)
}

fn in_range(index: f64) -> bool {
    index.is_finite() && index > 0.0
}

/// Fills the levels.
fn levels(
    data: &Accounts<'_>,
    options: &SuperlativeOptions,
    rows: &[usize],
    tables: &[Table<'_>; 2],
    out: &mut Superlative,
) -> Result<(), SuperlativeError> {
    let [mut y, mut x] = [vec![f64::NAN; data.units.len()], vec![f64::NAN; data.units.len()]];
    if options.model == Model::Chained {
        for &i in rows {
            (y[i], x[i]) = match (out.status[i], out.before[i]) {
                (Status::First, _) => (0.0, 0.0),
                (_, Some(j)) => (y[j] + out.output_change[i].ln(), x[j] + out.input_change[i].ln()),
                _ => (f64::NAN, f64::NAN),
            };
            if out.status[i] == Status::Computed && y[i].is_nan() {
                out.status[i] = Status::Unlinked;
            }
        }
    } else {
        let periods = rows::distinct(rows.iter().map(|&i| data.periods[i]));
        let groups: Vec<Vec<usize>> = match options.scope {
            Scope::Panel => vec![rows.to_vec()],
            _ => periods.iter().map(|p| rows.iter().copied().filter(|&i| data.periods[i] == *p).collect()).collect(),
        };
        for (side, table) in [&mut y, &mut x].into_iter().zip(tables) {
            match options.model {
                Model::Geks => {
                    for group in &groups {
                        geks(table, group, side)?;
                    }
                }
                _ if options.scope == Scope::ChainedPeriods => {
                    ccd::chained(&groups, table.items(), |k, i| table.log(k, i), |k, i| table.share(k, i), side);
                }
                _ => {
                    for group in &groups {
                        ccd::aggregate(group, table.items(), |k, i| table.log(k, i), |k, i| table.share(k, i), side);
                    }
                }
            }
        }
        // Output, input and so productivity are 1 at the geometric mean of the base.
        let first = periods[0];
        let bases: Vec<Vec<usize>> = match options.scope {
            Scope::Period => groups,
            _ if options.base == Base::Panel => vec![rows.to_vec()],
            _ => vec![rows.iter().copied().filter(|&i| data.periods[i] == first).collect()],
        };
        for side in [&mut y, &mut x] {
            for base in &bases {
                let zero = mean(&base.iter().map(|&i| side[i]).collect::<Vec<f64>>());
                let moved: &[usize] = if options.scope == Scope::Period { base } else { rows };
                moved.iter().for_each(|&i| side[i] -= zero);
            }
        }
        if options.scope != Scope::Period {
            let off = |i: &usize| {
                let change = |j: usize| ((y[*i] - x[*i]) - (y[j] - x[j])).exp() / out.tfp_change[*i] - 1.0;
                out.before[*i].map(|j| change(j).abs())
            };
            out.departure = rows.iter().filter_map(off).fold(0.0, f64::max);
        }
    }
    for &i in rows {
        (out.output[i], out.input[i], out.tfp[i]) = (y[i].exp(), x[i].exp(), (y[i] - x[i]).exp());
    }
    Ok(())
}

/// GEKS over rows: the mean over all rows `k` of the logarithm of the comparison from `k`.
fn geks(table: &Table<'_>, rows: &[usize], side: &mut [f64]) -> Result<(), SuperlativeError> {
    let mut sums = vec![0.0; rows.len()];
    let mut beyond = Vec::new();
    for (a, &i) in rows.iter().enumerate() {
        for (b, &j) in rows.iter().enumerate().skip(a + 1) {
            let index = table.index(i, j);
            if !in_range(index) {
                beyond.push((i, j));
            }
            sums[b] += index.ln();
            sums[a] -= index.ln();
        }
    }
    rows.iter().zip(&sums).for_each(|(&i, s)| side[i] = s / rows.len() as f64);
    if beyond.is_empty() { Ok(()) } else { Err(SuperlativeError::OutOfRange(beyond)) }
}

/// One side by row: what the formulas read.
struct Table<'a> {
    side: Side<'a>,
    formula: Formula,
    quantities: Vec<Vec<f64>>,
    prices: Vec<Vec<f64>>,
    reference: Vec<f64>,
}

impl<'a> Table<'a> {
    fn new(side: &Side<'a>, formula: Formula, rows: &[usize]) -> Self {
        let n = side.quantities.first().map_or(0, |c| c.len());
        let price = |k: usize, i: usize| side.prices.get(k).map_or(1.0, |c| c[i]);
        let by_row = |f: &dyn Fn(usize, usize) -> f64| -> Vec<Vec<f64>> {
            (0..n).map(|i| (0..side.quantities.len()).map(|k| f(k, i)).collect()).collect()
        };
        // Mean prices of the panel for Lowe, its total values for Young.
        let weight =
            |k: usize, i: usize| if formula == Formula::Young { price(k, i) * side.quantities[k][i] } else { price(k, i) };
        let reference =
            (0..side.quantities.len()).map(|k| mean(&rows.iter().map(|&i| weight(k, i)).collect::<Vec<f64>>())).collect();
        Self { side: *side, formula, quantities: by_row(&|k, i| side.quantities[k][i]), prices: by_row(&price), reference }
    }

    fn items(&self) -> usize {
        self.side.quantities.len()
    }

    fn log(&self, k: usize, i: usize) -> f64 {
        self.quantities[i][k].ln()
    }

    fn value(&self, i: usize) -> f64 {
        self.quantities[i].iter().zip(&self.prices[i]).map(|(q, p)| p * q).sum()
    }

    fn share(&self, k: usize, i: usize) -> f64 {
        self.quantities[i][k] * self.prices[i][k] / self.value(i)
    }

    /// Quantity index from row `i` to row `j`.
    fn index(&self, i: usize, j: usize) -> f64 {
        let pair = Pair {
            p0: &self.quantities[i],
            p1: &self.quantities[j],
            q0: &self.prices[i],
            q1: &self.prices[j],
            reference: &self.reference,
        };
        self.formula.prices(&pair, f64::NAN)
    }
}

/// Whether the options fit one another.
///
/// # Errors
/// [`SuperlativeError::Step`], [`SuperlativeError::Formula`] or [`SuperlativeError::Scope`].
pub fn fits(options: &SuperlativeOptions) -> Result<(), SuperlativeError> {
    if options.step == 0 {
        return Err(SuperlativeError::Step);
    }
    let f = options.formula;
    if !f.weighted() || f == Formula::LloydMoulton || (options.model == Model::Geks && !f.time_reversal()) {
        return Err(SuperlativeError::Formula(f));
    }
    if options.scope == Scope::ChainedPeriods && options.model != Model::CavesChristensenDiewert {
        return Err(SuperlativeError::Scope);
    }
    Ok(())
}

fn check(data: &Accounts<'_>, options: &SuperlativeOptions) -> Result<(), SuperlativeError> {
    let n = data.units.len();
    let ragged = |s: &Side<'_>| {
        s.quantities.is_empty()
            || s.quantities.iter().chain(s.prices).any(|c| c.len() != n)
            || s.prices.len() != s.quantities.len() && !(s.prices.is_empty() && s.quantities.len() == 1)
    };
    if data.periods.len() != n || ragged(&data.outputs) || ragged(&data.inputs) {
        return Err(SuperlativeError::Shape);
    }
    fits(options)?;
    let zeros = options.formula.takes_zeros() && options.model != Model::CavesChristensenDiewert;
    let mut cells = Vec::new();
    for (input, side) in [(false, &data.outputs), (true, &data.inputs)] {
        for (price, columns) in [(false, side.quantities), (true, side.prices)] {
            for (item, column) in columns.iter().enumerate() {
                let bad = |x: f64| x.is_infinite() || x < 0.0 || (x == 0.0 && (price || !zeros));
                cells.extend((0..n).filter(|&i| bad(column[i])).map(|row| Cell { input, price, item, row }));
            }
        }
        // A row with nothing on a side.
        let nothing = |i: &usize| side.quantities.iter().all(|c| c[*i] == 0.0);
        let rows: Vec<usize> = (0..n).filter(|i| zeros && nothing(i)).collect();
        let every = |row: usize| (0..side.quantities.len()).map(move |item| Cell { input, price: false, item, row });
        cells.extend(rows.into_iter().flat_map(every));
    }
    if cells.is_empty() { Ok(()) } else { Err(SuperlativeError::NotPositive(cells)) }
}

#[cfg(test)]
#[path = "superlative_tests.rs"]
mod tests;
