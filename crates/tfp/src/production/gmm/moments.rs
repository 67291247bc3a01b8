//! Equations and instruments of every firm, and the sums that the steps need.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Equations, Firms, FirstStep, GmmError, GmmOptions, Instruments, Lags, Regressor, Sample, Term};

/// A row of an equation: in levels at a place of the sample, or the difference of two places.
pub(super) struct Row {
    /// Place of the sample.
    pub place: usize,
    /// The place one step before, which is subtracted, in differences.
    pub minus: Option<usize>,
    pub y: f64,
    pub x: Vec<f64>,
    /// Instruments that are not nought.
    pub z: Vec<(usize, f64)>,
}

/// The equations of all firms.
pub(super) struct System {
    pub terms: Vec<Term>,
    /// Rows by firm: differences in order of time, then levels.
    pub rows: Vec<Row>,
    /// Rows of each firm that has any.
    pub firms: Vec<Range<usize>>,
    /// First place in the sample of each of these firms.
    pub heads: Vec<usize>,
    /// Number of instruments.
    pub instruments: usize,
    /// `Z'x`, one a regressor, and `Z'y`.
    pub zx: Vec<Vec<f64>>,
    pub zy: Vec<f64>,
}

/// An instrument: its kind, its variable or regressor, period, and lag; 0 where they do not distinguish.
type Key = (u8, usize, i32, u32);

/// A variable whose lags are instruments: output is 0, input `j` is `j + 1`.
struct Lagged {
    number: usize,
    values: Vec<f64>,
    lags: Lags,
}

struct Builder<'a> {
    sample: &'a Sample,
    step: i64,
    y: Vec<f64>,
    inputs: Vec<Vec<f64>>,
    controls: Vec<Vec<f64>>,
    terms: Vec<Term>,
    lagged: Vec<Lagged>,
    options: &'a GmmOptions,
    regressors: Vec<Regressor>,
    /// Place of the first row of the firm of each place.
    start: Vec<usize>,
}

impl System {
    pub fn new(firms: &Firms<'_>, sample: &Sample, options: &GmmOptions) -> Result<Self, GmmError> {
        let builder = Builder::new(firms, sample, options)?;
        let system = options.equations == Equations::System;
        let mut keys: BTreeMap<Key, usize> = BTreeMap::new();
        let mut raw: Vec<(Row, Vec<(Key, f64)>)> = Vec::new();
        let (mut spans, mut heads) = (Vec::new(), Vec::new());
        let mut at = 0;
        while at < sample.rows.len() {
            let end = at + sample.firm[at..].iter().take_while(|g| **g == sample.firm[at]).count();
            let levels: Vec<usize> = (at..end).filter(|&p| builder.complete(p)).collect();
            let from = raw.len();
            for &place in &levels {
                if let Some(minus) = sample.lag[place].filter(|m| levels.contains(m)) {
                    raw.push((builder.row(place, Some(minus)), builder.instruments(place, Some(minus))));
                }
            }
            if system {
                raw.extend(levels.iter().map(|&place| (builder.row(place, None), builder.instruments(place, None))));
            }
            if raw.len() > from {
                spans.push(from..raw.len());
                heads.push(at);
            }
            at = end;
        }
        if raw.is_empty() {
            let longest = builder.terms.iter().map(|t| lag_of(*t)).max().unwrap_or(0);
            return Err(GmmError::Short(longest + if system { 1 } else { 2 }));
        }
        raw.iter().flat_map(|(_, z)| z).for_each(|(key, _)| {
            keys.insert(*key, 0);
        });
        keys.values_mut().enumerate().for_each(|(i, v)| *v = i);
        let rows: Vec<Row> =
            raw.into_iter().map(|(row, z)| Row { z: z.iter().map(|(k, v)| (keys[k], *v)).collect(), ..row }).collect();
        let mut built = Self { terms: builder.terms, rows, firms: spans, heads, instruments: keys.len(), zx: vec![], zy: vec![] };
        built.keep_periods_with_rows();
        built.zx =
            (0..built.terms.len()).map(|j| built.project(&built.rows.iter().map(|r| r.x[j]).collect::<Vec<_>>())).collect();
        built.zy = built.project(&built.rows.iter().map(|r| r.y).collect::<Vec<_>>());
        Ok(built)
    }

