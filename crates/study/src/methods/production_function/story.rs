//! What production functions say: sentences, variables, checks.

use numerics::moments;
use panel::Panel;

use super::{
    super::lookup,
    ProductionOptions,
    arms::{Estimator, Root, Told, Untold},
    rows::Rows,
};
use crate::{
    method::{Check, Output, OutputVariable},
    text::Text,
};

/// One estimator in one industry.
pub(super) struct Cell {
    pub industry: usize,
    pub estimator: Estimator,
    pub told: Result<Told, Untold>,
}

/// Everything the presentation draws on.
pub(super) struct Story<'a> {
    pub panel: &'a Panel,
    pub options: &'a ProductionOptions,
    pub rows: &'a Rows,
    pub estimators: &'a [Estimator],
    /// Industries in order, estimators within.
    pub cells: &'a [Cell],
}

/// Productivity of one estimator over the rows of the panel, in logarithms.
pub(super) struct Productivity {
    pub estimator: Estimator,
    /// `ln ω`, known to the firm; `NaN` where the estimator does not tell it from noise.
    pub omega: Vec<f64>,
    /// `ln A`, with noise.
    pub tfp: Vec<f64>,
}

impl Productivity {
    /// `ln ω` where there is one, else `ln A`, less its mean in the industry of the row.
    pub(super) fn relative(&self, rows: &Rows) -> Vec<f64> {
        let known = self.omega.iter().any(|v| v.is_finite());
        let from = if known { &self.omega } else { &self.tfp };
        let means: Vec<f64> = (0..rows.industries.len())
            .map(|g| {
                let of = |(v, k): (&f64, &usize)| (*k == g && v.is_finite()).then_some(*v);
                moments::mean(&from.iter().zip(&rows.industry).filter_map(of).collect::<Vec<f64>>())
            })
            .collect();
        from.iter().zip(&rows.industry).map(|(v, &g)| v - means[g]).collect()
    }
}

