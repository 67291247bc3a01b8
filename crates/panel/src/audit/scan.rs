//! Finding what leaves a series' own level: runs that come back, steps that stay, ends that fall off.

use super::series::{FLOOR, median};

/// One observation of a series, common movement taken out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    pub row: usize,
    pub at: usize,
    pub r: f64,
    /// Standard deviation that a value so small beside the variable's usual size is granted.
    pub fuzz: f64,
}

/// What the series does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Leaves its level and comes back.
    Run,
    /// Changes its level and stays.
    Shift,
    /// First observations apart from the rest.
    Start,
    /// Last observations apart from the rest.
    End,
}

/// A stretch of a series that stands apart.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub shape: Shape,
    pub points: Vec<Point>,
    /// Mean deviation from what the neighbours let expect.
    pub deviation: f64,
    /// Expected value of the first point, common movement taken out.
    pub expected: f64,
    /// Deviation in robust standard deviations.
    pub z: f64,
}

/// What a variable's changes are measured with.
pub(super) struct Ruler {
    /// Robust standard deviation of the changes of all units.
    base: f64,
    /// The same by period.
    by_period: Vec<f64>,
    /// Size from which a step amid quiet years is told.
    rare_step: f64,
    /// Size from which both edges of a run count as rare.
    rare_edge: f64,
}

impl Ruler {
    /// Only sizes that are gross in any variable count as rare.
    pub fn new(base: f64, by_period: Vec<f64>) -> Self {
        Self { base: base.max(FLOOR), by_period, rare_step: GROSS_STEP, rare_edge: GROSS_EDGE.1 }
    }

    /// What is rare among all units' changes.
    pub fn ranked(mut self, all: &[Vec<Point>]) -> Self {
        let mut changes: Vec<f64> = all.iter().flat_map(|p| p.windows(2).map(|w| (w[1].r - w[0].r).abs())).collect();
        self.rare_step = top(&mut changes, RARE_STEP).clamp(MATERIAL, GROSS_STEP);
        self.rare_edge = top(&mut changes, RARE_EDGE).clamp(GROSS_EDGE.0, GROSS_EDGE.1);
        self
    }
}

/// The size that only a part of the values exceed; infinite if they are too few to tell.
fn top(xs: &mut [f64], part: f64) -> f64 {
    let beyond = (xs.len() as f64 * part) as usize;
    if beyond == 0 {
        return f64::INFINITY;
    }
    let k = xs.len() - beyond;
    *xs.select_nth_unstable_by(k, f64::total_cmp).1
}

/// Part of a variable's changes that is rare enough for a step amid quiet years to be told.
const RARE_STEP: f64 = 0.02;
/// In any variable a step of this size is rare enough.
const GROSS_STEP: f64 = 0.45;
/// Part of a variable's changes that is rare enough for the edges of a run to need less.
const RARE_EDGE: f64 = 0.05;
/// Edges smaller than the first are never rare, larger than the second (nearly a factor of two) always.
const GROSS_EDGE: (f64, f64) = (0.4, 0.65);
/// Two rare edges of one run need only this part of what others need: two rare changes that undo
/// each other are no accident.
const RARE_RUN: f64 = 0.7;
/// An observation off by this much is worth a question at less evidence.
const GROSS: f64 = 0.4;
/// What such an observation needs in place of `LONE`.
const LONE_GROSS: f64 = 0.85;
/// A step amid quiet years must stand out further than a run.
const QUIET: f64 = 1.3;
/// Part of the period's dispersion that counts for it.
const QUIET_PERIOD: f64 = 0.3;

/// Longest run that is taken for an error rather than a new level.
const LONGEST: usize = 8;
/// A change smaller than this (in logarithms) is never an error worth telling.
const MATERIAL: f64 = 0.045;
/// A run has two edges that bear each other out, so each needs less than a single step.
const EDGE: f64 = 0.7;
/// What both edges of a run together must reach.
const WORTH: f64 = 0.85;
/// A single spike is the plainest of runs, so its edges need less still.
const SPIKE: f64 = 0.58;
/// Changes differ between units more in some periods; this part of the period's dispersion counts.
const PERIOD: f64 = 0.6;
/// One observation against a scale that leaves the year out must stand out further.
const LONE: f64 = 1.7;
/// Periods by which two neighbouring observations may lie apart and still be compared.
const APART: usize = 4;

/// Robust standard deviation of the changes of one series.
pub(super) fn dispersion(points: &[Point]) -> f64 {
    let mut changes: Vec<f64> = points.windows(2).filter(|w| w[1].at == w[0].at + 1).map(|w| w[1].r - w[0].r).collect();
    if changes.len() < 6 {
        return 0.0;
    }
    let middle = median(&mut changes);
    changes.iter_mut().for_each(|c| *c = (*c - middle).abs());
    changes.sort_by(f64::total_cmp);
    let tail = changes[(changes.len() - 1) * 4 / 5];
    (1.4826 * median(&mut changes)).max(TAIL * tail)
}

