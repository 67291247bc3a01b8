#![doc = include_str!("multiplier.md")]

mod cone;
mod floor;

use numerics::lp::Solution;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::restrictions::{Restriction, Variable};
use crate::{
    dea::{Peers, Returns},
    pricing::{Common, Forms, Priced, Pricing},
    projection::{Points, column, sum_row},
    reference::Reference,
    restrictions::{self, Ray},
    technology::{FrontierError, Missing, Orientation, State, Technology},
};
use cone::Cones;

/// The method's page.
pub const PAGE: &str = include_str!("multiplier.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("multiplier.zh.md");

/// Least price of every variable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Floor {
    /// 0.
    #[default]
    None,
    /// The same number for every variable, in units of measure. A unit for which it is too large is infeasible.
    Given(f64),
    /// The largest that one set of prices affords all units at once, over the mean of each variable (the program of Amin
    /// and Toloo 2004 on data free of units): every unit is feasible.
    Assured,
}

/// Options of [`multiplier`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MultiplierOptions {
    /// Which side is moved to the frontier: `input` or `output`.
    pub orientation: Orientation,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    pub returns: Returns,
    /// Least price: `none`, a number `given`, or `assured`.
    pub floor: Floor,
    /// Assurance regions and production trade-offs.
    pub restrictions: Vec<Restriction>,
    /// Cone ratio: generators of the cone of input prices, each with one number from 0 per input; none leaves them free.
    pub input_cone: Vec<Vec<f64>>,
    /// Generators of the cone of output prices.
    pub output_cone: Vec<Vec<f64>>,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

/// Result of [`multiplier`]: one value per unit in each column; `NaN` where a unit is not solved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Multiplier {
    /// State of each unit; `Infeasible` where no prices meet the floor.
    pub state: Vec<State>,
    /// Efficiency.
    pub score: Vec<f64>,
    /// Certified bounds of `score`.
    pub interval: Vec<(f64, f64)>,
    /// Efficiency without floor and restrictions.
    pub free: Vec<f64>,
    /// `[variable][unit]`: input prices, normalised to `v·x₀ = 1` (input) or `u·y₀ = 1` (output).
    pub input_prices: Vec<Vec<f64>>,
    /// Output prices.
    pub output_prices: Vec<Vec<f64>>,
    /// Intercept w of the hyperplane `u·y − v·x + w = 0`; 0 under constant returns.
    pub intercept: Vec<f64>,
    /// `[variable][unit]`: virtual inputs `v x₀` as shares of their sum.
    pub input_shares: Vec<Vec<f64>>,
    /// Virtual outputs `u y₀` as shares.
    pub output_shares: Vec<Vec<f64>>,
    /// Peers with weights.
    pub peers: Peers,
    /// `[restriction][unit]`: multiples of the restriction's columns in the target; above 0 the restriction binds.
    pub intensities: Vec<Vec<f64>>,
    /// Least price of each variable, inputs first.
    pub floors: Vec<f64>,
    /// A number up to which a floor `given` is feasible for every unit; none with a cone.
    pub assured: Option<f64>,
}

struct Solved {
    priced: Priced,
    intercept: f64,
    weights: Vec<(usize, f64)>,
    intensities: Vec<f64>,
}

/// Efficiency with the best prices within floor and restrictions, of every unit against all with complete data.
///
/// # Errors
/// [`FrontierError`]: no variables, columns of different length, options that do not go together, restrictions that give
/// something for nothing, or cells that cannot be used, all of them at once.
pub fn multiplier(technology: &Technology<'_>, options: &MultiplierOptions) -> Result<Multiplier, FrontierError> {
    technology.check(options.missing, false)?;
    let sizes = [technology.inputs.len(), technology.outputs.len()];
    let rays = options.check(sizes)?;
    let cones = Cones::new(options, sizes);
    let [x, y] = cones.columns(technology);
    let priced = Technology {
        inputs: x.iter().map(Vec::as_slice).collect(),
        outputs: y.iter().map(Vec::as_slice).collect(),
        bad_outputs: Vec::new(),
    };
    priced.check(options.missing, false)?;
    let rays: Vec<Ray> = rays.into_iter().map(|r| Ray { of: r.of, entries: cones.form(&r.entries) }).collect();
    let set = Reference::spanning(&priced)?;
    restrictions::free_lunch(&set, priced.inputs.len(), options.returns, &rays)?;

    let plain = Reference::spanning(technology)?;
    let least = floor::floors(&set, priced.inputs.len(), &rays, options)?;
    let floors = least.floors.iter().any(|f| *f > 0.0).then_some(least.floors.as_slice());
    let model = Model::new(&set, priced.inputs.len(), options, &rays)?;
    let points = Points::new(&set, technology.len());
    let order = points.order();
    let solved = model.sweep(&order, floors, false)?;
    let units = points.units(&order, &solved);

    let bare = Model::new(&plain, sizes[0], options, &[])?;
    let points = Points::new(&plain, technology.len());
    let order = points.order();
    let free = bare.sweep(&order, None, true)?;
    let certain = |s: &Solved| if s.priced.state == State::Optimal { s.priced.score } else { f64::NAN };
    let free = column(&points.units(&order, &free), f64::NAN, certain);

    let price = |v: usize| column(&units, f64::NAN, |s: &Solved| s.priced.prices.get(v).map_or(f64::NAN, |p| p.abs()));
    let inner: Vec<Vec<f64>> = (0..priced.inputs.len() + priced.outputs.len()).map(price).collect();
    let (input_prices, output_prices) = cones.prices(&inner, technology.len());
    Ok(Multiplier {
        state: column(&units, State::Missing, |s| s.priced.state),
        score: column(&units, f64::NAN, |s| s.priced.score),
        interval: column(&units, (f64::NAN, f64::NAN), |s| s.priced.interval),
        free,
        intercept: column(&units, f64::NAN, |s| s.intercept),
        input_shares: shares(&technology.inputs, &input_prices),
        output_shares: shares(&technology.outputs, &output_prices),
        input_prices,
        output_prices,
        peers: Peers::new(set.classes.clone(), units.iter().map(|s| s.map_or(&[][..], |s| &s.weights))),
        intensities: (0..options.restrictions.len())
            .map(|r| column(&units, f64::NAN, |s| s.intensities.get(r).copied().unwrap_or(f64::NAN)))
            .collect(),
        floors: if cones.any() { vec![0.0; sizes[0] + sizes[1]] } else { least.floors },
        assured: least.assured.filter(|_| !cones.any()),
    })
}

