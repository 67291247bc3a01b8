//! CI013: what a period or a unit more does to the ranks of the others.

use super::{Note, Shift, shift};
use crate::{
    composite::{self, Composite, ranks},
    error::IndexError,
    framework::Tree,
    normalise::{Over, by_period},
    recipe::Recipe,
};

/// Scores of the rows kept, everything taken anew from them, against the ranks they had.
fn retake(tree: &Tree<'_>, index: &Composite, recipe: &Recipe, keep: &[usize]) -> Result<Option<Shift>, Vec<IndexError>> {
    let n = &index.normalised;
    let units: Vec<String> = keep.iter().map(|&i| n.units[i].clone()).collect();
    let periods: Vec<i32> = keep.iter().map(|&i| n.periods[i]).collect();
    let raw: Vec<Vec<f64>> = n.raw.iter().map(|c| keep.iter().map(|&i| c[i]).collect()).collect();
    let scores = composite::rescore(&Over { tree, units: &units, periods: &periods, recipe }, &raw)?;
    let groups = by_period(&periods);
    let before: Vec<f64> = keep.iter().map(|&i| index.scores[0][i]).collect();
    Ok(shift(keep, &ranks(&before, &groups), &ranks(&scores, &groups)))
}

/// Notes on ranks without the last period and without each unit.
pub(super) fn without(tree: &Tree<'_>, index: &Composite, recipe: &Recipe, notes: &mut Vec<Note>) -> Result<(), Vec<IndexError>> {
    let n = &index.normalised;
    // A fit over fewer rows can lose what it needs (a base period, variation); then there is nothing to compare.
    if let Some(&last) = n.periods.iter().max() {
        let keep: Vec<usize> = (0..n.periods.len()).filter(|&i| n.periods[i] != last).collect();
        if !keep.is_empty()
            && let Ok(Some(change)) = retake(tree, index, recipe, &keep)
            && change.moved > 0
        {
            notes.push(Note::WithoutLast { period: last, change });
        }
    }
    let mut units = n.units.clone();
    units.dedup();
    let mut worst: Option<(String, Shift)> = None;
    if (3..=200).contains(&units.len()) {
        for unit in units {
            let keep: Vec<usize> = (0..n.units.len()).filter(|&i| n.units[i] != unit).collect();
            if let Ok(Some(change)) = retake(tree, index, recipe, &keep)
                && change.moved > 0
                && worst.as_ref().is_none_or(|(_, w)| (change.largest, change.moved) > (w.largest, w.moved))
            {
                worst = Some((unit, change));
            }
        }
    }
    notes.extend(worst.map(|(unit, change)| Note::WithoutUnit { unit, change }));
    Ok(())
}
