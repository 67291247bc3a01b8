//! Dagum's and Theil's decompositions, chains of states.

use std::path::Path;

use regions::{
    inequality::{Inequality, InequalityOptions, inequality},
    markov::{MarkovOptions, Seen, markov},
};
use serde_json::Value;

use super::{Case, Row, Vector, half};

fn measure(values: &[f64], groups: &[&str]) -> Result<Inequality, String> {
    let options = InequalityOptions { bootstrap: 0, ..InequalityOptions::default() };
    inequality(values, None, Some(groups), &options, 0).map_err(|e| e.to_string())
}

fn group(result: &Inequality, name: &str, of: impl Fn(&regions::inequality::Group) -> f64) -> f64 {
    result.groups.iter().find(|g| g.name == name).map_or(f64::NAN, of)
}

/// The pair of two groups, whichever is the richer.
fn pair<'a>(result: &'a Inequality, a: &str, b: &str) -> Option<&'a regions::inequality::Pair> {
    let at = |name: &str| result.groups.iter().position(|g| g.name == name);
    let (a, b) = (at(a)?, at(b)?);
    result.pairs.iter().find(|p| (p.rich, p.poor) == (a, b) || (p.rich, p.poor) == (b, a))
}

pub(super) fn vector(v: &Vector, dir: &Path) -> Option<Row> {
    let case = v.case(dir);
    let grouped = |path: &str| -> Result<(Vec<f64>, Vec<String>), String> {
        let lists: serde_json::Map<String, Value> = v.get(path)?;
        let (mut values, mut names) = (Vec::new(), Vec::new());
        for name in lists.keys() {
            let list: Vec<f64> = v.get(&format!("{path}/{name}"))?;
            names.extend(list.iter().map(|_| name.clone()));
            values.extend(list);
        }
        Ok((values, names))
    };
    Some(match v.id.as_str() {
        "theil_grouped" => case.part("", "Theil decomposition", half(7), |d| {
            let (values, names) = grouped("data")?;
            let r = measure(&values, &names.iter().map(String::as_str).collect::<Vec<_>>())?;
            let expected = |name: &str| v.get::<f64>(&format!("expected/{name}"));
            d.value("T", r.theil_t.total, expected("T")?);
            d.value("between", r.theil_t.between, expected("Tb")?);
            d.value("within", r.theil_t.within, expected("Tw")?);
            for name in ["A", "B"] {
                d.value(name, group(&r, name, |g| g.theil_t), expected(&format!("T_{name}"))?);
            }
            Ok(())
        }),
        "dagum_tiny" => case.part("", "Dagum decomposition", 1e-12, |d| {
            let (values, names) = grouped("groups")?;
            let r = measure(&values, &names.iter().map(String::as_str).collect::<Vec<_>>())?;
            let expected = |name: &str| v.get::<f64>(&format!("expected/{name}"));
            d.value("G", r.dagum.total, expected("G")?);
            d.value("Gw", r.dagum.within, expected("Gw")?);
            d.value("Gnb", r.dagum.net_between, expected("Gnb")?);
            d.value("Gt", r.dagum.transvariation, expected("Gt")?);
            d.value("G_A", group(&r, "A", |g| g.gini), expected("G_A")?);
            d.value("G_B", group(&r, "B", |g| g.gini), expected("G_B")?);
            let both = pair(&r, "A", "B").ok_or("no pair A, B")?;
            d.value("G_AB", both.gini, expected("G_AB")?);
            d.value("D_AB", both.affluence, expected("D_AB")?);
            Ok(())
        }),
        "markov_weather" => case.part("", "Markov chain", half(7), |d| {
            let (states, order): (Vec<String>, Vec<String>) = (v.get("states")?, v.get("expected/order")?);
            let class = |s: &String| order.iter().position(|o| o == s).ok_or_else(|| format!("state `{s}` has no place"));
            let days = states.iter().map(class).collect::<Result<Vec<usize>, String>>()?.into_iter().zip(0..);
            let seen: Vec<Seen> = days.map(|(class, period)| Seen { unit: 0, period, class, around: None }).collect();
            let options = MarkovOptions { bootstrap: 0, ..MarkovOptions::default() };
            let chain = markov(&seen, order.len(), 0, &options, 0).map_err(|e| e.to_string())?.chain;
            for (row, name) in chain.probabilities.chunks(order.len()).zip(&order) {
                d.series(name, row, &v.get::<Vec<f64>>(&format!("expected/P/{name}"))?);
            }
            d.series("stationary", chain.long_run.ergodic().unwrap_or_default(), &v.get::<Vec<f64>>("expected/stationary")?);
            Ok(())
        }),
        _ => return None,
    })
}

/// Region of a province by the first two digits of its code, as the National Bureau of Statistics parts them.
fn region(code: &str) -> &'static str {
    match code.get(..2).unwrap_or_default() {
        "11" | "12" | "13" | "31" | "32" | "33" | "35" | "37" | "44" | "46" => "East",
        "14" | "34" | "36" | "41" | "42" | "43" => "Central",
        "21" | "22" | "23" => "Northeast",
        _ => "West",
    }
}

pub(super) fn rows(dir: &Path) -> Vec<Row> {
    let case = Case::at("dagum", "Cao and Dai (2025), 31 provinces in four regions, 2010-2022", dir.to_path_buf());
    vec![case.part("13 years of GTFP and NQPF", "Dagum decomposition", 1e-10, |d| {
        let data = case.table("nqpf_caodai/province_2010_2022.csv")?;
        let expected = case.table("dagum/expect_dagum_caodai_4regions.csv")?;
        let (codes, years) = (data.text("REGION CODE")?, data.periods("YEAR")?);
        for (k, (name, year)) in expected.text("var")?.into_iter().zip(expected.periods("year")?).enumerate() {
            let values = data.numbers(name)?;
            let rows: Vec<usize> = (0..data.len()).filter(|&i| years[i] == year).collect();
            let groups: Vec<&str> = rows.iter().map(|&i| region(codes[i])).collect();
            let r = measure(&rows.iter().map(|&i| values[i]).collect::<Vec<_>>(), &groups)?;
            for column in &expected.names[2..] {
                let parts: Vec<&str> = column.split('_').collect();
                let found = match parts[..] {
                    ["G"] => r.dagum.total,
                    ["Gw"] => r.dagum.within,
                    ["Gnb"] => r.dagum.net_between,
                    ["Gt"] => r.dagum.transvariation,
                    ["G", name] => group(&r, name, |g| g.gini),
                    ["Gjh", a, b] => pair(&r, a, b).map_or(f64::NAN, |p| p.gini),
                    _ => return Err(format!("column `{column}` is not known")),
                };
                d.value(&format!("{name} {year} {column}"), found, expected.numbers(column)?[k]);
            }
        }
        Ok(())
    })]
}
