//! `dea`: radial efficiency.

use frontier::{
    Missing, Orientation, Role, State,
    dea::{self, Class, Dea, DeaOptions, Returns, ScaleClass, Slacks},
};
use numerics::moments;
use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::scores::Frontier;
use super::{
    production::Names,
    scores::{self, Part, Words, capital, returns},
};
use crate::{
    method::{Check, Input, Method, Output, Page},
    table::{Cells, Table},
    text::Text,
};

/// Options of radial data envelopment analysis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeaStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Which side is moved to the frontier.
    #[serde(default)]
    pub orientation: Orientation,
    /// Returns to scale.
    #[serde(default)]
    pub rts: Returns,
    /// What the second phase maximises: the plain `sum` of slacks, or slacks over `range` or `mean`.
    #[serde(default)]
    pub slacks: Slacks,
    /// Whether to add scale efficiency and the class of returns to scale.
    #[serde(default = "yes")]
    pub scale: bool,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

fn yes() -> bool {
    true
}

/// Radial data envelopment analysis.
pub struct RadialDea;

impl Method for RadialDea {
    type Options = DeaStep;
    const NAME: &'static str = "dea";
    const PAGE: Page = Page {
        title: ("Data envelopment analysis (radial)", "数据包络分析（径向）"),
        en: dea::PAGE,
        zh: dea::PAGE_ZH,
        example: "xinzhi dea data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --rts vrs --out result",
    };

    fn run(input: &Input<'_>, options: &DeaStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let core = DeaOptions {
            orientation: options.orientation,
            returns: options.rts,
            slacks: options.slacks,
            scale: options.scale,
            missing: options.missing,
            ..DeaOptions::default()
        };
        let parts = scores::measure(panel, &names, options.frontier, options.missing, |part| dea::dea(part, &core))?;
        Ok(Story { panel, options, parts }.output())
    }
}

struct Story<'a> {
    panel: &'a Panel,
    options: &'a DeaStep,
    parts: Vec<Part<Dea>>,
}

