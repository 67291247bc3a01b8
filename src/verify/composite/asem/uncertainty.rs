//! The uncertainty and sensitivity analysis of COINr's vignette: values brought in 1 to 5, min-max (1 to 100) or z scores,
//! weights of dimensions moved by up to 25 %, arithmetic or geometric means.
//!
//! COINr's figures are estimates from 100 random draws, and so is each one here of one sampling distribution. Ours are
//! taken from many more, so that what COINr's may differ by is its own sampling error, known from the spread of ours:
//! the rows below compare in standard errors.

use std::collections::BTreeMap;

use index::{
    Aggregation, Composite, Normalisation, Weighting,
    uncertainty::{
        Alternatives, Design, Factor, NoiseOn, Uncertainty,
        sensitivity::{self, Indices},
        uncertainty,
    },
};
use numerics::{moments, random};

use super::{Compared, Differences, Example, Row, recipe, row};
use crate::verify::composite::said;

/// Draws of COINr.
const DRAWS: usize = 100;
/// Draws of ours, and points of our Sobol design.
const OURS: usize = 2000;
const POINTS: usize = 2000;
/// Standard errors that a mean of 51 units, and a Sobol index of 8, may be off: beyond these lies one run in a thousand.
const MEANS: f64 = 4.5;
const INDICES: f64 = 3.8;

fn declared(design: Design) -> Alternatives {
    Alternatives {
        design,
        replicates: if design == Design::Sobol { POINTS } else { OURS },
        normalisation: vec![Normalisation::MinMax, Normalisation::ZScore],
        weights: vec![Weighting::Equal],
        aggregation: vec![Aggregation::Arithmetic, Aggregation::Geometric],
        missing: Vec::new(),
        winsorise: (1..=5).collect(),
        weight_noise: 0.25,
        noise_on: NoiseOn::Dimensions,
        imputations: false,
        leave_one_out: false,
        ..Alternatives::default()
    }
}

pub(super) fn rows(example: &Example) -> Vec<Row> {
    rows_of(example, &declared)
}

fn rows_of(example: &Example, declared: &dyn Fn(Design) -> Alternatives) -> Vec<Row> {
    let case = &example.case;
    let run = |design| -> Result<(&Composite, Uncertainty), String> {
        let index = example.index()?;
        let found = uncertainty(&example.framework, index, &recipe(), &declared(design), 1).map_err(said)?;
        if found.impossible.is_empty() { Ok((index, found)) } else { Err("an alternative is impossible".to_owned()) }
    };
    let random = run(Design::Random);
    let mut rows = vec![case.part("vignette, nominal", "composite index", 1e-9, |d| nominal(example, d))];
    for (part, file, draws) in [
        ("vignette, ranks under 100 draws", "expect_vignette_UA_rankstats.csv", DRAWS),
        ("vignette, ranks under 200 draws", "expect_vignette_SA_rankstats.csv", 2 * DRAWS),
    ] {
        rows.push(case.part(&format!("{part}, mean, in standard errors"), "uncertainty", MEANS, |d| {
            let (index, found) = random.as_ref().map_err(Clone::clone)?;
            ranks(example, index, found, (file, draws), d, mean)
        }));
        rows.push(case.part(&format!("{part}, percentiles beyond their bands"), "uncertainty", 0.0, |d| {
            let (index, found) = random.as_ref().map_err(Clone::clone)?;
            ranks(example, index, found, (file, draws), d, percentiles)
        }));
    }
    rows.push(case.part("vignette, Sobol indices, in standard errors", "sensitivity", INDICES, |d| {
        let (_, found) = run(Design::Sobol)?;
        sobol(example, &found, d)
    }));
    rows
}

fn nominal(example: &Example, d: &mut Differences) -> Compared {
    let index = example.index()?;
    let expected = example.case.table("expect_vignette_UA_nominal.csv")?;
    let (scores, ranks) = (expected.numbers("Score")?, expected.numbers("Rank")?);
    for (k, unit) in expected.text("uCode")?.into_iter().enumerate() {
        let at = row(&index.normalised.units, unit)?;
        d.value(&format!("score of {unit}"), 100.0 * index.scores[0][at], scores[k]);
        d.value(&format!("rank of {unit}"), index.ranks[at].map_or(f64::NAN, |r| r as f64), ranks[k]);
    }
    Ok(())
}

/// One unit: its ranks under our draws, ascending, and COINr's statistics of them.
struct Ranks<'a> {
    unit: &'a str,
    ours: Vec<f64>,
    draws: usize,
    mean: f64,
    percentiles: [(f64, f64); 3],
}

