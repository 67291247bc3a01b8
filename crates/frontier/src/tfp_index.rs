#![doc = include_str!("tfp_index.md")]

mod corner;
mod own;
mod weights;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::{own::Own, weights::Weights};
use crate::{
    observations::{Distance, Gap, Observations, Pairs, UNSOLVED, cumulate},
    technology::{FrontierError, Missing, Orientation, State},
};

/// The method's page.
pub const PAGE: &str = include_str!("tfp_index.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("tfp_index.zh.md");

/// Which index: what outputs and inputs are added up with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TfpKind {
    /// Distances of one representative point against all periods (O'Donnell 2014): transitive, no prices.
    #[default]
    FarePrimont,
    /// Distances of both observations of a change (Bjurek 1996): no prices, not transitive.
    HicksMoorsteen,
    /// Mean prices of the sample (O'Donnell 2012): transitive.
    Lowe,
    /// Geometric mean of Laspeyres and Paasche: not transitive.
    Fisher,
    /// Prices of the earlier observation.
    Laspeyres,
    /// Prices of the later observation.
    Paasche,
}

/// How the indices without prices add up quantities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Aggregation {
    /// With the shadow prices of the distances, a linear form (O'Donnell 2011, as DPIN does): every part exists.
    #[default]
    ShadowPrices,
    /// With the distances themselves: the index as defined, with fewer parts.
    Distances,
}

/// Returns to scale of the technologies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TfpReturns {
    /// Variable returns.
    #[default]
    Vrs,
    /// Constant returns; no scale efficiency.
    Crs,
}

/// The units that span the technology of a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TfpTechnology {
    /// Those of the period.
    #[default]
    Contemporaneous,
    /// Those of all periods up to it: technology is never lost.
    Sequential,
    /// Those of all periods: no technical change.
    Pooled,
}

/// Options of [`tfp_index`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TfpOptions {
    /// Which index.
    pub index: TfpKind,
    /// How `fare-primont` and `hicks-moorsteen` add up: `shadow-prices` or `distances`.
    pub aggregation: Aggregation,
    /// Side along which efficiency is taken into technical, scale and mix efficiency; the index does not depend on it.
    pub orientation: Orientation,
    /// Returns to scale: `vrs` or `crs`.
    pub returns: TfpReturns,
    /// Technology of a period: `contemporaneous`, `sequential` or `pooled`.
    pub technology: TfpTechnology,
    /// Units with missing cells: `refuse` the data, or `exclude` those observations and name the gaps.
    pub missing: Missing,
}

impl Default for TfpOptions {
    fn default() -> Self {
        Self {
            index: TfpKind::default(),
            aggregation: Aggregation::default(),
            orientation: Orientation::Output,
            returns: TfpReturns::default(),
            technology: TfpTechnology::default(),
            missing: Missing::default(),
        }
    }
}

/// Prices by variable and row, in the order of the technology's inputs and outputs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prices<'a> {
    /// Prices of inputs.
    pub inputs: Vec<&'a [f64]>,
    /// Prices of outputs.
    pub outputs: Vec<&'a [f64]>,
}

/// A part of productivity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TfpPart {
    /// Aggregate output Q.
    Output,
    /// Aggregate input X.
    Input,
    /// Total factor productivity Q / X.
    Tfp,
    /// The largest productivity that the technology allows; its change is technical change.
    Maximum,
    /// Productivity as a share of the largest, TFPE.
    Efficiency,
    /// Technical efficiency, OTE or ITE.
    Technical,
    /// Scale efficiency, OSE or ISE.
    Scale,
    /// Mix efficiency, OME or IME.
    Mix,
    /// Residual scale efficiency, ROSE or RISE.
    ResidualScale,
    /// Scale-mix efficiency, OSME or ISME.
    ScaleMix,
    /// Residual mix efficiency, RME.
    ResidualMix,
    /// Revenue or cost efficiency at the prices of the index, technical times mix efficiency.
    Price,
    /// What technical and scale efficiency leave of the index: technical change and mix.
    Remainder,
}

use TfpPart::{
    Efficiency, Input, Maximum, Mix, Output, Price, Remainder, ResidualMix, ResidualScale, Scale, ScaleMix, Technical, Tfp,
};

/// All parts, in the order in which they are told.
pub const PARTS: [TfpPart; 13] =
    [Output, Input, Tfp, Maximum, Efficiency, Technical, Scale, Mix, ResidualScale, ScaleMix, ResidualMix, Price, Remainder];

impl TfpKind {
    /// Whether the index needs prices.
    pub fn priced(self) -> bool {
        !matches!(self, Self::FarePrimont | Self::HicksMoorsteen)
    }

    /// Whether one set of weights serves all observations, so that levels compare and changes chain.
    pub fn transitive(self) -> bool {
        matches!(self, Self::FarePrimont | Self::Lowe)
    }

