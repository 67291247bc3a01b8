//! The ASEM example stage by stage as COINr computes it: denominators, missing cells, screening, outliers, scales, scores.

use std::{collections::BTreeMap, path::Path};

use index::{
    Data, Direction, Framework, Goalposts, Indicator, Missing, Node, Normalisation, Outliers, Recipe, Screen, Weighting,
    composite::Composite, evaluate, outliers, screening,
};

use super::{Case, Row, said};

/// Indicators with an order that rests on digits that the file of their values does not print.
const NOT_PRINTED: [&str; 1] = ["TolMin"];

struct Asem {
    units: Vec<String>,
    groups: Vec<String>,
    ids: Vec<String>,
    columns: Vec<Vec<f64>>,
    framework: Framework,
}

impl Asem {
    fn read(case: &Case) -> Result<Self, String> {
        let (meta, data) = (case.table("asem_imeta.csv")?, case.table("asem_idata.csv")?);
        let (codes, parents, kinds) = (meta.text("iCode")?, meta.text("Parent")?, meta.text("Type")?);
        let (direction, denominators) = (meta.numbers("Direction")?, meta.text("Denominator")?);
        let below = |parent: &str, kind: &str| -> Vec<usize> {
            (0..meta.len()).filter(|&i| parents[i] == parent && kinds[i] == kind).collect()
        };
        let (mut ids, mut columns, mut nodes) = (Vec::new(), Vec::new(), Vec::new());
        for s in below("Index", "Aggregate") {
            let mut pillars = Vec::new();
            for p in below(codes[s], "Aggregate") {
                let mut indicators = Vec::new();
                for i in below(codes[p], "Indicator") {
                    let mut column = data.numbers(codes[i])?;
                    if data.names.iter().any(|n| n == denominators[i]) {
                        let by = data.numbers(denominators[i])?;
                        column.iter_mut().zip(by).for_each(|(x, d)| *x /= d);
                    }
                    columns.push(column);
                    ids.push(codes[i].to_owned());
                    let direction = if direction[i] < 0.0 { Direction::Negative } else { Direction::Positive };
                    indicators.push(Indicator { id: codes[i].into(), direction, ..Indicator::default() });
                }
                pillars.push(Node { id: codes[p].into(), indicators, ..Node::default() });
            }
            nodes.push(Node { id: codes[s].into(), nodes: pillars, ..Node::default() });
        }
        let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<_>>();
        Ok(Self {
            units: owned(data.text("uCode")?),
            groups: owned(data.text("EurAsia_group")?),
            ids,
            columns,
            framework: Framework { root: Node { id: "Index".into(), nodes, ..Node::default() } },
        })
    }

    fn run(&self, framework: &Framework, recipe: &Recipe) -> Result<Composite, String> {
        let periods = vec![0; self.units.len()];
        evaluate(framework, &Data { units: &self.units, periods: &periods, columns: &self.columns, groups: &self.groups }, recipe)
            .map_err(said)
    }
}

fn recipe() -> Recipe {
    Recipe {
        missing: Missing::GroupMean,
        outliers: Some(Outliers::default()),
        weights: Weighting::Equal,
        goalposts: Goalposts::Pooled,
        ..Recipe::default()
    }
}

use super::super::Differences;

/// Compares `values[indicator][row]` with the columns of a file.
fn table(d: &mut Differences, case: &Case, file: &str, asem: &Asem, units: &[String], values: &[Vec<f64>]) -> Result<(), String> {
    let expected = case.table(file)?;
    let places: BTreeMap<&str, usize> = expected.text("uCode")?.into_iter().enumerate().map(|(i, u)| (u, i)).collect();
    let ordered = ["prank", "rank", "borda"].iter().any(|f| file.ends_with(&format!("_{f}.csv")));
    for (id, column) in asem.ids.iter().zip(values).filter(|(id, _)| !(ordered && NOT_PRINTED.contains(&id.as_str()))) {
        let wanted = expected.numbers(id)?;
        for (unit, x) in units.iter().zip(column) {
            let at = *places.get(unit.as_str()).ok_or_else(|| format!("no unit {unit}"))?;
            d.value(&format!("{id} of {unit}"), *x, wanted[at]);
        }
    }
    Ok(())
}

