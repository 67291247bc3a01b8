//! Roots of Ackerberg-Caves-Frazer (C01, C16) and of Gandhi-Navarro-Rivers (C02).

use serde_json::Value;
use tfp::production::Firms;
use tfp::production::acf::{Acf, AcfOptions, acf};
use tfp::production::gnr::{GnrOptions, gnr};

use super::{Case, Differences, Row, Table};

/// The rows of a case.
pub(super) fn rows(case: &Case) -> Vec<Row> {
    match case.id.as_str() {
        "C01" => chile(case),
        "C02" => colombia(case),
        _ => simulated(case),
    }
}

/// The panel of a table: names of unit and period, output, free inputs, state variables, proxy.
struct Panel {
    units: Vec<usize>,
    periods: Vec<i32>,
    columns: Vec<Vec<f64>>,
    free: usize,
}

impl Panel {
    fn new(table: &Table, keys: [&str; 2], output: &str, free: &[&str], state: &[&str], proxy: &str) -> Result<Self, String> {
        let names = [output].into_iter().chain(free.iter().copied()).chain(state.iter().copied()).chain([proxy]);
        let columns = names.map(|n| table.numbers(n)).collect::<Result<_, _>>()?;
        Ok(Self { units: table.units(keys[0])?, periods: table.periods(keys[1])?, columns, free: free.len() })
    }

    fn firms(&self) -> Firms<'_> {
        let inputs: Vec<&[f64]> = self.columns[1..self.columns.len() - 1].iter().map(Vec::as_slice).collect();
        Firms {
            units: &self.units,
            periods: &self.periods,
            step: 1,
            output: &self.columns[0],
            free: inputs[..self.free].to_vec(),
            state: inputs[self.free..].to_vec(),
            proxy: self.columns.last().map(Vec::as_slice),
            controls: Vec::new(),
            process: Vec::new(),
            exit: None,
        }
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

/// The exact root nearest to a known one.
fn nearest<'a>(found: &'a Acf, known: &[f64]) -> Option<&'a [f64]> {
    let distance = |at: &[f64]| at.iter().zip(known).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    let exact = found.roots.iter().filter(|r| r.solution.exact).map(|r| r.solution.at.as_slice());
    exact.min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

fn compare(d: &mut Differences, names: &[&str], found: Option<&[f64]>, known: &[f64]) -> Result<(), String> {
    let found = found.ok_or("no exact root")?;
    for ((name, a), b) in names.iter().zip(found).zip(known) {
        d.value(name, *a, *b);
    }
    Ok(())
}

fn chile(case: &Case) -> Vec<Row> {
    const NAMES: [&str; 3] = ["fX1", "fX2", "sX"];
    let read = || -> Result<_, String> { Ok((case.table("data.csv")?, case.json("expected.json")?)) };
    let (table, expected) = match read() {
        Ok(read) => read,
        Err(why) => return vec![case.part("ACF", "acf", 0.0, |_| Err(why))],
    };
    let fit = |proxy: &str, degree: usize| -> Result<Acf, String> {
        let panel = Panel::new(&table, ["idvar", "timevar"], "Y", &["fX1", "fX2"], &["sX"], proxy)?;
        acf(&panel.firms(), &AcfOptions { degree, stability: false, ..AcfOptions::default() }).map_err(|e| e.to_string())
    };
    let mut rows = vec![case.part("ACF, start (.5, .5, .5)", "acf pX degree 2", 5e-4, |d| {
        let printed = &expected["published_vignette_1.0.1"]["ACF_theta0_0.5"];
        let known: Vec<f64> = NAMES.iter().filter_map(|n| printed[*n].as_f64()).collect();
        compare(d, &NAMES, nearest(&fit("pX", 2)?, &known), &known)
    })];
    for (proxy, degree) in [("pX", 2), ("pX", 3), ("inv", 2), ("inv", 3)] {
        let part = format!("ACF landscape, {proxy} degree {degree}");
        let method = format!("acf {proxy} degree {degree}");
        rows.push(case.part(&part, &method, 1e-6, |d| {
            let found = fit(proxy, degree)?;
            let known = &expected["independent_numpy"]["ACF_landscape"][format!("proxy_{proxy}_poly{degree}")];
            let roots: Vec<Vec<f64>> =
                known["exact_roots"].as_array().into_iter().flatten().map(|r| numbers(&r["theta"])).collect();
            let ours = found.roots.iter().filter(|r| r.solution.exact).count();
            d.length("roots", ours, roots.len());
            roots.iter().try_for_each(|known| compare(d, &NAMES, nearest(&found, known), known))?;
            // Minima stand on flat ridges: their criteria are compared, their places are not.
            let minima = known["spurious_local_minima"].as_array().into_iter().flatten();
            for known in minima.filter_map(|m| m["crit"].as_f64()) {
                let criteria = found.roots.iter().filter(|r| !r.solution.exact).map(|r| r.solution.criterion);
                let near = criteria.min_by(|a, b| (a - known).abs().total_cmp(&(b - known).abs())).ok_or("no minimum")?;
                d.value(&format!("criterion {known:.3e} of a minimum"), near, known);
            }
            Ok(())
        }));
    }
    rows
}

