//! Monomials of several variables for many rows at once, each one product away from one of lower degree.

use std::collections::BTreeMap;

use super::polynomial::exponents;

/// All monomials of total degree `0..=degree`, the constant first, then in the order of [`exponents`].
#[derive(Clone, Debug, PartialEq)]
pub struct Monomials {
    /// Number of variables.
    pub variables: usize,
    /// Exponents of each monomial.
    pub exponents: Vec<Vec<usize>>,
    /// Multinomial coefficient `|α|! / Π α!` of each.
    pub multiplicity: Vec<f64>,
    /// The monomial and the variable whose product each is; nothing for the constant.
    parents: Vec<(usize, usize)>,
    /// Where monomials of each degree begin, and the end.
    pub begins: Vec<usize>,
    /// Number of the monomial times each variable, for all monomials below the highest degree.
    up: Vec<usize>,
}

impl Monomials {
    /// The monomials of `variables` up to `degree`.
    pub fn new(variables: usize, degree: usize) -> Self {
        let mut all = vec![vec![0; variables]];
        all.extend(exponents(variables, degree));
        let number: BTreeMap<&Vec<usize>, usize> = all.iter().enumerate().map(|(at, e)| (e, at)).collect();
        let total = |e: &Vec<usize>| e.iter().sum::<usize>();
        let times = |e: &Vec<usize>, v: usize, by: isize| {
            let mut other = e.clone();
            other[v] = other[v].wrapping_add_signed(by);
            number.get(&other).copied()
        };
        let parents = all.iter().map(|e| e.iter().position(|&p| p > 0).map_or((0, 0), |v| (times(e, v, -1).unwrap_or(0), v)));
        let parents: Vec<(usize, usize)> = parents.collect();
        let factorial = |n: usize| (1..=n).map(|i| i as f64).product::<f64>();
        let multiplicity = all.iter().map(|e| factorial(total(e)) / e.iter().map(|&p| factorial(p)).product::<f64>()).collect();
        let begins: Vec<usize> = (0..=degree + 1).map(|d| all.partition_point(|e| total(e) < d)).collect();
        let up = all[..begins[degree]].iter().flat_map(|e| (0..variables).map(|v| times(e, v, 1).unwrap_or(0)));
        let up = up.collect();
        Self { variables, multiplicity, parents, begins, up, exponents: all }
    }

    /// How many there are up to a degree, the constant among them.
    pub fn up_to(&self, degree: usize) -> usize {
        self.begins[degree + 1]
    }

    /// Number of all.
    pub fn len(&self) -> usize {
        self.exponents.len()
    }

    /// Whether there is none: never, the constant is one.
    pub fn is_empty(&self) -> bool {
        self.exponents.is_empty()
    }

    /// Number of monomial `at` times variable `v`; `at` is below the highest degree.
    pub fn times(&self, at: usize, v: usize) -> usize {
        self.up[at * self.variables + v]
    }

    /// Values at one point, the constant being `first`.
    pub fn at(&self, point: &[f64], first: f64, out: &mut [f64]) {
        out[0] = first;
        for at in 1..out.len() {
            let (parent, v) = self.parents[at];
            out[at] = out[parent] * point[v];
        }
    }

    /// Values of the first `out.len() / rows` monomials for `rows` rows; variable `v` of row `i` is
    /// `points[v * rows + i]`, and monomial `a` goes to `out[a * rows + i]`. The constants are there already.
    pub fn block(&self, points: &[f64], rows: usize, out: &mut [f64]) {
        for at in 1..out.len() / rows {
            let (parent, v) = self.parents[at];
            let (done, rest) = out.split_at_mut(at * rows);
            let below = &done[parent * rows..(parent + 1) * rows];
            let factor = &points[v * rows..(v + 1) * rows];
            for ((o, a), b) in rest[..rows].iter_mut().zip(below).zip(factor) {
                *o = a * b;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_products_are_those_of_the_exponents() {
        let m = Monomials::new(3, 4);
        assert_eq!((m.len(), m.up_to(0), m.up_to(1), m.up_to(4)), (35, 1, 4, 35));
        let x = [1.5, -2.0, 0.5];
        let mut values = vec![0.0; m.len()];
        m.at(&x, 1.0, &mut values);
        let mut block = vec![1.0; m.len() * 2];
        m.block(&[1.5, 0.0, -2.0, 1.0, 0.5, 1.0], 2, &mut block);
        for (at, e) in m.exponents.iter().enumerate() {
            let direct: f64 = e.iter().zip(x).map(|(&p, x)| x.powi(p as i32)).product();
            assert_eq!((values[at], block[at * 2]), (direct, direct));
            if at < m.up_to(3) {
                for v in 0..3 {
                    let mut more = e.clone();
                    more[v] += 1;
                    assert_eq!(m.exponents[m.times(at, v)], more);
                }
            }
        }
        // (a + b + c)^4 at a = b = c = 1.
        assert_eq!(m.multiplicity[m.up_to(3)..].iter().sum::<f64>(), 81.0);
    }
}
