//! The reverse directional distance: the direction that a measure's own target lies in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    hull::side,
    modified::{ModifiedOptions, modified},
};
use crate::{
    dea::{Class, Returns, TOLERANCE},
    direction::{Direction, DirectionalError},
    projection::{Projection, SlackOrientation},
    sbm::{SbmOptions, sbm},
    technology::{Cell, FrontierError, Missing, State, Technology},
};

/// The measure that is reversed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reversed {
    /// The slacks-based measure, which is the enhanced Russell graph measure.
    #[default]
    Sbm,
    /// The modified directional distance along this direction; without orientation.
    Modified(Direction),
}

/// Options of [`reverse`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReverseOptions {
    /// The measure: `sbm`, or `modified` with its direction.
    pub of: Reversed,
    /// Whose slacks the measure counts: `none` (both sides), `input` or `output`.
    pub orientation: SlackOrientation,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`; of `modified` also `fdh`.
    pub returns: Returns,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

/// Result of [`reverse`]: one value per evaluated unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reverse {
    /// State of each unit.
    pub state: Vec<State>,
    /// The measure's inefficiency, which is the distance along `lengths`: 1 less the slacks-based measure, or `βx + βy`.
    pub distance: Vec<f64>,
    /// Certified bounds of `distance`.
    pub interval: Vec<(f64, f64)>,
    /// The direction, `[variable][unit]`, inputs before outputs: the way to the target over `distance`. 0 throughout for
    /// a unit at its target.
    pub lengths: Vec<Vec<f64>>,
    /// Class that the measure gives.
    pub class: Vec<Class>,
    /// Slacks, targets, prices and peers of the measure.
    pub projection: Projection,
    /// Zero cells whose slack the measure does not count.
    pub zeros: Vec<Cell>,
}

/// The reverse directional distance of every unit against all units with complete data.
///
/// # Errors
/// [`DirectionalError`]: as the measure that is reversed; an orientation of the modified distance. An infeasible or
/// uncertified unit is a [`State`], not an error.
pub fn reverse(technology: &Technology<'_>, options: &ReverseOptions) -> Result<Reverse, DirectionalError> {
    let (returns, missing) = (options.returns, options.missing);
    let found = match &options.of {
        Reversed::Sbm => {
            if !technology.bad_outputs.is_empty() {
                return Err(FrontierError::BadOutputs.into());
            }
            let s = sbm(technology, &SbmOptions { orientation: options.orientation, returns, missing, ..SbmOptions::default() })?;
            Reverse {
                distance: s.score.iter().map(|r| less(*r)).collect(),
                interval: s.interval.iter().map(|(low, high)| (less(*high), less(*low))).collect(),
                state: s.state,
                lengths: Vec::new(),
                class: s.class,
                projection: s.projection,
                zeros: s.zeros,
            }
        }
        Reversed::Modified(direction) => {
            if options.orientation != SlackOrientation::None {
                let why = "the modified distance has none; a direction of `inputs` or `outputs` moves one side".to_owned();
                return Err(FrontierError::Options(vec![("orientation", why)]).into());
            }
            let m =
                modified(technology, &ModifiedOptions { direction: direction.clone(), returns, missing, ..Default::default() })?;
            Reverse {
                state: m.state,
                distance: m.distance,
                interval: m.interval,
                lengths: Vec::new(),
                class: m.class,
                projection: m.projection,
                zeros: Vec::new(),
            }
        }
    };
    let m = technology.inputs.len();
    let counts = side(options.orientation, m, m + technology.outputs.len());
    let way = |v: usize, u: usize| {
        let p = &found.projection;
        let way = if v < m {
            technology.inputs[v][u] - p.input_targets[v][u]
        } else {
            p.output_targets[v - m][u] - technology.outputs[v - m][u]
        };
        let (d, size) = (found.distance[u], column_size(technology, v, u));
        // What rounding leaves is no way, and no number is none.
        if d.is_nan() {
            d
        } else if d > TOLERANCE && way > TOLERANCE * size {
            way / d
        } else {
            0.0
        }
    };
    let length = |v: usize, u: usize| if counts.contains(&v) { way(v, u) } else { found.distance[u] * 0.0 };
    let lengths = (0..m + technology.outputs.len()).map(|v| (0..technology.len()).map(|u| length(v, u)).collect()).collect();
    Ok(Reverse { lengths, ..found })
}

/// One less a score of at most 1, whatever rounding made of it.
fn less(score: f64) -> f64 {
    if score > 1.0 { 0.0 } else { 1.0 - score }
}

fn column_size(technology: &Technology<'_>, v: usize, u: usize) -> f64 {
    let m = technology.inputs.len();
    if v < m { technology.inputs[v][u].abs() } else { technology.outputs[v - m][u].abs() }
}
