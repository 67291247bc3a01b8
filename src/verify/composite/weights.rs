//! Weights taken from data or from judgements.

use std::path::Path;

use index::{
    Direction,
    doubt::{DoubtOptions, benefit_of_the_doubt},
    judgement::{
        BestWorst, Priority, RandomIndex,
        pairwise::{Pairwise, Priorities},
    },
    multivariate::{correlations, standardised_alpha},
    weights::{
        self,
        combination::{Rule, combine},
        components::factor_index,
        critic::{Association, CriticOptions, critic_with},
        dispersion,
        entropy::{EntropyOptions, Zeros, entropy_with, reproduce_per_unit},
        removal, scatter,
    },
};

use super::{Case, Row, Vector, columns, half, said};
use crate::verify::Differences;

type Compared = Result<(), String>;

/// The row of a vector of weights.
pub(super) fn vector(v: &Vector, dir: &Path) -> Option<Row> {
    let tolerance = v.rounding().unwrap_or(half(6));
    let part = |method: &str, compare: &dyn Fn(&mut Differences) -> Compared| v.case(dir).part("", method, tolerance, compare);
    Some(match v.id.as_str() {
        "entropy_elsayed2017" => part("entropy weights", &|d| plain(v, d, |c, rows| weights::entropy(c, rows).weights)),
        "critic_diakoulaki1995" | "critic_tus2019" => {
            part("CRITIC weights", &|d| plain(v, d, |c, rows| weights::critic(&min_max(c), rows)))
        }
        "std_jahan2013" => {
            part("standard deviation weights", &|d| plain(v, d, |c, rows| dispersion::standard_deviation(c, rows).weights))
        }
        "merec_2021" => part("MEREC weights", &|d| directed(v, d, removal::merec)),
        "cilos_2016" => part("CILOS weights", &|d| directed(v, d, removal::cilos)),
        "idocriw_2016" => part("IDOCRIW weights", &|d| directed(v, d, removal::idocriw)),
        "ahp_wangchin2011" => part("pairwise comparisons", &|d| {
            d.series("w", &read(v, Priority::Eigenvector)?.weights, &v.get::<Vec<f64>>("expected")?);
            Ok(())
        }),
        "ahp_textbook_5x5" => part("pairwise comparisons", &|d| {
            let eigen = read(v, Priority::Eigenvector)?;
            d.series("eigenvector", &eigen.weights, &v.get::<Vec<f64>>("expected/eigen")?);
            d.value("lambda", eigen.lambda, v.get("expected/lambda_max")?);
            d.value("CI", eigen.index, v.get("expected/CI")?);
            d.value("CR", eigen.ratio.unwrap_or(f64::NAN), v.get("expected/CR_RI1_12")?);
            for (name, priority) in [("geometric", Priority::GeometricMean), ("sum_method", Priority::ColumnSums)] {
                d.series(name, &read(v, priority)?.weights, &v.get::<Vec<f64>>(&format!("expected/{name}"))?);
            }
            Ok(())
        }),
        // The weights of the consistent example are printed with four decimals.
        "bwm_consistent_car" => v.case(dir).part("", "best-worst method", half(4), |d| best_worst(v, d)),
        "bwm_inconsistent" => part("best-worst method", &|d| best_worst(v, d)),
        "game_theory_2weights" => v.case(dir).part("", "combination of weights", half(7), |d| {
            let sets = [v.get::<Vec<f64>>("w_subjective")?, v.get("w_objective")?];
            for (name, rule, shares) in [
                ("linear_alpha_0_6", Rule::Linear, &[0.6, 0.4][..]),
                ("multiplicative", Rule::Multiplicative, &[]),
                ("geometric", Rule::Geometric, &[]),
                ("game_linear_system", Rule::Game, &[]),
            ] {
                let combined = combine(&sets, rule, shares).ok_or("the sets differ in length")?;
                d.series(name, &combined.weights, &v.get::<Vec<f64>>(&format!("expected/{name}"))?);
            }
            Ok(())
        }),
        _ => return None,
    })
}

fn all(columns: &[Vec<f64>]) -> Vec<usize> {
    (0..columns.first().map_or(0, Vec::len)).collect()
}

fn plain(v: &Vector, d: &mut Differences, weigh: impl Fn(&[Vec<f64>], &[usize]) -> Vec<f64>) -> Compared {
    let columns = v.columns()?;
    d.series("w", &weigh(&columns, &all(&columns)), &v.get::<Vec<f64>>("expected")?);
    Ok(())
}

type Directed = fn(&[Vec<f64>], &[usize], &[Direction]) -> Result<weights::Taken, Vec<weights::TakenError>>;

fn directed(v: &Vector, d: &mut Differences, weigh: Directed) -> Compared {
    let columns = v.columns()?;
    let way = |k: &i32| if *k > 0 { Direction::Positive } else { Direction::Negative };
    let directions: Vec<Direction> = v.get::<Vec<i32>>("directions")?.iter().map(way).collect();
    let taken = weigh(&columns, &all(&columns), &directions).map_err(said)?;
    d.series("w", &taken.weights, &v.get::<Vec<f64>>("expected")?);
    Ok(())
}

