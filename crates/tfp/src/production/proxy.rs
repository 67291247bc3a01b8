//! Olley-Pakes and Levinsohn-Petrin: a proxy reveals productivity.

mod replicates;
mod second;
#[cfg(test)]
#[path = "proxy_tests.rs"]
pub(super) mod tests;

use numerics::least_squares::{self, Unfit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use self::second::Minimum;
use self::{replicates::Compressed, second::Stage};
pub use super::survival::Selection;
use super::{
    Firms, FirmsError, Fitted, Sample,
    bootstrap::{self, Bootstrap, Kind},
    polynomial,
    survival::Survival,
};

/// What the law of motion of productivity is fitted to in the second stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Law {
    /// To `φ̂ - xθ`, productivity without noise (variant A: R and Stata prodest).
    #[default]
    Smooth,
    /// To `y - wβ - xθ`, jointly with `θ` by nonlinear least squares (variant B: levpet, opreg).
    Joint,
}

/// Options of an estimator with a proxy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProxyOptions {
    /// Degree of the complete polynomial in states and proxy of the first stage.
    pub degree: usize,
    /// Degree of the law of motion of productivity.
    pub motion: usize,
    /// What the law of motion is fitted to.
    pub law: Law,
    /// The proxy is an input of production: its coefficient comes from the second stage, with its lag as instrument.
    pub gross: bool,
    /// Correction for firms that leave.
    pub selection: Selection,
    /// Degree of the polynomial of the probit of survival; that of the first stage where not given.
    pub survival: Option<usize>,
    /// Range of each coefficient of the second stage: all minima in it are found to the fineness of the scan.
    pub range: [f64; 2],
}

impl Default for ProxyOptions {
    fn default() -> Self {
        Self {
            degree: 3,
            motion: 3,
            law: Law::Smooth,
            gross: false,
            selection: Selection::None,
            survival: None,
            range: [-0.5, 1.5],
        }
    }
}

