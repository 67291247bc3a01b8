//! What a chain of two stages is made of, and what makes it unusable.

use crate::{
    classes::Classes,
    reference::Reference,
    technology::{Defect, FrontierError, Missing, Role, defects},
};

/// Two stages in a row, one column per variable, one row per unit: inputs make intermediates, intermediates
/// alone make outputs. `NaN` is a missing cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chain<'a> {
    /// Inputs of the first stage.
    pub inputs: Vec<&'a [f64]>,
    /// What the first stage makes and the second uses.
    pub intermediates: Vec<&'a [f64]>,
    /// Outputs of the second stage.
    pub outputs: Vec<&'a [f64]>,
}

impl<'a> Chain<'a> {
    /// Number of units.
    pub fn len(&self) -> usize {
        self.columns().next().map_or(0, |(_, _, c)| c.len())
    }

    /// Whether there is no unit.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All columns with role and position: inputs, intermediates, outputs.
    pub fn columns(&self) -> impl Iterator<Item = (Role, usize, &'a [f64])> + '_ {
        self.roles().into_iter().flat_map(|(role, columns)| columns.iter().enumerate().map(move |(i, c)| (role, i, *c)))
    }

    fn roles(&self) -> [(Role, &Vec<&'a [f64]>); 3] {
        [(Role::Input, &self.inputs), (Role::Intermediate, &self.intermediates), (Role::Output, &self.outputs)]
    }

    pub(super) fn sizes(&self) -> [usize; 3] {
        [self.inputs.len(), self.intermediates.len(), self.outputs.len()]
    }

    /// Checks shape and cells; every defect is collected.
    pub(super) fn check(&self, missing: Missing) -> Result<(), FrontierError> {
        if let Some((role, _)) = self.roles().into_iter().find(|(_, columns)| columns.is_empty()) {
            return Err(FrontierError::NoVariable(role));
        }
        let n = self.len();
        if let Some((role, variable, c)) = self.columns().find(|(_, _, c)| c.len() != n) {
            return Err(FrontierError::Shape { role, variable, found: c.len(), expected: n });
        }
        let mut found = defects(self.columns(), missing);
        // A unit without any of a role has a stage that uses nothing or makes nothing.
        for (role, columns) in self.roles() {
            let zero = |u: &usize| columns.iter().all(|c| c[*u] == 0.0);
            found.extend((0..n).filter(zero).map(|u| Defect::ZeroUnit(role, u)));
        }
        if found.is_empty() { Ok(()) } else { Err(FrontierError::Data(found)) }
    }

    /// The distinct points of the complete units.
    pub(super) fn points(&self) -> Reference {
        let columns: Vec<&[f64]> = self.columns().map(|(_, _, c)| c).collect();
        let complete: Vec<usize> = (0..self.len()).filter(|&u| columns.iter().all(|c| !c[u].is_nan())).collect();
        let (classes, columns) = Classes::new(&columns, &complete);
        Reference { classes, columns }
    }

    /// These points where they span a technology: there are any, and no variable is zero throughout.
    pub(super) fn spanning(&self) -> Result<Reference, FrontierError> {
        let set = self.points();
        if set.classes.is_empty() {
            return Err(FrontierError::Empty);
        }
        let zero: Vec<Defect> = self
            .columns()
            .zip(&set.columns)
            .filter(|(_, over)| over.iter().all(|x| *x == 0.0))
            .map(|((role, variable, _), _)| Defect::ZeroVariable(role, variable))
            .collect();
        if zero.is_empty() { Ok(set) } else { Err(FrontierError::Data(zero)) }
    }
}
