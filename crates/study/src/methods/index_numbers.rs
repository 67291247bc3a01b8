//! `index-numbers`: prices and quantities of products as one index by period.

use panel::{Panel, Place, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfp::index_numbers::{
    self, IndexError, IndexOptions, Measure, Model, Series,
    basket::{Basket, BasketError, Column, Transactions},
    bilateral::Formula,
    splice::Splice,
};

use self::story::Story;
use super::lookup;
use crate::method::{Input, Method, Output, Page};

mod figures;
mod story;
pub(super) mod words;

/// Options of index numbers. The units of the data are products.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndexStep {
    /// Price of the product.
    #[schemars(extend("x-role" = "variable"))]
    pub price: String,
    /// Quantity of the product; the formulas `dutot`, `carli`, `jevons`, `harmonic`, `cswd` do without.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub quantity: Option<String>,
    /// What the index measures.
    #[serde(default)]
    pub measure: Measure,
    /// How many periods are compared at once.
    #[serde(default)]
    pub model: Model,
    /// Formula of two periods, and of GEKS.
    #[serde(default)]
    pub formula: Formula,
    /// Formulas shown beside it, with the same model.
    #[serde(default)]
    pub compare: Vec<Formula>,
    /// Period where the index is 1; the first by default.
    #[serde(default)]
    pub base: Option<i32>,
    /// Elasticity of substitution σ of `lloyd-moulton`.
    #[serde(default)]
    pub elasticity: Option<f64>,
    /// Periods whose quantities (`lowe`) or values (`young`) are the weights; all by default.
    #[serde(default)]
    pub reference: Vec<i32>,
    /// Periods in a window of the multilateral models; all by default.
    #[serde(default)]
    pub window: Option<usize>,
    /// How a window that rolls on is tied to the one before.
    #[serde(default)]
    pub splice: Splice,
    /// Group column of products: an index for each group beside that of all products.
    #[serde(default)]
    #[schemars(extend("x-role" = "group"))]
    pub group: Option<String>,
}

impl IndexStep {
    /// Options of the core, for a model and a formula.
    pub(super) fn with(&self, model: Model, formula: Formula) -> IndexOptions {
        IndexOptions {
            measure: self.measure,
            model,
            formula,
            base: self.base,
            elasticity: self.elasticity,
            reference: self.reference.clone(),
            window: self.window,
            splice: self.splice,
        }
    }

    /// Whether the formula matters to the model.
    pub(super) fn by_formula(&self) -> bool {
        !matches!(self.model, Model::GearyKhamis | Model::TimeProductDummy)
    }
}

/// Index numbers.
pub struct IndexNumbers;

impl Method for IndexNumbers {
    type Options = IndexStep;
    const NAME: &'static str = "index-numbers";
    const PAGE: Page = Page {
        title: ("Index numbers of prices and quantities", "价格与数量指数"),
        en: index_numbers::PAGE,
        zh: index_numbers::PAGE_ZH,
        example: "xinzhi index-numbers prices.csv --unit product --period month --price price --quantity quantity --model geks --formula tornqvist --out result",
    };

    fn check(options: &IndexStep) -> Vec<Problem> {
        let mut problems = Vec::new();
        let unused = |name: &str, why: &str| {
            Problem::error("option-unused", format!("`{name}` is set, and {why}."))
                .help(format!("Leave out `{name}`, or change the model."))
        };
        if !options.by_formula() && !options.compare.is_empty() {
            problems.push(unused("compare", "the model has no formula"));
        }
        if !options.by_formula() && options.formula != Formula::default() {
            problems.push(unused("formula", "the model has none"));
        }
        if !options.model.multilateral() && options.window.is_some() {
            problems.push(unused("window", "the model compares two periods"));
        }
        if options.window.is_none() && options.splice != Splice::default() {
            problems.push(unused("splice", "no `window` rolls"));
        }
        let formulas: Vec<Formula> = std::iter::once(options.formula).chain(options.compare.iter().copied()).collect();
        if !options.reference.is_empty() && !formulas.iter().any(|f| f.referenced()) {
            problems.push(unused("reference", "neither `lowe` nor `young` is asked for"));
        }
        if options.elasticity.is_some() && !formulas.contains(&Formula::LloydMoulton) {
            problems.push(unused("elasticity", "`lloyd-moulton` is not asked for"));
        }
        if options.quantity.as_ref() == Some(&options.price) {
            problems.push(
                Problem::error("repeated-variable", format!("`{}` is named as price and as quantity.", options.price))
                    .at(Place { column: Some(options.price.clone()), ..Place::default() }),
            );
        }
        problems
    }