/// 1 / Φ⁻¹(0.9): from the 80th percentile of absolute changes to a standard deviation, so that a
/// series with heavy tails is not judged by its quiet middle.
const TAIL: f64 = 0.7803;

/// Everything in one series that stands apart by `z` standard deviations or more. `ruler`
/// says what is usual and what is rare in the variable.
pub(super) fn scan(mut points: Vec<Point>, ruler: &Ruler, z: f64) -> Vec<Hit> {
    let own = dispersion(&points).max(ruler.base);
    let scale = |from: Point, to: Point| {
        let period = PERIOD * ruler.by_period.get(to.at).copied().unwrap_or(0.0);
        (own.max(period).powi(2) * (to.at - from.at).max(1) as f64 + from.fuzz.min(to.fuzz).powi(2)).sqrt()
    };
    // A short series says little about its own dispersion, so more is asked of it.
    let doubt = 1.0 + (6.0 / points.len().max(1) as f64).powi(2);
    let z = z * doubt;
    let mut hits = Vec::new();
    while let Some((from, to, hit)) = worst_run(&points, &scale, ruler, z).or_else(|| lone(&points, ruler, z)) {
        hits.push(hit);
        points.drain(from..=to);
    }
    hits.extend(ends(&mut points, &scale, z));
    hits.extend(shifts(&points, &scale, ruler, z));
    for hit in &mut hits {
        hit.z /= doubt;
    }
    hits
}

/// Standard deviation of the change between two observations.
type Scale<'a> = &'a dyn Fn(Point, Point) -> f64;

fn worst_run(p: &[Point], scale: Scale<'_>, ruler: &Ruler, z: f64) -> Option<(usize, usize, Hit)> {
    let n = p.len();
    let longest = LONGEST.min(n / 3);
    let mut best: Option<(f64, usize, usize, f64)> = None;
    for a in 1..n.saturating_sub(1) {
        let up = p[a].r - p[a - 1].r;
        let rise = up / scale(p[a - 1], p[a]);
        let less = if up.abs() >= ruler.rare_edge { RARE_RUN } else { 1.0 };
        if rise.abs() < less * SPIKE * z {
            continue;
        }
        for b in a..(a + longest).min(n - 1) {
            let down = p[b].r - p[b + 1].r;
            let fall = down / scale(p[b], p[b + 1]);
            let less = if down.abs() >= ruler.rare_edge { less } else { 1.0 };
            let needed = less * if a == b { SPIKE } else { EDGE } * z;
            if rise.abs().min(fall.abs()) < needed || up * down < 0.0 || p[b + 1].at - p[a - 1].at > LONGEST + APART {
                continue;
            }
            let (small, large) = if up.abs() < down.abs() { (up.abs(), down.abs()) } else { (down.abs(), up.abs()) };
            if small < 0.4 * large || small < MATERIAL {
                continue;
            }
            let mean = (a..=b).map(|i| p[i].r - line(p[a - 1], p[b + 1], p[i].at)).sum::<f64>() / (b - a + 1) as f64;
            let together = (a..=b).all(|i| (p[i].r - line(p[a - 1], p[b + 1], p[i].at)) / mean > 0.4);
            // A shorter run explains more with less.
            let weight = rise.abs().min(2.0 * fall.abs()).hypot(fall.abs().min(2.0 * rise.abs())) / (1.0 + 0.05 * (b - a) as f64);
            if together && mean.abs() >= MATERIAL && weight >= less * WORTH * z && best.is_none_or(|(w, ..)| weight > w) {
                best = Some((weight, a, b, mean));
            }
        }
    }
    best.map(|(weight, a, b, mean)| {
        let expected = line(p[a - 1], p[b + 1], p[a].at);
        (a, b, Hit { shape: Shape::Run, points: p[a..=b].to_vec(), deviation: mean, expected, z: weight })
    })
}

/// The worst single observation off the line between its neighbours, judged by the unit's other
/// years and not by the year's own spread: many errors in one year must not hide one another.
fn lone(p: &[Point], ruler: &Ruler, z: f64) -> Option<(usize, usize, Hit)> {
    let mut off: Vec<f64> = p.windows(3).map(|w| (w[1].r - line(w[0], w[2], w[1].at)).abs()).collect();
    if off.len() < 8 {
        return None;
    }
    // A step puts both its sides off the line; only what leaves and comes back is a spike.
    let plain = |i: usize| {
        let (up, down) = (p[i].r - p[i - 1].r, p[i].r - p[i + 1].r);
        up * down > 0.0 && up.abs().min(down.abs()) >= 0.4 * up.abs().max(down.abs()) && p[i + 1].at - p[i - 1].at <= APART
    };
    let best = (1..p.len() - 1).filter(|&i| plain(i)).max_by(|&i, &j| off[i - 1].total_cmp(&off[j - 1]).then(j.cmp(&i)))?;
    let (before, here, after) = (p[best - 1], p[best], p[best + 1]);
    // Its neighbours' lines run through it and say nothing of the rest.
    off.drain(best.saturating_sub(2)..(best + 1).min(off.len()));
    let own = 1.4826 * median(&mut off);
    let deviation = here.r - line(before, after, here.at);
    // The line between two neighbours of a walk is off by the step over the root of two.
    let scale = own.max(ruler.base * std::f64::consts::FRAC_1_SQRT_2).hypot(here.fuzz.max(before.fuzz).max(after.fuzz));
    let needed = if deviation.abs() >= GROSS { LONE_GROSS } else { LONE } * z;
    (deviation.abs() >= MATERIAL && deviation.abs() >= needed * scale).then(|| {
        (
            best,
            best,
            Hit { shape: Shape::Run, points: vec![here], deviation, expected: here.r - deviation, z: deviation.abs() / scale },
        )
    })
}

