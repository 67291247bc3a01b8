//! What a design check says: summary, and the findings that need scores.

use frontier::{Role, State, dea::Influence};
use numerics::moments;
use panel::Panel;

use super::{
    DesignStep, Solved,
    checks::{Design, finding},
    relations::ranks,
};
use crate::{
    finding::{Finding, Weight},
    findings,
    method::{Check, Output},
    methods::{
        production,
        scores::{self, Part, capital},
    },
    text::Text,
};

/// A change of a score above this is one that a reader sees.
const SEEN: f64 = 0.01;

pub(super) struct Story<'a> {
    pub(super) panel: &'a Panel,
    pub(super) options: &'a DesignStep,
    pub(super) design: Design<'a>,
    /// Empty where the radial model refuses the data.
    pub(super) parts: Vec<Part<Solved>>,
}

/// What leaving out a variable does to the scores of one frontier.
pub(super) struct Left {
    pub(super) mean: f64,
    pub(super) efficient: usize,
    pub(super) changed: usize,
    pub(super) largest: f64,
    pub(super) agreement: f64,
}

fn efficient(scores: &[f64]) -> usize {
    scores.iter().filter(|s| **s >= 1.0 - frontier::dea::TOLERANCE).count()
}

impl Story<'_> {
    pub(super) fn spread<T: Clone>(&self, blank: T, get: impl Fn(&Influence, usize) -> T) -> Vec<T> {
        scores::spread(self.panel, &self.parts, blank, |s, u| get(&s.influence, u))
    }

    pub(super) fn place(&self, part: &Part<Solved>) -> String {
        match (self.options.frontier, &self.panel.period_name) {
            (scores::Frontier::PerPeriod, Some(_)) => self.panel.periods[part.rows[0]].to_string(),
            _ => String::new(),
        }
    }

    pub(super) fn output(&self, mut findings: Vec<Finding>) -> Output {
        findings.extend(self.alike());
        findings.extend(self.crowded());
        findings.extend(self.far());
        findings.extend(self.movers());
        let super_efficiency = self.spread(f64::NAN, |i, u| i.super_efficiency[u]);
        let rise = self.spread(f64::NAN, |i, u| i.mean_rise[u]);
        findings.extend(production::unsolved(&self.open()));
        findings.sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.code.cmp(&b.code)));
        let mut tables = Vec::new();
        if !self.parts.is_empty() {
            tables.extend(self.last_period_first(self.influence(&super_efficiency, &rise), &rise));
        }
        tables.push(self.variables());
        tables.extend(self.left_out());
        let labels = [
            Text::new("Super-efficiency", "超效率"),
            Text::new("Influence on the mean score of the others", "对其余单元平均效率的影响"),
        ];
        let [first, second] = labels;
        Output {
            summary: self.summary(&findings, &rise),
            variables: vec![
                scores::variable(self.panel, "super_efficiency", first, super_efficiency),
                scores::variable(self.panel, "influence", second, rise.clone()),
            ],
            tables,
            figures: self.bars(&rise).into_iter().chain(self.heatmap()).collect(),
            findings,
            checks: self.checks(),
        }
    }

    fn open(&self) -> Vec<String> {
        let mut open = Vec::new();
        for part in &self.parts {
            let i = &part.result.influence;
            let own = (0..part.rows.len()).filter(|&u| i.state[u] == State::Numerical || i.super_state[u] == State::Numerical);
            open.extend(own.map(|u| scores::place(self.panel, part.rows[u])));
            let others = i.effects.iter().filter(|e| e.state != State::Optimal);
            open.extend(others.map(|e| {
                let place = |u: usize| scores::place(self.panel, part.rows[u]);
                format!("{} without {}", place(e.unit), place(e.left))
            }));
        }
        open
    }

    fn summary(&self, found: &[Finding], rise: &[f64]) -> Vec<Text> {
        let number = |w| found.iter().filter(|f| f.weight == w).count();
        let (errors, warnings) = (number(Weight::Error), number(Weight::Warning));
        let mut codes: Vec<&str> = found.iter().filter(|f| f.weight > Weight::Info).map(|f| f.code.as_str()).collect();
        codes.dedup();
        let titles: Vec<(String, String)> = codes
            .iter()
            .filter_map(|c| findings::page(c))
            .map(|p| (format!("{} ({})", p.title.0.to_lowercase(), p.code), format!("{}（{}）", p.title.1, p.code)))
            .collect();
        let list = |side: fn(&(String, String)) -> &str, by: &str| titles.iter().map(side).collect::<Vec<_>>().join(by);
        let first = if titles.is_empty() {
            Text::new("Nothing in the design asks for a change.", "设计未见需要修改之处。")
        } else {
            let (en, zh) = (list(|t| &t.0, ", "), list(|t| &t.1, "、"));
            Text::new(
                format!(
                    "{} and {} about the design: {en}.",
                    production::counted(errors, "error"),
                    production::counted(warnings, "warning")
                ),
                format!("设计有 {errors} 个错误、{warnings} 个警告：{zh}。"),
            )
        };
        let mut said = vec![first];
        if self.parts.is_empty() {
            said.push(Text::new(
                "The radial model refuses these data, so that no influence is computed.",
                "径向模型不接受这些数据，因此不计算影响度。",
            ));
            return said;
        }
        let period = self.parts.last().map_or(0, |p| self.panel.periods[p.rows[0]]);
        let (when, when_zh) = match self.options.frontier {
            scores::Frontier::PerPeriod => scores::when(self.panel, period),
            scores::Frontier::Pooled => (String::new(), String::new()),
        };
        let Some(part) = self.parts.last() else { return said };
        let most = (0..part.rows.len())
            .filter(|&u| rise[part.rows[u]] > 0.0)
            .max_by(|&a, &b| rise[part.rows[a]].total_cmp(&rise[part.rows[b]]).then(b.cmp(&a)));
        if let Some(u) = most {
            let (row, i) = (part.rows[u], &part.result.influence);
            let (name, zh) = (scores::place(self.panel, row), &self.panel.units_zh[row]);
            let zh = if zh.is_empty() { &self.panel.units[row] } else { zh };
            let others = i.state.iter().filter(|s| **s == State::Optimal).count() - 1;
            said.push(Text::new(
                capital(format!(
                    "{when}the frontier leans most on {name}: without it {} of {others} other scores rise, their mean by {:.3}.",
                    i.moved[u], rise[row]
                )),
                format!(
                    "{when_zh}对前沿影响最大的是{zh}：去掉后其余 {others} 个单元中有 {} 个效率上升，平均上升 {:.3}。",
                    i.moved[u], rise[row]
                ),
            ));
        }
        said
    }

    fn alike(&self) -> Vec<Finding> {
        let told = |pair: &(usize, usize, f64)| {
            let words = |v: usize| {
                let name = self.design.columns[v].name;
                match self.without(v) {
                    Some(l) => Text::new(
                        format!("Without {name} {} scores change by more than {SEEN}, the most by {:.3}.", l.changed, l.largest),
                        format!("去掉 {name} 后有 {} 个效率值变化超过 {SEEN}，最大变化 {:.3}。", l.changed, l.largest),
                    ),
                    None => Text::default(),
                }
            };
            self.design.told_alike(pair, Some((words(pair.0), words(pair.1))))
        };
        self.design.alike().iter().map(told).collect()
    }

    /// Frontiers on which most units lie: the one with the largest share.
    fn crowded(&self) -> Option<Finding> {
        let count = |p: &Part<Solved>| {
            let solved: Vec<f64> = p.result.influence.score.iter().copied().filter(|s| s.is_finite()).collect();
            (efficient(&solved), solved.len())
        };
        let share = |p: &&Part<Solved>| count(p).0 as f64 / count(p).1.max(1) as f64;
        let most = self.parts.iter().reduce(|a, b| if share(&b) > share(&a) { b } else { a })?;
        production::most_efficient(count(most).0, count(most).1, &self.place(most))
    }

    fn far(&self) -> Option<Finding> {
        let of = self.spread(f64::NAN, |i, u| i.super_efficiency[u]);
        let far = self.options.far;
        let mut rows: Vec<usize> = (0..of.len()).filter(|&r| of[r] > far).collect();
        rows.sort_by(|&a, &b| of[b].total_cmp(&of[a]).then(a.cmp(&b)));
        let places: Vec<String> = rows.iter().map(|&r| format!("{} ({:.2})", scores::place(self.panel, r), of[r])).collect();
        (!rows.is_empty()).then(|| {
            finding(
                "FR008",
                Weight::Warning,
                production::listed(&places),
                format!("{} with a super-efficiency above {far}: far from all others.", production::counted(rows.len(), "unit")),
                format!("{} 个单元的超效率大于 {far}：与其余单元相距甚远。", rows.len()),
            )
        })
    }

    /// Units without which the scores of the others are others.
    fn movers(&self) -> Option<Finding> {
        let least = self.options.rise;
        let mut movers: Vec<(f64, usize, usize, usize)> = Vec::new();
        for part in &self.parts {
            let i = &part.result.influence;
            let others = i.state.iter().filter(|s| **s == State::Optimal).count().saturating_sub(1);
            let mut seen = vec![0; part.rows.len()];
            for e in i.effects.iter().filter(|e| e.state == State::Optimal && e.score - i.score[e.unit] > SEEN) {
                seen[e.left] += 1;
            }
            let moves = |u: &usize| i.mean_rise[*u] > least || (others > 2 && 2 * seen[*u] > others);
            movers.extend((0..part.rows.len()).filter(moves).map(|u| (i.mean_rise[u], seen[u], others, part.rows[u])));
        }
        movers.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.3.cmp(&b.3)));
        let places: Vec<String> =
            movers.iter().map(|m| format!("{} (+{:.3}, {}/{})", scores::place(self.panel, m.3), m.0, m.1, m.2)).collect();
        (!movers.is_empty()).then(|| {
            finding(
                "FR027",
                Weight::Warning,
                production::listed(&places),
                format!(
                    "{} alone moves the frontier: leaving it out raises the mean score of the others by more than {least}, or more than \
                     half of their scores by more than {SEEN}.",
                    if movers.len() == 1 { "1 unit".to_owned() } else { format!("Each of {} units", movers.len()) }
                ),
                format!(
                    "{} 个单元各自左右着前沿：去掉它，其余单元的平均效率上升超过 {least}，或半数以上的效率上升超过 {SEEN}。",
                    movers.len()
                ),
            )
        })
    }

    /// Position of a column of the design among those of the program, which takes undesirable outputs as inputs.
    fn position(&self, v: usize) -> usize {
        let (m, s) = (self.options.inputs.len(), self.options.outputs.len());
        match self.design.columns[v].role {
            Role::Input => v,
            Role::Output => v + self.options.bad_outputs.len(),
            Role::BadOutput | Role::Intermediate => m + (v - m - s),
        }
    }

    /// What leaving out a variable does to the last frontier.
    pub(super) fn without(&self, v: usize) -> Option<Left> {
        let part = self.parts.last()?;
        let (all, less) = (&part.result.influence, part.result.without[self.position(v)].as_ref()?);
        let solved = |u: &usize| all.state[*u] == State::Optimal && less.state[*u] == State::Optimal;
        let (before, after): (Vec<f64>, Vec<f64>) =
            (0..all.score.len()).filter(solved).map(|u| (all.score[u], less.score[u])).unzip();
        let changes: Vec<f64> = before.iter().zip(&after).map(|(b, a)| (b - a).abs()).collect();
        (!before.is_empty()).then(|| Left {
            mean: moments::mean(&after),
            efficient: efficient(&after),
            changed: changes.iter().filter(|c| **c > SEEN).count(),
            largest: changes.iter().copied().fold(0.0, f64::max),
            agreement: moments::correlation(&ranks(&before), &ranks(&after)),
        })
    }

    fn checks(&self) -> Vec<Check> {
        let fall = self.parts.iter().flat_map(|p| {
            let i = &p.result.influence;
            i.effects.iter().filter(|e| e.state == State::Optimal).map(|e| i.score[e.unit] - e.score)
        });
        vec![Check {
            name: Text::new("No score falls when another unit leaves", "其他单元离开后效率不下降"),
            residual: fall.fold(0.0, f64::max),
            tolerance: 1e-8,
        }]
    }
}
