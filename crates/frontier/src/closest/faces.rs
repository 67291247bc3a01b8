//! The maximal faces of the strongly efficient frontier.
//!
//! Some points span a face where a point inside their hull has no slack against the technology; the dual values of that
//! additive program are a hyperplane with positive prices that supports the face. Every subset of such points spans a
//! face too, so that the maximal sets are found as Bron and Kerbosch (1973) find maximal cliques: a branch takes a point
//! more, and takes only points that a face known already does not have.

use numerics::lp::{Cloud, Family, Instance, Sense, Solution, Status};

use super::generators::Generators;
use crate::{dea::TOLERANCE, technology::FrontierError};

/// Most points and directions that faces are looked for among.
pub(super) const LARGEST: usize = 512;
/// Most faces that are kept.
const MOST: usize = 10_000;
/// Programs after which the search is given up.
const PATIENCE: usize = 200_000;
/// Certified inefficiency, as a share of the point's own values, up to which a point has none.
const NEAR: f64 = 1e-7;

/// A face: the generators that span it, and a hyperplane `v·x − u·y + intercept = 0` that supports it.
#[derive(Clone, Debug)]
pub(super) struct Face {
    pub(super) members: Vec<usize>,
    /// Positive prices, one per variable.
    pub(super) prices: Vec<f64>,
    pub(super) intercept: f64,
}

/// Generators as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Set([u64; LARGEST / 64]);

impl Set {
    fn with(mut self, i: usize) -> Self {
        self.0[i / 64] |= 1 << (i % 64);
        self
    }

    fn has(&self, i: usize) -> bool {
        self.0[i / 64] >> (i % 64) & 1 == 1
    }

    fn within(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| a & !b == 0)
    }

    fn members(&self) -> Vec<usize> {
        (0..LARGEST).filter(|&i| self.has(i)).collect()
    }

    fn len(&self) -> u32 {
        self.0.iter().map(|w| w.count_ones()).sum()
    }
}

/// What a program says of a set.
enum Verdict {
    Face(Vec<f64>),
    None,
    /// Not certified either way.
    Open,
}

/// The additive programs of points inside hulls of generators, each value a share of the point's own or of the range.
struct Test<'a> {
    generators: &'a Generators,
    family: Family<'a>,
    /// Largest value and range of each variable.
    largest: Vec<f64>,
    range: Vec<f64>,
}

impl<'a> Test<'a> {
    fn new(cloud: &'a Cloud, generators: &'a Generators, inputs: usize) -> Result<Self, FrontierError> {
        let senses = generators.senses(inputs, Sense::AtMost, Sense::AtLeast);
        let family = Family::new(cloud, senses, Vec::new(), 1)?.values();
        let variables = generators.columns.iter();
        let (largest, range) = variables
            .map(|c| {
                let (low, high) = c.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &x| (l.min(x), h.max(x)));
                let largest = low.abs().max(high.abs());
                (largest, if high > low { high - low } else { largest })
            })
            .unzip();
        Ok(Self { generators, family, largest, range })
    }

    /// A point inside the hull, to which each member adds about the same: its values, and their sizes.
    fn inside(&self, members: &[usize]) -> Vec<(f64, f64)> {
        let g = self.generators;
        let size = |j: usize| {
            let share = |(c, l): (&Vec<f64>, &f64)| if *l > 0.0 { c[j].abs() / l } else { 0.0 };
            g.columns.iter().zip(&self.largest).map(share).fold(0.0, f64::max)
        };
        let raw = |j: usize| if size(j) > 0.0 { 1.0 / size(j) } else { 0.0 };
        let others: f64 = members.iter().map(|&j| raw(j)).sum();
        let weight = |&j: &usize| match raw(j) {
            w if w > 0.0 => w,
            // The origin has no size of its own.
            _ if others > 0.0 => others,
            _ => 1.0,
        };
        let total: f64 = members.iter().filter(|j| g.is_point(**j)).map(weight).sum();
        let by = if g.convex && total > 0.0 { total } else { 1.0 };
        let weights: Vec<f64> = members.iter().map(|j| weight(j) / by).collect();
        let sums = |c: &Vec<f64>| {
            let terms = || members.iter().zip(&weights).map(|(&j, w)| w * c[j]);
            (terms().sum(), terms().map(f64::abs).sum())
        };
        g.columns.iter().map(sums).collect()
    }

    fn fill(&self, members: &[usize], instance: &mut Instance) {
        for (v, (x, size)) in self.inside(members).into_iter().enumerate() {
            let base = if size > 0.0 { size.min(self.range[v]) } else { self.range[v] };
            instance.rhs[v] = x;
            instance.costs[0].slacks[v] = if base > 0.0 { -1.0 / base } else { -1.0 };
        }
        if self.generators.convex {
            instance.rhs[self.largest.len()] = 1.0;
        }
    }

    fn verdicts(&self, sets: &[Vec<usize>]) -> Vec<Verdict> {
        let order: Vec<usize> = (0..sets.len()).collect();
        self.family.sweep(&order, |i, instance| self.fill(&sets[i], instance), |_, s| self.verdict(s))
    }

    fn verdict(&self, solution: &Solution) -> Verdict {
        let (low, high) = (-solution.interval.1, -solution.interval.0);
        match solution.status {
            Status::Unbounded => Verdict::None,
            Status::Optimal if low > TOLERANCE => Verdict::None,
            Status::Optimal if high <= NEAR => Verdict::Face(solution.duals.clone()),
            _ => Verdict::Open,
        }
    }
}

