//! One chain: probabilities, long run, passage times, mobility.

use numerics::{distributions::normal_quantile, graph};

/// A set of classes that is never left once entered, with its stationary distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct Closed {
    /// Its classes, ascending.
    pub classes: Vec<usize>,
    /// Stationary share of each of the k classes; 0 outside the set.
    pub shares: Vec<f64>,
    /// Length of its cycle: 1 where the distribution converges, more where it runs in circles around the shares.
    pub cycle: usize,
}

/// Where a chain leads.
#[derive(Clone, Debug, PartialEq)]
pub struct LongRun {
    /// Closed sets, by their first class. One: the long run does not depend on the start. Several: it does.
    pub sets: Vec<Closed>,
    /// Classes that are left for good sooner or later.
    pub transient: Vec<usize>,
    /// Classes that are entered but never seen to be left: nothing is known of what follows.
    pub dead_ends: Vec<usize>,
    /// Classes neither entered nor left.
    pub unseen: Vec<usize>,
}

impl LongRun {
    /// The one stationary distribution; `None` where there are several or a class has no known way on.
    pub fn ergodic(&self) -> Option<&[f64]> {
        match (&self.sets[..], self.dead_ends.is_empty()) {
            ([only], true) => Some(&only.shares),
            _ => None,
        }
    }
}

/// How much and how fast units change class, over the m classes seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mobility {
    /// `(m − tr P) / (m − 1)` (Prais 1955; Shorrocks 1978): 0 nobody moves, 1 classes are forgotten at once.
    pub shorrocks: f64,
    /// `1 − |det P|` (Shorrocks 1978).
    pub determinant: f64,
    /// `m/(m − 1) · Σ π_i (1 − p_ii)` with the ergodic shares π (Bartholomew 1973).
    pub leaving: f64,
    /// `1/(m − 1) · Σ π_i p_ij |i − j|`: classes crossed (Bartholomew 1973).
    pub crossing: f64,
    /// Modulus of the second eigenvalue.
    pub second: f64,
    /// `−ln 2 / ln |λ₂|` in periods: time in which the slowest deviation from the long run halves; infinite at |λ₂| = 1.
    pub half_life: f64,
}

/// Transition probabilities of one table of counts and what follows from them.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// Number of classes k.
    pub classes: usize,
    /// Transitions, row-major k x k.
    pub counts: Vec<u64>,
    /// Transitions out of each class.
    pub left: Vec<u64>,
    /// `p_ij = n_ij / n_i`, row-major; `NaN` for a class that is never seen to be left.
    pub probabilities: Vec<f64>,
    /// Wilson intervals of the probabilities.
    pub intervals: Vec<(f64, f64)>,
    /// Long run.
    pub long_run: LongRun,
    /// Mean first passage from row to column, on the diagonal the mean return, in periods. Infinite where arrival is not
    /// certain, `NaN` where a class without a known way on lies between.
    pub passage: Vec<f64>,
    /// Mean stay `1/(1 − p_ii)`, in periods.
    pub stay: Vec<f64>,
    /// Mobility; `None` where there is no one long run or a single class.
    pub mobility: Option<Mobility>,
}

impl Chain {
    /// The chain of k x k counts; a step is `lag` periods long.
    pub(super) fn new(counts: Vec<u64>, k: usize, level: f64, lag: f64) -> Self {
        let left: Vec<u64> = counts.chunks(k).map(|r| r.iter().sum()).collect();
        let probabilities = shares(&counts, k);
        let long_run = long_run(&probabilities, &counts, k);
        let z = normal_quantile(0.5 + level / 2.0);
        let intervals = (0..k * k).map(|c| wilson(counts[c] as f64, left[c / k] as f64, z)).collect();
        let passage = passage(&probabilities, &long_run, k).into_iter().map(|m| m * lag).collect();
        let stay = (0..k).map(|i| lag * left[i] as f64 / (left[i] - counts[i * k + i]) as f64).collect();
        let mobility = mobility(&probabilities, &long_run, k, lag);
        Self { classes: k, counts, left, probabilities, intervals, long_run, passage, stay, mobility }
    }
}

/// Ergodic shares and mobility.
pub(super) type Summary = (Vec<f64>, Mobility);

/// Those of k x k counts, where there is one long run.
pub(super) fn summary(counts: &[u64], k: usize, lag: f64) -> Option<Summary> {
    let p = shares(counts, k);
    let long_run = long_run(&p, counts, k);
    let mobility = mobility(&p, &long_run, k, lag)?;
    Some((long_run.ergodic()?.to_vec(), mobility))
}

