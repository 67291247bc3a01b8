//! COINr's `iMeta`: one row per indicator and aggregate, each naming its parent; any depth.

use std::collections::BTreeMap;

use panel::{
    Problem,
    raw::{Cell, RawTable},
};

use super::{DimensionFile, FrameworkFile, IndicatorFile, Spot, Verification, Way};

/// Columns that tell such a table from others.
const SIGNS: [&str; 4] = ["Level", "iCode", "Parent", "Type"];
/// Types of rows that are columns of the data and not parts of the index.
const BESIDE: [&str; 3] = ["Group", "Denominator", "Other"];

/// Whether a table is an `iMeta`.
pub(super) fn is_one(table: &RawTable) -> bool {
    SIGNS.iter().all(|s| table.column(s).is_some())
}

/// Reads it: `Denominator` divides the indicator, the aggregate without a parent is the index. Rows of type `Group`,
/// `Denominator` and `Other` describe data and are no part of the tree. A `Target` is compared, as in COINr, with what
/// is normalised, which is the quotient where there is a denominator.
pub(super) fn read(table: &RawTable) -> Result<(FrameworkFile, Vec<Spot>), Vec<Problem>> {
    let mut read = Reader { table, below: BTreeMap::new(), problems: Vec::new(), spots: Vec::new() };
    let roots = read.order();
    let mut file = FrameworkFile { citation: "COINr iMeta".to_owned(), ..FrameworkFile::default() };
    match roots[..] {
        _ if !read.problems.is_empty() => {}
        [] => read.problems.push(
            Problem::error("no-index", "No row of type `Aggregate` is without a parent.")
                .why("The index is what stands above everything else.")
                .at(table.place_of("Parent")),
        ),
        [one] => {
            file.title = read.text(one, "iName");
            let children = read.below.get(&read.text(one, "iCode")).cloned().unwrap_or_default();
            let (aggregates, leaves): (Vec<usize>, Vec<usize>) = children.into_iter().partition(|&r| read.is_aggregate(r));
            // Indicators right below the index: the index is its own only dimension.
            let tops = if leaves.is_empty() { aggregates } else { vec![one] };
            file.dimension = tops.into_iter().map(|r| read.dimension(r)).collect();
        }
        _ => file.dimension = roots.iter().map(|&r| read.dimension(r)).collect(),
    }
    if read.problems.is_empty() { Ok((file, read.spots)) } else { Err(read.problems) }
}

struct Reader<'a> {
    table: &'a RawTable,
    /// Rows below each code, in the order of the table.
    below: BTreeMap<String, Vec<usize>>,
    problems: Vec<Problem>,
    spots: Vec<Spot>,
}

