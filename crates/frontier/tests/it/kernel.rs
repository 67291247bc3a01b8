//! The solver alone: the programs of all models as families, against exact optima.

use numerics::lp::{Cloud, Costs, Family, Instance, Sense, Solution, Status};

use crate::oracle::{Set, all_right, sets};

/// How a model's programs look.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// Radial factor of the inputs or of the outputs, with or without the unit itself.
    Radial { shrink: bool, without: bool },
    /// Along the unit's own values or those of the first unit.
    Directional { first: bool },
    /// More outputs and less of the last one, which holds with equality.
    Weak,
    /// Slacks as shares of the range, or of the unit's own values (of inputs, outputs or both).
    Ram,
    /// See `Ram`.
    Shares { inputs: bool, outputs: bool },
    /// The ratio of the slacks-based measure.
    Ratio,
}

/// Model, form, sense of the row of the sum.
const MODELS: [(&str, Form, Option<Sense>); 23] = {
    use Form::{Directional, Radial, Ram, Ratio, Shares, Weak};
    const VRS: Option<Sense> = Some(Sense::Equal);
    const INPUT: Form = Radial { shrink: true, without: false };
    const OUTPUT: Form = Radial { shrink: false, without: false };
    [
        ("in-crs", INPUT, None),
        ("in-vrs", INPUT, VRS),
        ("in-nirs", INPUT, Some(Sense::AtMost)),
        ("in-ndrs", INPUT, Some(Sense::AtLeast)),
        ("out-vrs", OUTPUT, VRS),
        ("out-nirs", OUTPUT, Some(Sense::AtMost)),
        ("out-ndrs", OUTPUT, Some(Sense::AtLeast)),
        ("super-in-crs", Radial { shrink: true, without: true }, None),
        ("super-in-vrs", Radial { shrink: true, without: true }, VRS),
        ("super-out-vrs", Radial { shrink: false, without: true }, VRS),
        ("ddf-own-crs", Directional { first: false }, None),
        ("ddf-own-vrs", Directional { first: false }, VRS),
        ("ddf-first-vrs", Directional { first: true }, VRS),
        ("weak-crs", Weak, None),
        ("weak-vrs", Weak, VRS),
        ("ram-crs", Ram, None),
        ("ram-vrs", Ram, VRS),
        ("mip-crs", Shares { inputs: true, outputs: true }, None),
        ("mip-vrs", Shares { inputs: true, outputs: true }, VRS),
        ("sbm-in-vrs", Shares { inputs: true, outputs: false }, VRS),
        ("sbm-out-vrs", Shares { inputs: false, outputs: true }, VRS),
        ("sbm-crs", Ratio, None),
        ("sbm-vrs", Ratio, VRS),
    ]
};

struct Program<'a> {
    set: &'a Set,
    form: Form,
    columns: Vec<&'a [f64]>,
    inputs: usize,
    widths: Vec<f64>,
    sum: Option<Sense>,
}

impl<'a> Program<'a> {
    fn new(set: &'a Set, form: Form, sum: Option<Sense>) -> Self {
        let columns: Vec<&[f64]> = set.columns.inputs.iter().chain(&set.columns.outputs).map(Vec::as_slice).collect();
        let width =
            |c: &&[f64]| c.iter().copied().fold(f64::NEG_INFINITY, f64::max) - c.iter().copied().fold(f64::INFINITY, f64::min);
        let widths = columns.iter().map(width).collect();
        Self { set, form, inputs: set.columns.inputs.len(), columns, widths, sum }
    }

    /// Values of the units evaluated with their bounds, in the sense of the oracle.
    fn solve(&self) -> Vec<(Status, f64, (f64, f64))> {
        let (k, m) = (self.columns.len(), self.inputs);
        let ratio = matches!(self.form, Form::Ratio);
        let mut rows: Vec<Vec<f64>> = self.columns.iter().map(|c| c.to_vec()).collect();
        let n = rows[0].len();
        let sense = |v: usize| match self.form {
            Form::Weak if v == k - 1 => Sense::Equal,
            Form::Ratio if v >= m => Sense::Equal,
            _ if v < m => Sense::AtMost,
            _ => Sense::AtLeast,
        };
        let mut senses: Vec<Sense> = (0..k).map(sense).collect();
        if let Some(sense) = self.sum {
            rows.push(vec![1.0; n]);
            senses.push(sense);
        }
        if ratio {
            rows.push(vec![0.0; n]);
            senses.push(Sense::Equal);
        }
        let free = match self.form {
            Form::Radial { .. } => vec![false],
            Form::Directional { .. } | Form::Weak => vec![true],
            Form::Ram | Form::Shares { .. } => Vec::new(),
            Form::Ratio => vec![false; 1 + k - m],
        };
        let cloud = Cloud::new(rows).unwrap();
        let family = Family::new(&cloud, senses, free, 1).unwrap();
        let take = |_: usize, s: &Solution| {
            let sign = if matches!(self.form, Form::Radial { shrink: true, .. } | Form::Ratio) { 1.0 } else { -1.0 };
            let (low, high) = s.interval;
            let interval = if sign > 0.0 { (low, high) } else { (-high, -low) };
            (s.status, s.values.first().map_or(f64::NAN, |v| sign * v), interval)
        };
        family.sweep(&self.set.evaluated, |u, instance| self.fill(u, instance), take)
    }

