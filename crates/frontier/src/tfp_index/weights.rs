//! What outputs and inputs are added up with: prices, shadow prices, or distances themselves.

use numerics::lp::{Solution, Status};

use rayon::prelude::*;

use super::{Aggregation, Prices, TfpKind, TfpOptions, TfpReturns, corner::Corner};
use crate::{
    dea::Returns,
    observations::{Distance, Observations, Pairs, UNSOLVED},
    radial::{Ask, Radial, measured},
    reference::Reference,
    technology::{FrontierError, Missing, Orientation, State, Technology},
};

/// One linear form over inputs and one over outputs.
#[derive(Clone, Debug)]
pub(super) struct Set {
    pub(super) inputs: Vec<f64>,
    pub(super) outputs: Vec<f64>,
    /// State of the programs that the weights come from.
    pub(super) state: State,
}

/// The distances in which the observations of a change are mixed, against the earlier technology, then the later:
/// the other observation's outputs at the own inputs, and the other way round.
#[derive(Clone, Debug)]
pub(super) struct Mixed {
    pub(super) output: [Distance; 2],
    pub(super) output_own: [Distance; 2],
    pub(super) input: [Distance; 2],
    pub(super) input_own: [Distance; 2],
}

/// Every set of weights that the index needs.
pub(super) struct Weights {
    pub(super) sets: Vec<Set>,
    kind: TfpKind,
    /// Rows whose prices are whole.
    priced: Vec<bool>,
    /// By change, for Hicks and Moorsteen's index.
    pub(super) mixed: Vec<Mixed>,
    /// Aggregate output and input by row, for distances of one representative point.
    pub(super) aggregates: Option<Vec<[f64; 2]>>,
}

/// Rows of the periods that span a technology.
pub(super) fn rows(pairs: &Pairs, span: (usize, usize)) -> Vec<usize> {
    pairs.periods[span.0..span.1].iter().flat_map(|(_, rows)| rows.iter().copied()).collect()
}

impl TfpReturns {
    pub(super) fn returns(self) -> Returns {
        match self {
            Self::Vrs => Returns::Vrs,
            Self::Crs => Returns::Crs,
        }
    }
}

