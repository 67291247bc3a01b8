//! Hsieh and Klenow's accounting on firms whose wedges are known.

use tfp::misallocation::{Data, Misallocation, MisallocationOptions, misallocation, relative_gain};

use super::{Case, Row, Table};

/// Tolerance of the case.
const TOLERANCE: f64 = 1e-12;
/// Tables IV and VI are printed to 0.1 percentage points.
const PRINTED: f64 = 0.1;

pub(super) fn rows(case: &Case) -> Vec<Row> {
    let name = "misallocation";
    vec![
        case.part("wedges", name, TOLERANCE, |d| {
            let (table, m) = run(case)?;
            d.series("tau_Y", &m.tau_y, &table.numbers("tauY")?);
            d.series("tau_K", &m.tau_k, &table.numbers("tauK")?);
            Ok(())
        }),
        case.part("TFPR/TFPQ", name, TOLERANCE, |d| {
            let (table, m) = run(case)?;
            let expected = case.json("expected.json")?;
            let firms = expected["constructed"]["firms"].as_array().ok_or("no firms")?;
            d.length("firms", table.len(), firms.len());
            for (i, firm) in firms.iter().enumerate() {
                d.value(&format!("TFPR {i}"), m.tfpr[i], firm["ln_tfpr_rel"].as_f64().ok_or("no TFPR")?);
                d.value(&format!("TFPQ {i}"), m.tfpq[i], firm["ln_tfpq_rel"].as_f64().ok_or("no TFPQ")?);
            }
            Ok(())
        }),
        case.part("gain", name, TOLERANCE, |d| {
            let (_, m) = run(case)?;
            let expected = case.json("expected.json")?;
            let expected = &expected["constructed"];
            let number = |name: &str| expected[name].as_f64().ok_or_else(|| format!("no {name}"));
            d.value("Y/Y*", m.within, number("Y_over_Yeff")?);
            d.value("Y/Y* by brute force", m.within, number("brute_force_Y_over_Yeff")?);
            d.value("gain", m.gain() / 100.0, number("gain_pct")? / 100.0);
            for t in &m.industries {
                let want = &expected["by_industry"][(t.industry + 1).to_string()];
                for (name, found) in
                    [("Y_over_Yeff", t.ratio), ("theta", t.share), ("sd_lnTFPR", t.tfpr.sd), ("sd_lnTFPQ", t.tfpq.sd)]
                {
                    d.value(name, found, want[name].as_f64().ok_or_else(|| format!("no {name}"))?);
                }
            }
            Ok(())
        }),
        case.part("gains beside the United States", name, PRINTED, |d| {
            let expected = case.json("expected.json")?;
            let printed = &expected["published_HK2009_QJE124(4)"];
            let gains = &printed["table4_gain_pct_equalising_TFPR"];
            let reference = gains["US"]["1997"].as_f64().ok_or("no gain of the United States")?;
            for (country, years) in printed["table6_gain_pct_relative_to_1997_US_efficiency"].as_object().ok_or("no Table VI")? {
                for (year, want) in years.as_object().ok_or("no years")? {
                    let gain = gains[country][year].as_f64().ok_or_else(|| format!("no gain of {country} {year}"))?;
                    d.value(&format!("{country} {year}"), relative_gain(gain, reference), want.as_f64().ok_or("no number")?);
                }
            }
            Ok(())
        }),
    ]
}

fn run(case: &Case) -> Result<(Table, Misallocation), String> {
    let table = case.table("data.csv")?;
    let (industries, units) = (table.units("ind")?, (0..table.len()).collect::<Vec<_>>());
    let (revenue, capital) = (table.numbers("pY")?, table.numbers("K")?);
    let (labour, alpha) = (table.numbers("wL")?, table.numbers("alpha")?);
    let data =
        Data { units: &units, industries: &industries, revenue: &revenue, capital: &capital, labour: &labour, alpha: &alpha };
    let options = MisallocationOptions { sigma: 3.0, rental: 0.1, trim: 0.0 };
    let result = misallocation(&data, &options).map_err(|e| e.to_string())?;
    Ok((table, result))
}
