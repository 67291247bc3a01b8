//! The desk on which one program after another is solved: a short list of columns, a basis and its
//! explicit inverse, kept from program to program.
//!
//! Changing the unit changes the right-hand side and the extra columns. The hyperplane through the same
//! peers stays dual feasible, so the dual simplex goes on from the predecessor's basis; a primal pass
//! follows where costs moved or new points came in.

/// Calls a method of the desk, compiled with all it calls for the instructions the machine has.
macro_rules! compiled {
    ($desk:expr, $method:ident -> $output:ty) => {{
        struct Call<'d, 'a>(&'d mut Desk<'a>);
        impl crate::lp::scan::Plain for Call<'_, '_> {
            type Output = $output;
            #[inline(always)]
            fn run(self) -> $output {
                self.0.$method()
            }
        }
        let arch = $desk.arch();
        arch.dispatch(crate::lp::scan::On(Call($desk)))
    }};
}

mod accept;
mod face;
mod inverse;
mod list;
mod load;
mod pivots;

use pulp::Arch;

use super::{
    Cloud, Sense,
    basis::dot2,
    family::{Family, Instance},
    scan::LANES,
    screen::{self, Screen},
    simplex::mix,
};

/// Points kept at most beside extras and logicals: longer lists make every pivot dearer, shorter ones call
/// for more pricing.
pub(super) fn room(rows: usize) -> usize {
    (128 + 12 * rows).min(640)
}

const NONE: u32 = u32::MAX;
/// Primal infeasibility allowed, in scaled terms.
pub(super) const PRIMAL: f64 = 1e-11;
/// Dual infeasibility allowed, in scaled terms.
const DUAL: f64 = 1e-11;
/// The same down to rounding, as a share of the largest dual.
const GRAIN: f64 = 2e-15;
/// Entries of a pivot row or column below this are zero.
const ZERO: f64 = 1e-10;
/// A pivot below this share of its column calls for a fresh inverse.
pub(super) const SMALL: f64 = 1e-6;
/// Updates of the inverse before it is made anew.
const AGE: usize = 60;
/// Residual of an accepted basis before its refinement.
pub(super) const RESIDUAL: f64 = 1e-9;
/// Duals below this share of the largest are rounding, in scaled terms.
const DUST: f64 = 1e-14;
/// Steps without progress before the desk gives up.
const PATIENCE: usize = 80;
/// Reduced costs up to this belong to the optimal face, in scaled terms.
pub(super) const FACE: f64 = 1e-10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// At least zero.
    Ordinary,
    /// Zero: the logical of an equality, an excluded point, a column off the optimal face.
    Fixed,
    /// Any value.
    Free,
}

/// How a pass over the listed columns ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Optimal, re-multiplied with the original columns.
    Optimal,
    /// No listed columns satisfy the rows; `duals` prove it for them.
    Infeasible,
    Unbounded,
    /// Lost its footing: another way must be found.
    Lost,
}

/// A column by what it stands for, whatever its place on the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    Point(u32),
    Extra(usize),
    Logical(usize),
}

impl Code {
    /// Its share in the key of a basis.
    pub(super) fn key(self) -> u64 {
        mix(match self {
            Self::Point(p) => u64::from(p),
            Self::Extra(e) => (1 << 40) + e as u64,
            Self::Logical(i) => (1 << 41) + i as u64,
        })
    }
}

/// A basis put aside.
#[derive(Clone, Default)]
pub(super) struct Saved {
    pub(super) codes: Vec<Code>,
    pub(super) inverse: Vec<f64>,
    /// Scaled basic columns, one after the other.
    pub(super) columns: Vec<f64>,
    age: usize,
    scalings: u64,
}

