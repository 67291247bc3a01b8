//! What methods over assets share: lists by asset, price indices, the base period and units of measure.

use panel::{Panel, Place, Problem};
use tfp::capital::deflator::DeflatorError;

use super::lookup;

/// Entry of an asset in a list with one entry for all assets, or one for each.
pub(super) fn of<T: Clone>(list: &[T], asset: usize) -> Option<T> {
    if list.len() == 1 { list.first().cloned() } else { list.get(asset).cloned() }
}

/// An option that is wrong, and how to mend it.
pub(super) fn wrong(option: &str, what: impl Into<String>, help: &str) -> Problem {
    Problem::error(option, what).help(help)
}

/// Assets named more than once.
pub(super) fn repeated(option: &str, assets: &[String], help: &str) -> Vec<Problem> {
    let mut names: Vec<&String> = assets.iter().collect();
    names.sort();
    let twice = names.windows(2).filter(|w| w[0] == w[1]);
    twice.map(|w| wrong(option, format!("`{}` is named more than once.", w[0]), help)).collect()
}

/// The base period, the first of the data where none is chosen.
pub(super) fn base(panel: &Panel, chosen: Option<i32>) -> i32 {
    chosen.or_else(|| panel.period_set().first().copied()).unwrap_or(0)
}

/// The problem of a base period that the data do not have.
pub(super) fn no_base(panel: &Panel, chosen: Option<i32>) -> Option<Problem> {
    let base = chosen.filter(|p| !panel.period_set().contains(p))?;
    let what = format!("`base_period` is {base}, which is no period of the data.");
    Some(wrong("base_period", what, "Take a period of the data."))
}

/// Units of measure of variables in order, those without one left out.
pub(super) fn units_of_measure<'a>(panel: &'a Panel, names: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let mut units: Vec<&str> =
        names.filter_map(|n| panel.variable(n)).map(|v| v.meaning.unit.as_str()).filter(|u| !u.is_empty()).collect();
    units.sort_unstable();
    units.dedup();
    units
}

/// The place of a unit by number.
pub(super) fn unit(panel: &Panel, column: &str, unit: usize) -> Place {
    let name = panel.unit_set().get(unit).map(|u| (*u).to_owned());
    Place { column: Some(column.to_owned()), unit: name, ..Place::default() }
}

/// Why `deflated` cannot be brought to prices of the base period; `help` is for units without a price in it.
pub(super) fn refused_price(
    error: &DeflatorError,
    panel: &Panel,
    [deflated, price]: [&str; 2],
    base: i32,
    help: &str,
) -> Vec<Problem> {
    match error {
        DeflatorError::Shape => vec![Problem::error("deflator", format!("`{deflated}` cannot be deflated: {error}."))],
        DeflatorError::NotPositive(rows) => rows
            .iter()
            .map(|&i| {
                let value = panel.values(price).and_then(|v| v.get(i)).copied().unwrap_or(f64::NAN);
                Problem::error("price", format!("`{value}` is no price index."))
                    .help("Prices are positive; leave the cell empty if it is missing.")
                    .at(lookup::cell(panel, price, i))
            })
            .collect(),
        DeflatorError::Missing(rows) => rows
            .iter()
            .map(|&i| {
                Problem::error("no-price", format!("`{deflated}` has a value here, but `{price}` has none that leads to {base}."))
                    .why("Investment without a deflator cannot be added to investment of other periods.")
                    .help("Fill in the price index, or leave the rows out.")
                    .at(lookup::cell(panel, price, i))
            })
            .collect(),
        DeflatorError::NoBase(units) => units
            .iter()
            .map(|&u| {
                Problem::error("no-base", format!("`{price}` has no value in the base period {base}."))
                    .help(help)
                    .at(unit(panel, price, u))
            })
            .collect(),
    }
}
