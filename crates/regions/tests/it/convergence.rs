//! US states 1929-2009 and German counties 2010-2014.

use regions::convergence::{Errors, beta, sigma};

use super::{case, close, numbers};

#[test]
fn us_states_1929_to_2009() {
    let Some(case) = case("spatial/s07_usjoin.json") else { return };
    let incomes: Vec<Vec<f64>> = case["input"]["pci_T_by_n"].as_array().unwrap().iter().map(numbers).collect();
    let number = |v: &serde_json::Value| v.as_f64().unwrap();
    for (income, expected) in incomes.iter().zip(case["expected"]["sigma"].as_array().unwrap()) {
        let s = sigma(income);
        close("cv", s.cv, number(&expected["cv"]), 1e-13);
        close("sd_log", s.sd_log, number(&expected["sd_log"]), 1e-13);
    }
    let b = beta(&incomes[0], &incomes[80], 80.0, Errors::Classical, 0.95).unwrap();
    let expected = &case["expected"]["beta_absolute"];
    close("slope", b.slope, number(&expected["slope"]), 1e-14);
    close("se", b.error, number(&expected["se"]), 1e-14);
    close("r2", b.r_squared, number(&expected["r2"]), 1e-13);
    close("speed", b.speed, number(&expected["speed"]), 1e-13);
    close("half-life", b.half_life, number(&expected["half_life"]), 1e-11);
}

/// The speed that REAT should have printed: its own takes the annual slope for the total one.
#[test]
fn german_counties_2010_to_2014() {
    let Some(case) = case("spatial/s13_germany_counties_reat.json") else { return };
    let (first, last) = (numbers(&case["input"]["gdppc2010"]), numbers(&case["input"]["gdppc2014"]));
    let b = beta(&first, &last, 4.0, Errors::Classical, 0.95).unwrap();
    let expected = &case["computed_here"]["beta_ols_annualised"];
    for (name, found) in [("alpha", b.constant), ("beta", b.slope), ("se", b.error), ("r2", b.r_squared), ("speed", b.speed)] {
        close(name, found, expected[name].as_f64().unwrap(), 1e-11);
    }
}
