//! The data sets of a study: read, given their meaning, derived.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    path::Path,
};

use panel::{
    Meaning, Panel, Place, Problem,
    formula::{Derived, Formula},
    raw::Keys,
    read::{self, ReadOptions},
};

use crate::{
    finding::{Finding, Weight},
    result::{Source, SourceVariable, Tile, Unit},
    spec::{DataSpec, DerivedSpec, Study, at, tree::Node},
    text::Text,
};

/// A data set that has been read.
#[derive(Clone, Debug)]
pub struct DataSet {
    /// Name in the study file.
    pub name: String,
    /// File as written in the study file.
    pub file: String,
    /// The panel, derived variables included.
    pub panel: Panel,
    /// Formulas of the derived variables.
    pub formulas: BTreeMap<String, String>,
}

/// Reads every data set; the second item holds warnings.
///
/// # Errors
/// Every problem of every data set.
pub fn load(study: &Study, text: &str, folder: &Path) -> Result<(Vec<DataSet>, Vec<Problem>), Vec<Problem>> {
    let (mut sets, mut warnings, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for (name, spec) in &study.spec.data {
        let node = study.tree.get("data").and_then(|d| d.get(name));
        match one(name, spec, node, text, folder) {
            Ok((set, more)) => {
                sets.push(set);
                warnings.extend(more);
            }
            Err(more) => problems.extend(more),
        }
    }
    if problems.is_empty() { Ok((sets, warnings)) } else { Err(problems) }
}

fn one(
    name: &str,
    spec: &DataSpec,
    node: Option<&Node>,
    text: &str,
    folder: &Path,
) -> Result<(DataSet, Vec<Problem>), Vec<Problem>> {
    let keys =
        Keys { unit: spec.unit.clone(), unit_zh: spec.unit_zh.clone(), period: spec.period.clone(), groups: spec.groups.clone() };
    let options = ReadOptions { sheet: spec.sheet.clone(), delimiter: spec.delimiter, encoding: spec.encoding.clone() };
    let columns = spec.columns.as_ref().map(|c| folder.join(c));
    let read = read::panel(&folder.join(&spec.file), &options, &keys, columns.as_deref());
    let (mut panel, warnings) = read.map_err(|problems| problems.into_iter().map(|p| key_place(p, node)).collect::<Vec<_>>())?;
    let derived: Vec<Derived> = spec.derived.iter().map(|(name, d)| derived(name, d)).collect();
    let problems = formula_problems(&panel, &derived, node.and_then(|n| n.get("derived")), text);
    if !problems.is_empty() {
        return Err(problems);
    }
    panel::formula::derive(&mut panel, &derived).map_err(|problems| {
        problems
            .into_iter()
            .map(|p| if p.place.file.is_none() { in_data(p, &derived, node, text) } else { p })
            .collect::<Vec<_>>()
    })?;
    of_data(&mut panel, &derived);
    let formulas = derived.into_iter().map(|d| (d.name, d.formula)).collect();
    Ok((DataSet { name: name.to_owned(), file: spec.file.clone(), panel, formulas }, warnings))
}

/// A key column that the table does not have is a slip in the study file: point there.
fn key_place(problem: Problem, node: Option<&Node>) -> Problem {
    if problem.code != "unknown-column" {
        return problem;
    }
    let keys = ["unit", "unit_zh", "period", "groups"].into_iter().filter_map(|key| node.and_then(|n| n.get(key)));
    let meant = |n: &&Node| n.as_str().is_some_and(|s| problem.what.contains(&format!("`{s}`")));
    let span = keys.flat_map(|n| std::iter::once(n).chain(n.items())).find(meant).map(|n| n.span.clone());
    match span {
        Some(span) => {
            let file = problem.place.file.as_ref().map(|f| format!(" The table is {}.", f.display())).unwrap_or_default();
            let help = format!("{}{file}", problem.help);
            at(problem.help(help), &span)
        }
        None => problem,
    }
}

/// Says of each derived variable which columns of the file it is made of.
fn of_data(panel: &mut Panel, derived: &[Derived]) {
    let formulas: BTreeMap<&str, Vec<String>> =
        derived.iter().filter_map(|d| Some((d.name.as_str(), Formula::parse(&d.formula).ok()?.variables()))).collect();
    for v in panel.variables.iter_mut().filter(|v| formulas.contains_key(v.name.as_str())) {
        // Formulas do not go round in circles: `derive` has seen to it.
        let (mut open, mut columns) = (vec![v.name.clone()], BTreeSet::new());
        while let Some(name) = open.pop() {
            match formulas.get(name.as_str()) {
                Some(parts) => open.extend(parts.iter().cloned()),
                None => drop(columns.insert(name)),
            }
        }
        v.meaning.origin.made_of = columns.into_iter().collect();
    }
}

/// Places a problem of a derived variable in the study file. Its span, if it has one, counts from
/// the start of the formula.
fn in_data(mut problem: Problem, all: &[Derived], node: Option<&Node>, text: &str) -> Problem {
    let derived = node.and_then(|n| n.get("derived"));
    let named = derived.map(Node::entries).unwrap_or_default().iter().find(|(k, _)| {
        problem.place.column.as_deref() == Some(k.name.as_str()) || problem.what.contains(&format!("`{}`", k.name))
    });
    let formula = named.and_then(|(k, _)| all.iter().find(|d| d.name == k.name)).map(|d| d.formula.as_str());
    problem.place.span = match (problem.place.span.take(), named, formula) {
        (Some(span), Some((_, value)), Some(formula)) => {
            Some(inside(value.get("formula").unwrap_or(value), Some(span), formula, text))
        }
        (_, named, _) => named.map(|(k, _)| k.span.clone()),
    };
    problem
}

fn derived(name: &str, spec: &DerivedSpec) -> Derived {
    let (formula, meaning) = match spec {
        DerivedSpec::Formula(formula) => (formula, Meaning::default()),
        DerivedSpec::Full(full) => (
            &full.formula,
            Meaning {
                label_en: full.label.clone(),
                label_zh: full.label_zh.clone(),
                unit: full.unit.clone(),
                ..Meaning::default()
            },
        ),
    };
    Derived { name: name.to_owned(), formula: formula.clone(), meaning }
}

fn formula_problems(panel: &Panel, derived: &[Derived], node: Option<&Node>, text: &str) -> Vec<Problem> {
    let known: BTreeSet<&str> =
        panel.variables.iter().map(|v| v.name.as_str()).chain(derived.iter().map(|d| d.name.as_str())).collect();
    let mut problems = Vec::new();
    for d in derived {
        let value = node.and_then(|n| n.get(&d.name));
        let value = value.and_then(|n| n.get("formula")).or(value);
        let place =
            |span: Option<Range<usize>>| Place { span: value.map(|n| inside(n, span, &d.formula, text)), ..Place::default() };
        match Formula::parse(&d.formula) {
            Err(more) => problems.extend(more.into_iter().map(|p| {
                let span = p.place.span.clone();
                p.at(place(span))
            })),
            Ok(formula) => {
                for name in formula.variables().iter().filter(|v| !known.contains(v.as_str())) {
                    let span = d.formula.find(name.as_str()).map(|i| i..i + name.len());
                    problems.push(
                        Problem::error("unknown-variable", format!("`{name}` is not a variable of this data set."))
                            .did_you_mean(name, known.iter().copied())
                            .at(place(span)),
                    );
                }
            }
        }
    }
    problems
}

/// Bytes of the file for bytes of a string value; the whole value where the string has escapes.
fn inside(node: &Node, span: Option<Range<usize>>, value: &str, text: &str) -> Range<usize> {
    let raw = text.get(node.span.clone()).unwrap_or_default();
    match (raw.find(value), span) {
        (Some(offset), Some(span)) if span.end <= value.len() => {
            let start = node.span.start + offset;
            start + span.start..start + span.end
        }
        _ => node.span.clone(),
    }
}

/// The units of all data sets in canonical order, each with its label and group; `labels` gives the
/// Chinese of group names.
pub fn units(sets: &[DataSet], labels: &BTreeMap<String, String>) -> Vec<Unit> {
    let mut units: BTreeMap<&str, Unit> = BTreeMap::new();
    for set in sets {
        let group = set.panel.groups.first();
        for (i, id) in set.panel.units.iter().enumerate() {
            let unit = units.entry(id).or_insert_with(|| Unit {
                id: id.clone(),
                label: Text::plain(id.clone()),
                group: String::new(),
                group_label: Text::default(),
            });
            if unit.label.zh.is_empty() {
                unit.label.zh.clone_from(&set.panel.units_zh[i]);
            }
            if unit.group.is_empty()
                && let Some(group) = group
            {
                unit.group.clone_from(&group.labels[i]);
                unit.group_label = Text::new(&unit.group, labels.get(&unit.group).map_or("", String::as_str));
            }
        }
    }
    units.into_values().collect()
}

/// Reads the tile grid.
///
/// # Errors
/// Every problem of the file.
pub fn tiles(path: &Path, units: &[Unit]) -> Result<Vec<Tile>, Vec<Problem>> {
    let table = read::table(path, &ReadOptions::default())?;
    let mut problems = Vec::new();
    for name in ["unit", "row", "column"] {
        if table.column(name).is_none() {
            problems.push(
                Problem::error("unknown-column", format!("A tile grid needs a column `{name}`.")).at(table.place_of_table()),
            );
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let cell = |name: &str, i: usize| table.column(name).and_then(|c| c.cells.get(i)).map(|c| c.label()).unwrap_or_default();
    let mut tiles: Vec<Tile> = Vec::new();
    for i in 0..table.rows.len() {
        let unit = cell("unit", i);
        let number = |name: &str| cell(name, i).parse::<u32>().ok();
        let (Some(row), Some(column)) = (number("row"), number("column")) else {
            problems.push(
                Problem::error("tile-place", format!("Row and column of `{unit}` must be whole numbers from 0."))
                    .at(table.place(i, "row")),
            );
            continue;
        };
        if let Some(other) = tiles.iter().find(|t| (t.row, t.column) == (row, column)) {
            problems.push(
                Problem::error("tile-place", format!("`{unit}` lies on the tile of `{}`.", other.unit)).at(table.place(i, "row")),
            );
        }
        if !units.iter().any(|u| u.id == unit) {
            problems.push(
                Problem::error("unknown-unit", format!("`{unit}` is not a unit of any data set."))
                    .did_you_mean(&unit, units.iter().map(|u| u.id.as_str()))
                    .at(table.place(i, "unit")),
            );
        }
        tiles.push(Tile { unit, row, column, label: Text::new(cell("label", i), cell("label_zh", i)) });
    }
    if problems.is_empty() { Ok(tiles) } else { Err(problems) }
}

/// What the report says about the data sets.
pub fn sources(sets: &[DataSet]) -> Vec<Source> {
    sets.iter()
        .map(|set| {
            let (units, periods) = (set.panel.unit_set().len(), set.panel.period_set());
            let rows = set.panel.len();
            let coverage = match (periods.first(), periods.last()) {
                (Some(first), Some(last)) if set.panel.period_name.is_some() => Text::new(
                    format!("{units} units, {first} to {last}, {rows} rows"),
                    format!("{units}个单元，{first}年至{last}年，共{rows}行"),
                ),
                _ => Text::new(format!("{units} units"), format!("{units}个单元")),
            };
            let variables = set
                .panel
                .variables
                .iter()
                .map(|v| SourceVariable {
                    name: v.name.clone(),
                    meaning: v.meaning.clone(),
                    missing: v.values.iter().filter(|x| x.is_nan()).count(),
                    formula: set.formulas.get(&v.name).cloned().unwrap_or_default(),
                })
                .collect();
            Source { name: set.name.clone(), file: set.file.clone(), coverage, variables }
        })
        .collect()
}

/// Data sets that end before another one or lack its units: what the study cannot say there.
pub fn coverage_findings(sets: &[DataSet]) -> Vec<Finding> {
    let dated: Vec<(&DataSet, i32)> = sets
        .iter()
        .filter(|s| s.panel.period_name.is_some())
        .filter_map(|s| s.panel.period_set().last().map(|&last| (s, last)))
        .collect();
    let mut findings = Vec::new();
    let finding = |name: &str, en: String, zh: String| Finding {
        code: "AU009".into(),
        weight: Weight::Warning,
        place: Text::plain(name),
        message: Text::new(en, zh),
    };
    if let Some(&(longest, end)) = dated.iter().max_by_key(|(_, last)| *last) {
        for &(set, last) in dated.iter().filter(|(_, last)| *last < end) {
            let own: Vec<&panel::Variable> =
                set.panel.variables.iter().filter(|v| longest.panel.variable(&v.name).is_none()).collect();
            let labels = |zh: bool| -> Vec<&str> {
                own.iter()
                    .map(|v| [&v.meaning.label_zh, &v.meaning.label_en, &v.name])
                    .map(|[z, e, n]| {
                        if zh && !z.is_empty() {
                            z
                        } else if e.is_empty() {
                            n
                        } else {
                            e
                        }
                    })
                    .map(String::as_str)
                    .collect()
            };
            let (only, only_zh) = match own.is_empty() {
                true => (String::new(), String::new()),
                false => (
                    format!(" {} has no {} either.", longest.name, labels(false).join(", ")),
                    format!("{}中也没有{}。", longest.name, labels(true).join("、")),
                ),
            };
            findings.push(finding(
                &set.name,
                format!(
                    "{} ends in {last}, {} in {end}: what is measured on it says nothing about the periods after {last}.{only}",
                    set.name, longest.name
                ),
                format!(
                    "{}止于{last}年，{}止于{end}年：以前者测算的结果不能说明{last}年以后的情况。{only_zh}",
                    set.name, longest.name
                ),
            ));
        }
    }
    // A single data set lacks none of its own.
    let all = if sets.len() > 1 { units(sets, &BTreeMap::new()) } else { Vec::new() };
    for set in sets.iter().filter(|_| !all.is_empty()) {
        let present: BTreeSet<&str> = set.panel.unit_set().into_iter().collect();
        let absent: Vec<&Unit> = all.iter().filter(|u| !present.contains(u.id.as_str())).collect();
        // A few units short is a hole in the picture; other units altogether is another population.
        if !absent.is_empty() && absent.len() * 4 <= all.len() {
            let names: Vec<&str> = absent.iter().map(|u| u.id.as_str()).collect();
            let names_zh: Vec<&str> = absent.iter().map(|u| u.label.get(crate::text::Language::Zh)).collect();
            findings.push(finding(
                &set.name,
                format!("{} has no {}: steps on it leave them out.", set.name, names.join(", ")),
                format!("{}中没有{}，相应步骤不含这些单元。", set.name, names_zh.join("、")),
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str, units: &[&str], years: std::ops::RangeInclusive<i32>, variable: &str) -> DataSet {
        let keys: Vec<(&str, i32)> = units.iter().flat_map(|u| years.clone().map(move |y| (*u, y))).collect();
        let panel = Panel::new(Panel {
            unit_name: "unit".into(),
            period_name: Some("year".into()),
            units: keys.iter().map(|k| k.0.into()).collect(),
            periods: keys.iter().map(|k| k.1).collect(),
            variables: vec![panel::Variable {
                name: variable.into(),
                meaning: Meaning::default(),
                values: vec![1.0; keys.len()],
            }],
            ..Panel::default()
        });
        DataSet { name: name.into(), file: String::new(), panel: panel.unwrap(), formulas: BTreeMap::new() }
    }

    #[test]
    fn shorter_and_smaller_data_sets_are_named() {
        let long = set("long", &["a", "b", "c", "d"], 2000..=2005, "employment");
        let new = set("new", &["a", "b", "c", "d", "e"], 2004..=2009, "gdp");
        let found = coverage_findings(&[long.clone(), new]);
        assert_eq!(found.len(), 2);
        let text = &found[0].message.en;
        assert!(text.contains("ends in 2005") && text.contains("in 2009") && text.contains("no employment"), "{text}");
        assert!(found[1].message.en.contains("has no e:"), "{}", found[1].message.en);
        assert_eq!(coverage_findings(&[long]), []);
    }
}
