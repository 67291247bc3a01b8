//! Variances of random effects.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::design::{Design, Regression, means};
use super::{Effects, LinearError, LinearOptions, Sample, Term};

/// Which residuals the variances of random effects come from. On balanced panels these are the textbook estimators; on
/// unbalanced ones `swamy-arora` is the unbiased one of Baltagi and Chang (1994), the others weigh firms by their rows
/// and do not correct for the estimation of the coefficients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Components {
    /// Within and between residuals (Swamy and Arora 1972).
    #[default]
    SwamyArora,
    /// Residuals of ordinary least squares (Wallace and Hussain 1969).
    WallaceHussain,
    /// Within residuals, firm effects put back (Amemiya 1971).
    Amemiya,
    /// Within residuals over all rows; dispersion of the estimated firm effects (Nerlove 1971).
    Nerlove,
}

/// Variances of random effects.
#[derive(Clone, Debug, PartialEq)]
pub struct Variances {
    /// Of what is left.
    pub idiosyncratic: f64,
    /// Of the firm effects.
    pub firm: f64,
    /// Of the period effects; 0 in one-way models.
    pub period: f64,
    /// Share of a firm's mean that is taken off, one a firm.
    pub theta: Vec<f64>,
    /// Share of a period's mean that is taken off; 0 in one-way models.
    pub theta_period: f64,
    /// Share of the grand mean that is put back; 0 in one-way models.
    pub theta_both: f64,
    /// Whether an estimate was negative and is 0 here.
    pub truncated: bool,
}

/// Variances as the options ask.
pub(super) fn variances(levels: &Design, sample: &Sample, options: &LinearOptions) -> Result<Variances, LinearError> {
    if options.effects == Effects::FirmPeriod {
        return two_way(levels, sample);
    }
    let counts = levels.counts();
    let (n, g) = (levels.y.len() as f64, levels.firms as f64);
    let (within, terms) = within_of_varying(levels)?;
    let (idiosyncratic, firm) = match options.components {
        Components::SwamyArora => {
            let idiosyncratic = within.squares / within.degrees as f64;
            // Means weighted by rows; the trace is what unequal numbers of rows make of `T k`.
            let root: Vec<f64> = counts.iter().map(|t| t.sqrt()).collect();
            let m = levels.means();
            let weighted = m.map(m.firm.clone(), |c| c.iter().zip(&root).map(|(v, r)| v * r).collect());
            let between = weighted.regress(0)?;
            let k = weighted.x.len();
            let cross = |r: usize, s: usize| -> f64 {
                counts.iter().enumerate().map(|(i, t)| t * weighted.x[r][i] * weighted.x[s][i]).sum()
            };
            let inverse = &between.fit.inverse;
            let trace: f64 = (0..k).map(|r| (0..k).map(|s| inverse[r * k + s] * cross(s, r)).sum::<f64>()).sum();
            (idiosyncratic, (between.squares - between.degrees as f64 * idiosyncratic) / (n - trace))
        }
        Components::WallaceHussain => {
            let e = levels.regress(0)?.fit.residuals;
            let m = means(&e, &levels.firm, &counts);
            let idiosyncratic = e.iter().zip(&levels.firm).map(|(v, &i)| (v - m[i]).powi(2)).sum::<f64>() / (n - g);
            let between: f64 = m.iter().zip(&counts).map(|(v, t)| t * v * v).sum();
            (idiosyncratic, (between - g * idiosyncratic) / n)
        }
        Components::Amemiya | Components::Nerlove => {
            if let Some(term) = levels.terms.iter().skip(1).find(|t| !terms.contains(t)) {
                return Err(LinearError::Collinear(*term));
            }
            let explained = levels.explained(&terms, &within.fit.coefficients);
            let left: Vec<f64> = levels.y.iter().zip(&explained).map(|(y, e)| y - e).collect();
            let m = means(&left, &levels.firm, &counts);
            if options.components == Components::Nerlove {
                (within.squares / n, numerics::moments::variance(&m, 1))
            } else {
                let idiosyncratic = within.squares / (n - g);
                let centre = m.iter().zip(&counts).map(|(v, t)| t * v).sum::<f64>() / n;
                let spread: f64 = m.iter().zip(&counts).map(|(v, t)| t * (v - centre).powi(2)).sum();
                (idiosyncratic, (spread - g * idiosyncratic) / n)
            }
        }
    };
    let truncated = firm.is_nan() || firm < 0.0;
    let firm = if truncated { 0.0 } else { firm };
    let theta = counts.iter().map(|t| 1.0 - (idiosyncratic / (t * firm + idiosyncratic)).sqrt());
    let theta = theta.map(|t| if t.is_nan() { 1.0 } else { t }).collect();
    Ok(Variances { idiosyncratic, firm, period: 0.0, theta, theta_period: 0.0, theta_both: 0.0, truncated })
}