/// Virtual values as shares of their sum.
fn shares(columns: &[&[f64]], prices: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let units = columns.first().map_or(0, |c| c.len());
    let sum = |u: usize| -> f64 { columns.iter().zip(prices).map(|(c, p)| p[u] * c[u]).sum() };
    let sums: Vec<f64> = (0..units).map(sum).collect();
    let share = |(c, p): (&&[f64], &Vec<f64>)| (0..units).map(|u| p[u] * c[u] / sums[u]).map(finite).collect();
    columns.iter().zip(prices).map(share).collect()
}

/// Outputs of no value have no shares.
fn finite(x: f64) -> f64 {
    if x.is_finite() { x } else { f64::NAN }
}

impl MultiplierOptions {
    /// Whether the options go together for this many inputs and outputs.
    ///
    /// # Errors
    /// [`FrontierError::Options`], all contradictions at once.
    fn check(&self, sizes: [usize; 2]) -> Result<Vec<Ray>, FrontierError> {
        let mut found = Vec::new();
        let mut gather = |r: Result<(), FrontierError>| match r {
            Err(FrontierError::Options(list)) => {
                found.extend(list);
                Ok(())
            }
            other => other,
        };
        gather(sum_row(self.returns).map(|_| ()))?;
        let rays = restrictions::rays(&self.restrictions, sizes);
        gather(rays.as_ref().map(|_| ()).map_err(Clone::clone))?;
        if let Floor::Given(x) = self.floor
            && !(x >= 0.0 && x.is_finite())
        {
            found.push(("floor", "the least price is a number from 0".to_owned()));
        }
        let cone = !(self.input_cone.is_empty() && self.output_cone.is_empty());
        if cone && self.floor != Floor::None {
            found.push(("floor", "prices within a cone have the generators as their floor".to_owned()));
        }
        for (name, cone, size) in [("input_cone", &self.input_cone, sizes[0]), ("output_cone", &self.output_cone, sizes[1])] {
            if cone.iter().any(|g| g.len() != size) {
                found.push((name, format!("every generator has {size} numbers, one per variable")));
            } else if cone.iter().flatten().any(|x| !(*x >= 0.0 && x.is_finite())) {
                found.push((name, "the numbers of a generator are 0 or more".to_owned()));
            } else if cone.iter().any(|g| g.iter().all(|x| *x == 0.0)) {
                found.push((name, "a generator is not zero throughout".to_owned()));
            }
        }
        if found.is_empty() { rays } else { Err(FrontierError::Options(found)) }
    }
}

/// The programs over one set of points.
struct Model<'a> {
    pricing: Pricing<'a>,
    rays: &'a [Ray],
    orientation: Orientation,
    restrictions: usize,
}

impl<'a> Model<'a> {
    fn new(set: &'a Reference, inputs: usize, options: &MultiplierOptions, rays: &'a [Ray]) -> Result<Self, FrontierError> {
        let columns = rays.iter().map(|r| r.entries.clone()).collect();
        let pricing = Pricing::new(set, inputs, options.returns, columns)?;
        Ok(Self { pricing, rays, orientation: options.orientation, restrictions: options.restrictions.len() })
    }

    /// Input: `max u·y₀ + w` with `v·x₀ = 1`. Output: `min v·x₀ − w` with `u·y₀ = 1`.
    fn sweep(&self, order: &[usize], floors: Option<&[f64]>, values: bool) -> Result<Vec<Solved>, FrontierError> {
        let pricing = &self.pricing;
        let common = Common { floors, values, ..Common::default() };
        let family = pricing.family(common)?;
        let write = |k: usize, forms: Forms<'_>| match self.orientation {
            Orientation::Input => {
                pricing.numerator(forms.goal, self.orientation, k, 1.0);
                pricing.denominator(forms.unit, self.orientation, k, 1.0);
            }
            Orientation::Output => {
                pricing.denominator(forms.goal, self.orientation, k, -1.0);
                pricing.numerator(forms.unit, self.orientation, k, 1.0);
            }
        };
        Ok(pricing.sweep(&family, common, order, write, |_, s| self.read(s, values)))
    }

    fn read(&self, s: &Solution, values: bool) -> Solved {
        let priced = self.pricing.priced(s, self.orientation);
        if values || priced.prices.is_empty() {
            return Solved { priced, intercept: f64::NAN, weights: Vec::new(), intensities: Vec::new() };
        }
        let mut intensities = vec![0.0; self.restrictions];
        for (ray, amount) in self.rays.iter().zip(&s.extras[1..]) {
            intensities[ray.of] += amount;
        }
        let total: f64 = s.weights.iter().map(|w| w.1).sum();
        let weights = s.weights.iter().copied().filter(|w| w.1 > 1e-12 * total).collect();
        Solved { intercept: self.pricing.intercept(&priced.prices), priced, weights, intensities }
    }
}

#[cfg(test)]
#[path = "multiplier_tests.rs"]
mod tests;
