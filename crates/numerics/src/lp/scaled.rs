//! A program in its own units: all columns side by side, rows and columns scaled by powers of two.

use super::{Objective, Program, Sense, Variable};

/// The power of two that brings `x` into `[1, 2)` when multiplied; 1 for zero.
pub(super) fn power(x: f64) -> f64 {
    if x == 0.0 {
        return 1.0;
    }
    // The exponent as it stands in the number; beyond 2^1000 either way the scale stops.
    let exponent = (x.abs().to_bits() >> 52).clamp(23, 2023);
    f64::from_bits((2046 - exponent) << 52)
}

/// Sum of artificials above which there is no feasible point.
const INFEASIBLE: f64 = 1e-10;

/// What rounding of the data alone may ask for, as a share of the terms of a proof that nothing meets it.
const ROUNDING: f64 = 1e-13;

/// Columns in order: cloud, extras, mirrors of the free extras, slacks, artificials.
pub(super) struct Scaled<'a> {
    pub(super) program: &'a Program<'a>,
    /// Number of rows.
    pub(super) k: usize,
    /// Number of columns without artificials.
    pub(super) structural: usize,
    /// Number of all columns.
    pub(super) width: usize,
    /// Entries, row by row.
    pub(super) a: Vec<f64>,
    /// Right-hand side.
    pub(super) b: Vec<f64>,
    /// Row scale: scaled row = `row_scale` x original row.
    pub(super) row_scale: Vec<f64>,
    /// Column scale: original value = `column_scale` x scaled value.
    pub(super) column_scale: Vec<f64>,
    mirrors: Vec<usize>,
    slacks: Vec<usize>,
}

impl<'a> Scaled<'a> {
    pub(super) fn new(program: &'a Program<'a>) -> Self {
        let (cloud, rows, extras) = (program.cloud, program.rows, program.extras);
        let (k, n, e) = (rows.len(), cloud.columns(), extras.len());
        let mirrors: Vec<usize> = (0..e).filter(|&i| extras[i].free).collect();
        let slacks: Vec<usize> = (0..k).filter(|&i| rows[i].sense != Sense::Equal).collect();
        let structural = n + e + mirrors.len() + slacks.len();
        let width = structural + k;
        // A row is measured by the program's own data (the unit under evaluation), so that a small unit
        // among large ones is solved in its own size; a speck of a value may not blow up its row.
        let row_scale: Vec<f64> = (0..k)
            .map(|i| {
                let own = extras.iter().fold(rows[i].rhs.abs(), |m, c| m.max(c.entries[i].abs()));
                power(if own == 0.0 { cloud.largest[i] } else { own.max(cloud.largest[i] * 2.0_f64.powi(-20)) })
            })
            .collect();
        let mut a = vec![0.0; k * width];
        for (i, line) in a.chunks_exact_mut(width).enumerate() {
            let r = row_scale[i];
            for (x, p) in line.iter_mut().zip(cloud.row(i)) {
                *x = r * p;
            }
            for (x, c) in line[n..].iter_mut().zip(extras) {
                *x = r * c.entries[i];
            }
            for (x, &m) in line[n + e..].iter_mut().zip(&mirrors) {
                *x = -r * extras[m].entries[i];
            }
            let sign = if rows[i].sense == Sense::AtMost { 1.0 } else { -1.0 };
            if let Some(s) = slacks.iter().position(|&s| s == i) {
                line[n + e + mirrors.len() + s] = sign * r;
            }
            line[structural + i] = if rows[i].rhs < 0.0 { -r } else { r };
        }
        let mut column_scale = vec![0.0_f64; width];
        for (i, line) in a.chunks_exact(width).enumerate() {
            let from = if cloud.sizes(i, rows[i].sense) { 0 } else { n };
            for (m, x) in column_scale[from..].iter_mut().zip(&line[from..]) {
                *m = m.max(x.abs());
            }
        }
        for s in &mut column_scale {
            *s = power(*s);
        }
        for line in a.chunks_exact_mut(width) {
            for (x, s) in line.iter_mut().zip(&column_scale) {
                *x *= s;
            }
        }
        let b = rows.iter().zip(&row_scale).map(|(row, r)| row.rhs * r).collect();
        Self { program, k, structural, width, a, b, row_scale, column_scale, mirrors, slacks }
    }

