//! `common-weights`: all units at one set of weights.

use frontier::{
    Missing, Role, State,
    common_weights::{self, CommonModel, CommonOptions, CommonWeights, LeastWeight},
};
use numerics::moments;
use panel::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    defaults, lookup,
    production::{self, Names},
    scores::{self, Frontier, Part, Words, capital},
    slacks,
};
use crate::{
    finding::{Finding, Weight},
    method::{Check, Input, Method, Output, Page},
    table::{Cells, Table},
    text::Text,
};

/// Options of common weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommonStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// What the weights are best for.
    #[serde(default)]
    pub model: CommonModel,
    /// With `gap`: what the least weight is measured in.
    #[serde(default)]
    pub least: LeastWeight,
    /// With `compromise` and `maximin`: whether to add each unit's least and largest score over all optimal weights.
    #[serde(default = "defaults::yes")]
    pub range: bool,
    /// Which observations span the frontier and share their weights.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

/// Common weights.
pub struct CommonWeighting;

impl Method for CommonWeighting {
    type Options = CommonStep;
    const NAME: &'static str = "common-weights";
    const PAGE: Page = Page {
        title: ("Common weights (one ruler for all units)", "公共权重（以同一组权重评价全部单元）"),
        en: common_weights::PAGE,
        zh: common_weights::PAGE_ZH,
        example: "xinzhi common-weights data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --out result",
    };

    fn check(options: &CommonStep) -> Vec<Problem> {
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        names.repeated()
    }

    fn run(input: &Input<'_>, options: &CommonStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let core = CommonOptions { model: options.model, least: options.least, range: options.range, missing: options.missing };
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let run = |t: &frontier::Technology<'_>| common_weights::common_weights(t, &core);
        let parts = scores::measure(panel, &names, options.frontier, options.missing, run)?;
        Ok(Story { panel, options, names, parts }.output())
    }
}

type Story<'a> = scores::Story<'a, CommonStep, CommonWeights>;

