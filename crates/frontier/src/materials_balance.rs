#![doc = include_str!("materials_balance.md")]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::economic::{EconomicError, PriceDefect, Prices};
use crate::{
    dea::Returns,
    economic::least_content,
    projection::Projection,
    technology::{Cell, FrontierError, Missing, Role, State, Technology},
};

/// The method's page.
pub const PAGE: &str = include_str!("materials_balance.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("materials_balance.zh.md");

/// Options of [`materials_balance`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MaterialsBalanceOptions {
    /// Returns to scale: `crs`, `vrs`, `nirs`, `ndrs` or `fdh`.
    pub returns: Returns,
    /// Units with missing quantities or contents: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

/// Result of [`materials_balance`]: one value per unit in each column; `NaN` where a unit is not solved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MaterialsBalance {
    /// State of each unit; `unbounded` where a unit's inputs hold none of the material, so that nothing can be divided by
    /// it.
    pub state: Vec<State>,
    /// Material in the inputs, `a·x₀`.
    pub observed: Vec<f64>,
    /// The least material with which the outputs can be made.
    pub least: Vec<f64>,
    /// Certified bounds of `least`.
    pub interval: Vec<(f64, f64)>,
    /// Environmental efficiency, least over observed material.
    pub environmental: Vec<f64>,
    /// Its technical part: all inputs shrink alike (Farrell's θ).
    pub technical: Vec<f64>,
    /// Certified bounds of `technical`.
    pub technical_interval: Vec<(f64, f64)>,
    /// Its allocative part: another mix of inputs, `environmental / technical`.
    pub allocative: Vec<f64>,
    /// What the outputs retain of the material, `c·y₀`; 0 without contents of outputs.
    pub retained: Vec<f64>,
    /// What is left to the environment, `a·x₀ − c·y₀`. A negative one contradicts the balance.
    pub surplus: Vec<f64>,
    /// The least that could be left with the same outputs.
    pub least_surplus: Vec<f64>,
    /// The inputs with the least material: targets, peers, slacks of outputs, contents and the material that one output more
    /// takes in the place of prices.
    pub projection: Projection,
}

/// Environmental efficiency by the materials balance of every unit against all units with complete quantities.
///
/// `contents` hold what one unit of each input, and if given of each output, has of the material: one column per variable,
/// one row per unit, 0 or more.
///
/// # Errors
/// [`EconomicError`]: data that cannot be used, contents that are negative or of the wrong number, options that do not go
/// together, each kind all at once. An uncertified unit is a [`State`], not an error.
pub fn materials_balance(
    technology: &Technology<'_>,
    contents: &Prices<'_>,
    options: &MaterialsBalanceOptions,
) -> Result<MaterialsBalance, EconomicError> {
    let defects = retained_defects(technology, contents, options.missing);
    let found = least_content(technology, contents, options.returns, options.missing);
    let e = match found {
        Err(EconomicError::Prices(mut others)) => {
            others.extend(defects);
            return Err(EconomicError::Prices(others));
        }
        Err(other) => return Err(other),
        Ok(_) if !defects.is_empty() => return Err(EconomicError::Prices(defects)),
        Ok(e) => e,
    };
    let n = technology.len();
    if !(0..n).any(|u| e.observed[u] > 0.0) && (0..n).any(|u| e.observed[u] == 0.0) {
        let why = "no unit's inputs hold any of the material".to_owned();
        return Err(FrontierError::Options(vec![("contents", why)]).into());
    }
    let mut out = MaterialsBalance { technical_interval: e.technical_interval, interval: e.interval, ..Default::default() };
    for u in 0..n {
        let kept: f64 = contents.outputs.iter().zip(&technology.outputs).map(|(c, y)| c[u] * y[u]).sum();
        let known = e.state[u] != State::Missing;
        let state = match e.state[u] {
            State::Missing => State::Missing,
            // A unit of which an output's content is missing has no surplus, and is as incomplete as one without a price.
            _ if kept.is_nan() => State::Missing,
            _ if e.observed[u] == 0.0 => State::Unbounded,
            other => other,
        };
        let solved = |x: f64| if matches!(state, State::Optimal | State::Numerical) { x } else { f64::NAN };
        let seen = |x: f64| if known { x } else { f64::NAN };
        out.state.push(state);
        out.observed.push(seen(e.observed[u]));
        out.least.push(solved(e.optimum[u]));
        out.environmental.push(solved(e.economic[u]));
        out.technical.push(solved(e.technical[u]));
        out.allocative.push(solved(e.allocative[u]));
        out.retained.push(seen(kept));
        out.surplus.push(seen(e.observed[u] - kept));
        out.least_surplus.push(solved(e.optimum[u] - kept));
    }
    out.projection = e.projection;
    Ok(out)
}

/// What is wrong with the contents of outputs, which no program needs.
fn retained_defects(technology: &Technology<'_>, contents: &Prices<'_>, missing: Missing) -> Vec<PriceDefect> {
    let (role, expected, n) = (Role::Output, technology.outputs.len(), technology.len());
    let mut defects = Vec::new();
    if !contents.outputs.is_empty() && contents.outputs.len() != expected {
        defects.push(PriceDefect::Count { role, found: contents.outputs.len(), expected });
    }
    for (variable, column) in contents.outputs.iter().enumerate() {
        if column.len() != n {
            defects.push(PriceDefect::Rows { role, variable, found: column.len(), expected: n });
        }
        for (unit, &x) in column.iter().enumerate() {
            let cell = Cell { role, variable, unit };
            if x.is_nan() && missing == Missing::Refuse {
                defects.push(PriceDefect::Missing(cell));
            } else if !(x.is_nan() || x >= 0.0 && x.is_finite()) {
                defects.push(PriceDefect::NotPositive(cell, x));
            }
        }
    }
    defects
}

#[cfg(test)]
#[path = "materials_balance_tests.rs"]
mod tests;
