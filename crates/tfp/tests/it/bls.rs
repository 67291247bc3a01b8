use tfp::growth::{Data, GrowthOptions, Shares, growth};

/// US Bureau of Labor Statistics, combined sector and industry KLEMS tables, 1987 to 2018: the column
/// MFP (index, three decimals) from output, five inputs and their costs. 70 industries, 2,170 growth
/// rates; rounding of the print moves a log change by at most 5.1e-5.
#[test]
fn multifactor_productivity_of_70_industries() {
    let Some(rows) = crate::table("C11_bls_klems/data.csv") else { return };
    let (units, industries) = crate::numbered(&rows, "NAICS");
    let periods = crate::years(&rows, "year");
    let get = |name: &str| crate::numbers(&rows, name);
    let names = ["K", "L", "E", "M", "S"];
    let costs: Vec<Vec<f64>> = names.iter().map(|n| get(&format!("c{n}"))).collect();
    let total: Vec<f64> = (0..rows.len()).map(|i| costs.iter().map(|c| c[i]).sum()).collect();
    let shares = costs.iter().map(|c| c.iter().zip(&total).map(|(c, t)| c / t).collect()).collect();
    let quantities: Vec<Vec<f64>> = names.iter().map(|n| get(n)).collect();
    let inputs: Vec<&[f64]> = quantities.iter().map(Vec::as_slice).collect();
    let (output, published) = (get("Y"), get("MFP"));
    let data = Data { units: &units, periods: &periods, output: &output, inputs: &inputs };
    let g = growth(&data, &Shares::Varying(shares), &GrowthOptions::default()).unwrap();
    let (mut worst, mut compared) = (0.0_f64, 0);
    for (i, j) in g.before.iter().enumerate().filter_map(|(i, j)| Some((i, (*j)?))) {
        worst = worst.max((g.tfp[i] - (published[i] / published[j]).ln()).abs());
        compared += 1;
    }
    assert_eq!((industries.len(), compared), (70, 2170));
    assert!(worst <= 5.1e-5, "{worst}");
}