    /// Takes out periods in which no row stands.
    fn keep_periods_with_rows(&mut self) {
        let kept: Vec<bool> = (0..self.terms.len())
            .map(|j| !matches!(self.terms[j], Term::Period(_)) || self.rows.iter().any(|r| r.x[j] != 0.0))
            .collect();
        let keep = |j: usize| kept[j];
        self.terms = (0..kept.len()).filter(|&j| keep(j)).map(|j| self.terms[j]).collect();
        for row in &mut self.rows {
            row.x = (0..kept.len()).filter(|&j| keep(j)).map(|j| row.x[j]).collect();
        }
    }

    /// Rows in levels, or in differences.
    pub fn count(&self, levels: bool) -> usize {
        self.rows.iter().filter(|r| r.minus.is_none() == levels).count()
    }

    pub fn residuals(&self, b: &[f64]) -> Vec<f64> {
        self.rows.iter().map(|r| r.y - r.x.iter().zip(b).map(|(x, b)| x * b).sum::<f64>()).collect()
    }

    /// `Z'v`.
    pub fn project(&self, v: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; self.instruments];
        for (row, v) in self.rows.iter().zip(v) {
            row.z.iter().for_each(|&(l, z)| out[l] += z * v);
        }
        out
    }

    /// `Z_i'v_i` of one firm: instruments and values.
    fn firm_score(&self, span: &Range<usize>, v: &[f64]) -> Vec<(usize, f64)> {
        let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
        for i in span.clone() {
            self.rows[i].z.iter().for_each(|&(l, z)| *sums.entry(l).or_insert(0.0) += z * v[i]);
        }
        sums.into_iter().collect()
    }

    /// `Σ_i Z_i'a_i b_i'Z_i`, row-major.
    pub fn omega(&self, a: &[f64], b: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; self.instruments * self.instruments];
        for span in &self.firms {
            let right = self.firm_score(span, b);
            for (l, u) in self.firm_score(span, a) {
                right.iter().for_each(|&(m, w)| out[l * self.instruments + m] += u * w);
            }
        }
        out
    }

    /// `Σ_i (Z_i'x_i e_i'Z_i + Z_i'e_i x_i'Z_i) w`.
    pub fn turned(&self, x: &[f64], e: &[f64], w: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; self.instruments];
        for span in &self.firms {
            let (zx, ze) = (self.firm_score(span, x), self.firm_score(span, e));
            let dot = |z: &[(usize, f64)]| z.iter().map(|&(l, v)| v * w[l]).sum::<f64>();
            let (xw, ew) = (dot(&zx), dot(&ze));
            zx.iter().for_each(|&(l, v)| out[l] += v * ew);
            ze.iter().for_each(|&(l, v)| out[l] += v * xw);
        }
        out
    }

    /// Covariance of two rows of a firm under independent errors of variance 1.
    fn unit_covariance(&self, r: usize, s: usize, assumed: FirstStep) -> f64 {
        let (a, b) = (&self.rows[r], &self.rows[s]);
        let same = |p: usize, q: Option<usize>| f64::from(u8::from(Some(p) == q));
        let both = |p: Option<usize>, q: Option<usize>| p.map_or(0.0, |p| same(p, q));
        match assumed {
            FirstStep::Identity => f64::from(u8::from(r == s)),
            FirstStep::Blocks if a.minus.is_some() != b.minus.is_some() => 0.0,
            FirstStep::Blocks | FirstStep::Full => {
                same(a.place, Some(b.place)) - same(a.place, b.minus) - same(b.place, a.minus) + both(a.minus, b.minus)
            }
        }
    }

    /// `Σ_i Z_i'H_i Z_i`, row-major.
    pub fn first_weights(&self, assumed: FirstStep) -> Vec<f64> {
        let mut out = vec![0.0; self.instruments * self.instruments];
        for span in &self.firms {
            for r in span.clone() {
                for s in span.clone() {
                    let h = self.unit_covariance(r, s, assumed);
                    if h != 0.0 {
                        for &(l, u) in &self.rows[r].z {
                            self.rows[s].z.iter().for_each(|&(m, w)| out[l * self.instruments + m] += h * u * w);
                        }
                    }
                }
            }
        }
        out
    }

    /// `H w`, firm by firm.
    pub fn spread(&self, w: &[f64], assumed: FirstStep) -> Vec<f64> {
        let mut out = vec![0.0; w.len()];
        for span in &self.firms {
            for r in span.clone() {
                out[r] = span.clone().map(|s| self.unit_covariance(r, s, assumed) * w[s]).sum();
            }
        }
        out
    }

    /// Variance of the errors from the differenced residuals: `Σ Δe² / 2(N - k)`.
    pub fn variance(&self, residuals: &[f64], k: usize) -> f64 {
        let squares: f64 = self.rows.iter().zip(residuals).filter(|(r, _)| r.minus.is_some()).map(|(_, e)| e * e).sum();
        squares / (2.0 * (self.count(false) as f64 - k as f64))
    }

    /// Differenced residuals `order` periods before, in the place of the later one; 0 where there is none.
    pub fn earlier(&self, residuals: &[f64], order: u32) -> Vec<f64> {
        let mut out = vec![0.0; residuals.len()];
        for span in &self.firms {
            let row =
                |place: Option<usize>| span.clone().find(|&s| self.rows[s].minus.is_some() && Some(self.rows[s].place) == place);
            for r in span.clone() {
                let earlier = self.rows[r].minus.and_then(|m| (1..order).try_fold(m, |p, _| self.rows[row(Some(p))?].minus));
                if let Some(s) = row(earlier).filter(|_| earlier.is_some()) {
                    out[r] = residuals[s];
                }
            }
        }
        out
    }
}