/// The straight line through two points.
fn line(from: Point, to: Point, at: usize) -> f64 {
    let w = (at - from.at) as f64 / (to.at - from.at).max(1) as f64;
    from.r + w * (to.r - from.r)
}

/// Drift around the step into `i`: median of up to three changes on either side.
fn drift(p: &[Point], i: usize) -> (f64, f64) {
    let mut near: Vec<f64> = (i.saturating_sub(3).max(1)..(i + 4).min(p.len()))
        .filter(|&k| k != i)
        .map(|k| (p[k].r - p[k - 1].r) / (p[k].at - p[k - 1].at).max(1) as f64)
        .collect();
    let middle = median(&mut near);
    let widest = near.iter().map(|c| (c - middle).abs()).fold(0.0, f64::max);
    (if middle.is_nan() { 0.0 } else { middle }, widest)
}

/// How far a step stands out, and its size, if it stands out at all.
fn outstanding(p: &[Point], i: usize, scale: Scale<'_>, z: f64) -> Option<(f64, f64)> {
    let (slope, widest) = drift(p, i);
    let apart = (p[i].at - p[i - 1].at).max(1);
    let d = p[i].r - p[i - 1].r - slope * apart as f64;
    let size = d.abs() / scale(p[i - 1], p[i]);
    (apart <= APART && size >= 1.25 * z && d.abs() >= MATERIAL && d.abs() >= 2.0 * widest).then_some((d, size))
}

/// A step that is rare in the variable amid years that are quiet in the unit, and its size.
fn quiet(p: &[Point], i: usize, ruler: &Ruler, z: f64) -> Option<(f64, f64)> {
    let (slope, widest) = drift(p, i);
    let apart = (p[i].at - p[i - 1].at).max(1);
    let d = p[i].r - p[i - 1].r - slope * apart as f64;
    let period = QUIET_PERIOD * ruler.by_period.get(p[i].at).copied().unwrap_or(0.0);
    // A large unit is steadier than the variable, so its own quiet years and all units' changes
    // are met half way, in the geometric mean.
    let met = 1.2 * (0.5 * ruler.base * widest).sqrt();
    let around = (0.5 * widest).max(met).max(period).max(FLOOR).hypot(p[i].fuzz.min(p[i - 1].fuzz));
    let plain = apart <= APART && i >= 3 && i + 3 < p.len();
    (plain && d.abs() >= ruler.rare_step && d.abs() >= QUIET * z * around).then_some((d, d.abs() / around))
}

/// First or last one or two observations apart from the rest.
fn ends(p: &mut Vec<Point>, scale: Scale<'_>, z: f64) -> Vec<Hit> {
    let mut hits = Vec::new();
    if p.len() < 5 {
        return hits;
    }
    if let Some((d, size)) = outstanding(p, 1, scale, z) {
        let expected = p[0].r + d;
        hits.push(Hit { shape: Shape::Start, points: vec![p[0]], deviation: -d, expected, z: size });
        p.remove(0);
    }
    let last = p.len() - 1;
    if last < 4 {
        return hits;
    }
    if let Some((d, size)) = outstanding(p, last, scale, z) {
        hits.push(Hit { shape: Shape::End, points: vec![p[last]], deviation: d, expected: p[last].r - d, z: size });
        p.pop();
    }
    hits
}

fn shifts(p: &[Point], scale: Scale<'_>, ruler: &Ruler, z: f64) -> Vec<Hit> {
    let mut hits = Vec::new();
    for i in 2..p.len().saturating_sub(1) {
        let Some((d, size)) = outstanding(p, i, scale, z).or_else(|| quiet(p, i, ruler, z)) else { continue };
        let level = |r: &[Point]| median(&mut r.iter().map(|q| q.r).collect::<Vec<_>>());
        let stays = level(&p[i..(i + 4).min(p.len())]) - level(&p[i.saturating_sub(4)..i]);
        if stays / d >= 0.6 {
            hits.push(Hit { shape: Shape::Shift, points: vec![p[i]], deviation: d, expected: p[i].r - d, z: size });
        }
    }
    hits
}
