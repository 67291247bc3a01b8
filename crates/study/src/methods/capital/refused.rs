//! Refusals of the core with the places of the panel.

use panel::{Panel, Place, Problem};
use tfp::{
    capital::{CapitalError, Gap, InitialError},
    rows,
};

use super::super::{assets, lookup};

pub(super) fn capital(error: &CapitalError, panel: &Panel, units: &[usize], investment: &str) -> Vec<Problem> {
    match error {
        CapitalError::Gaps(gaps) => gaps
            .iter()
            .map(|&Gap { unit, from, to }| {
                let when = if from == to { from.to_string() } else { format!("{from} to {to}") };
                let mut at = assets::unit(panel, investment, unit);
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
                    .at(lookup::cell(panel, investment, i))
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
                    .at(assets::unit(panel, investment, unit))
            })
            .collect(),
        CapitalError::Duplicate(rows::Twice(a, b)) => {
            let what = format!("Rows {} and {} are the same unit and period.", a + 1, b + 1);
            vec![Problem::error("duplicate", what).at(lookup::cell(panel, investment, *a))]
        }
        CapitalError::Infinite(rows) => rows
            .iter()
            .map(|&i| Problem::error("infinite", "Investment is infinite.").at(lookup::cell(panel, investment, i)))
            .collect(),
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
