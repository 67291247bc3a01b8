//! `cross-efficiency`: appraisal of units at each other's prices.

use frontier::{
    FrontierError, Missing, Orientation, Role, State,
    cross_efficiency::{self, CrossEfficiency, CrossOptions, Goal, MATRIX, Negative, Surrogate},
    dea::Returns,
};
use numerics::moments;
use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    defaults,
    production::{self, Names},
    scores::{self, Frontier, Part, Words, capital, returns},
    slacks,
};
use crate::{
    finding::{Finding, Weight},
    method::{Check, Input, Method, Output, Page},
    table::{Cells, Table},
    text::Text,
};

/// Options of cross-efficiency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CrossStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Which of its optimal prices a unit appraises the others with.
    #[serde(default)]
    pub goal: Goal,
    /// With `aggressive` and `benevolent`: Doyle and Green's method II (`difference`) or III (`composite`).
    #[serde(default)]
    pub surrogate: Surrogate,
    /// Which side is moved to the frontier.
    #[serde(default)]
    pub orientation: Orientation,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    #[serde(default = "constant")]
    pub rts: Returns,
    /// Negative appraisals in input orientation without constant returns.
    #[serde(default)]
    pub negative: Negative,
    /// Whether a unit's appraisal of itself counts in means.
    #[serde(default = "defaults::yes")]
    pub self_appraisal: bool,
    /// Whether to add the least and the largest appraisal over all optimal prices.
    #[serde(default)]
    pub range: bool,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

fn constant() -> Returns {
    Returns::Crs
}

/// Cross-efficiency.
pub struct CrossEfficiencies;

impl CrossStep {
    fn core(&self) -> CrossOptions {
        CrossOptions {
            orientation: self.orientation,
            returns: self.rts,
            goal: self.goal,
            surrogate: self.surrogate,
            negative: self.negative,
            self_appraisal: self.self_appraisal,
            range: self.range,
            missing: self.missing,
            ..CrossOptions::default()
        }
    }
}

impl Method for CrossEfficiencies {
    type Options = CrossStep;
    const NAME: &'static str = "cross-efficiency";
    const PAGE: Page = Page {
        title: ("Cross-efficiency (appraisal by peers)", "交叉效率（同行评价）"),
        en: cross_efficiency::PAGE,
        zh: cross_efficiency::PAGE_ZH,
        example: "xinzhi cross-efficiency data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --goal aggressive --out result",
    };

    fn check(options: &CrossStep) -> Vec<Problem> {
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let mut problems = names.repeated();
        if let Err(FrontierError::Options(list)) = options.core().check() {
            problems.extend(list.iter().map(|(name, why)| production::conflict(name, why)));
        }
        problems
    }

    fn run(input: &Input<'_>, options: &CrossStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let core = options.core();
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let run = |t: &frontier::Technology<'_>| cross_efficiency::cross_efficiency(t, &core);
        let parts = scores::measure(panel, &names, options.frontier, options.missing, run)?;
        Ok(Story { panel, options, names, parts }.output())
    }
}

type Story<'a> = scores::Story<'a, CrossStep, CrossEfficiency>;

