//! The ASEM example of sustainable connectivity (51 units, 49 indicators, 8 pillars, 2 sub-indices), stage by stage,
//! against the output of an independent program. The data stand outside the project; without them nothing is checked.

use std::collections::BTreeMap;

use super::{indicator, published::table};
use crate::{
    Aggregation, Composite, Data, Direction, Framework, Missing, Node, Normalisation, Outliers, Recipe, Screen, Weighting,
    evaluate, screening,
};

struct Asem {
    framework: Framework,
    units: Vec<String>,
    groups: Vec<String>,
    columns: Vec<Vec<f64>>,
    ids: Vec<String>,
}

fn number(s: &str) -> f64 {
    s.parse().unwrap_or(f64::NAN)
}

/// The tree as the metadata state it, and the denominated indicators.
fn asem() -> Option<Asem> {
    let (_, meta) = table("coinr_asem/asem_imeta.csv")?;
    let (header, rows) = table("coinr_asem/expect_default_denominated.csv")?;
    let (names, raw) = table("coinr_asem/asem_idata.csv")?;
    let node = |id: &str, nodes: Vec<Node>, indicators| Node { id: id.into(), nodes, indicators, ..Node::default() };
    let below = |parent: &str, level: &str| meta.iter().filter(|m| m[8] == parent && m[0] == level).cloned().collect::<Vec<_>>();
    let pillars = |sub: &str| {
        below(sub, "2")
            .iter()
            .map(|p| {
                let leaves = below(&p[1], "1")
                    .iter()
                    .map(|m| indicator(&m[1], if m[3] == "-1" { Direction::Negative } else { Direction::Positive }, None))
                    .collect();
                node(&p[1], Vec::new(), leaves)
            })
            .collect()
    };
    let subs = below("Index", "3").iter().map(|s| node(&s[1], pillars(&s[1]), Vec::new())).collect();
    let framework = Framework { root: node("Index", subs, Vec::new()) };
    let ids: Vec<String> = framework.tree().unwrap().leaves.iter().map(|l| l.id.clone()).collect();
    let at = |id: &str| header.iter().position(|h| h == id).unwrap();
    let columns = ids.iter().map(|id| rows.iter().map(|r| number(&r[at(id)])).collect()).collect();
    let units: Vec<String> = rows.iter().map(|r| r[0].clone()).collect();
    let (code, group) =
        (names.iter().position(|n| n == "uCode").unwrap(), names.iter().position(|n| n == "EurAsia_group").unwrap());
    let of: BTreeMap<&str, &str> = raw.iter().map(|r| (r[code].as_str(), r[group].as_str())).collect();
    let groups = units.iter().map(|u| of[u.as_str()].to_owned()).collect();
    Some(Asem { framework, units, groups, columns, ids })
}

impl Asem {
    fn run(&self, recipe: &Recipe) -> Composite {
        let periods = vec![0; self.units.len()];
        let data = Data { units: &self.units, periods: &periods, columns: &self.columns, groups: &self.groups };
        evaluate(&self.framework, &data, recipe).unwrap()
    }

    /// Whether an indicator's order rests on digits that the file of its values does not print.
    fn order_is_not_printed(id: &str, file: &str) -> bool {
        id == "TolMin" && ["prank", "rank", "borda"].iter().any(|f| file.ends_with(&format!("_{f}.csv")))
    }

    /// Largest difference between `values` (columns of the tree, rows of the result) and a file, relative to 1 + its size.
    fn difference(&self, file: &str, units: &[String], values: &[Vec<f64>]) -> f64 {
        let (header, rows) = table(&format!("coinr_asem/{file}")).unwrap();
        let rows: BTreeMap<&str, &Vec<String>> = rows.iter().map(|r| (r[0].as_str(), r)).collect();
        let mut worst = 0.0f64;
        for (id, column) in self.ids.iter().zip(values).filter(|(id, _)| !Self::order_is_not_printed(id, file)) {
            let at = header.iter().position(|h| h == id).unwrap();
            for (unit, x) in units.iter().zip(column) {
                let expected = number(&rows[unit.as_str()][at]);
                let d = (x - expected).abs() / (1.0 + expected.abs());
                worst = worst.max(if d.is_nan() { f64::INFINITY } else { d });
            }
        }
        worst
    }
}

fn recipe() -> Recipe {
    Recipe {
        missing: Missing::GroupMean,
        outliers: Some(Outliers::default()),
        screen: Some(Screen { units: 0.0, ..Screen::default() }),
        weights: Weighting::Manual,
        ..Recipe::default()
    }
}

