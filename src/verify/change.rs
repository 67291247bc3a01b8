//! Cases of productivity change between periods.

use frontier::{
    Missing, Observations, Orientation,
    dea::Returns,
    malmquist::{self, Decomposition, Distance, IndexReturns, Kind, Malmquist, MalmquistOptions, Mean},
};
use serde_json::Value;

use super::{
    Differences, Folder, Outcome,
    frontier::{Data, data, numbers, orientation, returns, strings, text},
};

/// Malmquist indices of every kind with their parts.
pub fn malmquist(case: &Value, folder: Folder<'_>) -> Outcome {
    index(case, folder).unwrap_or_else(|o| o)
}

/// The four distances of two periods under constant and variable returns.
pub fn distances(case: &Value, folder: Folder<'_>) -> Outcome {
    levels(case, folder).unwrap_or_else(|o| o)
}

fn measure(data: &Data, options: &MalmquistOptions) -> Result<Malmquist, Outcome> {
    let (units, _) = data.units();
    let observations = Observations { technology: data.technology(), units: &units, periods: &data.periods };
    malmquist::malmquist(&observations, options).map_err(|e| Outcome::fail("malmquist", format!("{e} {e:?}")))
}

/// The index that a case means.
fn options(case: &Value) -> Result<MalmquistOptions, Outcome> {
    let model = &case["model"];
    let kind = match (text(model, "technology"), text(model, "base")) {
        (_, Some("period 1 (fixed base)")) => Kind::FixedBase,
        (None | Some("contemporaneous"), None | Some("adjacent")) => Kind::Adjacent,
        (Some("global"), None) => Kind::Global,
        (Some(sequential), None) if sequential.starts_with("sequential") => Kind::Sequential,
        other => return Err(Outcome::unsupported(format!("technology and base {other:?}"))),
    };
    // Programs that print these two parts take them along the earlier technology.
    let (decomposition, mean) = match text(model, "decomposition") {
        None | Some("fgnz") => (Decomposition::Fgnz, Mean::Geometric),
        Some("rd") => (Decomposition::RayDesli, Mean::Base),
        Some("gl") => (Decomposition::GrifellLovell, Mean::Base),
        Some("bias") => (Decomposition::Bias, Mean::Geometric),
        Some(other) => return Err(Outcome::unsupported(format!("decomposition `{other}`"))),
    };
    let orientation = match text(model, "orientation") {
        Some("any") => Orientation::Input,
        _ => orientation(case)?,
    };
    // Rows of change beside rows of data: the index itself under the returns to scale named. Else
    // variable returns only serve the parts.
    let vrs = case["expected"].get("m").is_some() && returns(case)? == Returns::Vrs;
    let returns = if vrs { IndexReturns::Vrs } else { IndexReturns::Crs };
    Ok(MalmquistOptions {
        kind,
        decomposition,
        orientation,
        returns,
        mean,
        missing: Missing::Exclude,
        ..MalmquistOptions::default()
    })
}

fn index(case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    let mut options = options(case)?;
    let data = data(case, folder)?;
    let (_, names) = data.units();
    let expected = &case["expected"];
    let table = expected.get("changes");
    if table.is_some_and(|t| t.get("obtech").is_some()) {
        options.decomposition = Decomposition::Bias;
    }
    let mut result = measure(&data, &options)?;
    if options.decomposition == Decomposition::RayDesli {
        // Printed as the product of its parts, and not at all where one is missing; here it is a ratio of its own.
        result.index = (0..result.unit.len()).map(|i| result.technical[i] * result.pure[i] * result.scale[i]).collect();
    }
    let mut d = Differences::default();
    let mut periods = data.periods.clone();
    periods.sort_unstable();
    periods.dedup();
    let at = |unit: usize, to: i32| (0..result.unit.len()).find(|&i| result.unit[i] == unit && result.to[i] == to);
    if expected.get("m").is_some() {
        let rows: Vec<Option<usize>> = (0..data.names.len()).map(|r| result.to_row.iter().position(|&x| x == r)).collect();
        columns(&mut d, &result, options.kind, expected, &rows);
        let levels = if options.returns == IndexReturns::Vrs { &result.vrs } else { &result.crs };
        let named = [("e00", &levels.base_own), ("e10", &levels.comparison_other), ("e01", &levels.base_other)];
        for (name, found) in named {
            d.series(name, &picked(&rows, |r| found[r].value), &numbers(&expected[name]));
        }
        // Its first period has no row of change.
        let own = |r: usize| {
            let base = |i: usize| (result.from_row[i] == r).then(|| levels.base_own[i].value);
            (0..result.unit.len()).find_map(base)
        };
        let e11: Vec<f64> = rows
            .iter()
            .enumerate()
            .map(|(r, i)| i.map_or(own(r).unwrap_or(f64::NAN), |i| levels.comparison_own[i].value))
            .collect();
        d.series("e11", &e11, &numbers(&expected["e11"]));
    } else if let Some(table) = table {
        let (units, to) = (strings(table.get("States")), numbers(&table["Year.1"]));
        let place = |u: &String| names.iter().position(|n| n == u);
        let rows: Vec<Option<usize>> = units.iter().zip(&to).map(|(u, t)| place(u).and_then(|u| at(u, *t as i32))).collect();
        columns(&mut d, &result, options.kind, table, &rows);
        if let Some(levels) = expected.get("levels") {
            shephard(&mut d, &result, options.orientation, levels, &rows);
        }
    } else if expected.get("overall_mean").is_some() {
        deap(&mut d, expected, &result, &periods, names.len());
    } else {
        // Matrices [period][unit].
        let rows: Vec<Option<usize>> =
            periods.iter().skip(1).flat_map(|&t| (0..names.len()).map(move |u| (u, t))).map(|(u, t)| at(u, t)).collect();
        columns(&mut d, &result, options.kind, expected, &rows);
    }
    Ok(d.outcome("malmquist"))
}

