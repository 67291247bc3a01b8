//! `partial`: order-m and order-alpha frontiers.

use frontier::{
    Missing, State,
    partial::{self, Order, Partial, PartialOptions, PartialOrientation, Tie},
};
use numerics::moments;
use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    production::{self, Names},
    scores::{self, Frontier, Part, Words, capital},
    slacks,
};
use crate::{
    finding::{Finding, Weight},
    method::{Input, Method, Output, Page},
    table::{Cells, Table},
    text::Text,
};

/// Which partial frontier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The expected best of m units drawn at random (Cazals, Florens and Simar 2002).
    #[default]
    M,
    /// The frontier that a share 1 − α of the comparable units surpasses (Aragon, Daouia and Thomas-Agnan 2005).
    Alpha,
}

/// Options of partial frontiers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartialStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Which partial frontier.
    #[serde(default)]
    pub order: Kind,
    /// With `order = "m"`: how many units are drawn; 25 if not given.
    #[serde(default)]
    pub m: Option<u32>,
    /// With `order = "alpha"`: above 0 and at most 1; 0.95 if not given.
    #[serde(default)]
    pub alpha: Option<f64>,
    /// With `order = "alpha"`: which of two quantiles, where N(1 − α) is whole.
    #[serde(default)]
    pub tie: Tie,
    /// Which side is measured.
    #[serde(default)]
    pub orientation: PartialOrientation,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

/// Partial frontiers.
pub struct PartialFrontier;

impl Method for PartialFrontier {
    type Options = PartialStep;
    const NAME: &'static str = "partial";
    const PAGE: Page = Page {
        title: ("Partial frontiers (order m, order alpha)", "部分前沿（order-m 与 order-alpha）"),
        en: partial::PAGE,
        zh: partial::PAGE_ZH,
        example: "xinzhi partial data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --order alpha --alpha 0.95 --out result",
    };

    fn check(options: &PartialStep) -> Vec<Problem> {
        let mut problems = options.names().repeated();
        if let Err(frontier::FrontierError::Options(list)) = options.core().check() {
            problems.extend(list.iter().map(|(name, why)| production::conflict(name, why)));
        }
        match options.order {
            Kind::M => {
                problems.extend(options.alpha.map(|_| production::conflict("alpha", "it belongs to `order = \"alpha\"`")));
                let tie = options.tie != Tie::default();
                problems.extend(tie.then(|| production::conflict("tie", "it belongs to `order = \"alpha\"`")));
            }
            Kind::Alpha => problems.extend(options.m.map(|_| production::conflict("m", "it belongs to `order = \"m\"`"))),
        }
        problems
    }

    fn run(input: &Input<'_>, options: &PartialStep) -> Result<Output, Vec<Problem>> {
        let core = options.core();
        let run = |t: &frontier::Technology<'_>| partial::partial(t, &core);
        let parts = scores::measure(input.panel, &options.names(), options.frontier, options.missing, run)?;
        Ok(Story { panel: input.panel, options, parts }.output())
    }
}

impl PartialStep {
    fn names(&self) -> Names<'_> {
        Names { inputs: &self.inputs, outputs: &self.outputs, bad_outputs: &[] }
    }

    fn core(&self) -> PartialOptions {
        let order = match self.order {
            Kind::M => Order::M(self.m.unwrap_or(25)),
            Kind::Alpha => Order::Alpha(self.alpha.unwrap_or(0.95)),
        };
        PartialOptions { order, orientation: self.orientation, tie: self.tie, missing: self.missing }
    }
}

struct Story<'a> {
    panel: &'a Panel,
    options: &'a PartialStep,
    parts: Vec<Part<Partial>>,
}

