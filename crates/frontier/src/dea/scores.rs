//! Scores alone, for large data: no peers, no slacks, memory linear in the data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    DeaOptions, Lean, Returns, Setting, bounds,
    fdh::{Dominator, Hull},
};
use crate::{
    observations::{Distance, UNSOLVED},
    radial::{Ask, Radial, measured},
    technology::{FrontierError, Missing, Orientation, State, Technology},
};

/// Options of [`scores`]; as those of [`super::DeaOptions`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ScoreOptions {
    /// Which side is moved to the frontier: `input` or `output`.
    pub orientation: Orientation,
    /// Returns to scale.
    pub returns: Returns,
    /// With `generalised`: least sum of the weights.
    pub lower: Option<f64>,
    /// With `generalised`: largest sum of the weights.
    pub upper: Option<f64>,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

/// Farrell efficiency, one value per evaluated unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Theta or 1/phi; `NaN` where the state is neither `Optimal` nor `Numerical`.
    pub score: Vec<f64>,
    /// Certified lower bound.
    pub low: Vec<f64>,
    /// Certified upper bound.
    pub high: Vec<f64>,
    /// State of each unit.
    pub state: Vec<State>,
}

/// Scores of every unit against all units with complete data.
///
/// # Errors
/// As [`super::dea`].
pub fn scores(technology: &Technology<'_>, options: &ScoreOptions) -> Result<Scores, FrontierError> {
    run(Setting::own(technology, &options.plain())?, options)
}

/// Scores of `evaluated` against another set of units with the same variables.
///
/// # Errors
/// As [`super::dea_against`].
pub fn scores_against(
    evaluated: &Technology<'_>,
    reference: &Technology<'_>,
    options: &ScoreOptions,
) -> Result<Scores, FrontierError> {
    run(Setting::foreign(evaluated, reference, &options.plain())?, options)
}

impl ScoreOptions {
    fn plain(&self) -> DeaOptions {
        let Self { orientation, returns, lower, upper, missing } = *self;
        DeaOptions { orientation, returns, lower, upper, missing, ..DeaOptions::default() }
    }
}

fn run(mut setting: Setting<'_>, options: &ScoreOptions) -> Result<Scores, FrontierError> {
    let (own, sizes) = (setting.foreign.is_none(), setting.sizes());
    let (returns, lower, upper) = (options.returns, options.lower, options.upper);
    if matches!(returns, Returns::Replication | Returns::Upscaling)
        || returns == Returns::Fdh && (lower.is_some() || upper.is_some())
    {
        let why = "`dea` alone knows peers that are scaled or replicated".to_owned();
        return Err(FrontierError::Options(vec![("returns", why)]));
    }
    let bounds = bounds(&options.plain(), own)?;
    // The points live once: here, or in the program's cloud if it has all of them.
    let mut owned = std::mem::take(&mut setting.columns);
    let Lean { order, members } = if setting.large() && options.returns != Returns::Fdh {
        // Nothing is told of the points, so that their order is free.
        setting.arrange(&mut owned);
        setting.lean(&owned, (0..setting.classes.len()).collect())?
    } else {
        Lean::default()
    };
    let blank = || vec![f64::NAN; setting.units];
    let (score, low, high) = (blank(), blank(), blank());
    let mut out = Scores { score, low, high, state: vec![State::Missing; setting.units] };
    let put = |rows: &[usize], d: Distance| {
        setting.units_of(rows, |u| {
            (out.score[u], out.low[u], out.high[u], out.state[u]) = (d.value, d.interval.0, d.interval.1, d.state);
        });
    };
    if options.returns == Returns::Fdh {
        let hull = Hull::new(&owned, sizes, options.orientation, None);
        let (columns, rows) = setting.points(owned.iter().map(Vec::as_slice).collect());
        let take = |_, best: Option<Dominator>| best.map_or(Distance { state: State::Infeasible, ..UNSOLVED }, |b| b.distance());
        hull.sweep(&columns, &rows, |_| None, take, put);
    } else {
        let kept;
        let (radial, points) = match members {
            Some(members) => {
                kept = owned;
                let radial = Radial::among(&kept, members, sizes, options.orientation, bounds)?;
                (radial, Some(kept.iter().map(Vec::as_slice).collect::<Vec<_>>()))
            }
            None => (Radial::over(owned, sizes, options.orientation, bounds)?, None),
        };
        let (columns, rows) = setting.points(points.unwrap_or_else(|| radial.columns()));
        let ask = Ask { order: order.as_deref().filter(|_| own), value: true, ..Ask::default() };
        radial.sweep(&columns, &rows, ask, |_| None, |_, s| measured(s, options.orientation, own), put)?;
    }
    Ok(out)
}
