//! Factor misallocation of the states of the United States, 1986.

use tfp::factor_misallocation::{Data, factor_misallocation};

use super::{Case, Row};

/// Tolerance of the case.
const TOLERANCE: f64 = 1e-10;

pub(super) fn rows(case: &Case) -> Vec<Row> {
    let run = || {
        let table = case.table("expected.csv")?;
        let expected = case.json("expected.json")?;
        let (units, periods) = (table.units("state")?, table.periods("year")?);
        let (output, capital, labour) = (table.numbers("gsp")?, table.numbers("K")?, table.numbers("L")?);
        let beta = table.numbers("beta_k")?;
        let rest: Vec<f64> = beta.iter().map(|b| 1.0 - b).collect();
        let data = Data { units: &units, periods: &periods, output: &output, capital: &capital, labour: &labour };
        let result = factor_misallocation(&data, [&beta, &rest]).map_err(|e| e.to_string())?;
        Ok::<_, String>((table, expected, result))
    };
    vec![
        case.part("gamma and tau", "factor misallocation", TOLERANCE, |d| {
            let (table, _, m) = run()?;
            for (f, factor) in ["K", "L"].into_iter().enumerate() {
                d.series(&format!("gamma_{factor}"), &m.gamma[f], &table.numbers(&format!("gamma_{factor}"))?);
                d.series(&format!("tau_{factor}"), &m.tau[f], &table.numbers(&format!("tau_{factor}"))?);
                let size: Vec<f64> = m.tau[f].iter().map(|t| t.abs()).collect();
                d.series(&format!("|tau_{factor}|"), &size, &table.numbers(&format!("abs_tau_{factor}"))?);
            }
            Ok(())
        }),
        case.part("AE", "factor misallocation", TOLERANCE, |d| {
            let (_, expected, m) = run()?;
            let number = |name: &str| expected[name].as_f64().ok_or_else(|| format!("no {name}"));
            let p = &m.periods[0];
            d.value("ln TFP/TFP*", p.log_ratio[0] + p.log_ratio[1], number("ln_TFP_over_efficient")?);
            d.value("output loss", p.loss(), number("output_loss_pct")?);
            d.value("beta_K", p.elasticity[0], number("beta_K")?);
            Ok(())
        }),
    ]
}
