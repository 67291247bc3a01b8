#![doc = include_str!("capacity.md")]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    dea::{self, Dea, DeaOptions, Returns, ScoreOptions, Scores, Slacks},
    technology::{FrontierError, Missing, Orientation, State, Technology},
};

/// The method's page.
pub const PAGE: &str = include_str!("capacity.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("capacity.zh.md");

/// Options of [`capacity`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CapacityOptions {
    /// Positions of the inputs that are fixed in the short run: at least one, not all.
    pub fixed: Vec<usize>,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    pub returns: Returns,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

/// Result of [`capacity`]: one value per unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Capacity {
    /// State of each unit: the worse of its two programs.
    pub state: Vec<State>,
    /// Capacity utilisation with inefficiency in it, `y / (φ̂ y) = 1/φ̂` (biased, gross); φ̂ without variable inputs.
    pub gross: Vec<f64>,
    /// Certified bounds of `gross`.
    pub gross_interval: Vec<(f64, f64)>,
    /// Output efficiency `1/φ`, all inputs given.
    pub technical: Vec<f64>,
    /// Certified bounds of `technical`.
    pub technical_interval: Vec<(f64, f64)>,
    /// Capacity utilisation `φ/φ̂` (unbiased, net): efficient output over capacity output. At most 1.
    pub net: Vec<f64>,
    /// Bounds of `net` that follow from the two.
    pub net_interval: Vec<(f64, f64)>,
    /// Outputs at capacity `φ̂ y`, `[variable][unit]`.
    pub capacity_outputs: Vec<Vec<f64>>,
    /// Positions of the variable inputs.
    pub variable: Vec<usize>,
    /// Variable inputs at capacity, `Σ λⱼ xⱼ`, `[place in variable][unit]`.
    pub capacity_inputs: Vec<Vec<f64>>,
    /// Utilisation rate of each variable input: what capacity would use over what is used. Above 1: short of it.
    /// `NaN` where none is used.
    pub rates: Vec<Vec<f64>>,
    /// Whether the weights, and with them the rates, are certainly the only optimal ones.
    pub unique: Vec<bool>,
    /// The program without variable inputs: peers, slacks and prices of the fixed ones.
    pub plan: Dea,
}

/// Capacity utilisation of every unit against all units with complete data.
///
/// # Errors
/// [`FrontierError`]: unusable data, all of it at once, among it a unit without any fixed input; fixed inputs that are
/// none or all, or returns to scale without a program.
pub fn capacity(technology: &Technology<'_>, options: &CapacityOptions) -> Result<Capacity, FrontierError> {
    technology.check(options.missing, false)?;
    let (m, n) = (technology.inputs.len(), technology.len());
    options.check(m)?;
    let scoring = ScoreOptions {
        orientation: Orientation::Output,
        returns: options.returns,
        missing: options.missing,
        ..ScoreOptions::default()
    };
    let all = dea::scores(technology, &scoring)?;
    // A unit that lacks a variable input is in neither reference.
    let complete = technology.complete();
    let kept = |c: &&[f64]| -> Vec<f64> { (0..n).map(|u| if complete[u] { c[u] } else { f64::NAN }).collect() };
    let mut fixed = options.fixed.clone();
    fixed.sort_unstable();
    fixed.dedup();
    let columns: Vec<Vec<f64>> = fixed.iter().map(|&i| kept(&technology.inputs[i])).collect();
    let plant = Technology {
        inputs: columns.iter().map(Vec::as_slice).collect(),
        outputs: technology.outputs.clone(),
        bad_outputs: Vec::new(),
    };
    let planning = DeaOptions {
        orientation: Orientation::Output,
        returns: options.returns,
        slacks: Slacks::Range,
        scale: false,
        missing: options.missing,
        ..DeaOptions::default()
    };
    let plan = dea::dea(&plant, &planning)?;
    let variable: Vec<usize> = (0..m).filter(|i| !fixed.contains(i)).collect();
    Ok(Capacity::of(technology, variable, &all, plan))
}

impl CapacityOptions {
    fn check(&self, inputs: usize) -> Result<(), FrontierError> {
        let mut found = Vec::new();
        let mut refuse = |bad: bool, name, why: &str| found.extend(bad.then(|| (name, why.to_owned())));
        let inside = self.fixed.iter().all(|&i| i < inputs);
        refuse(self.fixed.is_empty(), "fixed", "no input is named as fixed");
        refuse(!inside, "fixed", "it names what is no input");
        let all = inside && (0..inputs).all(|i| self.fixed.contains(&i));
        refuse(all, "fixed", "no input is left to vary");
        let known = matches!(self.returns, Returns::Crs | Returns::Vrs | Returns::Nirs | Returns::Ndrs);
        refuse(!known, "returns", "this model takes `crs`, `vrs`, `nirs` or `ndrs`");
        if found.is_empty() { Ok(()) } else { Err(FrontierError::Options(found)) }
    }
}

impl Capacity {
    fn of(technology: &Technology<'_>, variable: Vec<usize>, all: &Scores, plan: Dea) -> Self {
        let n = technology.len();
        let every = || 0..n;
        let technical_interval: Vec<(f64, f64)> = every().map(|u| (all.low[u], all.high[u])).collect();
        let net: Vec<f64> = every().map(|u| plan.score[u] / all.score[u]).collect();
        let net_interval: Vec<(f64, f64)> =
            every().map(|u| (plan.interval[u].0 / all.high[u], plan.interval[u].1 / all.low[u])).collect();
        let capacity_outputs: Vec<Vec<f64>> =
            technology.outputs.iter().map(|c| every().map(|u| c[u] * plan.reciprocal[u]).collect()).collect();
        let used = |c: &[f64], u: usize| {
            if plan.score[u].is_nan() { f64::NAN } else { plan.peers(u).map(|p| p.weight * mean(c, p.units)).sum() }
        };
        let capacity_inputs: Vec<Vec<f64>> =
            variable.iter().map(|&i| every().map(|u| used(technology.inputs[i], u)).collect()).collect();
        let rate = |x: f64, own: f64| if own > 0.0 { x / own } else { f64::NAN };
        let rates = variable
            .iter()
            .zip(&capacity_inputs)
            .map(|(&i, x)| every().map(|u| rate(x[u], technology.inputs[i][u])).collect())
            .collect();
        // Units alike in fixed inputs and outputs may use variable inputs of their own.
        let alike = |u: usize| {
            plan.peers(u).all(|p| {
                variable.iter().all(|&i| {
                    let c = technology.inputs[i];
                    p.units.iter().all(|&j| c[j] == c[p.units[0]])
                })
            })
        };
        Self {
            state: every().map(|u| worse(all.state[u], plan.state[u]).certified(net_interval[u], 1.0)).collect(),
            gross: plan.score.clone(),
            gross_interval: plan.interval.clone(),
            technical: all.score.clone(),
            technical_interval,
            net,
            net_interval,
            capacity_outputs,
            unique: every().map(|u| plan.unique[u] && alike(u)).collect(),
            capacity_inputs,
            rates,
            variable,
            plan,
        }
    }
}

fn mean(column: &[f64], units: &[usize]) -> f64 {
    units.iter().map(|&u| column[u]).sum::<f64>() / units.len() as f64
}

/// The state of what needs both.
fn worse(a: State, b: State) -> State {
    if a == State::Optimal { b } else { a }
}

#[cfg(test)]
#[path = "capacity_tests.rs"]
mod tests;
