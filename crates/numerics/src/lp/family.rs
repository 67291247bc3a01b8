//! Many programs over one cloud: what they share, what differs, and how they are swept.

use rayon::prelude::*;

use super::{Cloud, Column, LpError, Objective, Program, Row, Sense, Solution, screen::Screen, sweep::Chunk};

/// Programs over one cloud that differ in right-hand sides, extra columns and costs.
///
/// ```text
/// min c'x   subject to   A λ + E z  {<=, =, >=}  b,   λ >= 0, z >= 0 (or free)
/// ```
///
/// Points of the cloud carry no cost: what a model rewards stands on its extra columns `z` and on the
/// slacks of its rows.
#[derive(Clone, Debug)]
pub struct Family<'a> {
    pub(super) cloud: &'a Cloud,
    pub(super) senses: Vec<Sense>,
    pub(super) free: Vec<bool>,
    objectives: usize,
    pub(super) canonical: bool,
    /// Whether values are all that is asked for.
    pub(super) alone: bool,
    pub(super) until: Option<f64>,
    /// What the points are called in solutions, where not by their position.
    pub(super) names: Option<&'a [usize]>,
    /// The equality whose entries are one and the same positive number, and that number.
    pub(super) ones: Option<(usize, f64)>,
    pub(super) screen: Screen,
}

/// One program of a [`Family`]: filled for each unit, in place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Instance {
    /// Right-hand side of each row.
    pub rhs: Vec<f64>,
    /// Entries of the extra columns, one column after the other.
    pub extras: Vec<f64>,
    /// Costs of each objective, in order of precedence.
    pub costs: Vec<Costs>,
    /// Points of the cloud that this program may not use (super-efficiency), in ascending order.
    pub excluded: Vec<usize>,
}

impl Instance {
    /// Whether the program may not use a point of the cloud.
    pub(super) fn excludes(&self, point: usize) -> bool {
        self.excluded.binary_search(&point).is_ok()
    }
}

/// Costs of one objective, minimised.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Costs {
    /// Cost of each extra column.
    pub extras: Vec<f64>,
    /// Cost of the slack of each row (ignored for equalities).
    pub slacks: Vec<f64>,
}

impl<'a> Family<'a> {
    /// A family with `free.len()` extra columns (free ones may be negative) and a number of objectives.
    ///
    /// # Errors
    /// Not one sense for each row of the cloud; no objective.
    pub fn new(cloud: &'a Cloud, senses: Vec<Sense>, free: Vec<bool>, objectives: usize) -> Result<Self, LpError> {
        if senses.len() != cloud.rows() {
            return Err(LpError::Shape { what: "senses", found: senses.len(), expected: cloud.rows() });
        }
        if objectives == 0 {
            return Err(LpError::NoObjective);
        }
        let same = |i: usize| {
            let row = cloud.row(i);
            let first = row.first().copied().filter(|&x| x > 0.0 && senses[i] == Sense::Equal)?;
            row.iter().all(|&x| x == first).then_some((i, first))
        };
        let ones = (0..senses.len()).find_map(same);
        Ok(Self {
            cloud,
            senses,
            free,
            objectives,
            canonical: true,
            alone: false,
            until: None,
            names: None,
            ones,
            screen: Screen::new(cloud),
        })
    }

    /// Takes any optimal vertex instead of the one that a generic objective over the cloud picks. The
    /// optimum does not change; weights and slacks of a unit with several solutions may.
    #[must_use]
    pub fn any_vertex(mut self) -> Self {
        self.canonical = false;
        self
    }

    /// Solves for the optimum of the first objective alone. Of an optimal solution count status, value, bounds and
    /// duals; what else it has may be of another program.
    #[must_use]
    pub fn values(mut self) -> Self {
        (self.canonical, self.alone) = (false, true);
        self
    }

    /// Calls the points by these names in [`Solution::weights`] instead of by their position: the cloud is
    /// part of a larger set. Names ascend, one per point.
    #[must_use]
    pub fn naming(mut self, names: &'a [usize]) -> Self {
        debug_assert_eq!(names.len(), self.cloud.columns());
        self.names = Some(names);
        self
    }

    /// Is content with any feasible value of the first objective up to `value`: the solution then has this
    /// value, the bounds (-inf, value] and nothing else.
    #[must_use]
    pub fn until(mut self, value: f64) -> Self {
        self.until = Some(value);
        self
    }

    /// An instance of the family's shape, all zeros.
    pub fn instance(&self) -> Instance {
        let (k, e) = (self.senses.len(), self.free.len());
        let costs = Costs { extras: vec![0.0; e], slacks: vec![0.0; k] };
        Instance { rhs: vec![0.0; k], extras: vec![0.0; e * k], costs: vec![costs; self.objectives], excluded: Vec::new() }
    }

    /// Solves one program for each entry of `order`; results are in that order. Neighbours in `order`
    /// should be neighbours in kind: each program starts from its predecessor's solution.
    ///
    /// `fill` receives an instance as an earlier call left it (zeros at first) and must set every number
    /// that it ever sets. `take` turns a solution into what is kept. A program with numbers that are not
    /// finite has the status `Numerical`. Runs in parallel; results do not depend on the thread count.
    pub fn sweep<T: Send>(
        &self,
        order: &[usize],
        fill: impl Fn(usize, &mut Instance) + Sync,
        take: impl Fn(usize, &Solution) -> T + Sync,
    ) -> Vec<T> {
        // The split depends on the number of programs alone.
        let length = (order.len() / 4).clamp(2560, 8192);
        let parts: Vec<Vec<(usize, T)>> = order
            .par_chunks(length)
            .map(|units| {
                let mut out = Vec::with_capacity(units.len());
                Chunk::new(self).run(units, &fill, &take, &mut out);
                out.sort_unstable_by_key(|r| r.0);
                out
            })
            .collect();
        let mut all = Vec::with_capacity(order.len());
        parts.into_iter().for_each(|part| all.extend(part.into_iter().map(|r| r.1)));
        all
    }

    pub(super) fn name(&self, point: usize) -> usize {
        self.names.map_or(point, |names| names[point])
    }

    /// The program as a whole, on the careful solver.
    pub(super) fn one(&self, instance: &Instance) -> Solution {
        let (k, n) = (self.senses.len(), self.cloud.columns());
        let kept: Vec<usize> = (0..n).filter(|&j| !instance.excludes(j)).collect();
        let reduced;
        let cloud = if kept.len() == n {
            self.cloud
        } else {
            let rows = (0..k).map(|i| kept.iter().map(|&j| self.cloud.row(i)[j]).collect()).collect();
            reduced = Cloud::new(rows).expect("rows of one length, finite");
            &reduced
        };
        let rows: Vec<Row> = self.senses.iter().zip(&instance.rhs).map(|(&sense, &rhs)| Row { sense, rhs }).collect();
        let column = |(e, &free): (usize, &bool)| Column { entries: instance.extras[e * k..(e + 1) * k].to_vec(), free };
        let extras: Vec<Column> = self.free.iter().enumerate().map(column).collect();
        let objective = |c: &Costs| Objective { cloud: Vec::new(), extras: c.extras.clone(), slacks: c.slacks.clone() };
        let objectives: Vec<Objective> = instance.costs.iter().map(objective).collect();
        let program = Program { cloud, extras: &extras, rows: &rows, objectives: &objectives, start: None };
        let mut solution = program.solve().unwrap_or_else(|_| Solution::failed());
        for w in &mut solution.weights {
            w.0 = self.name(kept[w.0]);
        }
        solution
    }
}
