//! Lanes that wait for their hyperplanes to be priced, and what follows from it.

use super::{ADDED, Chunk, FINE, FORESEEN, Lane, ROUNDS, VIOLATION, Verdict};
use crate::lp::{
    Solution,
    atlas::Facet,
    proof::Proof,
    screen::{Price, WIDTH},
};

impl<T> Chunk<'_, '_, T> {
    /// Prices what waits, once; what is not settled by it waits again.
    pub(super) fn resolve(&mut self, take: &(impl Fn(usize, &Solution) -> T + Sync), out: &mut Vec<(usize, T)>) {
        let mut lanes = std::mem::take(&mut self.waiting);
        let mut found = std::mem::take(&mut self.found);
        for batch in lanes.chunks_mut(WIDTH) {
            let none: &[f64] = &[];
            let mut planes = [none; WIDTH];
            for (plane, lane) in planes.iter_mut().zip(batch.iter()) {
                *plane = &lane.duals;
            }
            self.screen.price(self.family.cloud, &planes[..batch.len()], &mut found);
            for (lane, prices) in batch.iter_mut().zip(&mut found) {
                self.judge(lane, prices);
            }
        }
        self.found = found;
        for mut lane in lanes.drain(..) {
            let ready = lane.ready.take();
            if let (Some(result), Verdict::Proven(proof)) = (ready, &lane.verdict)
                && proof.relative <= FORESEEN
            {
                out.push((lane.at, result));
                self.spare.push(lane);
            } else if self.settle(&mut lane) {
                out.push((lane.at, take(lane.unit, &self.solution)));
                self.spare.push(lane);
            } else {
                self.foresee(&mut lane, take);
                self.waiting.push(lane);
            }
        }
    }

    /// Lists the points that violate a lane's hyperplane, or records its proof.
    fn judge(&mut self, lane: &mut Lane<T>, prices: &mut [Price]) {
        let excluded = |p: &Price| lane.instance.excludes(p.point as usize);
        let worst = &mut self.worst;
        worst.clear();
        worst.extend(prices.iter().filter(|p| p.relative < -lane.violation && !excluded(p)));
        let order = |a: &Price, b: &Price| a.relative.total_cmp(&b.relative).then(a.point.cmp(&b.point));
        if worst.len() > ADDED {
            worst.select_nth_unstable_by(ADDED, order);
            worst.truncate(ADDED);
        }
        worst.sort_unstable_by(order);
        let below = worst.len();
        let added = worst.iter().filter(|p| self.desk.add(p.point) > lane.births).count();
        lane.rounds += 1;
        lane.verdict = if added > 0 {
            Verdict::Open
        } else if below > 0 && lane.violation > FINE {
            Verdict::Stuck
        } else if lane.farkas {
            Verdict::Barren
        } else {
            let proof = Proof::of(self.family.cloud, &lane.duals, self.screen.firm(), prices.iter().filter(|p| !excluded(p)));
            // Where an excluded point lies below, the facet is no facet for others.
            if prices.iter().all(|p| !excluded(p) || p.relative >= -VIOLATION) {
                let facet = Facet { duals: lane.duals.clone(), proof: proof.clone(), basis: lane.saved.clone() };
                self.atlas.insert(lane.key, facet, &self.desk.row_scale);
            }
            Verdict::Proven(proof)
        };
    }

    /// Where the optimum alone is asked for, takes the result before pricing, with the certificate that it will
    /// have if no point lies below the hyperplane.
    pub(super) fn foresee(&mut self, lane: &mut Lane<T>, take: &(impl Fn(usize, &Solution) -> T + Sync)) {
        if lane.farkas || self.family.canonical || lane.instance.costs.len() > 1 || !self.screen.one_sided() {
            return;
        }
        if self.close(&Proof::foreseen(FORESEEN)) {
            if !self.family.alone {
                self.fill_solution();
            }
            lane.ready = Some(take(lane.unit, &self.solution));
        }
    }

    /// Takes a lane up again after its hyperplane was priced.
    fn settle(&mut self, lane: &mut Lane<T>) -> bool {
        if lane.rounds > ROUNDS {
            return self.careful(lane);
        }
        self.desk.restore(&lane.saved);
        self.desk.load(&lane.instance);
        match std::mem::replace(&mut lane.verdict, Verdict::Open) {
            Verdict::Barren if self.proven(lane) => {
                self.desk.reset();
                true
            }
            Verdict::Barren => self.careful(lane),
            Verdict::Stuck if lane.farkas || !self.desk.resumes() => self.careful(lane),
            Verdict::Stuck => self.refine(lane),
            Verdict::Proven(proof) => {
                if !self.desk.resumes() {
                    return self.careful(lane);
                }
                // The certificate is that of the hyperplane that was priced, to the last bit: scales are powers of two.
                let ratio = self.desk.adopt(&lane.duals, lane.cost_scale);
                self.take_duals();
                self.finish(lane, &proof.turned((ratio, 0.0)))
            }
            Verdict::Open => self.advance(lane, false),
        }
    }

    /// Takes the optimum of the listed points down to the last digits, where the tolerance of the steps was too much;
    /// `true` if the solution is there.
    pub(super) fn refine(&mut self, lane: &mut Lane<T>) -> bool {
        if lane.violation == FINE || !self.desk.polish() {
            return self.careful(lane);
        }
        lane.violation = FINE;
        self.take_duals();
        if self.desk.whole() {
            let proof = self.whole_proof(&lane.instance);
            return self.finish(lane, &proof);
        }
        lane.key = self.desk.key();
        self.put_aside(lane);
        false
    }

    /// Keeps what the desk holds until the hyperplane is priced.
    pub(super) fn put_aside(&mut self, lane: &mut Lane<T>) {
        lane.duals.clone_from(&self.duals);
        lane.cost_scale = self.desk.cost_scale;
        self.desk.save(&mut lane.saved);
    }
}