pub(super) struct Desk<'a> {
    cloud: &'a Cloud,
    screen: &'a Screen,
    senses: &'a [Sense],
    k: usize,
    extras: usize,
    /// First place of a point.
    first: usize,
    stride: usize,
    /// Row scale: scaled row = scale x original row.
    pub(super) row_scale: Vec<f64>,
    /// Points by place, from `first` on.
    points: Vec<u32>,
    /// Place of each point of the cloud.
    place: Vec<u32>,
    /// Original value = `unit` x scaled value.
    unit: Vec<f64>,
    rows: Vec<f64>,
    columns: Vec<f64>,
    kind: Vec<Kind>,
    /// Infinite for what cannot enter: fixed columns and places without one.
    barred: Vec<f64>,
    banned: Vec<usize>,
    cost: Vec<f64>,
    /// Whether points carry costs.
    generic: bool,
    /// Scaled cost = `cost_scale` x original cost x unit.
    pub(super) cost_scale: f64,
    reduced: Vec<f64>,
    line: Vec<f64>,
    stamp: Vec<u32>,
    /// When each point was listed.
    born: Vec<u64>,
    /// Points listed so far.
    pub(super) births: u64,
    clock: u32,
    basis: Vec<usize>,
    inverse: Vec<f64>,
    pub(super) b: Vec<f64>,
    pub(super) x: Vec<f64>,
    /// Scaled duals.
    pub(super) duals: Vec<f64>,
    /// `b - B x` after refinement.
    pub(super) residual: Vec<f64>,
    alpha: Vec<f64>,
    scratch: Vec<f64>,
    square: Vec<f64>,
    age: usize,
    /// How often the rows were scaled.
    scalings: u64,
    live: bool,
    pub(super) pivots: usize,
}

impl<'a> Desk<'a> {
    pub(super) fn new(family: &'a Family<'_>) -> Self {
        let (k, extras) = (family.senses.len(), family.free.len());
        let first = extras + k;
        let room = family.cloud.columns().min(room(k)) + 2 * k;
        let stride = (first + room).next_multiple_of(32);
        let mut kind = vec![Kind::Ordinary; stride];
        for (e, &free) in family.free.iter().enumerate() {
            if free {
                kind[e] = Kind::Free;
            }
        }
        for (i, sense) in family.senses.iter().enumerate() {
            if *sense == Sense::Equal {
                kind[extras + i] = Kind::Fixed;
            }
        }
        let mut desk = Self {
            cloud: family.cloud,
            screen: &family.screen,
            senses: &family.senses,
            k,
            extras,
            first,
            stride,
            row_scale: vec![0.0; k],
            points: Vec::with_capacity(room),
            place: vec![NONE; family.cloud.columns()],
            unit: vec![1.0; stride],
            rows: vec![0.0; k * stride],
            columns: vec![0.0; k * stride],
            kind,
            barred: vec![f64::INFINITY; stride],
            banned: Vec::new(),
            cost: vec![0.0; stride],
            generic: false,
            cost_scale: 1.0,
            reduced: vec![f64::INFINITY; stride],
            line: vec![0.0; stride],
            stamp: vec![0; stride],
            born: vec![0; stride],
            births: 0,
            clock: 0,
            basis: Vec::with_capacity(k),
            inverse: vec![0.0; k * k],
            b: vec![0.0; k],
            x: vec![0.0; k],
            duals: vec![0.0; k],
            residual: vec![0.0; k],
            alpha: vec![0.0; k],
            scratch: vec![0.0; k],
            square: vec![0.0; k * k],
            age: 0,
            scalings: 0,
            live: false,
            pivots: 0,
        };
        for slot in 0..first {
            desk.let_in(slot, desk.kind[slot]);
        }
        for i in 0..k {
            let sign = if desk.senses[i] == Sense::AtLeast { -1.0 } else { 1.0 };
            desk.rows[i * stride + extras + i] = sign;
            desk.columns[(extras + i) * k + i] = sign;
        }
        desk
    }

    fn let_in(&mut self, slot: usize, kind: Kind) {
        self.kind[slot] = kind;
        self.barred[slot] = if kind == Kind::Fixed { f64::INFINITY } else { 0.0 };
    }

    /// Width up to which the padded arrays are scanned.
    fn padded(&self) -> usize {
        self.width().next_multiple_of(LANES)
    }

    fn width(&self) -> usize {
        self.first + self.points.len()
    }

    /// Whether every point of the cloud is listed.
    pub(super) fn whole(&self) -> bool {
        self.points.len() == self.cloud.columns()
    }