fn simulated(case: &Case) -> Vec<Row> {
    let run = |proxy: &str| {
        case.part(&format!("ACF roots, {proxy}"), &format!("acf {proxy} degree 3"), 1e-6, |d| {
            let expected = case.json("expected.json")?;
            let panel = Panel::new(&case.table("data.csv")?, ["firm", "period"], "lny", &["lnl"], &["lnk"], proxy)?;
            let options = AcfOptions { stability: false, ..AcfOptions::default() };
            let found = acf(&panel.firms(), &options).map_err(|e| e.to_string())?;
            let known = &expected["results_first_1000_firms"][proxy];
            compare(d, &["OLS l", "OLS k"], Some(&found.ols), &numbers(&known["OLS"]))?;
            let mut roots = known["ACF_roots"].as_array().into_iter().flatten().map(numbers);
            roots.try_for_each(|known| compare(d, &["l", "k"], nearest(&found, &known), &known))
        })
    };
    ["lnm1", "lnm2", "lnm3", "lnm4"].into_iter().map(run).collect()
}

fn colombia(case: &Case) -> Vec<Row> {
    let run = |degree: usize, strict: bool, part: &str| -> Result<_, String> {
        let table = case.table("data.csv")?;
        let mut panel = Panel::new(&table, ["id", "year"], "RGO", &["L"], &["K"], "RI")?;
        if !strict {
            // The previous row of a firm is its lag, as in the package: rows are numbered.
            panel.periods = (0..table.len()).map(|i| i as i32).collect();
        }
        let options = GnrOptions { degree, integration: degree, ..GnrOptions::default() };
        let found = gnr(&panel.firms(), &table.numbers("share")?, &options).map_err(|e| e.to_string())?;
        let known = case.json("expected.json")?["independent_numpy"][part].clone();
        Ok((found, known))
    };
    let mut rows = Vec::new();
    for (degree, strict) in [(2, true), (3, true), (2, false), (3, false)] {
        let name = format!("degree{degree}_{}_lag", if strict { "strict" } else { "row" });
        let method = format!("gnr degree {degree}");
        rows.push(case.part(&format!("second stage, {name}"), &method, 1e-5, |d| {
            let (found, known) = run(degree, strict, &name)?;
            let e = found.fitted.ok_or("no root is chosen")?;
            for (name, a) in ["L", "K", "RI"].iter().zip(&e.elasticities) {
                d.value(name, *a, known[*name].as_f64().unwrap_or(f64::NAN));
            }
            d.value("rows", e.rows[1] as f64, known["n_second"].as_f64().unwrap_or(f64::NAN));
            Ok(())
        }));
        if strict {
            rows.push(case.part(&format!("share regression, degree {degree}"), &method, 1e-6, |d| {
                let (found, known) = run(degree, strict, &name)?;
                let ssr = known["SSR"].as_f64().unwrap_or(f64::NAN);
                d.value("SSR, relative", found.share_ssr / ssr, 1.0);
                d.value("E[e^ε]", found.scale, known["E_exp_eps"].as_f64().unwrap_or(f64::NAN));
                Ok(())
            }));
        }
    }
    rows
}