fn lag_of(term: Term) -> u32 {
    match term {
        Term::Output(s) | Term::Input(_, s) => s,
        _ => 0,
    }
}

impl<'a> Builder<'a> {
    fn new(firms: &Firms<'_>, sample: &'a Sample, options: &'a GmmOptions) -> Result<Self, GmmError> {
        let given = options.inputs.len();
        let inputs = firms.inputs();
        if inputs == 0 {
            return Err(super::FirmsError::Needs("an input").into());
        }
        if given != 1 && given != inputs {
            return Err(GmmError::Inputs { given, inputs });
        }
        let regressors: Vec<Regressor> = (0..inputs).map(|j| options.inputs[if given == 1 { 0 } else { j }]).collect();
        let mut terms: Vec<Term> = (1..=options.output_lags).map(Term::Output).collect();
        let mut lagged = Vec::new();
        let mut instrument = |number: usize, values: Vec<f64>, lags: Lags| {
            match lags.last {
                _ if lags.first == 0 => return Err(GmmError::Lags { first: 0, last: lags.last.unwrap_or(0) }),
                Some(last) if last < lags.first => return Err(GmmError::Lags { first: lags.first, last }),
                _ => {}
            }
            let values = if options.centre { centred(&values, &sample.period) } else { values };
            lagged.push(Lagged { number, values, lags });
            Ok(())
        };
        let y = sample.of(firms.output);
        if options.output_lags > 0 {
            instrument(0, y.clone(), options.output_instruments)?;
        }
        let mut columns = Vec::new();
        for (j, (column, regressor)) in firms.free.iter().chain(&firms.state).zip(&regressors).enumerate() {
            let values = sample.of(column);
            terms.extend((0..=regressor.lags).map(|s| Term::Input(j, s)));
            if let Instruments::Lags(lags) = regressor.instruments {
                instrument(j + 1, values.clone(), lags)?;
            }
            columns.push(values);
        }
        terms.extend((0..firms.controls.len()).map(Term::Control));
        if options.period_effects {
            let mut periods = sample.period.clone();
            periods.sort_unstable();
            periods.dedup();
            terms.extend(periods.into_iter().map(Term::Period));
        } else if options.equations == Equations::System {
            terms.push(Term::Constant);
        }
        let mut start: Vec<usize> = Vec::with_capacity(sample.rows.len());
        for at in 0..sample.rows.len() {
            let same = at > 0 && sample.firm[at] == sample.firm[at - 1];
            start.push(if same { start[at - 1] } else { at });
        }
        let controls = firms.controls.iter().map(|c| sample.of(c)).collect();
        Ok(Self { sample, step: i64::from(firms.step), y, inputs: columns, controls, terms, lagged, options, regressors, start })
    }

