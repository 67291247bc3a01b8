//! The solver alone: the programs of all models as families, against exact optima.

use numerics::lp::{Cloud, Costs, Family, Instance, Sense, Solution, Status};

use crate::{
    generate::{Columns, Kind},
    oracle::{all_right, sets},
};

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
    form: Form,
    columns: Vec<&'a [f64]>,
    inputs: usize,
    widths: Vec<f64>,
    sum: Option<Sense>,
}

/// A value with its bounds in the sense of the oracle, and what solution and program have to do with each
/// other.
struct Found {
    status: Status,
    value: f64,
    interval: (f64, f64),
    wrong: Option<String>,
}

impl<'a> Program<'a> {
    fn new(columns: &'a Columns, form: Form, sum: Option<Sense>) -> Self {
        let inputs = columns.inputs.len();
        let columns: Vec<&[f64]> = columns.inputs.iter().chain(&columns.outputs).map(Vec::as_slice).collect();
        let width =
            |c: &&[f64]| c.iter().copied().fold(f64::NEG_INFINITY, f64::max) - c.iter().copied().fold(f64::INFINITY, f64::min);
        let widths = columns.iter().map(width).collect();
        Self { form, inputs, columns, widths, sum }
    }

    fn solve(&self, order: &[usize]) -> Vec<Found> {
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
        let family = Family::new(&cloud, senses.clone(), free.clone(), 1).unwrap();
        let take = |u: usize, s: &Solution| {
            let sign = if matches!(self.form, Form::Radial { shrink: true, .. } | Form::Ratio) { 1.0 } else { -1.0 };
            let (low, high) = s.interval;
            let interval = if sign > 0.0 { (low, high) } else { (-high, -low) };
            let mut instance = family.instance();
            self.fill(u, &mut instance);
            let wrong = if s.status == Status::Optimal { unsound(&cloud, &senses, &free, &instance, s) } else { None };
            Found { status: s.status, value: s.values.first().map_or(f64::NAN, |v| sign * v), interval, wrong }
        };
        family.sweep(order, |u, instance| self.fill(u, instance), take)
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
                (0..k).for_each(|v| instance.extras[v] = -own(v));
                (0..m).for_each(|v| slacks[v] = -1.0 / own(v) / m as f64);
                for v in m..k {
                    let at = (1 + v - m) * rows;
                    instance.extras[at + v] = -1.0;
                    instance.extras[at + last] = 1.0 / own(v) / (k - m) as f64;
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

/// What of an optimal solution contradicts its program: rows, signs, reduced costs of all columns, or the
/// equality of both values, to nine digits of the numbers that take part. Twelve digits below the largest
/// of a row nothing is told from rounding.
fn unsound(cloud: &Cloud, senses: &[Sense], free: &[bool], instance: &Instance, s: &Solution) -> Option<String> {
    const DIGITS: f64 = 1e-9;
    const DUST: f64 = 1e-12;
    let largest = |i: usize| cloud.row(i).iter().fold(0.0_f64, |m, x| m.max(x.abs()));
    let largest: Vec<f64> = (0..senses.len()).map(largest).map(|x| if x > 0.0 { x } else { 1.0 }).collect();
    let worth = s.duals.iter().zip(&largest).fold(0.0_f64, |m, (y, r)| m.max((y * r).abs()));
    let (k, costs) = (senses.len(), &instance.costs[0]);
    let dot = |entries: &mut dyn Iterator<Item = (f64, f64)>| {
        entries.fold((0.0, 0.0), |(sum, size): (f64, f64), (a, b)| (sum + a * b, size + (a * b).abs()))
    };
    for (i, sense) in senses.iter().enumerate() {
        let points = s.weights.iter().map(|&(j, w)| (cloud.row(i)[j], w));
        let extras = s.extras.iter().enumerate().map(|(e, &z)| (instance.extras[e * k + i], z));
        let (sum, size) = dot(&mut points.chain(extras));
        let (slack, size) = (instance.rhs[i] - sum, DIGITS * (size + instance.rhs[i].abs()) + DUST * largest[i]);
        let (missed, claimed) = match sense {
            Sense::AtMost => (-slack, slack),
            Sense::AtLeast => (slack, -slack),
            Sense::Equal => (slack.abs(), 0.0),
        };
        if missed > size || (claimed - s.slacks[i]).abs() > size && *sense != Sense::Equal {
            return Some(format!("row {i}: missed by {missed:.1e}, slack {} for {claimed}", s.slacks[i]));
        }
        let (reduced, size) = match sense {
            Sense::AtMost => (costs.slacks[i] - s.duals[i], costs.slacks[i].abs() + s.duals[i].abs()),
            Sense::AtLeast => (costs.slacks[i] + s.duals[i], costs.slacks[i].abs() + s.duals[i].abs()),
            Sense::Equal => (0.0, 0.0),
        };
        if reduced < -DIGITS * size - DUST * worth / largest[i] {
            return Some(format!("reduced cost {reduced} of the slack of row {i}"));
        }
    }
    for (e, &free) in free.iter().enumerate() {
        let entries = &instance.extras[e * k..(e + 1) * k];
        let (paid, size) = dot(&mut entries.iter().zip(&s.duals).map(|(&a, &y)| (a, y)));
        let reduced = costs.extras[e] - paid;
        let size = DIGITS * (size + costs.extras[e].abs()) + DUST * worth;
        if reduced < -size || free && reduced > size {
            return Some(format!("reduced cost {reduced} of extra column {e}"));
        }
        let share = entries.iter().zip(&largest).fold(0.0_f64, |m, (a, r)| m.max((a / r).abs()));
        if !free && s.extras[e] * share < -DIGITS {
            return Some(format!("extra column {e} is {}", s.extras[e]));
        }
    }
    let mut worst = (0.0, 0);
    for j in (0..cloud.columns()).filter(|j| instance.excluded.binary_search(j).is_err()) {
        let (paid, size) = dot(&mut (0..k).map(|i| (cloud.row(i)[j], s.duals[i])));
        if paid > DIGITS * size + DUST * worth && paid / size > worst.0 {
            worst = (paid / size, j);
        }
    }
    if worst.0 > 0.0 {
        return Some(format!("point {} lies below the hyperplane by a share of {:.1e}", worst.1, worst.0));
    }
    let (dual, _) = dot(&mut s.duals.iter().zip(&instance.rhs).map(|(&y, &b)| (y, b)));
    let slacks = s.slacks.iter().zip(&costs.slacks).map(|(&x, &c)| (x, c));
    let (primal, _) = dot(&mut s.extras.iter().zip(&costs.extras).map(|(&x, &c)| (x, c)).chain(slacks));
    let (value, size) = (s.values[0], DIGITS * s.values[0].abs().max(1.0));
    if (value - dual).abs() > size || (value - primal).abs() > size {
        return Some(format!("value {value}, by weights {primal}, by prices {dual}"));
    }
    s.weights.iter().any(|w| w.1 < 0.0).then(|| "a negative weight".to_owned())
}

/// What is wrong with a value; `exact` is `None` for infeasible.
fn wrong(found: Found, exact: Option<f64>) -> Option<String> {
    let Found { status, value, interval: (low, high), wrong } = found;
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
        wrong
    }
}

#[test]
fn every_program_has_its_exact_optimum() {
    let mut complaints = Vec::new();
    for set in sets() {
        for (model, form, sum) in MODELS {
            let Some(exact) = set.values(model) else { continue };
            let found = Program::new(&set.columns, form, sum).solve(&set.evaluated);
            for ((&u, found), exact) in set.evaluated.iter().zip(found).zip(exact) {
                complaints.extend(wrong(found, exact).map(|w| format!("{} {model} unit {u}: {w}", set.name)));
            }
        }
    }
    all_right(&complaints);
}

/// More units than a short list of candidates holds: weights and prices must fit their programs.
#[test]
fn large_families_are_sound() {
    let mut complaints = Vec::new();
    let kinds = [Kind::Cd31, Kind::Ces55, Kind::Sphere(5, 0.5), Kind::Integers, Kind::Zeros, Kind::Units, Kind::Triples];
    for kind in kinds {
        let columns = Columns::new(kind, 1200, 31);
        let order: Vec<usize> = (0..1200).step_by(3).collect();
        for (model, form, sum) in MODELS {
            let shares = matches!(form, Form::Shares { .. } | Form::Ratio);
            if kind == Kind::Zeros && shares || columns.outputs.len() == 1 && matches!(form, Form::Weak) {
                continue;
            }
            for (&u, found) in order.iter().zip(Program::new(&columns, form, sum).solve(&order)) {
                let (low, high) = found.interval;
                let wrong = match found.status {
                    Status::Optimal if high - low > 1e-9 * found.value.abs().max(1.0) => Some(format!("[{low}, {high}] is wide")),
                    Status::Optimal => found.wrong,
                    // Super-efficiency under variable returns alone leaves units that nothing reaches.
                    Status::Infeasible if model.starts_with("super") => None,
                    other => Some(format!("{other:?}")),
                };
                complaints.extend(wrong.map(|w| format!("{kind:?} {model} unit {u}: {w}")));
            }
        }
    }
    all_right(&complaints);
}