fn ranks(
    example: &Example,
    index: &Composite,
    found: &Uncertainty,
    (file, draws): (&str, usize),
    d: &mut Differences,
    compare: fn(&Ranks<'_>, &mut Differences),
) -> Compared {
    let expected = example.case.table(file)?;
    let ahead = found.ahead.as_ref().ok_or("no ranks")?;
    let places: BTreeMap<&str, usize> =
        ahead.rows.iter().enumerate().map(|(k, &i)| (index.normalised.units[i].as_str(), k)).collect();
    let of = |name: &str| expected.numbers(name);
    let (nominal, mean, low, middle, high) = (of("Nominal")?, of("Mean")?, of("Q5")?, of("Median")?, of("Q95")?);
    for (k, unit) in expected.text("uCode")?.into_iter().enumerate() {
        let place = *places.get(unit).ok_or_else(|| format!("no unit {unit}"))?;
        d.value(&format!("nominal rank of {unit}"), f64::from(ahead.ranks[0][place]), nominal[k]);
        // The recipe itself stands first and is no draw.
        let mut ours: Vec<f64> = ahead.ranks[1..].iter().map(|r| f64::from(r[place])).collect();
        ours.sort_by(f64::total_cmp);
        let percentiles = [(0.05, low[k]), (0.5, middle[k]), (0.95, high[k])];
        compare(&Ranks { unit, ours, draws, mean: mean[k], percentiles }, d);
    }
    Ok(())
}

fn mean(r: &Ranks<'_>, d: &mut Differences) {
    let variance = moments::variance(&r.ours, 1);
    let error = (variance / r.draws as f64 + variance / r.ours.len() as f64).sqrt();
    // A rank that never moves must not move there either.
    let unit = if error > 0.0 { error } else { f64::MIN_POSITIVE };
    d.value(&format!("mean rank of {}", r.unit), moments::mean(&r.ours) / unit, r.mean / unit);
}

/// The percentile `p` of `n` draws lies between the population's at `p -+ 4.5 sqrt(p (1 - p) / n)`; what a percentile lies
/// beyond these is the difference.
fn percentiles(r: &Ranks<'_>, d: &mut Differences) {
    for (p, theirs) in r.percentiles {
        let reach = MEANS * (p * (1.0 - p) / r.draws as f64).sqrt();
        let at = |p: f64| moments::quantile(&r.ours, p.clamp(0.0, 1.0));
        let (low, high) = (at(p - reach).floor(), at(p + reach).ceil());
        d.value(&format!("{} % of {}, {theirs} within", 100.0 * p, r.unit), (low - theirs).max(theirs - high).max(0.0), 0.0);
    }
}

/// Sobol indices from 100 rows of a design, drawn over and over from ours, are spread as COINr's estimate is.
fn sobol(example: &Example, found: &Uncertainty, d: &mut Differences) -> Compared {
    let block = |b: usize| &found.shift[1 + b * POINTS..1 + (b + 1) * POINTS];
    let factors: Vec<Factor> = found.sensitivity.iter().map(|s| s.factor).collect();
    let estimates: Vec<Vec<Indices>> = (0..400)
        .map(|draw| {
            let mut rng = random::stream(1, "verify-sobol", draw);
            let mut rows: Vec<usize> = (0..POINTS).collect();
            random::shuffle_prefix(&mut rng, &mut rows, DRAWS);
            rows.truncate(DRAWS);
            let take = |b: usize| rows.iter().map(|&i| block(b)[i]).collect::<Vec<f64>>();
            let ab: Vec<Vec<f64>> = (0..factors.len()).map(|k| take(2 + k)).collect();
            sensitivity::indices(&take(0), &take(1), &ab, 0, 1)
        })
        .collect();
    let expected = example.case.table("expect_vignette_SA_sobol.csv")?;
    let (first, total) = (expected.numbers("Si")?, expected.numbers("STi")?);
    for (k, name) in expected.text("Variable")?.into_iter().enumerate() {
        let factor = match name {
            "Winmax" => Factor::Winsorise,
            "Normalisation" => Factor::Normalisation,
            "Weights" => Factor::Noise,
            _ => Factor::Aggregation,
        };
        let at = factors.iter().position(|f| *f == factor).ok_or_else(|| format!("{name} does not vary"))?;
        for (which, theirs, of) in
            [("first-order", first[k], (|i| i.first) as fn(&Indices) -> f64), ("total", total[k], |i| i.total)]
        {
            let ours: Vec<f64> = estimates.iter().map(|e| of(&e[at])).collect();
            let error = moments::variance(&ours, 1).sqrt();
            d.value(&format!("{which} index of {name}"), moments::mean(&ours) / error, theirs / error);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::verify::{Verdict, composite::Case};

    /// The comparison tells a wrong analysis from the vignette's: without one of its choices the ranks do not agree.
    #[test]
    fn an_analysis_with_a_choice_less_fails() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/composite/coinr_asem");
        if !folder.is_dir() {
            return;
        }
        let example = Example::read(Case::at("asem", "", folder.clone()), &folder).unwrap();
        let passes = |declared: &dyn Fn(Design) -> Alternatives| {
            let rows = rows_of(&example, declared);
            let of_ranks: Vec<&Row> = rows.iter().filter(|r| r.case.contains("ranks under")).collect();
            assert_eq!(of_ranks.len(), 4);
            of_ranks.iter().all(|r| r.verdict == Verdict::Pass)
        };
        assert!(passes(&declared));
        assert!(!passes(&|d| Alternatives { normalisation: vec![Normalisation::MinMax], ..declared(d) }));
        assert!(!passes(&|d| Alternatives { aggregation: vec![Aggregation::Arithmetic], ..declared(d) }));
        assert!(!passes(&|d| Alternatives { weight_noise: 0.0, noise_on: NoiseOn::All, ..declared(d) }));
        // Within the reach of its options, a wrong size of noise or the wrong means shows as well.
        assert!(!passes(&|d| Alternatives { weight_noise: 0.75, ..declared(d) }));
        assert!(!passes(&|d| Alternatives { aggregation: vec![Aggregation::Harmonic], ..declared(d) }));
    }
}
