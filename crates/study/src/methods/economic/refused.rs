//! What is wrong with prices and options, in the words of the panel.

use frontier::{
    FrontierError, Role,
    directional::DirectionDefect,
    economic::{EconomicError, PriceDefect},
};
use panel::{Panel, Place, Problem};

use super::{DecompositionName, EconomicDirectionName, EconomicStep, Measure};
use crate::methods::{additive::SlackWeights, production};

impl EconomicStep {
    /// Everything that contradicts itself in the options.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let mut found = self.names().repeated();
        let sides = [
            (Role::Input, "input_prices", &self.input_prices, &self.common_input_prices, self.inputs.len()),
            (Role::Output, "output_prices", &self.output_prices, &self.common_output_prices, self.outputs.len()),
        ];
        for (role, name, variables, common, expected) in sides {
            let given = variables.len().max(common.len());
            let what = if role == Role::Input { "inputs" } else { "outputs" };
            if !self.needs(role) {
                if given > 0 {
                    let measure = if self.measure == Measure::Cost { "cost" } else { "revenue" };
                    found.push(
                        Problem::error("prices-unused", format!("`{measure}` does not look at prices of the {what}."))
                            .help(format!("Leave `{name}` out, or set another `measure`.")),
                    );
                }
            } else if !variables.is_empty() && !common.is_empty() {
                found.push(
                    Problem::error("prices-twice", format!("Prices of the {what} are given twice."))
                        .help(format!("Give `{name}` (variables) or `common_{name}` (numbers).")),
                );
            } else if given != expected {
                found.push(
                    Problem::error("prices-count", format!("{given} prices for {expected} {what}."))
                        .why("Each variable whose quantity is chosen has a price.")
                        .help(format!("Give one in `{name}` (variables) or `common_{name}` (numbers) for each, in order.")),
                );
            }
        }
        let chosen = self.chosen();
        let mut unused = |set: bool, name: &str, owner: &str| {
            found.extend(set.then(|| production::conflict(name, &format!("it goes with {owner} only"))));
        };
        let directional = matches!(
            chosen,
            DecompositionName::Directional | DecompositionName::ModifiedDirectional | DecompositionName::ReverseModified
        );
        let custom = self.direction == EconomicDirectionName::Custom;
        unused(self.direction != EconomicDirectionName::default() && !directional, "direction", "directional decompositions");
        unused(!(self.lengths.is_empty() || directional && custom), "lengths", "the direction `custom`");
        unused(
            self.weights != SlackWeights::default() && chosen != DecompositionName::Additive,
            "weights",
            "the decomposition `additive`",
        );
        unused(self.weighted && chosen != DecompositionName::Holder, "weighted", "the decomposition `holder`");
        unused(self.norm != super::Norm::default() && chosen != DecompositionName::Holder, "norm", "the decomposition `holder`");
        unused(
            self.alpha.is_some() && chosen != DecompositionName::Generalised,
            "alpha",
            "the decomposition `generalised` of profitability",
        );
        found.extend(self.decomposition().err().into_iter().flatten());
        found
    }

    /// The problems behind an error; `rows` are the panel rows of the units.
    pub(super) fn refused(&self, error: &EconomicError, panel: &Panel, rows: &[usize]) -> Vec<Problem> {
        match error {
            EconomicError::Frontier(e) => self.names().refused(e, panel, rows),
            EconomicError::Prices(defects) => production::once(defects.iter().map(|d| self.price(d, panel, rows)).collect()),
            EconomicError::Direction(defects) => {
                production::once(defects.iter().map(|d| production::conflict("lengths", &why(d))).collect())
            }
        }
    }

    fn price(&self, defect: &PriceDefect, panel: &Panel, rows: &[usize]) -> Problem {
        let place = |role: Role, variable: usize, unit: usize| {
            let (names, common) = match role {
                Role::Input => (&self.input_prices, &self.common_input_prices),
                _ => (&self.output_prices, &self.common_output_prices),
            };
            let row = rows.get(unit).copied().filter(|_| common.is_empty());
            Place {
                column: names.get(variable).cloned(),
                unit: row.map(|r| panel.units[r].clone()),
                period: row.filter(|_| panel.period_name.is_some()).map(|r| panel.periods[r]),
                ..Place::default()
            }
        };
        match defect {
            PriceDefect::Missing(c) => Problem::error("missing-price", "The price is empty.")
                .why("What a unit could save or earn depends on all prices it faces.")
                .help("Fill the cell, or set `missing = \"exclude\"`: the unit then stays in the reference without a result.")
                .at(place(c.role, c.variable, c.unit)),
            PriceDefect::NotPositive(c, x) => Problem::error("price", format!("The price `{x}` is not a finite number above 0."))
                .why("A free variable would be used without end, a negative price would make waste pay.")
                .at(place(c.role, c.variable, c.unit)),
            PriceDefect::Count { found, expected, .. } | PriceDefect::Rows { found, expected, .. } => {
                Problem::error("prices-count", format!("{found} prices where {expected} are needed."))
            }
        }
    }
}

fn why(defect: &DirectionDefect) -> String {
    match defect {
        DirectionDefect::Count { found, expected } => {
            format!("{found} lengths are given for {expected} inputs and outputs")
        }
        DirectionDefect::Rows { found, expected, .. } => format!("{found} lengths are given for {expected} units"),
        DirectionDefect::Length { value, .. } | DirectionDefect::Cell(_, value) => {
            format!("the length {value} is not a finite number of 0 or more")
        }
        DirectionDefect::Zero(_) => "all lengths of the side that moves are 0, so that nothing moves".to_owned(),
    }
}

/// Whether an error is that no unit has complete data.
pub(super) fn empty(error: &EconomicError) -> bool {
    matches!(error, EconomicError::Frontier(FrontierError::Empty))
}
