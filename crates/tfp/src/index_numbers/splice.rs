//! How a rolling window is tied to what was published before it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the index of a new period `t` is taken from its window `t-w+1 … t`. With `O` the window before, `N` the new one and
/// `P` what is published, each splice is a link over one or several periods `k` that both windows have:
/// recalculated, `P_t = P_(t-1) · (O_k / O_(t-1)) · (N_t / N_k)`, or published, `P_t = P_k · (N_t / N_k)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Splice {
    /// `k = t-1`: the movement of the last period (both ways are one).
    Movement,
    /// `k = t-w+1`, recalculated (Krsinich 2016).
    Window,
    /// `k = t-⌊w/2⌋`, recalculated (de Haan 2015).
    Half,
    /// Geometric mean over all `k`, recalculated (Ivancic, Diewert and Fox 2011; Diewert and Fox 2022).
    #[default]
    Mean,
    /// `k = t-w+1`, published (Chessa 2019: WISP).
    Wisp,
    /// `k = t-⌊w/2⌋`, published (Chessa 2019: HASP).
    Hasp,
    /// Geometric mean over all `k`, published.
    MeanPublished,
}

impl Splice {
    /// Logarithm of the index of the period after `published`, given the logarithms of the levels in the old and the new
    /// window. Link periods without a level are left out of means; `NaN` where no link is left.
    pub(super) fn next(self, published: &[f64], old: &[f64], new: &[f64]) -> f64 {
        let (w, t) = (new.len(), published.len());
        let last = published[t - 1];
        // Place k of the new window is place k + 1 of the old one and period t - w + 1 + k.
        let recalculated = |k: usize| last + (old[k + 1] - old[w - 1]) + (new[w - 1] - new[k]);
        let kept = |k: usize| published[t + 1 + k - w] + (new[w - 1] - new[k]);
        let half = w - 1 - w / 2;
        match self {
            Self::Movement => kept(w - 2),
            Self::Window => recalculated(0),
            Self::Half => recalculated(half),
            Self::Mean => mean((0..w - 1).map(recalculated)),
            Self::Wisp => kept(0),
            Self::Hasp => kept(half),
            Self::MeanPublished => mean((0..w - 1).map(kept)),
        }
    }
}

fn mean(links: impl Iterator<Item = f64>) -> f64 {
    let links: Vec<f64> = links.filter(|x| x.is_finite()).collect();
    numerics::moments::mean(&links)
}
