//! The optimal face: what later objectives may choose from.

use super::{Desk, FACE, Kind, NONE};

impl Desk<'_> {
    /// Whether a column that is not basic could enter without changing the optimum, listed or in `face`.
    pub(in crate::lp) fn ties(&self, face: &[u32]) -> bool {
        let k = self.k;
        let fixed = (0..self.first).any(|s| {
            self.kind[s] != Kind::Fixed && !self.basis.contains(&s) && {
                let column = &self.columns[s * k..(s + 1) * k];
                self.cost[s] - column.iter().zip(&self.duals).map(|(a, p)| a * p).sum::<f64>() <= FACE
            }
        });
        let basic = |p: u32| {
            let slot = self.place[p as usize];
            slot != NONE && (self.kind[slot as usize] == Kind::Fixed || self.basis.contains(&(slot as usize)))
        };
        fixed || face.iter().any(|&p| !basic(p))
    }

    /// Bans every column off the optimal face of the present objective; `face` has the points on it, where
    /// pricing said so.
    pub(in crate::lp) fn restrict(&mut self, face: Option<&[u32]>) {
        if let Some(face) = face {
            for &p in face {
                self.add(p);
            }
        }
        self.price();
        for slot in 0..self.width() {
            if self.kind[slot] != Kind::Ordinary || self.reduced[slot] == f64::INFINITY {
                continue;
            }
            let off = match face.filter(|_| slot >= self.first) {
                Some(face) => !face.contains(&self.points[slot - self.first]),
                None => self.reduced[slot] > FACE,
            };
            if off {
                self.let_in(slot, Kind::Fixed);
                self.banned.push(slot);
            }
        }
    }

    /// Whether anything may still enter.
    pub(in crate::lp) fn open(&mut self) -> bool {
        self.price();
        self.reduced[..self.width()].iter().any(|&d| d < f64::INFINITY)
    }
}
