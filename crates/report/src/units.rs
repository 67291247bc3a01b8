//! Labels, groups and tile positions of the units.

use std::collections::BTreeMap;

use study::{
    result::{StudyResult, Tile, Unit},
    text::Text,
};

/// What figures and tables need to know of the units: labels, groups, places on the tile grid.
#[derive(Clone, Debug, Default)]
pub struct Units {
    units: BTreeMap<String, Unit>,
    groups: Vec<String>,
    tiles: Vec<Tile>,
}

impl Units {
    /// From the units and tiles of a study; both may be empty, then identifiers serve as labels.
    pub fn new(units: &[Unit], tiles: &[Tile]) -> Self {
        let mut groups: Vec<String> = Vec::new();
        for unit in units.iter().filter(|u| !u.group.is_empty()) {
            if !groups.contains(&unit.group) {
                groups.push(unit.group.clone());
            }
        }
        groups.sort_unstable();
        // A unit that is called by its identifier needs no entry; of a million units few have one.
        let says = |u: &&Unit| u.label.en != u.id || !u.label.zh.is_empty() || !u.group.is_empty();
        let units = units.iter().filter(says).map(|u| (u.id.clone(), u.clone())).collect();
        Self { units, groups, tiles: tiles.to_vec() }
    }

    /// Of a finished study.
    pub fn of(result: &StudyResult) -> Self {
        Self::new(&result.units, &result.tiles)
    }

    /// Label of a unit; its identifier where none is known.
    pub fn label(&self, id: &str) -> Text {
        match self.units.get(id) {
            Some(u) if !u.label.is_empty() => {
                let en = if u.label.en.is_empty() { id } else { &u.label.en };
                Text::new(en, u.label.zh.as_str())
            }
            _ => Text::plain(id),
        }
    }

    /// Place of a unit's group among the groups.
    pub(crate) fn group(&self, id: &str) -> Option<usize> {
        let group = &self.units.get(id)?.group;
        self.groups.iter().position(|g| g == group)
    }

    /// Words for the groups, in the order of their names.
    pub(crate) fn groups(&self) -> Vec<Text> {
        let words = |g: &String| self.units.values().find(|u| u.group == *g).map(|u| u.group_label.clone());
        self.groups.iter().map(|g| words(g).filter(|t| !t.is_empty()).unwrap_or_else(|| Text::plain(g))).collect()
    }

    /// Tile positions.
    pub(crate) fn tiles(&self) -> &[Tile] {
        &self.tiles
    }
}