/// Prices are there if needed, one per variable and row, and none is negative; a row has some of each side.
pub(super) fn check(data: &Observations<'_>, prices: Option<&Prices<'_>>, options: &TfpOptions) -> Result<(), FrontierError> {
    let Some(prices) = prices else {
        let needed = || FrontierError::Options(vec![("prices", "this index needs prices of every input and output".to_owned())]);
        return if options.index.priced() { Err(needed()) } else { Ok(()) };
    };
    let n = data.technology.len();
    let mut wrong = Vec::new();
    let sides =
        [("input_prices", &prices.inputs, &data.technology.inputs), ("output_prices", &prices.outputs, &data.technology.outputs)];
    for (name, columns, quantities) in sides {
        if columns.len() != quantities.len() {
            wrong.push((name, format!("{} prices for {} variables", columns.len(), quantities.len())));
            continue;
        }
        if let Some(c) = columns.iter().find(|c| c.len() != n) {
            wrong.push((name, format!("{} rows where {n} are needed", c.len())));
            continue;
        }
        let bad: Vec<usize> =
            (0..n).filter(|&r| columns.iter().any(|c| c[r] < 0.0 || c[r].is_infinite())).map(|r| r + 1).collect();
        if let Some(first) = bad.first() {
            wrong.push((name, format!("{} rows have a negative or infinite price, the first is row {first}", bad.len())));
        }
        let empty: Vec<usize> = (0..n).filter(|&r| columns.iter().any(|c| c[r].is_nan())).map(|r| r + 1).collect();
        if let Some(first) = empty.first().filter(|_| options.missing == Missing::Refuse) {
            wrong.push((name, format!("{} rows lack a price, the first is row {first}", empty.len())));
        }
        let worth = |r: usize| columns.iter().zip(quantities).map(|(p, q)| p[r] * q[r]).sum::<f64>();
        let free: Vec<usize> = (0..n).filter(|&r| worth(r) == 0.0).map(|r| r + 1).collect();
        if let Some(first) = free.first() {
            wrong.push((name, format!("{} rows are worth nothing at their prices, the first is row {first}", free.len())));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(FrontierError::Options(wrong)) }
}

impl Weights {
    pub(super) fn new(
        data: &Observations<'_>,
        pairs: &Pairs,
        prices: Option<&Prices<'_>>,
        options: &TfpOptions,
    ) -> Result<Self, FrontierError> {
        let technology = &data.technology;
        let n = technology.len();
        let mut out = Self { sets: Vec::new(), kind: options.index, priced: vec![true; n], mixed: Vec::new(), aggregates: None };
        match (options.index, prices) {
            (TfpKind::FarePrimont, _) => out.representative(technology, pairs, options)?,
            (TfpKind::HicksMoorsteen, _) => out.crossed(technology, pairs, options)?,
            (TfpKind::Lowe, Some(prices)) => {
                let mean = |c: &&[f64]| {
                    let seen: Vec<f64> = c.iter().copied().filter(|p| !p.is_nan()).collect();
                    numerics::moments::mean(&seen)
                };
                let (inputs, outputs) = (prices.inputs.iter().map(mean).collect(), prices.outputs.iter().map(mean).collect());
                out.sets.push(Set { inputs, outputs, state: State::Optimal });
            }
            (_, Some(prices)) => {
                let of = |columns: &[&[f64]], r: usize| columns.iter().map(|c| c[r]).collect::<Vec<f64>>();
                for r in 0..n {
                    let set = Set { inputs: of(&prices.inputs, r), outputs: of(&prices.outputs, r), state: State::Optimal };
                    out.priced[r] = set.inputs.iter().chain(&set.outputs).all(|p| !p.is_nan());
                    out.sets.push(set);
                }
            }
            (_, None) => {}
        }
        Ok(out)
    }

    /// The set at which a row's level is measured.
    pub(super) fn of_row(&self, row: usize) -> Option<usize> {
        match self.kind {
            TfpKind::FarePrimont | TfpKind::Lowe => Some(0),
            TfpKind::HicksMoorsteen => None,
            _ => self.priced[row].then_some(row),
        }
    }

    /// The sets over which a change is averaged.
    pub(super) fn of_change(&self, change: usize, (a, b): (usize, usize)) -> Vec<usize> {
        let sets = match self.kind {
            TfpKind::FarePrimont | TfpKind::Lowe => return vec![0],
            TfpKind::HicksMoorsteen => return vec![2 * change, 2 * change + 1],
            TfpKind::Fisher => vec![a, b],
            TfpKind::Laspeyres => vec![a],
            TfpKind::Paasche => vec![b],
        };
        if sets.iter().all(|&r| self.priced[r]) { sets } else { Vec::new() }
    }

    /// Distances of the mean point against all periods: their shadow prices, or those of every row put beside it.
    fn representative(&mut self, technology: &Technology<'_>, pairs: &Pairs, options: &TfpOptions) -> Result<(), FrontierError> {
        let all = rows(pairs, (0, pairs.periods.len()));
        let reference = Reference::new(technology, &all);
        let mean = |c: &[f64]| numerics::moments::mean(&all.iter().map(|&r| c[r]).collect::<Vec<f64>>());
        let point: Vec<f64> = technology.columns().map(|(_, _, c)| mean(c)).collect();
        let (m, s) = (technology.inputs.len(), technology.outputs.len());
        let batch = Batch { reference: &reference, sizes: (m, s), returns: options.returns.returns() };
        let single: Vec<Vec<f64>> = point.iter().map(|&x| vec![x]).collect();
        let out = batch.priced(Orientation::Output, &single, None)?.remove(0);
        let inn = batch.priced(Orientation::Input, &single, None)?.remove(0);
        let set = Set {
            outputs: scaled(&out.prices[m..], &point[m..], out.distance.value),
            inputs: scaled(&inn.prices[..m], &point[..m], 1.0 / inn.distance.value),
            state: out.distance.state.max(inn.distance.state),
        };
        self.sets.push(set);
        if options.aggregation == Aggregation::Distances {
            let columns = |outputs: bool| -> Vec<Vec<f64>> {
                let own = technology.columns().enumerate();
                own.map(
                    |(i, (_, _, c))| {
                        if (i >= m) == outputs { all.iter().map(|&r| c[r]).collect() } else { vec![point[i]; all.len()] }
                    },
                )
                .collect()
            };
            let (q, x) = (batch.solve(Orientation::Output, &columns(true))?, batch.solve(Orientation::Input, &columns(false))?);
            let mut values = vec![[f64::NAN; 2]; technology.len()];
            for (&r, (q, x)) in all.iter().zip(q.iter().zip(&x)) {
                values[r] = [q.distance.value, 1.0 / x.distance.value];
            }
            self.aggregates = Some(values);
        }
        Ok(())
    }

    /// Distances of each observation of a change with the outputs, or the inputs, of the other.
    fn crossed(&mut self, technology: &Technology<'_>, pairs: &Pairs, options: &TfpOptions) -> Result<(), FrontierError> {
        let (m, s) = (technology.inputs.len(), technology.outputs.len());
        let blank = Mixed { output: [UNSOLVED; 2], output_own: [UNSOLVED; 2], input: [UNSOLVED; 2], input_own: [UNSOLVED; 2] };
        self.mixed = vec![blank; pairs.pairs.len()];
        let none = Set { inputs: vec![f64::NAN; m], outputs: vec![f64::NAN; s], state: State::Missing };
        self.sets = vec![none; 2 * pairs.pairs.len()];
        for t in 0..pairs.periods.len() {
            let span = options.technology.span(t, pairs.periods.len());
            // Changes in which this period is the earlier one (side 0), or the later one (side 1): own row, other row.
            let list: Vec<(usize, usize, usize, usize)> = pairs
                .pairs
                .iter()
                .enumerate()
                .filter_map(|(i, &(_, from, a, b))| match t {
                    _ if from == t => Some((i, 0, a, b)),
                    _ if from + 1 == t => Some((i, 1, b, a)),
                    _ => None,
                })
                .collect();
            if list.is_empty() {
                continue;
            }
            let reference = Reference::new(technology, &rows(pairs, span));
            let batch = Batch { reference: &reference, sizes: (m, s), returns: options.returns.returns() };
            let mix = |other_inputs: bool, other_outputs: bool| -> Vec<Vec<f64>> {
                let pick = |c: &[f64], other: bool| list.iter().map(|l| c[if other { l.3 } else { l.2 }]).collect();
                let all = technology.columns().enumerate();
                all.map(|(i, (_, _, c))| pick(c, if i < m { other_inputs } else { other_outputs })).collect()
            };
            let (mixed, own) = ([mix(false, true), mix(true, false)], mix(false, false));
            let [out, inn] = match options.aggregation {
                Aggregation::ShadowPrices => [
                    batch.priced(Orientation::Output, &mixed[0], Some(&own))?,
                    batch.priced(Orientation::Input, &mixed[1], Some(&own))?,
                ],
                Aggregation::Distances => {
                    [batch.solve(Orientation::Output, &mixed[0])?, batch.solve(Orientation::Input, &mixed[1])?]
                }
            };
            for (&(i, side, own, other), (o, x)) in list.iter().zip(out.iter().zip(&inn)) {
                self.mixed[i].output[side] = o.distance;
                self.mixed[i].input[side] = x.distance;
                let at = |columns: &[&[f64]], r: usize| columns.iter().map(|c| c[r]).collect::<Vec<f64>>();
                self.sets[2 * i + side] = Set {
                    outputs: scaled(&o.prices[m..], &at(&technology.outputs, other), 1.0),
                    inputs: scaled(&x.prices[..m], &at(&technology.inputs, other), 1.0),
                    state: o.distance.state.max(x.distance.state),
                };
                debug_assert_ne!(own, other);
            }
            if options.aggregation == Aggregation::Distances {
                let (out, inn) = (batch.solve(Orientation::Output, &own)?, batch.solve(Orientation::Input, &own)?);
                for (&(i, side, ..), (o, x)) in list.iter().zip(out.iter().zip(&inn)) {
                    self.mixed[i].output_own[side] = o.distance;
                    self.mixed[i].input_own[side] = x.distance;
                }
            }
        }
        Ok(())
    }
}

/// Prices such that `point` is worth `value`.
fn scaled(prices: &[f64], point: &[f64], value: f64) -> Vec<f64> {
    let worth: f64 = prices.iter().zip(point).map(|(p, x)| p * x).sum();
    prices.iter().map(|p| p / worth * value).collect()
}

/// Radial programs of points that need not be units.
struct Batch<'a> {
    reference: &'a Reference,
    sizes: (usize, usize),
    returns: Returns,
}