impl Story<'_> {
    /// One value per panel row.
    fn spread<T: Clone>(&self, blank: T, get: impl Fn(&Dea, usize) -> T) -> Vec<T> {
        scores::spread(self.panel, &self.parts, blank, get)
    }

    fn names(&self) -> Names<'_> {
        Names { inputs: &self.options.inputs, outputs: &self.options.outputs, bad_outputs: &[] }
    }

    fn words(&self) -> Words {
        Words {
            score: Text::new("Efficiency", "效率"),
            label: Text::new("efficiency (1 = frontier)", "效率（1 为前沿）"),
            note: Text::new("Units with score 1 span the frontier.", "效率为 1 的单元构成前沿。"),
            high_is_best: true,
        }
    }

    fn output(&self) -> Output {
        let scores = self.spread(f64::NAN, |d, u| d.score[u]);
        let states = self.spread(State::Missing, |d, u| d.state[u]);
        let findings = scores::findings(self.panel, &self.parts, self.options.frontier, &self.names(), |d| &d.state);
        let words = self.words();
        let mut tables = words.last_period_first(self.panel, self.scores(&scores, &states), &scores);
        tables.push(self.matrix(
            "slacks",
            Text::new("Slacks after the radial move", "径向移动后的松弛"),
            |d, v, out, u| {
                if out { d.output_slacks[v][u] } else { d.input_slacks[v][u] }
            },
        ));
        tables.push(self.matrix(
            "targets",
            Text::new("Targets on the efficient frontier", "有效前沿上的目标值"),
            |d, v, out, u| {
                if out { d.output_targets[v][u] } else { d.input_targets[v][u] }
            },
        ));
        tables.push(self.matrix("prices", Text::new("Shadow prices", "影子价格"), |d, v, out, u| {
            if out { d.output_prices[v][u] } else { d.input_prices[v][u] }
        }));
        tables.push(scores::peers(self.panel, &self.parts, self.options.frontier, |d| &d.peers));
        Output {
            summary: self.summary(&scores),
            variables: vec![scores::variable(self.panel, "score", words.score.clone(), scores.clone())],
            tables,
            figures: words.figures(self.panel, &scores),
            findings,
            checks: self.checks(),
        }
    }

    fn checks(&self) -> Vec<Check> {
        let widest = self.parts.iter().flat_map(|p| {
            let r = &p.result;
            (0..r.score.len()).filter(|&u| r.state[u] == State::Optimal).map(|u| r.interval[u].1 - r.interval[u].0)
        });
        let mut checks = vec![Check {
            name: Text::new("Widest certified interval of a score", "效率值认证区间的最大宽度"),
            residual: widest.fold(0.0, f64::max),
            tolerance: 1e-8,
        }];
        let nesting =
            self.parts.iter().filter_map(|p| p.result.scale.as_ref()).flat_map(|s| {
                (0..s.crs.len()).flat_map(|u| [s.crs[u] - s.nirs[u], s.nirs[u] - s.vrs[u]]).filter(|d| d.is_finite())
            });
        if self.options.scale {
            checks.push(Check {
                name: Text::new("CRS score ≤ NIRS score ≤ VRS score", "CRS 效率 ≤ NIRS 效率 ≤ VRS 效率"),
                residual: nesting.fold(0.0, f64::max),
                tolerance: 1e-8,
            });
        }
        checks
    }

    fn scores(&self, scores: &[f64], states: &[State]) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let number = |values: Vec<f64>| Cells::Number(values, 4);
        let none = Text::default;
        let class = self.spread(Text::default(), |d, u| match d.class[u] {
            Class::Strong => Text::new("efficient", "有效"),
            Class::Weak => Text::new("weakly efficient", "弱有效"),
            Class::Inefficient => Text::new("inefficient", "非有效"),
            Class::Super => Text::new("beyond the frontier", "超出前沿"),
            Class::None => Text::default(),
        });
        let reciprocal = match self.options.orientation {
            Orientation::Input => Text::new("1 / score (input distance)", "1/效率（投入距离）"),
            Orientation::Output => Text::new("1 / score (phi)", "1/效率（φ）"),
        };
        let mut table = scores::keyed(self.panel, "scores", Text::new("Efficiency scores", "效率值"), &every)
            .note(Text::new(
                format!(
                    "Farrell efficiency, 1 is best. {} orientation, {}.",
                    capital(orientation(self.options).en),
                    returns(self.options.rts).en
                ),
                format!("Farrell 效率，1 为最优；{}导向，{}。", orientation(self.options).zh, returns(self.options.rts).zh),
            ))
            .column("score", Text::new("Efficiency", "效率"), none(), number(scores.to_vec()))
            .column("reciprocal", reciprocal, none(), number(scores.iter().map(|s| 1.0 / s).collect()))
            .column("class", Text::new("Class", "类别"), none(), Cells::Text(class));
        if self.options.scale {
            let scale = |get: fn(&dea::Scale, usize) -> f64| {
                self.spread(f64::NAN, |d, u| d.scale.as_ref().map_or(f64::NAN, |s| get(s, u)))
            };
            let returns = self.spread(Text::default(), |d, u| match d.scale.as_ref().map(|s| s.class[u]) {
                Some(ScaleClass::Constant) => Text::new("constant", "规模报酬不变"),
                Some(ScaleClass::Increasing) => Text::new("increasing", "规模报酬递增"),
                Some(ScaleClass::Decreasing) => Text::new("decreasing", "规模报酬递减"),
                _ => Text::default(),
            });
            table = table
                .column(
                    "crs",
                    Text::new("Overall efficiency (CRS)", "综合技术效率（CRS）"),
                    none(),
                    number(scale(|s, u| s.crs[u])),
                )
                .column("vrs", Text::new("Pure efficiency (VRS)", "纯技术效率（VRS）"), none(), number(scale(|s, u| s.vrs[u])))
                .column("scale", Text::new("Scale efficiency", "规模效率"), none(), number(scale(|s, u| s.efficiency[u])))
                .column("rts", Text::new("Returns to scale", "规模报酬"), none(), Cells::Text(returns));
        }
        scores::certified(table, states, &self.spread((f64::NAN, f64::NAN), |d, u| d.interval[u]))
    }

    fn matrix(&self, id: &str, title: Text, get: impl Fn(&Dea, usize, bool, usize) -> f64) -> Table {
        scores::matrix(self.panel, &self.names(), id, title, id == "prices", |role, v| {
            self.spread(f64::NAN, |d, u| get(d, v, role == Role::Output, u))
        })
    }

    fn summary(&self, scores: &[f64]) -> Vec<Text> {
        let period = self.panel.period_set().last().copied().unwrap_or_default();
        let rows: Vec<usize> =
            (0..self.panel.len()).filter(|&r| self.panel.periods[r] == period && scores[r].is_finite()).collect();
        let values: Vec<f64> = rows.iter().map(|&r| scores[r]).collect();
        if values.is_empty() {
            return vec![Text::new("No unit could be scored.", "没有可计算的单元。")];
        }
        let class = self.spread(Class::None, |d, u| d.class[u]);
        let strong = rows.iter().filter(|&&r| class[r] == Class::Strong).count();
        let mean = moments::mean(&values);
        let (when, when_zh) = scores::when(self.panel, period);
        let room = 100.0 * (1.0 - mean);
        let (en, zh) = match self.options.orientation {
            Orientation::Input => (
                format!("units could on average do with {room:.1}% fewer inputs for the same outputs"),
                format!("平均可在产出不变时节约 {room:.1}% 的投入"),
            ),
            Orientation::Output => {
                let more = 100.0 * (moments::mean(&values.iter().map(|s| 1.0 / s).collect::<Vec<_>>()) - 1.0);
                (
                    format!("units could on average produce {more:.1}% more with the same inputs"),
                    format!("平均可在投入不变时增产 {more:.1}%"),
                )
            }
        };
        let mut out = vec![Text::new(
            capital(format!("{when}{strong} of {} units are efficient; the mean efficiency is {mean:.3}: {en}.", values.len())),
            format!("{when_zh}{} 个单元中 {strong} 个有效，平均效率 {mean:.3}：{zh}。", values.len()),
        )];
        if let Some(&worst) = rows.iter().min_by(|a, b| scores[**a].total_cmp(&scores[**b])) {
            let (name, zh) = (&self.panel.units[worst], &self.panel.units_zh[worst]);
            let zh = if zh.is_empty() { name } else { zh };
            out.push(Text::new(
                format!("The lowest score is {:.3} ({name}).", scores[worst]),
                format!("效率最低的是{zh}（{:.3}）。", scores[worst]),
            ));
        }
        if self.options.scale {
            let small = |c| {
                self.spread(ScaleClass::Unknown, |d, u| d.scale.as_ref().map_or(ScaleClass::Unknown, |s| s.class[u]))
                    .iter()
                    .enumerate()
                    .filter(|(r, x)| rows.contains(r) && **x == c)
                    .count()
            };
            let (up, down) = (small(ScaleClass::Increasing), small(ScaleClass::Decreasing));
            out.push(Text::new(
                format!("{up} units produce under increasing and {down} under decreasing returns to scale."),
                format!("{up} 个单元处于规模报酬递增，{down} 个处于规模报酬递减。"),
            ));
        }
        out
    }
}

fn orientation(o: &DeaStep) -> Text {
    match o.orientation {
        Orientation::Input => Text::new("input", "投入"),
        Orientation::Output => Text::new("output", "产出"),
    }
}
