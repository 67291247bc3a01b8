#![doc = include_str!("acf.md")]

use numerics::least_squares::fit;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::bootstrap::{Bootstrap, Kind, bootstrap};
use super::choice::{Choice, Root, Rule, distance};
use super::first_stage::FirstStage;
use super::innovation::Unidentified;
use super::polynomial::exponents;
use super::second_stage::{Bounds, SecondStage, productivity};
use super::survival::{Selection, Survival};
use super::{Firms, FirmsError, Fitted, Sample};

/// The page of the method in English.
pub const PAGE: &str = include_str!("acf.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("acf.zh.md");

/// Form of the production function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Linear in logarithms.
    #[default]
    CobbDouglas,
    /// With squares and products of the inputs, measured from their sample means.
    Translog,
}

/// Replicates of the firm-cluster bootstrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Replicates {
    /// How many; 0 for none.
    pub count: usize,
    /// Seed of the draws.
    pub seed: u64,
    /// How weights are drawn.
    pub kind: Kind,
}

impl Default for Replicates {
    fn default() -> Self {
        Self { count: 0, seed: 1, kind: Kind::default() }
    }
}

/// Options of Ackerberg-Caves-Frazer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AcfOptions {
    /// Degree of the first stage's polynomial in all inputs and the proxy.
    pub degree: usize,
    /// Degree of the law of motion of productivity.
    pub law: usize,
    /// Form of the production function.
    pub form: Form,
    /// Whether output is gross: the proxy is then an input, with its lag as instrument.
    pub gross: bool,
    /// Correction for firms that leave: the probability to survive enters the law of motion linearly.
    pub selection: Selection,
    /// Degree of the polynomial of the probit of survival, in all inputs and the proxy; that of the first stage where not
    /// given.
    pub survival: Option<usize>,
    /// Low-discrepancy starts of the scan.
    pub starts: usize,
    /// Box of the starts, for each elasticity.
    pub bounds: [f64; 2],
    /// Box of the starts, for each second-order coefficient.
    pub second_order: [f64; 2],
    /// Which root is the estimate.
    pub rule: Rule,
    /// Whether roots are sought with the neighbouring degree of the first stage too.
    pub stability: bool,
    /// Bootstrap of firms.
    pub replicates: Replicates,
}

impl Default for AcfOptions {
    fn default() -> Self {
        Self {
            degree: 3,
            law: 3,
            form: Form::default(),
            gross: false,
            selection: Selection::None,
            survival: None,
            starts: 256,
            bounds: [-0.5, 2.0],
            second_order: [-0.25, 0.25],
            rule: Rule::default(),
            stability: true,
            replicates: Replicates::default(),
        }
    }
}

/// Why nothing can be estimated.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AcfError {
    /// The panel.
    #[error(transparent)]
    Firms(#[from] FirmsError),
    /// A degree is zero, or there are no starts.
    #[error("degrees and starts must be at least 1")]
    Degree,
    /// The first stage has more terms than rows.
    #[error("{rows} rows cannot determine the first stage")]
    Short {
        /// Complete rows.
        rows: usize,
    },
    /// The proxy is the same in every row.
    #[error("the proxy is constant and reveals nothing of productivity")]
    Proxy,
    /// An input is constant, or a linear combination of the ones before it: its number, free inputs first.
    #[error("input {0} is constant or a linear combination of others")]
    Collinear(usize),
    /// Rows with a lag are too few.
    #[error("{rows} rows have a lag, {needed} are needed")]
    Lags {
        /// Rows with a lag.
        rows: usize,
        /// Needed.
        needed: usize,
    },
    /// An instrument is a linear combination of others: the number of its coefficient.
    #[error("the instrument of coefficient {0} is a linear combination of others")]
    Instrument(usize),
    /// The probit of survival has no maximum: exits are separated by inputs and proxy.
    #[error("the probit of survival has no solution")]
    Survival,
    /// The first stage and the inputs leave no productivity.
    #[error("the first stage is a linear combination of the inputs: no productivity is left")]
    NoProductivity,
    /// More coefficients than the scan is made for.
    #[error("{0} coefficients are more than the scan is made for")]
    Large(usize),
}

impl From<Unidentified> for AcfError {
    fn from(why: Unidentified) -> Self {
        match why {
            Unidentified::Short { rows, needed } => Self::Lags { rows, needed },
            Unidentified::Instrument(at) => Self::Instrument(at),
            Unidentified::Collinear => Self::NoProductivity,
            Unidentified::Large(k) => Self::Large(k),
        }
    }
}

