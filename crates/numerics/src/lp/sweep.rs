//! A chunk of neighbouring programs on one desk: sifting with certificates priced in batches.
//!
//! Each program is solved on the listed points first. Its hyperplane is then priced against the whole
//! cloud, several at a time; points below it are listed and the program goes on, until none is left. A
//! facet that was certified once needs no second pass: hyperplanes that are parallel to it to the last
//! digits inherit its certificate, widened by the difference.

mod settle;
mod stages;

use stages::fill_extras;

use super::{
    Solution, Status,
    atlas::{Atlas, ROWS},
    certificate,
    desk::{Desk, Saved, Stop, room},
    family::{Family, Instance},
    farkas::proves,
    proof::{Proof, apart},
    screen::{Price, Screen, WIDTH},
};

/// Programs that wait for one pricing pass.
const LANES: usize = 2 * WIDTH;
/// Points added to the list for one hyperplane in one pass.
const ADDED: usize = 8;
/// Relative reduced cost below which a point violates a hyperplane.
const VIOLATION: f64 = 1e-11;
/// The same where a certificate came out too wide; what is still below then counts in the certificate.
const FINE: f64 = 1e-14;
/// Passes for one program before it is handed to the careful solver.
const ROUNDS: usize = 200;
/// Widest certificate, relative to `1 + |value|`, of a solution whose values were taken for zero.
const LEVEL: f64 = 1e-13;
/// Violation that a certificate allows for before pricing.
const FORESEEN: f64 = 1e-12;

struct Lane<T> {
    unit: usize,
    at: usize,
    instance: Instance,
    saved: Saved,
    key: u64,
    duals: Vec<f64>,
    /// Scale of the costs that `duals` belong to.
    cost_scale: f64,
    farkas: bool,
    /// Points listed when it was last solved.
    births: u64,
    rounds: usize,
    /// Relative reduced cost below which a point violates its hyperplane.
    violation: f64,
    verdict: Verdict,
    /// The result, if pricing finds nothing.
    ready: Option<T>,
}

/// What the last pricing said of a lane.
enum Verdict {
    /// Not priced yet, or points were added.
    Open,
    /// Its hyperplane stands.
    Proven(Proof),
    /// Its multipliers prove that there is no solution.
    Barren,
    /// Violated by points that were listed when it was solved.
    Stuck,
}

/// Where a program stands before its first pivot.
enum Begin {
    Solved,
    /// To be solved; `fresh` if the basis may be its solution.
    Open {
        fresh: bool,
    },
}

pub(super) struct Chunk<'a, 'f, T> {
    family: &'a Family<'f>,
    screen: &'a Screen,
    desk: Desk<'a>,
    atlas: Atlas,
    /// Whether programs may be solved on a facet alone.
    alone: bool,
    waiting: Vec<Lane<T>>,
    spare: Vec<Lane<T>>,
    found: Vec<Vec<Price>>,
    worst: Vec<Price>,
    duals: Vec<f64>,
    scratch: Vec<f64>,
    solution: Solution,
}

impl<'a, 'f, T> Chunk<'a, 'f, T> {
    pub(super) fn new(family: &'a Family<'f>) -> Self {
        let screen = &family.screen;
        let mut desk = Desk::new(family);
        let n = family.cloud.columns();
        let seeds = if n <= room(family.senses.len()) { n } else { 48 };
        for s in 0..seeds {
            desk.add((s * n / seeds) as u32);
        }
        let alone = family.alone && family.senses.len() <= ROWS && (screen.one_sided() || desk.sized());
        Self {
            family,
            screen,
            desk,
            atlas: Atlas::default(),
            alone,
            waiting: Vec::new(),
            spare: Vec::new(),
            found: vec![Vec::new(); WIDTH],
            worst: Vec::new(),
            duals: Vec::new(),
            scratch: Vec::new(),
            solution: Solution::failed(),
        }
    }

