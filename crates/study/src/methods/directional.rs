//! `directional`: directional distances, with or without undesirable outputs.

use frontier::{
    Columns, FrontierError, Missing, State,
    dea::{Class, Slacks},
    directional::{self, BadOutputs, Directional, DirectionalError, DirectionalOptions, DirectionalReturns, Peer},
};
use numerics::moments;
use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    dea::Frontier,
    direction::{self, DirectionName},
    failures, lookup,
    production::{self, Names},
};
use crate::{
    finding::{Finding, Weight},
    method::{Check, Input, Method, Output, OutputVariable, Page},
    text::Text,
};

mod story;

/// Options of the directional distance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectionalStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Desirable outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Undesirable outputs, e.g. emissions; may be empty.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub bad_outputs: Vec<String>,
    /// Direction in which units are moved.
    #[serde(default)]
    pub direction: DirectionName,
    /// Lengths of a `custom` direction: one number per input, output and undesirable output.
    #[serde(default)]
    pub lengths: Vec<f64>,
    /// Variables that hold the lengths of a `custom` direction, in the same order.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub length_variables: Vec<String>,
    /// Returns to scale: `crs`; `vrs`, `nirs`, `ndrs`; with weakly disposable bads `vrs-convex`,
    /// `vrs-shephard` or `vrs-kuosmanen`.
    #[serde(default)]
    pub rts: DirectionalReturns,
    /// Undesirable outputs: `weak` (equalities) or `strong` (as if inputs).
    #[serde(default)]
    pub disposability: BadOutputs,
    /// Super-efficiency: a unit's own values leave its reference; distances may be negative.
    #[serde(default)]
    pub exclude_own: bool,
    /// What the second phase maximises: slacks over `range` or `mean`, or the plain `sum`.
    #[serde(default = "range")]
    pub slacks: Slacks,
    /// Output in which undesirable outputs are priced; the first if not named.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub numeraire: Option<String>,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

fn range() -> Slacks {
    Slacks::Range
}

/// Directional distance.
pub struct DirectionalDistance;

impl Method for DirectionalDistance {
    type Options = DirectionalStep;
    const NAME: &'static str = "directional";
    const PAGE: Page = Page {
        title: ("Directional distance", "方向距离函数"),
        en: directional::PAGE,
        zh: directional::PAGE_ZH,
        example: "xinzhi directional data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --bad-outputs co2 --direction outputs --out result",
    };

    fn check(options: &DirectionalStep) -> Vec<Problem> {
        Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &options.bad_outputs }.repeated()
    }

    fn run(input: &Input<'_>, options: &DirectionalStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &options.bad_outputs };
        let technology = names.technology(panel)?;
        let numeraire = match &options.numeraire {
            None => 0,
            Some(name) => options.outputs.iter().position(|o| o == name).ok_or_else(|| {
                vec![
                    Problem::error("numeraire", format!("`{name}` is not an output."))
                        .help("Undesirable outputs are priced in one of `outputs`."),
                ]
            })?,
        };
        let groups: Vec<Vec<usize>> = match options.frontier {
            Frontier::Pooled => vec![(0..panel.len()).collect()],
            Frontier::PerPeriod => {
                panel.period_set().iter().map(|p| (0..panel.len()).filter(|&r| panel.periods[r] == *p).collect()).collect()
            }
        };
        let (mut parts, mut problems) = (Vec::new(), Vec::new());
        for rows in groups {
            let core = DirectionalOptions {
                direction: options.direction.direction(&options.lengths, &options.length_variables, panel, &rows)?,
                returns: options.rts,
                bad_outputs: options.disposability,
                exclude_own: options.exclude_own,
                slacks: options.slacks,
                numeraire,
                missing: options.missing,
            };
            match directional::directional(&Columns::pick(&technology, &rows).technology(), &core) {
                Ok(result) => parts.push(Part { rows, result }),
                // A period without a complete unit has no frontier; where such units are left out, they all are.
                Err(DirectionalError::Frontier(FrontierError::Empty)) if options.missing == Missing::Exclude => {}
                Err(e) => problems.extend(direction::refused(&names, &e, panel, &rows)),
            }
        }
        if parts.is_empty() && problems.is_empty() {
            problems = names.refused(&FrontierError::Empty, panel, &[]);
        }
        if !problems.is_empty() {
            return Err(production::once(problems));
        }
        Ok(Story { panel, options, names, numeraire, parts }.output())
    }
}

