//! Numbers in print. The full files are read from the reference folder beside the repository; where it is
//! absent those tests skip, the rows typed here remain.

use std::{fs, path::PathBuf};

use super::{framework, indicator};
use crate::{
    Aggregation, Data, Direction, Framework, Goalposts, Node, Normalisation, Placement, Recipe, Scope, Weighting, evaluate,
    weights::{critic, entropy},
};

const TAI_GOALPOSTS: [(&str, f64, f64); 8] = [
    ("patents", 0.0, 994.0),
    ("royalties", 0.0, 272.6),
    ("hosts", 0.0, 232.4),
    ("hightech", 0.0, 80.8),
    ("telephones", 0.0, 0.0),
    ("electricity", 0.0, 0.0),
    ("schooling", 0.8, 12.0),
    ("tertiary", 0.1, 27.4),
];

/// HDR 2001, technical note 2: telephones between 1 and the OECD average of 901 mainlines and mobiles per 1,000,
/// electricity between 22 and 6,969 kWh, both in logarithms, cut at the OECD average.
fn tai_framework() -> Framework {
    let pairs = ["creation", "recent", "old", "skills"];
    let logs = [(0.0, 901_f64.log10()), (22_f64.log10(), 6969_f64.log10())];
    let nodes = pairs
        .iter()
        .enumerate()
        .map(|(d, id)| Node {
            id: (*id).into(),
            indicators: (2 * d..2 * d + 2)
                .map(|k| {
                    let (name, low, high) = TAI_GOALPOSTS[k];
                    let posts = if k == 4 || k == 5 { logs[k - 4] } else { (low, high) };
                    indicator(name, Direction::Positive, Some(posts))
                })
                .collect(),
            ..Node::default()
        })
        .collect();
    Framework { root: Node { id: "tai".into(), nodes, ..Node::default() } }
}

fn tai_scores(rows: &[[f64; 8]]) -> Vec<f64> {
    let units: Vec<String> = (0..rows.len()).map(|i| format!("{i:03}")).collect();
    let columns: Vec<Vec<f64>> = (0..8).map(|j| rows.iter().map(|r| r[j]).collect()).collect();
    let recipe = Recipe { goalposts: Goalposts::Fixed, ..Recipe::default() };
    let data = Data { units: &units, periods: &vec![2001; rows.len()], columns: &columns, groups: &[] };
    evaluate(&tai_framework(), &data, &recipe).unwrap().scores.swap_remove(0)
}

/// UNDP, Human Development Report 2001, table A2.1: TAI of Finland 0.744, United States 0.733, Korea 0.666,
/// Germany 0.583; raw values as printed there (logarithms rounded to two decimals: tolerance 0.0015).
#[test]
fn technology_achievement_index() {
    let scores = tai_scores(&[
        [187.0, 125.6, 200.2, 50.7, 3.08, 4.15, 10.0, 27.4],
        [289.0, 130.0, 179.1, 66.2, 3.00, 4.07, 12.0, 13.9],
        [779.0, 9.8, 4.8, 66.7, 2.97, 3.65, 10.8, 23.2],
        [235.0, 36.8, 41.2, 64.2, 2.94, 3.75, 10.2, 14.4],
    ]);
    for (score, published) in scores.iter().zip([0.744, 0.733, 0.666, 0.583]) {
        assert!((score - published).abs() < 0.0015, "{score} {published}");
    }
}

fn reference(name: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/composite").join(name);
    fs::read_to_string(path).ok()
}

/// Header and rows of a CSV file without quoted commas.
pub(crate) fn table(name: &str) -> Option<(Vec<String>, Vec<Vec<String>>)> {
    let text = reference(name)?;
    let mut lines = text.lines().map(fields);
    Some((lines.next()?, lines.collect()))
}

