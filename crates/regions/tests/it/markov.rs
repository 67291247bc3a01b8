//! US states 1929-2009 (Rey 2001) as giddy 2.3.8 prints them.

use regions::{
    markov::{MarkovOptions, Seen, class_of, markov, quantile_bounds},
    weights::{Style, Weights},
};
use serde_json::Value;

use super::{case, close};

fn plain() -> MarkovOptions {
    MarkovOptions { bootstrap: 0, ..MarkovOptions::default() }
}

fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(all) => all.iter().flat_map(flat).collect(),
        other => vec![other.as_f64().unwrap()],
    }
}

struct States {
    case: Value,
    years: Vec<i32>,
    /// Income relative to the mean of the year, by year and state.
    relative: Vec<Vec<f64>>,
    /// Its spatial lag.
    lag: Vec<Vec<f64>>,
}

fn states() -> Option<States> {
    let case = case("spatial/s07_usjoin.json")?;
    let income: Vec<Vec<f64>> = case["input"]["pci_T_by_n"].as_array().unwrap().iter().map(flat).collect();
    let mean = |year: &Vec<f64>| year.iter().sum::<f64>() / year.len() as f64;
    let relative: Vec<Vec<f64>> = income.iter().map(|y| y.iter().map(|x| x / mean(y)).collect()).collect();
    let lists: Vec<Vec<f64>> = case["input"]["neighbours0"].as_array().unwrap().iter().map(flat).collect();
    let pairs: Vec<(usize, usize)> =
        lists.iter().enumerate().flat_map(|(i, l)| l.iter().map(move |&j| (i, j as usize))).collect();
    let weights = Weights::from_pairs(48, &pairs, Style::RowStandardised).unwrap();
    let lag = relative.iter().map(|y| weights.lag(y)).collect();
    let years = flat(&case["input"]["years"]).iter().map(|y| *y as i32).collect();
    Some(States { case, years, relative, lag })
}

fn seen(s: &States, class: impl Fn(usize, f64) -> usize, around: impl Fn(f64) -> Option<usize>) -> Vec<Seen> {
    let cell =
        |t: usize, i: usize| Seen { unit: i, period: s.years[t], class: class(t, s.relative[t][i]), around: around(s.lag[t][i]) };
    (0..s.years.len()).flat_map(|t| (0..48).map(move |i| (t, i))).map(|(t, i)| cell(t, i)).collect()
}

#[test]
fn quintiles_of_each_year_give_the_chain_of_us_states() {
    let Some(s) = states() else { return };
    let bounds: Vec<Vec<f64>> = s.relative.iter().map(|y| quantile_bounds(y, 5)).collect();
    let m = markov(&seen(&s, |t, x| class_of(x, &bounds[t]), |_| None), 5, 0, &plain(), 0).unwrap();
    let expected = &s.case["expected"]["markov_q5"];
    let check = |name: &str, found: &[f64], tolerance: f64| {
        let expected = flat(&expected[name]);
        assert_eq!(found.len(), expected.len(), "{name}");
        for (f, e) in found.iter().zip(&expected) {
            close(name, *f, *e, tolerance);
        }
    };
    check("transitions", &m.chain.counts.iter().map(|&c| c as f64).collect::<Vec<_>>(), 0.0);
    check("p", &m.chain.probabilities, 1e-14);
    check("steady_state", m.chain.long_run.ergodic().unwrap(), 1e-13);
    check("mfpt", &m.chain.passage, 1e-11);
    check("sojourn", &m.chain.stay, 1e-12);
    let (found, expected) = (m.chain.mobility.unwrap(), &expected["mobility"]);
    close("P", found.shorrocks, expected["P"].as_f64().unwrap(), 1e-14);
    close("D", found.determinant, expected["D"].as_f64().unwrap(), 1e-13);
    close("L2", 1.0 - found.second, expected["L2"].as_f64().unwrap(), 1e-12);
    assert_eq!((m.unfollowed.len(), m.placeless, m.spans.len()), (0, 0, 80));
}

#[test]
fn spatial_chains_of_us_states() {
    let Some(s) = states() else { return };
    for name in ["spatial_markov_fixed_k5_m5", "spatial_markov_cutoffs_0p8_0p9_1_1p2"] {
        let expected = &s.case["expected"][name];
        let (own, lag) = if name.contains("fixed") {
            let all = |of: &[Vec<f64>]| quantile_bounds(&of.concat(), 5);
            (all(&s.relative), all(&s.lag))
        } else {
            (vec![0.8, 0.9, 1.0, 1.2], vec![0.8, 0.9, 1.0, 1.2])
        };
        for (bounds, key) in [(&own, "cutoffs"), (&lag, "lag_cutoffs")] {
            for (found, expected) in bounds.iter().zip(expected.get(key).map(flat).unwrap_or_default()) {
                close(key, *found, expected, 1e-14);
            }
        }
        let m = markov(&seen(&s, |_, x| class_of(x, &own), |x| Some(class_of(x, &lag))), 5, 5, &plain(), 0).unwrap();
        let counts: Vec<f64> = m.around.iter().flat_map(|c| c.counts.iter().map(|&n| n as f64)).collect();
        assert_eq!(counts, flat(&expected["T"]), "{name}");
        let h = m.space.unwrap();
        close("Q", h.chi_squared, expected["Q"].as_f64().unwrap(), 1e-12);
        close("LR", h.likelihood_ratio, expected["LR"].as_f64().unwrap(), 1e-12);
        // Taken from 1 there: absolute digits only.
        assert!((h.p_likelihood_ratio - expected["LR_p"].as_f64().unwrap()).abs() < 1e-15);
        assert_eq!(h.degrees as u64, expected["dof"].as_u64().unwrap());
        if name.contains("fixed") {
            let steady: Vec<f64> = m.around.iter().flat_map(|c| c.long_run.ergodic().unwrap().to_vec()).collect();
            for (found, expected) in steady.iter().zip(flat(&expected["steady"])) {
                close("steady", *found, expected, 1e-12);
            }
            let passage: Vec<f64> = m.around.iter().flat_map(|c| c.passage.clone()).collect();
            for (found, expected) in passage.iter().zip(flat(&expected["F"])) {
                close("F", *found, expected, 1e-10);
            }
        }
    }
}