/// A normalisation, the file that holds its values, and what leads from our scale to that of the file.
type Scale = (Normalisation, &'static str, fn(f64) -> f64);

pub(super) fn rows(dir: &Path) -> Vec<Row> {
    let case = Case::at("asem", "COINr 1.1.14, run on the ASEM example", dir.join("coinr_asem"));
    let asem = Asem::read(&case);
    let index = asem.as_ref().map_err(Clone::clone).and_then(|a| a.run(&a.framework, &recipe()));
    let both = || Ok::<_, String>((asem.as_ref().map_err(Clone::clone)?, index.as_ref().map_err(Clone::clone)?));
    let scaled = |values: &[Vec<f64>], f: &dyn Fn(f64) -> f64| -> Vec<Vec<f64>> {
        values.iter().map(|c| c.iter().map(|x| f(*x)).collect()).collect()
    };
    let mut rows = vec![
        case.part("imputed by group", "missing cells", 1e-9, |d| {
            let (a, i) = both()?;
            table(d, &case, "expect_default_imputed.csv", a, &i.normalised.units, &i.normalised.raw)
        }),
        case.part("screened", "availability", 1e-9, |d| {
            let (_, i) = both()?;
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
            let (a, i) = both()?;
            table(d, &case, "expect_default_treated.csv", a, &i.normalised.units, &i.normalised.treated)
        }),
        case.part("shapes before and after", "outliers", 1e-9, |d| {
            let (a, i) = both()?;
            let expected = case.table("expect_treat_details.csv")?;
            let of = |name: &str| expected.numbers(name);
            let (s0, k0) = (of("check_SkewKurt0.Skew")?, of("check_SkewKurt0.Kurt")?);
            let (s1, k1) = (of("check_SkewKurt1.Skew")?, of("check_SkewKurt1.Kurt")?);
            for (k, id) in expected.text("iCode")?.iter().enumerate() {
                let at = a.ids.iter().position(|x| x == id).ok_or_else(|| format!("no indicator {id}"))?;
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
            let (a, i) = both()?;
            let values = scaled(&i.normalised.values, &|x| 100.0 * x);
            table(d, &case, "expect_default_normalised.csv", a, &i.normalised.units, &values)
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
            let (a, _) = both()?;
            let i = a.run(&a.framework, &Recipe { normalisation, ..recipe() })?;
            let values = scaled(&i.normalised.values, &|x| back(x));
            table(d, &case, &format!("expect_norm_n_{file}.csv"), a, &i.normalised.units, &values)
        })
    }));
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
    rows.push(case.part("scores and ranks", "composite index", 1e-9, |d| {
        let (a, i) = both()?;
        let expected = case.table("expect_results_scores.csv")?;
        let tree = a.framework.tree().map_err(said)?;
        let units = expected.text("uCode")?;
        let ranks = expected.numbers("Rank")?;
        for (k, node) in tree.nodes.iter().enumerate() {
            let wanted = expected.numbers(&node.node.id)?;
            for (row, unit) in units.iter().enumerate() {
                let at = i.normalised.units.iter().position(|u| u == unit).ok_or_else(|| format!("no unit {unit}"))?;
                d.value(&format!("{} of {unit}", node.node.id), 100.0 * i.scores[k][at], wanted[row]);
                d.value(&format!("rank of {unit}"), i.ranks[at].map_or(f64::NAN, |r| r as f64), ranks[row]);
            }
        }
        Ok(())
    }));
    rows.push(case.part("ranks with one pillar removed", "composite index", 1e-9, |d| {
        let (a, i) = both()?;
        let expected = case.table("expect_remove_pillars_meanabsdiff.csv")?;
        let wanted = expected.numbers("MeanAbsDiff")?;
        for (k, pillar) in expected.text("element")?.iter().enumerate().filter(|(_, p)| **p != "Nominal") {
            // A pillar of weight 0 is one that is not there.
            let mut framework = a.framework.clone();
            for s in &mut framework.root.nodes {
                s.nodes.iter_mut().for_each(|p| p.weight = Some(if p.id == *pillar { 0.0 } else { 1.0 }));
            }
            let other = a.run(&framework, &Recipe { weights: Weighting::Manual, ..recipe() })?;
            let moved: usize = i.ranks.iter().zip(&other.ranks).filter_map(|(a, b)| Some((*a)?.abs_diff((*b)?))).sum();
            d.value(pillar, moved as f64 / i.ranks.len() as f64, wanted[k]);
        }
        Ok(())
    }));
    rows.push(case.part("one unit's summary", "composite index", 0.005 * (1.0 + 1e-6), |d| {
        let (a, i) = both()?;
        let expected = case.table("expect_unit_summary_IND.csv")?;
        let tree = a.framework.tree().map_err(said)?;
        let at = i.normalised.units.iter().position(|u| u == "IND").ok_or("no unit IND")?;
        let (wanted, ranks) = (expected.numbers("Score")?, expected.numbers("Rank")?);
        for (k, code) in expected.text("Code")?.iter().enumerate() {
            let node = tree.nodes.iter().position(|n| n.node.id == *code).ok_or_else(|| format!("no dimension {code}"))?;
            d.value(code, 100.0 * i.scores[node][at], wanted[k]);
            let own = i.scores[node][at];
            let rank = 1 + i.scores[node].iter().filter(|s| **s > own).count();
            d.value(&format!("rank, {code}"), rank as f64, ranks[k]);
        }
        Ok(())
    }));
    rows
}