    /// Solves the programs of `units`; `out` gets position and result of each, in any order.
    pub(super) fn run(
        &mut self,
        units: &[usize],
        fill: &(impl Fn(usize, &mut Instance) + Sync),
        take: &(impl Fn(usize, &Solution) -> T + Sync),
        out: &mut Vec<(usize, T)>,
    ) {
        for (at, &unit) in units.iter().enumerate() {
            let mut lane = self.spare.pop().unwrap_or_else(|| Lane {
                unit,
                at,
                instance: self.family.instance(),
                saved: Saved::default(),
                key: 0,
                duals: Vec::new(),
                cost_scale: 1.0,
                farkas: false,
                births: 0,
                rounds: 0,
                violation: VIOLATION,
                verdict: Verdict::Open,
                ready: None,
            });
            (lane.unit, lane.at, lane.rounds, lane.verdict) = (unit, at, 0, Verdict::Open);
            lane.violation = VIOLATION;
            fill(unit, &mut lane.instance);
            if !finite(&lane.instance) {
                self.solution = Solution::failed();
                out.push((at, take(unit, &self.solution)));
                self.spare.push(lane);
                continue;
            }
            let fresh = match self.begin(&lane.instance) {
                Begin::Solved => {
                    out.push((at, take(unit, &self.solution)));
                    self.spare.push(lane);
                    continue;
                }
                Begin::Open { fresh } => fresh,
            };
            self.desk.load(&lane.instance);
            if self.advance(&mut lane, fresh) {
                out.push((at, take(unit, &self.solution)));
                self.spare.push(lane);
            } else {
                self.foresee(&mut lane, take);
                self.waiting.push(lane);
            }
            if self.waiting.len() >= LANES {
                self.resolve(take, out);
            }
        }
        while !self.waiting.is_empty() {
            self.resolve(take, out);
        }
    }

    /// Goes to the facet that bounds a program best, where one is known; it may be the end.
    fn begin(&mut self, instance: &Instance) -> Begin {
        let facet = if single(instance) { self.atlas.best(self.screen.arch(), instance) } else { None };
        let Some(facet) = facet else { return Begin::Open { fresh: true } };
        let glance = self.alone && instance.excluded.is_empty() && self.desk.suits(instance);
        if glance && let Some(found) = self.atlas.glance(facet, &self.desk, instance) {
            let duals = self.atlas.duals(facet).iter().map(|p| p * found.ratio);
            self.solution.optimum(found.value, found.interval, duals);
            return Begin::Solved;
        }
        self.desk.restore(self.atlas.basis(facet));
        Begin::Open { fresh: !glance }
    }

    fn take_duals(&mut self) {
        let mut duals = std::mem::take(&mut self.duals);
        self.desk.original_duals(&mut duals);
        self.duals = duals;
    }

    /// Solves on the listed points and, where a proof is at hand, to the end: `true` if the solution is there.
    fn advance(&mut self, lane: &mut Lane<T>, fresh: bool) -> bool {
        lane.farkas = false;
        lane.births = self.desk.births;
        // Where every point is listed, all of them are looked at anyway.
        let stays = fresh && !self.desk.whole() && self.desk.stays();
        if !stays {
            let mut stop = self.desk.solve();
            if matches!(stop, Stop::Unbounded | Stop::Lost) {
                // Whatever the basis was, it is not that of the logicals.
                self.desk.reset();
                self.desk.load(&lane.instance);
                stop = self.desk.solve();
            }
            match stop {
                Stop::Optimal => {}
                Stop::Infeasible => {
                    self.desk.original_duals(&mut lane.duals);
                    if self.desk.whole() {
                        if !self.proven(lane) {
                            return self.careful(lane);
                        }
                        self.desk.reset();
                        return true;
                    }
                    self.desk.save(&mut lane.saved);
                    lane.farkas = true;
                    return false;
                }
                // A column without a pivot may be one whose pivots are small: rare enough to look twice.
                Stop::Unbounded | Stop::Lost => return self.careful(lane),
            }
        }
        // Where facets are met again and again, it pays to certify this one.
        if self.family.until.is_some_and(|v| self.desk.value() <= v) && !(self.alone && self.atlas.useful()) {
            let value = self.desk.value();
            self.solution.optimum(value, (f64::NEG_INFINITY, value), std::iter::empty());
            return true;
        }
        if lane.violation == FINE && !self.desk.polish() {
            return self.careful(lane);
        }
        self.take_duals();
        if self.desk.whole() {
            let proof = self.whole_proof(&lane.instance);
            return self.finish(lane, &proof);
        }
        lane.key = self.desk.key();
        if lane.violation > FINE
            && let Some(facet) = self.atlas.get(lane.key)
            && let Some(off) = apart(&facet.duals, &self.duals)
        {
            let proof = facet.proof.turned(off);
            return self.finish(lane, &proof);
        }
        self.put_aside(lane);
        false
    }

