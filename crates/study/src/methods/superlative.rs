//! `superlative-tfp`: productivity from prices and quantities by units and periods.

use panel::{Panel, Place, Problem, problem::Capped};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfp::{
    growth::Base,
    index_numbers::bilateral::Formula,
    superlative::{self, Accounts, Cell, Model, Scope, Side, SuperlativeError, SuperlativeOptions},
};

use self::story::Story;
use super::{defaults, index_numbers::words, lookup};
use crate::method::{Input, Method, Output, Page};

mod story;

/// Options of productivity from prices and quantities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuperlativeStep {
    /// Quantities of outputs.
    #[schemars(extend("x-role" = "variable"))]
    pub output_quantities: Vec<String>,
    /// Prices of the outputs, in their order; not needed for a single output.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub output_prices: Vec<String>,
    /// Quantities of inputs.
    #[schemars(extend("x-role" = "variable"))]
    pub input_quantities: Vec<String>,
    /// Prices of the inputs, in their order; not needed for a single input.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub input_prices: Vec<String>,
    /// How levels are compared.
    #[serde(default)]
    pub model: Model,
    /// Which rows are compared with one another; not read by `chained`.
    #[serde(default)]
    pub scope: Scope,
    /// Formula between two rows: of changes, and of `geks`.
    #[serde(default)]
    pub formula: Formula,
    /// Where productivity is 1; not read by `chained` and with the scope `period`.
    #[serde(default)]
    pub base: Base,
    /// Distance between adjacent periods; changes over longer gaps are not computed.
    #[serde(default = "defaults::step")]
    pub step: u32,
}

impl SuperlativeStep {
    fn names(&self) -> [(&'static str, &[String]); 4] {
        [
            ("output_quantities", &self.output_quantities),
            ("output_prices", &self.output_prices),
            ("input_quantities", &self.input_quantities),
            ("input_prices", &self.input_prices),
        ]
    }

    /// Name of the variable of a cell.
    fn variable(&self, cell: &Cell) -> &str {
        let list = &self.names()[2 * usize::from(cell.input) + usize::from(cell.price)].1;
        list.get(cell.item).map_or("", String::as_str)
    }
}

/// Productivity from prices and quantities.
pub struct SuperlativeTfp;

impl Method for SuperlativeTfp {
    type Options = SuperlativeStep;
    const NAME: &'static str = "superlative-tfp";
    const PAGE: Page = Page {
        title: (
            "Productivity from prices and quantities: Fisher, Törnqvist, CCD, GEKS",
            "由价格与数量计算的生产率：费雪、Törnqvist、CCD、GEKS",
        ),
        en: superlative::PAGE,
        zh: superlative::PAGE_ZH,
        example: "xinzhi superlative-tfp farms.csv --unit state --period year --output-quantities crops,livestock --output-prices p_crops,p_livestock --input-quantities land,labour --input-prices p_land,p_labour --out result",
    };

    fn check(options: &SuperlativeStep) -> Vec<Problem> {
        let mut problems = Vec::new();
        let names = options.names();
        for side in names.chunks(2) {
            let ((quantities, q), (prices, p)) = (side[0], side[1]);
            if q.is_empty() {
                problems.push(Problem::error("no-variable", format!("`{quantities}` names no variable.")));
            } else if p.len() != q.len() && !(p.is_empty() && q.len() == 1) {
                problems.push(
                    Problem::error(
                        "prices",
                        format!("`{prices}` names {} variables for {} in `{quantities}`.", p.len(), q.len()),
                    )
                    .why("Several items are added up at their prices.")
                    .help("Name one price for each, in the same order."),
                );
            }
        }
        let quantities: Vec<&String> = options.output_quantities.iter().chain(&options.input_quantities).collect();
        for (_, name) in quantities.iter().enumerate().filter(|(i, n)| quantities[..*i].contains(n)) {
            problems.push(
                Problem::error("repeated-variable", format!("`{name}` is named more than once."))
                    .why("A quantity is one output or one input, once.")
                    .at(Place { column: Some((*name).clone()), ..Place::default() }),
            );
        }
        // One by one, so that all are told.
        let core = options.core();
        let sound = SuperlativeOptions::default();
        for alone in [
            SuperlativeOptions { step: core.step, ..sound },
            SuperlativeOptions { model: core.model, formula: core.formula, ..sound },
            SuperlativeOptions { model: core.model, scope: core.scope, ..sound },
        ] {
            problems.extend(superlative::fits(&alone).err().map(|e| refused_option(&e, options)));
        }
        problems
    }

