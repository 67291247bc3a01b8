//! Which columns identify a row, told by the user or guessed.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use super::{
    Cell, Parsed, RawColumn, RawTable, parse,
    period::{self, Written},
};
use crate::table::Panel;

/// The key columns of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// Column that names the unit.
    pub unit: String,
    /// Column with the Chinese name of the unit.
    #[serde(default)]
    pub unit_zh: Option<String>,
    /// Column with the period; none for a single cross-section.
    #[serde(default)]
    pub period: Option<String>,
    /// Columns that partition the units, e.g. region.
    #[serde(default)]
    pub groups: Vec<String>,
}

/// Why a column was taken, or not taken, as a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Considered {
    /// The column.
    pub column: String,
    /// `unit`, `unit_zh`, `period` or `group`.
    pub role: String,
    /// Whether it was taken.
    pub taken: bool,
    /// Why, in one sentence.
    pub why: String,
}

/// The keys guessed for a table, with the columns that were weighed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guess {
    /// The keys, if any columns identify every row.
    pub keys: Option<Keys>,
    /// What was weighed, in order.
    pub considered: Vec<Considered>,
}

impl RawTable {
    /// The most plausible keys; see [`RawTable::consider_keys`] for the reasons.
    pub fn guess_keys(&self) -> Option<Keys> {
        self.consider_keys().keys
    }

    /// Weighs every column as unit, period and group. The period is a column of whole numbers
    /// between 1800 and 2200 (or of small whole numbers under a telling name); the unit is the
    /// column that with the period identifies every row, telling names and readable text first;
    /// the Chinese name of the unit is a column of Han text in step with the unit; groups are text
    /// columns constant within the unit with between 2 and half as many values as there are units.
    pub fn consider_keys(&self) -> Guess {
        let mut considered = Vec::new();
        if self.rows.is_empty() {
            return Guess::default();
        }
        let period = self.guess_period(&mut considered);
        let Some((unit, codes)) = self.guess_unit(period.as_ref().map(|(c, codes)| (*c, codes.as_slice())), &mut considered)
        else {
            return Guess { keys: None, considered };
        };
        let mut keys = Keys { unit: unit.name.clone(), period: period.map(|(c, _)| c.name.clone()), ..Keys::default() };
        let units = 1 + codes.iter().max().copied().unwrap_or(0);
        let mut note = |column: &RawColumn, role: &str, why: &str| {
            considered.push(Considered { column: column.name.clone(), role: role.to_owned(), taken: true, why: why.to_owned() });
        };
        for column in self.columns.iter().filter(|c| c.name != keys.unit && Some(&c.name) != keys.period.as_ref() && is_text(c)) {
            let (own, distinct) = coded(column);
            if !constant_within(&codes, &own) {
                continue;
            }
            if distinct == units {
                if keys.unit_zh.is_none() && has_han(column) && !has_han(unit) && constant_within(&own, &codes) {
                    note(column, "unit_zh", "Chinese text in step with the unit");
                    keys.unit_zh = Some(column.name.clone());
                }
            } else if (2..=units / 2).contains(&distinct) {
                note(column, "group", &format!("text, the same throughout each unit, {distinct} values"));
                keys.groups.push(column.name.clone());
            }
        }
        Guess { keys: Some(keys), considered }
    }

    fn guess_period(&self, considered: &mut Vec<Considered>) -> Option<(&RawColumn, Vec<usize>)> {
        let mut candidates = Vec::new();
        for (j, column) in self.columns.iter().enumerate() {
            let periods: Option<Vec<i32>> = column
                .cells
                .iter()
                .map(|cell| match period::read(cell) {
                    Written::Number(p) | Written::Date { year: p, .. } => Some(p),
                    Written::Blank | Written::Other => None,
                })
                .collect();
            let Some(periods) = periods else { continue };
            let (low, high) = periods.iter().fold((i32::MAX, i32::MIN), |(l, h), p| (l.min(*p), h.max(*p)));
            let rank = rank(&column.name, &PERIODS);
            if (1800..=2200).contains(&low) && high <= 2200 {
                candidates.push((rank, j, column, format!("whole numbers from {low} to {high}")));
            } else if low >= 0 && high <= 1000 && rank < PERIODS.len() && column.name.trim().len() <= 8 {
                candidates.push((
                    rank + PERIODS.len() + 1,
                    j,
                    column,
                    format!("whole numbers from {low} to {high} under a telling name"),
                ));
            }
        }
        candidates.sort_by_key(|c| (c.0, c.1));
        let taken = candidates.first().map(|c| c.2)?;
        for (_, _, column, why) in candidates {
            let taken = column.name == taken.name;
            considered.push(Considered { column: column.name.clone(), role: "period".to_owned(), taken, why });
        }
        Some((taken, coded(taken).0))
    }

