//! Case C10: employment of British firms (Arellano and Bond 1991) by difference and system GMM, against plm.

use serde_json::Value;
use tfp::production::{
    Firms,
    gmm::{Equations, Gmm, GmmCovariance, GmmOptions, Instruments, Regressor, Steps, Term, gmm},
};

use super::{Case, Row};
use crate::verify::Differences;

struct Employment {
    units: Vec<usize>,
    periods: Vec<i32>,
    /// Employment, wage, capital, output of the industry.
    logs: Vec<Vec<f64>>,
}

impl Employment {
    fn read(case: &Case) -> Result<Self, String> {
        let table = case.table("data.csv")?;
        let log = |name: &str| table.numbers(name).map(|c| c.iter().map(|v| v.ln()).collect::<Vec<f64>>());
        let logs = vec![log("emp")?, log("wage")?, log("capital")?, log("output")?];
        Ok(Self { units: table.units("firm")?, periods: table.periods("year")?, logs })
    }

    fn firms(&self, inputs: usize) -> Firms<'_> {
        Firms {
            units: &self.units,
            periods: &self.periods,
            step: 1,
            output: &self.logs[0],
            free: self.logs[1..=inputs].iter().map(Vec::as_slice).collect(),
            state: vec![],
            proxy: None,
            controls: vec![],
            process: vec![],
            exit: None,
        }
    }
}

/// Names of the coefficients in the case.
const NAMES: [(&str, Term); 10] = [
    ("lag(log(emp), 1:2)1", Term::Output(1)),
    ("lag(log(emp), 1:2)2", Term::Output(2)),
    ("lag(log(emp), 1)", Term::Output(1)),
    ("lag(log(wage), 0:1)0", Term::Input(0, 0)),
    ("lag(log(wage), 0:1)1", Term::Input(0, 1)),
    ("log(capital)", Term::Input(1, 0)),
    ("lag(log(capital), 0:1)0", Term::Input(1, 0)),
    ("lag(log(capital), 0:1)1", Term::Input(1, 1)),
    ("lag(log(output), 0:1)0", Term::Input(2, 0)),
    ("lag(log(output), 0:1)1", Term::Input(2, 1)),
];

pub(super) fn rows(case: &Case) -> Vec<Row> {
    let own = |lags| Regressor { lags, instruments: Instruments::Itself };
    let difference = |steps, covariance| GmmOptions {
        equations: Equations::Difference,
        output_lags: 2,
        inputs: vec![own(1), own(0), own(1)],
        collapse: false,
        steps,
        covariance,
        ..GmmOptions::default()
    };
    let system = GmmOptions { steps: Steps::One, collapse: false, ..GmmOptions::default() };
    let parts = [
        ("AB1991_table4b_twostep_nonrobust", 3, difference(Steps::Two, GmmCovariance::Conventional)),
        ("AB1991_table4b_twostep_windmeijer", 3, difference(Steps::Two, GmmCovariance::Robust)),
        ("AB1991_table4_onestep_robust", 3, difference(Steps::One, GmmCovariance::Robust)),
        ("BB1998_table4_systemGMM_onestep_robust", 2, system),
    ];
    let run = |(part, inputs, options): (&str, usize, GmmOptions)| {
        // The autocorrelation tests of plm's systems are a known difference.
        let autocorrelation = options.equations == Equations::Difference;
        let name = if autocorrelation { part.to_owned() } else { format!("{part}, m1 and m2 left out") };
        case.part(&name, "production::gmm", 1e-5, |d| {
            let (data, expected) = (Employment::read(case)?, case.json("expected_plm.json")?);
            let found = gmm(&data.firms(inputs), &options).map_err(|e| e.to_string())?;
            compare(d, &found, &expected[part], &options, autocorrelation);
            Ok(())
        })
    };
    parts.into_iter().map(run).collect()
}

fn compare(d: &mut Differences, found: &Gmm, expected: &Value, options: &GmmOptions, autocorrelation: bool) {
    let k = found.terms.len();
    for (name, term) in NAMES {
        let Some(value) = expected["coef"][name].as_f64() else { continue };
        let at = found.terms.iter().position(|t| *t == term);
        d.value(name, at.map_or(f64::NAN, |j| found.coefficients[j]), value);
        let error = at.map_or(f64::NAN, |j| found.covariance[j * k + j].sqrt());
        d.value(&format!("error of {name}"), error, expected["se"][name].as_f64().unwrap_or(f64::NAN));
    }
    let criterion = if options.steps == Steps::One { found.first_criterion } else { found.hansen };
    d.value("criterion", criterion.statistic, expected["sargan"]["chisq"].as_f64().unwrap_or(f64::NAN));
    d.value("degrees", criterion.degrees as f64, expected["sargan"]["df"].as_f64().unwrap_or(f64::NAN));
    if autocorrelation {
        for (name, test) in ["m1", "m2"].into_iter().zip(&found.autocorrelation) {
            d.value(name, test.z.unwrap_or(f64::NAN), expected[name][0][0].as_f64().unwrap_or(f64::NAN));
        }
    }
}