fn picked(rows: &[Option<usize>], value: impl Fn(usize) -> f64) -> Vec<f64> {
    rows.iter().map(|r| r.map_or(f64::NAN, &value)).collect()
}

/// The index and its parts by the names that programs print.
fn columns(d: &mut Differences, result: &Malmquist, kind: Kind, table: &Value, rows: &[Option<usize>]) {
    let parts: [(&[&str], &Vec<f64>); 8] = [
        (&["m", "mi", "M", "malmquist", "tfpch"], &result.index),
        (&["ec", "EC", "effch"], &result.efficiency),
        (&["tc", "TC", "tech", "techch"], &result.technical),
        (&["pech", "pure.inp.effch", "pure.out.effch"], &result.pure),
        (&["sech", "inp.scalech", "out.scalech"], &result.scale),
        (&["obtech"], &result.output_bias),
        (&["ibtech"], &result.input_bias),
        (&["matech"], &result.magnitude),
    ];
    for (aliases, found) in parts {
        // A fixed base is printed as the change since the base.
        let chained = if kind == Kind::FixedBase { result.cumulate(found) } else { found.clone() };
        for alias in aliases {
            if let Some(values) = table.get(*alias).filter(|v| !v.is_null()) {
                d.series(alias, &picked(rows, |r| chained.get(r).copied().unwrap_or(f64::NAN)), &numbers(values));
            }
        }
    }
}

/// Shephard distances, named by returns, technology, inputs, outputs and side; 0 is the earlier period.
fn shephard(d: &mut Differences, result: &Malmquist, orientation: Orientation, levels: &Value, rows: &[Option<usize>]) {
    let side = if orientation == Orientation::Input { "i" } else { "o" };
    let named: [(&str, &Vec<Distance>); 8] = [
        ("c000", &result.crs.base_own),
        ("c011", &result.crs.comparison_other),
        ("c100", &result.crs.base_other),
        ("c111", &result.crs.comparison_own),
        ("c010", &result.crs.mixed_earlier),
        ("c110", &result.crs.mixed_later),
        ("v000", &result.vrs.base_own),
        ("v111", &result.vrs.comparison_own),
    ];
    // The input distance is the reciprocal of the efficiency.
    let turn = |x: f64| if orientation == Orientation::Input { 1.0 / x } else { x };
    for (name, found) in named {
        if let Some(values) = levels.get(format!("{name}{side}")) {
            d.series(name, &picked(rows, |r| turn(found[r].value)), &numbers(values));
        }
    }
}

/// The layout of DEAP: blocks `yearN` with distances, changes and geometric means.
fn deap(d: &mut Differences, expected: &Value, result: &Malmquist, periods: &[i32], units: usize) {
    let row = |u: usize, to: i32| (0..result.unit.len()).find(|&i| result.unit[i] == u && result.to[i] == to);
    let fields: [(&str, &Vec<f64>); 5] = [
        ("effch", &result.efficiency),
        ("techch", &result.technical),
        ("pech", &result.pure),
        ("sech", &result.scale),
        ("tfpch", &result.index),
    ];
    let list = |m: malmquist::MeanChange| [m.efficiency, m.technical, m.pure, m.scale, m.index];
    for (n, pair) in periods.windows(2).enumerate() {
        let Some(block) = expected.get(format!("year{}", n + 2)) else { continue };
        let rows: Vec<usize> = (0..units).filter_map(|u| row(u, pair[1])).collect();
        for (name, found) in fields {
            if let Some(values) = block.get(name) {
                d.series(name, &rows.iter().map(|&i| found[i]).collect::<Vec<_>>(), &numbers(values));
            }
        }
        if let Some(values) = block.get("mean") {
            d.series("mean", &list(result.mean(|i| result.to[i] == pair[1])), &numbers(values));
        }
        let named: [(usize, &str, &Vec<Distance>); 6] = [
            (n + 1, "t", &result.crs.base_own),
            (n + 1, "t1", &result.crs.base_other),
            (n + 1, "vrs", &result.vrs.base_own),
            (n + 2, "t", &result.crs.comparison_own),
            (n + 2, "tm1", &result.crs.comparison_other),
            (n + 2, "vrs", &result.vrs.comparison_own),
        ];
        for (year, name, found) in named {
            let year = format!("year{year}");
            if let Some(values) = expected.get("distances").and_then(|x| x.get(&year)).and_then(|x| x.get(name)) {
                let found: Vec<f64> = rows.iter().map(|&i| found[i].value).collect();
                d.series(&format!("{year} {name}"), &found, &numbers(values));
            }
        }
    }
    d.series("overall mean", &list(result.mean(|_| true)), &numbers(&expected["overall_mean"]));
}

