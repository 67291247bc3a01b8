//! Labour in persons, in hours, and with human capital.

use tfp::growth::{self, Data, Growth, GrowthError, Shares};

use super::GrowthOptions;

/// A column that contributes to growth with the share of one input.
#[derive(Clone, Debug)]
pub(super) struct Factor {
    /// Variable.
    pub(super) name: String,
    /// Input whose share it carries.
    pub(super) of: usize,
}

/// The inputs, then hours and human capital, which carry the share of labour.
pub(super) fn factors(options: &GrowthOptions) -> Vec<Factor> {
    let m = options.inputs.len();
    let named = options.labour.as_ref().and_then(|l| options.inputs.iter().position(|i| i == l));
    let labour = named.unwrap_or(m.saturating_sub(1));
    let inputs = options.inputs.iter().enumerate().map(|(of, name)| Factor { name: name.clone(), of });
    let quality = options.hours.iter().chain(&options.human_capital);
    inputs.chain(quality.map(|name| Factor { name: name.clone(), of: labour })).collect()
}

/// Each input times the factors that multiply it.
pub(super) fn products(factors: &[Factor], columns: &[&[f64]], inputs: usize) -> Vec<Vec<f64>> {
    let mut whole: Vec<Vec<f64>> = columns.iter().take(inputs).map(|c| c.to_vec()).collect();
    for (factor, column) in factors.iter().zip(columns).skip(inputs) {
        whole[factor.of].iter_mut().zip(*column).for_each(|(w, v)| *w *= v);
    }
    whole
}

/// What growth accounts say when labour is measured with fewer factors.
#[derive(Clone, Debug)]
pub(super) struct Measure {
    /// Number of factors counted, the inputs first.
    pub(super) factors: usize,
    /// The accounts.
    pub(super) growth: Growth,
}

/// The accounts with persons alone, then with one factor more at a time; none when labour has no other factor.
/// All stand on the rows where every factor is known, so that they differ by the measure alone.
pub(super) fn measures(
    data: &Data<'_>,
    factors: &[Factor],
    shares: &Shares,
    options: &growth::GrowthOptions,
) -> Result<Vec<Measure>, GrowthError> {
    let inputs = factors.iter().enumerate().take_while(|(k, f)| f.of == *k).count();
    if inputs == factors.len() {
        return Ok(Vec::new());
    }
    let known = |i: usize| data.inputs.iter().all(|c| c[i].is_finite());
    let output: Vec<f64> = (0..data.units.len()).map(|i| if known(i) { data.output[i] } else { f64::NAN }).collect();
    (inputs..=factors.len())
        .map(|n| {
            let of: Vec<usize> = factors[..n].iter().map(|f| f.of).collect();
            let data = Data { output: &output, inputs: &data.inputs[..n], ..*data };
            Ok(Measure { factors: n, growth: growth::growth(&data, &shares.of_factors(&of), options)? })
        })
        .collect()
}
