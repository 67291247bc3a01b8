//! Densities of relative state incomes by the formula, with R's nrd0.

use regions::density::{DensityOptions, Kernel, Rule, density};

use super::{case, close, numbers};

#[test]
fn relative_incomes_of_us_states() {
    let (Some(incomes), Some(expected)) = (case("spatial/s07_usjoin.json"), case("spatial/s17_kde_usjoin.json")) else { return };
    let grid = numbers(&expected["input"]["grid"]);
    for (year, row) in [("1929", 0), ("1969", 40), ("2009", 80)] {
        let income = numbers(&incomes["input"]["pci_T_by_n"][row]);
        let mean = income.iter().sum::<f64>() / income.len() as f64;
        let x: Vec<f64> = income.iter().map(|v| v / mean).collect();
        let expected = &expected["expected"][year];
        close(year, Rule::Silverman.bandwidth(&x), expected["bw_nrd0"].as_f64().unwrap(), 1e-14);
        for (kernel, name) in [(Kernel::Gaussian, "gaussian"), (Kernel::Epan2, "epanechnikov")] {
            // The grid is that of the case: its ends as support would reflect, so curves are read between points.
            let options = DensityOptions { kernel, points: 100_000, bootstrap: 0, ..DensityOptions::default() };
            let d = density(std::slice::from_ref(&x), &options, 0).unwrap();
            for (i, want) in numbers(&expected[name]).into_iter().enumerate() {
                let at = grid[0] + (grid[1] - grid[0]) * i as f64 / (grid[2] - 1.0);
                let k = d.grid.partition_point(|g| *g < at);
                if k == 0 || k == d.grid.len() {
                    assert!(want < 3e-2, "{year} {name} {at}: {want}");
                    continue;
                }
                let share = (at - d.grid[k - 1]) / (d.grid[k] - d.grid[k - 1]);
                let got = d.curves[0].values[k - 1] * (1.0 - share) + d.curves[0].values[k] * share;
                close(&format!("{year} {name} {at}"), got, want, 1e-7);
            }
            if kernel == Kernel::Gaussian {
                assert_eq!(d.curves[0].modes as u64, expected["n_modes_gaussian"].as_u64().unwrap(), "{year}");
            }
        }
    }
}