    fn run(input: &Input<'_>, options: &SuperlativeStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let mut problems = Self::check(options);
        let mut columns =
            |names: &[String]| -> Vec<&[f64]> { names.iter().map(|name| lookup::column(panel, name, &mut problems)).collect() };
        let (y, p, x, w) = (
            columns(&options.output_quantities),
            columns(&options.output_prices),
            columns(&options.input_quantities),
            columns(&options.input_prices),
        );
        if !problems.is_empty() {
            return Err(problems);
        }
        let units = lookup::unit_numbers(panel);
        let data = Accounts {
            units: &units,
            periods: &panel.periods,
            outputs: Side { quantities: &y, prices: &p },
            inputs: Side { quantities: &x, prices: &w },
        };
        let result = superlative::superlative(&data, &options.core()).map_err(|e| refused(&e, options, panel))?;
        Ok(Story { panel, options, units: &units, result: &result }.output())
    }
}

impl SuperlativeStep {
    fn core(&self) -> SuperlativeOptions {
        SuperlativeOptions { model: self.model, scope: self.scope, formula: self.formula, base: self.base, step: self.step }
    }
}

fn refused_option(error: &SuperlativeError, options: &SuperlativeStep) -> Problem {
    match error {
        SuperlativeError::Step => Problem::error("step", "`step` must be at least 1."),
        SuperlativeError::Formula(f) if options.model == Model::Geks && f.weighted() && *f != Formula::LloydMoulton => {
            Problem::error(
                "not-reversible",
                format!("GEKS over `{}` has no meaning: forth and back do not cancel.", words::name(*f)),
            )
            .help("Take `fisher`, `tornqvist`, `walsh`, `lowe` or another formula with time reversal.")
        }
        SuperlativeError::Formula(f) => {
            Problem::error("formula", format!("`{}` does not add up quantities at prices.", words::name(*f)))
                .help("Take `fisher`, `tornqvist`, `walsh`, `laspeyres`, `paasche`, `lowe` or another weighted formula.")
        }
        SuperlativeError::Scope => Problem::error("scope", "`chained-periods` belongs to the model `caves-christensen-diewert`.")
            .help("Take another `scope`, or leave out `model`."),
        other => Problem::error("superlative-tfp", format!("{other}.")),
    }
}

fn refused(error: &SuperlativeError, options: &SuperlativeStep, panel: &Panel) -> Vec<Problem> {
    match error {
        SuperlativeError::NotPositive(cells) => {
            let mut capped = Capped::default();
            for cell in cells {
                let name = options.variable(cell);
                let value = panel.values(name).map_or(f64::NAN, |v| v[cell.row]);
                let sign = if value < 0.0 {
                    "negative"
                } else if value == 0.0 {
                    "zero"
                } else {
                    "infinite"
                };
                capped.push(|| {
                    Problem::error("not-positive", format!("`{value}` is {sign}."))
                        .why("Prices must be positive, and so must quantities where logarithms are taken.")
                        .help("Mend the cell, leave it empty if it is missing, or take `formula = \"fisher\"` with `model = \"geks\"` or `\"chained\"`, which accept quantities of zero.")
                        .at(lookup::cell(panel, name, cell.row))
                });
            }
            capped.finish("cells")
        }
        SuperlativeError::OutOfRange(pairs) => {
            let mut capped = Capped::default();
            for &(_, row) in pairs {
                capped.push(|| {
                    Problem::error("out-of-range", "The index to this row is too large or too small for the computer.")
                        .help("Look at the units of measure of quantities and prices.")
                        .at(lookup::place(panel, row))
                });
            }
            capped.finish("pairs of rows")
        }
        SuperlativeError::Empty => vec![
            Problem::error("no-complete-row", "No row has all quantities and prices.").help("Choose other variables or periods."),
        ],
        other => vec![refused_option(other, options)],
    }
}

#[cfg(test)]
mod tests;
