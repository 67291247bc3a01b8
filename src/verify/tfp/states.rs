//! Productivity of farms in 48 states of the United States: indices from prices, and O'Donnell's components.

use ::frontier::{
    Missing, Observations, Orientation, Technology,
    tfp_index::{Prices, TfpKind, TfpOptions, tfp_index},
};
use tfp::{
    index_numbers::bilateral::Formula,
    superlative::{self, Accounts, Side, SuperlativeOptions},
};

use super::{super::tfp_index as components_of, Case, Differences, Row, Table};

/// What the case allows indices; its components may be 1e-6 off.
const TOLERANCE: f64 = 1e-9;

/// Indices with components and the files of their levels and changes.
const COMPONENTS: [(TfpKind, &str, &str); 5] = [
    (TfpKind::Fisher, "fisher_levels.csv", "fisher_changes.csv"),
    (TfpKind::Laspeyres, "laspeyres_levels.csv", "laspeyres_changes.csv"),
    (TfpKind::Paasche, "paasche_levels.csv", "paasche_changes.csv"),
    (TfpKind::Lowe, "lowe_levels.csv", "lowe_changes.csv"),
    (TfpKind::FarePrimont, "fareprim_levels.csv", "fareprim_changes.csv"),
];

/// Files of C07 and the formulas that made them, with the weights of Lowe: mean prices of the sample.
const CHANGES: [(&str, Formula); 4] = [
    ("fisher_changes.csv", Formula::Fisher),
    ("laspeyres_changes.csv", Formula::Laspeyres),
    ("paasche_changes.csv", Formula::Paasche),
    ("lowe_changes.csv", Formula::Lowe),
];

/// C07: productivity of farms in 48 states from prices and quantities, and its components against a frontier.
pub(super) fn rows(case: &Case) -> Vec<Row> {
    let indices = CHANGES.map(|(file, formula)| {
        let part = format!("{formula:?}: output, input, productivity");
        case.part(&part, "superlative-tfp", TOLERANCE, |d| changes(case, file, formula, d))
    });
    let mut rows = indices.to_vec();
    rows.extend(COMPONENTS.map(|(index, levels, changes)| {
        case.part(&format!("{index:?}: components"), "tfp-index", 1e-6, |d| components(case, index, levels, changes, d))
    }));
    rows
}

/// Columns of the data by side: outputs, output prices, inputs, input prices.
const COLUMNS: [&[&str]; 4] = [
    &["q.livestock", "q.crop", "q.other"],
    &["p.livestock", "p.crop", "p.other"],
    &["q.capital", "q.land", "q.labor", "q.materials"],
    &["p.capital", "p.land", "p.labor", "p.materials"],
];

struct Farms {
    units: Vec<usize>,
    periods: Vec<i32>,
    columns: [Vec<Vec<f64>>; 4],
}

impl Farms {
    fn read(case: &Case) -> Result<Self, String> {
        let table = case.table("data.csv")?;
        let mut columns: [Vec<Vec<f64>>; 4] = Default::default();
        for (side, names) in columns.iter_mut().zip(COLUMNS) {
            *side = names.iter().map(|n| table.numbers(n)).collect::<Result<_, _>>()?;
        }
        Ok(Self { units: table.units("States")?, periods: table.periods("Years")?, columns })
    }

    /// Row of each row of an expected table.
    fn rows(&self, expected: &Table) -> Result<Vec<usize>, String> {
        let (units, periods) = (expected.units("States")?, expected.periods("Years")?);
        let at = |u: usize, p: i32| (0..self.units.len()).find(|&i| self.units[i] == u && self.periods[i] == p);
        units.iter().zip(&periods).map(|(&u, &p)| at(u, p).ok_or_else(|| format!("no row {u} {p}"))).collect()
    }

    fn slices(&self, side: usize) -> Vec<&[f64]> {
        self.columns[side].iter().map(Vec::as_slice).collect()
    }
}