    fn guess_unit(
        &self,
        period: Option<(&RawColumn, &[usize])>,
        considered: &mut Vec<Considered>,
    ) -> Option<(&RawColumn, Vec<usize>)> {
        let zeros = vec![0; self.rows.len()];
        let periods = period.map_or(zeros.as_slice(), |(_, codes)| codes);
        // The most rows that share a period: no fewer units can there be.
        let least = periods.iter().fold(BTreeMap::<usize, usize>::new(), |mut count, p| {
            *count.entry(*p).or_default() += 1;
            count
        });
        let least = least.into_values().max().unwrap_or(0);
        let mut candidates = Vec::new();
        for (j, column) in self.columns.iter().enumerate().filter(|(_, c)| period.is_none_or(|(p, _)| p.name != c.name)) {
            let text = is_text(column);
            let named = rank(&column.name, &UNITS);
            if column.cells.contains(&Cell::Empty) || !(text || whole_numbers(column)) {
                continue;
            }
            let (codes, distinct) = coded(column);
            // A number that happens to differ in every row, such as a population, is not a unit.
            if !text && ((named == UNITS.len() && distinct > least + least / 2) || (period.is_none() && named == UNITS.len())) {
                continue;
            }
            let unique = codes.iter().zip(periods).collect::<BTreeSet<_>>().len() == codes.len();
            if unique && (distinct > 1 || self.rows.len() > 1) {
                // Row numbers identify rows, not units seen again in other periods.
                let serial = period.is_some() && distinct == self.rows.len() && least < distinct;
                candidates.push((serial, !text, has_han(column), named, distinct, j, column, codes));
            } else if text || named < UNITS.len() {
                let why = format!("{distinct} values, which do not tell the rows of one period apart");
                considered.push(Considered { column: column.name.clone(), role: "unit".to_owned(), taken: false, why });
            }
        }
        candidates.sort_by_key(|c| (c.0, c.1, c.2, c.3, c.4, c.5));
        let mut taken = None;
        for (_, number, _, _, distinct, _, column, codes) in candidates {
            let kind = if number { "codes" } else { "names" };
            considered.push(Considered {
                column: column.name.clone(),
                role: "unit".to_owned(),
                taken: taken.is_none(),
                why: format!("{distinct} {kind} that tell every row of a period apart"),
            });
            taken.get_or_insert((column, codes));
        }
        taken
    }
}

const PERIODS: [&str; 10] = ["year", "年份", "period", "time", "date", "years", "年度", "年", "t", "timevar"];
const UNITS: [&str; 26] = [
    "province", "region", "country", "firm", "id", "city", "unit", "name", "省份", "地区", "prov", "state", "states", "county",
    "company", "geo", "dmu", "industry", "code", "城市", "国家", "企业", "行业", "省", "idvar", "stkcd",
];

/// The place of a name in a list of telling names, by itself or as a part between separators.
fn rank(name: &str, telling: &[&str]) -> usize {
    let lower = name.to_lowercase();
    let at = |text: &str| telling.iter().position(|t| *t == text);
    let parts = lower.split(|c: char| !c.is_alphanumeric()).filter_map(at).min();
    at(&lower).or(parts).unwrap_or(telling.len())
}

fn is_text(column: &RawColumn) -> bool {
    let filled = column.cells.iter().filter(|c| **c != Cell::Empty).count();
    let text = |c: &&Cell| matches!(c, Cell::Text(t) if parse(t) == Parsed::Text);
    // `NA` is a country and a missing mark: a few such cells leave a column of names one.
    filled > 0 && column.cells.iter().filter(text).count() * 5 > filled * 4
}

fn whole_numbers(column: &RawColumn) -> bool {
    column
        .cells
        .iter()
        .all(|cell| matches!(period::read(cell), Written::Number(_)) || matches!(cell, Cell::Text(t) if whole_code(t)))
}

/// A code of digits too long for a period.
fn whole_code(text: &str) -> bool {
    text.len() <= 20 && text.bytes().all(|b| b.is_ascii_digit())
}

fn has_han(column: &RawColumn) -> bool {
    let han = |c: char| ('\u{3400}'..='\u{9fff}').contains(&c) || ('\u{20000}'..='\u{3ffff}').contains(&c);
    column.cells.iter().any(|cell| matches!(cell, Cell::Text(t) if t.chars().any(han)))
}

/// Each cell as the number of its value in order of first appearance, and how many values there are.
fn coded(column: &RawColumn) -> (Vec<usize>, usize) {
    let mut seen = BTreeMap::new();
    let codes = (0..column.cells.len())
        .map(|row| {
            let next = seen.len();
            *seen.entry(column.label(row)).or_insert(next)
        })
        .collect();
    (codes, seen.len())
}

/// Whether rows with one value of `outer` all have one value of `inner`.
fn constant_within(outer: &[usize], inner: &[usize]) -> bool {
    let mut known = BTreeMap::new();
    outer.iter().zip(inner).all(|(o, i)| *known.entry(o).or_insert(i) == i)
}

impl Panel {
    /// The keys under which the panel is written, and with which it reads back.
    pub fn keys(&self) -> Keys {
        let zh = self.units_zh.iter().any(|u| !u.is_empty()).then(|| format!("{}_zh", self.unit_name));
        Keys {
            unit: self.unit_name.clone(),
            unit_zh: zh,
            period: self.period_name.clone(),
            groups: self.groups.iter().map(|g| g.name.clone()).collect(),
        }
    }
}