/// Why an estimate with a proxy fails.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ProxyError {
    /// The panel cannot be read.
    #[error(transparent)]
    Firms(#[from] FirmsError),
    /// The options contradict themselves.
    #[error("{0}")]
    Options(&'static str),
    /// A stage has fewer rows than terms.
    #[error("stage {stage} has {rows} rows for {terms} terms")]
    Few {
        /// Stage, from 1.
        stage: usize,
        /// Its rows.
        rows: usize,
        /// Its terms.
        terms: usize,
    },
    /// A free input, a control (counted after the free inputs) moves exactly with the polynomial of states and proxy,
    /// or a state is constant.
    #[error("the first stage is collinear at term {0}")]
    Collinear(usize),
    /// The probit of survival has no maximum: exits are separated by states and proxy.
    #[error("the probit of survival has no solution")]
    Survival,
    /// The criterion has no minimum in the range of the coefficients.
    #[error("the second stage has no minimum with coefficients from {} to {}", .0[0], .0[1])]
    NoMinimum([f64; 2]),
}

/// An estimate with a proxy.
#[derive(Clone, Debug, PartialEq)]
pub struct Proxied {
    /// Elasticities, covariance, productivity.
    pub fitted: Fitted,
    /// Coefficients of the controls, in order.
    pub controls: Vec<f64>,
    /// Covariance of the free inputs of the first stage, clustered by firm, row-major.
    pub free_covariance: Vec<f64>,
    /// Every minimum of the second stage in the range; the first has the least criterion and is the estimate.
    pub minima: Vec<Minimum>,
    /// Rows that are exits in the probit of survival; `None` without a correction.
    pub exits: Option<usize>,
    /// Rows left out because a value is missing.
    pub missing: usize,
    /// Rows that follow a gap: they have no lag.
    pub gaps: usize,
    /// Largest violation of `ln A = ω + residual of the first stage`.
    pub residual: f64,
}

/// A panel made ready: everything that does not depend on weights.
struct Ready {
    sample: Sample,
    output: Vec<f64>,
    free: Vec<Vec<f64>>,
    /// States, then the proxy where it is an input.
    inputs: Vec<Vec<f64>>,
    controls: Vec<Vec<f64>>,
    terms: Vec<Vec<f64>>,
    process: Vec<Vec<f64>>,
    /// Nothing without a correction or without exits.
    survival: Option<Survival>,
}

/// First stage: coefficients of free inputs and controls, `φ̂`.
struct First {
    free: Vec<f64>,
    controls: Vec<f64>,
    phi: Vec<f64>,
    covariance: Vec<f64>,
}

/// The estimate of Olley and Pakes (1996; the proxy is log investment) or of Levinsohn and Petrin (2003; the proxy is log
/// materials): see the page of `production`.
///
/// # Errors
/// [`ProxyError`].
pub fn proxy(firms: &Firms<'_>, options: &ProxyOptions) -> Result<Proxied, ProxyError> {
    let ready = ready(firms, options)?;
    let weights = vec![1.0; ready.sample.rows.len()];
    let first = ready.first(&weights)?;
    let stage = ready.second(&first, &weights, options)?;
    let minima = stage.minima(options.range);
    let Some(best) = minima.first() else { return Err(ProxyError::NoMinimum(options.range)) };
    let n = ready.sample.rows.len();
    let less = |from: &[f64]| -> Vec<f64> {
        (0..n).map(|i| from[i] - best.point.iter().zip(&ready.inputs).map(|(b, x)| b * x[i]).sum::<f64>()).collect()
    };
    let omega = less(&first.phi);
    let tfp = less(&ready.net(&first));
    let noise = ready.net(&first).iter().zip(&first.phi).map(|(y, p)| y - p).collect::<Vec<f64>>();
    let gap = (0..n).map(|i| (omega[i] + noise[i] - tfp[i]).abs() / (1.0 + tfp[i].abs())).fold(0.0, f64::max);
    let elasticities = first.free.iter().chain(&best.point).copied().collect();
    let rows = firms.units.len();
    Ok(Proxied {
        fitted: Fitted {
            elasticities,
            covariance: None,
            omega: ready.sample.back(&omega, rows),
            tfp: ready.sample.back(&tfp, rows),
            rows: [n, stage.rows()],
            firms: ready.sample.firms,
            silent: ready.sample.silent(firms.units, &ready.sample.lagged().0),
        },
        controls: first.controls,
        exits: (options.selection != Selection::None).then(|| ready.survival.as_ref().map_or(0, Survival::exits)),
        free_covariance: first.covariance,
        missing: ready.sample.missing,
        gaps: ready.sample.gaps,
        minima,
        residual: gap,
    })
}

/// Bootstrap over firms of the elasticities of [`proxy`]: every replicate weights firms, repeats all stages and starts
/// its second stage at `point`, the coefficients of the estimate.
///
/// # Errors
/// [`ProxyError`].
pub fn bootstrap(
    firms: &Firms<'_>,
    options: &ProxyOptions,
    point: &[f64],
    replicates: usize,
    seed: u64,
    kind: Kind,
) -> Result<Bootstrap, ProxyError> {
    let ready = ready(firms, options)?;
    let proxy = ready.sample.of(firms.proxy.unwrap_or_default());
    let variables: Vec<&[f64]> =
        ready.inputs.iter().take(firms.state.len()).map(Vec::as_slice).chain([proxy.as_slice()]).collect();
    let compressed = Compressed::new(&ready, &variables, options);
    let sums = compressed.as_ref().map(Compressed::resampling);
    let estimate = |by_firm: &[f64]| {
        if let (Some(compressed), Some(sums)) = (&compressed, &sums) {
            return compressed.estimate(sums, by_firm, point);
        }
        let weights: Vec<f64> = ready.sample.firm.iter().map(|&f| by_firm[f]).collect();
        let first = ready.first(&weights).ok()?;
        let best = ready.second(&first, &weights, options).ok()?.refine(point.to_vec())?;
        Some(first.free.into_iter().chain(best.point).collect())
    };
    Ok(bootstrap::bootstrap(ready.sample.firms, replicates, seed, kind, estimate))
}

fn ready(firms: &Firms<'_>, options: &ProxyOptions) -> Result<Ready, ProxyError> {
    let Some(proxy) = firms.proxy else { return Err(FirmsError::Needs("a proxy").into()) };
    if firms.state.is_empty() {
        return Err(FirmsError::Needs("a state variable").into());
    }
    if options.degree == 0
        || options.motion == 0
        || options.degree > 6
        || options.motion > 6
        || options.survival.is_some_and(|d| d == 0 || d > 6)
    {
        return Err(ProxyError::Options("degrees are from 1 to 6"));
    }
    let [low, high] = options.range;
    if !(low < high && (high - low).is_finite()) {
        return Err(ProxyError::Options("the range of coefficients must rise"));
    }
    let sample = firms.sample_with(proxy, options.selection)?;
    let all = |columns: &[&[f64]]| -> Vec<Vec<f64>> { columns.iter().map(|c| sample.of(c)).collect() };
    let mut inputs = all(&firms.state);
    let proxy = sample.of(proxy);
    let variables: Vec<&[f64]> = inputs.iter().map(Vec::as_slice).chain([proxy.as_slice()]).collect();
    let terms = polynomial::columns(&variables, options.degree);
    let survival = Survival::new(firms, &sample, &variables, options.survival.unwrap_or(options.degree), options.selection);
    if options.gross {
        inputs.push(proxy);
    }
    Ok(Ready {
        survival,
        output: sample.of(firms.output),
        free: all(&firms.free),
        controls: all(&firms.controls),
        process: all(&firms.process),
        inputs,
        terms,
        sample,
    })
}

impl Ready {
    fn first(&self, weights: &[f64]) -> Result<First, ProxyError> {
        let n = self.output.len();
        let linear = self.free.len() + self.controls.len();
        let one = vec![1.0; n];
        // The polynomial first: a free input that moves with it is then the one named.
        let columns: Vec<&Vec<f64>> = std::iter::once(&one).chain(&self.terms).chain(&self.free).chain(&self.controls).collect();
        let of = |c: &[f64]| -> Vec<f64> { c.iter().zip(weights).map(|(v, w)| v * w.sqrt()).collect() };
        let weighted: Vec<Vec<f64>> = columns.iter().map(|c| of(c)).collect();
        let fit = least_squares::fit(&weighted, &of(&self.output)).map_err(|e| match e {
            Unfit::Collinear { column } => ProxyError::Collinear(column),
            Unfit::Short { .. } | Unfit::Ragged { .. } => ProxyError::Few { stage: 1, rows: n, terms: columns.len() },
        })?;
        let from = columns.len() - linear;
        let k = columns.len();
        let clustered = fit.cluster_covariance(&weighted, &self.sample.firm);
        let free = self.free.len();
        let phi = |i: usize| columns[..from].iter().zip(&fit.coefficients).map(|(c, b)| c[i] * b).sum();
        Ok(First {
            free: fit.coefficients[from..from + free].to_vec(),
            controls: fit.coefficients[from + free..].to_vec(),
            phi: (0..n).map(phi).collect(),
            covariance: (0..free * free).map(|c| clustered[(from + c / free) * k + from + c % free]).collect(),
        })
    }

    /// Output less the free inputs and the controls.
    fn net(&self, first: &First) -> Vec<f64> {
        let linear = |i: usize| {
            let free: f64 = first.free.iter().zip(&self.free).map(|(b, x)| b * x[i]).sum();
            free + first.controls.iter().zip(&self.controls).map(|(b, x)| b * x[i]).sum::<f64>()
        };
        self.output.iter().enumerate().map(|(i, y)| y - linear(i)).collect()
    }

    fn second(&self, first: &First, weights: &[f64], options: &ProxyOptions) -> Result<Stage, ProxyError> {
        let (now, before) = self.sample.lagged();
        let at = |v: &[f64], places: &[usize]| -> Vec<f64> { places.iter().map(|&p| v[p]).collect() };
        let net = self.net(first);
        let root: Vec<f64> = now.iter().map(|&p| weights[p].sqrt()).collect();
        let mut instruments = None;
        if options.gross {
            let states = self.inputs.len() - 1;
            let raw = self.inputs.iter().enumerate().map(|(l, x)| at(x, if l < states { &now } else { &before }));
            let weighted = raw.map(|z| z.iter().zip(&root).map(|(v, w)| v * w).collect()).collect();
            instruments = Some(orthonormal(weighted, &root).ok_or(ProxyError::Options("an instrument is constant"))?);
        }
        let mut beside: Vec<Vec<f64>> = self.process.iter().map(|z| at(z, &before)).collect();
        if let Some(survival) = &self.survival {
            beside.insert(0, survival.probability(|p| weights[p], &now, &before).ok_or(ProxyError::Survival)?);
        }
        let stage = Stage {
            net: at(&net, &now),
            phi: at(&first.phi, &now),
            phi_lag: at(&first.phi, &before),
            x: self.inputs.iter().map(|x| at(x, &now)).collect(),
            x_lag: self.inputs.iter().map(|x| at(x, &before)).collect(),
            beside,
            degree: options.motion,
            on_phi: options.law == Law::Smooth,
            root,
            instruments,
        };
        let terms = stage.terms() + stage.x.len();
        if stage.rows() <= terms {
            return Err(ProxyError::Few { stage: 2, rows: stage.rows(), terms });
        }
        Ok(stage.scaled())
    }
}

/// Columns made orthonormal to one another and to `first`; `None` where one depends on the others.
fn orthonormal(columns: Vec<Vec<f64>>, first: &[f64]) -> Option<Vec<Vec<f64>>> {
    let mut done = vec![first.to_vec()];
    let mut out = Vec::new();
    for column in columns {
        let fit = least_squares::fit(&done, &column).ok()?;
        let length = fit.residuals.iter().map(|v| v * v).sum::<f64>().sqrt();
        let before = column.iter().map(|v| v * v).sum::<f64>().sqrt();
        if length.is_nan() || length <= 1e-10 * before {
            return None;
        }
        let unit: Vec<f64> = fit.residuals.iter().map(|v| v / length).collect();
        out.push(unit.clone());
        done.push(unit);
    }
    Some(out)
}
