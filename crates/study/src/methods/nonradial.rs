//! What the non-radial methods (`russell`, `ebm`, `nddf`) show: one score, a factor for each variable, and where each
//! unit is sent.

use frontier::{Cell, FrontierError, Projection, Role, State, dea::Class};
use numerics::moments;
use panel::Panel;

use super::{
    production::Names,
    scores::{self, Frontier, Part, Words, capital},
    slacks,
};
use crate::{
    method::Output,
    table::{Cells, Table},
    text::Text,
};

/// One frontier of a non-radial method.
pub(super) struct Shown {
    pub state: Vec<State>,
    pub value: Vec<f64>,
    pub interval: Vec<(f64, f64)>,
    pub class: Vec<Class>,
    /// Columns beside the value: name, label, one number per unit.
    pub beside: Vec<(&'static str, Text, Vec<f64>)>,
    /// Factors `[variable][unit]` over inputs, outputs, undesirable outputs; `NaN` where there is none.
    pub factors: Vec<Vec<f64>>,
    pub projection: Projection,
    pub zeros: Vec<Cell>,
}

/// An error whose option has another name in study files.
pub(super) fn renamed(error: FrontierError, from: &str, to: &'static str) -> FrontierError {
    match error {
        FrontierError::Options(list) => {
            FrontierError::Options(list.into_iter().map(|(name, why)| (if name == from { to } else { name }, why)).collect())
        }
        other => other,
    }
}

/// A method's result in words.
pub(super) struct Story<'a> {
    pub panel: &'a Panel,
    pub names: Names<'a>,
    pub frontier: Frontier,
    pub parts: Vec<Part<Shown>>,
    pub words: Words,
    /// Name of the variable that later steps get.
    pub variable: &'static str,
    /// Note of the table of scores.
    pub note: Text,
    /// What the factors are.
    pub factors: Text,
}

impl Story<'_> {
    fn spread<T: Clone>(&self, blank: T, get: impl Fn(&Shown, usize) -> T) -> Vec<T> {
        scores::spread(self.panel, &self.parts, blank, get)
    }

    pub(super) fn output(&self) -> Output {
        let panel = self.panel;
        let values = self.spread(f64::NAN, |d, u| d.value[u]);
        let mut findings = scores::findings(panel, &self.parts, self.frontier, &self.names, |d| &d.state);
        findings.extend(slacks::zeros(panel, &self.parts, &self.names, |d| &d.zeros));
        let mut tables = self.words.last_period_first(panel, self.scores(&values), &values);
        if self.parts.iter().any(|p| !p.result.factors.is_empty()) {
            let first = |role: Role| match role {
                Role::Input => 0,
                Role::Output => self.names.inputs.len(),
                Role::BadOutput | Role::Intermediate => self.names.inputs.len() + self.names.outputs.len(),
            };
            tables.push(scores::matrix(panel, &self.names, "factors", self.factors.clone(), true, |role, v| {
                self.spread(f64::NAN, |d, u| d.factors.get(first(role) + v).map_or(f64::NAN, |f| f[u]))
            }));
        }
        tables.extend(slacks::tables(panel, &self.parts, self.frontier, &self.names, |d| &d.projection));
        Output {
            summary: self.summary(&values),
            variables: vec![scores::variable(panel, self.variable, self.words.score.clone(), values.clone())],
            tables,
            figures: self.words.figures(panel, &values),
            findings,
            checks: vec![slacks::certificate(&self.parts, |d| &d.state, |d| &d.interval, |_, _| 1.0)],
        }
    }

    fn scores(&self, values: &[f64]) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let none = Text::default;
        let mut table = scores::keyed(self.panel, "scores", self.words.score.clone(), &every).note(self.note.clone()).column(
            self.variable,
            self.words.score.clone(),
            none(),
            Cells::Number(values.to_vec(), 4),
        );
        let beside = self.parts.first().map(|p| p.result.beside.as_slice()).unwrap_or_default();
        for (i, (name, label, _)) in beside.iter().enumerate() {
            let values = self.spread(f64::NAN, |d, u| d.beside[i].2[u]);
            table = table.column(name, label.clone(), none(), Cells::Number(values, 4));
        }
        let table = slacks::class_and_unique(table, self.panel, &self.parts, |d| &d.class, |d| &d.projection);
        let states = self.spread(State::Missing, |d, u| d.state[u]);
        scores::certified(table, &states, &self.spread((f64::NAN, f64::NAN), |d, u| d.interval[u]))
    }

    fn summary(&self, values: &[f64]) -> Vec<Text> {
        let period = self.panel.period_set().last().copied().unwrap_or_default();
        let rows = self.words.ranked(self.panel, values, period);
        let Some(&worst) = rows.last() else {
            return vec![Text::new("No unit could be scored.", "没有可计算的单元。")];
        };
        let class = self.spread(Class::None, |d, u| d.class[u]);
        let strong = rows.iter().filter(|&&r| matches!(class[r], Class::Strong | Class::Super)).count();
        let mean = moments::mean(&rows.iter().map(|&r| values[r]).collect::<Vec<_>>());
        let (when, when_zh) = scores::when(self.panel, period);
        let (name, zh) = (&self.panel.units[worst], &self.panel.units_zh[worst]);
        let zh = if zh.is_empty() { name } else { zh };
        let (score, score_zh) = (self.words.score.en.to_lowercase(), &self.words.score.zh);
        vec![
            Text::new(
                capital(format!("{when}{strong} of {} units cannot be improved; the mean {score} is {mean:.3}.", rows.len())),
                format!("{when_zh}{} 个单元中 {strong} 个无法再改进，平均{score_zh} {mean:.3}。", rows.len()),
            ),
            Text::new(
                format!("Farthest from the frontier: {name} ({:.3}).", values[worst]),
                format!("离前沿最远的是{zh}（{:.3}）。", values[worst]),
            ),
        ]
    }
}
