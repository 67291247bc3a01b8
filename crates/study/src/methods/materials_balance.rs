//! `materials-balance`: environmental efficiency by what the inputs hold of a material.

use frontier::{
    FrontierError, Missing, Role, Technology,
    dea::{Class, Returns, TOLERANCE},
    economic::{EconomicError, PriceDefect, Prices},
    materials_balance::{self, MaterialsBalance, MaterialsBalanceOptions},
};
use panel::{Panel, Place, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    lookup,
    nonradial::{Shown, Story},
    production::{self, Names},
    scores::{self, Frontier, Part, Words, returns},
};
use crate::{
    finding::{Finding, Weight},
    method::{Input, Method, Output, Page},
    text::Text,
};

/// Options of the materials balance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MaterialsBalanceStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// What one unit of each input holds of the material: one number per input, 0 or more.
    #[serde(default)]
    pub contents: Vec<f64>,
    /// Instead of `contents`: variables with the contents of the inputs, in their order.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub content_variables: Vec<String>,
    /// What one unit of each output holds of the material: one number per output; nothing if not given.
    #[serde(default)]
    pub output_contents: Vec<f64>,
    /// Returns to scale: `crs`, `vrs`, `nirs`, `ndrs` or `fdh`.
    #[serde(default)]
    pub rts: Returns,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing quantities or contents.
    #[serde(default)]
    pub missing: Missing,
}

impl MaterialsBalanceStep {
    fn names(&self) -> Names<'_> {
        Names { inputs: &self.inputs, outputs: &self.outputs, bad_outputs: &[] }
    }

    fn problems(&self) -> Vec<Problem> {
        let mut found = self.names().repeated();
        let count = |name: &str, given: usize, expected: usize, what: &str| {
            let why = format!("{given} contents are given for {expected} {what}");
            (given != expected).then(|| production::conflict(name, &why))
        };
        found.extend(match (self.contents.is_empty(), self.content_variables.is_empty()) {
            (false, false) => Some(production::conflict("contents", "contents of the inputs are given twice")),
            (true, false) => count("content_variables", self.content_variables.len(), self.inputs.len(), "inputs"),
            _ => count("contents", self.contents.len(), self.inputs.len(), "inputs"),
        });
        if !self.output_contents.is_empty() {
            found.extend(count("output_contents", self.output_contents.len(), self.outputs.len(), "outputs"));
        }
        for (name, numbers) in [("contents", &self.contents), ("output_contents", &self.output_contents)] {
            let bad = numbers.iter().filter(|x| !(x.is_finite() && **x >= 0.0));
            found.extend(bad.map(|x| production::conflict(name, &format!("{x} is not a finite number of 0 or more"))));
        }
        if !self.contents.is_empty() && self.contents.iter().all(|x| *x == 0.0) {
            found.push(production::conflict("contents", "no input holds any of the material"));
        }
        let known = !matches!(self.rts, Returns::Generalised | Returns::Replication);
        found.extend((!known).then(|| production::conflict("rts", "this model takes `crs`, `vrs`, `nirs`, `ndrs` or `fdh`")));
        found
    }

    /// Contents of the inputs over all rows of the panel.
    fn inputs(&self, panel: &Panel) -> Result<Vec<Vec<f64>>, Vec<Problem>> {
        if self.content_variables.is_empty() {
            return Ok(self.contents.iter().map(|&x| vec![x; panel.len()]).collect());
        }
        let unknown = self.content_variables.iter().filter(|v| panel.values(v).is_none());
        let problems: Vec<Problem> = unknown.map(|v| lookup::unknown_variable(panel, v)).collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(self.content_variables.iter().filter_map(|v| panel.values(v)).map(<[f64]>::to_vec).collect())
    }

    fn refused(&self, error: &EconomicError, panel: &Panel, rows: &[usize]) -> Vec<Problem> {
        let place = |role: Role, variable: usize, unit: usize| {
            let named = self.content_variables.get(variable).filter(|_| role == Role::Input);
            let row = rows.get(unit).copied().filter(|_| named.is_some());
            Place {
                column: named.cloned(),
                unit: row.map(|r| panel.units[r].clone()),
                period: row.filter(|_| panel.period_name.is_some()).map(|r| panel.periods[r]),
                ..Place::default()
            }
        };
        let content = |d: &PriceDefect| match d {
            PriceDefect::Missing(c) => Problem::error("missing-content", "The content is empty.")
                .why("What a unit's inputs hold of the material is the sum over all of them.")
                .help("Fill the cell, or set `missing = \"exclude\"`: the unit then stays in the reference without a result.")
                .at(place(c.role, c.variable, c.unit)),
            PriceDefect::NotPositive(c, x) => {
                Problem::error("content", format!("The content `{x}` is not a finite number of 0 or more."))
                    .why("An input holds some of the material or none of it.")
                    .at(place(c.role, c.variable, c.unit))
            }
            PriceDefect::Count { found, expected, .. } | PriceDefect::Rows { found, expected, .. } => {
                production::conflict("contents", &format!("{found} contents are given where {expected} are needed"))
            }
        };
        match error {
            // A period without a complete unit has no frontier; where such units are left out, they all are.
            EconomicError::Frontier(FrontierError::Empty) if self.missing == Missing::Exclude => Vec::new(),
            EconomicError::Frontier(e) => self.names().refused(e, panel, rows),
            EconomicError::Prices(defects) => production::once(defects.iter().map(content).collect()),
            EconomicError::Direction(_) => vec![Problem::error("frontier", format!("{error}."))],
        }
    }
}