impl Story<'_> {
    fn spread<T: Clone>(&self, blank: T, get: impl Fn(&Partial, usize) -> T) -> Vec<T> {
        scores::spread(self.panel, &self.parts, blank, get)
    }

    fn output(&self) -> Output {
        let (panel, names) = (self.panel, self.options.names());
        let values = self.spread(f64::NAN, |r, u| r.score[u]);
        let words = Words {
            score: Text::new("Efficiency", "效率"),
            label: Text::new("efficiency (above 1 = beyond the partial frontier)", "效率（大于 1 为超出部分前沿）"),
            note: Text::new("Units above 1 are beyond the partial frontier.", "大于 1 的单元超出部分前沿。"),
            high_is_best: true,
        };
        let mut findings = scores::findings(panel, &self.parts, self.options.frontier, &names, |r| &r.state);
        findings.extend(self.alone());
        let mut tables = words.last_period_first(panel, self.scores(&words, &values), &values);
        let title = Text::new("Points of the partial frontier", "部分前沿上的点");
        tables.push(scores::matrix(panel, &names, "targets", title, false, |role, v| {
            self.spread(f64::NAN, |r, u| match role {
                frontier::Role::Input => r.input_targets[v][u],
                _ => r.output_targets[v][u],
            })
        }));
        if self.options.order == Kind::Alpha {
            tables.push(scores::peers(panel, &self.parts, self.options.frontier, |r| &r.peers));
        }
        let variable = |name, label, values| scores::variable(panel, name, label, values);
        Output {
            summary: self.summary(&words, &values),
            variables: vec![
                variable("score", words.score.clone(), values.clone()),
                variable("full", full(), self.spread(f64::NAN, |r, u| r.full[u])),
            ],
            tables,
            figures: words.figures(panel, &values),
            findings,
            checks: vec![slacks::certificate(&self.parts, |r| &r.state, |r| &r.interval, |_, _| 1.0)],
        }
    }

    fn scores(&self, words: &Words, values: &[f64]) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let none = Text::default;
        let number = |get: &dyn Fn(&Partial, usize) -> f64| Cells::Number(self.spread(f64::NAN, get), 4);
        let compared = self.spread(None, |r, u| (r.state[u] != State::Missing).then(|| r.compared[u] as i64));
        let reciprocal = match self.options.orientation {
            PartialOrientation::Input => Text::new("1 / score (input distance)", "1/效率（投入距离）"),
            PartialOrientation::Output => Text::new("1 / score (lambda)", "1/效率（λ）"),
            PartialOrientation::Hyperbolic => Text::new("1 / score (gamma)", "1/效率（γ）"),
        };
        let (order, order_zh) = match self.options.core().order {
            Order::M(m) => (format!("order m, the expected best of {m}"), format!("order-m，m = {m}")),
            Order::Alpha(a) => (format!("order alpha, {a}"), format!("order-α，α = {a}")),
        };
        let note = Text::new(
            format!("Against the partial frontier ({order}); beside it the score against the full one, the free disposal hull."),
            format!("相对部分前沿（{order_zh}）；并列给出相对完全前沿（自由处置包）的得分。"),
        );
        let table = scores::keyed(self.panel, "scores", words.score.clone(), &every)
            .note(note)
            .column("score", words.score.clone(), none(), Cells::Number(values.to_vec(), 4))
            .column("reciprocal", reciprocal, none(), number(&|r, u| r.reciprocal[u]))
            .column("full", full(), none(), number(&|r, u| r.full[u]))
            .column("compared", Text::new("Units compared with", "可比单元数"), none(), Cells::Integer(compared));
        let states = self.spread(State::Missing, |r, u| r.state[u]);
        scores::certified(table, &states, &self.spread((f64::NAN, f64::NAN), |r, u| r.interval[u]))
    }

    /// Units for which the partial frontier is the full one, or that are compared with none but their like.
    fn alone(&self) -> Option<Finding> {
        let few = self.spread(false, |r, u| match self.options.core().order {
            Order::M(_) => r.compared[u] == 1,
            Order::Alpha(a) => r.state[u] == State::Optimal && a < 1.0 && r.compared[u] as f64 * (1.0 - a) < 1.0,
        });
        let places: Vec<String> = (0..self.panel.len()).filter(|&r| few[r]).map(|r| scores::place(self.panel, r)).collect();
        (!places.is_empty()).then(|| Finding {
            code: "FR040".into(),
            weight: Weight::Info,
            place: production::listed(&places),
            message: Text::new(
                format!(
                    "{} have so few comparable units that the partial frontier is the full one there; nothing is left out.",
                    production::counted(places.len(), "observation")
                ),
                format!("{} 个观测的可比单元过少，其部分前沿就是完全前沿，并未剔除任何单元。", places.len()),
            ),
        })
    }

    fn summary(&self, words: &Words, values: &[f64]) -> Vec<Text> {
        let period = self.panel.period_set().last().copied().unwrap_or_default();
        let rows = words.ranked(self.panel, values, period);
        let Some(&first) = rows.first() else {
            return vec![Text::new("No unit could be scored.", "没有可计算的单元。")];
        };
        let beyond = rows.iter().filter(|&&r| values[r] > 1.0).count();
        let mean = moments::mean(&rows.iter().map(|&r| values[r]).collect::<Vec<_>>());
        let (when, when_zh) = scores::when(self.panel, period);
        let (name, zh) = (&self.panel.units[first], &self.panel.units_zh[first]);
        let zh = if zh.is_empty() { name } else { zh };
        vec![
            Text::new(
                capital(format!(
                    "{when}{beyond} of {} units lie beyond the partial frontier; the mean efficiency is {mean:.3}.",
                    rows.len()
                )),
                format!("{when_zh}{} 个单元中 {beyond} 个超出部分前沿，平均效率 {mean:.3}。", rows.len()),
            ),
            Text::new(
                format!("Farthest ahead: {name} ({:.3}).", values[first]),
                format!("最领先的是{zh}（{:.3}）。", values[first]),
            ),
        ]
    }
}

fn full() -> Text {
    Text::new("Full frontier (FDH)", "完全前沿（FDH）")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(options: &str) -> PartialStep {
        let base = r#"{"inputs": ["x"], "outputs": ["y"]"#;
        serde_json::from_str(&format!("{base}{options}}}")).unwrap()
    }

    #[test]
    fn options_of_the_other_order_are_refused() {
        for (options, problems) in [
            ("", 0),
            (r#", "order": "alpha""#, 0),
            (r#", "order": "alpha", "alpha": 0.9, "tie": "inner""#, 0),
            (r#", "m": 0"#, 1),
            (r#", "alpha": 0.9, "tie": "inner""#, 2),
            (r#", "order": "alpha", "m": 5, "alpha": 1.5"#, 2),
        ] {
            assert_eq!(PartialFrontier::check(&read(options)).len(), problems, "{options}");
        }
    }
}
