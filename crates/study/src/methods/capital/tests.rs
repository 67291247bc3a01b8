use panel::{Meaning, Panel, Variable};
use serde_json::json;

use super::*;
use crate::{finding::Weight, method::Output, table::Cells};

/// Two provinces, 1990 to 2010: investment of 8 % growth in two assets, a chain deflator of 2 %, output of 6 %.
fn panel(change: impl Fn(&mut Panel)) -> Panel {
    let mut p = Panel { unit_name: "province".into(), period_name: Some("year".into()), ..Panel::default() };
    let names = ["structures", "machines", "price", "gdp", "given", "rate"];
    let mut columns = vec![Vec::new(); names.len()];
    for (u, unit) in ["a", "b"].iter().enumerate() {
        for t in 0..=20 {
            p.units.push((*unit).into());
            p.periods.push(1990 + t);
            let size = 1.0 + u as f64;
            let price = 1.02_f64.powi(t);
            columns[0].push(60.0 * size * 1.08_f64.powi(t) * price);
            columns[1].push(40.0 * size * 1.08_f64.powi(t) * price);
            columns[2].push(102.0);
            columns[3].push(500.0 * size * 1.06_f64.powi(t));
            columns[4].push(if t == 0 { 1000.0 } else { f64::NAN });
            columns[5].push(0.05 + 0.01 * size);
        }
    }
    let variable = |(name, values): (&&str, Vec<f64>)| {
        let meaning = Meaning { unit: "100 million CNY".into(), ..Meaning::default() };
        Variable { name: (*name).into(), meaning, values }
    };
    p.variables = names.iter().zip(columns).map(variable).collect();
    change(&mut p);
    Panel::new(p).unwrap()
}