impl Reader<'_> {
    /// A cell as text; `NA` is R's word for an empty one.
    fn text(&self, row: usize, column: &str) -> String {
        self.table.column(column).map(|c| c.label(row)).filter(|t| t != "NA").unwrap_or_default()
    }

    fn number(&mut self, row: usize, column: &str) -> Option<f64> {
        match self.table.column(column)?.cells.get(row)? {
            Cell::Number(x) => Some(*x),
            Cell::Empty => None,
            Cell::Text(t) if t == "NA" => None,
            Cell::Text(t) => {
                let parsed = t.parse::<f64>().ok().filter(|x| x.is_finite());
                if parsed.is_none() {
                    let place = self.table.place(row, column);
                    self.problems.push(Problem::error("text-in-number", format!("`{t}` is not a number.")).at(place));
                }
                parsed
            }
        }
    }

    fn is_aggregate(&self, row: usize) -> bool {
        self.text(row, "Type") == "Aggregate"
    }

    /// Files every row below its parent and gives the rows without one.
    fn order(&mut self) -> Vec<usize> {
        let mut roots = Vec::new();
        let rows = 0..self.table.rows.len();
        let parts: Vec<usize> = rows.filter(|&r| !BESIDE.contains(&self.text(r, "Type").as_str())).collect();
        let mut aggregates: BTreeMap<String, usize> = BTreeMap::new();
        for &r in &parts {
            if self.is_aggregate(r) {
                let code = self.text(r, "iCode");
                if aggregates.insert(code.clone(), r).is_some() {
                    let place = self.table.place(r, "iCode");
                    self.problems.push(Problem::error("duplicate-id", format!("The aggregate `{code}` stands twice.")).at(place));
                }
            }
        }
        for &r in &parts {
            let kind = self.text(r, "Type");
            let parent = self.text(r, "Parent");
            if !["Indicator", "Aggregate"].contains(&kind.as_str()) {
                let known = ["Indicator", "Aggregate", "Group", "Denominator", "Other"];
                self.problems.push(
                    Problem::error("unknown-choice", format!("`{kind}` is not a type of row."))
                        .help(format!("COINr knows {}.", known.join(", ")))
                        .did_you_mean(&kind, known)
                        .at(self.table.place(r, "Type")),
                );
            } else if parent.is_empty() && kind == "Aggregate" {
                roots.push(r);
            } else if !aggregates.contains_key(&parent) {
                self.problems.push(
                    Problem::error("unknown-parent", format!("There is no aggregate `{parent}`."))
                        .help("Every indicator and every aggregate but the index names the `iCode` of its parent.")
                        .did_you_mean(&parent, aggregates.keys().map(String::as_str))
                        .at(self.table.place(r, "Parent")),
                );
            } else {
                self.below.entry(parent).or_default().push(r);
            }
        }
        // Whoever is his own ancestor is below no root: walk up from each aggregate at most as far as there are some.
        for (code, &row) in &aggregates {
            let mut at = code.clone();
            for _ in 0..=aggregates.len() {
                let Some(&up) = aggregates.get(&at) else { break };
                at = self.text(up, "Parent");
            }
            if !at.is_empty() && aggregates.contains_key(&at) {
                self.problems.push(
                    Problem::error("cyclic-parents", format!("`{code}` stands below itself."))
                        .help("Follow `Parent` upwards: it must end at the index.")
                        .at(self.table.place(row, "Parent")),
                );
            }
        }
        roots
    }

    fn dimension(&mut self, row: usize) -> DimensionFile {
        let id = self.text(row, "iCode");
        self.spots.push(Spot { id: id.clone(), place: self.table.place(row, "iCode"), formula: None });
        let (mut dimension, mut indicator) = (Vec::new(), Vec::new());
        for r in self.below.get(&id).cloned().unwrap_or_default() {
            if self.is_aggregate(r) {
                dimension.push(self.dimension(r));
            } else {
                indicator.extend(self.indicator(r));
            }
        }
        let (label, weight) = (self.text(row, "iName"), self.number(row, "Weight"));
        DimensionFile { id, label, weight, dimension, indicator, ..DimensionFile::default() }
    }

    fn indicator(&mut self, row: usize) -> Option<IndicatorFile> {
        let id = self.text(row, "iCode");
        let denominator = self.text(row, "Denominator");
        let formula =
            if denominator.is_empty() { variable(&id) } else { format!("{} / {}", variable(&id), variable(&denominator)) };
        let place = self.table.place(row, "iCode");
        self.spots.push(Spot { id: id.clone(), place: place.clone(), formula: Some(place) });
        let direction = match self.number(row, "Direction") {
            Some(1.0) | None => Way::Positive,
            Some(-1.0) => Way::Negative,
            Some(other) => {
                self.problems.push(
                    Problem::error("unknown-choice", format!("`{other}` is not a direction."))
                        .help("COINr writes 1 where more is better and -1 where less is.")
                        .at(self.table.place(row, "Direction")),
                );
                return None;
            }
        };
        let (weight, target) = (self.number(row, "Weight"), self.number(row, "Target"));
        Some(IndicatorFile {
            label: self.text(row, "iName"),
            label_zh: String::new(),
            description: String::new(),
            description_zh: String::new(),
            formula,
            direction,
            best: None,
            unit: self.text(row, "Unit"),
            unit_zh: String::new(),
            source: String::new(),
            weight,
            goalposts: None,
            target,
            composite: false,
            verification: Verification::default(),
            id,
        })
    }
}

/// The name of a column as a formula says it.
pub(super) fn variable(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { name.to_owned() } else { format!("`{name}`") }
}
