#![doc = include_str!("by_production.md")]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Orientation,
    dea::{Class, Dea, DeaOptions, Returns, Slacks, TOLERANCE, dea},
    projection::{self, Projection},
    russell::{Russell, RussellOptions, RussellOrientation, russell},
    technology::{Cell, Defect, FrontierError, Missing, Role, State, Technology},
};

/// The method's page.
pub const PAGE: &str = include_str!("by_production.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("by_production.zh.md");

/// How the two sub-technologies are measured and put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Index {
    /// Mean of the two non-radial efficiencies (the modified index of Färe, Grosskopf and Lovell that Murty, Russell and
    /// Levkoff propose).
    #[default]
    Fgl,
    /// One factor θ for all outputs, `(y/θ, θb)`; the joint one is the larger of the two.
    Hyperbolic,
    /// One step β for all outputs, `(y + βy, b − βb)`; the joint one is the smaller of the two. 0 is best.
    Directional,
}

/// Options of [`by_production`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ByProductionOptions {
    /// Inputs that cause the emissions, by position; at least one.
    pub polluting: Vec<usize>,
    /// Index: `fgl`, `hyperbolic` or `directional`.
    pub index: Index,
    /// Returns to scale of intended production: `crs`, `vrs`, `nirs` or `ndrs`.
    pub returns: Returns,
    /// Returns to scale of residual generation; those of intended production if not given.
    pub residual_returns: Option<Returns>,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

/// One sub-technology: one value per unit in each column, `NaN` where a unit is not solved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Subtechnology {
    /// State of each unit.
    pub state: Vec<State>,
    /// Its efficiency in (0, 1], or its β under `directional`.
    pub score: Vec<f64>,
    /// Certified bounds of `score`.
    pub interval: Vec<(f64, f64)>,
    /// φ of each output (intended production) or γ of each undesirable output (residual generation),
    /// `[variable][unit]`.
    pub factors: Vec<Vec<f64>>,
    /// Strong: nothing moves and no slack. Weak: score at its best with slack.
    pub class: Vec<Class>,
    /// Slacks (the way from the unit to its target), targets, prices and peers. Residual generation has the polluting
    /// inputs, in the order of the options, and the undesirable outputs; its input slacks are what more of them the
    /// target uses.
    pub projection: Projection,
    /// Zero cells, which have no factor and are not counted.
    pub zeros: Vec<Cell>,
}

/// Result of [`by_production`]: one value per unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ByProduction {
    /// State of each unit.
    pub state: Vec<State>,
    /// The index: 1 is best for `fgl` and `hyperbolic`, 0 for `directional`.
    pub score: Vec<f64>,
    /// Certified bounds of `score`.
    pub interval: Vec<(f64, f64)>,
    /// Strong: both sub-technologies are. Weak: the index is at its best, yet one of them leaves something to improve.
    pub class: Vec<Class>,
    /// Intended production: inputs make the outputs.
    pub intended: Subtechnology,
    /// Residual generation: polluting inputs make the undesirable outputs.
    pub residual: Subtechnology,
}

