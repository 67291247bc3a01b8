//! Cases of super-efficient slack-based models, the Russell measure and the non-radial directional distance.

use frontier::{
    Columns, Observations, Orientation,
    additive::{self, AdditiveOptions, Weights},
    dea::Returns,
    directional::{Direction, DirectionalReturns},
    luenberger::{self, Indicator, LuenbergerOptions},
    nddf::{self, Nddf, NddfOptions, NddfWeights},
    russell::{self, RussellOptions, RussellOrientation},
    sbm::{self, SbmOptions},
};
use serde_json::Value;

use super::{
    Differences, Folder, Outcome,
    frontier::{Data, data, numbers, orientation, returns, strings, text, unknown_key},
    slacks,
};

/// Runs a case of these families.
pub fn run(family: &str, case: &Value, folder: Folder<'_>) -> Outcome {
    let runner = match family {
        "super-sbm" => super_slacks,
        "super-additive" => super_weighted,
        "russell" | "preference-structure" => factors,
        "nddf-undesirable" => distances,
        _ => changes,
    };
    runner(case, folder).unwrap_or_else(|o| o)
}

/// Whether a case of `luenberger-global` has a factor for each variable.
pub fn is_change(case: &Value) -> bool {
    case["model"].get("weights").is_some()
}

fn refuse(case: &Value, known: &[&str]) -> Result<(), Outcome> {
    unknown_key(case, known).map_or(Ok(()), |key| Err(Outcome::unsupported(format!("option `{key}`"))))
}

fn super_slacks(case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    refuse(case, &["orientation", "rts"])?;
    let data = data(case, folder)?;
    let options = SbmOptions {
        orientation: slacks::orientation(case)?,
        returns: returns(case)?,
        super_efficiency: true,
        ..SbmOptions::default()
    };
    let result = sbm::sbm(&data.technology(), &options).map_err(|e| Outcome::fail("sbm", format!("{e} {e:?}")))?;
    let mut d = Differences::default();
    d.series("score", &result.score, &numbers(&case["expected"]["score"]));
    Ok(d.outcome("sbm"))
}

/// The score is the ratio of that paper, its weights one over the unit's own values.
fn super_weighted(case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    refuse(case, &["rts"])?;
    let data = data(case, folder)?;
    let options =
        AdditiveOptions { weights: Weights::Mip, returns: returns(case)?, super_efficiency: true, ..AdditiveOptions::default() };
    let result = additive::additive(&data.technology(), &options).map_err(|e| Outcome::fail("additive", format!("{e} {e:?}")))?;
    let mut d = Differences::default();
    d.series("score", &result.ratio.unwrap_or_default(), &numbers(&case["expected"]["score"]));
    Ok(d.outcome("additive"))
}

/// Means and factors; a table has a column for each variable that moves and the mean in the last. Where a unit has
/// several solutions, the printed factors need not be ours, but their mean is.
fn factors(case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    refuse(case, &["orientation", "rts", "weights"])?;
    let data = data(case, folder)?;
    let weights = numbers(&case["model"]["weights"]);
    let side = match orientation(case)? {
        Orientation::Input => RussellOrientation::Input,
        Orientation::Output => RussellOrientation::Output,
    };
    let options = RussellOptions {
        orientation: side,
        returns: returns(case)?,
        weights: if case["model"].get("weights").is_some() { weights } else { Vec::new() },
        ..RussellOptions::default()
    };
    let result = russell::russell(&data.technology(), &options).map_err(|e| Outcome::fail("russell", format!("{e} {e:?}")))?;
    let means = if side == RussellOrientation::Input { &result.score } else { &result.reciprocal };
    let expected = &case["expected"];
    let mut d = Differences::default();
    if let Some(scores) = expected.get("score") {
        d.series("score", means, &numbers(scores));
    }
    let rows: Vec<Vec<f64>> = expected.get("values").and_then(Value::as_array).into_iter().flatten().map(numbers).collect();
    if !rows.is_empty() {
        d.length("units", means.len(), rows.len());
    }
    for (u, row) in rows.iter().enumerate() {
        let Some((mean, printed)) = row.split_last() else { continue };
        d.value(&format!("mean of unit {}", u + 1), means.get(u).copied().unwrap_or(f64::NAN), *mean);
        if result.projection.unique.get(u) == Some(&true) {
            d.length("factors", result.factors.len(), printed.len());
            for (v, (column, x)) in result.factors.iter().zip(printed).enumerate() {
                d.value(&format!("factor {} of unit {}", v + 1, u + 1), column[u], *x);
            }
        }
    }
    Ok(d.outcome("russell"))
}

fn options(case: &Value) -> Result<NddfOptions, Outcome> {
    let direction = match text(&case["model"], "direction") {
        Some("(-K,-L,Y,-CO2)") => Direction::Observed,
        Some("(0,0,Y,-CO2)") => Direction::Outputs,
        other => return Err(Outcome::unsupported(format!("direction {other:?}"))),
    };
    let weights = NddfWeights::Custom(numbers(&case["model"]["weights"]));
    let returns = match returns(case)? {
        Returns::Crs => DirectionalReturns::Crs,
        Returns::Vrs => DirectionalReturns::Vrs,
        other => return Err(Outcome::unsupported(format!("returns to scale {other:?}"))),
    };
    Ok(NddfOptions { direction, weights, returns, ..NddfOptions::default() })
}