    fn run(input: &Input<'_>, options: &IndexStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let mut problems = Self::check(options);
        let mut column = |name: &str| {
            panel.values(name).unwrap_or_else(|| {
                problems.push(lookup::unknown_variable(panel, name));
                &[]
            })
        };
        let prices = column(&options.price);
        let quantities = options.quantity.as_deref().map_or(&[][..], &mut column);
        if let Some(g) = options.group.as_ref().filter(|g| panel.group(g).is_none()) {
            problems.push(lookup::unknown_group(panel, g));
        }
        if panel.period_set().len() < 2 {
            problems.push(
                Problem::error("one-period", "An index compares periods, and the data have one.")
                    .help("Name the period column with `period`."),
            );
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let all: Vec<usize> = (0..panel.len()).collect();
        let basket = basket(panel, prices, quantities, &all).map_err(|e| refused_rows(&e, options, panel))?;
        let index = |basket: &Basket, model, formula| index_numbers::index_numbers(basket, &options.with(model, formula));
        let main = index(&basket, options.model, options.formula);
        let compared: Vec<_> = options.compare.iter().map(|&f| (f, index(&basket, options.model, f))).collect();
        let mut problems: Vec<Problem> = Vec::new();
        for errors in std::iter::once(&main).chain(compared.iter().map(|c| &c.1)).filter_map(|r| r.as_ref().err()) {
            for problem in errors.iter().map(|e| refused(e, &basket)) {
                if !problems.contains(&problem) {
                    problems.push(problem);
                }
            }
        }
        let Ok(main) = main else { return Err(problems) };
        if !problems.is_empty() {
            return Err(problems);
        }
        let compared: Vec<(Formula, Series)> = compared.into_iter().filter_map(|(f, s)| Some((f, s.ok()?))).collect();
        let labels: Vec<String> = options.group.as_ref().and_then(|g| panel.group(g)).map_or_else(Vec::new, |g| g.labels.clone());
        let groups = lookup::distinct(&labels)
            .into_iter()
            .map(|name| {
                let rows: Vec<usize> = all.iter().copied().filter(|&i| labels[i] == name).collect();
                let part = self::basket(panel, prices, quantities, &rows).ok();
                let series = part.and_then(|b| index(&b, options.model, options.formula).ok());
                (name, series)
            })
            .collect();
        let story = Story { panel, options, basket: &basket, main, compared, groups, models: models(&basket, options) };
        Ok(story.output())
    }
}

/// The same data by every model, where the formula and the data allow it.
fn models(basket: &Basket, options: &IndexStep) -> Vec<(Model, Series)> {
    let every = [Model::Chained, Model::FixedBase, Model::Geks, Model::GearyKhamis, Model::TimeProductDummy];
    let formula = if options.by_formula() || !basket.weighted { options.formula } else { Formula::Fisher };
    let one = |model: Model| Some((model, index_numbers::index_numbers(basket, &options.with(model, formula)).ok()?));
    every.into_iter().filter_map(one).collect()
}

fn basket(panel: &Panel, prices: &[f64], quantities: &[f64], rows: &[usize]) -> Result<Basket, BasketError> {
    let units = lookup::unit_numbers(panel);
    let pick = |values: &[f64]| -> Vec<f64> { rows.iter().filter_map(|&i| values.get(i).copied()).collect() };
    let periods: Vec<i32> = rows.iter().map(|&i| panel.periods[i]).collect();
    let products: Vec<usize> = rows.iter().map(|&i| units[i]).collect();
    let (prices, quantities) = (pick(prices), pick(quantities));
    Basket::new(&Transactions { periods: &periods, products: &products, prices: &prices, quantities: &quantities })
}

fn refused_rows(error: &BasketError, options: &IndexStep, panel: &Panel) -> Vec<Problem> {
    match error {
        BasketError::Rows { not_positive, duplicates } => {
            let mut capped = panel::problem::Capped::default();
            for &(column, row) in not_positive {
                let name = match column {
                    Column::Price => options.price.as_str(),
                    Column::Quantity => options.quantity.as_deref().unwrap_or_default(),
                };
                let value = panel.values(name).map_or(f64::NAN, |v| v[row]);
                let sign = if value < 0.0 {
                    "negative"
                } else if value == 0.0 {
                    "zero"
                } else {
                    "infinite"
                };
                capped.push(|| {
                    Problem::error("not-positive", format!("`{value}` is {sign}."))
                        .why("A price or quantity that is not above zero has no ratio to another.")
                        .help("Mend the cell; leave price and quantity empty where the product was not sold.")
                        .at(lookup::cell(panel, name, row))
                });
            }
            for &(_, row) in duplicates {
                capped.push(|| {
                    Problem::error("duplicate", "The product stands twice in the period.")
                        .help("Add up the quantities and give the unit value, or name the products apart.")
                        .at(lookup::cell(panel, &options.price, row))
                });
            }
            capped.finish("cells")
        }
        BasketError::Empty => vec![
            Problem::error("no-complete-row", "No row has a price and a quantity.").help("Choose other variables or periods."),
        ],
        BasketError::Shape => vec![Problem::error("index-numbers", format!("{error}."))],
    }
}

fn refused(error: &IndexError, basket: &Basket) -> Problem {
    let (first, last) = (basket.periods.first(), basket.periods.last());
    let span = first.zip(last).map_or(String::new(), |(a, b)| format!(" The data run from {a} to {b}."));
    match error {
        IndexError::Unweighted => Problem::error("no-quantity", "The index weighs prices by quantities, and none are named.")
            .help("Name `quantity`, or take `dutot`, `carli`, `jevons`, `harmonic` or `cswd`."),
        IndexError::Period(p) => Problem::error("unknown-period", format!("{p} is no period with data.{span}"))
            .why("The index would be tied to a period in which nothing was observed."),
        IndexError::Elasticity => Problem::error("elasticity", "`lloyd-moulton` needs the elasticity of substitution.")
            .help("Set `elasticity`, e.g. 0.7; 0 is Laspeyres, 1 the geometric Laspeyres."),
        IndexError::NotReversible(f) => Problem::error(
            "not-reversible",
            format!("GEKS over `{}` has no meaning: forth and back do not cancel.", words::name(*f)),
        )
        .help("Take `fisher`, `tornqvist`, `walsh` or another formula with time reversal (`xinzhi explain index-numbers`)."),
        IndexError::Window { window, periods } => {
            Problem::error("window", format!("A window of {window} does not fit {periods} periods."))
                .help(format!("Choose 2 to {periods}, or leave out `window`."))
        }
    }
}

#[cfg(test)]
mod tests;