/// One frontier: panel rows and their result.
struct Part {
    rows: Vec<usize>,
    result: Directional,
}

struct Story<'a> {
    panel: &'a Panel,
    options: &'a DirectionalStep,
    names: Names<'a>,
    numeraire: usize,
    parts: Vec<Part>,
}

impl Story<'_> {
    /// One value per panel row.
    fn spread<T: Clone>(&self, blank: T, get: impl Fn(&Directional, usize) -> T) -> Vec<T> {
        let mut out = vec![blank; self.panel.len()];
        for part in &self.parts {
            for (u, &row) in part.rows.iter().enumerate() {
                out[row] = get(&part.result, u);
            }
        }
        out
    }

    fn place(&self, row: usize) -> String {
        let p = self.panel;
        if p.period_name.is_some() { format!("{} {}", p.units[row], p.periods[row]) } else { p.units[row].clone() }
    }

    fn output(&self) -> Output {
        let beta = self.spread(f64::NAN, |d, u| d.beta[u]);
        let states = self.spread(State::Missing, |d, u| d.state[u]);
        let mut tables = self.score_tables(&beta, &states);
        tables.extend(self.matrices());
        tables.push(self.peers());
        Output {
            summary: self.summary(&beta),
            variables: vec![OutputVariable {
                name: "beta".into(),
                label: Text::new("Directional distance", "方向距离"),
                unit: Text::default(),
                keys: (0..self.panel.len()).map(|r| (self.panel.units[r].clone(), self.panel.periods[r])).collect(),
                values: beta.clone(),
            }],
            tables,
            figures: self.figures(&beta),
            findings: self.findings(&states),
            checks: self.checks(),
        }
    }

    fn findings(&self, states: &[State]) -> Vec<Finding> {
        let places = |wanted: &dyn Fn(usize) -> bool| -> Vec<String> {
            (0..self.panel.len()).filter(|&r| wanted(r)).map(|r| self.place(r)).collect()
        };
        let mut findings: Vec<Finding> = Vec::new();
        findings.extend(production::left_out(&places(&|r| states[r] == State::Missing)));
        findings.extend(production::unsolved(&places(&|r| failures::uncertified(states[r]))));
        let unreached = self.spread(Vec::new(), |d, u| d.unreached[u].clone());
        let infeasible = |r: usize| states[r] == State::Infeasible;
        let example = (0..self.panel.len()).find(|&r| infeasible(r)).map(|r| {
            let cause = failures::unreached(&self.names, &unreached[r]);
            Text::new(format!("{}: {}", self.place(r), cause.en), format!("{}：{}", self.place(r), cause.zh))
        });
        findings.extend(failures::beyond(&places(&infeasible), &example.unwrap_or_default()));
        for part in &self.parts {
            let units = part.result.state.iter().filter(|s| **s != State::Missing).count();
            let place = match self.options.frontier {
                Frontier::PerPeriod if self.panel.period_name.is_some() => self.panel.periods[part.rows[0]].to_string(),
                _ => String::new(),
            };
            let outputs = self.options.outputs.len() + self.options.bad_outputs.len();
            findings.extend(production::too_few(units, self.options.inputs.len(), outputs, &place));
        }
        let first_bad = self.options.inputs.len() + self.options.outputs.len();
        for (b, name) in self.options.bad_outputs.iter().enumerate() {
            let price = self.spread(f64::NAN, |d, u| d.prices[first_bad + b][u]);
            let free = places(&|r| price[r] <= 0.0);
            let solved = price.iter().filter(|p| p.is_finite()).count();
            if !free.is_empty() {
                findings.push(Finding {
                    code: "FR010".into(),
                    weight: Weight::Info,
                    place: production::listed(&free),
                    message: Text::new(
                        format!("`{name}` has a shadow price of 0 or less for {} of {solved} units: abating it costs them no good output here.", free.len()),
                        format!("{solved} 个单元中有 {} 个的 `{name}` 影子价格不为正：在此处减排不损失期望产出。", free.len()),
                    ),
                });
            }
        }
        findings
    }

    fn checks(&self) -> Vec<Check> {
        let every = || self.parts.iter().flat_map(|p| (0..p.result.beta.len()).map(move |u| (&p.result, u)));
        let solved = || every().filter(|(d, u)| d.state[*u] == State::Optimal);
        let width = |(d, u): (&Directional, usize)| (d.interval[u].1 - d.interval[u].0) / d.size[u];
        let mut checks = vec![Check {
            name: Text::new(
                "Widest certified interval of a distance (relative to its size)",
                "距离认证区间的最大宽度（相对于其大小）",
            ),
            residual: solved().map(width).fold(0.0, f64::max),
            tolerance: 1e-8,
        }];
        if !self.options.exclude_own {
            checks.push(Check {
                name: Text::new("β ≥ 0 within the own reference", "自身参照集内 β ≥ 0"),
                residual: solved().map(|(d, u)| -d.beta[u]).fold(0.0, f64::max),
                tolerance: 1e-9,
            });
        }
        checks
    }

    fn summary(&self, beta: &[f64]) -> Vec<Text> {
        let period = self.panel.period_set().last().copied().unwrap_or_default();
        let rows: Vec<usize> =
            (0..self.panel.len()).filter(|&r| self.panel.periods[r] == period && beta[r].is_finite()).collect();
        if rows.is_empty() {
            return vec![Text::new("No distance could be computed.", "没有可计算的距离。")];
        }
        let class = self.spread(Class::None, |d, u| d.class[u]);
        let strong = rows.iter().filter(|&&r| matches!(class[r], Class::Strong | Class::Super)).count();
        let mean = moments::mean(&rows.iter().map(|&r| beta[r]).collect::<Vec<_>>());
        let words = self.options.direction.words();
        let (when, when_zh) = match self.panel.period_name {
            Some(_) => (format!("In {period}, "), format!("{period} 年，")),
            None => (String::new(), String::new()),
        };
        let mut out = vec![Text::new(
            format!(
                "{when}{strong} of {} units are on the frontier or beyond it; the mean distance is {mean:.4} ({}).",
                rows.len(),
                words.en
            ),
            format!("{when_zh}{} 个单元中 {strong} 个位于前沿或超出前沿，平均距离为 {mean:.4}（{}）。", rows.len(), words.zh),
        )];
        let farthest = rows.iter().max_by(|a, b| beta[**a].total_cmp(&beta[**b]));
        if let Some(&worst) = farthest.filter(|r| class[**r] == Class::Inefficient) {
            let (name, zh) = (&self.panel.units[worst], &self.panel.units_zh[worst]);
            let zh = if zh.is_empty() { name } else { zh };
            out.push(Text::new(
                format!("The farthest is {name} ({:.4}).", beta[worst]),
                format!("距离最远的是{zh}（{:.4}）。", beta[worst]),
            ));
        }
        for (b, name) in self.options.bad_outputs.iter().enumerate() {
            let price = self.spread(f64::NAN, |d, u| d.bad_prices[b][u]);
            let mut values: Vec<f64> = rows.iter().map(|&r| price[r]).filter(|p| p.is_finite()).collect();
            values.sort_by(f64::total_cmp);
            if let Some(median) = values.get(values.len() / 2) {
                let good = &self.options.outputs[self.numeraire];
                let (bad, lost) = (lookup::variable_label(self.panel, name), lookup::variable_label(self.panel, good));
                let measure = |n: &str| self.panel.variable(n).map_or("", |v| v.meaning.unit.as_str()).to_owned();
                let unit = match (measure(good), measure(name)) {
                    (top, bottom) if top.is_empty() || bottom.is_empty() => String::new(),
                    (top, bottom) => format!(" {top} / {bottom}"),
                };
                out.push(Text::new(
                    format!("Median shadow price: abating the last unit of {} costs {median:.4}{unit} of {}.", bad.en, lost.en),
                    format!("影子价格中位数：{}最后一单位减排所损失的{}为 {median:.4}{unit}。", bad.zh, lost.zh),
                ));
            }
        }
        out
    }

    /// Rows of one list of peers.
    fn listed(&self, get: fn(&Directional) -> &Vec<Vec<Peer>>) -> impl Iterator<Item = (usize, &Part, &Peer)> {
        self.parts.iter().flat_map(move |part| {
            let lists = get(&part.result).iter().enumerate();
            lists.flat_map(move |(u, list)| list.iter().map(move |peer| (part.rows[u], part, peer)))
        })
    }
}

#[cfg(test)]
mod tests;