/// The within regression on the terms that vary within firms.
pub(super) fn within_of_varying(levels: &Design) -> Result<(Regression, Vec<Term>), LinearError> {
    let mut design = levels.clone();
    loop {
        match design.within() {
            Err(LinearError::Collinear(term)) => design = design.without(term),
            Err(other) => return Err(other),
            Ok(centred) => return Ok((centred.regress(levels.firms)?, centred.terms)),
        }
    }
}

/// Swamy and Arora's variances of two-way effects on a balanced panel: residuals within firms and periods, between
/// firms, between periods.
fn two_way(levels: &Design, sample: &Sample) -> Result<Variances, LinearError> {
    let mut periods = sample.period.clone();
    periods.sort_unstable();
    periods.dedup();
    let (t, g) = (periods.len(), levels.firms);
    if t * g != levels.y.len() {
        return Err(LinearError::Unbalanced(levels.y.len(), t * g));
    }
    let within = levels.within()?.with_periods(sample)?.0.regress(g)?;
    let (t, g) = (t as f64, g as f64);
    let between = |d: Design| d.regress(0).map(|r| r.squares / r.degrees as f64);
    let idiosyncratic = within.squares / within.degrees as f64;
    let of_firms = t * between(levels.means())?;
    let place: Vec<usize> = sample.period.iter().map(|p| periods.partition_point(|q| q < p)).collect();
    let by_period = Design { firm: place, firms: periods.len(), ..levels.clone() };
    let of_periods = g * between(by_period.means())?;
    let truncated = of_firms < idiosyncratic || of_periods < idiosyncratic;
    let (of_firms, of_periods) = (of_firms.max(idiosyncratic), of_periods.max(idiosyncratic));
    let theta = |v: f64| 1.0 - (idiosyncratic / v).sqrt();
    let (of_firm, of_period) = (theta(of_firms), theta(of_periods));
    Ok(Variances {
        idiosyncratic,
        firm: (of_firms - idiosyncratic) / t,
        period: (of_periods - idiosyncratic) / g,
        theta: vec![of_firm; levels.firms],
        theta_period: of_period,
        theta_both: of_firm + of_period - theta(of_firms + of_periods - idiosyncratic),
        truncated,
    })
}

/// The design in quasi-deviations.
pub(super) fn quasi(levels: &Design, sample: &Sample, v: &Variances) -> Design {
    let quasi = levels.deviations(&v.theta);
    if v.theta_period == 0.0 && v.theta_both == 0.0 {
        return quasi;
    }
    let mut periods = sample.period.clone();
    periods.sort_unstable();
    periods.dedup();
    let place: Vec<usize> = sample.period.iter().map(|p| periods.partition_point(|q| q < p)).collect();
    let mut counts = vec![0.0; periods.len()];
    place.iter().for_each(|&p| counts[p] += 1.0);
    // The grand mean and the means of periods are those of the levels.
    let add = |raw: &[f64], done: &[f64]| -> Vec<f64> {
        let by_period = means(raw, &place, &counts);
        let grand = numerics::moments::mean(raw);
        done.iter().zip(&place).map(|(d, &p)| d - v.theta_period * by_period[p] + v.theta_both * grand).collect()
    };
    let x = levels.x.iter().zip(&quasi.x).map(|(raw, done)| add(raw, done)).collect();
    let y = add(&levels.y, &quasi.y);
    Design { x, y, ..quasi }
}
