//! Indices of the package Compind on its own data; where its value is wrong, the file's corrected column.

use std::path::Path;

use index::ranking::{
    Scaling, Sense, Table as Alternatives,
    compensation::{self, Penalty, Spread},
    owa::{self, Emphasis},
    taxonomic::{self, Standard},
};

use super::{Case, Row, columns, half, said};

fn pairs(columns: &[Vec<f64>], row: usize) -> Vec<(f64, f64)> {
    columns.iter().map(|c| (c[row], 1.0)).collect()
}

pub(super) fn rows(dir: &Path) -> Vec<Row> {
    let case = Case::at("compind", "Compind 3.4, corrected where the package is wrong", dir.join("compind"));
    let exact = 1e-9;
    let benefits = |n: usize| vec![Sense::Benefit; n];
    vec![
        case.part("MPI, 34 regions", "Mazziotta-Pareto index", exact, |d| {
            let data = columns(&case.table("eu_nuts1.csv")?, &["roads", "trains"])?;
            let expected = case.table("expect_mpi_nuts1.csv")?;
            let table = Alternatives { columns: &data, senses: &[Sense::Cost, Sense::Benefit], weights: &[1.0, 1.0], ends: None };
            // The package takes n - 1 on both ways, and calls the downward penalty positive.
            let down = compensation::mpi(&table, Penalty::Downward, Spread::Sample).map_err(said)?;
            let up = compensation::mpi(&table, Penalty::Upward, Spread::Sample).map_err(said)?;
            d.series("roads", &down.scaled[0], &expected.numbers("roads")?);
            d.series("trains", &down.scaled[1], &expected.numbers("trains")?);
            d.series("downward", &down.score, &expected.numbers("mpi_pos")?);
            d.series("upward", &up.score, &expected.numbers("mpi_neg")?);
            Ok(())
        }),
        case.part("AMPI, 30 countries, 2010 and 2011", "adjusted Mazziotta-Pareto index", half(3), |d| {
            let data = columns(&case.table("ampi_input_long.csv")?, &["employ", "finalenergy"])?;
            let expected = case.table("expect_ampi_eu2020.csv")?;
            let ends: Vec<(f64, f64)> = data
                .iter()
                .zip([50.0, 100.0])
                .map(|(c, reference)| compensation::reference_ends(c, reference, Sense::Benefit))
                .collect();
            let table = Alternatives { columns: &data, senses: &benefits(2), weights: &[1.0, 1.0], ends: Some(&ends) };
            let found = compensation::ampi(&table, Penalty::Downward, Spread::Population).map_err(said)?;
            let names = [("L10.", "X2010", "penalty.V1"), ("L11.", "X2011", "penalty.V2")];
            let n = expected.len();
            d.length("rows", found.score.len(), 2 * n);
            for (k, (prefix, score, penalty)) in names.into_iter().enumerate() {
                let at = k * n..(k + 1) * n;
                for (j, name) in ["employ", "finalenergy"].into_iter().enumerate() {
                    let name = format!("{prefix}{name}");
                    d.series(&name, &found.scaled[j][at.clone()], &expected.numbers(&name)?);
                }
                d.series(score, &found.score[at.clone()], &expected.numbers(score)?);
                d.series(penalty, &found.penalty[at], &expected.numbers(penalty)?);
            }
            // The package gives the same for both penalties; they are a mirror about the mean.
            let up = compensation::ampi(&table, Penalty::Upward, Spread::Population).map_err(said)?;
            for i in 0..found.score.len() {
                d.value(&format!("both penalties, row {}", i + 1), up.score[i] + found.score[i], 2.0 * found.mean[i]);
            }
            Ok(())
        }),
        case.part("taxonomic measure, 34 regions", "Wroclaw taxonomic measure", exact, |d| {
            let raw = columns(&case.table("eu_nuts1.csv")?, &["roads", "trains"])?;
            let expected = case.table("expect_wroclaw_nuts1.csv")?;
            let scaled = columns(&expected, &["roads", "trains"])?;
            for (data, name) in [(&raw, "wroclaw_raw"), (&scaled, "wroclaw_minmax")] {
                let table = Alternatives { columns: data, senses: &benefits(2), weights: &[1.0, 1.0], ends: None };
                let found = taxonomic::taxonomic(&table, Standard::None).map_err(said)?;
                d.series(name, &found.relative, &expected.numbers(name)?);
            }
            Ok(())
        }),
        case.part("OWA, 35 countries", "ordered weighted average", exact, |d| {
            let input = case.table("bli_2017.csv")?;
            let names: Vec<&str> = input.names[1..].iter().map(String::as_str).collect();
            let data = columns(&input, &names)?;
            let expected = case.table("expect_owa_bli2017.csv")?;
            let m = data.len();
            // The package orders both ways: the mean of the two weakest and of the two strongest places.
            let place =
                |strong: bool| (0..m).map(|k| if (k < 2) == strong && (k < 2 || k + 2 >= m) { 0.5 } else { 0.0 }).collect();
            for (name, strong) in [("owa_p", true), ("owa_n", false)] {
                let emphasis = Emphasis::Places(place(strong));
                let score: Vec<f64> = (0..input.len()).map(|i| owa::average(&mut pairs(&data, i), &emphasis)).collect();
                d.series(name, &score, &expected.numbers(name)?);
            }
            let table = Alternatives { columns: &data, senses: &benefits(m), weights: &vec![1.0; m], ends: None };
            let whole = owa::owa(&table, Scaling::MinMax, &Emphasis::Quantifier(1.0)).map_err(said)?;
            d.value("orness of the mean", whole.orness, 0.5);
            Ok(())
        }),
        case.part("mean-min and power mean, 34 regions", "mean-min function", exact, |d| {
            let expected = case.table("expect_meanmin_genmean_nuts1.csv")?;
            let data = columns(&expected, &["roads", "trains"])?;
            let table = Alternatives { columns: &data, senses: &benefits(2), weights: &[1.0, 1.0], ends: None };
            let z = compensation::mpi(&table, Penalty::Downward, Spread::Sample).map_err(said)?.scaled;
            let rows = 0..expected.len();
            let low: Vec<f64> = rows.clone().map(|i| compensation::mean_min(&pairs(&z, i), 0.5, 1.0)).collect();
            let square: Vec<f64> = rows.map(|i| compensation::power_mean(&pairs(&data, i), 2.0)).collect();
            d.series("mean-min", &low, &expected.numbers("mean_min_correct")?);
            d.series("power mean", &square, &expected.numbers("genmean_p2_correct")?);
            Ok(())
        }),
    ]
}