fn shares(counts: &[u64], k: usize) -> Vec<f64> {
    counts.chunks(k).flat_map(|r| r.iter().map(|&n| n as f64 / r.iter().sum::<u64>() as f64)).collect()
}

/// Wilson (1927).
fn wilson(count: f64, n: f64, z: f64) -> (f64, f64) {
    if n == 0.0 {
        return (f64::NAN, f64::NAN);
    }
    let (p, zz) = (count / n, z * z / n);
    let middle = (p + zz / 2.0) / (1.0 + zz);
    let half = z * (p * (1.0 - p) / n + zz / (4.0 * n)).sqrt() / (1.0 + zz);
    // At the ends the interval reaches the end itself; rounding would miss it.
    let low = if count == 0.0 { 0.0 } else { middle - half };
    (low, if count == n { 1.0 } else { middle + half })
}

/// `reach[i * k + j]`: j can be reached from i in any number of steps, none included; nothing is reached through `wall`.
fn reach(p: &[f64], k: usize, wall: Option<usize>) -> Vec<bool> {
    let mut reach = vec![false; k * k];
    for from in 0..k {
        let mut open = vec![from];
        reach[from * k + from] = true;
        while let Some(i) = open.pop() {
            if wall == Some(i) {
                continue;
            }
            for j in 0..k {
                if p[i * k + j] > 0.0 && !reach[from * k + j] {
                    reach[from * k + j] = true;
                    open.push(j);
                }
            }
        }
    }
    reach
}

/// The rows and columns of `p` named in `classes`.
fn within(p: &[f64], k: usize, classes: &[usize]) -> Vec<f64> {
    classes.iter().flat_map(|&i| classes.iter().map(move |&j| p[i * k + j])).collect()
}

fn long_run(p: &[f64], counts: &[u64], k: usize) -> LongRun {
    let reach = reach(p, k, None);
    let to = |i: usize, j: usize| reach[i * k + j];
    let leaves = |i: usize| !p[i * k].is_nan();
    let entered = |j: usize| (0..k).any(|i| i != j && counts[i * k + j] > 0);
    let dead_ends: Vec<usize> = (0..k).filter(|&i| !leaves(i) && entered(i)).collect();
    let unseen: Vec<usize> = (0..k).filter(|&i| !leaves(i) && !entered(i)).collect();
    // Recurrent: whatever is reached can come back.
    let recurrent = |i: usize| leaves(i) && (0..k).all(|j| !to(i, j) || to(j, i));
    let mut sets: Vec<Closed> = Vec::new();
    for i in (0..k).filter(|&i| recurrent(i)) {
        if sets.iter().any(|s| s.classes.contains(&i)) {
            continue;
        }
        let classes: Vec<usize> = (0..k).filter(|&j| to(i, j)).collect();
        let weights = graph::stationary(&within(p, k, &classes), classes.len(), 0);
        let total: f64 = weights.iter().sum();
        let mut shares = vec![0.0; k];
        for (&class, weight) in classes.iter().zip(&weights) {
            shares[class] = weight / total;
        }
        sets.push(Closed { cycle: cycle(p, k, &classes), classes, shares });
    }
    let transient = (0..k).filter(|&i| leaves(i) && !recurrent(i)).collect();
    LongRun { sets, transient, dead_ends, unseen }
}

/// Greatest common divisor of the lengths of all ways from a class of the set back to itself.
fn cycle(p: &[f64], k: usize, classes: &[usize]) -> usize {
    let mut depth = vec![usize::MAX; k];
    let mut open = std::collections::VecDeque::from([classes[0]]);
    depth[classes[0]] = 0;
    let mut common = 0_usize;
    while let Some(i) = open.pop_front() {
        for j in (0..k).filter(|j| p[i * k + j] > 0.0) {
            if depth[j] == usize::MAX {
                depth[j] = depth[i] + 1;
                open.push_back(j);
            } else {
                let (mut a, mut b) = (common, (depth[i] + 1).abs_diff(depth[j]));
                while b > 0 {
                    (a, b) = (b, a % b);
                }
                common = a;
            }
        }
    }
    common
}