    /// The place of the same firm `lag` steps before; rows between need not be there.
    fn before(&self, place: usize, lag: u32) -> Option<usize> {
        let period = |p: usize| i64::from(self.sample.period[p]);
        let wanted = period(place) - self.step * i64::from(lag);
        let from = self.start[place];
        let found = from + self.sample.period[from..=place].partition_point(|p| i64::from(*p) < wanted);
        (period(found) == wanted).then_some(found)
    }

    /// Whether every regressor exists at a place.
    fn complete(&self, place: usize) -> bool {
        self.terms.iter().all(|t| self.before(place, lag_of(*t)).is_some())
    }

    fn value(&self, term: Term, place: usize) -> f64 {
        let at = |column: &[f64], lag: u32| self.before(place, lag).map_or(f64::NAN, |p| column[p]);
        match term {
            Term::Output(s) => at(&self.y, s),
            Term::Input(j, s) => at(&self.inputs[j], s),
            Term::Control(j) => self.controls[j][place],
            Term::Constant => 1.0,
            Term::Period(p) => f64::from(u8::from(p == self.sample.period[place])),
        }
    }

    fn row(&self, place: usize, minus: Option<usize>) -> Row {
        let alone = self.options.equations == Equations::Difference;
        let x = self.terms.iter().map(|&t| match (t, minus) {
            // Where levels are not estimated beside it, the differenced equation has effects of its own.
            (Term::Period(_), Some(_)) if alone => self.value(t, place),
            (_, Some(m)) => self.value(t, place) - self.value(t, m),
            (_, None) => self.value(t, place),
        });
        Row { place, minus, y: self.y[place] - minus.map_or(0.0, |m| self.y[m]), x: x.collect(), z: vec![] }
    }

    fn instruments(&self, place: usize, minus: Option<usize>) -> Vec<(Key, f64)> {
        let period = self.sample.period[place];
        let named = if self.options.collapse { 0 } else { period };
        let mut z: Vec<(Key, f64)> = Vec::new();
        for Lagged { number, values, lags } in &self.lagged {
            if minus.is_some() {
                let since = i64::from(period) - i64::from(self.sample.period[self.start[place]]);
                let all = u32::try_from(since / self.step).unwrap_or(u32::MAX);
                for s in lags.first..=lags.last.map_or(all, |l| l.min(all)) {
                    if let Some(p) = self.before(place, s) {
                        z.push(((0, *number, named, s), values[p]));
                    }
                }
            } else if let (Some(p), Some(q)) = (self.before(place, lags.first - 1), self.before(place, lags.first)) {
                z.push(((1, *number, named, 0), values[p] - values[q]));
            }
        }
        let alone = self.options.equations == Equations::Difference;
        for (number, &term) in self.terms.iter().enumerate() {
            let own = match term {
                Term::Output(_) => false,
                Term::Input(j, _) => match self.regressors[j].instruments {
                    Instruments::Lags(_) => false,
                    Instruments::Itself => true,
                    Instruments::ItselfDifferenced => minus.is_some(),
                },
                Term::Control(_) => true,
                Term::Constant => minus.is_none(),
                Term::Period(_) => minus.is_none() || alone,
            };
            if own {
                let from = minus.filter(|_| !matches!(term, Term::Period(_)));
                let value = self.value(term, place) - from.map_or(0.0, |m| self.value(term, m));
                z.push(((2, number, 0, 0), value));
            }
        }
        z.retain(|(_, v)| *v != 0.0);
        z
    }
}

/// Deviations from the mean of the period.
fn centred(values: &[f64], periods: &[i32]) -> Vec<f64> {
    let mut sums: BTreeMap<i32, (f64, f64)> = BTreeMap::new();
    for (v, p) in values.iter().zip(periods) {
        let (sum, n) = sums.entry(*p).or_insert((0.0, 0.0));
        *sum += v;
        *n += 1.0;
    }
    values.iter().zip(periods).map(|(v, p)| v - sums[p].0 / sums[p].1).collect()
}