    fn fill(&self, u: usize, instance: &mut Instance) {
        let (k, m) = (self.columns.len(), self.inputs);
        let own = |v: usize| self.columns[v][u];
        let rows = instance.rhs.len();
        let Costs { extras, slacks } = &mut instance.costs[0];
        if self.sum.is_some() {
            instance.rhs[k] = 1.0;
        }
        (0..k).for_each(|v| instance.rhs[v] = own(v));
        match self.form {
            Form::Radial { shrink, without } => {
                for v in 0..k {
                    let moves = (v < m) == shrink;
                    instance.rhs[v] = if moves { 0.0 } else { own(v) };
                    instance.extras[v] = if moves { -own(v) } else { 0.0 };
                }
                extras[0] = if shrink { 1.0 } else { -1.0 };
                instance.excluded.clear();
                instance.excluded.extend(without.then_some(u));
            }
            Form::Directional { first } => {
                for v in 0..k {
                    let g = if first { self.columns[v][0] } else { own(v) };
                    instance.extras[v] = if v < m { g } else { -g };
                }
                extras[0] = -1.0;
            }
            Form::Weak => {
                for v in 0..k {
                    instance.extras[v] = if v < m {
                        0.0
                    } else if v == k - 1 {
                        own(v)
                    } else {
                        -own(v)
                    };
                }
                extras[0] = -1.0;
            }
            Form::Ram => (0..k).for_each(|v| slacks[v] = -1.0 / self.widths[v] / k as f64),
            Form::Shares { inputs, outputs } => {
                // The sum of all shares, or the mean of one side's.
                let by = if inputs && outputs {
                    1
                } else if inputs {
                    m
                } else {
                    k - m
                };
                (0..k)
                    .for_each(|v| slacks[v] = if if v < m { inputs } else { outputs } { -1.0 / own(v) / by as f64 } else { 0.0 });
            }
            Form::Ratio => {
                let last = rows - 1;
                instance.rhs.fill(0.0);
                instance.rhs[last] = 1.0;
                for v in 0..k {
                    instance.extras[v] = -own(v);
                    if v < m {
                        slacks[v] = -1.0 / own(v) / m as f64;
                    } else {
                        let at = (1 + v - m) * rows;
                        instance.extras[at + v] = -1.0;
                        instance.extras[at + last] = 1.0 / own(v) / (k - m) as f64;
                    }
                }
                if self.sum.is_some() {
                    instance.extras[k] = -1.0;
                }
                instance.extras[last] = 1.0;
                extras[0] = 1.0;
            }
        }
    }
}

/// What is wrong with a value; `exact` is `None` for infeasible.
fn wrong(status: Status, value: f64, (low, high): (f64, f64), exact: Option<f64>) -> Option<String> {
    let Some(exact) = exact else {
        return (status != Status::Infeasible).then(|| format!("{status:?} {value} where nothing is feasible"));
    };
    let size = exact.abs().max(1.0);
    if status != Status::Optimal {
        Some(format!("{status:?}, exactly {exact}"))
    } else if (value - exact).abs() > 1e-9 * size {
        Some(format!("{value} is not {exact}: off by {:.1e}", value - exact))
    } else if !(low - 1e-14 * size <= exact && exact <= high + 1e-14 * size) {
        Some(format!("[{low}, {high}] does not contain {exact}: by {:.1e}", (low - exact).max(exact - high)))
    } else if high - low > 1e-9 * size {
        Some(format!("[{low}, {high}] is wider than 1e-9"))
    } else {
        None
    }
}

#[test]
fn every_program_has_its_exact_optimum() {
    let mut complaints = Vec::new();
    for set in sets() {
        for (model, form, sum) in MODELS {
            let Some(exact) = set.values(model) else { continue };
            let found = Program::new(&set, form, sum).solve();
            for ((&u, (status, value, interval)), exact) in set.evaluated.iter().zip(found).zip(exact) {
                complaints.extend(wrong(status, value, interval, exact).map(|w| format!("{} {model} unit {u}: {w}", set.name)));
            }
        }
    }
    all_right(&complaints);
}
