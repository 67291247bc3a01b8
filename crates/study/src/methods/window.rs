//! `window`: scores in windows of periods that move through the panel.

use frontier::{
    FrontierError, Missing, Observations, Orientation, State,
    dea::Returns,
    window::{self, Window, WindowOptions},
};
use numerics::moments;
use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    production::{self, Names},
    scores::{self, Words, capital, returns},
};
use crate::{
    finding::Finding,
    method::{Check, Input, Method, Output, Page},
    table::{Cells, Table},
    text::Text,
};

/// Options of window analysis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Number of periods in a window; (T + 1)/2 of the T periods of the data, rounded down, if not given.
    #[serde(default)]
    pub width: Option<usize>,
    /// Which side is moved to the frontier.
    #[serde(default)]
    pub orientation: Orientation,
    /// Returns to scale: `crs`, `vrs`, `nirs`, `ndrs` or `fdh`.
    #[serde(default)]
    pub rts: Returns,
    /// What to do with observations that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

/// Window analysis.
pub struct WindowAnalysis;

impl Method for WindowAnalysis {
    type Options = WindowStep;
    const NAME: &'static str = "window";
    const PAGE: Page = Page {
        title: ("Window analysis", "窗口分析"),
        en: window::PAGE,
        zh: window::PAGE_ZH,
        example: "xinzhi window data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --width 3 --out result",
    };

    fn check(options: &WindowStep) -> Vec<Problem> {
        let known = !matches!(options.rts, Returns::Generalised | Returns::Replication | Returns::Upscaling);
        let rts = (!known).then(|| production::conflict("rts", "windows take `crs`, `vrs`, `nirs`, `ndrs` or `fdh`"));
        options.names().repeated().into_iter().chain(rts).collect()
    }

    fn run(input: &Input<'_>, options: &WindowStep) -> Result<Output, Vec<Problem>> {
        let (panel, names) = (input.panel, options.names());
        let (numbers, units) = production::unit_numbers(panel);
        let data = Observations { technology: names.technology(panel)?, units: &numbers, periods: &panel.periods };
        let core = WindowOptions {
            width: options.width.unwrap_or(panel.period_set().len().div_ceil(2)),
            orientation: options.orientation,
            returns: options.rts,
            missing: options.missing,
        };
        let every: Vec<usize> = (0..panel.len()).collect();
        let result = window::window(&data, &core).map_err(|e: FrontierError| names.refused(&e, panel, &every))?;
        Ok(Story { panel, options, units, width: core.width, result }.output())
    }
}

impl WindowStep {
    fn names(&self) -> Names<'_> {
        Names { inputs: &self.inputs, outputs: &self.outputs, bad_outputs: &[] }
    }
}

struct Story<'a> {
    panel: &'a Panel,
    options: &'a WindowStep,
    units: Vec<&'a str>,
    width: usize,
    result: Window,
}