fn on(panel: &Panel, options: serde_json::Value) -> Result<Output, Vec<Problem>> {
    let options: CapitalStep = serde_json::from_value(options).unwrap();
    CapitalStocks::run(&Input { step: "capital", panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

fn run(options: serde_json::Value) -> Result<Output, Vec<Problem>> {
    on(&panel(|_| {}), options)
}

fn deflated() -> serde_json::Value {
    json!({ "investment": ["structures", "machines"], "deflators": ["price"], "deflator_form": "link", "base_period": 1990 })
}

fn with(mut options: serde_json::Value, more: serde_json::Value) -> serde_json::Value {
    options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    options
}

fn codes(output: &Output) -> Vec<&str> {
    output.findings.iter().map(|f| f.code.as_str()).collect()
}

fn numbers(output: &Output, table: &str, column: &str) -> Vec<f64> {
    let table = output.tables.iter().find(|t| t.id == table).unwrap();
    match &table.columns.iter().find(|c| c.name == column).unwrap().cells {
        Cells::Number(v, _) => v.clone(),
        _ => panic!("{column} holds no numbers"),
    }
}

/// C13 through deflation and aggregation: I₀ 100 in unit a and 200 in unit b, after 20 periods 29.1146 times I₀.
#[test]
fn a_preset_gives_the_published_stock() {
    let out = run(with(deflated(), json!({ "preset": "zhang-wu-zhang-2004", "output": "gdp" }))).unwrap();
    let capital = &out.variables[0];
    assert_eq!((capital.name.as_str(), capital.values.len()), ("capital", 42));
    assert!((capital.values[20] / 2911.46203523 - 1.0).abs() < 1e-11, "{}", capital.values[20]);
    assert!((capital.values[41] / 2911.46203523 - 2.0).abs() < 1e-10);
    assert!(out.summary[0].en.contains("From 1990 to 2010"), "{}", out.summary[0].en);
    assert!(out.summary.iter().any(|s| s.en.contains("capital-output ratio went from 2.00")), "{:?}", out.summary);
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
    // Presets stand side by side, whatever is chosen; the chosen one does not differ from itself.
    let last = numbers(&out, "presets", "last");
    let printed = [2911.46203523, 2654.97558827, 3661.90550894, 3850.1191089, 3579.01801148];
    for (l, p) in last.iter().zip(printed) {
        assert!((l / (3.0 * p) - 1.0).abs() < 1e-10, "{l} for {p}");
    }
    assert!(numbers(&out, "presets", "off")[0].abs() < 1e-9);
    let ids: Vec<&str> = out.figures.iter().map(|f| f.id.as_str()).collect();
    assert_eq!(ids, ["stock", "sensitivity", "first_stock", "assets"]);
}

/// Each source of doubt moves the stock as it must, and the fan holds them all.
#[test]
fn the_fan_holds_every_source() {
    let out = run(with(deflated(), json!({ "depreciation": [0.05, 0.15] }))).unwrap();
    let off = numbers(&out, "fan", "off");
    // As given; deflator −, +; first stock −, +; depreciation −, +; lowest; highest.
    assert_eq!(off.len(), 9);
    assert!(off[0].abs() < 1e-12 && off[1] > 0.0 && off[2] < 0.0 && off[3] < 0.0 && off[4] > 0.0 && off[5] > 0.0 && off[6] < 0.0);
    assert!((off[3] + off[4]).abs() < 1e-9, "stocks are linear in the first stock");
    assert!(off[7] < off[1..7].iter().copied().fold(0.0, f64::min) && off[8] > off[1..7].iter().copied().fold(0.0, f64::max));
    let (low, high) = (&out.variables[1].values, &out.variables[2].values);
    assert!(out.variables[0].values.iter().zip(low).zip(high).all(|((k, l), h)| l <= k && k <= h));
    assert_eq!(numbers(&out, "assets", "depreciation").iter().map(|v| v.round()).collect::<Vec<_>>(), [5.0, 15.0]);
}

#[test]
fn rates_come_from_lives_variables_or_numbers() {
    let lives = run(with(deflated(), json!({ "life": [45.0, 20.0], "residual": 0.04 }))).unwrap();
    let rates = numbers(&lives, "assets", "depreciation");
    assert!((rates[0] - 6.903218614403284).abs() < 1e-9 && (rates[1] - 14.86600774792154).abs() < 1e-9);
    let varying = run(with(deflated(), json!({ "depreciation_variables": ["rate"] }))).unwrap();
    let constant = run(with(deflated(), json!({ "depreciation": [0.06] }))).unwrap();
    let (a, b) = (&varying.variables[0].values, &constant.variables[0].values);
    assert!((a[20] / b[20] - 1.0).abs() < 1e-12 && a[41] < b[41], "unit a has 6 %, unit b 7 %");
    let given =
        run(json!({ "investment": ["machines"], "initial": "given", "first_stocks": ["given"], "depreciation": [0.1] })).unwrap();
    assert_eq!(given.variables[0].values[0], 1000.0);
    let harberger = run(with(deflated(), json!({ "depreciation": [0.04], "initial": "harberger", "output": "gdp" }))).unwrap();
    assert!((harberger.variables[0].values[0] - 1000.0).abs() < 1e-9);
}

#[test]
fn vintages_keep_three_stocks_apart() {
    for retirement in ["simultaneous", "winfrey", "lognormal", "weibull", "truncated-normal"] {
        let options = json!({ "model": "vintage", "life": [40.0, 15.0], "efficiency": [0.75, 0.5], "retirement": retirement });
        let out = run(with(deflated(), options)).unwrap();
        let find = |name: &str| &out.variables.iter().find(|v| v.name == name).unwrap().values;
        let (productive, net, gross) = (find("capital"), find("net"), find("gross"));
        for i in 0..42 {
            assert!(net[i] < productive[i] && productive[i] < gross[i], "{retirement} {i}");
        }
        // History cast back at 8 %: the steady state from the first period on.
        assert!((productive[1] / productive[0] - 1.08).abs() < 1e-10);
        assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
        let off = numbers(&out, "fan", "off");
        assert!(off[5] > 0.0 && off[6] < 0.0, "longer lives, more capital");
        assert!(out.tables.iter().any(|t| t.id == "profile_machines"));
    }
}

#[test]
fn short_histories_are_told() {
    let none = json!({ "model": "vintage", "life": [40.0], "history": "none" });
    let out = run(with(deflated(), none)).unwrap();
    let finding = out.findings.iter().find(|f| f.code == "TF010").unwrap();
    assert_eq!(finding.weight, Weight::Warning);
    assert!(finding.message.en.contains("lack") && finding.place.en.contains("a 2010"));
    let old = run(with(deflated(), json!({ "preset": "young-2003" }))).unwrap();
    assert!(codes(&old).contains(&"TF010"));
}

#[test]
fn prices_that_do_not_fit_are_told() {
    let base = |name: &'static str, base: &'static str| {
        move |p: &mut Panel| p.variables.iter_mut().filter(|v| v.name == name).for_each(|v| v.meaning.price_base = base.into())
    };
    let plain = json!({ "investment": ["machines"], "preset": "young-2003" });
    let weight = |out: Output| out.findings.iter().find(|f| f.code == "TF011").map(|f| f.weight);
    assert_eq!(weight(on(&panel(|_| {}), plain.clone()).unwrap()), Some(Weight::Info));
    assert_eq!(weight(on(&panel(base("machines", "current")), plain.clone()).unwrap()), Some(Weight::Warning));
    assert_eq!(weight(on(&panel(base("machines", "2000")), plain).unwrap()), None);
    let twice = json!({ "investment": ["machines"], "preset": "young-2003", "deflators": ["price"], "deflator_form": "link" });
    assert_eq!(weight(on(&panel(base("machines", "2000")), twice).unwrap()), Some(Weight::Warning));
}

#[test]
fn gaps_and_missing_prices_are_refused_with_their_places() {
    let hole = |name: &'static str, row: usize| {
        move |p: &mut Panel| p.variables.iter_mut().filter(|v| v.name == name).for_each(|v| v.values[row] = f64::NAN)
    };
    let options = with(deflated(), json!({ "preset": "young-2003" }));
    let gap = on(&panel(hole("machines", 5)), options.clone()).unwrap_err();
    assert_eq!((gap.len(), gap[0].code.as_str(), gap[0].place.period), (1, "gap", Some(1995)));
    assert_eq!(gap[0].place.unit.as_deref(), Some("a"));
    // A broken chain leaves all later periods of both assets without a price.
    let price = on(&panel(hole("price", 39)), options.clone()).unwrap_err();
    assert_eq!(price.len(), 6);
    assert!(price.iter().all(|p| p.code == "no-price" && p.place.unit.as_deref() == Some("b")));
    // At the end nothing is bridged: the stock ends, and a finding says where.
    let late = on(&panel(hole("machines", 20)), options).unwrap();
    let finding = late.findings.iter().find(|f| f.code == "TF012").unwrap();
    assert_eq!(finding.place.en, "a 2010");
    assert!(late.variables[0].values[20].is_nan() && late.summary[0].en.contains("1990 to 2009"));
}

#[test]
fn odd_beginnings_and_disposals_are_told() {
    let change = |p: &mut Panel| {
        let v = p.variables.iter_mut().find(|v| v.name == "machines").unwrap();
        v.values[10] = -5.0;
        v.values[3] = -1e6;
    };
    let out =
        on(&panel(change), json!({ "investment": ["machines"], "depreciation": [0.2], "initial": "hall-jones" })).unwrap_err();
    assert!(out[0].what.contains("positive values"), "{}", out[0].what);
    let out = on(&panel(change), json!({ "investment": ["machines"], "depreciation": [0.2] })).unwrap();
    let weights: Vec<Weight> = out.findings.iter().filter(|f| f.code == "TF014").map(|f| f.weight).collect();
    assert_eq!(weights, [Weight::Warning, Weight::Error]);
    let fast = on(
        &panel(|p| p.variables[1].values.iter_mut().enumerate().for_each(|(i, v)| *v = 2.0_f64.powi((i % 21) as i32))),
        json!({ "investment": ["machines"], "depreciation": [0.1], "initial": "hall-jones", "growth_periods": 30 }),
    )
    .unwrap();
    assert_eq!(codes(&fast).iter().filter(|c| **c == "TF013").count(), 2);
}

#[test]
fn wrong_options_come_back_all_at_once() {
    let problems = run(json!({
        "investment": ["structures", "machine"], "depreciation": [0.1, 9.6, 0.1], "model": "geometric",
        "retirement": "weibull", "fan_initial": 2.0, "deflator_form": "link", "initial": "given", "base_period": 1900
    }))
    .unwrap_err();
    let codes: Vec<&str> = problems.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "depreciation",
            "retirement",
            "deflator_form",
            "first_stocks",
            "fan_initial",
            "depreciation",
            "unknown-variable",
            "base_period"
        ]
    );
    let idle = json!({ "investment": ["machines"], "preset": "young-2003", "growth": 0.08, "growth_from": "trend", "discount": 0.1, "fan_life": 0.1 });
    let idle = run(idle).unwrap_err();
    let codes: Vec<&str> = idle.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["discount", "fan_life", "growth", "growth_from"]);
    let none = run(json!({ "investment": ["machines"] })).unwrap_err();
    assert_eq!(none[0].code, "depreciation");
    let vintage = run(json!({ "investment": ["machines"], "model": "vintage", "preset": "young-2003" })).unwrap_err();
    assert_eq!(vintage.iter().map(|p| p.code.as_str()).collect::<Vec<_>>(), ["preset", "life"]);
    let units = |p: &mut Panel| p.variables[1].meaning.unit = "million USD".into();
    let mixed = on(&panel(units), with(deflated(), json!({ "preset": "young-2003" }))).unwrap_err();
    assert_eq!(mixed[0].code, "unit-of-measure");
}