fn levels(case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    let data = data(case, folder)?;
    let (_, names) = data.units();
    let mut d = Differences::default();
    let options = MalmquistOptions {
        orientation: orientation(case)?,
        decomposition: Decomposition::RayDesli,
        ..MalmquistOptions::default()
    };
    let r = measure(&data, &options)?;
    for (key, levels) in [("crs", &r.crs), ("vrs", &r.vrs)] {
        for (unit, name) in names.iter().enumerate() {
            let Some(i) = r.unit.iter().position(|u| *u == unit) else { continue };
            let found =
                [&levels.base_own, &levels.comparison_other, &levels.base_other, &levels.comparison_own].map(|c| c[i].value);
            d.series(&format!("{key} {name}"), &found, &numbers(&case["expected"][key][*name]));
        }
    }
    Ok(d.outcome("malmquist"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{Verdict, shared};

    #[test]
    fn every_malmquist_case_of_the_shared_folder_passes() {
        let Some(rows) = shared::methods(|m| m == "malmquist") else { return };
        let missed: Vec<_> = rows.iter().filter(|r| r.verdict != Verdict::Pass).collect();
        assert!(missed.is_empty(), "{missed:#?}");
        assert_eq!(rows.len(), 20);
    }

    /// The calls of `malmquist` in the assertions of DataEnvelopmentAnalysis.jl, arrays [unit][variable][period].
    #[test]
    fn julia_assertions_hold() {
        let Some(folder) = shared::folder() else { return };
        let lines = std::fs::read_to_string(folder.join("julia_dea_tests.jsonl")).unwrap();
        let calls: Vec<Value> = lines.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        let mut asserted = 0;
        for call in calls.iter().filter(|c| text(c, "call").is_some_and(|t| t.starts_with("malmquist("))) {
            let array = |key: &str| -> Vec<Vec<Vec<f64>>> { serde_json::from_value(call["data"][key].clone()).unwrap() };
            let (x, y) = (array("X"), array("Y"));
            let (n, periods) = (x.len(), x[0][0].len());
            let columns = |a: &[Vec<Vec<f64>>]| -> Vec<Vec<f64>> {
                let cell = |v: usize| (0..periods).flat_map(move |t| (0..n).map(move |u| (u, v, t)));
                (0..a[0].len()).map(|v| cell(v).map(|(u, v, t)| a[u][v][t]).collect()).collect()
            };
            let data = Data {
                inputs: columns(&x),
                outputs: columns(&y),
                bad_outputs: Vec::new(),
                names: (0..periods).flat_map(|_| (0..n).map(|u| u.to_string())).collect(),
                periods: (0..periods).flat_map(|t| vec![t as i32; n]).collect(),
            };
            assert_eq!(text(call, "call"), Some("malmquist(X, Y)"), "another call: options to be read");
            let m = measure(&data, &MalmquistOptions::default()).unwrap();
            for check in call["checks"].as_array().unwrap() {
                let found = match text(check, "accessor") {
                    Some("prodchange(MODEL)") => &m.index,
                    Some("prodchange(MODEL, :EC)") => &m.efficiency,
                    Some("prodchange(MODEL, :TC)") => &m.technical,
                    _ => continue,
                };
                let expected = numbers(&check["expected"]);
                assert_eq!(found.len(), expected.len());
                for (f, e) in found.iter().zip(&expected) {
                    // Written with seven or more digits; approximate equality there is the square root of epsilon, relative.
                    assert!((f - e).abs() <= check["atol"].as_f64().unwrap_or(1e-7).max(1e-7), "{f} is not {e}");
                }
                asserted += 1;
            }
        }
        assert!(asserted >= 6, "{asserted}");
    }
}
