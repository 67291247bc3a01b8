use std::collections::BTreeMap;

use regions::inequality::{Inequality, InequalityOptions, inequality};

use crate::{case, close, numbers, reference};

fn run(values: &[f64], groups: &[&str]) -> Inequality {
    let options = InequalityOptions { bootstrap: 0, ..InequalityOptions::default() };
    inequality(values, None, Some(groups), &options, 1).unwrap()
}

/// 32 Mexican states 1940-2000 in the five regions of Hanson (1998): inequality 1.1.2 and brute force.
#[test]
fn mexican_states() {
    let Some(case) = case("spatial/s08_mexico_inequality.json") else { return };
    let regions: Vec<String> = numbers(&case["input"]["regions"]).iter().map(|r| format!("{r:.1}")).collect();
    let regions: Vec<&str> = regions.iter().map(String::as_str).collect();
    let rows = case["input"]["pcgdp"].as_array().unwrap();
    let want = &case["expected"];
    for (t, dagum) in want["dagum"].as_array().unwrap().iter().enumerate() {
        let values: Vec<f64> = rows.iter().map(|r| numbers(r)[t]).collect();
        let r = run(&values, &regions);
        let number = |v: &serde_json::Value| v.as_f64().unwrap();
        for (what, got, want) in [
            ("T", r.theil_t.total, number(&want["theil_T"][t])),
            ("Tb", r.theil_t.between, number(&want["between"][t])),
            ("Tw", r.theil_t.within, number(&want["within"][t])),
            ("G", r.dagum.total, number(&want["gini"][t])),
            ("Gw", r.dagum.within, number(&dagum["Gw"])),
            ("Gnb", r.dagum.net_between, number(&dagum["Gnb"])),
            ("Gt", r.dagum.transvariation, number(&dagum["Gt"])),
        ] {
            close(what, got, want, 1e-14);
        }
        for g in &r.groups {
            close(&g.name, g.gini, number(&dagum["G_subgroup"][&g.name]), 1e-14);
        }
        for q in &r.pairs {
            let pair = &dagum["pairs"][format!("{}|{}", r.groups[q.rich].name, r.groups[q.poor].name)];
            close("G_jh", q.gini, number(&pair["G"]), 1e-14);
            close("D_jh", q.affluence, number(&pair["D"]), 1e-12);
            close("d", q.d, number(&pair["d"]), 1e-13);
            close("p", q.p, number(&pair["p"]), 1e-13);
        }
    }
}

/// Two indices of 31 provinces in four regions, 2010-2022, decomposed by an independent program.
#[test]
fn chinese_provinces_in_four_regions() {
    let (Some(data), Some(expected)) = (
        reference("composite/nqpf_caodai/province_2010_2022.csv"),
        reference("composite/dagum/expect_dagum_caodai_4regions.csv"),
    ) else {
        return;
    };
    let table = |text: &str| -> Vec<BTreeMap<String, String>> {
        let mut lines = text.trim_start_matches('\u{feff}').lines();
        let head: Vec<&str> = lines.next().unwrap().split(',').collect();
        lines.map(|l| head.iter().zip(l.split(',')).map(|(h, c)| ((*h).to_owned(), c.to_owned())).collect()).collect()
    };
    let region = |code: &str| match &code[..2] {
        "11" | "12" | "13" | "31" | "32" | "33" | "35" | "37" | "44" | "46" => "East",
        "14" | "34" | "36" | "41" | "42" | "43" => "Central",
        "21" | "22" | "23" => "Northeast",
        _ => "West",
    };
    let data = table(&data);
    let mut compared = 0;
    for row in table(&expected) {
        let chosen: Vec<_> = data.iter().filter(|d| d["YEAR"] == row["year"]).collect();
        let values: Vec<f64> = chosen.iter().map(|d| d[&row["var"]].parse().unwrap()).collect();
        let groups: Vec<&str> = chosen.iter().map(|d| region(&d["REGION CODE"])).collect();
        let r = run(&values, &groups);
        let want = |name: &str| row[name].parse::<f64>().unwrap();
        close("G", r.dagum.total, want("G"), 1e-12);
        close("Gw", r.dagum.within, want("Gw"), 1e-12);
        close("Gnb", r.dagum.net_between, want("Gnb"), 1e-12);
        close("Gt", r.dagum.transvariation, want("Gt"), 1e-12);
        for g in &r.groups {
            close(&g.name, g.gini, want(&format!("G_{}", g.name)), 1e-12);
        }
        compared += 1;
    }
    assert_eq!(compared, 26);
}
