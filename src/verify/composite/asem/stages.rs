//! The example stage by stage as COINr computes it: denominators, missing cells, screening, outliers, scales, scores.

use index::{Direction, Indicator, Normalisation, Recipe, Screen, composite::Composite, outliers, screening};

use super::{Compared, Differences, Example, Row, Sample, each, recipe, row};

/// A normalisation, the file that holds its values, and what leads from our scale to that of the file.
type Scale = (Normalisation, &'static str, fn(f64) -> f64);

/// Compares a stage of the default index with a file.
fn stage(example: &Example, d: &mut Differences, file: &str, values: &dyn Fn(&Composite) -> Vec<Vec<f64>>) -> Compared {
    let i = example.index()?;
    example.compare(d, file, (&i.normalised.units, &i.normalised.periods), &values(i))
}

pub(super) fn rows(example: &Example) -> Vec<Row> {
    let case = &example.case;
    let scaled = |values: &[Vec<f64>], f: &dyn Fn(f64) -> f64| -> Vec<Vec<f64>> {
        values.iter().map(|c| c.iter().map(|x| f(*x)).collect()).collect()
    };
    let mut rows = vec![
        case.part("read", "framework", 1e-12, |d| {
            let sample = example.raw("asem_idata.csv")?;
            let plain = |id: &String| sample.panel.values(id).map(<[f64]>::to_vec).ok_or_else(|| format!("no variable {id}"));
            let columns: Vec<Vec<f64>> = example.ids.iter().map(plain).collect::<Result<_, _>>()?;
            example.compare(d, "expect_default_raw.csv", (&sample.panel.units, &sample.panel.periods), &columns)
        }),
        case.part("divided", "denominators", 1e-9, |d| {
            let sample = example.raw("asem_idata.csv")?;
            let keys = (&sample.panel.units[..], &sample.panel.periods[..]);
            example.compare(d, "expect_default_denominated.csv", keys, &sample.columns)
        }),
        case.part("imputed by group", "missing cells", 1e-9, |d| {
            stage(example, d, "expect_default_imputed.csv", &|i| i.normalised.raw.clone())
        }),
        // Filled first, as the example does: a screen of 90 % then leaves nobody out.
        case.part("screened", "missing cells", 1e-9, |d| {
            let sample = example.raw("asem_idata.csv")?;
            let filled = Sample { columns: example.index()?.normalised.raw.clone(), ..sample };
            let screen = Some(Screen { units: 0.9, ..Screen::default() });
            let i = example.run(&filled, &Recipe { screen, ..recipe() })?;
            d.length("units left out", i.normalised.dropped.len(), 0);
            example.compare(d, "expect_default_screened.csv", (&i.normalised.units, &i.normalised.periods), &i.normalised.raw)
        }),
        case.part("screen", "availability", 1e-9, |d| {
            let i = example.index()?;
            let found =
                screening::availability(&i.normalised.units, &i.normalised.raw, &Screen { units: 0.9, ..Screen::default() });
            let expected = case.table("expect_screen_summary.csv")?;
            let units = expected.text("uCode")?;
            let of = |name: &str| expected.numbers(name);
            let (missing, zero, present, nonzero) = (of("N_missing")?, of("N_zero")?, of("Dat_Avail")?, of("Non_Zero")?);
            for (k, unit) in units.iter().enumerate() {
                let u = found.iter().find(|a| a.unit == *unit).ok_or_else(|| format!("no unit {unit}"))?;
                d.value(&format!("missing of {unit}"), u.missing as f64, missing[k]);
                d.value(&format!("zeros of {unit}"), u.zero as f64, zero[k]);
                d.value(&format!("present of {unit}"), u.present, present[k]);
                d.value(&format!("not zero of {unit}"), u.nonzero, nonzero[k]);
            }
            Ok(())
        }),
        case.part("treated", "outliers", 1e-9, |d| {
            stage(example, d, "expect_default_treated.csv", &|i| i.normalised.treated.clone())
        }),
        case.part("shapes before and after", "outliers", 1e-9, |d| {
            let i = example.index()?;
            let expected = case.table("expect_treat_details.csv")?;
            let of = |name: &str| expected.numbers(name);
            let (s0, k0) = (of("check_SkewKurt0.Skew")?, of("check_SkewKurt0.Kurt")?);
            let (s1, k1) = (of("check_SkewKurt1.Skew")?, of("check_SkewKurt1.Kurt")?);
            for (k, id) in expected.text("iCode")?.iter().enumerate() {
                let at = example.ids.iter().position(|x| x == id).ok_or_else(|| format!("no indicator {id}"))?;
                let (skewness, kurtosis) = outliers::shape(&i.normalised.raw[at]);
                d.value(&format!("skewness of {id}"), skewness, s0[k]);
                d.value(&format!("kurtosis of {id}"), kurtosis, k0[k]);
                let treated = i.normalised.treatments.iter().find(|t| t.indicator == at);
                d.value(&format!("treated {id}"), f64::from(u8::from(treated.is_some())), f64::from(u8::from(!s1[k].is_nan())));
                if let Some(t) = treated {
                    d.value(&format!("skewness of {id} after"), t.after.0, s1[k]);
                    d.value(&format!("kurtosis of {id} after"), t.after.1, k1[k]);
                }
            }
            Ok(())
        }),
        case.part("normalised", "normalisation", 1e-9, |d| {
            stage(example, d, "expect_default_normalised.csv", &|i| scaled(&i.normalised.values, &|x| 100.0 * x))
        }),
    ];
    // The file's scale from ours of 0 to 1.
    let scales: [Scale; 5] = [
        (Normalisation::ZScore, "zscore", |x| 10.0 + 2.0 * (x - 0.5) / 0.1),
        (Normalisation::PercentRank, "prank", |x| x),
        (Normalisation::PercentRank, "rank", |x| 50.0 * x + 1.0),
        (Normalisation::PercentRank, "borda", |x| 50.0 * x),
        (Normalisation::MinMax, "dist2max", |x| x),
    ];
    rows.extend(scales.into_iter().map(|(normalisation, file, back)| {
        case.part(file, "normalisation", 1e-9, |d| {
            let i = example.run(&example.raw("asem_idata.csv")?, &Recipe { normalisation, ..recipe() })?;
            let values = scaled(&i.normalised.values, &|x| back(x));
            example.compare(d, &format!("expect_norm_n_{file}.csv"), (&i.normalised.units, &i.normalised.periods), &values)
        })
    }));
    rows.push(case.part("fracmax", "normalisation", 1e-9, |d| fractions(example, d)));
    rows.push(case.part("statistics of the data", "shape", 1e-9, |d| {
        let (raw, expected) = (case.table("expect_default_raw.csv")?, case.table("expect_stats_raw.csv")?);
        for (k, id) in expected.text("iCode")?.iter().enumerate() {
            let known: Vec<f64> = raw.numbers(id)?.into_iter().filter(|x| !x.is_nan()).collect();
            let (skewness, kurtosis) = outliers::shape(&known);
            let low = known.iter().copied().fold(f64::INFINITY, f64::min);
            let high = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let spread = numerics::moments::variance(&known, 1).sqrt();
            let found = [
                ("Min", low),
                ("Max", high),
                ("Mean", numerics::moments::mean(&known)),
                ("Median", numerics::moments::median(&known)),
                ("Std", spread),
                ("Skew", skewness),
                ("Kurt", kurtosis),
            ];
            for (name, value) in found {
                let wanted = expected.numbers(name)?[k];
                // Printed to twelve digits.
                d.value(&format!("{name} of {id}"), value / wanted.abs().max(1.0), wanted / wanted.abs().max(1.0));
            }
        }
        Ok(())
    }));
    rows.push(case.part("scores and ranks", "composite index", 1e-9, |d| scores(example, d)));
    rows.push(case.part("ranks of all dimensions", "composite index", 0.0, |d| ranks(example, d)));
    rows.push(case.part("aggregated data set", "composite index", 1e-9, |d| {
        stage(example, d, "expect_default_aggregated.csv", &|i| scaled(&i.normalised.values, &|x| 100.0 * x))?;
        let (tree, i) = (example.tree()?, example.index()?);
        let expected = case.table("expect_default_aggregated.csv")?;
        for (k, node) in tree.nodes.iter().enumerate() {
            for (unit, wanted) in expected.text("uCode")?.into_iter().zip(expected.numbers(&node.node.id)?) {
                d.value(&format!("{} of {unit}", node.node.id), 100.0 * i.scores[k][row(&i.normalised.units, unit)?], wanted);
            }
        }
        Ok(())
    }));
    rows.push(case.part("one pillar removed", "composite index", 1e-9, |d| removed(example, d)));
    rows.push(case.part("outliers left alone", "composite index", 0.0, |d| untreated(example, d)));
    rows.push(case.part("one unit's summary", "composite index", 0.005 * (1.0 + 1e-6), |d| {
        let i = example.index()?;
        let expected = case.table("expect_unit_summary_IND.csv")?;
        let tree = example.tree()?;
        let at = row(&i.normalised.units, "IND")?;
        let (wanted, ranks) = (expected.numbers("Score")?, expected.numbers("Rank")?);
        for (k, code) in expected.text("Code")?.iter().enumerate() {
            let node = Example::node(&tree, code)?;
            d.value(code, 100.0 * i.scores[node][at], wanted[k]);
            let own = i.scores[node][at];
            let rank = 1 + i.scores[node].iter().filter(|s| **s > own).count();
            d.value(&format!("rank, {code}"), rank as f64, ranks[k]);
        }
        Ok(())
    }));
    rows
}

/// Shares of the largest value. Where less is better ours is `min / x`, and COINr's `x / min`, which is largest where a
/// unit is worst: the file holds the reciprocal. Indicators with values below 0, or with a 0 that others are divided by,
/// have no ratio and are not compared.
fn fractions(example: &Example, d: &mut Differences) -> Compared {
    let sample = example.raw("asem_idata.csv")?;
    let default = example.index()?;
    let expected = example.case.table("expect_norm_n_fracmax.csv")?;
    let mut left_out = 0;
    let tree = example.tree()?;
    for (j, leaf) in tree.leaves.iter().enumerate() {
        let treated = &default.normalised.treated[j];
        let inverted = leaf.direction == Direction::Negative;
        if treated.iter().any(|x| *x < 0.0 || inverted && *x == 0.0) {
            left_out += 1;
            continue;
        }
        let mut framework = example.framework.clone();
        framework.root.nodes = Vec::new();
        framework.root.indicators = vec![Indicator::clone(leaf)];
        let alone = Sample { columns: vec![treated.clone()], panel: sample.panel.clone() };
        let recipe = Recipe { normalisation: Normalisation::FractionOfMaximum, ..Recipe::default() };
        let found = alone.run(&framework, &recipe)?.normalised;
        for (unit, wanted) in expected.text("uCode")?.into_iter().zip(expected.numbers(&leaf.id)?) {
            let wanted = if inverted { 1.0 / wanted } else { wanted };
            d.value(&format!("{} of {unit}", leaf.id), found.values[0][row(&found.units, unit)?], wanted);
        }
    }
    // Three indicators in which less is better reach 0, and growth falls below it.
    d.length("indicators without ratios", left_out, 4);
    Ok(())
}

fn scores(example: &Example, d: &mut Differences) -> Compared {
    let (tree, i) = (example.tree()?, example.index()?);
    let expected = example.case.table("expect_results_scores.csv")?;
    let (units, ranks) = (expected.text("uCode")?, expected.numbers("Rank")?);
    for (k, node) in tree.nodes.iter().enumerate() {
        let wanted = expected.numbers(&node.node.id)?;
        for (at, unit) in units.iter().enumerate() {
            let own = row(&i.normalised.units, unit)?;
            d.value(&format!("{} of {unit}", node.node.id), 100.0 * i.scores[k][own], wanted[at]);
            d.value(&format!("rank of {unit}"), i.ranks[own].map_or(f64::NAN, |r| r as f64), ranks[at]);
        }
    }
    Ok(())
}

fn ranks(example: &Example, d: &mut Differences) -> Compared {
    let (tree, i) = (example.tree()?, example.index()?);
    let expected = example.case.table("expect_results_ranks.csv")?;
    for (k, node) in tree.nodes.iter().enumerate() {
        for (unit, wanted) in expected.text("uCode")?.into_iter().zip(expected.numbers(&node.node.id)?) {
            let own = i.scores[k][row(&i.normalised.units, unit)?];
            let rank = 1 + i.scores[k].iter().filter(|s| **s > own).count();
            d.value(&format!("{} of {unit}", node.node.id), rank as f64, wanted);
        }
    }
    Ok(())
}

/// Ranks of the index without one pillar after the other: each change, and its mean size.
fn removed(example: &Example, d: &mut Differences) -> Compared {
    let i = example.index()?;
    let sample = example.raw("asem_idata.csv")?;
    let (sizes, changes) = (
        example.case.table("expect_remove_pillars_meanabsdiff.csv")?,
        example.case.table("expect_remove_pillars_rankdiffs.csv")?,
    );
    let wanted = sizes.numbers("MeanAbsDiff")?;
    for (k, pillar) in sizes.text("element")?.iter().enumerate().filter(|(_, p)| **p != "Nominal") {
        let mut framework = example.framework.clone();
        for s in &mut framework.root.nodes {
            s.nodes.retain(|p| p.id != *pillar);
        }
        let mut kept = Vec::new();
        each(&mut framework.root, &mut |leaf| kept.extend(example.ids.iter().position(|id| *id == leaf.id)));
        let columns = kept.iter().map(|&j| sample.columns[j].clone()).collect();
        let other = Sample { columns, panel: sample.panel.clone() }.run(&framework, &recipe())?;
        let moved: usize = i.ranks.iter().zip(&other.ranks).filter_map(|(a, b)| Some((*a)?.abs_diff((*b)?))).sum();
        d.value(pillar, moved as f64 / i.ranks.len() as f64, wanted[k]);
        for (unit, change) in changes.text("uCode")?.into_iter().zip(changes.numbers(pillar)?) {
            let at = row(&i.normalised.units, unit)?;
            let rank = |ranks: &[Option<usize>]| ranks[at].map_or(f64::NAN, |r| r as f64);
            d.value(&format!("{unit} without {pillar}"), rank(&i.ranks) - rank(&other.ranks), change);
        }
    }
    Ok(())
}

/// Ranks with and without outliers treated.
fn untreated(example: &Example, d: &mut Differences) -> Compared {
    let i = example.index()?;
    let other = example.run(&example.raw("asem_idata.csv")?, &Recipe { outliers: None, ..recipe() })?;
    let expected = example.case.table("expect_compare_untreated.csv")?;
    let (with, without) = (expected.numbers("coin.1")?, expected.numbers("coin.2")?);
    d.length("units", expected.len(), i.ranks.len());
    for (k, unit) in expected.text("uCode")?.into_iter().enumerate() {
        let at = row(&i.normalised.units, unit)?;
        let rank = |ranks: &[Option<usize>]| ranks[at].map_or(f64::NAN, |r| r as f64);
        d.value(&format!("{unit} treated"), rank(&i.ranks), with[k]);
        d.value(&format!("{unit} untreated"), rank(&other.ranks), without[k]);
    }
    Ok(())
}
