//! Coupling coordination: published pairs, a grid of formulas, printed examples.

use std::path::Path;

use index::coupling::{self, Coupling, CouplingOptions, Formula};

use super::{Case, Row, Vector, half};

const METHOD: &str = "coupling coordination";

fn coupled(systems: &[Vec<f64>], formula: Formula, alpha: &[f64]) -> Result<Coupling, String> {
    let systems: Vec<&[f64]> = systems.iter().map(Vec::as_slice).collect();
    let options = CouplingOptions { formula, alpha: alpha.to_vec(), ..CouplingOptions::default() };
    coupling::coupling(&systems, &options).map_err(|e| e.to_string())
}

pub(super) fn vector(v: &Vector, dir: &Path) -> Option<Row> {
    let case = v.case(dir);
    Some(match v.id.as_str() {
        "coupling_3systems" => case.part("", METHOD, half(3), |d| {
            let rows: Vec<Vec<f64>> =
                ["A", "B", "C", "D", "E", "F"].iter().map(|k| v.get(&format!("U/{k}"))).collect::<Result<_, _>>()?;
            let systems = by_system(&rows);
            for (part, formula, alpha) in
                [("standard_equal", Formula::Traditional, &[][..]), ("wang2021_w_4_3_3", Formula::Wang2021, &[0.4, 0.3, 0.3][..])]
            {
                let found = coupled(&systems, formula, alpha)?;
                let degree = if formula == Formula::Traditional { &found.traditional } else { &found.wang };
                for (name, series) in [("C", degree), ("T", &found.development), ("D", &found.coordination)] {
                    let path = format!("expected/{part}/{name}");
                    d.series(&format!("{part} {name}"), series, &v.get::<Vec<f64>>(&path)?);
                }
            }
            Ok(())
        }),
        "coupling_2systems" => case.part("", METHOD, half(7), |d| {
            let systems = by_system(&v.get::<Vec<Vec<f64>>>("U")?);
            let equal = coupled(&systems, Formula::Traditional, &[])?;
            let weighted = coupled(&systems, Formula::Traditional, &[0.6, 0.4])?;
            d.series("C", &equal.traditional, &v.get::<Vec<f64>>("expected/C")?);
            d.series("D", &equal.coordination, &v.get::<Vec<f64>>("expected/D_equal")?);
            d.series("D, 0.6 and 0.4", &weighted.coordination, &v.get::<Vec<f64>>("expected/D_w_6_4")?);
            Ok(())
        }),
        _ => return None,
    })
}

fn by_system(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    (0..rows.first().map_or(0, Vec::len)).map(|j| rows.iter().filter_map(|r| r.get(j).copied()).collect()).collect()
}

pub(super) fn rows(dir: &Path) -> Vec<Row> {
    let wang =
        Case::at("coupling", "Wang Shujia et al. (2021), Journal of Natural Resources 36(3), table 8", dir.join("coupling"));
    let grid = Case::at("coupling", "computed from the formulas", dir.join("coupling"));
    vec![
        // Systems are implied by the two degrees, themselves printed to four decimals: half of the last one, doubled.
        wang.part("90 of 91 pairs (one has no systems)", METHOD, 2.0 * half(4), |d| {
            let table = wang.table("wang2021_table8_C_original_vs_modified.csv")?;
            let (ratio, apart) = (table.numbers("implied_Umin_over_Umax")?, table.numbers("implied_abs_diff")?);
            let (c, w) = (table.numbers("C_original")?, table.numbers("C_modified")?);
            let solvable: Vec<usize> = (0..table.len()).filter(|&i| ratio[i] < 1.0).collect();
            d.length("pairs", table.len(), 91);
            d.length("pairs with systems", solvable.len(), 90);
            let high: Vec<f64> = solvable.iter().map(|&i| apart[i] / (1.0 - ratio[i])).collect();
            let low: Vec<f64> = solvable.iter().zip(&high).map(|(&i, u)| ratio[i] * u).collect();
            let found = coupled(&[low, high], Formula::Wang2021, &[])?;
            for (k, &i) in solvable.iter().enumerate() {
                d.value(&format!("C, pair {}", i + 1), found.traditional[k], c[i]);
                d.value(&format!("C', pair {}", i + 1), found.wang[k], w[i]);
            }
            Ok(())
        }),
        grid.part("grid of formulas", METHOD, half(6), |d| {
            let table = grid.table("formula_variants_grid.csv")?;
            let column = |start: &str| {
                let name = table.names.iter().find(|n| n.starts_with(start)).ok_or_else(|| format!("no column `{start}`"))?;
                table.numbers(name)
            };
            let (t, c, w) = (column("T_equal")?, column("A_std")?, column("W modified")?);
            let (standard, modified) = (column("D_std")?, column("D_modified")?);
            for (i, u) in table.text("U")?.into_iter().enumerate() {
                let systems: Vec<Vec<f64>> =
                    serde_json::from_str::<Vec<f64>>(u).map_err(|e| e.to_string())?.into_iter().map(|u| vec![u]).collect();
                let found = coupled(&systems, Formula::Traditional, &[])?;
                d.value(&format!("T of {u}"), found.development[0], t[i]);
                d.value(&format!("C of {u}"), found.traditional[0], c[i]);
                d.value(&format!("C' of {u}"), found.wang[0], w[i]);
                d.value(&format!("D of {u}"), found.coordination[0], standard[i]);
                d.value(&format!("D' of {u}"), coupled(&systems, Formula::Wang2021, &[])?.coordination[0], modified[i]);
            }
            Ok(())
        }),
    ]
}