    pub(super) fn points(&self) -> &[u32] {
        &self.points
    }

    pub(super) fn code(&self, slot: usize) -> Code {
        if slot < self.extras {
            Code::Extra(slot)
        } else if slot < self.first {
            Code::Logical(slot - self.extras)
        } else {
            Code::Point(self.points[slot - self.first])
        }
    }

    /// Basic columns with their scaled values.
    pub(super) fn basic(&self) -> impl Iterator<Item = (Code, f64, f64)> + '_ {
        self.basis.iter().zip(&self.x).map(|(&s, &x)| (self.code(s), x, x * self.unit[s]))
    }

    /// Scaled costs of the extra columns and their entries.
    pub(super) fn extra(&self, e: usize) -> (f64, f64, &[f64]) {
        (self.cost[e], self.unit[e], &self.columns[e * self.k..(e + 1) * self.k])
    }

    /// The extra column that bears all cost, where one does.
    pub(super) fn sole(&self) -> Option<usize> {
        let mut costed = (0..self.first).filter(|&s| self.cost[s] != 0.0);
        costed.next().filter(|&s| s < self.extras && costed.next().is_none())
    }

    /// Whether every row counts in the size of a column.
    pub(super) fn sized(&self) -> bool {
        (0..self.k).all(|i| self.cloud.sizes(i, self.senses[i]))
    }

    pub(super) fn logical_cost(&self, row: usize) -> f64 {
        self.cost[self.extras + row]
    }

    /// A number that tells bases apart, whatever the order of their columns.
    pub(super) fn key(&self) -> u64 {
        self.basis.iter().fold(0, |key: u64, &slot| key.wrapping_add(self.code(slot).key()))
    }

    /// Whether a program would leave the rows scaled as they are.
    pub(super) fn suits(&self, instance: &Instance) -> bool {
        self.live && (0..self.k).all(|i| self.fits(i, self.size(instance, i)))
    }

    /// Whether the inverse of a basis put aside belongs to the present scales.
    pub(super) fn holds(&self, saved: &Saved) -> bool {
        saved.scalings == self.scalings
    }

    pub(super) fn arch(&self) -> Arch {
        self.screen.arch()
    }

    /// Whether every entry of the cloud is non-negative.
    pub(super) fn one_sided(&self) -> bool {
        self.screen.one_sided()
    }

    pub(super) fn sense(&self, row: usize) -> Sense {
        self.senses[row]
    }

    pub(super) fn is_free(&self, extra: usize) -> bool {
        self.kind[extra] == Kind::Free
    }

    /// Forgets the basis: the next program starts from the logicals.
    pub(super) fn reset(&mut self) {
        self.live = false;
    }

    /// Scaled value of an extra column.
    pub(super) fn value_of_extra(&self, e: usize) -> f64 {
        self.basis.iter().zip(&self.x).find(|(s, _)| **s == e).map_or(0.0, |(_, &x)| x)
    }

    /// Duals of the original rows for the scaled objective.
    pub(super) fn original_duals(&self, out: &mut Vec<f64>) {
        out.clear();
        out.extend(self.duals.iter().zip(&self.row_scale).map(|(p, r)| p * r));
    }

    /// Takes duals of the original rows that belong to costs of another scale for its own; the ratio of the scales.
    pub(super) fn adopt(&mut self, duals: &[f64], cost_scale: f64) -> f64 {
        let ratio = self.cost_scale / cost_scale;
        for ((own, p), r) in self.duals.iter_mut().zip(duals).zip(&self.row_scale) {
            *own = p * ratio / r;
        }
        ratio
    }

    pub(super) fn value(&self) -> f64 {
        let costed = self.basis.iter().zip(&self.x).map(|(&s, &x)| (self.cost[s], x)).filter(|(c, _)| *c != 0.0);
        dot2(0.0, costed) / self.cost_scale
    }

    /// Price of a listed or unlisted point under duals of the original rows.
    pub(super) fn price_of(&self, duals: &[f64], point: u32) -> screen::Price {
        screen::price(self.cloud, duals, point as usize)
    }
}