/// Result of Ackerberg-Caves-Frazer.
#[derive(Clone, Debug, PartialEq)]
pub struct Acf {
    /// Every exact root, then every other local minimum.
    pub roots: Vec<Root>,
    /// Starts that ended nowhere.
    pub lost: usize,
    /// What the rule says.
    pub choice: Choice,
    /// Estimates at the chosen root; `None` where none is chosen.
    pub fitted: Option<Fitted>,
    /// Elasticities of each row, one column an input, `NaN` outside the sample; empty without a chosen root.
    pub by_row: Vec<Vec<f64>>,
    /// Coefficients of ordinary least squares with a constant and the controls.
    pub ols: Vec<f64>,
    /// Share of the variance of output fitted in the first stage.
    pub first_stage_r2: f64,
    /// Terms of the first stage left out as linear combinations of others.
    pub collinear: usize,
    /// Rows that are exits in the probit of survival; `None` without a correction.
    pub exits: Option<usize>,
    /// The rows used, their firms and lags.
    pub sample: Sample,
    /// Replicates of all coefficients at the chosen root; `None` without a root or replicates.
    pub bootstrap: Option<Bootstrap>,
}

/// Terms of the production function at each row: the inputs, then squares and products for a translog.
pub(super) fn terms(inputs: &[Vec<f64>], form: Form) -> Vec<Vec<f64>> {
    let degree = if form == Form::Translog { 2 } else { 1 };
    let rows = inputs.first().map_or(0, Vec::len);
    let term = |powers: &Vec<usize>| -> Vec<f64> {
        let value = |i: usize| powers.iter().zip(inputs).map(|(&p, x)| x[i].powi(p as i32)).product();
        (0..rows).map(value).collect()
    };
    exponents(inputs.len(), degree).iter().map(term).collect()
}

/// Elasticities at each row: derivatives of the terms.
fn slopes(inputs: &[Vec<f64>], form: Form, theta: &[f64]) -> Vec<Vec<f64>> {
    let (k, rows) = (inputs.len(), inputs.first().map_or(0, Vec::len));
    let degree = if form == Form::Translog { 2 } else { 1 };
    let powers = exponents(k, degree);
    let slope = |j: usize, i: usize| -> f64 {
        let term = |(p, b): (&Vec<usize>, &f64)| match p[j] {
            0 => 0.0,
            e => {
                let other = |(v, &q): (usize, &usize)| inputs[v][i].powi(if v == j { q as i32 - 1 } else { q as i32 });
                b * e as f64 * p.iter().enumerate().map(other).product::<f64>()
            }
        };
        powers.iter().zip(theta).map(term).sum()
    };
    (0..k).map(|j| (0..rows).map(|i| slope(j, i)).collect()).collect()
}

