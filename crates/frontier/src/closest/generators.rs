//! What the faces of a technology are hulls of: points, and directions in which they go on without end.

use numerics::lp::{Cloud, LpError, Sense};

use crate::{dea::Returns, projection, reference::Reference, technology::FrontierError};

/// Points and directions: under constant returns the points of the reference as rays without height, else points whose
/// weights add up to 1, with the origin under non-increasing returns and a direction for each point under
/// non-decreasing returns.
#[derive(Clone, Debug)]
pub(super) struct Generators {
    /// One column per variable.
    pub(super) columns: Vec<Vec<f64>>,
    /// Point of the reference that each stands for; the origin for none.
    pub(super) point: Vec<Option<usize>>,
    /// Whether the weights of the points add up to 1.
    pub(super) convex: bool,
    /// 1 for points, 0 for directions.
    height: Vec<f64>,
}

impl Generators {
    /// Of those points of a reference that are `members`.
    pub(super) fn new(set: &Reference, members: &[usize], returns: Returns) -> Result<Self, FrontierError> {
        let convex = projection::sum_row(returns)?.is_some();
        let mut point: Vec<Option<usize>> = members.iter().copied().map(Some).collect();
        let mut height = vec![1.0; members.len()];
        match returns {
            Returns::Nirs => {
                point.push(None);
                height.push(1.0);
            }
            Returns::Ndrs => {
                point.extend(members.iter().copied().map(Some));
                height.resize(point.len(), 0.0);
            }
            _ => {}
        }
        let columns = set.columns.iter().map(|c| point.iter().map(|p| p.map_or(0.0, |k| c[k])).collect()).collect();
        Ok(Self { columns, point, convex, height })
    }

    pub(super) fn len(&self) -> usize {
        self.point.len()
    }

    /// Whether it can be a face alone.
    pub(super) fn is_point(&self, j: usize) -> bool {
        self.height[j] > 0.0
    }

    /// Whether it is a point of the reference.
    pub(super) fn is_seed(&self, j: usize) -> bool {
        self.is_point(j) && self.point[j].is_some()
    }

    /// The rows of a program: inputs, outputs, and the sum of weights where there is one.
    pub(super) fn senses(&self, inputs: usize, input: Sense, output: Sense) -> Vec<Sense> {
        let mut senses = vec![input; inputs];
        senses.resize(self.columns.len(), output);
        senses.extend(self.convex.then_some(Sense::Equal));
        senses
    }

    pub(super) fn cloud(&self) -> Result<Cloud, LpError> {
        let all: Vec<usize> = (0..self.len()).collect();
        Cloud::new(self.rows(&all))
    }

    /// Rows over some of the generators.
    pub(super) fn rows(&self, members: &[usize]) -> Vec<Vec<f64>> {
        let height = self.convex.then_some(&self.height);
        self.columns.iter().chain(height).map(|c| members.iter().map(|&j| c[j]).collect()).collect()
    }

    /// Whether a face of these members has directions besides points.
    pub(super) fn endless(&self, members: &[usize]) -> bool {
        !self.convex || members.iter().any(|&j| !self.is_point(j))
    }

    /// Weights of generators as weights of points, ascending.
    pub(super) fn weights(&self, members: &[usize], weights: &[(usize, f64)]) -> Vec<(usize, f64)> {
        let mut out: Vec<(usize, f64)> = weights.iter().filter_map(|&(i, w)| self.point[members[i]].map(|k| (k, w))).collect();
        out.sort_by_key(|p| p.0);
        out.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        out
    }
}
