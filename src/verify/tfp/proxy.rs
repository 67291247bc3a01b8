//! Cases C01 and C04: estimators with a proxy.

use serde_json::Value;
use tfp::production::{
    Firms,
    linear::{self, LinearOptions, Term},
    proxy::{Law, ProxyOptions, Selection, proxy},
    wooldridge::{System, WooldridgeOptions, wooldridge},
};

use super::{Case, Differences, Outcome, Row, Table};

/// Columns of a case.
struct Columns {
    units: Vec<usize>,
    periods: Vec<i32>,
    output: Vec<f64>,
    free: Vec<Vec<f64>>,
    state: Vec<f64>,
    proxies: Vec<(&'static str, Vec<f64>)>,
    exit: Option<Vec<f64>>,
}

impl Columns {
    fn chilean(case: &Case) -> Result<Self, String> {
        Self::chilean_of(&case.table("data.csv")?)
    }

    fn chilean_of(t: &Table) -> Result<Self, String> {
        Self::new(t, ["idvar", "timevar", "Y", "sX"], &["fX1", "fX2"], &["inv", "pX"])
    }

    /// Numbers the rows of each firm in order of time: the row above is then the lag.
    fn number_rows(&mut self) {
        let mut order: Vec<usize> = (0..self.units.len()).collect();
        order.sort_by_key(|&i| (self.units[i], self.periods[i]));
        order.iter().enumerate().for_each(|(at, &i)| self.periods[i] = at as i32);
    }

    fn estprod(case: &Case) -> Result<Self, String> {
        let t = case.table("data.csv")?;
        let columns = Self::new(&t, ["id", "year", "var1", "var3"], &["var2"], &["var4"])?;
        Ok(Self { exit: Some(t.numbers("exit")?), ..columns })
    }