/// Ackerberg, Caves and Frazer (2015): output without noise from the first stage, elasticities as roots of the moments of
/// productivity's innovation, all of them sought. Value added unless `gross`.
///
/// # Errors
/// [`AcfError`].
pub fn acf(firms: &Firms<'_>, options: &AcfOptions) -> Result<Acf, AcfError> {
    let proxy = firms.proxy.ok_or(FirmsError::Needs("a proxy"))?;
    if firms.inputs() == 0 {
        return Err(FirmsError::Needs("an input").into());
    }
    if options.degree == 0 || options.law == 0 || options.starts == 0 || options.survival == Some(0) {
        return Err(AcfError::Degree);
    }
    let sample = firms.sample_with(proxy, options.selection)?;
    let output = sample.of(firms.output);
    let mut inputs: Vec<Vec<f64>> = firms.free.iter().chain(&firms.state).map(|c| sample.of(c)).collect();
    let controls: Vec<Vec<f64>> = firms.controls.iter().map(|c| sample.of(c)).collect();
    let process: Vec<Vec<f64>> = firms.process.iter().map(|c| sample.of(c)).collect();
    let proxy = sample.of(proxy);
    if proxy.windows(2).all(|w| w[0] == w[1]) {
        return Err(AcfError::Proxy);
    }
    let mut variables: Vec<&[f64]> = inputs.iter().map(Vec::as_slice).collect();
    variables.push(&proxy);
    let short = || AcfError::Short { rows: output.len() };
    let stage = FirstStage::new(output.clone(), &variables, controls.clone(), options.degree).ok_or_else(short)?;
    let neighbour = match options.degree {
        2 => 3,
        degree => degree - 1,
    };
    let other = (options.stability && neighbour > 0)
        .then(|| FirstStage::new(output.clone(), &variables, controls.clone(), neighbour))
        .flatten();
    let survival = Survival::new(firms, &sample, &variables, options.survival.unwrap_or(options.degree), options.selection);
    if options.gross {
        inputs.push(proxy);
    }
    let ols = ols(&output, &inputs, &controls)?;
    if options.form == Form::Translog {
        for x in &mut inputs {
            let mean = numerics::moments::mean(x);
            x.iter_mut().for_each(|v| *v -= mean);
        }
    }
    let k = inputs.len();
    let regressors = terms(&inputs, options.form);
    let (now, before) = sample.lagged();
    let state = firms.free.len()..firms.free.len() + firms.state.len();
    let timed: Vec<Vec<f64>> = (0..k)
        .map(|j| {
            let places = if state.contains(&j) { &now } else { &before };
            places.iter().map(|&at| inputs[j][at]).collect()
        })
        .collect();
    let instruments = terms(&timed, options.form);
    let at = |columns: &[Vec<f64>], places: &[usize]| -> Vec<Vec<f64>> {
        columns.iter().map(|c| places.iter().map(|&p| c[p]).collect()).collect()
    };
    let mut process = at(&process, &before);
    if let Some(survival) = &survival {
        process.insert(0, survival.probability(|_| 1.0, &now, &before).ok_or(AcfError::Survival)?);
    }
    let second = |stage: &FirstStage| {
        let lags = (at(&regressors, &now), at(&regressors, &before));
        let process = process.clone();
        SecondStage::new(&stage.phi, lags, instruments.clone(), process, options.law, (now.clone(), before.clone()))
    };
    let moments = second(&stage)?;
    let box_of = |j: usize| if j < k { options.bounds } else { options.second_order };
    let bounds: Bounds = (0..regressors.len()).map(|j| (box_of(j)[0], box_of(j)[1])).collect();
    let found = moments.scan(&bounds, options.starts);
    let elsewhere: Option<Vec<Vec<f64>>> = match &other {
        Some(stage) => {
            let found = second(stage)?.scan(&bounds, options.starts);
            Some(found.solutions.into_iter().filter(|s| s.exact).map(|s| s.at).collect())
        }
        None => None,
    };
    let describe = |solution: numerics::roots::Solution| {
        let elasticities = solution.at[..k].to_vec();
        let moved = elsewhere.iter().flatten().map(|e| distance(&elasticities, e)).min_by(f64::total_cmp);
        options.rule.describe(solution, elasticities, moved, &ols, firms)
    };
    let mut roots: Vec<Root> = found.solutions.into_iter().map(describe).collect();
    let choice = options.rule.choose(&mut roots);
    let mut result = Acf {
        lost: found.lost,
        choice,
        fitted: None,
        by_row: Vec::new(),
        ols,
        first_stage_r2: stage.r2,
        collinear: stage.collinear,
        exits: (options.selection != Selection::None).then(|| survival.as_ref().map_or(0, Survival::exits)),
        sample,
        bootstrap: None,
        roots,
    };
    let Some(chosen) = result.choice.root() else { return Ok(result) };
    let root = &result.roots[chosen];
    let theta = &root.solution.at;
    let sample = &result.sample;
    let omega = productivity(&stage.phi, &regressors, theta);
    // Output less controls and inputs: productivity with noise.
    let tfp: Vec<f64> = (0..output.len()).map(|i| omega[i] + output[i] - stage.phi[i] - stage.controlled[i]).collect();
    let rows = firms.units.len();
    let replicates = options.replicates;
    let inside = result.choice == Choice::Root(chosen);
    let draws = (replicates.count > 0).then(|| {
        let resampling = stage.resampling(&sample.firm);
        bootstrap(sample.firms, replicates.count, replicates.seed, replicates.kind, |weights| {
            let phi = resampling.phi(weights)?;
            let weight = |at: usize| weights[sample.firm[at]];
            let again = match &survival {
                Some(survival) => Some(survival.probability(weight, &now, &before)?),
                None => None,
            };
            let theta = moments.replicate(&phi, again.as_deref(), weight, theta)?;
            let spurious = options.rule.is_spurious(&theta[..k], firms.free.len(), firms.state.len());
            let same = !inside || (options.rule.meets(&theta[..k]) && (root.spurious || !spurious));
            same.then_some(theta)
        })
    });
    let covariance = draws.as_ref().and_then(|b| b.covariance.as_ref()).map(|c| {
        let all = theta.len();
        (0..k * k).map(|at| c[at / k * all + at % k]).collect()
    });
    result.by_row = slopes(&inputs, options.form, theta).iter().map(|c| sample.back(c, rows)).collect();
    result.fitted = Some(Fitted {
        elasticities: root.elasticities.clone(),
        covariance,
        omega: sample.back(&omega, rows),
        tfp: sample.back(&tfp, rows),
        rows: [output.len(), moments.rows()],
        firms: sample.firms,
        silent: sample.silent(firms.units, moments.places()),
    });
    result.bootstrap = draws;
    Ok(result)
}

/// Ordinary least squares with a constant; controls that are collinear are left out.
pub(super) fn ols(output: &[f64], inputs: &[Vec<f64>], controls: &[Vec<f64>]) -> Result<Vec<f64>, AcfError> {
    let mut columns = vec![vec![1.0; output.len()]];
    columns.extend(inputs.iter().cloned());
    columns.extend(controls.iter().cloned());
    loop {
        use numerics::least_squares::Unfit;
        match fit(&columns, output) {
            Ok(fit) => return Ok(fit.coefficients[1..=inputs.len()].to_vec()),
            Err(Unfit::Collinear { column }) if column > inputs.len() => {
                columns.remove(column);
            }
            Err(Unfit::Collinear { column }) => return Err(AcfError::Collinear(column.saturating_sub(1))),
            Err(_) => return Err(AcfError::Short { rows: output.len() }),
        }
    }
}

#[cfg(test)]
#[path = "acf_tests.rs"]
pub(in crate::production) mod tests;
