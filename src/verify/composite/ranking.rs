//! Printed examples of ranking methods, and of the grey model.

use std::path::Path;

use super::{Row, Vector, half, said};
use index::{
    grey,
    ranking::{
        Scaling, Sense, Table, additive, copras, edas, fuzzy,
        grey_relation::with_reference,
        promethee::{self, Preference},
        rank_sum::{self, Ranks},
        topsis, vikor,
    },
    recipe::Placement,
};

/// Matrix, senses and weights of a vector.
struct Given {
    columns: Vec<Vec<f64>>,
    senses: Vec<Sense>,
    weights: Vec<f64>,
}

impl Given {
    fn read(v: &Vector) -> Result<Self, String> {
        let senses = v.get::<Vec<i32>>("directions")?;
        let senses = senses.into_iter().map(|d| if d > 0 { Sense::Benefit } else { Sense::Cost }).collect();
        Ok(Self { columns: v.columns()?, senses, weights: v.get("weights")? })
    }

    fn table(&self) -> Table<'_> {
        Table { columns: &self.columns, senses: &self.senses, weights: &self.weights, ends: None }
    }
}

/// The row of a vector that is one series of scores of a table.
fn scored(
    v: &Vector,
    dir: &Path,
    method: &str,
    score: impl Fn(&Table<'_>) -> Result<Vec<f64>, Vec<index::ranking::RankingError>>,
) -> Row {
    v.case(dir).part("", method, v.rounding().unwrap_or(1e-12), |d| {
        let given = Given::read(v)?;
        d.series("score", &score(&given.table()).map_err(said)?, &v.get::<Vec<f64>>("expected")?);
        Ok(())
    })
}

pub(super) fn vector(v: &Vector, dir: &Path) -> Option<Row> {
    let case = v.case(dir);
    Some(match v.id.as_str() {
        // The paper normalises by the range of each criterion.
        "topsis_opricovic2004" => {
            scored(v, dir, "TOPSIS", |t| topsis::topsis(t, Scaling::MinMax, Placement::Inside).map(|r| r.closeness))
        }
        "vikor_opricovic2004" | "vikor_yang2020" => scored(v, dir, "VIKOR", |t| vikor::vikor(t, 0.5).map(|r| r.compromise)),
        "promethee2_zhao2013" => {
            scored(v, dir, "PROMETHEE II", |t| promethee::promethee(t, &vec![Preference::Usual; t.columns.len()]).map(|r| r.net))
        }
        // The numbers are those of `S+ + S-`: the four costs counted as benefits (docs/known-differences.md).
        "copras_zavadskas2007" => case.part("as printed, costs counted as benefits", "COPRAS", half(4), |d| {
            let given = Given { senses: vec![Sense::Benefit; 5], ..Given::read(v)? };
            let r = copras::copras(&given.table()).map_err(said)?;
            d.series("utility", &r.utility, &v.get::<Vec<f64>>("expected")?);
            Ok(())
        }),
        "edas_yazdani2020" => scored(v, dir, "EDAS", |t| edas::edas(t).map(|r| r.appraisal)),
        "waspas_chakraborty2015" => scored(v, dir, "WASPAS", |t| additive::waspas(t, 0.5).map(|r| r.score)),
        "vikor_skc" => case.part("", "VIKOR", 1e-12, |d| {
            let given = Given::read(v)?;
            let r = vikor::vikor(&given.table(), 0.5).map_err(said)?;
            for (name, found) in [("S", &r.group), ("R", &r.regret), ("Q", &r.compromise)] {
                d.series(name, found, &v.get::<Vec<f64>>(&format!("expected/{name}"))?);
            }
            let truth = |name: &str| v.get::<bool>(&format!("expected/{name}")).map(|b| f64::from(u8::from(b)));
            d.value("advantage", f64::from(u8::from(r.advantage)), truth("acceptable_advantage")?);
            d.value("stability", f64::from(u8::from(r.stable)), truth("acceptable_stability")?);
            let mut set: Vec<String> = r.set.iter().map(|i| format!("A{}", i + 1)).collect();
            set.sort_unstable();
            let expected: Vec<String> = v.get("expected/compromise_set")?;
            d.value("compromise set", f64::from(u8::from(set == expected)), 1.0);
            Ok(())
        }),
        "grey_relation" => case.part("", "grey relational analysis", half(7), |d| {
            let reference: Vec<f64> = v.get("ref_series")?;
            let series: Vec<Vec<f64>> =
                ["x1", "x2", "x3"].iter().map(|k| v.get(&format!("compare/{k}"))).collect::<Result<_, _>>()?;
            let series: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
            let equal = vec![1.0 / reference.len() as f64; reference.len()];
            let r = with_reference(&reference, &series, &equal, 0.5).map_err(said)?;
            d.series("grade", &r.grade, &v.get::<Vec<f64>>("expected")?);
            Ok(())
        }),
        "rsr" => case.part("", "rank-sum ratio", 0.005, |d| {
            let names = ["A", "B", "C"];
            let rows: Vec<Vec<f64>> = names.iter().map(|k| v.get(&format!("data/{k}"))).collect::<Result<_, _>>()?;
            let columns: Vec<Vec<f64>> = (0..2).map(|j| rows.iter().map(|r| r[j]).collect()).collect();
            let weights: Vec<f64> = v.get("weights")?;
            let table = Table { columns: &columns, senses: &[Sense::Benefit; 2], weights: &weights, ends: None };
            let r = rank_sum::rank_sum(&table, Ranks::Integer, 3).map_err(said)?;
            for (name, ratio) in names.iter().zip(&r.ratio) {
                d.value(&format!("RSR of {name}"), *ratio, v.get(&format!("expected/RSR/{name}"))?);
                let probit = r.steps.iter().find(|s| (s.ratio - ratio).abs() < 1e-9).map_or(f64::NAN, |s| s.probit);
                d.value(&format!("probit of {name}"), probit, v.get(&format!("expected/probit/{name}"))?);
            }
            let line = r.line.ok_or("no regression")?;
            d.value("intercept", line.intercept, v.get("expected/intercept")?);
            d.value("slope", line.slope, v.get("expected/slope")?);
            Ok(())
        }),
        "fuzzy_comprehensive_clothes" => case.part("", "fuzzy comprehensive evaluation", 1e-12, |d| {
            let (a, r): (Vec<f64>, Vec<Vec<f64>>) = (v.get("A")?, v.get("R")?);
            let b = fuzzy::compose(&a, &r, fuzzy::Operator::WeightedAverage).map_err(said)?;
            d.series("B", &b, &v.get::<Vec<f64>>("expected")?);
            Ok(())
        }),
        "gm11" => case.part("", "GM(1,1)", half(4), |d| {
            let x: Vec<f64> = v.get("x")?;
            let model = grey::gm11(&x, 3).map_err(|e| e.to_string())?;
            d.series("fitted", &model.fitted, &v.get::<Vec<f64>>("expected/fitted")?);
            d.series("next", &model.forecast, &v.get::<Vec<f64>>("expected/next3")?);
            Ok(())
        }),
        _ => return None,
    })
}
