use proptest::prelude::*;

use super::*;
use crate::table::{Meaning, Variable};

fn panel() -> Panel {
    let keys = [("a", 2018), ("a", 2019), ("a", 2021), ("b", 2018), ("b", 2019)];
    let column =
        |name: &str, values: [f64; 5]| Variable { name: name.into(), meaning: Meaning::default(), values: values.to_vec() };
    Panel::new(Panel {
        unit_name: "province".into(),
        period_name: Some("year".into()),
        units: keys.iter().map(|k| k.0.into()).collect(),
        periods: keys.iter().map(|k| k.1).collect(),
        variables: vec![
            column("x", [100.0, 110.0, 121.0, 10.0, 20.0]),
            column("y", [1.0, f64::NAN, 3.0, 4.0, 5.0]),
            column("zero", [1.0, 0.0, 2.0, 0.0, 1.0]),
            column("地区生产总值", [2.0, 4.0, 6.0, 8.0, 10.0]),
            column("step.score", [1.0; 5]),
            column("GDP (2019)", [3.0; 5]),
        ],
        ..Panel::default()
    })
    .unwrap()
}

fn values(text: &str) -> Vec<f64> {
    Formula::parse(text)
        .unwrap_or_else(|p| panic!("{text}: {p:?}"))
        .evaluate(&panel())
        .unwrap_or_else(|p| panic!("{text}: {p:?}"))
}

fn number(text: &str) -> f64 {
    values(text)[0]
}

/// Equal, with missing equal to missing.
fn same(text: &str, expected: [f64; 5]) {
    for (got, want) in values(text).into_iter().zip(expected) {
        assert!(got == want || (got.is_nan() && want.is_nan()) || (got - want).abs() < 1e-12, "{text}: {got} {want}");
    }
}

fn refusal(text: &str) -> Problem {
    let problems = Formula::parse(text).and_then(|f| f.evaluate(&panel())).unwrap_err();
    problems.into_iter().next().unwrap()
}

const M: f64 = f64::NAN;

#[test]
fn operators_bind_as_on_paper() {
    for (text, value) in [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("8 - 4 - 2", 2.0),
        ("8 / 4 / 2", 1.0),
        ("2 ^ 3 ^ 2", 512.0),
        ("-2 ^ 2", -4.0),
        ("(-2) ** 2", 4.0),
        ("2 ^ -1 * 4", 2.0),
        ("--2", 2.0),
        ("- 3 * -2 + +1", 7.0),
        ("1 + 1 < 3", 1.0),
        ("2 >= 3", 0.0),
        ("1 == 1 != 0", 1.0),
        ("1.5e2 + .5 + 2.", 152.5),
        ("（１ + 2）", f64::NAN),
        ("（1 ＋ 2）× 3 ÷ 9 − 1", 0.0),
        ("min(3, 1, 2) + max(3, 1, 2)", 4.0),
        ("round(-2.5) + abs(-1) + sqrt(9) + log10(1000)", 4.0),
        ("if(1 > 2, 5, 6)", 6.0),
    ] {
        if value.is_nan() {
            assert!(Formula::parse(text).is_err(), "{text}");
        } else {
            assert!((number(text) - value).abs() < 1e-12, "{text} gave {}", number(text));
        }
    }
}

#[test]
fn names_of_every_kind_are_found() {
    assert_eq!(number("地区生产总值 + step.score + `GDP (2019)`"), 6.0);
    let formula = Formula::parse("y / x + x * ln(地区生产总值)").unwrap();
    assert_eq!(formula.variables(), ["x", "y", "地区生产总值"]);
}

#[test]
fn lags_go_by_period_and_missing_stays_missing() {
    same("lag(x)", [M, 100.0, M, M, 10.0]);
    same("lag(x, 2)", [M, M, 110.0, M, M]);
    same("lead(x)", [110.0, M, M, 20.0, M]);
    same("lag(x, -1)", [110.0, M, M, 20.0, M]);
    same("diff(x)", [M, 10.0, M, M, 10.0]);
    same("growth(x)", [M, 0.1, M, M, 1.0]);
    same("dlog(x)", [M, 1.1_f64.ln(), M, M, 2.0_f64.ln()]);
    same("lag(y)", [M, 1.0, M, M, 4.0]);
    same("y + 1", [2.0, M, 4.0, 5.0, 6.0]);
    same("y > 2", [0.0, M, 1.0, 1.0, 1.0]);
    same("is_missing(y)", [0.0, 1.0, 0.0, 0.0, 0.0]);
    same("is_missing(missing()) + 0 * period()", [1.0; 5]);
    assert_eq!(Formula::parse("period(1)").unwrap_err()[0].code, "formula-arguments");
    same("max(y, 2)", [2.0, M, 3.0, 4.0, 5.0]);
}