/// Results of the rows of each of some frontiers, in the order of all rows.
fn solve(data: &Data, frontiers: &[Vec<usize>], options: &NddfOptions) -> Result<Vec<(f64, Vec<f64>, bool)>, Outcome> {
    let whole = data.technology();
    let mut out = vec![(f64::NAN, Vec::new(), false); whole.len()];
    for rows in frontiers {
        let part = Columns::pick(&whole, rows);
        let r: Nddf = nddf::nddf(&part.technology(), options).map_err(|e| Outcome::fail("nddf", format!("{e} {e:?}")))?;
        for (u, &row) in rows.iter().enumerate() {
            out[row] = (r.inefficiency[u], r.factors.iter().map(|f| f[u]).collect(), r.projection.unique[u]);
        }
    }
    Ok(out)
}

/// One list of rows for each period.
fn by_period(data: &Data) -> Vec<Vec<usize>> {
    let mut periods = data.periods.clone();
    periods.sort_unstable();
    periods.dedup();
    periods.iter().map(|p| (0..data.periods.len()).filter(|&r| data.periods[r] == *p).collect()).collect()
}

/// Distances, and the factors of units that have one solution only. Rows are numbered as in the file.
fn distances(case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    refuse(case, &["direction", "weights", "rts", "reference"])?;
    if text(&case["model"], "reference") != Some("contemporaneous") {
        return Err(Outcome::unsupported("another reference"));
    }
    let data = data(case, folder)?;
    let found = solve(&data, &by_period(&data), &options(case)?)?;
    let expected = &case["expected"];
    let rows: Vec<Option<usize>> = numbers(&expected["Row"]).into_iter().map(|r| (r as usize).checked_sub(1)).collect();
    let at = |r: Option<usize>| r.and_then(|r| found.get(r));
    let mut d = Differences::default();
    let values: Vec<f64> = rows.iter().map(|&r| at(r).map_or(f64::NAN, |f| f.0)).collect();
    d.series("Dv", &values, &numbers(&expected["Dv"]));
    for (v, name) in ["B_K", "B_L", "B_Y", "B_CO2"].into_iter().enumerate() {
        for (i, x) in expected.get(name).map(numbers).unwrap_or_default().into_iter().enumerate() {
            if let Some((_, factors, true)) = at(rows.get(i).copied().flatten()) {
                d.value(&format!("{name} {}", i + 1), factors.get(v).copied().unwrap_or(f64::NAN), x);
            }
        }
    }
    Ok(d.outcome("nddf"))
}

/// Global Luenberger indicator of these distances: what a unit's distance to the frontier of all periods falls by, its
/// distance to the frontier of its own period (efficiency change), and the rest (best-practice change).
fn changes(case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    refuse(case, &["direction", "weights", "rts", "technology"])?;
    if text(&case["model"], "technology") != Some("global") {
        return Err(Outcome::unsupported("another technology"));
    }
    let data = data(case, folder)?;
    let options = options(case)?;
    let mut names: Vec<&String> = data.names.iter().collect();
    names.sort_unstable();
    names.dedup();
    let number = |name: &String| names.binary_search(&name).unwrap_or_default();
    let units: Vec<usize> = data.names.iter().map(number).collect();
    let panel = Observations { technology: data.technology(), units: &units, periods: &data.periods };
    let core = LuenbergerOptions {
        indicator: Indicator::Global,
        direction: options.direction,
        non_radial: Some(options.weights),
        returns: options.returns,
        ..LuenbergerOptions::default()
    };
    let l = luenberger::luenberger(&panel, &core).map_err(|e| Outcome::fail("luenberger", format!("{e} {e:?}")))?;
    let expected = &case["expected"];
    let change = |unit: &String, years: &String| {
        let (from, to) = years.split_once('~')?;
        let (from, to): (i32, i32) = (from.parse().ok()?, to.parse().ok()?);
        (0..l.unit.len()).find(|&i| names[l.unit[i]] == unit && (l.from[i], l.to[i]) == (from, to))
    };
    let (provinces, years) = (strings(expected.get("Province")), strings(expected.get("Pdwise")));
    let at: Vec<Option<usize>> = provinces.iter().zip(&years).map(|(u, y)| change(u, y)).collect();
    let pick = |values: &[f64]| -> Vec<f64> { at.iter().map(|i| i.map_or(f64::NAN, |i| values[i])).collect() };
    let (index, efficiency, rest) = (pick(&l.indicator), pick(&l.efficiency), pick(&l.technical));
    let mut d = Differences::default();
    for (name, found) in [("TFPCH", &index), ("TECH", &efficiency), ("TECCH", &rest)] {
        if let Some(values) = expected.get(name) {
            d.series(name, found, &numbers(values));
        }
    }
    Ok(d.outcome("luenberger"))
}

#[cfg(test)]
mod tests {
    use super::super::{Verdict, shared};

    #[test]
    fn every_non_radial_case_of_the_shared_folder_passes() {
        let Some(rows) = shared::rows() else { return };
        for case in [
            "tone2002_super_sbm_io_crs",
            "tone2002_super_sbm_no_crs",
            "du_liang_zhu2010_add_super",
            "wu_tsai_zhou2011_nonradial",
            "npsf_pwt56_1965_russell_in_crs",
            "npsf_pwt56_1965_russell_in_nirs",
            "zhu2014_fortune500_preference",
            "gtfpch_teddf_nonradial",
            "gtfpch_global_luenberger_nonradial",
        ] {
            let row = rows.iter().find(|r| r.case == case).unwrap();
            assert_eq!(row.verdict, Verdict::Pass, "{row:?}");
        }
    }
}