impl Story<'_> {
    fn output(&self) -> Output {
        let panel = self.panel;
        let values = self.spread(f64::NAN, |d, u| d.score[u]);
        let words = Words {
            score: Text::new("Cross-efficiency", "交叉效率"),
            label: Text::new("mean appraisal (1 = best)", "平均评价（1 为最优）"),
            note: Text::new("Mean of the appraisals at the prices of all units.", "按全部单元的价格所得评价的均值。"),
            high_is_best: true,
        };
        let mut findings = scores::findings(panel, &self.parts, self.options.frontier, &self.names, |d| &d.state);
        findings.extend(self.unfinished());
        findings.extend(self.negative());
        findings.extend(self.without_matrix());
        let mut tables = words.last_period_first(panel, self.scores(&values), &values);
        tables.extend(self.appraisals());
        if self.options.goal != Goal::Game {
            let title = Text::new("Prices that units appraise with", "单元评价所用的价格");
            tables.push(scores::matrix(panel, &self.names, "prices", title, true, |role, v| {
                self.spread(f64::NAN, |d, u| if role == Role::Input { d.input_prices[v][u] } else { d.output_prices[v][u] })
            }));
        }
        let maverick = self.spread(f64::NAN, |d, u| d.maverick[u]);
        Output {
            summary: self.summary(&values, &maverick),
            variables: vec![
                scores::variable(panel, "score", words.score.clone(), values.clone()),
                scores::variable(panel, "maverick", Text::new("Maverick index", "特立独行指数"), maverick),
            ],
            tables,
            figures: words.figures(panel, &values),
            findings,
            checks: self.checks(),
        }
    }

    fn scores(&self, values: &[f64]) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let (goal, rts) = (self.goal(), returns(self.options.rts));
        let none = Text::default;
        let part = |get: fn(&CrossEfficiency, usize) -> f64| Cells::Number(self.spread(f64::NAN, get), 4);
        let appraisers = self.spread(None, |d, u| Some(d.appraisers[u] as i64));
        let mut table = scores::keyed(self.panel, "scores", Text::new("Cross-efficiency scores", "交叉效率值"), &every)
            .note(Text::new(
                format!(
                    "Mean of appraisals, 1 is best. Prices: {}; {}. The certified bounds are those of the own score.",
                    goal.en, rts.en
                ),
                format!("评价的均值，1 为最优。价格：{}；{}。认证界属于自评效率。", goal.zh, rts.zh),
            ))
            .column("score", Text::new("Cross-efficiency", "交叉效率"), none(), Cells::Number(values.to_vec(), 4))
            .column("efficiency", Text::new("Own score", "自评效率"), none(), part(|d, u| d.efficiency[u]))
            .column("by_peers", Text::new("Mean by the others", "他评均值"), none(), part(|d, u| d.by_peers[u]))
            .column("appraisers", Text::new("Appraisals counted", "计入的评价数"), none(), Cells::Integer(appraisers))
            .column("given", Text::new("Mean given", "给出评价的均值"), none(), part(|d, u| d.given[u]))
            .column("maverick", Text::new("Maverick index", "特立独行指数"), none(), part(|d, u| d.maverick[u]));
        if self.options.range {
            let bound = |high: bool| {
                let of = |d: &CrossEfficiency, u: usize| {
                    d.ranges.as_ref().map_or(f64::NAN, |r| if high { r.largest[u] } else { r.least[u] })
                };
                Cells::Number(self.spread(f64::NAN, of), 4)
            };
            table = table
                .column("least", Text::new("Least over optimal prices", "最优价格下的最小值"), none(), bound(false))
                .column("largest", Text::new("Largest over optimal prices", "最优价格下的最大值"), none(), bound(true));
        }
        let states = self.spread(State::Missing, |d, u| d.state[u]);
        scores::certified(table, &states, &self.spread((f64::NAN, f64::NAN), |d, u| d.interval[u]))
    }

    /// One row per pair within a frontier that has its matrix.
    fn appraisals(&self) -> Option<Table> {
        let (mut by, mut of, mut value) = (Vec::new(), Vec::new(), Vec::new());
        for part in self.parts.iter().filter(|p| !p.result.matrix.is_empty()) {
            for (k, &row) in part.rows.iter().enumerate() {
                for (j, &other) in part.rows.iter().enumerate() {
                    by.push(row);
                    of.push(other);
                    value.push(part.result.matrix[k][j]);
                }
            }
        }
        let names = |rows: &[usize]| rows.iter().map(|&r| self.panel.units[r].clone()).collect::<Vec<_>>();
        let periods = |rows: &[usize]| rows.iter().map(|&r| Some(i64::from(self.panel.periods[r]))).collect::<Vec<_>>();
        let none = Text::default;
        let mut table = Table::new("appraisals", Text::new("Who appraises whom", "评价矩阵"))
            .column("unit", Text::new("Appraised unit", "被评单元"), none(), Cells::Unit(names(&of)))
            .column("by", Text::new("Appraised by", "评价单元"), none(), Cells::Unit(names(&by)));
        if self.panel.period_name.is_some() {
            table = table.column("period", Text::new("Period", "时期"), none(), Cells::Integer(periods(&of))).column(
                "by_period",
                Text::new("Period of the appraiser", "评价单元的时期"),
                none(),
                Cells::Integer(periods(&by)),
            );
        }
        let table = table.column("appraisal", Text::new("Appraisal", "评价"), none(), Cells::Number(value, 4)).hidden();
        (!table.is_empty()).then_some(table)
    }

    /// Frontiers of too many units for a table of all pairs.
    fn without_matrix(&self) -> Option<Finding> {
        let without: Vec<&Part<CrossEfficiency>> = self.parts.iter().filter(|p| p.result.matrix.is_empty()).collect();
        let most = without.iter().map(|p| p.rows.len()).max()?;
        let own = self.options.frontier == Frontier::PerPeriod && self.panel.period_name.is_some();
        let place = |p: &&Part<CrossEfficiency>| self.panel.periods[p.rows[0]].to_string();
        let places: Vec<String> = if own { without.iter().map(place).collect() } else { Vec::new() };
        Some(Finding {
            code: "FR046".into(),
            weight: Weight::Info,
            place: production::listed(&places),
            message: Text::new(
                format!(
                    "{most} units make {} pairs; the table of appraisals is kept up to {MATRIX} units. Means and maverick indices are over all pairs nevertheless.",
                    most * most
                ),
                format!(
                    "{most} 个单元共 {} 对；评价矩阵只在不超过 {MATRIX} 个单元时保留。均值与特立独行指数仍基于全部配对。",
                    most * most
                ),
            ),
        })
    }

    fn goal(&self) -> Text {
        let method = match self.options.surrogate {
            Surrogate::Difference => "II",
            Surrogate::Composite => "III",
        };
        match self.options.goal {
            Goal::Arbitrary => Text::new("those of the first solution", "首个最优解"),
            Goal::Aggressive => {
                Text::new(format!("worst for the others (method {method})"), format!("对他人最不利（方法 {method}）"))
            }
            Goal::Benevolent => {
                Text::new(format!("best for the others (method {method})"), format!("对他人最有利（方法 {method}）"))
            }
            Goal::Game => Text::new("each pair's own, at the Nash point of the game", "博弈纳什均衡下每对单元各自的价格"),
        }
    }

    /// A game that did not come to its end.
    fn unfinished(&self) -> Option<Finding> {
        let open = self.parts.iter().filter_map(|p| p.result.convergence).filter(|c| !c.converged);
        let change = open.map(|c| c.change).reduce(f64::max)?;
        Some(Finding {
            code: "FR030".into(),
            weight: Weight::Warning,
            place: Text::default(),
            message: Text::new(
                format!("The game did not converge: a score still changed by {change:.1e} in the last step."),
                format!("博弈未收敛：最后一步中效率仍变化 {change:.1e}。"),
            ),
        })
    }

    /// Negative ratios are no efficiencies.
    fn negative(&self) -> Option<Finding> {
        let count: usize = self.parts.iter().map(|p| p.result.negative).sum();
        (count > 0).then(|| Finding {
            code: "FR030".into(),
            weight: Weight::Warning,
            place: Text::default(),
            message: Text::new(
                format!(
                    "{count} appraisals are negative: at these prices outputs come from nothing. Set `negative = \"lim-zhu\"`."
                ),
                format!("{count} 个评价为负：按这些价格产出无中生有。请设 `negative = \"lim-zhu\"`。"),
            ),
        })
    }

    fn summary(&self, values: &[f64], maverick: &[f64]) -> Vec<Text> {
        let period = self.panel.period_set().last().copied().unwrap_or_default();
        let rows: Vec<usize> =
            (0..self.panel.len()).filter(|&r| self.panel.periods[r] == period && values[r].is_finite()).collect();
        let Some(&best) = rows.iter().max_by(|a, b| values[**a].total_cmp(&values[**b])) else {
            return vec![Text::new("No unit could be scored.", "没有可计算的单元。")];
        };
        let mean = moments::mean(&rows.iter().map(|&r| values[r]).collect::<Vec<_>>());
        let (when, when_zh) = scores::when(self.panel, period);
        let name = |r: usize| (self.panel.units[r].clone(), zh(self.panel, r));
        let (first, first_zh) = name(best);
        let mut out = vec![Text::new(
            capital(format!("{when}{first} has the highest cross-efficiency ({:.3}); the mean is {mean:.3}.", values[best])),
            format!("{when_zh}交叉效率最高的是{first_zh}（{:.3}），平均 {mean:.3}。", values[best]),
        )];
        let odd = rows.iter().copied().filter(|&r| maverick[r].is_finite()).max_by(|a, b| maverick[*a].total_cmp(&maverick[*b]));
        if let Some(r) = odd.filter(|&r| maverick[r] > 0.0) {
            let (own, own_zh) = name(r);
            out.push(Text::new(
                format!(
                    "{own} thinks most of itself: its own score lies {:.0}% above what the others give it.",
                    100.0 * maverick[r]
                ),
                format!("{own_zh}自评最高：自评效率高出他评 {:.0}%。", 100.0 * maverick[r]),
            ));
        }
        out
    }

    fn checks(&self) -> Vec<Check> {
        let plain = self.options.negative == Negative::Keep
            || self.options.rts == Returns::Crs
            || self.options.orientation == Orientation::Output;
        let mut checks = vec![slacks::certificate(&self.parts, |d| &d.state, |d| &d.interval, |_, _| 1.0)];
        if plain && self.options.goal != Goal::Game {
            checks.push(Check {
                name: Text::new("Appraisal of oneself = own score", "对自身的评价 = 自评效率"),
                residual: self.parts.iter().map(|p| p.result.own_difference).fold(0.0, f64::max),
                tolerance: 1e-7,
            });
        }
        checks
    }
}

fn zh(panel: &Panel, row: usize) -> String {
    let name = &panel.units_zh[row];
    if name.is_empty() { panel.units[row].clone() } else { name.clone() }
}

#[cfg(test)]
#[path = "cross_efficiency_tests.rs"]
mod tests;
