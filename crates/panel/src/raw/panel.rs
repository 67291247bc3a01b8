//! From a raw table and its keys to a panel.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    Cell, Keys, Parsed, RawColumn, RawTable, parse,
    period::{self, Written},
};
use crate::{
    problem::{Capped, Problem},
    table::{Group, Meaning, Panel, Variable},
};

/// Above this share of numbers a column is meant to be numeric, and its text is a mistake.
const MOSTLY: f64 = 0.8;

impl RawTable {
    /// Makes a panel: the key columns identify the rows, every other column that holds nothing but
    /// numbers and missing marks becomes a variable, columns of text stay outside. What `meanings`
    /// say goes before what the file itself says. The second item holds warnings.
    ///
    /// # Errors
    /// All problems found, never only the first: unknown key columns, empty or duplicate keys,
    /// periods that are not years or whole numbers, text in numeric columns, values that are not
    /// finite.
    pub fn into_panel(self, keys: &Keys, meanings: &[(String, Meaning)]) -> Result<(Panel, Vec<Problem>), Vec<Problem>> {
        let mut problems = Vec::new();
        let mut find = |name: &str, role: &str| {
            let column = self.column(name.trim());
            if column.is_none() {
                problems.push(self.unknown(name, role));
            }
            column
        };
        let unit = find(&keys.unit, "unit");
        let unit_zh = keys.unit_zh.as_deref().and_then(|name| find(name, "Chinese name of the unit"));
        let period = keys.period.as_deref().and_then(|name| find(name, "period"));
        let groups: Vec<&RawColumn> = keys.groups.iter().filter_map(|name| find(name, "group")).collect();
        if keys.period.as_deref().is_some_and(|p| p.trim() == keys.unit.trim()) {
            problems.push(
                Problem::error("same-column", format!("`{}` is named both as unit and as period.", keys.unit))
                    .help("Name two different columns.")
                    .at(self.place_of(&keys.unit)),
            );
        }
        let units: Option<Vec<String>> = unit.map(|column| self.labels(column, &mut problems));
        let periods = period.map(|column| self.periods(column, units.as_deref(), &mut problems));
        if let (Some(units), true) = (&units, problems.is_empty()) {
            self.duplicates(units, periods.as_deref(), &mut problems);
        }
        let key_names: BTreeSet<&str> = [Some(&keys.unit), keys.unit_zh.as_ref(), keys.period.as_ref()]
            .into_iter()
            .flatten()
            .chain(&keys.groups)
            .map(|n| n.trim())
            .collect();
        let mut variables = Vec::new();
        let mut warnings = self.notes.clone();
        for column in self.columns.iter().filter(|c| !key_names.contains(c.name.as_str())) {
            if let Some(values) = self.numbers(column, &mut problems, &mut warnings) {
                let meaning = meanings.iter().find(|(name, _)| *name == column.name).map(|(_, m)| m);
                variables.push(Variable { name: column.name.clone(), meaning: joined(meaning, &column.meaning), values });
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let all_labels = |column: &RawColumn| (0..self.rows.len()).map(|row| column.label(row)).collect::<Vec<_>>();
        let panel = Panel::new(Panel {
            unit_name: keys.unit.trim().to_owned(),
            period_name: keys.period.as_ref().map(|p| p.trim().to_owned()),
            units: units.unwrap_or_default(),
            units_zh: unit_zh.map(all_labels).unwrap_or_default(),
            periods: periods.unwrap_or_default(),
            groups: groups.iter().map(|c| Group { name: c.name.clone(), labels: all_labels(c) }).collect(),
            variables,
        })?;
        warnings.extend(self.without_column(meanings));
        Ok((panel, warnings))
    }

    fn labels(&self, column: &RawColumn, problems: &mut Vec<Problem>) -> Vec<String> {
        let mut empty = Capped::default();
        let labels = (0..self.rows.len())
            .map(|row| {
                let label = column.label(row);
                if label.is_empty() {
                    empty.push(|| {
                        Problem::error("empty-key", format!("The unit in column `{}` is empty.", column.name))
                            .why("Without a unit nobody can tell whose values these are.")
                            .help("Fill in the unit or delete the row; totals and notes do not belong under a table.")
                            .at(self.place(row, &column.name))
                    });
                }
                label
            })
            .collect();
        problems.extend(empty.finish("more rows have no unit"));
        labels
    }

    fn periods(&self, column: &RawColumn, units: Option<&[String]>, problems: &mut Vec<Problem>) -> Vec<i32> {
        let written: Vec<Written> = column.cells.iter().map(period::read).collect();
        let mut bad = Capped::default();
        for (row, what) in written.iter().enumerate() {
            let place = || self.place(row, &column.name);
            match what {
                Written::Blank => bad.push(|| {
                    Problem::error("empty-key", format!("The period in column `{}` is empty.", column.name))
                        .why("Without a period nobody can tell when these values hold.")
                        .help("Fill in the period or delete the row.")
                        .at(place())
                }),
                Written::Other => bad.push(|| {
                    let shown = short(&column.label(row));
                    Problem::error("bad-period", format!("`{shown}` is not a period."))
                        .why("Periods are whole numbers, mostly years: what comes before what must be known.")
                        .help("Write 2019, 2019年 or 2019-12-31; number quarters or months consecutively.")
                        .at(place())
                }),
                Written::Number(_) | Written::Date { .. } => {}
            }
        }
        problems.extend(bad.finish("more periods cannot be read"));
        // A date stands for its year where no unit has two dates in one year.
        let inside = written.iter().any(|w| matches!(w, Written::Date { edge: false, .. }));
        if let (true, Some(units)) = (inside, units) {
            let mut seen = BTreeMap::new();
            let twice = units.iter().zip(&written).enumerate().find_map(|(row, (unit, what))| match what {
                Written::Date { year, .. } => seen.insert((unit, *year), row).map(|first| (first, row, *year)),
                _ => None,
            });
            if let Some((first, row, year)) = twice {
                problems.push(
                    Problem::error(
                        "dates-within-year",
                        format!("Rows {} and {} both lie in {year}.", self.shown(first), self.shown(row)),
                    )
                    .why("A date stands for its year only where each unit has one date per year.")
                    .help("Add a column that numbers the periods, or aggregate to years.")
                    .at(self.place(row, &column.name)),
                );
            }
        }
        written
            .iter()
            .map(|w| match w {
                Written::Number(p) | Written::Date { year: p, .. } => *p,
                Written::Blank | Written::Other => 0,
            })
            .collect()
    }

    fn duplicates(&self, units: &[String], periods: Option<&[i32]>, problems: &mut Vec<Problem>) {
        // Tables mostly come in the order of their keys.
        let key = |row: usize| (units.get(row), periods.and_then(|p| p.get(row)));
        if (1..units.len()).all(|row| key(row - 1) < key(row)) {
            return;
        }
        let mut first_at: HashMap<(&str, Option<i32>), usize> = HashMap::with_capacity(units.len());
        let mut twice = Capped::default();
        for (row, unit) in units.iter().enumerate() {
            let period = periods.and_then(|p| p.get(row).copied());
            let Some(&first) = first_at.get(&(unit.as_str(), period)) else {
                first_at.insert((unit, period), row);
                continue;
            };
            twice.push(|| {
                let key = period.map_or_else(|| format!("`{unit}`"), |p| format!("({unit}, {p})"));
                let mut place = self.place_of_table();
                (place.row, place.unit, place.period) = (self.rows.get(row).copied(), Some(unit.clone()), period);
                Problem::error(
                    "duplicate-key",
                    format!("{key} stands in row {} and again in row {}.", self.shown(first), self.shown(row)),
                )
                .why("A panel has one row per unit and period; two rows would be counted twice.")
                .help(if period.is_some() {
                    "Delete one of the rows, or name the column that tells them apart."
                } else {
                    "Delete one of the rows, or name the period column."
                })
                .at(place)
            });
        }
        problems.extend(twice.finish("more rows repeat a key"));
    }

    /// The numbers of a column, or `None` if it is not numeric. A column that is mostly numeric
    /// with a few cells of something else is a problem per such cell.
    fn numbers(&self, column: &RawColumn, problems: &mut Vec<Problem>, warnings: &mut Vec<Problem>) -> Option<Vec<f64>> {
        if codes(column) {
            return None;
        }
        let read = |cell: &Cell| match cell {
            Cell::Empty => Parsed::Missing,
            Cell::Number(x) => super::number::of(*x),
            Cell::Text(text) => parse(text),
        };
        let (mut filled, mut plain, mut first_text) = (0_usize, 0_usize, None);
        let cells: Vec<Parsed> = column.cells.iter().map(read).collect();
        for (row, &parsed) in cells.iter().enumerate() {
            filled += usize::from(parsed != Parsed::Missing);
            plain += usize::from(matches!(parsed, Parsed::Number(_)));
            if parsed == Parsed::Text {
                first_text.get_or_insert(row);
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a share of rows")]
        if let Some(row) = first_text.filter(|_| plain as f64 <= MOSTLY * filled as f64) {
            if 2 * plain >= filled {
                warnings.push(
                    Problem::warning(
                        "mixed-column",
                        format!("Column `{}` holds {plain} numbers and {} other cells.", column.name, filled - plain),
                    )
                    .why("It is taken as text, so it is not a variable.")
                    .help("If numbers are meant, clear the cells that hold text; this is the first.")
                    .at(self.place(row, &column.name)),
                );
            }
            return None;
        }
        let mut bad = Capped::default();
        let mut values = Vec::with_capacity(column.cells.len());
        for (row, (cell, parsed)) in column.cells.iter().zip(cells).enumerate() {
            values.push(if let Parsed::Number(x) = parsed { x } else { f64::NAN });
            if !matches!(parsed, Parsed::Number(_) | Parsed::Missing) {
                bad.push(|| bad_cell(parsed, &cell.label()).at(self.place(row, &column.name)));
            }
        }
        problems.extend(bad.finish(&format!("more cells of column `{}` are not plain numbers", column.name)));
        Some(values)
    }

    /// Warnings for meanings of columns that the table does not have.
    fn without_column(&self, meanings: &[(String, Meaning)]) -> Vec<Problem> {
        meanings
            .iter()
            .filter(|(name, _)| self.column(name).is_none())
            .map(|(name, _)| {
                Problem::warning("unknown-column", format!("The columns table describes `{name}`, which the data do not have."))
                    .did_you_mean(name, self.columns.iter().map(|c| c.name.as_str()))
                    .at(self.place_of_table())
            })
            .collect()
    }

    fn shown(&self, row: usize) -> usize {
        self.rows.get(row).copied().unwrap_or_default()
    }
}

/// Whether a column holds codes such as `011`: texts of equally many digits, some with a leading
/// zero. As numbers they would lose it.
fn codes(column: &RawColumn) -> bool {
    let mut length = None;
    let mut padded = false;
    for cell in column.cells.iter().filter(|c| **c != Cell::Empty) {
        let Cell::Text(text) = cell else { return false };
        if text.len() < 2 || !text.bytes().all(|b| b.is_ascii_digit()) || *length.get_or_insert(text.len()) != text.len() {
            return false;
        }
        padded |= text.starts_with('0');
    }
    padded
}

fn bad_cell(parsed: Parsed, text: &str) -> Problem {
    let shown = short(text);
    match parsed {
        Parsed::NotFinite => Problem::error("not-finite", format!("`{shown}` is not a finite number."))
            .why("Nothing can be computed from it.")
            .help("Leave the cell empty if the value is missing."),
        Parsed::TooSmall => Problem::error("too-small", format!("`{shown}` is too near zero to compute with."))
            .why("Below 2.2e-308 a number loses its digits.")
            .help("Choose a smaller unit of measure, or write 0."),
        Parsed::Grouped => Problem::error("thousands-separator", format!("`{shown}` has thousands separators."))
            .why("In other countries the same mark is the decimal point.")
            .help("Store the column as plain numbers, e.g. 1234.5."),
        Parsed::Percent => Problem::error("percent-sign", format!("`{shown}` has a percent sign."))
            .why("Whether 12 or 0.12 is meant must be the same in the whole column.")
            .help("Store plain numbers and say the unit in the columns table."),
        _ => {
            let comma = text.split_once(',').is_some_and(|(a, b)| {
                let digits = |t: &str| !t.is_empty() && t.bytes().all(|c| c.is_ascii_digit());
                digits(a.trim_start_matches('-')) && digits(b)
            });
            Problem::error("text-in-number", format!("`{shown}` is not a number."))
                .why("The other cells of the column are numbers.")
                .help(if comma { "Write the decimal point as `.`." } else { "Leave the cell empty if the value is missing." })
        }
    }
}

/// What the columns table says, completed by what the file says.
fn joined(told: Option<&Meaning>, own: &Meaning) -> Meaning {
    let Some(told) = told else { return own.clone() };
    let pick = |a: &String, b: &String| if a.is_empty() { b.clone() } else { a.clone() };
    Meaning {
        label_en: pick(&told.label_en, &own.label_en),
        label_zh: pick(&told.label_zh, &own.label_zh),
        unit: pick(&told.unit, &own.unit),
        price_base: pick(&told.price_base, &own.price_base),
        vintage: pick(&told.vintage, &own.vintage),
        source: pick(&told.source, &own.source),
        origin: own.origin.clone(),
    }
}

/// The beginning of a text that may be long.
fn short(text: &str) -> String {
    let mut start: String = text.chars().take(40).collect();
    if text.chars().nth(40).is_some() {
        start.push('…');
    }
    start
}