#[test]
fn sums_means_and_bases() {
    same("sum_by_period(x)", [110.0, 130.0, 121.0, 110.0, 130.0]);
    same("mean_by_period(x)", [55.0, 65.0, 121.0, 55.0, 65.0]);
    same("share(x)", [100.0 / 110.0, 110.0 / 130.0, 1.0, 10.0 / 110.0, 20.0 / 130.0]);
    same("sum_by_period(y)", [5.0, M, 3.0, 5.0, M]);
    same("mean_by_unit(x)", [331.0 / 3.0, 331.0 / 3.0, 331.0 / 3.0, 15.0, 15.0]);
    same("cumsum(x)", [100.0, 210.0, 331.0, 10.0, 30.0]);
    same("cumsum(y)", [1.0, M, M, 4.0, 9.0]);
    same("first(x)", [100.0, 100.0, 100.0, 10.0, 10.0]);
    same("index(x, 2018)", [100.0, 110.0, 121.0, 100.0, 200.0]);
    same("index(x, 2021)", [100.0 * 100.0 / 121.0, 100.0 * 110.0 / 121.0, 100.0, M, M]);
}

#[test]
fn undefined_arithmetic_names_unit_and_period_and_never_gives_infinity() {
    let problems = Formula::parse("x / zero").unwrap().evaluate(&panel()).unwrap_err();
    assert_eq!(problems.len(), 2);
    assert_eq!(problems[0].place.unit.as_deref(), Some("a"));
    assert_eq!(problems[0].place.period, Some(2019));
    assert_eq!(problems[1].place.unit.as_deref(), Some("b"));
    for (text, code) in [
        ("ln(zero)", "logarithm"),
        ("log10(-x)", "logarithm"),
        ("sqrt(-x)", "root"),
        ("(-x) ^ 0.5", "power"),
        ("zero ^ -1", "division-by-zero"),
        ("exp(1000 * x)", "overflow"),
        ("1e308 * 10", "overflow"),
        ("growth(zero)", "division-by-zero"),
        ("share(x - x)", "division-by-zero"),
        ("sum_by_period(1 / zero)", "division-by-zero"),
    ] {
        assert!(Formula::parse(text).unwrap().evaluate(&panel()).is_err_and(|p| p.iter().all(|p| p.code == code)), "{text}");
    }
    same("if(zero > 0, 1 / zero, -1)", [1.0, -1.0, 0.5, -1.0, 1.0]);
    same("if(zero == 0, 0, ln(zero))", [0.0, 0.0, 2.0_f64.ln(), 0.0, 0.0]);
}

#[test]
fn many_faults_are_counted_not_listed() {
    let n = 1000;
    let panel = Panel::new(Panel {
        unit_name: "u".into(),
        units: (0..n).map(|i| format!("u{i:04}")).collect(),
        variables: vec![Variable { name: "x".into(), meaning: Meaning::default(), values: vec![0.0; n] }],
        ..Panel::default()
    })
    .unwrap();
    let problems = Formula::parse("1 / x").unwrap().evaluate(&panel).unwrap_err();
    assert_eq!(problems.len(), 6);
    assert!(problems[5].what.contains("995 more cells"), "{}", problems[5]);
    assert_eq!(Formula::parse("lag(x)").unwrap().evaluate(&panel).unwrap_err()[0].code, "no-period");
}

#[test]
fn mistakes_are_placed_inside_the_formula() {
    for (text, span, code) in [
        ("x + ", 4..4, "formula-syntax"),
        ("x + * y", 4..5, "formula-syntax"),
        ("(x + y", 6..6, "formula-syntax"),
        ("(x + )", 5..6, "formula-syntax"),
        ("x y", 2..3, "formula-syntax"),
        ("x)", 1..2, "formula-syntax"),
        ("x = 1", 2..3, "formula-syntax"),
        ("x + `y", 4..5, "formula-syntax"),
        ("", 0..0, "formula-syntax"),
        ("1 + lgo10(x)", 4..9, "unknown-function"),
        ("1 + lag(x, y)", 4..13, "formula-arguments"),
        ("ln(x, y)", 0..8, "formula-arguments"),
        ("index(x)", 0..8, "formula-arguments"),
        ("min()", 0..5, "formula-arguments"),
        ("1 + stpe.score", 4..14, "unknown-variable"),
        ("index(x, 1900)", 0..14, "unknown-period"),
        ("1e999", 0..5, "formula-syntax"),
    ] {
        let problem = refusal(text);
        assert_eq!((problem.code.as_str(), problem.place.span.clone()), (code, Some(span)), "{text}: {problem}");
    }
    assert!(refusal("1 + lgo10(x)").help.contains("did you mean `log10`?"));
    assert!(refusal("stpe.score").help.contains("did you mean `step.score`?"));
    assert_eq!(Formula::parse("foo(x) + bar(y)").unwrap_err().len(), 2);
}