    fn whole_proof(&self, instance: &Instance) -> Proof {
        let prices: Vec<Price> = self
            .desk
            .points()
            .iter()
            .filter(|&&p| !instance.excludes(p as usize))
            .map(|&p| self.desk.price_of(&self.duals, p))
            .filter(|p| p.relative <= 1e-6)
            .collect();
        Proof::of(self.family.cloud, &self.duals, self.screen.firm(), prices.iter())
    }

    /// Whether the multipliers of a lane prove infeasibility; fills the solution.
    fn proven(&mut self, lane: &Lane<T>) -> bool {
        if !proves(self.family, &lane.instance, &lane.duals) {
            return false;
        }
        self.solution = Solution::failed();
        self.solution.status = Status::Infeasible;
        self.solution.duals.clone_from(&lane.duals);
        true
    }

    /// The program as a whole on the careful solver, where the desk cannot close it.
    fn careful(&mut self, lane: &Lane<T>) -> bool {
        self.desk.reset();
        self.solution = self.family.one(&lane.instance);
        true
    }

    /// Certificate of the optimum on the desk; `false` if it stays open.
    fn close(&mut self, proof: &Proof) -> bool {
        let extras = self.family.free.len();
        let levelled = !certificate::met(&self.desk, extras);
        if levelled {
            // Values that are zero but for the tolerance may be all that a row without a right-hand side has.
            self.desk.level();
            if !certificate::met(&self.desk, extras) {
                return false;
            }
        }
        let interval = certificate::of_desk(&self.desk, self.family, proof, self.screen.firm(), &mut self.scratch);
        let desk = &self.desk;
        let interval = (interval.0 / desk.cost_scale, interval.1 / desk.cost_scale);
        let value = desk.value();
        let close = |(low, high): &(f64, f64)| !levelled || high - low <= LEVEL * (1.0 + value.abs());
        let Some(interval) = certificate::narrow(value, interval).filter(close) else {
            return false;
        };
        self.solution.optimum(value, interval, self.duals.iter().map(|p| p / desk.cost_scale));
        if self.family.alone {
            self.desk.pivots = 0;
            return true;
        }
        let out = &mut self.solution;
        fill_extras(desk, &mut out.first_extras, self.family.free.len());
        out.pivots = desk.pivots;
        out.unique = false;
        self.desk.pivots = 0;
        true
    }

    /// Certificate, later objectives, solution. The desk holds the optimum of the first objective.
    fn finish(&mut self, lane: &mut Lane<T>, proof: &Proof) -> bool {
        if !self.close(proof) {
            return self.refine(lane);
        }
        if self.family.alone {
            return true;
        }
        let later = lane.instance.costs.len() > 1;
        let tied = !(later || self.family.canonical) || self.desk.ties(&proof.face);
        if tied && (later || self.family.canonical) {
            if !self.later(lane, proof) {
                return self.careful(lane);
            }
        } else {
            self.solution.unique = !tied;
            for stage in 1..lane.instance.costs.len() {
                let value = self.value_of(&lane.instance, stage);
                self.solution.values.push(value);
            }
        }
        self.fill_solution();
        true
    }
}

/// Whether there is one extra column, which bears all cost of the first objective.
fn single(instance: &Instance) -> bool {
    let costs = &instance.costs[0];
    costs.extras.len() == 1 && costs.extras[0] != 0.0 && costs.slacks.iter().all(|c| *c == 0.0)
}

fn finite(instance: &Instance) -> bool {
    let costs = || instance.costs.iter().flat_map(|c| c.extras.iter().chain(&c.slacks));
    instance.rhs.iter().chain(&instance.extras).chain(costs()).all(|x| x.is_finite())
}