impl Story<'_> {
    fn output(&self) -> Output {
        let panel = self.panel;
        let values = self.spread(f64::NAN, |d, u| d.score[u]);
        let words = Words {
            score: Text::new("Efficiency at common weights", "公共权重效率"),
            label: Text::new("efficiency (1 = best)", "效率（1 为最优）"),
            note: self.model(),
            high_is_best: true,
        };
        let mut findings = scores::findings(panel, &self.parts, self.options.frontier, &self.names, |d| &d.state);
        findings.extend(self.odd());
        findings.extend(self.several());
        let mut tables = words.last_period_first(panel, self.scores(&values), &values);
        tables.extend([self.weights(), self.fit()]);
        Output {
            summary: self.summary(&values),
            variables: vec![scores::variable(panel, "score", words.score.clone(), values.clone())],
            tables,
            figures: words.figures(panel, &values),
            findings,
            checks: self.checks(),
        }
    }

    fn model(&self) -> Text {
        match self.options.model {
            CommonModel::Compromise => Text::new(
                "Weights: the largest distance of a unit from its own score is least (Kao and Hung, p = ∞).",
                "权重：使单元与其自评效率的最大距离最小（Kao 和 Hung，p = ∞）。",
            ),
            CommonModel::Maximin => {
                Text::new("Weights: the least score is largest (Troutt).", "权重：使最小效率值最大（Troutt）。")
            }
            CommonModel::Gap => Text::new(
                "Weights: the gaps of efficient units between virtual input and output are least (Liu and Peng).",
                "权重：使有效单元虚拟投入与产出之差的总和最小（Liu 和 Peng）。",
            ),
            CommonModel::Canonical => Text::new(
                "Weights: virtual input and output correlate most (Friedman and Sinuany-Stern).",
                "权重：使虚拟投入与虚拟产出的相关最大（Friedman 和 Sinuany-Stern）。",
            ),
        }
    }

    fn ranged(&self) -> bool {
        self.parts.iter().any(|p| p.result.unique.is_some())
    }

    fn scores(&self, values: &[f64]) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let none = Text::default;
        let part = |get: fn(&CommonWeights, usize) -> f64| Cells::Number(self.spread(f64::NAN, get), 4);
        let model = self.model();
        let title = Text::new("Scores at common weights", "公共权重下的效率值");
        let mut table = scores::keyed(self.panel, "scores", title, &every)
            .note(Text::new(
                format!("{} Constant returns. The certified bounds are those of the own score.", model.en),
                format!("{}规模报酬不变。认证界属于自评效率。", model.zh),
            ))
            .column("score", Text::new("Efficiency at common weights", "公共权重效率"), none(), Cells::Number(values.to_vec(), 4))
            .column("efficiency", Text::new("Own score (CCR)", "自评效率（CCR）"), none(), part(|d, u| d.efficiency[u]))
            .column(
                "distance",
                Text::new("Own score less this", "自评效率与之差"),
                none(),
                part(|d, u| d.efficiency[u] - d.score[u]),
            )
            .column("gap", Text::new("Virtual input less output", "虚拟投入减虚拟产出"), none(), part(|d, u| d.gap[u]));
        if self.ranged() {
            table = table
                .column("least", Text::new("Least over optimal weights", "最优权重下的最小值"), none(), part(|d, u| d.low[u]))
                .column(
                    "largest",
                    Text::new("Largest over optimal weights", "最优权重下的最大值"),
                    none(),
                    part(|d, u| d.high[u]),
                );
        }
        let states = self.spread(State::Missing, |d, u| d.state[u]);
        scores::certified(table, &states, &self.spread((f64::NAN, f64::NAN), |d, u| d.interval[u]))
    }

    /// The periods of the frontiers, where each has its own.
    fn periods(&self, rows: impl Fn(usize) -> usize) -> Option<Cells> {
        let own = self.options.frontier == Frontier::PerPeriod && self.panel.period_name.is_some();
        let of = |p: &Part<CommonWeights>| Some(i64::from(self.panel.periods[p.rows[0]]));
        let all = self.parts.iter().enumerate().flat_map(|(i, p)| vec![of(p); rows(i)]).collect();
        own.then_some(Cells::Integer(all))
    }

    /// One row per frontier and variable.
    fn weights(&self) -> Table {
        let count = self.names.inputs.len() + self.names.outputs.len();
        let (mut names, mut roles, mut weights, mut shares) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for part in &self.parts {
            let sides = [(Role::Input, self.names.inputs), (Role::Output, self.names.outputs)];
            for (role, name) in sides.into_iter().flat_map(|(role, list)| list.iter().map(move |n| (role, n))) {
                names.push(lookup::variable_label(self.panel, name));
                roles.push(if role == Role::Input { Text::new("input", "投入") } else { Text::new("output", "产出") });
            }
            weights.extend(part.result.input_weights.iter().chain(&part.result.output_weights));
            shares.extend(&part.result.shares);
        }
        let none = Text::default;
        let mut table = Table::new("weights", Text::new("Common weights", "公共权重")).note(Text::new(
            "Weights are per unit of measure, with a mean virtual input of 1; shares are weights times means over their sum, apart for inputs and outputs.",
            "权重按变量的计量单位，平均虚拟投入为 1；比重为权重乘均值占同侧总和之比。",
        ));
        if let Some(periods) = self.periods(|_| count) {
            table = table.column("period", Text::new("Period", "时期"), none(), periods);
        }
        table
            .column("variable", Text::new("Variable", "变量"), none(), Cells::Text(names))
            .column("role", Text::new("Role", "角色"), none(), Cells::Text(roles))
            .column("weight", Text::new("Weight", "权重"), none(), Cells::Number(weights, 6))
            .column("share", Text::new("Share at means", "均值处的比重"), none(), Cells::Number(shares, 4))
    }

    /// What the weights are worth, one row per frontier.
    fn fit(&self) -> Table {
        let each = |get: fn(&CommonWeights) -> f64| -> Vec<f64> { self.parts.iter().map(|p| get(&p.result)).collect() };
        let none = Text::default;
        let label = match self.options.model {
            CommonModel::Compromise => Text::new("Largest distance", "最大距离"),
            CommonModel::Maximin => Text::new("Least score", "最小效率值"),
            CommonModel::Gap => Text::new("Sum of gaps", "差距之和"),
            CommonModel::Canonical => Text::new("Correlation", "相关系数"),
        };
        let mut table = Table::new("fit", Text::new("What the weights reach", "权重达到的目标值"));
        if let Some(periods) = self.periods(|_| 1) {
            table = table.column("period", Text::new("Period", "时期"), none(), periods);
        }
        table = table.column("value", label, none(), Cells::Number(each(|d| d.value), 6));
        let states: Vec<State> = self.parts.iter().map(|p| p.result.status).collect();
        if self.options.model == CommonModel::Canonical {
            let cells = Cells::Text(states.iter().map(|s| production::state(*s)).collect());
            return table.column("status", Text::new("Status", "状态"), none(), cells).hidden();
        }
        let bounds: Vec<(f64, f64)> = self.parts.iter().map(|p| p.result.bounds.unwrap_or((f64::NAN, f64::NAN))).collect();
        scores::certified(table, &states, &bounds).hidden()
    }

    /// Periods of the frontiers of which something holds.
    fn of_which(&self, holds: impl Fn(&CommonWeights) -> bool) -> Option<Text> {
        let found: Vec<&Part<CommonWeights>> = self.parts.iter().filter(|p| holds(&p.result)).collect();
        let own = self.options.frontier == Frontier::PerPeriod && self.panel.period_name.is_some();
        let place = |p: &&Part<CommonWeights>| self.panel.periods[p.rows[0]].to_string();
        let places: Vec<String> = if own { found.iter().map(place).collect() } else { Vec::new() };
        (!found.is_empty()).then(|| production::listed(&places))
    }

    /// Canonical weights that are none, or of the wrong sign.
    fn odd(&self) -> Option<Finding> {
        if self.options.model != CommonModel::Canonical {
            return None;
        }
        let negative = |d: &CommonWeights| d.input_weights.iter().chain(&d.output_weights).any(|w| *w < 0.0);
        let (place, en, zh) = match self.of_which(|d| d.status == State::Infeasible) {
            Some(place) => (
                place,
                "There are no canonical weights: a variable is constant or follows from others of its side, or several pairs of weights correlate alike.",
                "不存在典型权重：某变量为常数或可由同侧其他变量推出，或有多对权重相关相同。",
            ),
            None => (
                self.of_which(negative)?,
                "Canonical weights are negative: more of an output, or less of an input, counts against a unit. Such ratios are no efficiencies.",
                "典型权重为负：多产出或少投入反而使单元得分变差，此类比率不是效率。",
            ),
        };
        Some(Finding { code: "FR044".into(), weight: Weight::Warning, place, message: Text::new(en, zh) })
    }

    /// Scores that other optimal weights would change.
    fn several(&self) -> Option<Finding> {
        let place = self.of_which(|d| d.status == State::Optimal && d.unique == Some(false))?;
        let wide =
            |d: &CommonWeights| d.low.iter().zip(&d.high).map(|(l, h)| h - l).filter(|w| w.is_finite()).fold(0.0, f64::max);
        let widest = self.parts.iter().map(|p| wide(&p.result)).fold(0.0, f64::max);
        Some(Finding {
            code: "FR045".into(),
            weight: Weight::Info,
            place,
            message: Text::new(
                format!(
                    "Several sets of weights are optimal; a score differs by up to {widest:.3} among them. The ones best for the unit made of all were taken; `least` and `largest` show the rest."
                ),
                format!(
                    "有多组最优权重，效率值最多相差 {widest:.3}。此处取对总体单元最有利的一组，其余见 `least` 与 `largest` 列。"
                ),
            ),
        })
    }

    fn summary(&self, values: &[f64]) -> Vec<Text> {
        let period = self.panel.period_set().last().copied().unwrap_or_default();
        let rows: Vec<usize> =
            (0..self.panel.len()).filter(|&r| self.panel.periods[r] == period && values[r].is_finite()).collect();
        let Some(&best) = rows.iter().max_by(|a, b| values[**a].total_cmp(&values[**b])) else {
            return vec![Text::new("No unit could be scored.", "没有可计算的单元。")];
        };
        let own = self.spread(f64::NAN, |d, u| d.efficiency[u]);
        let mean = |of: &[f64]| moments::mean(&rows.iter().map(|&r| of[r]).collect::<Vec<_>>());
        let (when, when_zh) = scores::when(self.panel, period);
        let (name, zh) = (&self.panel.units[best], &self.panel.units_zh[best]);
        let zh = if zh.is_empty() { name } else { zh };
        vec![Text::new(
            capital(format!(
                "{when}{name} is best at the common weights ({:.3}); the mean is {:.3}, against {:.3} at weights of one's own.",
                values[best],
                mean(values),
                mean(&own)
            )),
            format!(
                "{when_zh}公共权重下最优的是{zh}（{:.3}），平均 {:.3}；自选权重时为 {:.3}。",
                values[best],
                mean(values),
                mean(&own)
            ),
        )]
    }

    fn checks(&self) -> Vec<Check> {
        let mut checks = vec![slacks::certificate(&self.parts, |d| &d.state, |d| &d.interval, |_, _| 1.0)];
        if self.options.model != CommonModel::Canonical {
            let above = |d: &CommonWeights| {
                let of = |u: usize| d.score[u] - d.efficiency[u];
                (0..d.score.len()).filter(|&u| d.state[u] == State::Optimal).map(of).fold(0.0, f64::max)
            };
            checks.push(Check {
                name: Text::new("Score ≤ own score", "效率值 ≤ 自评效率"),
                residual: self.parts.iter().map(|p| above(&p.result)).fold(0.0, f64::max),
                tolerance: 1e-8,
            });
        }
        checks
    }
}

#[cfg(test)]
#[path = "common_weights_tests.rs"]
mod tests;
