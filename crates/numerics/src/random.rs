//! Counter-based random streams: one per (seed, purpose, replicate), so that a result never depends
//! on how work is spread over threads or on what was drawn before.

use rand::{Rng, RngExt, SeedableRng, rngs::ChaCha12Rng};

/// The stream of `(seed, purpose, replicate)`. Equal arguments give equal draws on every machine.
pub fn stream(seed: u64, purpose: &str, replicate: u64) -> ChaCha12Rng {
    // FNV-1a keeps the purpose readable at the call and its streams apart.
    let tag = purpose.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    let mut key = [0_u8; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&tag.to_le_bytes());
    key[16..24].copy_from_slice(&replicate.to_le_bytes());
    ChaCha12Rng::from_seed(key)
}

/// A standard normal draw (Box and Muller 1958, one of the pair): two draws of the stream for each.
pub fn normal(rng: &mut impl Rng) -> f64 {
    // 1 - u lies in (0, 1], so that its logarithm is finite.
    let radius = (-2.0 * libm::log(1.0 - rng.random::<f64>())).sqrt();
    radius * libm::cos(std::f64::consts::TAU * rng.random::<f64>())
}

/// Shuffles the first `k` places of `items` uniformly (partial Fisher-Yates).
pub fn shuffle_prefix<T>(rng: &mut impl Rng, items: &mut [T], k: usize) {
    let n = items.len();
    for i in 0..k.min(n.saturating_sub(1)) {
        items.swap(i, rng.random_range(i..n));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ() {
        let draw = |seed, purpose, replicate| stream(seed, purpose, replicate).random::<u64>();
        assert_eq!(draw(1, "moran", 0), draw(1, "moran", 0));
        let all = [draw(1, "moran", 0), draw(2, "moran", 0), draw(1, "index", 0), draw(1, "moran", 1)];
        assert!((1..4).all(|i| all[..i].iter().all(|x| *x != all[i])));
    }

    #[test]
    fn normal_draws_have_mean_0_and_variance_1() {
        let mut rng = stream(3, "test", 0);
        let draws: Vec<f64> = (0..20_000).map(|_| normal(&mut rng)).collect();
        let (mean, variance) = (crate::moments::mean(&draws), crate::moments::variance(&draws, 1));
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.04, "{mean} {variance}");
        assert!((draws.iter().filter(|x| x.abs() < 1.96).count() as f64 / 20_000.0 - 0.95).abs() < 0.01);
    }

    #[test]
    fn shuffling_keeps_the_items() {
        let mut items: Vec<usize> = (0..10).collect();
        shuffle_prefix(&mut stream(7, "test", 0), &mut items, 4);
        items.sort_unstable();
        assert_eq!(items, (0..10).collect::<Vec<_>>());
    }
}
