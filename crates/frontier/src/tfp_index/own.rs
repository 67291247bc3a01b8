//! Each observation against its own technology: technical and scale efficiency, and the best value at given weights.

use std::collections::BTreeMap;

use numerics::lp::{Cloud, Family, Instance, LpError, Sense, Solution, Status};
use rayon::prelude::*;

use super::{
    Aggregation, TfpOptions, TfpReturns, TfpTechnology,
    weights::{Set, Weights, rows},
};
use crate::{
    dea::Returns,
    observations::{Distance, Observations, Pairs, UNSOLVED},
    order::neighbours,
    radial::{Ask, Radial, measured},
    reference::Reference,
    technology::{FrontierError, Orientation, State, Technology},
};

/// An observation at one set of weights.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job {
    pub(super) output: f64,
    pub(super) input: f64,
    /// The largest productivity in the technology.
    pub(super) maximum: f64,
    /// Revenue (cost) efficiency: the output over the largest that the inputs make, or the least input over the
    /// input.
    pub(super) price: Distance,
}

/// Everything about observations in their own technologies.
pub(super) struct Own {
    /// Technical efficiency under the returns to scale asked for.
    pub(super) technical: Vec<Distance>,
    /// Efficiency under constant returns.
    pub(super) constant: Vec<Distance>,
    /// By row, then set of weights.
    jobs: BTreeMap<(usize, usize), Job>,
    /// Aggregates by distance with the largest productivity of the row's technology.
    aggregated: Vec<Option<([f64; 2], f64)>>,
}

impl TfpTechnology {
    /// Positions of the periods that span the technology of period `t`, from the first to before the second.
    pub(super) fn span(self, t: usize, periods: usize) -> (usize, usize) {
        match self {
            Self::Contemporaneous => (t, t + 1),
            Self::Sequential => (0, t + 1),
            Self::Pooled => (0, periods),
        }
    }
}

/// A row and its set of weights, with what they come to.
type Valued = ((usize, usize), Job);

/// What one period gives: rows with both efficiencies, jobs, aggregates.
type Period = (Vec<(usize, Distance, Distance)>, Vec<Valued>, Vec<(usize, ([f64; 2], f64))>);

impl Own {
    pub(super) fn solve(
        data: &Observations<'_>,
        pairs: &Pairs,
        weights: &Weights,
        options: &TfpOptions,
    ) -> Result<Self, FrontierError> {
        let technology = &data.technology;
        let n = technology.len();
        // Distances as aggregates leave nothing to be valued.
        let valued = options.aggregation == Aggregation::ShadowPrices || options.index.priced();
        let mut wanted: Vec<(usize, usize)> = Vec::new();
        if valued {
            wanted.extend(pairs.periods.iter().flat_map(|p| &p.1).filter_map(|&r| weights.of_row(r).map(|w| (r, w))));
            for (i, &(_, _, a, b)) in pairs.pairs.iter().enumerate() {
                wanted.extend(weights.of_change(i, (a, b)).into_iter().flat_map(|w| [(a, w), (b, w)]));
            }
            wanted.sort_unstable();
            wanted.dedup();
        }
        let one = |t: usize| -> Result<Period, FrontierError> {
            let own = &pairs.periods[t].1;
            if own.is_empty() {
                return Ok((Vec::new(), Vec::new(), Vec::new()));
            }
            let span = rows(pairs, options.technology.span(t, pairs.periods.len()));
            let reference = Reference::new(technology, &span);
            let market = Market { technology, reference: &reference, options };
            let mine: Vec<(usize, usize)> = own
                .iter()
                .flat_map(|&r| {
                    let of_row = |k: &(usize, usize)| k.0;
                    let from = wanted.partition_point(|k| of_row(k) < r);
                    wanted[from..wanted.partition_point(|k| of_row(k) <= r)].iter().copied()
                })
                .collect();
            let jobs = market.jobs(&mine, &weights.sets)?;
            let aggregated = weights.aggregates.as_ref().map_or_else(Vec::new, |values| {
                let tfp = |r: &usize| values[*r][0] / values[*r][1];
                let maximum = span.iter().map(tfp).fold(0.0, f64::max);
                own.iter().map(|&r| (r, (values[r], maximum))).collect()
            });
            Ok((market.efficiencies(own)?, jobs, aggregated))
        };
        let solved = (0..pairs.periods.len()).into_par_iter().map(one).collect::<Result<Vec<_>, _>>()?;
        let mut out =
            Self { technical: vec![UNSOLVED; n], constant: vec![UNSOLVED; n], jobs: BTreeMap::new(), aggregated: vec![None; n] };
        for (efficiencies, jobs, aggregated) in solved {
            for (r, technical, constant) in efficiencies {
                (out.technical[r], out.constant[r]) = (technical, constant);
            }
            out.jobs.extend(jobs);
            for (r, values) in aggregated {
                out.aggregated[r] = Some(values);
            }
        }
        Ok(out)
    }

