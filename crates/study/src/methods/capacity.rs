//! `capacity`: plant capacity and its utilisation.

use frontier::{
    Missing, State,
    capacity::{self, Capacity, CapacityOptions},
    dea::Returns,
};
use numerics::moments;
use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    lookup,
    production::{self, Names},
    scores::{self, Frontier, Part, Words, capital, returns},
    slacks,
};
use crate::{
    method::{Check, Input, Method, Output, Page},
    table::{Cells, Table},
    text::Text,
};

/// Options of capacity utilisation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapacityStep {
    /// Fixed inputs, the plant.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Variable inputs.
    #[schemars(extend("x-role" = "variable"))]
    pub variable_inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    #[serde(default)]
    pub rts: Returns,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

/// Capacity utilisation.
pub struct CapacityUtilisation;

impl Method for CapacityUtilisation {
    type Options = CapacityStep;
    const NAME: &'static str = "capacity";
    const PAGE: Page = Page {
        title: ("Capacity utilisation", "产能利用率"),
        en: capacity::PAGE,
        zh: capacity::PAGE_ZH,
        example: "xinzhi capacity data.csv --unit province --period year --inputs capital --variable-inputs employment --outputs gdp_real --out result",
    };

    fn check(options: &CapacityStep) -> Vec<Problem> {
        let all = options.all();
        options.names(&all).repeated().into_iter().chain(production::sum_of_weights(options.rts)).collect()
    }

    fn run(input: &Input<'_>, options: &CapacityStep) -> Result<Output, Vec<Problem>> {
        let core = CapacityOptions { fixed: (0..options.inputs.len()).collect(), returns: options.rts, missing: options.missing };
        let all = options.all();
        let run = |t: &frontier::Technology<'_>| capacity::capacity(t, &core);
        let told = |problems: Vec<Problem>| -> Vec<Problem> {
            // The core knows fixed inputs by position; a study names both lists.
            let empty = options.inputs.is_empty() || options.variable_inputs.is_empty();
            let why = "name at least one fixed input in `inputs` and one in `variable_inputs`";
            if empty { vec![production::conflict("variable_inputs", why)] } else { problems }
        };
        let parts = scores::measure(input.panel, &options.names(&all), options.frontier, options.missing, run).map_err(told)?;
        Ok(Story { panel: input.panel, options, all: &all, parts }.output())
    }
}

impl CapacityStep {
    /// Fixed inputs, then variable ones.
    fn all(&self) -> Vec<String> {
        self.inputs.iter().chain(&self.variable_inputs).cloned().collect()
    }

    fn names<'a>(&'a self, all: &'a [String]) -> Names<'a> {
        Names { inputs: all, outputs: &self.outputs, bad_outputs: &[] }
    }
}

struct Story<'a> {
    panel: &'a Panel,
    options: &'a CapacityStep,
    all: &'a [String],
    parts: Vec<Part<Capacity>>,
}

