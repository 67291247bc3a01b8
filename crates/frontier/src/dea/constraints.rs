//! What a unit cannot choose: variables beyond its control, an environment, undesirable outputs to be turned round.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Dea, DeaOptions, Returns, Setting, evaluate};
use crate::{
    radial::Hold,
    technology::{Defect, FrontierError, Orientation, Role, Technology},
};

/// Whether a variable is the unit's to choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Control {
    /// It is.
    #[default]
    Chosen,
    /// Not moved radially, and its slack does not count (Banker and Morey 1986): `Σλz ≤ z₀` for an input,
    /// `Σλz ≥ z₀` for an output.
    NonDiscretionary,
    /// Not moved, and the target has the unit's own value: `Σλz = z₀` (Cooper, Seiford and Tone 2007, chapter 7).
    NonControllable,
}

impl DeaOptions {
    /// Whether anything but returns to scale restricts the programs.
    pub(super) fn constrained(&self) -> bool {
        !self.environment.is_empty() || self.control.iter().any(|c| *c != Control::Chosen)
    }

    /// Control of each variable: inputs, then outputs.
    pub(super) fn hold(&self, variables: usize) -> Vec<Hold> {
        let mut hold: Vec<Hold> = self.control.iter().map(|c| Hold::from(*c)).collect();
        hold.resize(variables, Hold::Free);
        hold
    }
}

impl From<Control> for Hold {
    fn from(c: Control) -> Self {
        match c {
            Control::Chosen => Self::Free,
            Control::NonDiscretionary => Self::Still,
            Control::NonControllable => Self::Equal,
        }
    }
}

/// Whether the constraints fit the data.
pub(super) fn check(technology: &Technology<'_>, options: &DeaOptions) -> Result<(), FrontierError> {
    let (m, s, n) = (technology.inputs.len(), technology.outputs.len(), technology.len());
    let mut found = Vec::new();
    if !options.control.is_empty() {
        let moving = if options.orientation == Orientation::Input { 0..m } else { m..m + s };
        if options.control.len() != m + s {
            found.push(("control", format!("{} entries for {} inputs and outputs", options.control.len(), m + s)));
        } else if options.control[moving].iter().all(|c| *c != Control::Chosen) {
            found.push(("control", "no variable of the side that moves is the unit's to choose".to_owned()));
        }
    }
    let complete = technology.complete();
    for (e, levels) in options.environment.iter().enumerate() {
        if levels.len() != n {
            found.push(("environment", format!("column {} has {} rows for {n} units", e + 1, levels.len())));
            continue;
        }
        let bad = (0..n).filter(|&u| complete[u] && !levels[u].is_finite());
        found.extend(bad.map(|u| ("environment", format!("column {} has no number for unit {}", e + 1, u + 1))));
    }
    if !found.is_empty() {
        return Err(FrontierError::Options(found));
    }
    // A factor of nothing but zeros has no least value.
    let (role, columns, from) = match options.orientation {
        Orientation::Input => (Role::Input, &technology.inputs, 0),
        Orientation::Output => (Role::Output, &technology.outputs, m),
    };
    let chosen = |i: usize| options.control.get(from + i).copied().unwrap_or_default() == Control::Chosen;
    let still = |u: &usize| complete[*u] && (0..columns.len()).filter(|&i| chosen(i)).all(|i| columns[i][*u] == 0.0);
    let defects: Vec<Defect> = (0..n).filter(still).map(|u| Defect::ZeroUnit(role, u)).collect();
    if defects.is_empty() { Ok(()) } else { Err(FrontierError::Data(defects)) }
}

impl Setting<'_> {
    /// Adds the classes whose environment is more favourable than that of `row` in any respect.
    pub(super) fn favoured(&self, row: usize, list: &mut Vec<usize>) {
        let better = |j: &usize| self.levels.iter().any(|l| l[*j] > l[row]);
        list.extend((0..self.classes.len()).filter(better));
    }
}

/// Efficiency with each undesirable output `b` as the output `w − b` (Seiford and Zhu 2002).
pub(super) fn translated(technology: &Technology<'_>, options: &DeaOptions) -> Result<Dea, FrontierError> {
    technology.check(options.missing, true)?;
    let (bads, w) = (&technology.bad_outputs, &options.translation);
    let mut found = Vec::new();
    if options.returns != Returns::Vrs {
        found.push(("returns", "turning undesirable outputs round keeps the frontier under `vrs` alone".to_owned()));
    }
    if w.len() != bads.len() {
        found.push(("translation", format!("{} numbers for {} undesirable outputs", w.len(), bads.len())));
    }
    let largest = |c: &[f64]| c.iter().copied().fold(0.0, f64::max);
    for (i, (w, c)) in w.iter().zip(bads).enumerate() {
        if !(w.is_finite() && *w > largest(c)) {
            let why = format!("{w} for undesirable output {} is not above its largest value {}", i + 1, largest(c));
            found.push(("translation", why));
        }
    }
    if !found.is_empty() {
        return Err(FrontierError::Options(found));
    }
    let turned: Vec<Vec<f64>> = bads.iter().zip(w).map(|(c, w)| c.iter().map(|b| w - b).collect()).collect();
    let outputs = technology.outputs.iter().copied().chain(turned.iter().map(Vec::as_slice)).collect();
    let good = Technology { inputs: technology.inputs.clone(), outputs, bad_outputs: Vec::new() };
    check(&good, options)?;
    let mut out = evaluate(&Setting::own(&good, options)?, options)?;
    let s = technology.outputs.len();
    out.bad_output_slacks = out.output_slacks.split_off(s);
    out.bad_output_prices = out.output_prices.split_off(s);
    let back = |(column, w): (Vec<f64>, &f64)| column.into_iter().map(|t| w - t).collect();
    out.bad_output_targets = out.output_targets.split_off(s).into_iter().zip(w).map(back).collect();
    for variable in out.unreached.iter_mut().flat_map(|u| &mut u.variables).filter(|(role, v)| *role == Role::Output && *v >= s) {
        *variable = (Role::BadOutput, variable.1 - s);
    }
    Ok(out)
}

#[cfg(test)]
#[path = "constraints_tests.rs"]
mod tests;
