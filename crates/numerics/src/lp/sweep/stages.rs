//! After the first objective: later ones on its face, and the solution told.

use super::{Chunk, Lane};
use crate::lp::{
    Sense, Variable,
    desk::{Code, Desk, Stop, room},
    family::Instance,
    proof::Proof,
};

impl<T> Chunk<'_, '_, T> {
    /// Value of an objective at the present vertex.
    pub(super) fn value_of(&self, instance: &Instance, stage: usize) -> f64 {
        let costs = &instance.costs[stage];
        self.desk
            .basic()
            .map(|(code, _, x)| match code {
                Code::Extra(e) => costs.extras[e] * x,
                Code::Logical(i) if self.family.senses[i] != Sense::Equal => costs.slacks[i] * x,
                _ => 0.0,
            })
            .sum()
    }

    pub(super) fn later(&mut self, lane: &Lane<T>, proof: &Proof) -> bool {
        if proof.face.len() > room(self.family.senses.len()) / 2 && !self.desk.whole() {
            return false;
        }
        self.desk.restrict(Some(&proof.face));
        for stage in 1..lane.instance.costs.len() {
            self.desk.set_costs(&lane.instance, stage);
            if self.desk.open() && self.desk.improve() != Stop::Optimal {
                return false;
            }
            let value = self.value_of(&lane.instance, stage);
            self.solution.values.push(value);
            self.desk.restrict(None);
        }
        self.solution.unique = !self.desk.open();
        if !self.solution.unique && self.family.canonical {
            self.desk.set_generic_costs();
            if self.desk.improve() != Stop::Optimal {
                return false;
            }
        }
        true
    }

    pub(super) fn fill_solution(&mut self) {
        let out = &mut self.solution;
        out.weights.clear();
        out.slacks.clear();
        out.slacks.resize(self.family.senses.len(), 0.0);
        out.basis.clear();
        fill_extras(&self.desk, &mut out.extras, self.family.free.len());
        for (code, scaled, x) in self.desk.basic() {
            match code {
                Code::Point(p) => {
                    if scaled > 0.0 {
                        out.weights.push((self.family.name(p as usize), x));
                    }
                    out.basis.push(Variable::Cloud(p as usize));
                }
                Code::Extra(e) => out.basis.push(Variable::Extra(e)),
                Code::Logical(i) if self.family.senses[i] != Sense::Equal => {
                    out.slacks[i] = x.max(0.0);
                    out.basis.push(Variable::Slack(i));
                }
                Code::Logical(_) => {}
            }
        }
        out.weights.sort_unstable_by_key(|w| w.0);
        out.basis.sort_unstable();
    }
}

/// Values of the extra columns.
pub(super) fn fill_extras(desk: &Desk<'_>, out: &mut Vec<f64>, extras: usize) {
    out.clear();
    out.resize(extras, 0.0);
    for (code, _, x) in desk.basic() {
        if let Code::Extra(e) = code {
            out[e] = x;
        }
    }
}
