//! `market-segmentation`: markets of goods from relative prices, factor markets from marketisation indices.

use panel::{Panel, Problem, problem::Capped};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfp::{
    factor_market::{self, Benchmark},
    market_segmentation::{self as room, Data, Denominator, Prices, Segmentation, SegmentationError, SegmentationOptions},
};

use super::{
    lookup,
    moran::{
        Unknown,
        neighbours::{self, Source},
    },
    production::listed,
};
use crate::{
    figure::{Chart, Figure, Frame, Lines, Scale, Series, Tiles},
    finding::{Finding, Weight},
    method::{Check, Input, Method, Output, OutputVariable, Page},
    table::{Cells, Table},
    text::Text,
};

mod view;

#[cfg(test)]
mod tests;

/// Which markets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// Markets of goods, from relative prices.
    #[default]
    Prices,
    /// Markets of factors, from marketisation indices.
    FactorMarket,
}

/// Options of market segmentation. `prices` needs `goods`; `factor-market` needs `factor_index`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MarketSpec {
    /// Which markets.
    pub model: Model,
    /// Variables of prices, one per good; eight to sixteen are usual.
    #[schemars(extend("x-role" = "variable"))]
    pub goods: Vec<String>,
    /// What the prices are.
    pub prices: Prices,
    /// Distance between adjacent periods of price levels.
    pub step: u32,
    /// Table of pairs of neighbours, one pair a row, either direction; all pairs of units otherwise.
    #[schemars(extend("x-role" = "file"))]
    pub neighbours: Option<String>,
    /// Column of the pairs that names the first unit; found by its content unless given.
    pub unit_column: Option<String>,
    /// Column of the pairs that names the second unit; found by its content unless given.
    pub neighbour_column: Option<String>,
    /// What to do with pairs that name a unit the data do not have.
    pub unknown: Unknown,
    /// Whether the absolute value of the change of the relative price is taken.
    pub absolute: bool,
    /// Whether the mean over pairs is taken out of each good and period.
    pub centre: bool,
    /// Denominator of the variance over goods.
    pub denominator: Denominator,
    /// Marketisation index of factor markets (factor-market).
    #[schemars(extend("x-role" = "variable"))]
    pub factor_index: Option<String>,
    /// Marketisation index of all markets (factor-market with `benchmark = "total"`).
    #[schemars(extend("x-role" = "variable"))]
    pub total_index: Option<String>,
    /// What the factor market is held against (factor-market).
    pub benchmark: Benchmark,
}

impl Default for MarketSpec {
    fn default() -> Self {
        let core = SegmentationOptions::default();
        Self {
            model: Model::default(),
            goods: Vec::new(),
            prices: core.prices,
            step: core.step,
            neighbours: None,
            unit_column: None,
            neighbour_column: None,
            unknown: Unknown::default(),
            absolute: core.absolute,
            centre: core.centre,
            denominator: core.denominator,
            factor_index: None,
            total_index: None,
            benchmark: Benchmark::default(),
        }
    }
}

/// The registry entry.
pub struct MarketSegmentation;

impl Method for MarketSegmentation {
    type Options = MarketSpec;
    const NAME: &'static str = "market-segmentation";
    const PAGE: Page = Page {
        title: ("Market segmentation and factor markets", "市场分割与要素市场扭曲"),
        en: room::PAGE,
        zh: room::PAGE_ZH,
        example: "xinzhi market-segmentation prices.csv --unit province --period year --goods grain,oil,meat,clothing,drinks,fuel,medicine,books --neighbours neighbours.csv --out result",
    };