/// Efficiency of every unit under two sub-technologies, against all units with complete data.
///
/// # Errors
/// [`FrontierError`]: no undesirable outputs, polluting inputs that are none, returns to scale that are not among the
/// four, or cells that cannot be used, all of them at once. An uncertified unit is a [`State`], not an error.
pub fn by_production(technology: &Technology<'_>, options: &ByProductionOptions) -> Result<ByProduction, FrontierError> {
    if technology.bad_outputs.is_empty() {
        return Err(FrontierError::NoVariable(Role::BadOutput));
    }
    let residual_returns = options.residual_returns.unwrap_or(options.returns);
    let contradictions = options.contradictions(technology.inputs.len(), residual_returns);
    if !contradictions.is_empty() {
        return Err(FrontierError::Options(contradictions));
    }
    projection::check(technology, options.missing, false)?;
    // A unit that lacks a cell is in neither reference.
    let complete = technology.complete();
    let blanked =
        |c: &&[f64]| -> Vec<f64> { c.iter().zip(&complete).map(|(x, complete)| if *complete { *x } else { f64::NAN }).collect() };
    let columns = |cs: &[&[f64]]| -> Vec<Vec<f64>> { cs.iter().map(blanked).collect() };
    let (x, y, b) = (columns(&technology.inputs), columns(&technology.outputs), columns(&technology.bad_outputs));
    fn slices(columns: &[Vec<f64>]) -> Vec<&[f64]> {
        columns.iter().map(Vec::as_slice).collect()
    }
    let polluting: Vec<&[f64]> = options.polluting.iter().map(|&i| x[i].as_slice()).collect();
    let none =
        |cs: &[&[f64]]| (0..technology.len()).filter(|&u| complete[u] && cs.iter().all(|c| c[u] == 0.0)).collect::<Vec<_>>();
    let clean: Vec<Defect> = none(&slices(&b)).into_iter().map(|u| Defect::ZeroUnit(Role::BadOutput, u)).collect();
    if !clean.is_empty() {
        return Err(FrontierError::Data(clean));
    }
    let unused = none(&polluting).len();
    if unused > 0 {
        let why = format!("{unused} units use none of it, so that their emissions have no cause");
        return Err(FrontierError::Options(vec![("polluting", why)]));
    }

    let production = Technology { inputs: slices(&x), outputs: slices(&y), bad_outputs: Vec::new() };
    // Costly disposability: with the sides turned round, less pollution from no less of its causes is the usual
    // technology.
    let generation = Technology { inputs: slices(&b), outputs: polluting, bad_outputs: Vec::new() };
    let intended = options.solve(&production, Orientation::Output, options.returns)?;
    let residual = options.solve(&generation, Orientation::Input, residual_returns).map_err(|e| options.renamed(e))?;
    let residual = residual.turned(&options.polluting);
    Ok(ByProduction::new(options.index, intended, residual))
}

impl ByProductionOptions {
    fn contradictions(&self, inputs: usize, residual: Returns) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        if self.polluting.is_empty() {
            found.push(("polluting", "it names the inputs that cause emissions, at least one".to_owned()));
        }
        let beyond = self.polluting.iter().filter(|i| **i >= inputs);
        found.extend(beyond.map(|i| ("polluting", format!("it names input number {i}, but there are {inputs} inputs"))));
        if self.polluting.iter().enumerate().any(|(at, i)| self.polluting[..at].contains(i)) {
            found.push(("polluting", "it names an input twice".to_owned()));
        }
        for (name, returns) in [("returns", self.returns), ("residual_returns", residual)] {
            let known = matches!(returns, Returns::Crs | Returns::Vrs | Returns::Nirs | Returns::Ndrs);
            if !known && (name == "returns" || self.residual_returns.is_some()) {
                found.push((name, "this model takes `crs`, `vrs`, `nirs` or `ndrs`".to_owned()));
            }
        }
        found
    }

    fn solve(&self, part: &Technology<'_>, orientation: Orientation, returns: Returns) -> Result<Subtechnology, FrontierError> {
        let missing = self.missing;
        if self.index == Index::Fgl {
            let orientation = match orientation {
                Orientation::Input => RussellOrientation::Input,
                Orientation::Output => RussellOrientation::Output,
            };
            let options = RussellOptions { orientation, returns, missing, ..RussellOptions::default() };
            return Ok(Subtechnology::non_radial(russell(part, &options)?));
        }
        let options = DeaOptions { orientation, returns, missing, slacks: Slacks::Range, scale: false, ..DeaOptions::default() };
        Ok(Subtechnology::radial(dea(part, &options)?, part, orientation, self.index == Index::Directional))
    }

    /// An error of residual generation in the roles of the whole.
    fn renamed(&self, error: FrontierError) -> FrontierError {
        let cell = |c: Cell| match c.role {
            Role::Input => Cell { role: Role::BadOutput, ..c },
            _ => Cell { role: Role::Input, variable: self.polluting[c.variable], unit: c.unit },
        };
        let turned = |d: Defect| match d {
            Defect::Missing(c) => Defect::Missing(cell(c)),
            Defect::Infinite(c) => Defect::Infinite(cell(c)),
            Defect::Negative(c, x) => Defect::Negative(cell(c), x),
            Defect::NoLogarithm(c) => Defect::NoLogarithm(cell(c)),
            Defect::ZeroVariable(Role::Input, v) => Defect::ZeroVariable(Role::BadOutput, v),
            Defect::ZeroVariable(_, v) => Defect::ZeroVariable(Role::Input, self.polluting[v]),
            Defect::ZeroUnit(Role::Input, u) => Defect::ZeroUnit(Role::BadOutput, u),
            Defect::ZeroUnit(_, u) => Defect::ZeroUnit(Role::Input, u),
        };
        match error {
            FrontierError::Data(defects) => FrontierError::Data(defects.into_iter().map(turned).collect()),
            other => other,
        }
    }
}