/// A distance with the shadow price of every variable; none where it is not solved.
#[derive(Clone)]
struct Priced {
    distance: Distance,
    prices: Vec<f64>,
}

impl Batch<'_> {
    /// One distance for each row of the columns, inputs first.
    fn solve(&self, orientation: Orientation, columns: &[Vec<f64>]) -> Result<Vec<Priced>, FrontierError> {
        let radial = Radial::new(self.reference, self.sizes, orientation, self.returns)?;
        let mut out = vec![self.blank(); columns[0].len()];
        let ask = Ask { value: true, ..Ask::default() };
        self.sweep(
            &radial,
            columns,
            ask,
            |_, s| self.read(s, orientation),
            |rows, p| rows.iter().for_each(|&r| out[r] = p.clone()),
        )?;
        Ok(out)
    }

    /// The same with the shadow prices of the side that moves; of several, those on the side of `seconds`.
    fn priced(
        &self,
        orientation: Orientation,
        columns: &[Vec<f64>],
        seconds: Option<&[Vec<f64>]>,
    ) -> Result<Vec<Priced>, FrontierError> {
        let radial = Radial::new(self.reference, self.sizes, orientation, self.returns)?;
        let corner = Corner { cloud: radial.cloud(), sizes: self.sizes, orientation };
        let mut out = vec![self.blank(); columns[0].len()];
        let mut open: Vec<(usize, f64)> = Vec::new();
        let take = |_: usize, s: &Solution| {
            let factor = s.values.first().filter(|_| s.status == Status::Optimal && corner.open(s)).map(|v| v.abs());
            (self.read(s, orientation), factor)
        };
        let put = |rows: &[usize], (priced, factor): (Priced, Option<f64>)| {
            for &r in rows {
                out[r] = priced.clone();
                open.extend(factor.map(|f| (r, f)));
            }
        };
        self.sweep(&radial, columns, Ask::default(), take, put)?;
        let row = |columns: &[Vec<f64>], r: usize| columns.iter().map(|c| c[r]).collect::<Vec<f64>>();
        let choose = |&(r, factor): &(usize, f64)| {
            corner.prices(&row(columns, r), factor, seconds.map(|own| row(own, r)).as_deref()).map(|prices| (r, prices))
        };
        let moved = corner.moved();
        for (r, prices) in open.par_iter().map(choose).collect::<Result<Vec<_>, _>>()? {
            if let Some(prices) = prices {
                out[r].prices[moved.clone()].copy_from_slice(&prices);
            }
        }
        Ok(out)
    }

    fn sweep<T: Send>(
        &self,
        radial: &Radial<'_>,
        columns: &[Vec<f64>],
        ask: Ask<'_>,
        take: impl Fn(usize, &Solution) -> T + Sync,
        put: impl FnMut(&[usize], T),
    ) -> Result<(), FrontierError> {
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let every: Vec<usize> = (0..slices[0].len()).collect();
        Ok(radial.sweep(&slices, &every, ask, |_| None, take, put)?)
    }

    fn blank(&self) -> Priced {
        Priced { distance: UNSOLVED, prices: vec![f64::NAN; self.sizes.0 + self.sizes.1] }
    }

    fn read(&self, s: &Solution, orientation: Orientation) -> Priced {
        let distance = measured(s, orientation, false);
        let variables = self.sizes.0 + self.sizes.1;
        let whole = distance.value.is_finite() && s.duals.len() >= variables;
        let prices = if whole { s.duals[..variables].iter().map(|d| d.abs()).collect() } else { vec![f64::NAN; variables] };
        Priced { distance, prices }
    }
}