/// Mean first passage in steps: the equations `m_i = 1 + Σ_{l≠j} p_il m_l` over the classes that come to j for certain.
fn passage(p: &[f64], long_run: &LongRun, k: usize) -> Vec<f64> {
    let mut times = vec![f64::INFINITY; k * k];
    let blind = |i: usize| long_run.dead_ends.contains(&i) || long_run.unseen.contains(&i);
    for j in 0..k {
        let reach = reach(p, k, Some(j));
        let to = |i: usize, l: usize| reach[i * k + l];
        let certain = |i: usize| (0..k).all(|l| !to(i, l) || to(l, j));
        let classes: Vec<usize> = (0..k).filter(|&i| i != j && !blind(i) && certain(i)).chain([j]).collect();
        let n = classes.len();
        let found = graph::potentials(&within(p, k, &classes), &vec![1.0; n], n - 1);
        for (&i, time) in classes.iter().zip(&found).take(n - 1) {
            times[i * k + j] = *time;
        }
        for i in (0..k).filter(|&i| i != j && (blind(i) || (0..k).any(|l| l != j && to(i, l) && blind(l)))) {
            times[i * k + j] = f64::NAN;
        }
        let back: f64 = (0..k).filter(|&l| l != j && p[j * k + l] > 0.0).map(|l| p[j * k + l] * times[l * k + j]).sum();
        times[j * k + j] = if blind(j) { f64::NAN } else { 1.0 + back };
    }
    times
}

fn mobility(p: &[f64], long_run: &LongRun, k: usize, lag: f64) -> Option<Mobility> {
    let seen: Vec<usize> = (0..k).filter(|i| !long_run.unseen.contains(i)).collect();
    let m = seen.len();
    if m < 2 || !long_run.dead_ends.is_empty() {
        return None;
    }
    let any = &long_run.sets.first()?.shares;
    let p = within(p, k, &seen);
    let shares: Vec<f64> = seen.iter().map(|&i| any[i]).collect();
    let (size, trace) = (m as f64, (0..m).map(|i| p[i * m + i]).sum::<f64>());
    let stay: f64 = (0..m).map(|i| shares[i] * p[i * m + i]).sum();
    let crossed = |i: usize| (0..m).map(|j| p[i * m + j] * seen[i].abs_diff(seen[j]) as f64).sum::<f64>();
    let one = long_run.ergodic().is_some();
    let second = second(&p, &shares, m);
    Some(Mobility {
        shorrocks: (size - trace) / (size - 1.0),
        determinant: 1.0 - determinant(&p, m).abs(),
        leaving: if one { size / (size - 1.0) * (1.0 - stay) } else { f64::NAN },
        crossing: if one { (0..m).map(|i| shares[i] * crossed(i)).sum::<f64>() / (size - 1.0) } else { f64::NAN },
        second,
        // An eigenvalue of modulus 1 comes out a few roundings away from it.
        half_life: if second > 1.0 - 1e-10 { f64::INFINITY } else { -lag * std::f64::consts::LN_2 / libm::log(second) },
    })
}

/// Modulus of the second eigenvalue: the growth of `(P − 1π')^n`, by repeated squaring.
fn second(p: &[f64], shares: &[f64], m: usize) -> f64 {
    let mut power: Vec<f64> = (0..m * m).map(|c| p[c] - shares[c % m]).collect();
    let mut log = 0.0;
    let mut weight = 1.0;
    for _ in 0..60 {
        let norm = power.iter().map(|x| x * x).sum::<f64>().sqrt();
        if norm == 0.0 {
            return 0.0;
        }
        log += weight * libm::log(norm);
        power.iter_mut().for_each(|x| *x /= norm);
        power = (0..m * m).map(|c| (0..m).map(|l| power[(c / m) * m + l] * power[l * m + c % m]).sum()).collect();
        weight /= 2.0;
    }
    libm::exp(log).min(1.0)
}

/// By elimination with partial pivoting.
fn determinant(p: &[f64], m: usize) -> f64 {
    let mut a = p.to_vec();
    let mut product = 1.0;
    for c in 0..m {
        let best = (c..m).fold(c, |b, r| if a[r * m + c].abs() > a[b * m + c].abs() { r } else { b });
        if a[best * m + c] == 0.0 {
            return 0.0;
        }
        if best != c {
            (0..m).for_each(|l| a.swap(best * m + l, c * m + l));
            product = -product;
        }
        product *= a[c * m + c];
        for r in c + 1..m {
            let share = a[r * m + c] / a[c * m + c];
            for l in c..m {
                a[r * m + l] -= share * a[c * m + l];
            }
        }
    }
    product
}