impl Story<'_> {
    fn number(&self, get: impl Fn(&Capacity, usize) -> f64) -> Vec<f64> {
        scores::spread(self.panel, &self.parts, f64::NAN, get)
    }

    fn output(&self) -> Output {
        let panel = self.panel;
        let net = self.number(|r, u| r.net[u]);
        let words = Words {
            score: Text::new("Net capacity utilisation", "净产能利用率"),
            label: Text::new("net utilisation (1 = at capacity)", "净利用率（1 为满产能）"),
            note: Text::new("Efficient output over capacity output.", "有效产出与产能产出之比。"),
            high_is_best: true,
        };
        let names = self.options.names(self.all);
        let findings = scores::findings(panel, &self.parts, self.options.frontier, &names, |r| &r.state);
        let mut tables = words.last_period_first(panel, self.scores(&words, &net), &net);
        tables.extend([self.rates(), self.quantities()]);
        tables.push(scores::peers(panel, &self.parts, self.options.frontier, |r| &r.plan.peers));
        let solved = self.parts.iter().flat_map(|p| p.result.state.iter().zip(&p.result.net));
        let above = solved.filter(|(s, _)| **s == State::Optimal).fold(0.0_f64, |m, (_, x)| m.max(x - 1.0));
        let gross = Text::new("Gross capacity utilisation", "毛产能利用率");
        Output {
            summary: self.summary(&words, &net),
            variables: vec![
                scores::variable(panel, "score", words.score.clone(), net.clone()),
                scores::variable(panel, "gross", gross, self.number(|r, u| r.gross[u])),
            ],
            tables,
            figures: words.figures(panel, &net),
            findings,
            checks: vec![
                slacks::certificate(&self.parts, |r| &r.state, |r| &r.gross_interval, |_, _| 1.0),
                Check {
                    name: Text::new("Net capacity utilisation ≤ 1", "净产能利用率 ≤ 1"), residual: above, tolerance: 1e-8
                },
            ],
        }
    }

    fn scores(&self, words: &Words, net: &[f64]) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let none = Text::default;
        let number = |get: &dyn Fn(&Capacity, usize) -> f64| Cells::Number(self.number(get), 4);
        let optima = scores::spread(self.panel, &self.parts, Text::default(), |r, u| match (r.state[u], r.unique[u]) {
            (State::Missing, _) => Text::default(),
            (_, true) => Text::new("one", "唯一"),
            (_, false) => Text::new("several", "多组"),
        });
        let rts = returns(self.options.rts);
        let table = scores::keyed(self.panel, "scores", words.score.clone(), &every)
            .note(Text::new(
                format!("Gross = output efficiency × net; {}. The bounds are those of net.", rts.en),
                format!("毛利用率 = 产出效率 × 净利用率；{}。界为净利用率的界。", rts.zh),
            ))
            .column("score", words.score.clone(), none(), Cells::Number(net.to_vec(), 4))
            .column("gross", Text::new("Gross utilisation", "毛利用率"), none(), number(&|r, u| r.gross[u]))
            .column("technical", Text::new("Output efficiency", "产出效率"), none(), number(&|r, u| r.technical[u]))
            .column("optima", Text::new("Ways to capacity", "达到产能的方式"), none(), Cells::Text(optima));
        let states = scores::spread(self.panel, &self.parts, State::Missing, |r, u| r.state[u]);
        let bounds = scores::spread(self.panel, &self.parts, (f64::NAN, f64::NAN), |r, u| r.net_interval[u]);
        scores::certified(table, &states, &bounds)
    }

    /// What capacity would use of each variable input, over what is used.
    fn rates(&self) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let title = Text::new("Utilisation rates of variable inputs", "可变投入利用率");
        let mut table = scores::keyed(self.panel, "rates", title, &every).note(Text::new(
            "What capacity would use over what is used; above 1 the unit is short of it.",
            "产能所需与实际使用之比；大于 1 表示该投入不足。",
        ));
        for (i, name) in self.options.variable_inputs.iter().enumerate() {
            let values = self.number(|r, u| r.rates[i][u]);
            table = table.column(name, lookup::variable_label(self.panel, name), Text::default(), Cells::Number(values, 4));
        }
        table.hidden()
    }

    /// Variable inputs and outputs at capacity, in their units of measure.
    fn quantities(&self) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let title = Text::new("Variable inputs and outputs at capacity", "产能处的可变投入与产出");
        let mut table = scores::keyed(self.panel, "capacity", title, &every).hidden();
        let inputs =
            self.options.variable_inputs.iter().enumerate().map(|(i, n)| (n, self.number(|r, u| r.capacity_inputs[i][u])));
        let outputs = self.options.outputs.iter().enumerate().map(|(i, n)| (n, self.number(|r, u| r.capacity_outputs[i][u])));
        for (name, values) in inputs.chain(outputs) {
            let unit = Text::plain(self.panel.variable(name).map_or_else(String::new, |x| x.meaning.unit.clone()));
            table = table.column(name, lookup::variable_label(self.panel, name), unit, Cells::Number(values, 4));
        }
        table
    }

    fn summary(&self, words: &Words, net: &[f64]) -> Vec<Text> {
        let period = self.panel.period_set().last().copied().unwrap_or_default();
        let rows = words.ranked(self.panel, net, period);
        let Some(&worst) = rows.last() else {
            return vec![Text::new("No unit could be scored.", "没有可计算的单元。")];
        };
        let mean = moments::mean(&rows.iter().map(|&r| net[r]).collect::<Vec<_>>());
        let (when, when_zh) = scores::when(self.panel, period);
        let (name, zh) = (&self.panel.units[worst], &self.panel.units_zh[worst]);
        let zh = if zh.is_empty() { name } else { zh };
        vec![Text::new(
            capital(format!(
                "{when}{} units use {mean:.3} of their capacity on average, net of inefficiency; the least used is that of {name} ({:.3}).",
                rows.len(),
                net[worst]
            )),
            format!("{when_zh}{} 个单元的净产能利用率平均为 {mean:.3}，最低的是{zh}（{:.3}）。", rows.len(), net[worst]),
        )]
    }
}