    fn check(options: &MarketSpec) -> Vec<Problem> {
        let mut problems = Vec::new();
        let usual = MarketSpec::default();
        let goods = [
            ("goods", !options.goods.is_empty()),
            ("prices", options.prices != usual.prices),
            ("step", options.step != usual.step),
            ("neighbours", options.neighbours.is_some()),
            ("absolute", !options.absolute),
            ("centre", !options.centre),
            ("denominator", options.denominator != usual.denominator),
        ];
        let factors = [
            ("factor_index", options.factor_index.is_some()),
            ("total_index", options.total_index.is_some()),
            ("benchmark", options.benchmark != usual.benchmark),
        ];
        let (other, name) = match options.model {
            Model::Prices => (&factors[..], "prices"),
            Model::FactorMarket => (&goods[..], "factor-market"),
        };
        problems.extend(other.iter().filter(|o| o.1).map(|(option, _)| {
            Problem::error("unused-option", format!("`{option}` does nothing with `model = \"{name}\"`."))
                .help(format!("Leave out `{option}`, or choose the other `model`."))
        }));
        match options.model {
            Model::Prices => {
                if options.goods.len() < 2 {
                    problems.push(
                        Problem::error("goods", format!("`goods` names {} variables.", options.goods.len()))
                            .why("The index is a variance over goods.")
                            .help("Name the price variables of at least two goods; eight to sixteen are usual."),
                    );
                }
                let mut names = options.goods.clone();
                names.sort();
                for w in names.windows(2).filter(|w| w[0] == w[1]) {
                    problems.push(Problem::error("repeated-variable", format!("`{}` is named more than once.", w[0])));
                }
                if options.step == 0 {
                    problems.push(Problem::error("step", "`step` must be at least 1."));
                }
                if options.prices == Prices::Chain && options.step != usual.step {
                    problems.push(
                        Problem::error("step", "Chain indices compare with the period before already: `step` does nothing.")
                            .help("Leave out `step`, or set `prices = \"level\"`."),
                    );
                }
                let told =
                    options.unit_column.is_some() || options.neighbour_column.is_some() || options.unknown != usual.unknown;
                if options.neighbours.is_none() && told {
                    problems.push(
                        Problem::error("unused-option", "Columns and unknown names of pairs are told, but no `neighbours`.")
                            .help("Name the table of pairs in `neighbours`, or leave these options out."),
                    );
                }
            }
            Model::FactorMarket => {
                if options.factor_index.is_none() {
                    problems.push(Problem::error("missing-option", "`model = \"factor-market\"` needs `factor_index`."));
                }
                if (options.benchmark == Benchmark::Total) != options.total_index.is_some() {
                    problems.push(
                        Problem::error("total-index", "`total_index` belongs to `benchmark = \"total\"`, and to no other.")
                            .help("Give `total_index`, or set `benchmark = \"sample\"` or `\"period\"` without it."),
                    );
                }
            }
        }
        problems
    }

    fn run(input: &Input<'_>, options: &MarketSpec) -> Result<Output, Vec<Problem>> {
        let problems = Self::check(options);
        if !problems.is_empty() {
            return Err(problems);
        }
        match options.model {
            Model::Prices => prices(input, options),
            Model::FactorMarket => factors(input.panel, options),
        }
    }
}

fn prices(input: &Input<'_>, options: &MarketSpec) -> Result<Output, Vec<Problem>> {
    let panel = input.panel;
    let mut problems = Vec::new();
    let names = panel.unit_set();
    let units = lookup::unit_numbers(panel);
    let columns: Vec<&[f64]> = options.goods.iter().map(|name| lookup::column(panel, name, &mut problems)).collect();
    let pairs = options.neighbours.as_deref().map(|file| {
        let columns = [options.unit_column.as_deref(), options.neighbour_column.as_deref()];
        neighbours::pairs(input, &Source { file, columns, unknown: options.unknown }, &names)
    });
    let (pairs, skipped) = match pairs {
        Some(Ok((pairs, skipped))) => (Some(pairs), skipped),
        None => (None, Vec::new()),
        Some(Err(e)) => {
            problems.extend(e);
            (None, Vec::new())
        }
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    let data = Data { units: &units, periods: &panel.periods, prices: &columns };
    let core = SegmentationOptions {
        prices: options.prices,
        step: options.step,
        absolute: options.absolute,
        centre: options.centre,
        denominator: options.denominator,
    };
    let result = room::segmentation(&data, pairs.as_deref(), &core).map_err(|e| refused(&e, panel, options))?;
    Ok(view::View { panel, options, names, result, skipped }.output())
}

fn refused(error: &SegmentationError, panel: &Panel, options: &MarketSpec) -> Vec<Problem> {
    match error {
        SegmentationError::NotPositive(cells) => {
            let mut capped = Capped::default();
            for &(k, row) in cells {
                let name = &options.goods[k];
                let value = panel.values(name).map_or(f64::NAN, |v| v[row]);
                capped.push(|| {
                    Problem::error("not-positive", format!("The price `{name}` is {value}."))
                        .why("Relative prices are compared in logarithms.")
                        .help("Correct the value, or leave the cell empty if there is no price.")
                        .at(lookup::cell(panel, name, row))
                });
            }
            capped.finish("more prices of this kind")
        }
        other => vec![
            Problem::error("market-segmentation", format!("The index cannot be computed: {other}."))
                .help("Look at missing prices, at the list of pairs, and at `prices` and `step`."),
        ],
    }
}

fn factors(panel: &Panel, options: &MarketSpec) -> Result<Output, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut column = |name: &Option<String>| match name {
        None => &[][..],
        Some(name) => lookup::column(panel, name, &mut problems),
    };
    let (factor, total) = (column(&options.factor_index), column(&options.total_index));
    if !problems.is_empty() {
        return Err(problems);
    }
    let (values, status) = factor_market::distortion(&panel.periods, factor, total, options.benchmark);
    Ok(view::factors(panel, options, &values, &status))
}
