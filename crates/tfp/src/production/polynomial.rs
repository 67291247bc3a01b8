//! Complete polynomials `P_d(x₁ … x_v)`: all monomials of total degree at most `d`.

/// Exponents of all monomials of `variables` with total degree `1..=degree`, in order of degree, then of the first
/// variable's exponent downward; the constant is not among them.
///
/// ```
/// assert_eq!(tfp::production::polynomial::exponents(2, 2), [[1, 0], [0, 1], [2, 0], [1, 1], [0, 2]]);
/// ```
pub fn exponents(variables: usize, degree: usize) -> Vec<Vec<usize>> {
    fn fill(left: usize, of: &mut Vec<usize>, at: usize, out: &mut Vec<Vec<usize>>) {
        if at + 1 == of.len() {
            of[at] = left;
            out.push(of.clone());
            return;
        }
        for e in (0..=left).rev() {
            of[at] = e;
            fill(left - e, of, at + 1, out);
        }
    }
    let mut out = Vec::new();
    if variables > 0 {
        for total in 1..=degree {
            fill(total, &mut vec![0; variables], 0, &mut out);
        }
    }
    out
}

/// The columns of a complete polynomial without its constant, each variable centred at its mean and divided by its
/// standard deviation first: the space spanned with a constant is the same, its condition is not.
pub fn columns(variables: &[&[f64]], degree: usize) -> Vec<Vec<f64>> {
    let scaled: Vec<Vec<f64>> = variables.iter().map(|x| standardised(x)).collect();
    let rows = variables.first().map_or(0, |x| x.len());
    exponents(variables.len(), degree)
        .iter()
        .map(|powers| {
            let term = |i: usize| scaled.iter().zip(powers).map(|(x, &e)| x[i].powi(e as i32)).product();
            (0..rows).map(term).collect()
        })
        .collect()
}

/// `(x - mean) / standard deviation`; a constant stays at 0.
pub fn standardised(x: &[f64]) -> Vec<f64> {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let deviation = (x.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n).sqrt();
    let scale = if deviation > 0.0 { deviation } else { 1.0 };
    x.iter().map(|v| (v - mean) / scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_monomials_as_there_should_be() {
        // C(v + d, d) - 1.
        assert_eq!(exponents(3, 3).len(), 19);
        assert_eq!(exponents(2, 4).len(), 14);
        assert_eq!(exponents(0, 3).len(), 0);
        assert!(exponents(3, 3).iter().all(|e| (1..=3).contains(&e.iter().sum::<usize>())));
    }

    #[test]
    fn the_fit_does_not_depend_on_units() {
        let x: Vec<f64> = (0..40).map(|i| f64::from(i * i % 17)).collect();
        let z: Vec<f64> = (0..40).map(|i| f64::from(i * 7 % 11)).collect();
        let far: Vec<f64> = x.iter().map(|v| v * 1e-9 + 1e-7).collect();
        let a = columns(&[&x, &z], 3);
        let b = columns(&[&far, &z], 3);
        assert!(a.iter().flatten().zip(b.iter().flatten()).all(|(p, q)| (p - q).abs() < 1e-6 * p.abs().max(1.0)));
        assert_eq!(standardised(&[3.0, 3.0]), [0.0, 0.0]);
    }
}