impl Story<'_> {
    pub(super) fn output(&self) -> Output {
        let productivity = self.productivity();
        Output {
            summary: self.summary(),
            variables: self.variables(&productivity),
            tables: self.tables(&productivity),
            figures: self.figures(&productivity),
            findings: self.findings(),
            checks: self.checks(),
        }
    }

    /// Name of a cell in words: the estimator, and the industry where there is more than one.
    pub(super) fn name(&self, cell: &Cell) -> Text {
        let label = cell.estimator.label();
        match &self.options.industry {
            Some(_) => Text::plain(format!("{label} · {}", self.rows.industries[cell.industry].en)),
            None => Text::plain(label),
        }
    }

    /// All solutions found, of estimates that were refused too.
    pub(super) fn roots_found(&self) -> impl Iterator<Item = (&Cell, &[Root])> {
        self.cells.iter().map(|c| (c, c.told.as_ref().map_or_else(|e| e.roots.as_slice(), |t| t.roots.as_slice())))
    }

    pub(super) fn told(&self) -> impl Iterator<Item = (&Cell, &Told)> {
        self.cells.iter().filter_map(|c| c.told.as_ref().ok().map(|t| (c, t)))
    }

    fn productivity(&self) -> Vec<Productivity> {
        let n = self.panel.len();
        let places: Vec<Vec<usize>> = (0..self.rows.industries.len()).map(|g| self.rows.part(g).rows).collect();
        let of = |&estimator: &Estimator| {
            let mut all = Productivity { estimator, omega: vec![f64::NAN; n], tfp: vec![f64::NAN; n] };
            for (cell, told) in self.told().filter(|(c, _)| c.estimator == estimator) {
                for (at, &row) in places[cell.industry].iter().enumerate() {
                    all.omega[row] = told.fitted.omega[at];
                    all.tfp[row] = told.fitted.tfp[at];
                }
            }
            all
        };
        self.estimators.iter().map(of).collect()
    }

    fn variables(&self, productivity: &[Productivity]) -> Vec<OutputVariable> {
        let keys: Vec<(String, i32)> = self.panel.units.iter().cloned().zip(self.panel.periods.iter().copied()).collect();
        let mut out = Vec::new();
        for p in productivity {
            let (id, label) = (p.estimator.id().replace('-', "_"), p.estimator.label());
            let mut push = |name: String, label: Text, values: &[f64]| {
                if values.iter().any(|v| v.is_finite()) {
                    out.push(OutputVariable {
                        name,
                        label,
                        unit: Text::plain("log"),
                        keys: keys.clone(),
                        values: values.to_vec(),
                    });
                }
            };
            push(
                format!("tfp_{id}"),
                Text::new(format!("Productivity with noise, {label}"), format!("含噪声的全要素生产率，{label}")),
                &p.tfp,
            );
            push(format!("omega_{id}"), Text::new(format!("Productivity, {label}"), format!("全要素生产率，{label}")), &p.omega);
        }
        for &estimator in self.estimators {
            for input in self.inputs() {
                let values = self.elasticity(estimator, &input);
                if values.iter().any(|v| v.is_finite()) {
                    let (of, label) = (lookup::variable_label(self.panel, &input), estimator.label());
                    let zh = if of.zh.is_empty() { &of.en } else { &of.zh };
                    out.push(OutputVariable {
                        name: estimator.elasticity_of(&input),
                        label: Text::new(format!("Output elasticity of {}, {label}", of.en), format!("{zh}的产出弹性，{label}")),
                        unit: Text::default(),
                        keys: keys.clone(),
                        values,
                    });
                }
            }
        }
        out
    }

    /// Elasticity of an input at each row of the panel: that of its industry, or its own where the function is not
    /// Cobb-Douglas; `NaN` where the estimator has none.
    fn elasticity(&self, estimator: Estimator, input: &str) -> Vec<f64> {
        let mut values = vec![f64::NAN; self.panel.len()];
        for (cell, told) in self.told().filter(|(c, _)| c.estimator == estimator) {
            let Some(j) = told.inputs.iter().position(|n| n == input) else { continue };
            for (at, row) in self.rows.part(cell.industry).rows.into_iter().enumerate() {
                values[row] = told.by_row.get(j).map_or(told.fitted.elasticities[j], |column| column[at]);
            }
        }
        values
    }

    fn summary(&self) -> Vec<Text> {
        let mut out = Vec::new();
        for &estimator in self.estimators {
            let told: Vec<&Told> = self.told().filter(|(c, _)| c.estimator == estimator).map(|(_, t)| t).collect();
            let label = estimator.label();
            match (self.options.industry.is_some(), told.first()) {
                (_, None) => continue,
                (false, Some(t)) => {
                    let list = |of: &str, comma: &str| {
                        let each = |(n, e): (&String, &f64)| format!("{n}{of}{e:.3}");
                        t.inputs.iter().zip(&t.fitted.elasticities).map(each).collect::<Vec<_>>().join(comma)
                    };
                    let (rows, firms) = (t.fitted.rows[1], t.fitted.firms - t.fitted.silent.len());
                    let sum = t.fitted.returns();
                    out.push(Text::new(
                        format!(
                            "{label}: elasticities {}; returns to scale {sum:.3} ({rows} rows, {firms} firms).",
                            list(" ", ", ")
                        ),
                        format!("{label}：产出弹性 {}；规模报酬 {sum:.3}（{firms} 家企业，{rows} 行）。", list(" ", "、")),
                    ));
                }
                (true, Some(_)) => {
                    let sums: Vec<f64> = told.iter().map(|t| t.fitted.returns()).collect();
                    let (low, high) = sums.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |m, s| (m.0.min(*s), m.1.max(*s)));
                    let (some, all, middle) = (told.len(), self.rows.industries.len(), moments::median(&sums));
                    out.push(Text::new(
                        format!("{label}: {some} of {all} industries estimated; returns to scale from {low:.3} to {high:.3}, median {middle:.3}."),
                        format!("{label}：{all} 个行业中估计了 {some} 个；规模报酬 {low:.3} 至 {high:.3}，中位数 {middle:.3}。"),
                    ));
                }
            }
        }
        out
    }

    fn checks(&self) -> Vec<Check> {
        let mut out: Vec<Check> = Vec::new();
        for check in self.told().flat_map(|(_, t)| &t.checks) {
            match out.iter_mut().find(|c| c.name == check.name) {
                Some(c) => c.residual = c.residual.max(check.residual),
                None => out.push(check.clone()),
            }
        }
        out
    }
}