    /// Whether `left`, the least sum of artificials, says that there is no feasible point; `proof` are the multipliers of
    /// the scaled rows there. What is missing is measured in rows that artificials happen to stand in; a point that
    /// rounding put outside by its last digit may miss much more of another row than of its own.
    pub(super) fn beyond(&self, left: f64, proof: impl Iterator<Item = f64>) -> bool {
        left > INFEASIBLE && left > ROUNDING * proof.zip(&self.b).map(|(p, b)| (p * b).abs()).sum::<f64>()
    }

    fn extra_start(&self) -> usize {
        self.program.cloud.columns()
    }

    fn slack_start(&self) -> usize {
        self.extra_start() + self.program.extras.len() + self.mirrors.len()
    }

    pub(super) fn column(&self, j: usize) -> Vec<f64> {
        self.a.iter().skip(j).step_by(self.width).copied().collect()
    }

    /// Costs of all columns, scaled so that the largest is about one, and that scale.
    pub(super) fn costs(&self, objective: &Objective) -> (Vec<f64>, f64) {
        let mut c = vec![0.0; self.width];
        c[..objective.cloud.len()].copy_from_slice(&objective.cloud);
        let e = self.extra_start();
        c[e..e + objective.extras.len()].copy_from_slice(&objective.extras);
        if !objective.extras.is_empty() {
            for (i, &m) in self.mirrors.iter().enumerate() {
                c[e + self.program.extras.len() + i] = -objective.extras[m];
            }
        }
        if !objective.slacks.is_empty() {
            for (i, &row) in self.slacks.iter().enumerate() {
                c[self.slack_start() + i] = objective.slacks[row];
            }
        }
        for (c, s) in c.iter_mut().zip(&self.column_scale) {
            *c *= s;
        }
        let scale = power(c.iter().fold(0.0_f64, |m, x| m.max(x.abs())));
        for c in &mut c {
            *c *= scale;
        }
        (c, scale)
    }

    /// Column of a variable; `None` for the slack of an equality or a name out of range.
    pub(super) fn index(&self, v: Variable) -> Option<usize> {
        match v {
            Variable::Cloud(j) => (j < self.extra_start()).then_some(j),
            Variable::Extra(i) => (i < self.program.extras.len()).then(|| self.extra_start() + i),
            Variable::Slack(row) => self.slacks.iter().position(|&s| s == row).map(|s| self.slack_start() + s),
        }
    }

    /// Variable of a column; `None` for artificials.
    pub(super) fn variable(&self, j: usize) -> Option<Variable> {
        let (e, s) = (self.extra_start(), self.slack_start());
        if j < e {
            Some(Variable::Cloud(j))
        } else if j < e + self.program.extras.len() {
            Some(Variable::Extra(j - e))
        } else if j < s {
            Some(Variable::Extra(self.mirrors[j - e - self.program.extras.len()]))
        } else if j < self.structural {
            Some(Variable::Slack(self.slacks[j - s]))
        } else {
            None
        }
    }

    /// Row of a slack's column; `None` for other columns.
    pub(super) fn row_of(&self, j: usize) -> Option<usize> {
        match self.variable(j) {
            Some(Variable::Slack(row)) => Some(row),
            _ => None,
        }
    }

    /// Value of an original variable per unit of the scaled column.
    pub(super) fn unscale(&self, j: usize) -> f64 {
        let mirror = (self.extra_start() + self.program.extras.len()..self.slack_start()).contains(&j);
        if mirror { -self.column_scale[j] } else { self.column_scale[j] }
    }
}