#[test]
fn deep_and_long_formulas_end_in_an_answer() {
    for text in
        ["(".repeat(10_000), "-".repeat(10_000) + "1", "2^".repeat(10_000) + "2", "ln(".repeat(10_000), "-(".repeat(10_000)]
    {
        assert_eq!(Formula::parse(&text).unwrap_err()[0].code, "formula-too-deep");
    }
    let deepest = format!("{}1{}", "(1 < 1 + 1 * ".repeat(64), ")".repeat(64));
    assert!(Formula::parse(&deepest).is_ok());
    assert_eq!(number(&(0..5000).map(|_| "1").collect::<Vec<_>>().join("+")), 5000.0);
}

fn derived(name: &str, formula: &str) -> Derived {
    Derived { name: name.into(), formula: formula.into(), meaning: Meaning::default() }
}

#[test]
fn derived_variables_come_in_any_order() {
    let mut p = panel();
    derive(&mut p, &[derived("c", "b + a"), derived("b", "2 * a"), derived("a", "x")]).unwrap();
    let names: Vec<&str> = p.variables.iter().skip(6).map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["c", "b", "a"]);
    assert_eq!(p.values("c").unwrap()[0], 300.0);
}

#[test]
fn every_mistake_among_derived_variables_is_told_and_nothing_is_changed() {
    let before = panel();
    let mut p = panel();
    let problems =
        derive(&mut p, &[derived("x", "1"), derived("n", "1"), derived("n", "2"), derived("m", "xx + 1"), derived("s", "1 +")])
            .unwrap_err();
    let codes: Vec<&str> = problems.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["name-taken", "name-taken", "formula-syntax", "unknown-variable"]);
    let problems =
        derive(&mut p, &[derived("ok", "x"), derived("a", "b"), derived("b", "c"), derived("c", "a + ok")]).unwrap_err();
    assert_eq!(problems[0].code, "cycle");
    assert!(problems[0].what.contains("a → b → c → a"), "{}", problems[0]);
    assert_eq!(derive(&mut p, &[derived("a", "a + 1")]).unwrap_err()[0].code, "cycle");
    let problems = derive(&mut p, &[derived("bad", "1 / zero"), derived("worse", "bad + 1"), derived("fine", "x")]).unwrap_err();
    assert!(problems.iter().all(|p| p.place.column.as_deref() == Some("bad")));
    assert_eq!(p.variables.len(), before.variables.len());
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}") {
        let _ = Formula::parse(&text).and_then(|f| f.evaluate(&panel()));
    }

    #[test]
    fn no_formula_gives_an_infinity(
        words in prop::collection::vec(prop::sample::select(vec![
            "x", "y", "zero", "1", "0", "2.5", "1e300", "+", "-", "*", "/", "^", "(", ")", ",", "<", "==", "ln(", "exp(", "sqrt(",
            "if(", "min(", "lag(", "growth(", "share(", "index(x, 2019)", "cumsum(", "mean_by_unit(", "dlog(", "round(",
        ]), 1..25),
    ) {
        if let Ok(values) = Formula::parse(&words.join(" ")).and_then(|f| f.evaluate(&panel())) {
            prop_assert!(values.iter().all(|x| !x.is_infinite()));
        }
    }

    #[test]
    fn growth_does_not_see_the_unit_of_measure(scale in prop::sample::select(vec![1e9, 1e-9])) {
        let mut scaled = panel();
        scaled.variables[0].values.iter_mut().for_each(|x| *x *= scale);
        for text in ["growth(x)", "dlog(x)", "share(x)", "index(x, 2018)"] {
            let formula = Formula::parse(text).unwrap();
            for (a, b) in formula.evaluate(&panel()).unwrap().iter().zip(formula.evaluate(&scaled).unwrap()) {
                prop_assert!((a - b).abs() <= 1e-12 * a.abs().max(1.0) || (a.is_nan() && b.is_nan()));
            }
        }
    }
}
