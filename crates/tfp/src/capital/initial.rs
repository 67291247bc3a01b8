//! The stock a perpetual inventory begins with.

use super::{CapitalOptions, Growth, Initial, InitialError, Investment, Start};

/// The first stock of one unit.
///
/// # Errors
/// [`InitialError`].
pub(super) fn start(data: &Investment<'_>, options: &CapitalOptions, rows: &[usize]) -> Result<Start, InitialError> {
    let (first, delta) = (rows[0], data.depreciation[rows[0]]);
    let investment = |t: usize| rows.get(t).map(|&i| data.real[i]);
    let grown = |column: &[f64], from: usize| -> Result<(f64, u32), InitialError> {
        if let Some(g) = options.growth {
            return Ok((g, 0));
        }
        let values: Vec<f64> = rows[from.min(rows.len())..].iter().map(|&i| column.get(i).copied().unwrap_or(f64::NAN)).collect();
        growth(&values, options.growth_periods, options.growth_from).ok_or(InitialError::NoGrowth)
    };
    let divided = |above: f64, (g, periods): (f64, u32)| -> Result<(f64, f64, u32), InitialError> {
        let below = g + delta;
        // The comparison is false for `NaN` too.
        if below > 0.0 { Ok((above / below, g, periods)) } else { Err(InitialError::Denominator(below)) }
    };
    let zero = data.real[first];
    let (stock, growth, growth_periods) = match options.initial {
        Initial::Rate => (zero / options.rate, f64::NAN, 0),
        Initial::HallJones => divided(zero, grown(data.real, 0)?)?,
        Initial::Harberger => divided(zero, grown(data.output, 0)?)?,
        Initial::ReinsdorfCover => {
            let g = grown(data.real, 0)?;
            divided(zero * (1.0 + g.0), g)?
        }
        Initial::Shan => {
            let one = investment(1).ok_or(InitialError::OnePeriod)?;
            divided(one, grown(data.real, 1)?)?
        }
        Initial::Given => {
            let given = data.given.get(first).copied().filter(|k| k.is_finite()).ok_or(InitialError::NoStock)?;
            (given, f64::NAN, 0)
        }
    };
    // A given stock of nothing is possible: an asset that did not exist.
    let possible = if options.initial == Initial::Given { stock >= 0.0 } else { stock > 0.0 };
    if possible && stock.is_finite() {
        Ok(Start { unit: data.units[first], row: first, stock, growth, growth_periods })
    } else {
        Err(InitialError::NotPositive(stock))
    }
}

/// Growth rate per period of the first values, and the periods it was measured over; `None` where a value that
/// counts is not positive or fewer than two stand there.
pub(crate) fn growth(values: &[f64], periods: u32, from: Growth) -> Option<(f64, u32)> {
    let last = (values.len().checked_sub(1)?).min(periods as usize);
    let values = &values[..=last];
    let positive = |v: &f64| *v > 0.0 && v.is_finite();
    if last == 0 {
        return None;
    }
    let g = match from {
        Growth::Ends => {
            if !positive(&values[0]) || !positive(&values[last]) {
                return None;
            }
            ((values[last] / values[0]).ln() / last as f64).exp_m1()
        }
        Growth::Trend => {
            if !values.iter().all(positive) {
                return None;
            }
            let middle = last as f64 / 2.0;
            // Beside the first value, so that the unit of measure does not touch the rounding.
            let (mut above, mut below) = (0.0, 0.0);
            for (t, v) in values.iter().enumerate() {
                let x = t as f64 - middle;
                above += x * (v / values[0]).ln();
                below += x * x;
            }
            (above / below).exp_m1()
        }
    };
    Some((g, last as u32))
}