    /// The parts of its changes.
    pub fn parts(self, aggregation: Aggregation) -> &'static [TfpPart] {
        match (self, aggregation) {
            (Self::FarePrimont, Aggregation::Distances) => {
                &[Output, Input, Tfp, Maximum, Efficiency, Technical, Scale, ScaleMix, ResidualMix]
            }
            (Self::HicksMoorsteen, Aggregation::Distances) => &[Output, Input, Tfp, Technical, Scale, Remainder],
            (Self::FarePrimont | Self::HicksMoorsteen, _) => {
                &[Output, Input, Tfp, Maximum, Efficiency, Technical, Scale, Mix, ResidualScale, ScaleMix, ResidualMix]
            }
            _ => &[Output, Input, Tfp, Maximum, Efficiency, Technical, Scale, Mix, ResidualScale, ScaleMix, ResidualMix, Price],
        }
    }
}

/// One column per part, empty where the index does not have it, in the order of [`PARTS`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Components([Vec<f64>; 13]);

impl Components {
    /// The column of a part.
    pub fn part(&self, part: TfpPart) -> &[f64] {
        &self.0[part as usize]
    }
}

/// Values at prices; empty without prices. In levels the implicit price indices exist for transitive indices only.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Money {
    /// Revenue `p'q`.
    pub revenue: Vec<f64>,
    /// Cost `w'x`.
    pub cost: Vec<f64>,
    /// Profitability, revenue over cost.
    pub profitability: Vec<f64>,
    /// Implicit output price, revenue over aggregate output.
    pub output_price: Vec<f64>,
    /// Implicit input price, cost over aggregate input.
    pub input_price: Vec<f64>,
    /// Terms of trade, output over input price; profitability is productivity times terms of trade.
    pub terms_of_trade: Vec<f64>,
}

/// Productivity by observation and its changes between adjacent periods.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TfpIndex {
    /// One value per row of the data, at the weights of the index (`fisher`, `laspeyres`, `paasche`: at the
    /// row's own prices); `NaN` where a row is not solved. `hicks-moorsteen` has technical and scale efficiency only.
    pub levels: Components,
    /// Technical efficiency by row, with its bounds.
    pub technical: Vec<Distance>,
    /// Efficiency by row under constant returns.
    pub constant: Vec<Distance>,
    /// State of each row: the worst of its programs.
    pub level_state: Vec<State>,
    /// Values of each row.
    pub money: Money,
    /// Unit of each change, by unit, then period.
    pub unit: Vec<usize>,
    /// Earlier period.
    pub from: Vec<i32>,
    /// Later period.
    pub to: Vec<i32>,
    /// Row of the earlier observation.
    pub from_row: Vec<usize>,
    /// Row of the later observation.
    pub to_row: Vec<usize>,
    /// Earlier observations at the weights of the change, geometric means where there are two sets; empty for
    /// Hicks and Moorsteen's index with distances.
    pub earlier: Components,
    /// Later observations at the same weights.
    pub later: Components,
    /// Later over earlier, part by part; above 1 is improvement, except for inputs.
    pub changes: Components,
    /// State of each change: the worst of its programs.
    pub state: Vec<State>,
    /// Changes of values.
    pub money_change: Money,
    /// Productivity cumulated from the unit's first period, where no gap precedes.
    pub cumulative: Vec<f64>,
    /// Changes that could not be computed because an observation is missing.
    pub gaps: Vec<Gap>,
    /// Largest relative violation of the products of the parts.
    pub residual: f64,
}

/// Productivity index of every unit between adjacent periods, with O'Donnell's components.
///
/// # Errors
/// [`FrontierError`] as for [`mod@crate::malmquist`]; `Options` names prices that are needed and not there, or not
/// prices.
pub fn tfp_index(data: &Observations<'_>, prices: Option<&Prices<'_>>, options: &TfpOptions) -> Result<TfpIndex, FrontierError> {
    let pairs = data.pairs(options.missing, false)?;
    weights::check(data, prices, options)?;
    let weights = Weights::new(data, &pairs, prices, options)?;
    let own = Own::solve(data, &pairs, &weights, options)?;
    let mut out = TfpIndex::default();
    levels(&mut out, &own, &weights, data.technology.len(), options);
    changes(&mut out, &own, &weights, &pairs, options);
    if let Some(prices) = prices {
        (out.money, out.money_change) = money(data, prices, &out, options);
    }
    let chain: Vec<(usize, usize)> = pairs.pairs.iter().map(|p| (p.0, p.1)).collect();
    out.cumulative = cumulate(&chain, out.changes.part(Tfp));
    out.gaps = pairs.gaps;
    Ok(out)
}

/// Parts by [`TfpPart`], and the worst state behind them.
type Parts = ([f64; 13], State);