impl Subtechnology {
    fn non_radial(r: Russell) -> Self {
        Self {
            state: r.state,
            score: r.score,
            interval: r.interval,
            factors: r.factors,
            class: r.class,
            projection: r.projection,
            zeros: r.zeros,
        }
    }

    /// One factor for all outputs. Slacks are the whole way, as in the non-radial measure.
    fn radial(d: Dea, part: &Technology<'_>, orientation: Orientation, steps: bool) -> Self {
        let output = orientation == Orientation::Output;
        let factor = if output { &d.reciprocal } else { &d.score };
        let factors = vec![factor.clone(); if output { part.outputs.len() } else { part.inputs.len() }];
        // β is φ − 1 or 1 − γ.
        let beta = |score: f64| {
            let step = if output { 1.0 / score - 1.0 } else { 1.0 - score };
            if step < 0.0 { 0.0 } else { step }
        };
        let turn = |score: f64| if steps { beta(score) } else { score };
        let bounds = |(low, high): (f64, f64)| if steps { (turn(high), turn(low)) } else { (low, high) };
        let way = |targets: &[Vec<f64>], own: &[&[f64]]| -> Vec<Vec<f64>> {
            let one = |(t, x): (&f64, &f64)| {
                let gap = (x - t).abs();
                if gap > TOLERANCE * x.abs().max(t.abs()) || gap.is_nan() { gap } else { 0.0 }
            };
            targets.iter().zip(own).map(|(t, c)| t.iter().zip(*c).map(one).collect()).collect()
        };
        let projection = Projection {
            input_slacks: way(&d.input_targets, &part.inputs),
            output_slacks: way(&d.output_targets, &part.outputs),
            input_targets: d.input_targets,
            output_targets: d.output_targets,
            input_prices: d.input_prices,
            output_prices: d.output_prices,
            intercept: d.intercept,
            peers: d.peers,
            weight_sum: d.weight_sum,
            unique: d.unique,
            ..Projection::default()
        };
        Self {
            score: d.score.iter().map(|s| turn(*s)).collect(),
            interval: d.interval.into_iter().map(bounds).collect(),
            state: d.state,
            factors,
            class: d.class,
            projection,
            zeros: Vec::new(),
        }
    }

    /// Residual generation in the roles of the whole: what stood for inputs are the undesirable outputs.
    fn turned(self, polluting: &[usize]) -> Self {
        let p = self.projection;
        let projection = Projection {
            bad_output_slacks: p.input_slacks,
            bad_output_targets: p.input_targets,
            bad_output_prices: p.input_prices,
            input_slacks: p.output_slacks,
            input_targets: p.output_targets,
            input_prices: p.output_prices,
            output_slacks: Vec::new(),
            output_targets: Vec::new(),
            output_prices: Vec::new(),
            ..p
        };
        let role = |c: Cell| match c.role {
            Role::Input => Cell { role: Role::BadOutput, ..c },
            _ => Cell { role: Role::Input, variable: polluting[c.variable], unit: c.unit },
        };
        Self { projection, zeros: self.zeros.into_iter().map(role).collect(), ..self }
    }
}

impl ByProduction {
    fn new(index: Index, intended: Subtechnology, residual: Subtechnology) -> Self {
        let join = |a: f64, b: f64| match index {
            _ if a.is_nan() || b.is_nan() => f64::NAN,
            Index::Fgl => 0.5 * (a + b),
            Index::Hyperbolic => a.max(b),
            Index::Directional => a.min(b),
        };
        let mut out = Self::default();
        for u in 0..intended.state.len() {
            let (a, b) = (&intended, &residual);
            let score = join(a.score[u], b.score[u]);
            let best = match index {
                Index::Directional => score <= TOLERANCE,
                _ => score >= 1.0 - TOLERANCE,
            };
            out.state.push(a.state[u].max(b.state[u]));
            out.score.push(score);
            out.interval.push((join(a.interval[u].0, b.interval[u].0), join(a.interval[u].1, b.interval[u].1)));
            out.class.push(match (a.class[u], b.class[u]) {
                (Class::None, _) | (_, Class::None) => Class::None,
                (Class::Strong, Class::Strong) => Class::Strong,
                _ if best => Class::Weak,
                _ => Class::Inefficient,
            });
        }
        Self { intended, residual, ..out }
    }
}

#[cfg(test)]
#[path = "by_production_tests.rs"]
mod tests;