/// Changes since the period before; of Lowe, which is transitive, since the first unit in its first period.
fn changes(case: &Case, file: &str, formula: Formula, d: &mut Differences) -> Result<(), String> {
    let (farms, expected) = (Farms::read(case)?, case.table(file)?);
    let rows = farms.rows(&expected)?;
    let sides: Vec<Vec<&[f64]>> = (0..4).map(|s| farms.slices(s)).collect();
    let data = Accounts {
        units: &farms.units,
        periods: &farms.periods,
        outputs: Side { quantities: &sides[0], prices: &sides[1] },
        inputs: Side { quantities: &sides[2], prices: &sides[3] },
    };
    let transitive = formula.transitive();
    let model = if transitive { superlative::Model::Geks } else { superlative::Model::Chained };
    let options = SuperlativeOptions { model, formula, ..SuperlativeOptions::default() };
    let found = superlative::superlative(&data, &options).map_err(|e| e.to_string())?;
    let since = |v: &[f64]| -> Vec<f64> { rows.iter().map(|&i| v[i] / v[rows[0]]).collect() };
    let own = |v: &[f64]| -> Vec<f64> { rows.iter().map(|&i| v[i]).collect() };
    let named = if transitive {
        [("dAO", since(&found.output)), ("dAI", since(&found.input)), ("dTFP", since(&found.tfp))]
    } else {
        [("dAO", own(&found.output_change)), ("dAI", own(&found.input_change)), ("dTFP", own(&found.tfp_change))]
    };
    for (name, values) in &named {
        d.series(&format!("{file} {name}"), values, &expected.numbers(name)?);
    }
    Ok(())
}

/// Levels and changes as the program prints them: changes of transitive indices since the first row, of the others since
/// the unit's period before. Quantities are not scaled (`scaled = FALSE`).
fn components(case: &Case, index: TfpKind, levels: &str, changes: &str, d: &mut Differences) -> Result<(), String> {
    let farms = Farms::read(case)?;
    let technology = Technology { inputs: farms.slices(2), outputs: farms.slices(0), bad_outputs: Vec::new() };
    let prices = Prices { inputs: farms.slices(3), outputs: farms.slices(1) };
    let options = TfpOptions { index, orientation: Orientation::Output, missing: Missing::Exclude, ..TfpOptions::default() };
    let data = Observations { technology, units: &farms.units, periods: &farms.periods };
    let found = tfp_index(&data, Some(&prices), &options).map_err(|e| e.to_string())?;
    let n = farms.units.len();
    let expected = case.table(levels)?;
    let rows = farms.rows(&expected)?;
    let level = components_of::levels(&found, &found, &options, n);
    let mut compare = |table: &Table, file: &str, name: &str, values: &[f64], rows: &[usize]| -> Result<(), String> {
        if table.names.iter().any(|c| c == name) {
            let values: Vec<f64> = rows.iter().map(|&i| values[i]).collect();
            d.series(&format!("{file} {name}"), &relative(&values, &table.numbers(name)?), &ones(&table.numbers(name)?));
        }
        Ok(())
    };
    for (name, values) in &level {
        compare(&expected, levels, name, values, &rows)?;
    }
    let expected = case.table(changes)?;
    let rows = farms.rows(&expected)?;
    if index.transitive() {
        for (name, values) in &level {
            let since: Vec<f64> = values.iter().map(|x| x / values[rows[0]]).collect();
            compare(&expected, changes, &format!("d{name}"), &since, &rows)?;
        }
        return Ok(());
    }
    for (name, values) in components_of::changes(&found, &options) {
        let mut by_row = vec![f64::NAN; n];
        found.to_row.iter().zip(values).for_each(|(&r, x)| by_row[r] = x);
        compare(&expected, changes, &format!("d{name}"), &by_row, &rows)?;
    }
    Ok(())
}

/// Values over what is expected: revenues are of the order of 1e7.
fn relative(values: &[f64], expected: &[f64]) -> Vec<f64> {
    values.iter().zip(expected).map(|(v, e)| v / e).collect()
}

/// What [`relative`] expects: 1, or nothing.
fn ones(expected: &[f64]) -> Vec<f64> {
    expected.iter().map(|&e| if e == 0.0 || e.is_nan() { f64::NAN } else { 1.0 }).collect()
}
