//! Wooldridge (2009): both stages of a proxy estimator as one linear system, with analytic standard errors.

#[cfg(test)]
#[path = "wooldridge_tests.rs"]
mod tests;

use numerics::least_squares::{self, Unfit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Firms, FirmsError, Fitted, polynomial, proxy::ProxyError};

/// Which equations are used. With `c` the complete polynomial of states and proxy, and productivity a random walk with
/// drift:
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum System {
    /// `y = α + βw + γk + λc + e` with instruments `(1, w, k, c)` and `y = η + βw + γk + λc₋₁ + u` with instruments
    /// `(1, w₋₁, k, c₋₁)`, stacked, by two-stage least squares. Labour that the polynomial determines makes the first
    /// equation void.
    Both,
    /// The second equation alone: robust to the criticism of Ackerberg, Caves and Frazer ("Robinson" in prodest).
    #[default]
    Second,
}

/// Options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WooldridgeOptions {
    /// Degree of the polynomial of states and proxy.
    pub degree: usize,
    /// Equations.
    pub system: System,
}

impl Default for WooldridgeOptions {
    fn default() -> Self {
        Self { degree: 3, system: System::default() }
    }
}

/// An estimate; `fitted.covariance` is clustered by firm without a small-sample factor.
#[derive(Clone, Debug, PartialEq)]
pub struct Wooldridge {
    /// Elasticities, covariance, productivity. `omega` is `α + λc`, and `NaN` where the first equation is not used.
    pub fitted: Fitted,
    /// Rows left out because a value is missing.
    pub missing: usize,
    /// Rows that follow a gap: they have no lag.
    pub gaps: usize,
}

/// The estimate of Wooldridge (2009); only rows with a lag are used, in both equations.
///
/// # Errors
/// [`ProxyError`].
pub fn wooldridge(firms: &Firms<'_>, options: &WooldridgeOptions) -> Result<Wooldridge, ProxyError> {
    let Some(proxy) = firms.proxy else { return Err(FirmsError::Needs("a proxy").into()) };
    if firms.state.is_empty() {
        return Err(FirmsError::Needs("a state variable").into());
    }
    if !(1..=6).contains(&options.degree) {
        return Err(ProxyError::Options("degrees are from 1 to 6"));
    }
    let sample = firms.sample(&[proxy])?;
    let (now, before) = sample.lagged();
    let n = now.len();
    let all = |columns: &[&[f64]]| -> Vec<Vec<f64>> { columns.iter().map(|c| sample.of(c)).collect() };
    let (free, state, controls) = (all(&firms.free), all(&firms.state), all(&firms.controls));
    let proxy = sample.of(proxy);
    let variables: Vec<&[f64]> = state.iter().map(Vec::as_slice).chain([proxy.as_slice()]).collect();
    let terms = polynomial::columns(&variables, options.degree);
    let output = sample.of(firms.output);
    let pick = |c: &[f64], places: &[usize]| -> Vec<f64> { places.iter().map(|&p| c[p]).collect() };
    let of = |columns: &[Vec<f64>], places: &[usize]| -> Vec<Vec<f64>> { columns.iter().map(|c| pick(c, places)).collect() };
    let both = options.system == System::Both;
    let width = free.len() + state.len() + controls.len() + terms.len() + 1 + usize::from(both);
    if n <= width {
        return Err(ProxyError::Few { stage: 1, rows: n, terms: width });
    }
    let collinear = |e: Unfit| match e {
        Unfit::Collinear { column } => ProxyError::Collinear(column),
        Unfit::Short { .. } | Unfit::Ragged { .. } => ProxyError::Few { stage: 1, rows: n, terms: width },
    };
    // Second equation: free inputs are replaced by their projection on the instruments.
    let mut instruments = vec![vec![1.0; n]];
    instruments.extend(of(&terms, &before));
    instruments.extend(of(&state, &now));
    instruments.extend(of(&controls, &now));
    instruments.extend(of(&free, &before));
    let mut projected = Vec::new();
    for w in of(&free, &now) {
        let fit = least_squares::fit(&instruments, &w).map_err(collinear)?;
        projected.push(w.iter().zip(&fit.residuals).map(|(w, r)| w - r).collect::<Vec<f64>>());
    }
    // Columns in order: constants, polynomial, free, states, controls; rows of the first equation on top.
    let stacked = |top: Vec<Vec<f64>>, bottom: Vec<Vec<f64>>| -> Vec<Vec<f64>> {
        if !both {
            return bottom;
        }
        top.into_iter()
            .zip(bottom)
            .map(|(mut a, b)| {
                a.extend(b);
                a
            })
            .collect()
    };
    let constants = |first: bool| -> Vec<Vec<f64>> {
        if both { vec![vec![f64::from(u8::from(first)); n], vec![f64::from(u8::from(!first)); n]] } else { vec![vec![1.0; n]] }
    };
    let columns = |w: Vec<Vec<f64>>| {
        let side = |first: bool, w: Vec<Vec<f64>>| {
            let mut out = constants(first);
            out.extend(of(&terms, if first { &now } else { &before }));
            out.extend(w);
            out.extend(of(&state, &now));
            out.extend(of(&controls, &now));
            out
        };
        stacked(side(true, of(&free, &now)), side(false, w))
    };
    let (x, hat) = (columns(of(&free, &now)), columns(projected));
    let y = stacked(vec![pick(&output, &now)], vec![pick(&output, &now)]).swap_remove(0);
    let cluster: Vec<usize> = now.iter().chain(now.iter().filter(|_| both)).map(|&p| sample.firm[p]).collect();
    let mut fit = least_squares::fit(&hat, &y).map_err(collinear)?;
    let b = fit.coefficients.clone();
    // Residuals belong to the inputs, not to their projections.
    fit.residuals = (0..y.len()).map(|i| y[i] - x.iter().zip(&b).map(|(c, b)| c[i] * b).sum::<f64>()).collect();
    let clustered = fit.cluster_covariance(&hat, &cluster);
    let from = 1 + usize::from(both) + terms.len();
    let k = firms.inputs();
    let rows = firms.units.len();
    let inputs: Vec<&Vec<f64>> = free.iter().chain(&state).chain(&controls).collect();
    let tfp: Vec<f64> =
        (0..output.len()).map(|i| output[i] - inputs.iter().zip(&b[from..]).map(|(x, b)| x[i] * b).sum::<f64>()).collect();
    let omega: Vec<f64> = (0..output.len())
        .map(|i| if both { b[0] + terms.iter().zip(&b[2..]).map(|(c, l)| c[i] * l).sum::<f64>() } else { f64::NAN })
        .collect();
    Ok(Wooldridge {
        fitted: Fitted {
            elasticities: b[from..from + k].to_vec(),
            covariance: (sample.firms > 1)
                .then(|| (0..k * k).map(|c| clustered[(from + c / k) * b.len() + from + c % k]).collect()),
            omega: sample.back(&omega, rows),
            tfp: sample.back(&tfp, rows),
            rows: [sample.rows.len(), n],
            firms: sample.firms,
            silent: sample.silent(firms.units, &now),
        },
        missing: sample.missing,
        gaps: sample.gaps,
    })
}
