//! Correlations, principal components, alpha and effective weights of the example.

use std::collections::BTreeMap;

use index::{
    Goalposts, Node, Recipe, Weighting, audit,
    multivariate::{correlations, cronbach_alpha},
    weights::components::{ComponentOptions, Keep, principal_components},
};

use super::{Compared, Differences, Example, NOT_PRINTED, Row, SIZES};
use crate::verify::composite::{columns, half};

fn all(columns: &[Vec<f64>]) -> Vec<usize> {
    (0..columns.first().map_or(0, Vec::len)).collect()
}

/// Columns of the aggregated data set, by the ids of indicators or dimensions.
fn aggregated(example: &Example, ids: &[String]) -> Result<Vec<Vec<f64>>, String> {
    columns(&example.case.table("expect_default_aggregated.csv")?, &ids.iter().map(String::as_str).collect::<Vec<_>>())
}

pub(super) fn rows(example: &Example) -> Vec<Row> {
    let case = &example.case;
    let mut rows = vec![
        case.part("components", "weights from principal components", 1e-9, |d| pillars(example, d)),
        // Proportions of variance are printed with five decimals.
        case.part("importance", "principal components", half(5), |d| importance(example, d)),
    ];
    for (part, data, expected) in [
        ("alpha, normalised", "expect_default_normalised.csv", "expect_cronbach_normalised.csv"),
        ("alpha, raw", "expect_default_raw.csv", "expect_cronbach_raw.csv"),
    ] {
        rows.push(case.part(part, "Cronbach's alpha", 1e-9, |d| alphas(example, data, expected, d)));
    }
    rows.push(case.part("effective weights", "manual weights", 1e-9, |d| effective(example, d)));
    rows.push(case.part("correlations within a pillar", "correlations", 1e-9, |d| within(example, d)));
    rows.push(case.part("pillars with the index", "correlations", 1e-9, |d| with_index(example, d)));
    rows.push(case.part("indicators with the index", "rank correlations", 1e-9, |d| ranked_with_index(example, d)));
    // Flags are printed with three decimals, those of denominators with two.
    rows.push(case.part("flags above 0.75", "correlations", half(3), |d| flags(example, d)));
    rows.push(case.part("size variables above 0.7", "correlations", half(2), |d| sizes(example, d)));
    rows
}

fn pillars(example: &Example, d: &mut Differences) -> Compared {
    let weights = example.case.table("expect_pca_weights_level2.csv")?;
    let (codes, expected) = (weights.text("iCode")?, weights.numbers("Weight")?);
    let first = ComponentOptions { keep: Keep::First, ..ComponentOptions::default() };
    for group in ["Conn", "Sust"] {
        let names = example.below(group)?;
        let columns = aggregated(example, &names)?;
        let taken = principal_components(&columns, &all(&columns), &first).ok_or("no components")?;
        for (name, ours) in names.iter().zip(&taken.coefficients) {
            let at = codes.iter().position(|c| c == name).ok_or("a pillar without a weight")?;
            d.value(name, *ours, expected[at]);
        }
    }
    Ok(())
}

fn importance(example: &Example, d: &mut Differences) -> Compared {
    let table = example.case.table("expect_pca_importance_level2.csv")?;
    let (groups, stats) = (table.text("group")?, table.text("stat")?);
    for (k, component) in ["PC1", "PC2"].iter().enumerate() {
        let expected = table.numbers(component)?;
        for row in 0..table.len() {
            let columns = aggregated(example, &example.below(groups[row])?)?;
            let c = correlations(&columns, &all(&columns)).ok_or("too few columns vary")?.components();
            let found = match stats[row] {
                "Standard deviation" => c.eigenvalues[k].sqrt(),
                "Proportion of Variance" => c.shares[k],
                _ => c.shares[..=k].iter().sum(),
            };
            d.value(&format!("{} {} {component}", groups[row], stats[row]), found, expected[row]);
        }
    }
    Ok(())
}

fn alphas(example: &Example, data: &str, expected: &str, d: &mut Differences) -> Compared {
    let (data, expected) = (example.plain(data)?, example.case.table(expected)?);
    let tree = example.tree()?;
    for (group, alpha) in expected.text("group")?.iter().zip(expected.numbers("alpha")?) {
        let node = if *group == "all" { 0 } else { Example::node(&tree, group)? };
        let columns = &data.columns[tree.nodes[node].leaves.clone()];
        d.value(group, cronbach_alpha(columns, &all(columns)).unwrap_or(f64::NAN), alpha);
    }
    Ok(())
}

fn weigh(node: &mut Node, own: &BTreeMap<&str, f64>) {
    node.weight = own.get(node.id.as_str()).copied();
    node.nodes.iter_mut().for_each(|n| weigh(n, own));
    node.indicators.iter_mut().for_each(|i| i.weight = own.get(i.id.as_str()).copied());
}