    fn new(t: &Table, names: [&str; 4], free: &[&str], proxies: &[&'static str]) -> Result<Self, String> {
        let proxies: Result<Vec<_>, String> = proxies.iter().map(|n| Ok((*n, t.numbers(n)?))).collect();
        Ok(Self {
            units: t.units(names[0])?,
            periods: t.periods(names[1])?,
            output: t.numbers(names[2])?,
            state: t.numbers(names[3])?,
            free: free.iter().map(|n| t.numbers(n)).collect::<Result<_, _>>()?,
            proxies: proxies?,
            exit: None,
        })
    }

    fn firms(&self, name: &str) -> Firms<'_> {
        Firms {
            units: &self.units,
            periods: &self.periods,
            step: 1,
            output: &self.output,
            free: self.free.iter().map(Vec::as_slice).collect(),
            state: vec![&self.state],
            proxy: self.proxies.iter().find(|p| p.0 == name).map(|p| p.1.as_slice()),
            controls: vec![],
            process: vec![],
            exit: self.exit.as_deref(),
        }
    }
}

fn estimate(columns: &Columns, name: &str, options: &ProxyOptions) -> Result<(Vec<f64>, f64), String> {
    let got = proxy(&columns.firms(name), options).map_err(|e| e.to_string())?;
    Ok((got.fitted.elasticities, got.minima[0].criterion))
}

fn number(v: &Value, path: &str) -> Result<f64, String> {
    v.pointer(path).and_then(Value::as_f64).ok_or_else(|| format!("no number at {path}"))
}

/// Rows of C01 beside those of other estimators.
pub(super) fn chilean(case: &Case) -> Vec<Row> {
    let method = "production";
    let part = |name: &str, tolerance: f64, f: &dyn Fn(&Columns, &Value, &mut Differences) -> Result<(), String>| {
        case.part(name, method, tolerance, |d| f(&Columns::chilean(case)?, &case.json("expected.json")?, d))
    };
    let smooth = |degree, law| ProxyOptions { degree, law, ..ProxyOptions::default() };
    vec![
        part("OLS, rerun", 1e-9, &|columns, expected, d| {
            let got = linear::ols(&columns.firms("pX"), &LinearOptions::default()).map_err(|e| e.to_string())?;
            for (term, b) in got.terms.iter().zip(&got.coefficients) {
                let name = match term {
                    Term::Constant => "const",
                    Term::Input(j) => ["fX1", "fX2", "sX"][*j],
                    _ => continue,
                };
                let at = format!("/reran_R_prodest_1.0.1_on_R4.2.2/OLS/{name}");
                d.value(&at, *b, number(expected, &at)?);
            }
            Ok(())
        }),
        part("OP and LP, printed (3 decimals)", 5.1e-4, &|columns, expected, d| {
            for (name, key) in [("inv", "OP_inv_poly2"), ("pX", "LP_pX_poly2")] {
                let (b, _) = estimate(columns, name, &smooth(2, Law::Smooth))?;
                for (b, input) in b.iter().zip(["fX1", "fX2", "sX"]) {
                    let at = format!("/published_vignette_1.0.1/{key}/{input}");
                    d.value(&at, *b, number(expected, &at)?);
                }
            }
            Ok(())
        }),
        part("OP and LP, both laws of motion, degrees 2 and 3, independent", 1e-6, &|columns, expected, d| {
            for (name, which) in [("inv", "OP_inv"), ("pX", "LP_pX")] {
                for degree in [2, 3] {
                    for (law, key) in [(Law::Smooth, "g_on_phi(prodest)"), (Law::Joint, "joint_NLS(levpet,opreg)")] {
                        let (b, _) = estimate(columns, name, &smooth(degree, law))?;
                        let at = format!("/independent_numpy/{which}_poly{degree}");
                        d.value(&format!("{at}/fX1"), b[0], number(expected, &format!("{at}/fX1"))?);
                        d.value(&format!("{at}/fX2"), b[1], number(expected, &format!("{at}/fX2"))?);
                        d.value(&format!("{at}/{key}"), b[2], number(expected, &format!("{at}/{key}/beta_k"))?);
                    }
                }
            }
            Ok(())
        }),
        part("OP and LP with exits, rerun", 5e-4, &|columns, expected, d| {
            for (name, key) in [("inv", "OP_exit"), ("pX", "LP_exit_sorted")] {
                let options = ProxyOptions { selection: Selection::AtLast, ..smooth(2, Law::Smooth) };
                let (b, _) = estimate(columns, name, &options)?;
                let at = format!("/reran_R_prodest_1.0.1_on_R4.2.2/{key}/sX");
                d.value(&at, b[2], number(expected, &at)?);
            }
            Ok(())
        }),
        part("Robinson-Wooldridge IV, rerun", 1e-6, &|columns, expected, d| {
            let options = WooldridgeOptions { degree: 2, system: System::Second };
            let got = wooldridge(&columns.firms("pX"), &options).map_err(|e| e.to_string())?;
            for (j, b) in got.fitted.elasticities.iter().enumerate() {
                let at = format!("/reran_R_prodest_1.0.1_on_R4.2.2/ROB_pX/coef/{j}");
                d.value(&at, *b, number(expected, &at)?);
            }
            Ok(())
        }),
        case.row(
            "WRDG and WRDG_GMM",
            1e-6,
            Outcome::unsupported("no stacked form of Wooldridge (2009) has these numbers; see docs/known-differences.md"),
        ),
    ]
}

/// Rows of C04.
pub(super) fn estprod(case: &Case) -> Vec<Row> {
    let run = |name: &str, key: &'static str, options: ProxyOptions| {
        case.part(name, "production", 1e-5, |d| {
            let expected = case.json("expected.json")?;
            let (columns, proxy, inputs): (Columns, &str, &[&str]) = if key.starts_with("chilean") {
                let mut columns = Columns::chilean_of(&case.table("../C01_prodest_chilean/data.csv")?)?;
                // The package takes the row above of the same firm for its lag, whatever the year.
                columns.number_rows();
                (columns, "pX", &["fX1", "fX2", "sX"])
            } else {
                (Columns::estprod(case)?, "var4", &["var2", "var3"])
            };
            let (b, _) = estimate(&columns, proxy, &options)?;
            for (b, input) in b.iter().zip(inputs) {
                let at = format!("/{key}/{input}");
                d.value(&at, *b, number(&expected, &at)?);
            }
            Ok(())
        })
    };
    vec![
        run("LP, value added", "lp_va", ProxyOptions::default()),
        run("OP", "op", ProxyOptions { law: Law::Joint, motion: 2, ..ProxyOptions::default() }),
        run(
            "LP, value added, exits",
            "lp_va_exit",
            ProxyOptions { selection: Selection::AtLast, survival: Some(3), ..ProxyOptions::default() },
        ),
        run(
            "OP, exits",
            "op_exit",
            ProxyOptions {
                law: Law::Joint,
                motion: 2,
                selection: Selection::AtLast,
                survival: Some(2),
                ..ProxyOptions::default()
            },
        ),
        run("LP, Chilean plants, the row above as lag", "chilean_lp_va", ProxyOptions::default()),
        case.row(
            "LP, gross output",
            1e-5,
            Outcome::unsupported("no form of the second stage has these numbers; see docs/known-differences.md"),
        ),
        case.row(
            "OP, Chilean plants",
            1e-5,
            Outcome::unsupported("the published number is not the minimum; see docs/known-differences.md"),
        ),
        case.row(
            "Wooldridge",
            1e-5,
            Outcome::unsupported("no form of the two equations has these numbers; see docs/known-differences.md"),
        ),
    ]
}
