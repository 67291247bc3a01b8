//! One directional program with undesirable outputs: how far a point can move along a direction.

use numerics::lp::{Cloud, Column, LpError, Objective, Program, Row, Sense, Solution};

use crate::{
    malmquist_luenberger::{Direction, WeakReturns},
    reference::{Reference, SumRow},
    technology::Point,
};

/// A reference set ready for directional programs.
pub(crate) struct Directional {
    cloud: Cloud,
    direction: Direction,
    returns: WeakReturns,
}

impl Directional {
    pub(crate) fn new(reference: &Reference, inputs: usize, direction: Direction, returns: WeakReturns) -> Result<Self, LpError> {
        let sum = match returns {
            WeakReturns::Crs => SumRow::None,
            WeakReturns::VrsConvex => SumRow::Ones,
            WeakReturns::VrsKuosmanen => SumRow::OnesWithIdle,
        };
        Ok(Self { cloud: reference.cloud(sum, inputs)?, direction, returns })
    }

    /// `max β` with `Σλx ≤ x₀ − βgₓ`, `Σλy ≥ y₀ + βg_y`, `Σλb = b₀ − βg_b`, posed as `min −β`; β may be
    /// negative for points beyond the reference.
    pub(crate) fn solve(&self, point: &Point) -> Result<Solution, LpError> {
        let full = self.direction == Direction::Full;
        let mut rows: Vec<Row> = point.x.iter().map(|&rhs| Row { sense: Sense::AtMost, rhs }).collect();
        rows.extend(point.y.iter().map(|&rhs| Row { sense: Sense::AtLeast, rhs }));
        rows.extend(point.b.iter().map(|&rhs| Row { sense: Sense::Equal, rhs }));
        let mut entries: Vec<f64> = point.x.iter().map(|&x| if full { x } else { 0.0 }).collect();
        entries.extend(point.y.iter().map(|y| -y));
        entries.extend(&point.b);
        if self.returns != WeakReturns::Crs {
            rows.push(Row { sense: Sense::Equal, rhs: 1.0 });
            entries.push(0.0);
        }
        let objectives = [Objective { extras: vec![-1.0], ..Objective::default() }];
        let extras = [Column { entries, free: true }];
        Program { cloud: &self.cloud, extras: &extras, rows: &rows, objectives: &objectives, start: None }.solve()
    }
}