fn read(v: &Vector, priority: Priority) -> Result<Priorities, String> {
    let rows: Vec<Vec<f64>> = v.get("matrix")?;
    let matrix = Pairwise::new("the matrix", &rows, rows.len()).map_err(said)?;
    Ok(matrix.priorities(priority, RandomIndex::Saaty1980))
}

fn best_worst(v: &Vector, d: &mut Differences) -> Compared {
    let place = |key: &str| -> Result<usize, String> {
        let name: String = v.get(key)?;
        name.trim_start_matches('c').parse::<usize>().map(|k| k - 1).map_err(|e| format!("{key}: {e}"))
    };
    let given =
        BestWorst { best: place("best")?, worst: place("worst")?, best_to_others: v.get("BO")?, others_to_worst: v.get("OW")? };
    let solved = given.solve(given.best_to_others.len()).map_err(said)?;
    d.series("w", &solved.weights, &v.get::<Vec<f64>>("expected/w")?);
    d.value("xi", solved.deviation, v.get("expected/xi")?);
    Ok(())
}

/// Folders of weights.
pub(super) fn rows(dir: &Path) -> Vec<Row> {
    let case = |id: &str, source: &str, folder: &str| Case::at(id, source, dir.join(folder));
    let mut rows = variants(&case("entropy_variants", "ASEM panel, independent program", "entropy_variants"));
    let tai = case("tai", "OECD/JRC Handbook (2008)", "tai");
    rows.push(tai.part("eigenvalues", "principal components", 1e-9, |d| technology(&tai, d)));
    rows.push(tai.part("alpha", "Cronbach's alpha", 1e-9, |d| technology_alpha(&tai, d)));
    let compind = case("compind", "Compind 3.4, lpSolve", "compind");
    for (part, data, expected, names) in [
        ("doubt, NUTS1", "eu_nuts1.csv", "expect_bod_nuts1.csv", &["roads", "trains"][..]),
        ("doubt, better life", "bli_2017.csv", "expect_bod_bli2017_minmax.csv", &BETTER_LIFE),
    ] {
        rows.push(compind.part(part, "benefit of the doubt", 1e-9, |d| {
            let scores = benefit_of_the_doubt(&min_max(&columns(&compind.table(data)?, names)?), &DoubtOptions::default());
            let scores: Vec<f64> = scores.map_err(said)?.iter().map(|s| s.score).collect();
            d.series("score", &scores, &compind.table(expected)?.numbers("bod")?);
            Ok(())
        }));
    }
    rows.push(compind.part("factors", "factor index", 1e-9, |d| factors(&compind, d)));
    rows
}

const BETTER_LIFE: [&str; 11] = [
    "housing",
    "income",
    "jobs",
    "community",
    "education",
    "environment",
    "civic",
    "health",
    "satisfaction",
    "safety",
    "worklife",
];