/// Fields of a line, quotation marks taken off; a comma between two of them is part of the field.
fn fields(line: &str) -> Vec<String> {
    let mut quoted = false;
    let apart = line.split(|c: char| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    apart.map(|f| f.trim_matches('"').to_owned()).collect()
}

/// All 23 countries; Singapore apart, whose royalties the file gives as an imputed 25.5 and HDR 2001 as 0.
#[test]
fn technology_achievement_index_of_23_countries() {
    let Some((_, rows)) = table("tai/tai_23.csv") else { return };
    let number = |r: &[String], k: usize| r[k].parse::<f64>().unwrap();
    let values: Vec<[f64; 8]> = rows
        .iter()
        .map(|r| std::array::from_fn(|k| if r[0] == "Singapore" && k == 1 { 0.0 } else { number(r, k + 1) }))
        .collect();
    for (r, score) in rows.iter().zip(tai_scores(&values)) {
        assert!((score - number(r, 14)).abs() < 0.0015, "{} {score}", r[0]);
    }
}

fn hdi_framework() -> Framework {
    let leaf = |id: &str, low: f64, high: f64| indicator(id, Direction::Positive, Some((low, high)));
    let node = |id: &str, indicators| Node { id: id.into(), indicators, ..Node::default() };
    let nodes = vec![
        node("health", vec![leaf("life", 20.0, 85.0)]),
        Node {
            aggregation: Some(Aggregation::Arithmetic),
            ..node("education", vec![leaf("expected", 0.0, 18.0), leaf("mean_years", 0.0, 15.0)])
        },
        node("income", vec![leaf("ln_income", 100_f64.ln(), 75_000_f64.ln())]),
    ];
    Framework { root: Node { id: "hdi".into(), nodes, ..Node::default() } }
}

fn hdi(rows: &[(String, i32, [f64; 4])]) -> Vec<(String, i32, f64)> {
    let units: Vec<String> = rows.iter().map(|r| r.0.clone()).collect();
    let periods: Vec<i32> = rows.iter().map(|r| r.1).collect();
    let columns: Vec<Vec<f64>> =
        (0..4).map(|k| rows.iter().map(|r| if k == 3 { r.2[k].ln() } else { r.2[k] }).collect()).collect();
    let recipe = Recipe { goalposts: Goalposts::Fixed, aggregation: Aggregation::Geometric, floor: 0.0, ..Recipe::default() };
    let index =
        evaluate(&hdi_framework(), &Data { units: &units, periods: &periods, columns: &columns, groups: &[] }, &recipe).unwrap();
    assert!(index.residual < 1e-12);
    let n = index.normalised;
    n.units.into_iter().zip(n.periods).zip(index.scores.swap_remove_first()).map(|((u, p), s)| (u, p, s)).collect()
}

trait First {
    fn swap_remove_first(self) -> Vec<f64>;
}

impl First for Vec<Vec<f64>> {
    fn swap_remove_first(mut self) -> Vec<f64> {
        self.swap_remove(0)
    }
}

/// UNDP, Human Development Report 2023/24, statistical annex table 1 (2022): Afghanistan 0.462, Albania 0.789,
/// Algeria 0.745; printed to three decimals.
#[test]
fn human_development_index() {
    let rows = [
        ("AFG", [62.879, 10.70538475, 2.514790058, 1335.205733]),
        ("ALB", [76.833, 14.48746967, 10.12114431, 15293.32651]),
        ("DZA", [77.129, 15.48787975, 6.987443608, 10978.40571]),
    ];
    let rows: Vec<_> = rows.iter().map(|(u, x)| ((*u).to_owned(), 2022, *x)).collect();
    for ((_, _, score), published) in hdi(&rows).iter().zip([0.462, 0.789, 0.745]) {
        assert!((score - published).abs() < 0.000_501, "{score} {published}");
    }
}

/// 2,496 published country-years, 2010-2022.
#[test]
fn human_development_index_of_every_country_and_year() {
    let Some((_, rows)) = table("hdi/hdi_panel_2010_2022.csv") else { return };
    // Country names may hold commas: count from the end.
    let from_end = |r: &[String], k: usize| r[r.len() - k].parse::<f64>();
    let rows: Vec<(String, i32, [f64; 4], f64)> = rows
        .iter()
        .filter_map(|r| {
            let x = [from_end(r, 6).ok()?, from_end(r, 5).ok()?, from_end(r, 4).ok()?, from_end(r, 3).ok()?];
            Some((r[0].clone(), from_end(r, 7).ok()? as i32, x, from_end(r, 2).ok()?))
        })
        .collect();
    assert!(rows.len() > 2400, "{}", rows.len());
    let given: Vec<_> = rows.iter().map(|r| (r.0.clone(), r.1, r.2)).collect();
    let scores: std::collections::BTreeMap<(String, i32), f64> = hdi(&given).into_iter().map(|(u, p, s)| ((u, p), s)).collect();
    for (unit, year, _, published) in rows {
        let score = scores[&(unit.clone(), year)];
        assert!((score - published).abs() < 0.000_501, "{unit} {year} {score} {published}");
    }
}

fn columns<const N: usize>(matrix: &[[f64; N]]) -> Vec<Vec<f64>> {
    (0..N).map(|j| matrix.iter().map(|r| r[j]).collect()).collect()
}

/// Elsayed, Dawood and Karthikeyan (2017), IJETT 46(2):60-66: entropy weights of raw shares, 6 decimals.
#[test]
fn entropy_weights_elsayed_2017() {
    let m = columns(&[
        [7.0, 312.0, 1891.0, 6613.0, 163.0],
        [72.0, 88.0, 728.0, 941_804.0, 1078.0],
        [10.0, 252.0, 2594.0, 3466.0, 117_471.0],
        [10.0, 145.0, 980.0, 2371.0, 86_329.0],
        [65.0, 54.0, 350.0, 501.0, 29_897.0],
        [29.0, 48.0, 380.0, 912.0, 34_051.0],
        [7.0, 476.0, 3300.0, 78_470.0, 2212.0],
        [70.0, 87.0, 650.0, 733.0, 819_000.0],
        [4.0, 86.0, 591.0, 3015.0, 103.0],
        [12.0, 79.0, 579.0, 3240.0, 96_098.0],
        [21.0, 45.0, 261.0, 1253.0, 453.0],
        [1.0, 72.0, 530.0, 4333.0, 0.1048],
    ]);
    let w = entropy(&m, &(0..12).collect::<Vec<_>>()).weights;
    for (w, published) in w.iter().zip([0.104_991, 0.069_124, 0.071_373, 0.449_937, 0.304_575]) {
        assert!((w - published).abs() < 5.1e-7, "{w} {published}");
    }
}

fn min_max(columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    columns
        .iter()
        .map(|c| {
            let (low, high) = c.iter().fold((f64::MAX, f64::MIN), |(l, h), x| (l.min(*x), h.max(*x)));
            c.iter().map(|x| (x - low) / (high - low)).collect()
        })
        .collect()
}

/// Diakoulaki, Mavrotas and Papayannakis (1995), 8 decimals; Tus and Adali (2019), 3 decimals.
#[test]
fn critic_weights() {
    let m = columns(&[
        [61.0, 1.08, 4.33],
        [20.7, 0.26, 4.34],
        [16.3, 1.98, 2.53],
        [9.0, 3.29, 1.65],
        [5.4, 2.77, 2.33],
        [4.0, 4.12, 1.21],
        [-6.1, 3.52, 2.1],
        [-34.6, 3.31, 0.98],
    ]);
    let w = critic(&min_max(&m), &(0..8).collect::<Vec<_>>());
    for (w, published) in w.iter().zip([0.202_225_54, 0.480_901_73, 0.316_872_73]) {
        assert!((w - published).abs() < 5.1e-9, "{w} {published}");
    }
    let m = columns(&[
        [5000.0, 3.0, 3.0, 4.0, 3.0, 2.0],
        [680.0, 5.0, 3.0, 2.0, 2.0, 1.0],
        [2000.0, 3.0, 2.0, 3.0, 4.0, 3.0],
        [600.0, 4.0, 3.0, 1.0, 2.0, 2.0],
        [800.0, 2.0, 4.0, 3.0, 3.0, 4.0],
    ]);
    let w = critic(&min_max(&m), &(0..5).collect::<Vec<_>>());
    for (w, published) in w.iter().zip([0.157, 0.249, 0.168, 0.121, 0.154, 0.151]) {
        assert!((w - published).abs() < 5.1e-4, "{w} {published}");
    }
}

/// Opricovic and Tzeng (2004), EJOR 156(2):445-455, the mountain example under linear normalisation: 0.5, 0.617, 0.5.
#[test]
fn topsis_opricovic_2004() {
    let f = Framework {
        root: Node {
            id: "closeness".into(),
            indicators: vec![indicator("risk", Direction::Negative, None), indicator("altitude", Direction::Positive, None)],
            ..Node::default()
        },
    };
    let units = ["a", "b", "c"].map(String::from);
    let columns = [vec![1.0, 2.0, 5.0], vec![3000.0, 3750.0, 4500.0]];
    for placement in [Placement::Inside, Placement::Outside] {
        let recipe = Recipe { aggregation: Aggregation::Topsis, placement, ..Recipe::default() };
        let index = evaluate(&f, &Data { units: &units, periods: &[0; 3], columns: &columns, groups: &[] }, &recipe).unwrap();
        // Equal weights: both placements agree.
        for (score, published) in index.scores[0].iter().zip([0.5, 0.617, 0.5]) {
            assert!((score - published).abs() < 5.1e-4, "{score} {published}");
        }
    }
}

/// Weighting variants on the ASEM panel (255 rows, 49 indicators), computed by an independent program.
#[test]
fn entropy_variants_of_the_asem_panel() {
    let Some((header, rows)) = table("entropy_variants/asem_panel_minmax_pooled_imputed.csv") else { return };
    let (_, weights) = table("entropy_variants/expect_weights_by_variant.csv").unwrap();
    let (_, scores) = table("entropy_variants/expect_scores_by_variant.csv").unwrap();
    let number = |s: &String| s.parse::<f64>().unwrap();
    let units: Vec<String> = rows.iter().map(|r| r[0].clone()).collect();
    let periods: Vec<i32> = rows.iter().map(|r| r[1].parse().unwrap()).collect();
    let columns: Vec<Vec<f64>> = (2..header.len()).map(|k| rows.iter().map(|r| number(&r[k])).collect()).collect();
    let leaves = header[2..].iter().map(|id| indicator(id, Direction::Positive, None)).collect();
    let f = Framework { root: Node { id: "asem".into(), indicators: leaves, ..Node::default() } };
    let data = Data { units: &units, periods: &periods, columns: &columns, groups: &[] };
    // Column of the expected files, recipe. Weights are printed to 12 digits of inputs rounded to 12 decimals.
    let cases =
        [(1, Weighting::Entropy, Scope::Pooled), (8, Weighting::Equal, Scope::Pooled), (10, Weighting::Critic, Scope::Pooled)];
    for (column, weighting, scope) in cases {
        let recipe = Recipe { weights: weighting, scope, normalisation: Normalisation::MinMax, ..Recipe::default() };
        let index = evaluate(&f, &data, &recipe).unwrap();
        for (w, r) in index.weights.effective[0].iter().zip(&weights) {
            assert!((w - number(&r[column])).abs() < 1e-9, "variant {column}: {w} {}", r[column]);
        }
        let ours: std::collections::BTreeMap<_, _> =
            index.normalised.units.iter().zip(&index.normalised.periods).zip(&index.scores[0]).collect();
        for r in &scores {
            let s = ours[&(&r[0], &r[1].parse::<i32>().unwrap())];
            assert!((s - number(&r[column + 1])).abs() < 1e-9, "variant {column}: {s} {}", r[column + 1]);
        }
    }
    // Weights of each year, with that year's own goalposts, averaged.
    let recipe =
        Recipe { weights: Weighting::Entropy, scope: Scope::PeriodMean, goalposts: Goalposts::PerPeriod, ..Recipe::default() };
    let index = evaluate(&f, &data, &recipe).unwrap();
    for (w, r) in index.weights.effective[0].iter().zip(&weights) {
        assert!((w - number(&r[7])).abs() < 1e-9, "per year: {} {w} {}", r[0], r[7]);
    }
}

/// The constant 1/ln T under sums over all rows, as circulating panel code has it, leaves 0..1: ours cannot.
#[test]
fn entropy_stays_within_its_range_on_a_panel() {
    let f = framework(&[2, 1]);
    let units: Vec<String> = (0..60).map(|i| format!("{:02}", i / 3)).collect();
    let periods: Vec<i32> = (0..60).map(|i| i % 3).collect();
    let columns: Vec<Vec<f64>> = (1..4).map(|k| (0..60).map(|i| f64::from((i * k * 7) % 13)).collect()).collect();
    let recipe = Recipe { weights: Weighting::Entropy, ..Recipe::default() };
    let index = evaluate(&f, &Data { units: &units, periods: &periods, columns: &columns, groups: &[] }, &recipe).unwrap();
    assert!(index.weights.entropy[0].iter().all(|e| (0.0..=1.0).contains(e)), "{:?}", index.weights.entropy);
}