fn effective(example: &Example, d: &mut Differences) -> Compared {
    let given = example.case.table("weights_original.csv")?;
    let own: BTreeMap<&str, f64> = given.text("iCode")?.into_iter().zip(given.numbers("Weight")?).collect();
    let mut framework = example.framework.clone();
    weigh(&mut framework.root, &own);
    let sample = example.plain("expect_default_normalised.csv")?;
    let index =
        sample.run(&framework, &Recipe { weights: Weighting::Manual, goalposts: Goalposts::Pooled, ..Recipe::default() })?;
    let leaves = index.weights.effective.first().ok_or("no weights")?;
    let tree = example.tree()?;
    let expected = example.case.table("expect_effective_weights.csv")?;
    for (code, weight) in expected.text("iCode")?.iter().zip(expected.numbers("EffWeight")?) {
        let found = match example.ids.iter().position(|n| n == code) {
            Some(j) => leaves[j],
            None => leaves[tree.nodes[Example::node(&tree, code)?].leaves.clone()].iter().sum(),
        };
        d.value(code, found, weight);
    }
    Ok(())
}

/// Place of an indicator in the tree.
fn leaf(example: &Example, id: &str) -> Result<usize, String> {
    example.ids.iter().position(|i| i == id).ok_or_else(|| format!("no indicator `{id}`"))
}

fn within(example: &Example, d: &mut Differences) -> Compared {
    let (tree, index) = (example.tree()?, example.index()?);
    let pairs = audit::pairs(&tree, &index.normalised.values);
    let expected = example.case.table("expect_corr_physical.csv")?;
    let (ones, others) = (expected.text("Var1")?, expected.text("Var2")?);
    for (k, wanted) in expected.numbers("Correlation")?.into_iter().enumerate() {
        let (a, b) = (leaf(example, ones[k])?, leaf(example, others[k])?);
        let found = pairs.iter().find(|p| p.pair == (a.min(b), a.max(b))).map(|p| p.correlation);
        // An indicator is no pair with itself.
        d.value(&format!("{} and {}", ones[k], others[k]), if a == b { 1.0 } else { found.unwrap_or(f64::NAN) }, wanted);
    }
    Ok(())
}

fn with_index(example: &Example, d: &mut Differences) -> Compared {
    let (tree, found) = (example.tree()?, audit::nodes_with_index(example.index()?));
    let expected = example.case.table("expect_corr_pillars_index.csv")?;
    for (id, wanted) in expected.text("Var2")?.into_iter().zip(expected.numbers("Correlation")?) {
        d.value(id, found[Example::node(&tree, id)?].0, wanted);
    }
    Ok(())
}

fn ranked_with_index(example: &Example, d: &mut Differences) -> Compared {
    let found = audit::indicators_with_index(example.index()?);
    let expected = example.case.table("expect_corr_indicators_index_spearman.csv")?;
    for (id, wanted) in expected.text("Var2")?.into_iter().zip(expected.numbers("Correlation")?) {
        if !NOT_PRINTED.contains(&id) {
            d.value(id, found[leaf(example, id)?].1, wanted);
        }
    }
    Ok(())
}

/// Exactly the pairs of one pillar that the file lists correlate above 0.75.
fn flags(example: &Example, d: &mut Differences) -> Compared {
    let (tree, index) = (example.tree()?, example.index()?);
    let expected = example.case.table("expect_corrflags_high_gt075.csv")?;
    let (ones, others, groups) = (expected.text("Ind1")?, expected.text("Ind2")?, expected.text("Group")?);
    let found: Vec<audit::Pair> =
        audit::pairs(&tree, &index.normalised.values).into_iter().filter(|p| p.correlation > 0.75).collect();
    d.length("pairs", found.len(), expected.len());
    for (k, wanted) in expected.numbers("Corr")?.into_iter().enumerate() {
        let (a, b) = (leaf(example, ones[k])?, leaf(example, others[k])?);
        let pair = found.iter().find(|p| p.pair == (a.min(b), a.max(b)) && tree.nodes[p.node].node.id == groups[k]);
        d.value(&format!("{} and {}", ones[k], others[k]), pair.map_or(f64::NAN, |p| p.correlation), wanted);
    }
    Ok(())
}

/// Exactly the indicators that the file lists go with a size variable beyond 0.7, before they are divided by any.
fn sizes(example: &Example, d: &mut Differences) -> Compared {
    let sample = example.raw("asem_idata.csv")?;
    let of = |name: &str| sample.panel.values(name).ok_or_else(|| format!("no variable {name}"));
    let undivided: Vec<Vec<f64>> = example.ids.iter().map(|id| of(id).map(<[f64]>::to_vec)).collect::<Result<_, _>>()?;
    let mut found = BTreeMap::new();
    for size in SIZES {
        for (id, r) in example.ids.iter().zip(audit::size_correlations(&undivided, of(size)?)) {
            if r.abs() > audit::SIZE {
                found.insert((id.as_str(), size), r);
            }
        }
    }
    let expected = example.case.table("expect_denom_corr_gt07.csv")?;
    d.length("correlations", found.len(), expected.len());
    let keys = expected.text("Ind")?.into_iter().zip(expected.text("Denom")?);
    for (key, wanted) in keys.zip(expected.numbers("Corr")?) {
        d.value(&format!("{} with {}", key.0, key.1), found.get(&key).copied().unwrap_or(f64::NAN), wanted);
    }
    Ok(())
}
