//! A framework as a table: one row per indicator, dimensions named in columns.

use std::path::Path;

use panel::{
    Place, Problem,
    raw::{Cell, RawTable},
    read,
};

use super::{Best, DimensionFile, FrameworkFile, IndicatorFile, Spot, Verification, Way, coinr};

/// Columns such a table may have; those of the first list it must have.
const NEEDED: [&str; 4] = ["dimension", "indicator", "formula", "direction"];
const KNOWN: [&str; 27] = [
    "dimension",
    "dimension_label",
    "dimension_label_zh",
    "dimension_description",
    "dimension_description_zh",
    "dimension_source",
    "dimension_weight",
    "subdimension",
    "subdimension_label",
    "subdimension_label_zh",
    "subdimension_weight",
    "indicator",
    "label",
    "label_zh",
    "description",
    "description_zh",
    "formula",
    "direction",
    "unit",
    "unit_zh",
    "source",
    "weight",
    "low",
    "high",
    "best_low",
    "best_high",
    "target",
];

/// Reads CSV, XLSX, ODS or any other table the panel room reads.
pub(super) fn read(path: &Path) -> Result<(FrameworkFile, Vec<Spot>), Vec<Problem>> {
    let table = read::table(path, &read::ReadOptions::default())?;
    if coinr::is_one(&table) {
        return coinr::read(&table);
    }
    let mut problems: Vec<Problem> = table
        .columns
        .iter()
        .filter(|c| !KNOWN.contains(&c.name.as_str()))
        .map(|c| {
            Problem::error("unknown-column", format!("`{}` is not a column of a framework.", c.name))
                .help(format!("Known here: {}.", KNOWN.join(", ")))
                .did_you_mean(&c.name, KNOWN)
                .at(table.place_of(&c.name))
        })
        .collect();
    problems.extend(
        NEEDED
            .iter()
            .filter(|n| table.column(n).is_none())
            .map(|n| Problem::error("missing-column", format!("A framework needs the column `{n}`.")).at(table.place_of_table())),
    );
    let mut file = FrameworkFile::default();
    let mut spots = Vec::new();
    if problems.is_empty() {
        for row in 0..table.rows.len() {
            Row { table: &table, row, problems: &mut problems }.add(&mut file, &mut spots);
        }
        if table.rows.is_empty() {
            problems.push(Problem::error("empty-table", "The framework has no row.").at(table.place_of_table()));
        }
    }
    if problems.is_empty() { Ok((file, spots)) } else { Err(problems) }
}

struct Row<'a> {
    table: &'a RawTable,
    row: usize,
    problems: &'a mut Vec<Problem>,
}

impl Row<'_> {
    fn text(&self, column: &str) -> String {
        self.table.column(column).map(|c| c.label(self.row)).unwrap_or_default()
    }

    fn place(&self, column: &str) -> Place {
        self.table.place(self.row, column)
    }

    fn number(&mut self, column: &str) -> Option<f64> {
        let cell = self.table.column(column).and_then(|c| c.cells.get(self.row)).cloned().unwrap_or_default();
        match cell {
            Cell::Empty => None,
            Cell::Number(x) => Some(x),
            Cell::Text(t) => match t.parse::<f64>() {
                Ok(x) if x.is_finite() => Some(x),
                _ => {
                    let problem = Problem::error("text-in-number", format!("`{t}` is not a number.")).at(self.place(column));
                    self.problems.push(problem);
                    None
                }
            },
        }
    }

    fn add(mut self, file: &mut FrameworkFile, spots: &mut Vec<Spot>) {
        for column in NEEDED {
            if !self.text(column).is_empty() {
                continue;
            }
            let problem = Problem::error("empty-cell", format!("`{column}` is empty.")).at(self.place(column));
            self.problems.push(problem);
        }
        let direction = match self.text("direction").as_str() {
            "positive" | "+" | "正" | "正向" => Way::Positive,
            "negative" | "-" | "−" | "负" | "负向" => Way::Negative,
            "middle" | "适度" | "中性" => Way::Middle,
            "interval" | "区间" => Way::Interval,
            "" => return,
            other => {
                let problem = Problem::error("unknown-choice", format!("`{other}` is not a direction."))
                    .help("Write `positive`, `negative`, `middle` or `interval` (or +, -, 正向, 负向, 适度, 区间).")
                    .did_you_mean(other, ["positive", "negative", "middle", "interval"])
                    .at(self.place("direction"));
                self.problems.push(problem);
                return;
            }
        };
        let goalposts = match (self.number("low"), self.number("high")) {
            (Some(low), Some(high)) => Some([low, high]),
            (None, None) => None,
            _ => {
                let problem = Problem::error("bad-goalposts", "Goalposts need both `low` and `high`.").at(self.place("low"));
                self.problems.push(problem);
                None
            }
        };
        let best = match (self.number("best_low"), self.number("best_high")) {
            (Some(low), Some(high)) if low != high => Some(Best::Interval([low, high])),
            (Some(best), _) | (None, Some(best)) => Some(Best::Value(best)),
            (None, None) => None,
        };
        let indicator = IndicatorFile {
            id: self.text("indicator"),
            label: self.text("label"),
            label_zh: self.text("label_zh"),
            description: self.text("description"),
            description_zh: self.text("description_zh"),
            formula: self.text("formula"),
            direction,
            best,
            unit: self.text("unit"),
            unit_zh: self.text("unit_zh"),
            source: self.text("source"),
            weight: self.number("weight"),
            goalposts,
            target: self.number("target"),
            composite: false,
            verification: Verification::default(),
        };
        let top = self.dimension(&mut file.dimension, spots, "dimension");
        let Some(top) = file.dimension.get_mut(top) else { return };
        let home = if self.text("subdimension").is_empty() {
            top
        } else {
            let at = self.dimension(&mut top.dimension, spots, "subdimension");
            let Some(below) = top.dimension.get_mut(at) else { return };
            below
        };
        spots.push(Spot { id: indicator.id.clone(), place: self.place("indicator"), formula: Some(self.place("formula")) });
        home.indicator.push(indicator);
    }

    /// Place of the row's dimension in the list, added where the row is the first to name it. What a later row adds
    /// to its labels is taken; the first that says something holds.
    fn dimension(&mut self, list: &mut Vec<DimensionFile>, spots: &mut Vec<Spot>, column: &str) -> usize {
        let id = self.text(column);
        let at = list.iter().position(|d| d.id == id).unwrap_or_else(|| {
            spots.push(Spot { id: id.clone(), place: self.place(column), formula: None });
            list.push(DimensionFile { id, ..DimensionFile::default() });
            list.len() - 1
        });
        let weight = self.number(&format!("{column}_weight"));
        let texts = ["label", "label_zh", "description", "description_zh", "source"].map(|k| self.text(&format!("{column}_{k}")));
        if let Some(d) = list.get_mut(at) {
            d.weight = d.weight.or(weight);
            let slots = [&mut d.label, &mut d.label_zh, &mut d.description, &mut d.description_zh, &mut d.source];
            for (slot, text) in slots.into_iter().zip(texts).filter(|(s, _)| s.is_empty()) {
                *slot = text;
            }
        }
        at
    }
}
