//! Case C13: perpetual inventory, depreciation rates and age profiles by their closed forms.

use serde_json::Value;
use tfp::capital::{
    CapitalOptions, Initial, Investment, Preset, capital,
    profile::{ProfileOptions, age_efficiency, age_price, geometric_rate, profile},
    retirement::Pattern,
};

use super::{super::Row, Case};

const TOLERANCE: f64 = 1e-10;

pub(super) fn rows(case: &Case) -> Vec<Row> {
    let preset = |p: Preset| {
        let r = p.recipe();
        let growth_periods = r.growth_periods;
        (r.depreciation, CapitalOptions { initial: r.initial, rate: r.rate, growth_periods, ..CapitalOptions::default() })
    };
    let steady = CapitalOptions { initial: Initial::ReinsdorfCover, ..CapitalOptions::default() };
    let starts = [
        ("zhang2004_I0/0.10_delta9.6", preset(Preset::ZhangWuZhang2004)),
        ("young2003_I0/0.10_delta6", preset(Preset::Young2003)),
        ("shan2008_I1/(delta+g)_delta10.96", preset(Preset::Shan2008)),
        ("hallJones_I0/(g+delta)_delta6", preset(Preset::HallJones1999)),
        ("reinsdorfCover_I0(1+g)/(g+delta)_delta9.6", (0.096, steady)),
        ("wangFan2000_delta5_I0/(g+delta)", preset(Preset::WangFan2000)),
    ];
    let mut rows: Vec<Row> = starts
        .iter()
        .map(|(column, (delta, options))| {
            case.part(column, "capital", TOLERANCE, |d| {
                let table = case.table("geometric.csv")?;
                let found = stocks(&table.periods("t")?, &table.numbers("I")?, *delta, options)?;
                // Twelve digits are printed: the quotient is held to the tolerance, as the largest stocks have four before the point.
                let expected = table.numbers(column)?;
                let quotients: Vec<f64> = found.iter().zip(&expected).map(|(f, e)| f / e).collect();
                d.series(column, &quotients, &vec![1.0; expected.len()]);
                Ok(())
            })
        })
        .collect();
    rows.push(case.part("steady state", "capital", TOLERANCE, |d| {
        // The table prints twelve digits of `I = 100 · 1.08^t`; the stock is expected with all.
        let periods = case.table("geometric.csv")?.periods("t")?;
        let real: Vec<f64> = periods.iter().map(|&t| 100.0 * 1.08_f64.powi(t)).collect();
        let found = stocks(&periods, &real, 0.096, &steady)?;
        let expected = number(&expected(case)?["steady_state_identity"]["K_T"])?;
        d.value("K_T", found.last().copied().unwrap_or(f64::NAN), expected);
        Ok(())
    }));
    rows.push(case.part("initial error left", "capital", TOLERANCE, |d| {
        let text = expected(case)?;
        let left = &text["initial_error_decay"];
        let delta = number(&left["delta"])?;
        for (year, share) in numbers(&left["years"])?.into_iter().zip(numbers(&left["share_left"])?) {
            let periods: Vec<i32> = (0..=year as i32).collect();
            let ones = vec![1.0; periods.len()];
            let rates = vec![delta; periods.len()];
            let data = Investment {
                units: &vec![0; periods.len()],
                periods: &periods,
                real: &ones,
                depreciation: &rates,
                output: &[],
                given: &[],
            };
            let found = capital(&data, &CapitalOptions::default()).map_err(|e| e.to_string())?;
            d.value(&format!("after {year}"), found.error_left.last().copied().unwrap_or(f64::NAN), share);
        }
        Ok(())
    }));
    rows.push(case.part("depreciation of Zhang, Wu and Zhang", "capital", TOLERANCE, |d| {
        let text = expected(case)?;
        let zhang = &text["zhang2004_delta"];
        let residual = number(&zhang["residual_value"])?;
        let rates: Vec<f64> = numbers(&zhang["lives"])?.iter().map(|&life| geometric_rate(life, residual)).collect();
        d.series("rate", &rates, &numbers(&zhang["deltas"])?);
        let mean = rates.iter().zip(numbers(&zhang["weights"])?).map(|(r, w)| r * w).sum();
        d.value("mean", mean, number(&zhang["delta"])?);
        Ok(())
    }));
    rows.push(case.part("age-efficiency", "capital", TOLERANCE, |d| {
        let text = expected(case)?;
        for (name, values) in text["age_efficiency_hyperbolic"].as_object().into_iter().flatten() {
            let (life, b, _) = parameters(name)?;
            for (age, value) in values.as_array().into_iter().flatten().enumerate() {
                // The formula is 0/0 at b = 1 and age T; an asset that has left service has no efficiency.
                let value = value.as_f64().unwrap_or(0.0);
                d.value(&format!("{name} {age}"), age_efficiency(life, b, age as f64), value);
            }
        }
        Ok(())
    }));
    rows.push(case.part("age-price", "capital", TOLERANCE, |d| {
        let text = expected(case)?;
        for (name, values) in text["age_price_from_age_efficiency_end_of_year"].as_object().into_iter().flatten() {
            let (life, efficiency, discount) = parameters(name)?;
            let options = ProfileOptions { pattern: Pattern::Simultaneous, life, spread: None, efficiency, discount };
            let found = profile(&options).map_err(|e| e.to_string())?;
            d.series(name, &found.price, &numbers(values)?);
            d.series(name, &age_price(&found.efficiency, discount), &found.price);
        }
        Ok(())
    }));
    rows
}

fn stocks(periods: &[i32], real: &[f64], delta: f64, options: &CapitalOptions) -> Result<Vec<f64>, String> {
    let n = real.len();
    let (units, rates) = (vec![0; n], vec![delta; n]);
    let data = Investment { units: &units, periods, real, depreciation: &rates, output: &[], given: &[] };
    capital(&data, options).map(|s| s.stock).map_err(|e| e.to_string())
}

/// What is expected; the file writes `NaN`, which is no JSON, for one 0/0.
fn expected(case: &Case) -> Result<Value, String> {
    let file = case.folder.join("expected.json");
    let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    serde_json::from_str(&text.replace("NaN", "null")).map_err(|e| format!("{}: {e}", file.display()))
}

fn number(value: &Value) -> Result<f64, String> {
    value.as_f64().ok_or_else(|| format!("`{value}` is not a number"))
}

fn numbers(value: &Value) -> Result<Vec<f64>, String> {
    value.as_array().ok_or_else(|| format!("`{value}` is not a list"))?.iter().map(number).collect()
}

/// Life, `b` and discount rate of a name such as `T15_b0.5_r0.04`.
fn parameters(name: &str) -> Result<(f64, f64, f64), String> {
    let of = |letter: char| name.split('_').find_map(|p| p.strip_prefix(letter)).map(str::parse::<f64>);
    match (of('T'), of('b'), of('r').unwrap_or(Ok(0.0))) {
        (Some(Ok(life)), Some(Ok(b)), Ok(r)) => Ok((life, b, r)),
        _ => Err(format!("`{name}` does not name a life and an efficiency")),
    }
}