/// Fills what follows from `Q`, `X`, the maximum, and the efficiencies; `price` is revenue or cost efficiency.
fn parts(values: [f64; 2], maximum: f64, efficiencies: (&Distance, &Distance), price: f64) -> [f64; 13] {
    let mut out = [f64::NAN; 13];
    let tfp = values[0] / values[1];
    let (technical, scale) = (efficiencies.0.value, efficiencies.1.value / efficiencies.0.value);
    let efficiency = tfp / maximum;
    let mix = price / technical;
    let set = [
        (Output, values[0]),
        (Input, values[1]),
        (Tfp, tfp),
        (Maximum, maximum),
        (Efficiency, efficiency),
        (Technical, technical),
        (Scale, scale),
        (Mix, mix),
        // What is left of productivity at the best mix: output over input there, as a share of the largest.
        (ResidualScale, efficiency / price),
        (ScaleMix, efficiency / technical),
        (ResidualMix, efficiency / technical / scale),
        (Price, price),
    ];
    set.iter().for_each(|&(part, value)| out[part as usize] = value);
    out
}

/// Parts that an observation has at one set of weights.
fn at(own: &Own, row: usize, weights: usize, aggregated: Option<([f64; 2], f64)>) -> Parts {
    let (technical, constant) = (&own.technical[row], &own.constant[row]);
    let job = own.job(row, weights);
    let (values, maximum, price) = match (aggregated, job) {
        (Some((values, maximum)), _) => (values, maximum, UNSOLVED),
        (None, Some(job)) => ([job.output, job.input], job.maximum, job.price),
        (None, None) => ([f64::NAN; 2], f64::NAN, Distance { state: State::Unbounded, ..UNSOLVED }),
    };
    let mut state = technical.state.max(constant.state);
    if aggregated.is_none() {
        state = state.max(price.state);
    }
    let sound = |x: f64| x.is_finite() && x > 0.0;
    if !(sound(values[0]) && sound(values[1]) && sound(maximum)) {
        // The weights ignore all that the observation, or the best one, has on one side.
        return ([f64::NAN; 13], if state == State::Optimal { State::Unbounded } else { state });
    }
    (parts(values, maximum, (technical, constant), price.value), state)
}

fn columns(rows: &[Parts], had: &[TfpPart]) -> Components {
    let column = |part: TfpPart| -> Vec<f64> {
        if had.contains(&part) { rows.iter().map(|r| r.0[part as usize]).collect() } else { Vec::new() }
    };
    Components(PARTS.map(column))
}

fn levels(out: &mut TfpIndex, own: &Own, weights: &Weights, n: usize, options: &TfpOptions) {
    let pairwise = options.index == TfpKind::HicksMoorsteen;
    let row = |r: usize| -> Parts {
        if own.technical[r].state == State::Missing {
            return ([f64::NAN; 13], State::Missing);
        }
        if pairwise {
            let (technical, constant) = (&own.technical[r], &own.constant[r]);
            let values = parts([f64::NAN; 2], f64::NAN, (technical, constant), f64::NAN);
            return (values, technical.state.max(constant.state));
        }
        match weights.of_row(r) {
            Some(w) => at(own, r, w, own.aggregated(r)),
            None => ([f64::NAN; 13], State::Missing),
        }
    };
    let rows: Vec<Parts> = (0..n).map(row).collect();
    let had: &[TfpPart] = if pairwise { &[Technical, Scale] } else { options.index.parts(options.aggregation) };
    out.levels = columns(&rows, had);
    out.level_state = rows.iter().map(|r| r.1).collect();
    (out.technical, out.constant) = (own.technical.clone(), own.constant.clone());
}

fn changes(out: &mut TfpIndex, own: &Own, weights: &Weights, pairs: &Pairs, options: &TfpOptions) {
    let exact = options.index == TfpKind::HicksMoorsteen && options.aggregation == Aggregation::Distances;
    let (mut rows, mut ends): (Vec<Parts>, [Vec<Parts>; 2]) = (Vec::with_capacity(pairs.pairs.len()), Default::default());
    for (i, &(unit, from, a, b)) in pairs.pairs.iter().enumerate() {
        out.unit.push(unit);
        out.from.push(pairs.periods[from].0);
        out.to.push(pairs.periods[from + 1].0);
        out.from_row.push(a);
        out.to_row.push(b);
        let change = if exact {
            distances(own, weights, i, (a, b))
        } else {
            let sets = weights.of_change(i, (a, b));
            let (early, late) = (averaged(own, weights, &sets, a), averaged(own, weights, &sets, b));
            let ratio = std::array::from_fn(|p| late.0[p] / early.0[p]);
            let state = early.1.max(late.1);
            ends[0].push(early);
            ends[1].push(late);
            (ratio, state)
        };
        out.residual = out.residual.max(residual(&change.0, exact));
        rows.push(change);
    }
    let had = options.index.parts(options.aggregation);
    out.changes = columns(&rows, had);
    if !exact {
        [out.earlier, out.later] = ends.map(|rows| columns(&rows, had));
    }
    out.state = rows.iter().map(|r| r.1).collect();
}