/// Members of `all` that alone have no slack against it; `None` where that is not certified of some.
pub(super) fn efficient(all: &Generators, inputs: usize) -> Result<Option<Vec<usize>>, FrontierError> {
    let cloud = all.cloud()?;
    let test = Test::new(&cloud, all, inputs)?;
    let alone: Vec<Vec<usize>> = (0..all.len()).filter(|&j| all.is_seed(j)).map(|j| vec![j]).collect();
    let mut kept = Vec::new();
    for (set, verdict) in alone.iter().zip(test.verdicts(&alone)) {
        match verdict {
            Verdict::Face(_) => kept.push(set[0]),
            Verdict::None => {}
            Verdict::Open => return Ok(None),
        }
    }
    Ok(Some(kept))
}

/// The maximal faces, and whether each set was certified to span one or none.
pub(super) fn maximal(generators: &Generators, inputs: usize) -> Result<(Vec<Face>, bool), FrontierError> {
    let cloud = generators.cloud()?;
    let mut search = Search { test: Test::new(&cloud, generators, inputs)?, faces: Vec::new(), programs: 0, certified: true };
    let n = generators.len();
    for first in (0..n).filter(|&j| generators.is_point(j)) {
        let start = Set::default().with(first);
        let later: Vec<usize> = (first + 1..n).collect();
        let next = search.joining(start, &later)?;
        search.expand(start, next)?;
    }
    let mut sets = search.faces;
    sets.sort_by_key(|s| std::cmp::Reverse(s.len()));
    let mut kept: Vec<Set> = Vec::new();
    for set in sets {
        if !kept.iter().any(|k| set.within(k)) {
            kept.push(set);
        }
    }
    let members: Vec<Vec<usize>> = kept.iter().map(Set::members).collect();
    let variables = generators.columns.len();
    let mut certified = search.certified;
    let mut faces = Vec::new();
    for (members, verdict) in members.iter().zip(search.test.verdicts(&members)) {
        let Verdict::Face(duals) = verdict else {
            certified = false;
            continue;
        };
        let prices = duals[..variables].iter().map(|p| p.abs()).collect();
        let intercept = if generators.convex { 0.0 - duals[variables] } else { 0.0 };
        faces.push(Face { members: members.clone(), prices, intercept });
    }
    Ok((faces, certified))
}

struct Search<'a> {
    test: Test<'a>,
    faces: Vec<Set>,
    programs: usize,
    certified: bool,
}

impl Search<'_> {
    /// Which of `candidates` span a face together with `base`.
    fn joining(&mut self, base: Set, candidates: &[usize]) -> Result<Vec<usize>, FrontierError> {
        let known: Vec<Set> = self.faces.iter().copied().filter(|f| base.within(f)).collect();
        let open: Vec<usize> = candidates.iter().copied().filter(|&j| !known.iter().any(|f| f.has(j))).collect();
        let sets: Vec<Vec<usize>> = open.iter().map(|&j| base.with(j).members()).collect();
        let mut joined = vec![false; LARGEST];
        candidates.iter().for_each(|&j| joined[j] = true);
        for (j, yes) in open.iter().zip(self.ask(&sets)?) {
            joined[*j] = yes;
        }
        Ok(candidates.iter().copied().filter(|&j| joined[j]).collect())
    }

    fn ask(&mut self, sets: &[Vec<usize>]) -> Result<Vec<bool>, FrontierError> {
        self.programs += sets.len();
        if self.programs > PATIENCE {
            return Err(too_large(format!("its faces are not listed after {PATIENCE} programs")));
        }
        let verdicts = self.test.verdicts(sets);
        self.certified &= !verdicts.iter().any(|v| matches!(v, Verdict::Open));
        Ok(verdicts.iter().map(|v| matches!(v, Verdict::Face(_))).collect())
    }

    /// Lists the maximal faces with `base` and otherwise only `candidates`, each of which spans one together with it.
    fn expand(&mut self, base: Set, mut candidates: Vec<usize>) -> Result<(), FrontierError> {
        if self.faces.len() > MOST {
            return Err(too_large(format!("it has more than {MOST} faces")));
        }
        let whole = candidates.iter().fold(base, |s, &j| s.with(j));
        if self.faces.iter().any(|f| whole.within(f)) {
            return Ok(());
        }
        if candidates.is_empty() || self.ask(&[whole.members()])?[0] {
            self.faces.push(whole);
            return Ok(());
        }
        let common = |f: &Set| candidates.iter().filter(|&&j| f.has(j)).count();
        let best = self.faces.iter().filter(|f| base.within(f)).max_by_key(|f| common(f)).copied();
        let pivot = match best.filter(|f| common(f) > 0) {
            Some(face) => face,
            None => {
                let mut grown = base;
                for &j in &candidates {
                    if !self.joining(grown, &[j])?.is_empty() {
                        grown = grown.with(j);
                    }
                }
                self.faces.push(grown);
                grown
            }
        };
        let branches: Vec<usize> = candidates.iter().copied().filter(|&j| !pivot.has(j)).collect();
        for j in branches {
            candidates.retain(|&i| i != j);
            let next = base.with(j);
            let joined = self.joining(next, &candidates)?;
            self.expand(next, joined)?;
        }
        Ok(())
    }
}

pub(super) fn too_large(found: String) -> FrontierError {
    let why = format!(
        "the strongly efficient frontier is too large for closest targets: {found}; take fewer variables, one frontier for \
         each period, or `additive` or `sbm` with the farthest targets"
    );
    FrontierError::Options(vec![("frontier", why)])
}
