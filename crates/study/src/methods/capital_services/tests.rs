use panel::{Meaning, Panel, Variable};
use serde_json::json;

use super::*;
use crate::method::Output;

/// One industry, 2000 to 2005: structures grow by 2 %, machines by 10 %; prices of machines fall by 5 %; land doubles in 2003.
fn panel() -> Panel {
    let mut p = Panel { unit_name: "industry".into(), period_name: Some("year".into()), ..Panel::default() };
    let names = ["structures", "machines", "land", "p_structures", "p_machines", "p_land", "income"];
    let mut columns = vec![Vec::new(); names.len()];
    for t in 0..=5 {
        p.units.push("a".into());
        p.periods.push(2000 + t);
        let row = [
            500.0 * 1.02_f64.powi(t),
            100.0 * 1.1_f64.powi(t),
            100.0,
            100.0,
            100.0 * 0.95_f64.powi(t),
            if t < 3 { 100.0 } else { 200.0 },
            90.0,
        ];
        columns.iter_mut().zip(row).for_each(|(c, v)| c.push(v));
    }
    let variable = |(name, values): (&&str, Vec<f64>)| Variable { name: (*name).into(), meaning: Meaning::default(), values };
    p.variables = names.iter().zip(columns).map(variable).collect();
    Panel::new(p).unwrap()
}

fn run(options: serde_json::Value) -> Result<Output, Vec<Problem>> {
    let options: CapitalServicesStep = serde_json::from_value(options).unwrap();
    let panel = panel();
    CapitalServices::run(&Input { step: "services", panel: &panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

fn find<'a>(output: &'a Output, name: &str) -> &'a [f64] {
    &output.variables.iter().find(|v| v.name == name).unwrap().values
}

/// By hand for 2001, stocks at the end of the period: structures 510 at r + .04, machines 110 with the price 1 → .95 and 15 %:
/// r · (510 + 110) + 20.4 + 110 · (.1425 + .05) = 90, so r = 48.425 / 620.
#[test]
fn an_endogenous_return_by_hand() {
    let out = run(json!({
        "stocks": ["structures", "machines"], "prices": ["p_structures", "p_machines"], "depreciation": [0.04, 0.15],
        "income": "income", "timing": "end"
    }))
    .unwrap();
    let rate = find(&out, "return");
    assert!(rate[0].is_nan() && (rate[1] - 48.425 / 620.0).abs() < 1e-14, "{}", rate[1]);
    let machines = find(&out, "user_cost_machines")[1];
    assert!((machines - (rate[1] + 0.1925)).abs() < 1e-14);
    let growth = find(&out, "services_growth");
    assert!(growth[1].is_nan() && growth[2] > 1.02_f64.ln() && growth[2] < 1.1_f64.ln());
    // Machines cost more a unit than structures, so services grow faster than the sum of stocks.
    assert!(find(&out, "composition")[2..].iter().all(|q| *q > 0.0));
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{:?}", out.checks);
    assert_eq!(out.figures.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["services", "contributions", "return"]);
    assert!(out.summary[0].en.contains("mean of 4 rows"), "{}", out.summary[0].en);
    // Mean stocks need the stock of the year before; costs begin in the same year, as prices of it are needed too.
    let mean = run(json!({
        "stocks": ["structures", "machines"], "prices": ["p_structures", "p_machines"], "depreciation": [0.04, 0.15], "income": "income"
    }))
    .unwrap();
    assert!(mean.findings.iter().any(|f| f.code == "TF017" && f.place.en == "a 2000"));
}

#[test]
fn negative_costs_need_a_declared_rule() {
    let options = |negative: &str| {
        json!({
            "stocks": ["structures", "land"], "prices": ["p_structures", "p_land"], "depreciation": [0.04, 0.0],
            "income": "income", "timing": "end", "negative": negative
        })
    };
    let refused = run(options("refuse")).unwrap_err();
    assert_eq!((refused.len(), refused[0].code.as_str(), refused[0].place.period), (1, "negative-user-cost", Some(2003)));
    for (rule, words) in [("keep", "kept; 1 still"), ("floor", "floor; 0 still"), ("without-gains", "revaluation; 0 still")] {
        let out = run(options(rule)).unwrap();
        let finding = out.findings.iter().find(|f| f.code == "TF015").unwrap();
        assert!(finding.message.en.contains(words) && finding.place.en == "a 2003", "{}", finding.message.en);
        assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
        assert!(rule == "keep" || find(&out, "user_cost_land")[3] > 0.0);
    }
}

#[test]
fn an_exogenous_return_leaves_profit() {
    let options = |more: serde_json::Value| {
        let mut o = json!({
            "stocks": ["structures"], "prices": ["p_structures"], "depreciation": [0.04], "timing": "end",
            "returns": "exogenous", "income": "income", "rate": 0.06
        });
        o.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        o
    };
    let out = run(options(json!({}))).unwrap();
    assert!((find(&out, "user_cost_structures")[1] - 0.1).abs() < 1e-15);
    let profit = out.tables.iter().find(|t| t.id == "services").unwrap().columns.iter().find(|c| c.name == "profit").unwrap();
    assert!(matches!(&profit.cells, crate::table::Cells::Number(v, _) if (v[1] - 39.0).abs() < 1e-12));
    // τ = (1 − .25 · .8) / .75, and property at 1 %.
    let taxed = run(options(json!({ "tax": 0.25, "allowance": [0.8], "property_tax": 0.01 }))).unwrap();
    assert!((find(&taxed, "user_cost_structures")[1] - (0.8 / 0.75 * 0.1 + 0.01)).abs() < 1e-15);
    let odd = run(options(json!({ "rate": 0.7 }))).unwrap();
    assert!(odd.findings.iter().any(|f| f.code == "TF016"));
}

#[test]
fn wrong_options_come_back_all_at_once() {
    let problems = run(json!({
        "stocks": ["structures", "machine"], "prices": ["p_structures", "p_machines", "p_land"], "depreciation": [15.0],
        "rate": 0.1, "tax": 25.0, "floor": 0.0, "base_period": 1900
    }))
    .unwrap_err();
    let codes: Vec<&str> = problems.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["prices", "depreciation", "income", "tax", "floor", "floor", "unknown-variable", "base_period"]);
    let rates = run(json!({
        "stocks": ["structures"], "prices": ["p_structures"], "depreciation": [0.1], "returns": "exogenous"
    }))
    .unwrap_err();
    assert_eq!(rates[0].code, "rate");
    let idle = run(json!({
        "stocks": ["structures"], "prices": ["p_structures"], "depreciation": [0.1], "income": "income",
        "floor": 0.02, "gains_periods": 3, "allowance": [0.5]
    }))
    .unwrap_err();
    assert_eq!(idle.iter().map(|p| p.code.as_str()).collect::<Vec<_>>(), ["floor", "gains_periods", "allowance"]);
}
