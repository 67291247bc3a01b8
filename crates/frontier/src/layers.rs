#![doc = include_str!("layers.md")]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    dea::{Returns, TOLERANCE},
    observations::Distance,
    projection,
    radial::{Ask, Bounds, Radial, measured},
    reference::Reference,
    technology::{FrontierError, Missing, Orientation, State, Technology},
};

/// The method's page.
pub const PAGE: &str = include_str!("layers.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("layers.zh.md");

/// Options of [`layers`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LayersOptions {
    /// Which side is moved: `input` or `output`.
    pub orientation: Orientation,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    pub returns: Returns,
    /// How many layers up and down each unit is measured against; all if not given.
    pub degrees: Option<usize>,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

/// A unit against a layer that is not its own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Appraisal {
    /// Row.
    pub unit: usize,
    /// The layer that is the context, from 1.
    pub context: usize,
    /// How many layers it lies below the unit's own (attractiveness); negative above it (progress).
    pub degree: isize,
    /// State. Under returns other than `crs` a worse layer may not reach the unit: `Infeasible`.
    pub state: State,
    /// Farrell score θ or 1/φ against the layer: the attractiveness where the layer is worse (1 or more), one over the
    /// progress where it is better (at most 1).
    pub score: f64,
    /// Certified bounds of `score`.
    pub interval: (f64, f64),
}

/// Result of [`layers`]: one value per unit in each column, and the appraisals.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Layers {
    /// State of each unit. `Numerical`: its layer could not be told.
    pub state: Vec<State>,
    /// Layer of each unit from 1, the best; 0 where there is none.
    pub layer: Vec<usize>,
    /// Score against the first layer, which is the efficiency against all units.
    pub score: Vec<f64>,
    /// Certified bounds of `score`.
    pub interval: Vec<(f64, f64)>,
    /// Numbers of units of the layers.
    pub sizes: Vec<usize>,
    /// Units against layers, by unit, then layer.
    pub appraisals: Vec<Appraisal>,
}

/// Layers of all complete units, and each unit against the layers above and below its own.
///
/// # Errors
/// [`FrontierError`]: no variables, columns of different length, options that do not go together, or cells that cannot be
/// used, all of them at once.
pub fn layers(technology: &Technology<'_>, options: &LayersOptions) -> Result<Layers, FrontierError> {
    technology.check(options.missing, false)?;
    projection::sum_row(options.returns)?;
    let set = Reference::spanning(technology)?;
    let n = technology.len();
    let peeling = Peeling { set: &set, inputs: technology.inputs.len(), outputs: technology.outputs.len(), options };
    let (of, first, peeled) = peeling.peel()?;

    let blank = (f64::NAN, f64::NAN);
    let mut out = Layers {
        state: vec![State::Missing; n],
        layer: vec![0; n],
        score: vec![f64::NAN; n],
        interval: vec![blank; n],
        sizes: peeled.iter().map(|l| l.iter().map(|&k| set.classes.units(k).len()).sum()).collect(),
        appraisals: Vec::new(),
    };
    for (k, d) in first.iter().enumerate() {
        for &u in set.classes.units(k) {
            (out.layer[u], out.score[u], out.interval[u]) = (of[k], d.value, d.interval);
            out.state[u] = if of[k] == 0 { State::Numerical } else { d.state };
        }
    }
    let reach = options.degrees.unwrap_or(usize::MAX);
    for (l, layer) in peeled.iter().enumerate() {
        let context = l + 1;
        let near = |k: &usize| of[*k] != 0 && of[*k] != context && of[*k].abs_diff(context) <= reach;
        let rows: Vec<usize> = (0..set.classes.len()).filter(near).collect();
        for (k, d) in peeling.against(layer, &rows, false)? {
            let appraisal = |&unit: &usize| Appraisal {
                unit,
                context,
                degree: context as isize - of[k] as isize,
                state: d.state,
                score: d.value,
                interval: d.interval,
            };
            out.appraisals.extend(set.classes.units(k).iter().map(appraisal));
        }
    }
    out.appraisals.sort_by_key(|a| (a.unit, a.context));
    Ok(out)
}

struct Peeling<'a> {
    set: &'a Reference,
    inputs: usize,
    outputs: usize,
    options: &'a LayersOptions,
}

/// Layer of each class from 1, distances from the first layer, and the classes of each layer.
type Peeled = (Vec<usize>, Vec<Distance>, Vec<Vec<usize>>);

impl Peeling<'_> {
    /// Takes the frontier of what is left away until nothing is left.
    fn peel(&self) -> Result<Peeled, FrontierError> {
        let count = self.set.classes.len();
        let (mut of, mut layers) = (vec![0; count], Vec::new());
        let mut first = vec![crate::observations::UNSOLVED; count];
        let mut left: Vec<usize> = (0..count).collect();
        while !left.is_empty() {
            let solved = self.against(&left, &left, true)?;
            let mut layer: Vec<usize> = Vec::new();
            for &(k, d) in &solved {
                if layers.is_empty() {
                    first[k] = d;
                }
                let efficient = d.state == State::Optimal && d.value >= 1.0 - TOLERANCE;
                if efficient {
                    layer.push(k);
                }
            }
            // Where nothing is certified there is no next layer to tell.
            if layer.is_empty() {
                break;
            }
            layer.sort_unstable();
            layers.push(layer);
            layers.last().into_iter().flatten().for_each(|&k| of[k] = layers.len());
            left.retain(|&k| of[k] == 0);
        }
        Ok((of, first, layers))
    }

    /// Distances of the classes `rows` from the frontier of the classes `layer`.
    fn against(&self, layer: &[usize], rows: &[usize], own: bool) -> Result<Vec<(usize, Distance)>, FrontierError> {
        let kept = self.set.columns.iter().map(|c| layer.iter().map(|&k| c[k]).collect()).collect();
        let bounds = Bounds::of(self.options.returns, None, None);
        let radial = Radial::over(kept, (self.inputs, self.outputs), self.options.orientation, bounds)?;
        let columns: Vec<&[f64]> = self.set.columns.iter().map(Vec::as_slice).collect();
        let mut out = Vec::with_capacity(rows.len());
        let put = |rows: &[usize], d: Distance| out.extend(rows.iter().map(|&k| (k, d)));
        let ask = Ask { value: true, ..Ask::default() };
        radial.sweep(&columns, rows, ask, |_| None, |_, s| measured(s, self.options.orientation, own), put)?;
        Ok(out)
    }
}

#[cfg(test)]
#[path = "layers_tests.rs"]
mod tests;
