//! Replicates whose stages are sums: of each firm in the first, of monomials in the second. Exact, and without a
//! decomposition of all rows in each of them.

use super::{
    super::{
        compression::{Compression, Frame},
        first_stage::{FirstStage, Resampling},
        innovation::Innovation,
    },
    Law, ProxyOptions, Ready,
};

/// Both stages of the sample, made ready for any weighting of firms.
pub(super) struct Compressed<'a> {
    ready: &'a Ready,
    stage: FirstStage,
    columns: Innovation,
    frame: Frame,
    now: Vec<usize>,
    before: Vec<usize>,
    joint: bool,
}

impl<'a> Compressed<'a> {
    /// `None` where sums do not serve: instruments, something beside productivity in the law of motion, or more monomials
    /// than rows.
    pub(super) fn new(ready: &'a Ready, variables: &[&[f64]], options: &ProxyOptions) -> Option<Self> {
        if options.gross || ready.survival.is_some() || !ready.process.is_empty() {
            return None;
        }
        let linear = ready.free.iter().chain(&ready.controls).cloned().collect();
        let stage = FirstStage::new(ready.output.clone(), variables, linear, options.degree)?;
        let (now, before) = ready.sample.lagged();
        let take = |c: &[f64], places: &[usize]| -> Vec<f64> { places.iter().map(|&p| c[p]).collect() };
        let of = |places: &[usize]| -> Vec<Vec<f64>> { ready.inputs.iter().map(|c| take(c, places)).collect() };
        let net: Vec<f64> = ready.output.iter().zip(&stage.controlled).map(|(y, c)| y - c).collect();
        let columns = Innovation {
            now: of(&now),
            before: of(&before),
            instruments: vec![],
            process: vec![take(&net, &now)],
            degree: options.motion,
        };
        if stage.collinear > 0 || !columns.compressible() {
            return None;
        }
        let frame = Frame::new(&columns, &take(&stage.phi, &now), &take(&stage.phi, &before)).ok()?;
        (frame.monomials() < now.len()).then_some(Self {
            ready,
            stage,
            columns,
            frame,
            now,
            before,
            joint: options.law == Law::Joint,
        })
    }

    /// Sums of the firms.
    pub(super) fn resampling(&self) -> Resampling<'_> {
        self.stage.resampling(&self.ready.sample.firm)
    }

    /// Elasticities under weights of firms, the second stage from `point`.
    pub(super) fn estimate(&self, sums: &Resampling<'_>, weights: &[f64], point: &[f64]) -> Option<Vec<f64>> {
        let (phi, linear) = sums.fit(weights)?;
        let ready = self.ready;
        let take = |places: &[usize]| -> Vec<f64> { places.iter().map(|&p| phi[p]).collect() };
        let inputs = || ready.free.iter().chain(&ready.controls).zip(&linear);
        let net: Vec<f64> = self.now.iter().map(|&p| ready.output[p] - inputs().map(|(x, b)| b * x[p]).sum::<f64>()).collect();
        let weight = |i: usize| weights[ready.sample.firm[self.now[i]]];
        let moments = Compression::new(&self.frame, &self.columns, (&take(&self.now), &take(&self.before)), Some(&net), weight)?;
        let second = least(|theta| moments.squares(theta, self.joint), point)?;
        Some(linear.into_iter().take(ready.free.len()).chain(second).collect())
    }
}

/// The minimum of a smooth criterion reached from a point by damped Newton steps; `None` where no stationary point is
/// reached.
fn least(f: impl Fn(&[f64]) -> Option<(f64, Vec<f64>)>, start: &[f64]) -> Option<Vec<f64>> {
    const STEP: f64 = 1e-5;
    let d = start.len();
    let mut at = start.to_vec();
    let (mut value, mut gradient) = f(&at)?;
    let mut damping = 0.0;
    for _ in 0..100 {
        let mut second = vec![0.0; d * d];
        for l in 0..d {
            let by = |h: f64| {
                let to: Vec<f64> = at.iter().enumerate().map(|(i, v)| if i == l { v + h } else { *v }).collect();
                f(&to).map(|v| v.1)
            };
            let (up, down) = (by(STEP)?, by(-STEP)?);
            for r in 0..d {
                second[r * d + l] += 0.5 * (up[r] - down[r]) / (2.0 * STEP);
                second[l * d + r] += 0.5 * (up[r] - down[r]) / (2.0 * STEP);
            }
        }
        let size = (0..d).map(|l| second[l * d + l].abs()).fold(0.0, f64::max);
        let scale = 1.0 + at.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        let mut moved = None;
        for _ in 0..60 {
            let mut damped = second.clone();
            (0..d).for_each(|l| damped[l * d + l] += damping * size);
            let mut step = gradient.clone();
            if super::super::innovation::cholesky(&mut damped, d, &mut step).is_some() {
                let far = step.iter().fold(0.0_f64, |m, s| m.max(s.abs()));
                let to: Vec<f64> = at.iter().zip(&step).map(|(a, s)| a - s).collect();
                match f(&to) {
                    // At the last digits of the criterion, the gradient decides.
                    Some(next) if next.0 <= value + 1e-13 * value.abs() => {
                        moved = Some((to, next, far));
                        damping = if damping < 1e-8 { 0.0 } else { damping * 0.1 };
                        break;
                    }
                    _ if far < 1e-11 * scale => return Some(at),
                    _ => {}
                }
            }
            damping = (damping * 10.0).max(1e-4);
        }
        let (to, next, far) = moved?;
        (at, value, gradient) = (to, next.0, next.1);
        if far < 1e-10 * scale && damping == 0.0 {
            return Some(at);
        }
    }
    None
}