impl Story<'_> {
    fn output(&self) -> Output {
        let panel = self.panel;
        let mean: Vec<f64> = self.result.rows.iter().map(|s| s.mean).collect();
        let words = Words {
            score: Text::new("Mean efficiency over windows", "各窗口平均效率"),
            label: Text::new("efficiency (1 = frontier of every window)", "效率（1 为始终在窗口前沿）"),
            note: Text::new(
                "Units with 1 are on the frontier of every window that sees them.",
                "为 1 的单元在其所在各窗口中均处于前沿。",
            ),
            high_is_best: true,
        };
        let seen = self.result.seen.iter().filter(|s| s.distance.state == State::Optimal);
        let width = seen.map(|s| s.distance.interval.1 - s.distance.interval.0).fold(0.0, f64::max);
        Output {
            summary: self.summary(&mean),
            variables: vec![scores::variable(panel, "score", words.score.clone(), mean.clone())],
            tables: vec![self.spread(), self.layout(), self.means(&words, &mean), self.long()],
            figures: words.figures(panel, &mean),
            findings: self.findings(),
            checks: vec![Check {
                name: Text::new("Widest certified interval of a score", "效率值认证区间的最大宽度"),
                residual: width,
                tolerance: 1e-8,
            }],
        }
    }

    fn name(&self, window: usize) -> String {
        let (from, to) = self.result.windows[window];
        if from == to { from.to_string() } else { format!("{from}–{to}") }
    }

    /// Each unit over all its scores.
    fn spread(&self) -> Table {
        let (none, of) = (Text::default, |get: fn(&window::Spread) -> f64| -> Cells {
            Cells::Number(self.result.units.iter().map(get).collect(), 4)
        });
        let rts = returns(self.options.rts);
        let counts = self.result.units.iter().map(|s| Some(s.count as i64)).collect();
        Table::new("units", Text::new("Efficiency through windows", "窗口效率汇总"))
            .note(Text::new(
                format!("Windows of {} periods; {}.", self.width, rts.en),
                format!("窗口宽度 {} 期；{}。", self.width, rts.zh),
            ))
            .column("unit", Text::new("Unit", "单元"), none(), Cells::Unit(self.units.iter().map(|u| (*u).to_owned()).collect()))
            .column("count", Text::new("Scores", "得分个数"), none(), Cells::Integer(counts))
            .column("mean", Text::new("Mean", "均值"), none(), of(|s| s.mean))
            .column(
                "variance",
                Text::new("Variance", "方差"),
                none(),
                Cells::Number(self.result.units.iter().map(|s| s.variance).collect(), 6),
            )
            .column(
                "ldy",
                Text::new("Largest difference in the same period (LDY)", "同期最大差（LDY）"),
                none(),
                Cells::Number(self.result.same_period.clone(), 4),
            )
            .column("ldp", Text::new("Largest difference over all periods (LDP)", "全期最大差（LDP）"), none(), of(|s| s.range))
    }

    /// Rows of units and windows, one column per period: the layout of the literature.
    fn layout(&self) -> Table {
        let periods = self.panel.period_set();
        let (count, windows) = (self.units.len(), self.result.windows.len());
        let mut cells = vec![vec![f64::NAN; count * windows]; periods.len()];
        let mut present = vec![false; count * windows];
        for s in &self.result.seen {
            let unit = self.units.partition_point(|u| *u < self.panel.units[s.row].as_str());
            let at = unit * windows + s.window;
            present[at] = true;
            cells[periods.partition_point(|p| *p < self.panel.periods[s.row])][at] = s.distance.value;
        }
        let rows: Vec<usize> = (0..count * windows).filter(|&r| present[r]).collect();
        let none = Text::default;
        let mut table = Table::new("windows", Text::new("Efficiency by unit, window and period", "按单元、窗口与时期的效率"))
            .column(
                "unit",
                Text::new("Unit", "单元"),
                none(),
                Cells::Unit(rows.iter().map(|r| self.units[r / windows].to_owned()).collect()),
            )
            .column(
                "window",
                Text::new("Window", "窗口"),
                none(),
                Cells::Text(rows.iter().map(|r| Text::plain(self.name(r % windows))).collect()),
            );
        for (p, column) in periods.iter().zip(&cells) {
            let values = rows.iter().map(|&r| column[r]).collect();
            table = table.column(&format!("p{p}"), Text::plain(p.to_string()), none(), Cells::Number(values, 4));
        }
        table
    }

    /// Each observation over the windows that see it.
    fn means(&self, words: &Words, mean: &[f64]) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let (none, rows) = (Text::default, &self.result.rows);
        scores::keyed(self.panel, "scores", words.score.clone(), &every)
            .column("score", words.score.clone(), none(), Cells::Number(mean.to_vec(), 4))
            .column(
                "range",
                Text::new("Range over windows", "各窗口极差"),
                none(),
                Cells::Number(rows.iter().map(|s| s.range).collect(), 4),
            )
            .column(
                "windows",
                Text::new("Windows", "窗口数"),
                none(),
                Cells::Integer(rows.iter().map(|s| Some(s.count as i64)).collect()),
            )
            .hidden()
    }

    /// Every score with its certificate.
    fn long(&self) -> Table {
        let seen = &self.result.seen;
        let rows: Vec<usize> = seen.iter().map(|s| s.row).collect();
        let whole = |get: &dyn Fn(usize) -> i32| Cells::Integer(seen.iter().map(|s| Some(i64::from(get(s.window)))).collect());
        let none = Text::default;
        let table = scores::keyed(self.panel, "all", Text::new("Every score", "全部得分"), &rows)
            .column("from", Text::new("Window from", "窗口起"), none(), whole(&|w| self.result.windows[w].0))
            .column("to", Text::new("Window to", "窗口止"), none(), whole(&|w| self.result.windows[w].1))
            .column(
                "score",
                Text::new("Efficiency", "效率"),
                none(),
                Cells::Number(seen.iter().map(|s| s.distance.value).collect(), 4),
            );
        let states: Vec<State> = seen.iter().map(|s| s.distance.state).collect();
        scores::certified(table, &states, &seen.iter().map(|s| s.distance.interval).collect::<Vec<_>>()).hidden()
    }

    fn findings(&self) -> Vec<Finding> {
        let places = |wanted: &dyn Fn(State) -> bool| -> Vec<String> {
            let mut rows: Vec<usize> = self.result.seen.iter().filter(|s| wanted(s.distance.state)).map(|s| s.row).collect();
            rows.sort_unstable();
            rows.dedup();
            rows.iter().map(|&r| scores::place(self.panel, r)).collect()
        };
        let mut findings: Vec<Finding> = production::left_out(&places(&|s| s == State::Missing)).into_iter().collect();
        findings.extend(production::unsolved(&places(&|s| !matches!(s, State::Optimal | State::Missing))));
        for w in 0..self.result.windows.len() {
            let units = self.result.seen.iter().filter(|s| s.window == w && s.distance.state != State::Missing).count();
            findings.extend(production::too_few(units, self.options.inputs.len(), self.options.outputs.len(), &self.name(w)));
        }
        findings
    }

    fn summary(&self, mean: &[f64]) -> Vec<Text> {
        let known: Vec<f64> = mean.iter().copied().filter(|x| x.is_finite()).collect();
        let steady = |u: &usize| self.result.units[*u].range.is_finite();
        let worst = (0..self.units.len())
            .filter(steady)
            .reduce(|a, b| if self.result.same_period[b] > self.result.same_period[a] { b } else { a });
        let Some(worst) = worst else {
            return vec![Text::new("No observation could be scored.", "没有可计算的观测。")];
        };
        let all = moments::mean(&known);
        let (windows, name) = (self.result.windows.len(), self.units[worst]);
        let largest = self.result.same_period[worst];
        let zh = self.panel.units.iter().position(|u| u == name).map_or("", |r| self.panel.units_zh[r].as_str());
        let zh = if zh.is_empty() { name } else { zh };
        vec![
            Text::new(
                capital(format!("{windows} windows of {} periods; the mean efficiency is {all:.3}.", self.width)),
                format!("共 {windows} 个宽度为 {} 期的窗口，平均效率 {all:.3}。", self.width),
            ),
            Text::new(
                format!("Least steady: {name}, whose score of one period differs by {largest:.3} between windows."),
                format!("最不稳定的是{zh}：同一时期的得分在不同窗口间相差 {largest:.3}。"),
            ),
        ]
    }
}