    pub(super) fn job(&self, row: usize, weights: usize) -> Option<Job> {
        self.jobs.get(&(row, weights)).copied()
    }

    pub(super) fn aggregated(&self, row: usize) -> Option<([f64; 2], f64)> {
        self.aggregated[row]
    }
}

/// A technology with prices in it.
struct Market<'a> {
    technology: &'a Technology<'a>,
    reference: &'a Reference,
    options: &'a TfpOptions,
}

impl Market<'_> {
    fn sizes(&self) -> (usize, usize) {
        (self.technology.inputs.len(), self.technology.outputs.len())
    }

    /// Technical efficiency, and that under constant returns.
    fn efficiencies(&self, own: &[usize]) -> Result<Vec<(usize, Distance, Distance)>, LpError> {
        let columns: Vec<&[f64]> = self.technology.columns().map(|c| c.2).collect();
        let orientation = self.options.orientation;
        let solve = |returns: Returns| -> Result<Vec<(usize, Distance)>, LpError> {
            let radial = Radial::new(self.reference, self.sizes(), orientation, returns)?;
            let mut found: Vec<(usize, Distance)> = Vec::with_capacity(own.len());
            let take = |_: usize, s: &Solution| measured(s, orientation, true);
            let put = |rows: &[usize], d: Distance| found.extend(rows.iter().map(|&r| (r, d)));
            radial.sweep(&columns, own, Ask { value: true, ..Ask::default() }, |_| None, take, put)?;
            found.sort_unstable_by_key(|f| f.0);
            Ok(found)
        };
        let constant = solve(Returns::Crs)?;
        let technical = if self.options.returns == TfpReturns::Crs { constant.clone() } else { solve(Returns::Vrs)? };
        Ok(technical.into_iter().zip(constant).map(|((r, t), (_, c))| (r, t, c)).collect())
    }

    /// The rows valued at their weights.
    ///
    /// Output: `max p'Σλq` with `Σλx ≤ x₀`. Input: `min w'Σλx` with `Σλq ≥ q₀`. What the weights value is the slack
    /// of rows whose right-hand side is zero, in units of the row's own value.
    fn jobs(&self, wanted: &[(usize, usize)], sets: &[Set]) -> Result<Vec<Valued>, LpError> {
        let (m, s) = self.sizes();
        let output = self.options.orientation == Orientation::Output;
        let sound = |key: &&(usize, usize)| sets[key.1].inputs.iter().chain(&sets[key.1].outputs).all(|w| w.is_finite());
        let worth = |&(r, w): &(usize, usize)| {
            let value = |columns: &[&[f64]], weights: &[f64]| -> f64 { columns.iter().zip(weights).map(|(c, w)| c[r] * w).sum() };
            [value(&self.technology.outputs, &sets[w].outputs), value(&self.technology.inputs, &sets[w].inputs)]
        };
        let listed: Vec<((usize, usize), [f64; 2])> = wanted.iter().filter(sound).map(|k| (*k, worth(k))).collect();
        let mut maxima: BTreeMap<usize, f64> = BTreeMap::new();
        for ((_, w), _) in &listed {
            maxima.entry(*w).or_insert_with(|| self.maximum(&sets[*w]));
        }
        let fixed = if output { 0..m } else { m..m + s };
        let valued: Vec<usize> = (0..m + s).filter(|i| !fixed.contains(i)).collect();
        let all: Vec<&[f64]> = self.technology.columns().map(|c| c.2).collect();
        let weight = |set: &Set, i: usize| if i < m { set.inputs[i] } else { set.outputs[i - m] };
        let side = usize::from(!output);
        let solvable: Vec<usize> = (0..listed.len()).filter(|&j| listed[j].1[side] > 0.0).collect();
        let price = |j: usize, i: usize| weight(&sets[listed[j].0.1], i) / listed[j].1[side];
        // Neighbours in what is given and in the shares of what is valued.
        let near: Vec<Vec<f64>> = (0..m + s)
            .map(|i| {
                let of = |j: usize| {
                    let value = all[i][listed[j].0.0];
                    if fixed.contains(&i) || listed[j].1[side] <= 0.0 { value } else { price(j, i) * value }
                };
                (0..listed.len()).map(of).collect()
            })
            .collect();
        let order = neighbours(&near.iter().map(Vec::as_slice).collect::<Vec<_>>(), &solvable, 0..0);
        let mut points = self.reference.columns.clone();
        let mut senses = vec![Sense::AtLeast; m + s];
        if output {
            senses[..m].fill(Sense::AtMost);
        }
        if self.options.returns == TfpReturns::Vrs {
            points.push(vec![1.0; self.reference.classes.len()]);
            senses.push(Sense::Equal);
        }
        let cloud = Cloud::new(points)?;
        let family = Family::new(&cloud, senses, Vec::new(), 1)?.values();
        let fill = |j: usize, program: &mut Instance| {
            for i in fixed.clone() {
                program.rhs[i] = all[i][listed[j].0.0];
            }
            for &i in &valued {
                program.costs[0].slacks[i] = if output { -price(j, i) } else { price(j, i) };
            }
            if let Some(sum) = program.rhs.get_mut(m + s) {
                *sum = 1.0;
            }
        };
        let solved = family.sweep(&order, fill, |_, solution| efficiency(solution, output));
        let mut found = vec![Distance { state: State::Unbounded, ..UNSOLVED }; listed.len()];
        order.iter().zip(solved).for_each(|(&j, d)| found[j] = d);
        let job = |(&(key, [output, input]), price): (&((usize, usize), [f64; 2]), Distance)| {
            (key, Job { output, input, maximum: maxima[&key.1], price })
        };
        Ok(listed.iter().zip(found).map(job).collect())
    }

    /// The largest productivity: a ratio of linear forms is largest at a unit.
    fn maximum(&self, set: &Set) -> f64 {
        let (columns, m) = (&self.reference.columns, set.inputs.len());
        let value =
            |columns: &[Vec<f64>], weights: &[f64], j: usize| -> f64 { columns.iter().zip(weights).map(|(c, w)| c[j] * w).sum() };
        let tfp = |j: usize| value(&columns[m..], &set.outputs, j) / value(&columns[..m], &set.inputs, j);
        (0..self.reference.classes.len()).map(tfp).fold(0.0, f64::max)
    }
}

/// Revenue or cost efficiency from a program in units of the row's own value.
fn efficiency(s: &Solution, output: bool) -> Distance {
    let state = State::from(s.status);
    let Some(&value) = s.values.first().filter(|_| matches!(s.status, Status::Optimal | Status::Numerical)) else {
        return Distance { state, ..UNSOLVED };
    };
    let turn = |v: f64| if output { -1.0 / v } else { v };
    // The row is in its technology, so that nothing above 1 is possible.
    let (value, interval) = (turn(value).min(1.0), (turn(s.interval.0).min(1.0), turn(s.interval.1).min(1.0)));
    if !(value > 0.0 && value.is_finite()) {
        return Distance { state: State::Unbounded, ..UNSOLVED };
    }
    Distance { value, state: state.certified(interval, 1.0), interval }
}
