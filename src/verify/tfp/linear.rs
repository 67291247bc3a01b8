//! Case C09: Munnell's (1990) states, by every linear panel estimator, against the R package plm.

use serde_json::Value;
use tfp::production::{
    Firms,
    linear::{Components, Covariance, Effects, Estimator, Linear, LinearOptions, Term, hausman, ols},
};

use super::{Case, Row};
use crate::verify::Differences;

const NAMES: [(&str, Term); 5] = [
    ("(Intercept)", Term::Constant),
    ("log(pcap)", Term::Input(0)),
    ("log(pc)", Term::Input(1)),
    ("log(emp)", Term::Input(2)),
    ("unemp", Term::Control(0)),
];

struct States {
    units: Vec<usize>,
    periods: Vec<i32>,
    columns: Vec<Vec<f64>>,
}

impl States {
    fn read(case: &Case) -> Result<Self, String> {
        let table = case.table("data.csv")?;
        let log = |name: &str| table.numbers(name).map(|c| c.iter().map(|v| v.ln()).collect::<Vec<f64>>());
        let columns = vec![log("gsp")?, log("pcap")?, log("pc")?, log("emp")?, table.numbers("unemp")?];
        Ok(Self { units: table.units("state")?, periods: table.periods("year")?, columns })
    }

    fn firms(&self) -> Firms<'_> {
        Firms {
            units: &self.units,
            periods: &self.periods,
            step: 1,
            output: &self.columns[0],
            free: self.columns[1..4].iter().map(Vec::as_slice).collect(),
            state: vec![],
            proxy: None,
            controls: vec![&self.columns[4]],
            process: vec![],
            exit: None,
        }
    }
}

pub(super) fn rows(case: &Case) -> Vec<Row> {
    use Components::{Amemiya, Nerlove, SwamyArora, WallaceHussain};
    let of = |estimator| LinearOptions { estimator, covariance: Covariance::Classical, ..LinearOptions::default() };
    let random = |components| LinearOptions { components, ..of(Estimator::Random) };
    let two_way = |options| LinearOptions { effects: Effects::FirmPeriod, ..options };
    let parts = [
        ("pooling", of(Estimator::Pooled)),
        ("between", of(Estimator::Between)),
        ("within", of(Estimator::Within)),
        ("within_twoways", two_way(of(Estimator::Within))),
        ("fd", of(Estimator::FirstDifferences)),
        ("random_swar", random(SwamyArora)),
        ("random_walhus", random(WallaceHussain)),
        ("random_amemiya", random(Amemiya)),
        ("random_nerlove", random(Nerlove)),
        ("random_twoways_swar", two_way(random(SwamyArora))),
    ];
    let mut rows: Vec<Row> = parts
        .into_iter()
        .map(|(part, options)| {
            case.part(part, "production::linear::ols", 1e-6, |d| {
                let (states, expected) = (States::read(case)?, case.json("expected_plm.json")?);
                let found = ols(&states.firms(), &options).map_err(|e| e.to_string())?;
                compare(d, &found, &expected[part]);
                Ok(())
            })
        })
        .collect();
    rows.push(case.part("hausman", "production::linear::hausman", 1e-6, |d| {
        let (states, expected) = (States::read(case)?, case.json("expected_plm.json")?);
        let found = hausman(&states.firms(), SwamyArora).map_err(|e| e.to_string())?;
        let number = |name: &str| expected["hausman"][name].as_f64().unwrap_or(f64::NAN);
        d.value("chisq", found.statistic.unwrap_or(f64::NAN), number("chisq"));
        d.value("df", found.degrees as f64, number("df"));
        d.value("p", found.p.unwrap_or(f64::NAN), number("p"));
        Ok(())
    }));
    rows.push(case.part("within_cluster_state_HC1", "production::linear::ols", 1e-6, |d| {
        let (states, expected) = (States::read(case)?, case.json("expected_plm.json")?);
        let options = LinearOptions { covariance: Covariance::ClusterRows, ..of(Estimator::Within) };
        let found = ols(&states.firms(), &options).map_err(|e| e.to_string())?;
        errors(d, &found, &expected["within_cluster_state_HC1"]);
        Ok(())
    }));
    rows
}

fn compare(d: &mut Differences, found: &Linear, expected: &Value) {
    for (name, term) in NAMES {
        let Some(value) = expected["coef"][name].as_f64() else { continue };
        let at = found.terms.iter().position(|t| *t == term);
        d.value(name, at.map_or(f64::NAN, |j| found.coefficients[j]), value);
    }
    errors(d, found, &expected["se"]);
    if let (Some(v), Some(sigma2)) = (&found.variances, expected.get("sigma2")) {
        for (name, value) in [("idios", v.idiosyncratic), ("id", v.firm), ("time", v.period)] {
            if let Some(expected) = sigma2[name].as_f64() {
                d.value(name, value, expected);
            }
        }
        if let Some(theta) = expected["theta"].as_f64() {
            d.value("theta", v.theta[0], theta);
        }
    }
}

fn errors(d: &mut Differences, found: &Linear, expected: &Value) {
    let k = found.terms.len();
    for (name, term) in NAMES {
        let Some(value) = expected[name].as_f64() else { continue };
        let at = found.terms.iter().position(|t| *t == term).zip(found.covariance.as_ref());
        d.value(&format!("error of {name}"), at.map_or(f64::NAN, |(j, c)| c[j * k + j].sqrt()), value);
    }
}
