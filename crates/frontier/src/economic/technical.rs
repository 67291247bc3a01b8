//! The technical part of each decomposition, and what one unit of it is worth in money.

use super::{Case, Decomposition, EconomicDirection, EconomicError, Measure, Norm, distance};
use crate::{
    additive::{AdditiveOptions, Scheme, Weights, additive, additive_against},
    dea::{Returns, ScoreOptions, Slacks, TOLERANCE, scores, scores_against},
    distance::{HolderOptions, holder, holder_against},
    generalised::{GeneralisedOptions, generalised, generalised_against},
    projection::SlackOrientation,
    reference::Reference,
    russell::{RussellOptions, RussellOrientation, russell, russell_against},
    sbm::{SbmOptions, sbm, sbm_against},
    technology::{Orientation, State},
};

/// The technical part of each evaluated unit.
pub(super) struct Technical {
    pub(super) state: Vec<State>,
    pub(super) value: Vec<f64>,
    pub(super) interval: Vec<(f64, f64)>,
    /// Money per unit of the value, where that is a difference.
    pub(super) normalisation: Option<Vec<f64>>,
    /// The value under constant returns: profitability.
    pub(super) constant: Option<Vec<f64>>,
    /// Whether the slacks that normalise are certainly the only ones.
    pub(super) unique: Option<Vec<bool>>,
}

impl Technical {
    pub(super) fn new(case: &Case<'_>, decomposition: &Decomposition, usable: &[bool]) -> Result<Self, EconomicError> {
        match decomposition {
            Decomposition::Farrell => case.farrell(),
            Decomposition::Additive(weights) => case.additive(weights),
            Decomposition::Directional(direction) => case.directional(direction, usable),
            Decomposition::ModifiedDirectional(direction) if case.options.measure == Measure::Profit => {
                case.modified(direction, usable)
            }
            Decomposition::ModifiedDirectional(direction) => case.directional(direction, usable),
            Decomposition::Russell => case.russell(Worth::Value),
            Decomposition::GeneralDirect => case.russell(Worth::Money),
            Decomposition::ReverseDirectional => case.russell(Worth::Reverse),
            Decomposition::ReverseModified(direction) => case.reverse_modified(direction, usable),
            Decomposition::RussellGraph => case.russell_graph(),
            Decomposition::Holder { norm, weighted } => case.holder(*norm, *weighted, usable),
            Decomposition::Generalised { alpha } => case.generalised(*alpha),
        }
    }

    fn difference(state: Vec<State>, value: Vec<f64>, interval: Vec<(f64, f64)>, normalisation: Vec<f64>) -> Self {
        Self { state, value, interval, normalisation: Some(normalisation), constant: None, unique: None }
    }
}

/// How the measure of `russell` is turned into money.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Worth {
    /// By the least value of a variable.
    Value,
    /// By the money value of the slacks.
    Money,
    /// The same, of one less the score.
    Reverse,
}

