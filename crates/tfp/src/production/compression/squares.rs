//! The criterion of Olley-Pakes and Levinsohn-Petrin, the mean of squared innovations, from compressed moments.

use super::{Compression, Powers, cholesky};

impl Compression<'_> {
    /// `E[ξ²]` and its gradient, `ξ = net - xθ - ĝ(ω_{t-1})`; `net` is the only column of the process. `ĝ` is fitted to
    /// `φ - xθ`, or with `joint` to `net - xθ`. `None` where the law of motion has no fit.
    pub(in crate::production) fn squares(&self, theta: &[f64], joint: bool) -> Option<(f64, Vec<f64>)> {
        let (p, k, width) = (self.inputs, self.degree + 1, self.inputs + 2);
        let net = 1 + p;
        let Powers { sigma, along, power, with, mixed } = self.powers(theta)?;
        let less = |row: &dyn Fn(usize) -> f64, from: usize| row(from) - (0..p).map(|j| theta[j] * row(1 + j)).sum::<f64>();
        // Columns are centred apart: what that takes from `net` and not from `φ` is no part of the law.
        let shift = if joint { 0.0 } else { self.frame.means[net] - self.frame.means[0] };
        let target = if joint { net } else { 0 };
        let law: Vec<f64> = (0..k * k).map(|at| power[at / k + at % k]).collect();
        let right: Vec<f64> = (0..k).map(|a| less(&|c| mixed[a][c], net) + shift * power[a]).collect();
        let mut c: Vec<f64> = (0..k).map(|a| less(&|c| mixed[a][c], target)).collect();
        cholesky(&mut law.clone(), k, &mut c)?;
        let times = |v: &[f64]| -> Vec<f64> { (0..k).map(|a| (0..k).map(|b| law[a * k + b] * v[b]).sum()).collect() };
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        let fitted = times(&c);
        let with_net = |column: usize| less(&|c| self.gram[c * width + column], net);
        let own = with_net(net) - (0..p).map(|j| theta[j] * with_net(1 + j)).sum::<f64>();
        let own = own + 2.0 * shift * less(&|c| mixed[0][c], net) + shift * shift * power[0];
        let value = own - 2.0 * dot(&c, &right) + dot(&c, &fitted);
        let slope = |j: usize| -> Option<f64> {
            // Means with x_{t-1}, which is R'u.
            let r = |e: usize| self.frame.triangle.at(e, j);
            let lag = |n: usize| (0..=j).map(|e| r(e) * along[n][e]).sum::<f64>();
            let lag_with = |n: usize, c: usize| (0..=j).map(|e| r(e) * with[n][e * width + c]).sum::<f64>();
            let moved = |a: usize, from: usize, shift: f64| {
                let turn = match a {
                    0 => 0.0,
                    a => a as f64 * (less(&|c| lag_with(a, c), from) + shift * lag(a)),
                };
                -turn / sigma - mixed[a][1 + j]
            };
            let d_right: Vec<f64> = (0..k).map(|a| moved(a, net, shift)).collect();
            let d_law = |v: &[f64]| -> Vec<f64> {
                let cell = |a: usize, b: usize| if a + b == 0 { 0.0 } else { -((a + b) as f64) * lag(a + b) / sigma };
                (0..k).map(|a| (0..k).map(|b| cell(a, b) * v[b]).sum()).collect()
            };
            let turned = d_law(&c);
            let mut d_c: Vec<f64> = (0..k).map(|a| moved(a, target, 0.0) - turned[a]).collect();
            cholesky(&mut law.clone(), k, &mut d_c)?;
            let d_own = -2.0 * (with_net(1 + j) + shift * mixed[0][1 + j]);
            Some(d_own - 2.0 * dot(&d_c, &right) - 2.0 * dot(&c, &d_right) + 2.0 * dot(&d_c, &fitted) + dot(&c, &turned))
        };
        let gradient: Option<Vec<f64>> = (0..p).map(slope).collect();
        Some((value, gradient?))
    }
}
