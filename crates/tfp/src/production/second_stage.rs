//! The second stage of proxy estimators: rows that have a lag, their moments, the scan for all roots, replicates.

use numerics::roots::{Found, Scan, Solution, descend, scan};
use numerics::sobol;

use super::compression::{Compression, Frame};
use super::innovation::{Direct, Innovation, Unidentified};

/// Rows with a lag and their whitening.
#[derive(Clone, Debug)]
pub struct SecondStage {
    columns: Innovation,
    frame: Frame,
    /// Places of the rows and of their lags.
    now: Vec<usize>,
    before: Vec<usize>,
    phi: Vec<f64>,
    phi_before: Vec<f64>,
    options: Scan,
}

/// Where starts are drawn: least and largest value of each coefficient.
pub type Bounds = Vec<(f64, f64)>;

fn take(column: &[f64], places: &[usize]) -> Vec<f64> {
    places.iter().map(|&at| column[at]).collect()
}

/// `ω = φ - x'θ` at each row.
pub(super) fn productivity(phi: &[f64], regressors: &[Vec<f64>], theta: &[f64]) -> Vec<f64> {
    let inputs = |i: usize| regressors.iter().zip(theta).map(|(x, b)| x[i] * b).sum::<f64>();
    phi.iter().enumerate().map(|(i, phi)| phi - inputs(i)).collect()
}

impl SecondStage {
    /// `phi` in places of the sample; the other columns in the rows with a lag: regressors and their lags, instruments,
    /// lagged process. The places are those of the rows and of their lags.
    ///
    /// # Errors
    /// [`Unidentified`].
    pub fn new(
        phi: &[f64],
        regressors: (Vec<Vec<f64>>, Vec<Vec<f64>>),
        instruments: Vec<Vec<f64>>,
        process: Vec<Vec<f64>>,
        degree: usize,
        (now, before): (Vec<usize>, Vec<usize>),
    ) -> Result<Self, Unidentified> {
        let columns = Innovation::new(regressors.0, regressors.1, instruments, process, degree)?;
        if !columns.compressible() || columns.now.len() > sobol::DIMENSIONS {
            return Err(Unidentified::Large(columns.now.len()));
        }
        let (phi, phi_before) = (take(phi, &now), take(phi, &before));
        let frame = Frame::new(&columns, &phi, &phi_before)?;
        // Moments are in units of output; beside its spread they have none.
        let spread = numerics::moments::deviation(&phi, 0);
        let options = Scan { exact: 1e-9 * spread, ..Scan::default() };
        Ok(Self { columns, frame, now, before, phi, phi_before, options })
    }

    /// Places of the rows with a lag.
    pub fn places(&self) -> &[usize] {
        &self.now
    }

    /// Rows with a lag.
    pub fn rows(&self) -> usize {
        self.now.len()
    }

    /// Roots and minima from the first `starts` points of a Sobol sequence in `bounds`. Each is certified by passes over
    /// the rows: its criterion and singular values are not those of the compression.
    pub fn scan(&self, bounds: &Bounds, starts: usize) -> Found {
        let unit = sobol::points(bounds.len(), starts).unwrap_or_default();
        let place = |u: Vec<f64>| u.iter().zip(bounds).map(|(u, (low, high))| low + (high - low) * u).collect();
        let starts: Vec<Vec<f64>> = unit.into_iter().map(place).collect();
        let Some(mut compressed) = Compression::new(&self.frame, &self.columns, (&self.phi, &self.phi_before), None, |_| 1.0)
        else {
            return Found { solutions: Vec::new(), lost: starts.len() };
        };
        let mut found = scan(&mut compressed, &starts, &self.options);
        let mut direct = Direct { columns: &self.columns, phi: &self.phi, phi_before: &self.phi_before };
        for solution in found.solutions.iter_mut().filter(|s| s.exact) {
            if let Some(sure) = descend(&mut direct, &solution.at, &self.options).filter(|s| s.exact) {
                *solution = Solution { starts: solution.starts, ..sure };
            } else {
                solution.exact = false;
            }
        }
        found
    }

    /// The root a replicate reaches from `root`: `phi` in places of the sample, `first` in the stead of the first column
    /// of the process where the replicate has another, `weight` of each place.
    pub fn replicate(&self, phi: &[f64], first: Option<&[f64]>, weight: impl Fn(usize) -> f64, root: &[f64]) -> Option<Vec<f64>> {
        let (now, before) = (take(phi, &self.now), take(phi, &self.before));
        let mut compressed = Compression::new(&self.frame, &self.columns, (&now, &before), first, |i| weight(self.now[i]))?;
        descend(&mut compressed, root, &self.options).filter(|s| s.exact).map(|s| s.at)
    }
}