impl Case<'_> {
    fn orientation(&self) -> SlackOrientation {
        match self.options.measure {
            Measure::Cost => SlackOrientation::Input,
            Measure::Revenue => SlackOrientation::Output,
            Measure::Profit | Measure::Profitability => SlackOrientation::None,
        }
    }

    fn farrell(&self) -> Result<Technical, EconomicError> {
        let orientation = if self.options.measure == Measure::Cost { Orientation::Input } else { Orientation::Output };
        let options =
            ScoreOptions { orientation, returns: self.options.returns, missing: self.options.missing, ..ScoreOptions::default() };
        let s = match self.reference {
            None => scores(self.evaluated, &options)?,
            Some(reference) => scores_against(self.evaluated, reference, &options)?,
        };
        let interval = s.low.into_iter().zip(s.high).collect();
        Ok(Technical { state: s.state, value: s.score, interval, normalisation: None, constant: None, unique: None })
    }

    fn additive(&self, weights: &Weights) -> Result<Technical, EconomicError> {
        let options = AdditiveOptions {
            weights: weights.clone(),
            orientation: self.orientation(),
            returns: self.options.returns,
            missing: self.options.missing,
            ..AdditiveOptions::default()
        };
        let a = match self.reference {
            None => additive(self.evaluated, &options)?,
            Some(reference) => additive_against(self.evaluated, reference, &options)?,
        };
        let set = Reference::spanning(self.reference.unwrap_or(self.evaluated))?;
        let scheme = Scheme::new(&set, &options, self.inputs());
        // What saves at least: w·s ≥ K Σρs with the least ratio of price to weight.
        let least = |unit: usize| {
            let ratio = |v: usize| self.price(v, unit) / scheme.of(v, self.quantity(v, unit));
            self.chosen().map(ratio).filter(|k| k.is_finite()).fold(f64::INFINITY, f64::min)
        };
        let normalisation = (0..self.evaluated.len()).map(least).collect();
        Ok(Technical::difference(a.state, a.inefficiency, a.interval, normalisation))
    }

    /// What one step along given lengths is worth, by unit.
    fn worth(&self, lengths: &[Vec<f64>], side: std::ops::Range<usize>) -> Vec<f64> {
        let value = |unit: usize| side.clone().map(|v| self.price(v, unit) * lengths[v][unit]).sum();
        (0..self.evaluated.len()).map(value).collect()
    }

    fn directional(&self, direction: &EconomicDirection, usable: &[bool]) -> Result<Technical, EconomicError> {
        let lengths = distance::lengths(self, direction, usable)?;
        let normalisation = self.worth(&lengths, self.chosen());
        let d = distance::along(self, lengths, usable)?;
        Ok(Technical::difference(d.state, d.value, d.interval, normalisation))
    }

    /// What the shorter of two steps is worth: that of inputs or that of outputs.
    fn lesser(&self, lengths: &[Vec<f64>]) -> Vec<f64> {
        let m = self.inputs();
        let (inputs, outputs) = (self.worth(lengths, 0..m), self.worth(lengths, m..self.variables()));
        // A side that does not move limits nothing.
        let least = |(a, b): (&f64, &f64)| [*a, *b].into_iter().filter(|x| *x != 0.0).fold(f64::INFINITY, f64::min);
        inputs.iter().zip(&outputs).map(least).collect()
    }

    fn modified(&self, direction: &EconomicDirection, usable: &[bool]) -> Result<Technical, EconomicError> {
        let lengths = distance::lengths(self, direction, usable)?;
        let normalisation = self.lesser(&lengths);
        let d = distance::apart(self, lengths, Slacks::None)?;
        Ok(Technical::difference(d.state, d.distance, d.interval, normalisation))
    }

    /// The modified distance in money: what the way to its target is worth.
    fn reverse_modified(&self, direction: &EconomicDirection, usable: &[bool]) -> Result<Technical, EconomicError> {
        let lengths = distance::lengths(self, direction, usable)?;
        let lesser = self.lesser(&lengths);
        let d = distance::apart(self, lengths, Slacks::Range)?;
        let (m, p) = (self.inputs(), &d.projection);
        let way = |v: usize, u: usize| {
            if v < m { self.quantity(v, u) - p.input_targets[v][u] } else { p.output_targets[v - m][u] - self.quantity(v, u) }
        };
        let normalisation = (0..self.evaluated.len()).map(|u| {
            let by = d.distance[u];
            if by > TOLERANCE { self.chosen().map(|v| self.price(v, u) * way(v, u)).sum::<f64>() / by } else { lesser[u] }
        });
        let normalisation = normalisation.collect();
        let unique = Some(d.projection.unique.clone());
        Ok(Technical { unique, ..Technical::difference(d.state, d.distance, d.interval, normalisation) })
    }

    /// One less the graph measure: no variable is worth less than the least, and `φ − 1` is no less than `1 − 1/φ`.
    fn russell_graph(&self) -> Result<Technical, EconomicError> {
        let options = RussellOptions {
            orientation: RussellOrientation::Graph,
            returns: self.options.returns,
            missing: self.options.missing,
            ..RussellOptions::default()
        };
        let r = match self.reference {
            None => russell(self.evaluated, &options)?,
            Some(reference) => russell_against(self.evaluated, reference, &options)?,
        };
        let turn = |score: f64| if score > 1.0 { 0.0 } else { 1.0 - score };
        let interval = r.interval.iter().map(|(low, high)| (turn(*high), turn(*low))).collect();
        let normalisation = |u: usize| {
            let values = self.chosen().map(|v| self.price(v, u) * self.quantity(v, u)).filter(|x| *x > 0.0);
            let (count, least) = values.fold((0.0, f64::INFINITY), |(n, least), x| (n + 1.0, x.min(least)));
            count * least
        };
        let normalisation = (0..self.evaluated.len()).map(normalisation).collect();
        Ok(Technical::difference(r.state, r.score.iter().map(|s| turn(*s)).collect(), interval, normalisation))
    }

    fn holder(&self, norm: Norm, weighted: bool, usable: &[bool]) -> Result<Technical, EconomicError> {
        let direction = if weighted { EconomicDirection::Observed } else { EconomicDirection::Ones };
        let lengths = distance::lengths(self, &direction, usable)?;
        let options = HolderOptions {
            norm,
            weighted,
            orientation: self.orientation(),
            returns: self.options.returns,
            slacks: Slacks::None,
            missing: self.options.missing,
        };
        let h = match self.reference {
            None => holder(self.evaluated, &options)?,
            Some(reference) => holder_against(self.evaluated, reference, &options)?,
        };
        let normalisation = match norm {
            Norm::Infinity => self.worth(&lengths, self.chosen()),
            // The dual norm of what one change of each is worth.
            Norm::Two => {
                let square = |u: usize| self.chosen().map(|v| (self.price(v, u) * lengths[v][u]).powi(2)).sum::<f64>().sqrt();
                (0..self.evaluated.len()).map(square).collect()
            }
            Norm::One => {
                let most = |u: usize| self.chosen().map(|v| self.price(v, u) * lengths[v][u]).fold(0.0, f64::max);
                (0..self.evaluated.len()).map(most).collect()
            }
        };
        Ok(Technical::difference(h.state, h.distance, h.interval, normalisation))
    }

    fn russell(&self, slacks: Worth) -> Result<Technical, EconomicError> {
        let options = SbmOptions {
            orientation: self.orientation(),
            returns: self.options.returns,
            missing: self.options.missing,
            ..SbmOptions::default()
        };
        let s = match self.reference {
            None => sbm(self.evaluated, &options)?,
            Some(reference) => sbm_against(self.evaluated, reference, &options)?,
        };
        let (m, units) = (self.inputs(), self.evaluated.len());
        // Of outputs alone: the mean growth, or one less the score.
        let growth = self.options.measure == Measure::Revenue && slacks != Worth::Reverse;
        let turn = |score: f64| if growth { 1.0 / score - 1.0 } else { 1.0 - score };
        let value: Vec<f64> = s.score.iter().map(|r| turn(*r).max(0.0)).collect();
        let interval = s.interval.iter().map(|(low, high)| (turn(*high), turn(*low))).collect();
        let slack = |v: usize, u: usize| {
            if v < m { s.projection.input_slacks[v][u] } else { s.projection.output_slacks[v - m][u] }
        };
        let least = |unit: usize, side: std::ops::Range<usize>| {
            let values: Vec<f64> = side
                .filter(|v| self.chosen().contains(v) && self.quantity(*v, unit) > 0.0)
                .map(|v| self.price(v, unit) * self.quantity(v, unit))
                .collect();
            values.len() as f64 * values.iter().copied().fold(f64::INFINITY, f64::min)
        };
        let by_value = |unit: usize| {
            let sides = [least(unit, 0..m), least(unit, m..self.variables())];
            let factor = if self.options.measure == Measure::Profit { 1.0 / s.output_efficiency[unit] } else { 1.0 };
            // An empty side is 0 times infinity.
            factor * sides.into_iter().filter(|k| !k.is_nan()).fold(f64::INFINITY, f64::min)
        };
        let normalisation = (0..units).map(|unit| {
            if slacks == Worth::Value || value[unit].is_nan() || value[unit] <= TOLERANCE {
                return by_value(unit);
            }
            self.chosen().map(|v| self.price(v, unit) * slack(v, unit)).sum::<f64>() / value[unit]
        });
        let normalisation = normalisation.collect();
        let unique = (slacks != Worth::Value).then(|| s.projection.unique.clone());
        Ok(Technical { unique, ..Technical::difference(s.state, value, interval, normalisation) })
    }

    fn generalised(&self, alpha: f64) -> Result<Technical, EconomicError> {
        let run = |returns: Returns| {
            let options = GeneralisedOptions { alpha, returns, missing: self.options.missing, ..GeneralisedOptions::default() };
            match self.reference {
                None => generalised(self.evaluated, &options),
                Some(reference) => generalised_against(self.evaluated, reference, &options),
            }
        };
        let (crs, own) = (run(Returns::Crs)?, run(self.options.returns)?);
        let worse = |(a, b): (&State, &State)| if *a == State::Optimal { *b } else { *a };
        let state = crs.state.iter().zip(&own.state).map(worse).collect();
        let constant = Some(crs.score);
        Ok(Technical { state, value: own.score, interval: own.interval, normalisation: None, constant, unique: None })
    }
}
