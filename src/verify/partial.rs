//! Cases of partial frontiers.

use frontier::partial::{self, Order, PartialOptions, PartialOrientation, Tie};
use frontier::{FrontierError, Missing};
use serde_json::Value;

use super::{
    Differences, Folder, Outcome,
    frontier::{data, numbers, unknown_key},
};

/// Runs a case of the families `order-m` and `order-alpha`.
pub fn run(case: &Value, folder: Folder<'_>) -> Outcome {
    scores(case, folder).unwrap_or_else(|o| o)
}

/// Scores of each side. Programs that compute N(1 − α) in binary fractions take one or the other of two quantiles where
/// it is whole: the nearer one counts, and nowhere else do the two differ.
fn scores(case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    if let Some(key) = unknown_key(case, &["m", "alpha"]) {
        return Err(Outcome::unsupported(format!("option `{key}`")));
    }
    let model = &case["model"];
    let order = match (model["m"].as_u64().and_then(|m| u32::try_from(m).ok()), model["alpha"].as_f64()) {
        (Some(m), None) => Order::M(m),
        (None, Some(alpha)) => Order::Alpha(alpha),
        _ => return Err(Outcome::unsupported("an order that is neither m nor alpha")),
    };
    let data = data(case, folder)?;
    let solve = |orientation, tie| {
        let options = PartialOptions { order, orientation, tie, missing: Missing::Exclude };
        let failed = |e: FrontierError| Outcome::fail("partial", format!("{e} {e:?}"));
        Ok::<_, Outcome>(partial::partial(&data.technology(), &options).map_err(failed)?.score)
    };
    let mut d = Differences::default();
    // One program prints 1/λ, the closed formula that was worked out beside it λ.
    for (name, side, factor) in [
        ("input", PartialOrientation::Input, false),
        ("exact_input", PartialOrientation::Input, false),
        ("output", PartialOrientation::Output, false),
        ("exact_output", PartialOrientation::Output, true),
        ("hyper", PartialOrientation::Hyperbolic, false),
    ] {
        let Some(expected) = case["expected"].get(name).map(numbers) else { continue };
        let (outer, inner) = (solve(side, Tie::Outer)?, solve(side, Tie::Inner)?);
        let nearer = |((o, i), e): ((&f64, &f64), &f64)| {
            let (o, i) = if factor { (1.0 / o, 1.0 / i) } else { (*o, *i) };
            if (i - e).abs() < (o - e).abs() { i } else { o }
        };
        let found: Vec<f64> = outer.iter().zip(&inner).zip(&expected).map(nearer).collect();
        d.series(name, &found, &expected);
    }
    Ok(d.outcome("partial"))
}

#[cfg(test)]
mod tests {
    use crate::verify::{Verdict, shared};

    #[test]
    fn every_partial_frontier_of_the_shared_folder_passes() {
        let Some(rows) = shared::families(|f| f.starts_with("order-")) else { return };
        assert!(rows.len() >= 6 && rows.iter().all(|r| r.verdict == Verdict::Pass), "{rows:#?}");
    }
}
