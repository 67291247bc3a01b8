//! Cone ratio: prices as weights of generators, data as what the generators make of them.

use super::MultiplierOptions;
use crate::technology::Technology;

/// Generators of input and of output prices; none for a side whose prices are free.
pub(super) struct Cones<'a> {
    sides: [&'a [Vec<f64>]; 2],
    sizes: [usize; 2],
}

impl<'a> Cones<'a> {
    pub(super) fn new(options: &'a MultiplierOptions, sizes: [usize; 2]) -> Self {
        Self { sides: [&options.input_cone, &options.output_cone], sizes }
    }

    pub(super) fn any(&self) -> bool {
        self.sides.iter().any(|s| !s.is_empty())
    }

    /// Inputs and outputs as the generators price them.
    pub(super) fn columns(&self, technology: &Technology<'_>) -> [Vec<Vec<f64>>; 2] {
        let make = |generators: &[Vec<f64>], columns: &[&[f64]]| -> Vec<Vec<f64>> {
            if generators.is_empty() {
                return columns.iter().map(|c| c.to_vec()).collect();
            }
            let units = columns.first().map_or(0, |c| c.len());
            let at = |g: &Vec<f64>, u: usize| -> f64 { g.iter().zip(columns).map(|(w, c)| w * c[u]).sum() };
            generators.iter().map(|g| (0..units).map(|u| at(g, u)).collect()).collect()
        };
        [make(self.sides[0], &technology.inputs), make(self.sides[1], &technology.outputs)]
    }

    /// A linear form over prices, over the weights of their generators.
    pub(super) fn form(&self, entries: &[f64]) -> Vec<f64> {
        let (x, y) = entries.split_at(self.sizes[0]);
        let side = |generators: &[Vec<f64>], form: &[f64]| -> Vec<f64> {
            if generators.is_empty() {
                return form.to_vec();
            }
            generators.iter().map(|g| g.iter().zip(form).map(|(a, b)| a * b).sum()).collect()
        };
        [side(self.sides[0], x), side(self.sides[1], y)].concat()
    }

    /// Prices of inputs and of outputs, `[variable][unit]`, out of the weights of their generators.
    pub(super) fn prices(&self, inner: &[Vec<f64>], units: usize) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
        let first = if self.sides[0].is_empty() { self.sizes[0] } else { self.sides[0].len() };
        let (x, y) = inner.split_at(first);
        let side = |generators: &[Vec<f64>], weights: &[Vec<f64>], size: usize| -> Vec<Vec<f64>> {
            if generators.is_empty() {
                return weights.to_vec();
            }
            let price = |v: usize, u: usize| -> f64 { generators.iter().zip(weights).map(|(g, w)| g[v] * w[u]).sum() };
            (0..size).map(|v| (0..units).map(|u| price(v, u)).collect()).collect()
        };
        (side(self.sides[0], x, self.sizes[0]), side(self.sides[1], y, self.sizes[1]))
    }
}