/// An observation at several sets of weights, geometric mean part by part.
fn averaged(own: &Own, weights: &Weights, sets: &[usize], row: usize) -> Parts {
    if sets.is_empty() {
        return ([f64::NAN; 13], State::Missing);
    }
    let (mut logs, mut state) = ([0.0; 13], State::Optimal);
    for &w in sets {
        let one = at(own, row, w, own.aggregated(row));
        state = state.max(weights.sets[w].state).max(one.1);
        logs.iter_mut().zip(one.0).for_each(|(log, value)| *log += value.ln());
    }
    (logs.map(|l| (l / sets.len() as f64).exp()), state)
}

/// Hicks and Moorsteen's index out of its distances.
fn distances(own: &Own, weights: &Weights, change: usize, (a, b): (usize, usize)) -> Parts {
    let (technical, constant) = ([a, b].map(|r| own.technical[r]), [a, b].map(|r| own.constant[r]));
    let m = &weights.mixed[change];
    let ratio = |pair: [Distance; 2]| pair[1].value / pair[0].value;
    // Distances to the frontier of outputs, and Farrell efficiencies of inputs, the reciprocals of theirs.
    let output = (ratio([m.output_own[0], m.output[0]]) * ratio([m.output[1], m.output_own[1]])).sqrt();
    let input = 1.0 / (ratio([m.input_own[0], m.input[0]]) * ratio([m.input[1], m.input_own[1]])).sqrt();
    let mut out = [f64::NAN; 13];
    let (tech, scale) = (ratio(technical), ratio(constant) / ratio(technical));
    let set = [
        (Output, output),
        (Input, input),
        (Tfp, output / input),
        (Technical, tech),
        (Scale, scale),
        (Remainder, output / input / tech / scale),
    ];
    set.iter().for_each(|&(part, value)| out[part as usize] = value);
    let every = [m.output, m.output_own, m.input, m.input_own, technical, constant];
    (out, every.iter().flatten().map(|d| d.state).max().unwrap_or(State::Optimal))
}

/// How far the products of the parts lie from the index, relatively.
fn residual(p: &[f64; 13], exact: bool) -> f64 {
    let g = |part: TfpPart| p[part as usize];
    let off =
        |product: f64, whole: f64| if product.is_finite() && whole.is_finite() { (product / whole - 1.0).abs() } else { 0.0 };
    let whole = off(g(Output) / g(Input), g(Tfp));
    if exact {
        return whole.max(off(g(Technical) * g(Scale) * g(Remainder), g(Tfp)));
    }
    [
        whole,
        off(g(Maximum) * g(Efficiency), g(Tfp)),
        off(g(Technical) * g(Mix) * g(ResidualScale), g(Efficiency)),
        off(g(Technical) * g(Scale) * g(ResidualMix), g(Efficiency)),
    ]
    .into_iter()
    .fold(0.0, f64::max)
}

fn money(data: &Observations<'_>, prices: &Prices<'_>, out: &TfpIndex, options: &TfpOptions) -> (Money, Money) {
    let n = data.technology.len();
    let value = |prices: &[&[f64]], quantities: &[&[f64]]| -> Vec<f64> {
        (0..n).map(|r| prices.iter().zip(quantities).map(|(p, q)| p[r] * q[r]).sum()).collect()
    };
    let over = |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a / b).collect() };
    let whole = |revenue: Vec<f64>, cost: Vec<f64>, parts: Option<&Components>| {
        let profitability = over(&revenue, &cost);
        let implicit = |values: &[f64], part| parts.map_or_else(Vec::new, |c| over(values, c.part(part)));
        let (output_price, input_price) = (implicit(&revenue, Output), implicit(&cost, Input));
        let terms_of_trade = over(&output_price, &input_price);
        Money { revenue, cost, profitability, output_price, input_price, terms_of_trade }
    };
    let (revenue, cost) = (value(&prices.outputs, &data.technology.outputs), value(&prices.inputs, &data.technology.inputs));
    let change = |v: &[f64]| -> Vec<f64> { out.from_row.iter().zip(&out.to_row).map(|(&a, &b)| v[b] / v[a]).collect() };
    let changes = whole(change(&revenue), change(&cost), Some(&out.changes));
    (whole(revenue, cost, options.index.transitive().then_some(&out.levels)), changes)
}

#[cfg(test)]
#[path = "tfp_index_tests.rs"]
mod tests;
