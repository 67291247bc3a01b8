//! `shift-share`: growth of labour productivity within industries and between them.

use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfp::shift_share::{self as room, Data, Formula, Reference, ShiftShareError, ShiftShareOptions};

use self::story::Story;
use super::industries::{self, Industries, Naming};
use crate::method::{Input, Method, Output, Page};

mod story;
#[cfg(test)]
mod tests;

/// Options of the shift-share decomposition. Industries are rows (one variable each, the units of the data are
/// industries) or columns (one variable per industry, the units of the data are economies).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShiftShareSpec {
    /// Output or value added in constant prices: one variable, or one per industry.
    #[schemars(extend("x-role" = "variable"))]
    pub output: Vec<String>,
    /// Labour, persons or hours: one variable, or one per industry in the same order.
    #[schemars(extend("x-role" = "variable"))]
    pub labour: Vec<String>,
    /// Price of the industry relative to that of the aggregate, where volumes do not add up: one variable, or one per
    /// industry.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub relative_price: Vec<String>,
    /// Group column of the economies, where industries are rows; one economy otherwise.
    #[serde(default)]
    #[schemars(extend("x-role" = "group"))]
    pub economy: Option<String>,
    /// Group column of the industries, where industries are rows; the units otherwise.
    #[serde(default)]
    #[schemars(extend("x-role" = "group"))]
    pub industry: Option<String>,
    /// Which end of a span weighs what.
    #[serde(default)]
    pub formula: Formula,
    /// What the productivity of an industry is held against; `aggregate`, or `zero` with relative prices.
    #[serde(default)]
    pub reference: Option<Reference>,
    /// Periods where spans begin and end, e.g. 1997, 2007, 2017; first to last when empty.
    #[serde(default)]
    pub breaks: Vec<i32>,
}

/// The registry entry.
pub struct ShiftShareMethod;

impl Method for ShiftShareMethod {
    type Options = ShiftShareSpec;
    const NAME: &'static str = "shift-share";
    const PAGE: Page = Page {
        title: ("Shift-share decomposition", "转移份额分解"),
        en: room::PAGE,
        zh: room::PAGE_ZH,
        example: "xinzhi shift-share data.csv --unit province --period year --output va1,va2,va3 --labour emp1,emp2,emp3 --out result",
    };

    fn check(options: &ShiftShareSpec) -> Vec<Problem> {
        let mut problems = Vec::new();
        if !options.relative_price.is_empty() && options.reference == Some(Reference::Aggregate) {
            problems.push(
                Problem::error("reference", "With relative prices the reference cannot be the aggregate.")
                    .why("Shares that carry prices do not add up to 1, so that the aggregate would not drop out of the sum.")
                    .help("Leave out `reference`."),
            );
        }
        if options.breaks.len() == 1 || options.breaks.windows(2).any(|w| w[0] >= w[1]) {
            problems.push(Problem::error("breaks", "`breaks` must be at least two periods in increasing order."));
        }
        problems
    }

    fn run(input: &Input<'_>, options: &ShiftShareSpec) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let mut problems = Self::check(options);
        let naming = Naming { names: &options.output, economy: options.economy.as_ref(), industry: options.industry.as_ref() };
        let who = industries::industries(panel, &naming, &mut problems);
        let output = who.values(panel, "output", &options.output, &mut problems);
        let labour = who.values(panel, "labour", &options.labour, &mut problems);
        let price = match options.relative_price.is_empty() {
            true => None,
            false => Some(who.values(panel, "relative_price", &options.relative_price, &mut problems)),
        };
        let periods = panel.period_set();
        if periods.len() < 2 {
            problems.push(
                Problem::error("periods", "A change of productivity needs at least two periods.")
                    .help("Name the period column, or widen the periods of the step."),
            );
        }
        for p in options.breaks.iter().filter(|p| !periods.contains(p)) {
            problems.push(Problem::error("breaks", format!("`breaks` names {p}, which is no period of the data.")));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let ends = if options.breaks.is_empty() { vec![periods[0], periods[periods.len() - 1]] } else { options.breaks.clone() };
        let mut spans: Vec<(i32, i32)> = ends.windows(2).map(|w| (w[0], w[1])).collect();
        if spans.len() > 1 {
            spans.push((ends[0], ends[ends.len() - 1]));
        }
        let data = Data {
            economies: &who.economies,
            industries: &who.industries,
            periods: &who.periods,
            output: &output,
            labour: &labour,
            price: price.as_deref(),
        };
        let default = if price.is_some() { Reference::Zero } else { Reference::Aggregate };
        let core = ShiftShareOptions { formula: options.formula, reference: options.reference.unwrap_or(default) };
        let refuse = |e: ShiftShareError| refused(&e, options, panel, &who);
        let result = room::shift_share(&data, &spans, &core).map_err(refuse)?;
        let steps: Vec<(i32, i32)> = periods.windows(2).map(|w| (w[0], w[1])).collect();
        let yearly = room::shift_share(&data, &steps, &core).map_err(refuse)?;
        Ok(Story { options, who: &who, spans: &spans, result: &result, yearly: &yearly }.output())
    }
}

fn refused(error: &ShiftShareError, options: &ShiftShareSpec, panel: &Panel, who: &Industries) -> Vec<Problem> {
    match error {
        ShiftShareError::Impossible(rows) => rows
            .iter()
            .map(|&i| {
                Problem::error("impossible-labour", "Labour is negative or infinite, or there is output without labour.")
                    .why("Productivity is output over labour.")
                    .help("Mend the cell, or leave it empty if it is missing.")
                    .at(who.at(panel, &options.labour, i))
            })
            .collect(),
        ShiftShareError::Price(rows) => rows
            .iter()
            .map(|&i| Problem::error("price", "A relative price is not positive.").at(who.at(panel, &options.relative_price, i)))
            .collect(),
        ShiftShareError::Duplicate(twice) => vec![who.twice(panel, &options.output, *twice)],
        other => vec![Problem::error("shift-share", format!("Productivity cannot be decomposed: {other}."))],
    }
}