#[test]
fn every_stage_agrees() {
    let Some(asem) = asem() else { return };
    let index = asem.run(&recipe());
    let n = &index.normalised;
    assert!(asem.difference("expect_default_imputed.csv", &n.units, &n.raw) < 1e-12);
    assert!(asem.difference("expect_default_treated.csv", &n.units, &n.treated) < 1e-12);
    let scaled: Vec<Vec<f64>> = n.values.iter().map(|c| c.iter().map(|x| 100.0 * x).collect()).collect();
    assert!(asem.difference("expect_default_normalised.csv", &n.units, &scaled) < 1e-12);
}

#[test]
fn treatments_agree_in_shape_and_count() {
    let Some(asem) = asem() else { return };
    let index = asem.run(&recipe());
    let (_, rows) = table("coinr_asem/expect_treat_details.csv").unwrap();
    for row in rows {
        let at = asem.ids.iter().position(|id| *id == row[0]).unwrap();
        let done = index.normalised.treatments.iter().find(|t| t.indicator == at);
        assert_eq!(done.is_none(), row[1] == "TRUE", "{}", row[0]);
        let Some(done) = done else { continue };
        // Winsorised cells that already stood at the value they were brought to do not change.
        assert!(done.winsorised.len() <= row[4].parse().unwrap(), "{}", row[0]);
        for (ours, theirs) in
            [(done.before.0, &row[2]), (done.before.1, &row[3]), (done.after.0, &row[6]), (done.after.1, &row[7])]
        {
            assert!((ours - number(theirs)).abs() < 1e-10, "{}: {ours} {theirs}", row[0]);
        }
    }
}

type Scale = (Normalisation, &'static str, fn(f64) -> f64);

#[test]
fn normalisations_agree() {
    let Some(asem) = asem() else { return };
    // The file's scale from ours of 0 to 1 (z scores of mean 10 and spread 2, ranks from 1, counts from 0).
    let cases: [Scale; 5] = [
        (Normalisation::ZScore, "zscore", |x| 10.0 + 2.0 * (x - 0.5) / 0.1),
        (Normalisation::PercentRank, "prank", |x| x),
        (Normalisation::PercentRank, "rank", |x| 50.0 * x + 1.0),
        (Normalisation::PercentRank, "borda", |x| 50.0 * x),
        (Normalisation::MinMax, "dist2max", |x| x),
    ];
    for (normalisation, file, back) in cases {
        let index = asem.run(&Recipe { normalisation, ..recipe() });
        let values: Vec<Vec<f64>> = index.normalised.values.iter().map(|c| c.iter().map(|x| back(*x)).collect()).collect();
        let d = asem.difference(&format!("expect_norm_n_{file}.csv"), &index.normalised.units, &values);
        assert!(d < 1e-12, "{file}: {d}");
    }
}

#[test]
fn scores_and_ranks_agree() {
    let Some(asem) = asem() else { return };
    let index = asem.run(&recipe());
    let tree = asem.framework.tree().unwrap();
    let (header, rows) = table("coinr_asem/expect_results_scores.csv").unwrap();
    for row in rows {
        let i = index.normalised.units.iter().position(|u| *u == row[0]).unwrap();
        assert_eq!(index.ranks[i], row[1].parse().ok());
        for (k, node) in tree.nodes.iter().enumerate() {
            let at = header.iter().position(|h| *h == node.node.id).unwrap();
            let d = (100.0 * index.scores[k][i] - number(&row[at])).abs();
            assert!(d < 1e-9, "{} of {}: {d}", node.node.id, row[0]);
        }
    }
    // Scale of 1 to 100: the file's geometric means.
    let geometric = asem.run(&Recipe { aggregation: Aggregation::Geometric, floor: 0.01, ..recipe() });
    let (header, rows) = table("coinr_asem/expect_agg_n1_100_a_gmean.csv").unwrap();
    for row in rows {
        let i = geometric.normalised.units.iter().position(|u| *u == row[0]).unwrap();
        for (k, node) in tree.nodes.iter().enumerate() {
            let at = header.iter().position(|h| *h == node.node.id).unwrap();
            let d = (100.0 * geometric.scores[k][i] - number(&row[at])).abs();
            assert!(d < 1e-9, "{} of {}: {d}", node.node.id, row[0]);
        }
    }
}

#[test]
fn availability_agrees() {
    let Some(asem) = asem() else { return };
    let index = asem.run(&recipe());
    let n = &index.normalised;
    let screen = Screen { units: 0.9, ..Screen::default() };
    // The file counts what is there after cells were filled.
    let found = screening::availability(&n.units, &n.raw, &screen);
    let (_, rows) = table("coinr_asem/expect_screen_summary.csv").unwrap();
    for row in rows {
        let unit = found.iter().find(|a| a.unit == row[0]).unwrap();
        assert_eq!((unit.missing, unit.zero), (row[1].parse().unwrap(), row[2].parse().unwrap()));
        assert!((unit.present - number(&row[4])).abs() < 1e-12 && (unit.nonzero - number(&row[5])).abs() < 1e-12);
        assert_eq!(unit.kept, row[9] == "TRUE");
    }
}