/// The materials balance.
pub struct MaterialsBalanceMethod;

impl Method for MaterialsBalanceMethod {
    type Options = MaterialsBalanceStep;
    const NAME: &'static str = "materials-balance";
    const PAGE: Page = Page {
        title: ("Environmental efficiency by the materials balance", "物质平衡环境效率"),
        en: materials_balance::PAGE,
        zh: materials_balance::PAGE_ZH,
        example: "xinzhi materials-balance farms.csv --unit farm --inputs feed,piglets,labour --outputs pork --contents 0.0124,0.0117,0 --output-contents 0.0117 --rts vrs --out result",
    };

    fn check(options: &MaterialsBalanceStep) -> Vec<Problem> {
        options.problems()
    }

    fn run(input: &Input<'_>, options: &MaterialsBalanceStep) -> Result<Output, Vec<Problem>> {
        let problems = options.problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        let (panel, names) = (input.panel, options.names());
        let core = MaterialsBalanceOptions { returns: options.rts, missing: options.missing };
        let contents = options.inputs(panel)?;
        let retained: Vec<Vec<f64>> = options.output_contents.iter().map(|&x| vec![x; panel.len()]).collect();
        let run = |technology: &Technology<'_>, rows: &[usize]| {
            let pick = |columns: &[Vec<f64>]| -> Vec<Vec<f64>> {
                columns.iter().map(|c| rows.iter().map(|&r| c[r]).collect()).collect()
            };
            let (a, c) = (pick(&contents), pick(&retained));
            let given = Prices { inputs: a.iter().map(Vec::as_slice).collect(), outputs: c.iter().map(Vec::as_slice).collect() };
            materials_balance::materials_balance(technology, &given, &core)
        };
        let parts = scores::measure_rows(panel, &names, options.frontier, run, |e: &EconomicError, rows| {
            options.refused(e, panel, rows)
        })?;
        let negative: Vec<String> = parts
            .iter()
            .flat_map(|p| {
                let short = |u: &usize| p.result.surplus[*u] < 0.0;
                (0..p.rows.len()).filter(short).map(|u| scores::place(panel, p.rows[u]))
            })
            .collect();
        let rts = returns(options.rts);
        let with_outputs = !options.output_contents.is_empty();
        let shown = |p: Part<MaterialsBalance>| Part { rows: p.rows, result: shown(p.result, with_outputs) };
        let story = Story {
            panel,
            names,
            frontier: options.frontier,
            parts: parts.into_iter().map(shown).collect(),
            words: Words {
                score: Text::new("Environmental efficiency", "环境效率"),
                label: Text::new("least over observed material (1 = frontier)", "最少与实际物质量之比（1 为前沿）"),
                note: Text::new(
                    "Units with score 1 could not make their outputs with less of the material.",
                    "效率为 1 的单元无法用更少的该物质生产其产出。",
                ),
                high_is_best: true,
            },
            variable: "score",
            note: Text::new(
                format!("Environmental = technical × allocative, 1 is best; {}.", rts.en),
                format!("环境效率 = 技术 × 配置，1 为最优；{}。", rts.zh),
            ),
            factors: Text::default(),
        };
        let mut out = story.output();
        if !negative.is_empty() {
            out.findings.push(Finding {
                code: "FR039".into(),
                weight: Weight::Warning,
                place: production::listed(&negative),
                message: Text::new(
                    format!("The outputs of {} units hold more of the material than their inputs bring in.", negative.len()),
                    format!("{} 个单元的产出所含物质多于投入带入的数量。", negative.len()),
                ),
            });
        }
        Ok(out)
    }
}

fn shown(r: MaterialsBalance, with_outputs: bool) -> Shown {
    // Bounds of the share: those of the least material over what is there.
    let bounds = |(interval, observed): (&(f64, f64), &f64)| (interval.0 / observed, interval.1 / observed);
    let interval: Vec<(f64, f64)> = r.interval.iter().zip(&r.observed).map(bounds).collect();
    let class = |e: &f64| match e {
        e if e.is_nan() => Class::None,
        e if *e >= 1.0 - TOLERANCE => Class::Strong,
        _ => Class::Inefficient,
    };
    let mut beside = vec![
        ("technical", Text::new("Technical part", "技术部分"), r.technical),
        ("allocative", Text::new("Allocative part", "配置部分"), r.allocative),
        ("observed", Text::new("Material in inputs", "投入所含物质"), r.observed),
        ("least", Text::new("Least material", "最少物质"), r.least),
    ];
    if with_outputs {
        beside.extend([
            ("surplus", Text::new("Surplus", "盈余"), r.surplus),
            ("least_surplus", Text::new("Least surplus", "最少盈余"), r.least_surplus),
        ]);
    }
    Shown {
        state: r.state,
        class: r.environmental.iter().map(class).collect(),
        value: r.environmental,
        interval,
        beside,
        factors: Vec::new(),
        projection: r.projection,
        zeros: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
