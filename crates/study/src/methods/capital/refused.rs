//! Refusals of the core with the places of the panel.

use panel::{Panel, Place, Problem};
use tfp::{
    capital::{CapitalError, Gap, InitialError, deflator::DeflatorError},
    rows,
};

fn place(panel: &Panel, column: &str, row: usize) -> Place {
    Place {
        column: Some(column.to_owned()),
        unit: panel.units.get(row).cloned(),
        period: panel.periods.get(row).copied(),
        ..Place::default()
    }
}

fn unit_place(panel: &Panel, column: &str, unit: usize) -> Place {
    let name = panel.unit_set().get(unit).map(|u| (*u).to_owned());
    Place { column: Some(column.to_owned()), unit: name, ..Place::default() }
}

fn cell(panel: &Panel, column: &str, row: usize) -> f64 {
    panel.values(column).and_then(|v| v.get(row)).copied().unwrap_or(f64::NAN)
}

pub(super) fn deflator(error: &DeflatorError, panel: &Panel, investment: &str, price: &str, base: i32) -> Vec<Problem> {
    let each = |rows: &[usize], f: &dyn Fn(usize) -> Problem| -> Vec<Problem> { rows.iter().map(|&i| f(i)).collect() };
    match error {
        DeflatorError::Shape => vec![Problem::error("deflator", format!("`{investment}` cannot be deflated: {error}."))],
        DeflatorError::NotPositive(rows) => each(rows, &|i| {
            Problem::error("price", format!("`{}` is no price index.", cell(panel, price, i)))
                .help("Prices are positive; leave the cell empty if it is missing.")
                .at(place(panel, price, i))
        }),
        DeflatorError::Missing(rows) => each(rows, &|i| {
            Problem::error("no-price", format!("`{investment}` has a value here, but `{price}` has none that leads to {base}."))
                .why("Investment without a deflator cannot be added to investment of other periods.")
                .help("Fill in the price index, or leave the rows out.")
                .at(place(panel, price, i))
        }),
        DeflatorError::NoBase(units) => units
            .iter()
            .map(|&u| {
                Problem::error("no-base", format!("`{price}` has no value in the base period {base}."))
                    .help("Choose a `base_period` that every unit has.")
                    .at(unit_place(panel, price, u))
            })
            .collect(),
    }
}

pub(super) fn capital(error: &CapitalError, panel: &Panel, units: &[usize], investment: &str) -> Vec<Problem> {
    match error {
        CapitalError::Gaps(gaps) => gaps
            .iter()
            .map(|&Gap { unit, from, to }| {
                let when = if from == to { from.to_string() } else { format!("{from} to {to}") };
                let mut at = unit_place(panel, investment, unit);
                at.period = Some(from);
                Problem::error("gap", format!("`{investment}` has no value in {when}."))
                    .why("A stock carries a gap into all later periods.")
                    .help("Fill in the periods, or restrict the step to periods without gaps.")
                    .at(at)
            })
            .collect(),
        CapitalError::Depreciation(rows) => rows
            .iter()
            .map(|&i| {
                Problem::error("depreciation", "The depreciation rate is missing or outside 0 to 1.")
                    .help("Write 9.6 % as 0.096; every row with investment needs a rate.")
                    .at(place(panel, investment, i))
            })
            .collect(),
        CapitalError::Initial(list) => list
            .iter()
            .map(|&(unit, why)| {
                let help = match why {
                    InitialError::NoStock => "Give the stock in the first period with investment.",
                    InitialError::Denominator(_) => "Give `growth`, measure it over more periods, or choose another `initial`.",
                    InitialError::NoGrowth | InitialError::OnePeriod => {
                        "Give `growth`, or choose an `initial` that needs none (`rate`, `given`)."
                    }
                    InitialError::NotPositive(_) => "Begin with a period of positive investment, or give the first stock.",
                };
                Problem::error("first-stock", format!("No first stock of `{investment}`: {why}."))
                    .help(help)
                    .at(unit_place(panel, investment, unit))
            })
            .collect(),
        CapitalError::Duplicate(rows::Twice(a, b)) => {
            let what = format!("Rows {} and {} are the same unit and period.", a + 1, b + 1);
            vec![Problem::error("duplicate", what).at(place(panel, investment, *a))]
        }
        CapitalError::Infinite(rows) => {
            rows.iter().map(|&i| Problem::error("infinite", "Investment is infinite.").at(place(panel, investment, i))).collect()
        }
        CapitalError::Empty => vec![
            Problem::error("empty", format!("`{investment}` has no value in {} rows.", units.len()))
                .help("Choose other variables or periods.")
                .at(Place { column: Some(investment.to_owned()), ..Place::default() }),
        ],
        CapitalError::Shape | CapitalError::Options => {
            vec![Problem::error("capital", format!("Stocks of `{investment}` cannot be computed: {error}."))]
        }
    }
}