/// The weightings of a min-max panel.
fn variants(case: &Case) -> Vec<Row> {
    let shift = |shift| EntropyOptions { zeros: Zeros::Shift, shift, ..EntropyOptions::default() };
    let stretch = EntropyOptions { zeros: Zeros::Stretch, low: 0.002, high: 0.998, ..EntropyOptions::default() };
    let entropy = |options: EntropyOptions| {
        move |p: &Variants| entropy_with(&p.columns, &p.rows, &options).map(|e| e.weights).map_err(said)
    };
    let critic = |association| {
        move |p: &Variants| {
            let options = CriticOptions { association, ..CriticOptions::default() };
            Ok(critic_with(&p.columns, &p.rows, &options).weights)
        }
    };
    type Weigh<'a> = Box<dyn Fn(&Variants) -> Result<Vec<f64>, String> + 'a>;
    let list: [(&str, &str, Weigh<'_>); 11] = [
        ("pooled_0log0", "entropy weights", Box::new(entropy(EntropyOptions::default()))),
        ("pooled_shift_1e-4", "entropy weights", Box::new(entropy(shift(1e-4)))),
        ("pooled_shift_0.01", "entropy weights", Box::new(entropy(shift(0.01)))),
        ("pooled_shift_1", "entropy weights", Box::new(entropy(shift(1.0)))),
        ("pooled_epsclip_0.002_0.998", "entropy weights", Box::new(entropy(stretch))),
        (
            "WRONG_lnT",
            "entropy weights, wrong constant reproduced",
            Box::new(|p| Ok(reproduce_per_unit(&p.columns, &p.rows, p.years.len()).printed.weights)),
        ),
        ("per_year_mean", "entropy weights", Box::new(|p| p.per_year_mean())),
        (
            "cv_norm",
            "coefficient of variation weights",
            Box::new(|p| dispersion::variation(&p.columns, &p.rows).map(|t| t.weights).map_err(said)),
        ),
        ("critic_sd_signed", "CRITIC weights", Box::new(critic(Association::Pearson))),
        ("critic_sd_abs", "CRITIC weights", Box::new(critic(Association::Absolute))),
        ("scatter degree", "scatter-degree weights", Box::new(|p| Ok(scatter::scatter_degree(&p.columns, &p.rows).weights))),
    ];
    list.iter()
        .map(|(name, method, weigh)| {
            case.part(name, method, 1e-9, |d| {
                let found = weigh(&Variants::read(case)?)?;
                let (file, column) = match *name {
                    "scatter degree" => ("expect_scatter_degree_weights_minmax.csv", "w"),
                    name => ("expect_weights_by_variant.csv", name),
                };
                d.series(name, &found, &case.table(file)?.numbers(column)?);
                Ok(())
            })
        })
        .collect()
}

struct Variants {
    columns: Vec<Vec<f64>>,
    rows: Vec<usize>,
    /// Rows of each year.
    years: Vec<Vec<usize>>,
}

impl Variants {
    fn read(case: &Case) -> Result<Self, String> {
        let table = case.table("asem_panel_minmax_pooled_imputed.csv")?;
        let names: Vec<&str> = table.names.iter().map(String::as_str).filter(|n| !["uCode", "Time"].contains(n)).collect();
        let columns = columns(&table, &names)?;
        let periods = table.periods("Time")?;
        let mut years = periods.clone();
        years.sort_unstable();
        years.dedup();
        let rows_of = |y: &i32| (0..periods.len()).filter(|&i| periods[i] == *y).collect();
        Ok(Self { rows: all(&columns), columns, years: years.iter().map(rows_of).collect() })
    }

    /// Entropy weights of each year on that year's own min-max values, averaged.
    fn per_year_mean(&self) -> Result<Vec<f64>, String> {
        let mut mean = vec![0.0; self.columns.len()];
        for rows in &self.years {
            let own: Vec<Vec<f64>> = self.columns.iter().map(|c| rows.iter().map(|&i| c[i]).collect()).collect();
            let weights = weights::entropy(&min_max(&own), &all(&own)).weights;
            mean.iter_mut().zip(weights).for_each(|(m, w)| *m += w / self.years.len() as f64);
        }
        Ok(mean)
    }
}

fn technology_columns(case: &Case) -> Result<Vec<Vec<f64>>, String> {
    let table = case.table("expect_corr_23.csv")?;
    let names: Vec<&str> = table.names.iter().map(String::as_str).filter(|n| !n.is_empty()).collect();
    columns(&case.table("tai_23.csv")?, &names)
}

fn technology(case: &Case, d: &mut Differences) -> Compared {
    let columns = technology_columns(case)?;
    let c = correlations(&columns, &all(&columns)).ok_or("too few columns vary")?;
    let expected = case.table("expect_corr_23.csv")?;
    let names: Vec<&str> = expected.names.iter().map(String::as_str).filter(|n| !n.is_empty()).collect();
    for (k, name) in names.iter().enumerate() {
        d.series(name, &c.matrix[k * c.size()..(k + 1) * c.size()], &expected.numbers(name)?);
    }
    let table = case.table("expect_pca_eigen_23.csv")?;
    let components = c.components();
    d.series("eigenvalue", &components.eigenvalues, &table.numbers("eigenvalue")?);
    let percent: Vec<f64> = components.shares.iter().map(|s| 100.0 * s).collect();
    d.series("percent", &percent, &table.numbers("pct")?);
    Ok(())
}

fn technology_alpha(case: &Case, d: &mut Differences) -> Compared {
    let columns = technology_columns(case)?;
    let expected = case.table("expect_cronbach_23.csv")?.numbers("alpha_standardised")?;
    d.length("alpha", columns.len() + 1, expected.len());
    for (k, alpha) in expected.iter().enumerate() {
        let kept: Vec<Vec<f64>> = (0..columns.len()).filter(|j| j + 1 != k).map(|j| columns[j].clone()).collect();
        d.value(&format!("without {k}"), standardised_alpha(&kept, &all(&kept)).unwrap_or(f64::NAN), *alpha);
    }
    Ok(())
}

/// All factors of two columns; the sign of a factor is free, and Compind's second is turned.
fn factors(case: &Case, d: &mut Differences) -> Compared {
    let columns = columns(&case.table("eu_nuts1.csv")?, &["roads", "trains"])?;
    let found = factor_index(&columns, &all(&columns), 2).ok_or("no factors")?;
    let expected = case.table("expect_factor_all_nuts1.csv")?.numbers("factor")?;
    let index = |signs: [f64; 2]| -> Vec<f64> {
        let at = |i: usize| (0..2).map(|k| signs[k] * found.scores[k][i] * found.components.shares[k]).sum();
        (0..expected.len()).map(at).collect()
    };
    let distance = |x: &Vec<f64>| x.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    let turned = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]].map(index);
    let nearest = turned.iter().min_by(|a, b| distance(a).total_cmp(&distance(b))).ok_or("no factors")?;
    d.series("factor index", nearest, &expected);
    Ok(())
}

fn min_max(columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    columns
        .iter()
        .map(|c| {
            let (low, high) = c.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(*x), h.max(*x)));
            c.iter().map(|x| (x - low) / (high - low)).collect()
        })
        .collect()
}
