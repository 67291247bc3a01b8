//! The panel itself: canonical keys, named columns, their meaning.

use serde::{Deserialize, Serialize};

use crate::problem::{Place, Problem};

/// What a variable means. Everything may be empty; nothing is guessed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Meaning {
    /// English label.
    pub label_en: String,
    /// Chinese label.
    pub label_zh: String,
    /// Unit of measure, e.g. `100 million CNY`.
    pub unit: String,
    /// Price base, e.g. `current`, `2019`.
    pub price_base: String,
    /// Vintage of the publication or revision the values come from.
    pub vintage: String,
    /// Who published them, and where.
    pub source: String,
    /// What they were computed from, where they were.
    #[serde(skip)]
    pub origin: Origin,
}

/// Where computed values come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Variables of the data they are made of, in order; empty for the data themselves.
    pub made_of: Vec<String>,
    /// Each period has a scale of its own, so that values of different periods cannot be compared.
    pub per_period: bool,
}

/// One named column, aligned with the rows of its panel. `NaN` marks a missing cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variable {
    /// Name as used in formulas and options.
    pub name: String,
    /// What it means.
    pub meaning: Meaning,
    /// One value per row; `NaN` is missing, infinities never occur.
    pub values: Vec<f64>,
}

/// A partition of the rows, e.g. region; one label per row, empty where unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Column name, e.g. `region`.
    pub name: String,
    /// One label per row.
    pub labels: Vec<String>,
}

/// Units x periods x variables, one row per (unit, period), sorted by unit then period.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Panel {
    /// Name of the unit column, e.g. `province`.
    pub unit_name: String,
    /// Name of the period column; `None` for a single cross-section.
    pub period_name: Option<String>,
    /// Unit of each row.
    pub units: Vec<String>,
    /// Chinese label of each row's unit; empty strings where none was given.
    pub units_zh: Vec<String>,
    /// Period of each row; 0 throughout when `period_name` is `None`.
    pub periods: Vec<i32>,
    /// Group columns.
    pub groups: Vec<Group>,
    /// Numeric columns.
    pub variables: Vec<Variable>,
}

impl Panel {
    /// Builds a panel, sorting rows into canonical order. Every duplicate key, length mismatch and
    /// infinity is reported. Row numbers in problems count from 1 in the order given.
    ///
    /// # Errors
    /// All problems found, never only the first.
    pub fn new(mut panel: Self) -> Result<Self, Vec<Problem>> {
        let n = panel.units.len();
        let mut problems = Vec::new();
        if panel.units_zh.is_empty() {
            panel.units_zh = vec![String::new(); n];
        }
        if panel.periods.is_empty() && panel.period_name.is_none() {
            panel.periods = vec![0; n];
        }
        let lengths = [panel.units_zh.len(), panel.periods.len()]
            .into_iter()
            .chain(panel.groups.iter().map(|g| g.labels.len()))
            .chain(panel.variables.iter().map(|v| v.values.len()));
        if lengths.into_iter().any(|len| len != n) {
            return Err(vec![Problem::error("ragged-columns", "The columns of the table differ in length.")]);
        }
        for v in &panel.variables {
            for (i, x) in v.values.iter().enumerate().filter(|(_, x)| x.is_infinite()) {
                problems.push(Problem::error("infinite-value", format!("`{x}` is not a finite number.")).at(Place {
                    column: Some(v.name.clone()),
                    unit: Some(panel.units[i].clone()),
                    period: panel.period_name.as_ref().map(|_| panel.periods[i]),
                    ..Place::default()
                }));
            }
        }
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&a, &b| panel.key(a).cmp(&panel.key(b)).then(a.cmp(&b)));
        for pair in order.windows(2).filter(|w| panel.key(w[0]) == panel.key(w[1])) {
            let (unit, period) = panel.key(pair[1]);
            let key = if panel.period_name.is_some() { format!("({unit}, {period})") } else { format!("`{unit}`") };
            problems.push(
                Problem::error("duplicate-key", format!("{key} stands in row {} and again in row {}.", pair[0] + 1, pair[1] + 1))
                    .why("A panel has one row per unit and period; two rows would be counted twice.")
                    .help("Delete one of the rows, or name the column that tells them apart.")
                    .at(Place {
                        unit: Some(unit.to_owned()),
                        period: panel.period_name.as_ref().map(|_| period),
                        ..Place::default()
                    }),
            );
        }
        match problems.is_empty() {
            true if order.is_sorted() => Ok(panel),
            true => Ok(panel.rows(&order)),
            false => Err(problems),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// Key of a row.
    pub fn key(&self, row: usize) -> (&str, i32) {
        (&self.units[row], self.periods[row])
    }

    /// Row of a key.
    pub fn row(&self, unit: &str, period: i32) -> Option<usize> {
        let from = self.units.partition_point(|u| u.as_str() < unit);
        let to = self.units.partition_point(|u| u.as_str() <= unit);
        self.periods[from..to].binary_search(&period).ok().map(|i| from + i)
    }

    /// A variable by name.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|v| v.name == name)
    }

    /// The values of a variable by name.
    pub fn values(&self, name: &str) -> Option<&[f64]> {
        self.variable(name).map(|v| v.values.as_slice())
    }

    /// A group column by name.
    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|g| g.name == name)
    }

    /// The distinct units in canonical order.
    pub fn unit_set(&self) -> Vec<&str> {
        let mut units: Vec<&str> = self.units.iter().map(String::as_str).collect();
        units.sort_unstable();
        units.dedup();
        units
    }

    /// The distinct periods in order.
    pub fn period_set(&self) -> Vec<i32> {
        let mut periods = self.periods.clone();
        periods.sort_unstable();
        periods.dedup();
        periods
    }

    /// The panel of the given rows, in the given order.
    #[must_use]
    pub fn rows(&self, order: &[usize]) -> Self {
        let pick = |xs: &[String]| order.iter().map(|&i| xs[i].clone()).collect::<Vec<_>>();
        Self {
            unit_name: self.unit_name.clone(),
            period_name: self.period_name.clone(),
            units: pick(&self.units),
            units_zh: pick(&self.units_zh),
            periods: order.iter().map(|&i| self.periods[i]).collect(),
            groups: self.groups.iter().map(|g| Group { name: g.name.clone(), labels: pick(&g.labels) }).collect(),
            variables: self
                .variables
                .iter()
                .map(|v| Variable {
                    name: v.name.clone(),
                    meaning: v.meaning.clone(),
                    values: order.iter().map(|&i| v.values[i]).collect(),
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(keys: &[(&str, i32)]) -> Result<Panel, Vec<Problem>> {
        Panel::new(Panel {
            unit_name: "unit".into(),
            period_name: Some("year".into()),
            units: keys.iter().map(|k| k.0.into()).collect(),
            periods: keys.iter().map(|k| k.1).collect(),
            variables: vec![Variable {
                name: "x".into(),
                meaning: Meaning::default(),
                values: keys.iter().map(|k| f64::from(k.1)).collect(),
            }],
            ..Panel::default()
        })
    }

    #[test]
    fn rows_come_out_in_canonical_order() {
        let p = panel(&[("b", 2), ("a", 2), ("b", 1), ("a", 1)]).unwrap();
        assert_eq!(p.values("x").unwrap(), [1.0, 2.0, 1.0, 2.0]);
        assert_eq!(p.row("b", 1), Some(2));
        assert_eq!(p.row("c", 1), None);
    }

    #[test]
    fn every_duplicate_key_is_named() {
        let problems = panel(&[("a", 1), ("a", 1), ("b", 2), ("b", 2)]).unwrap_err();
        assert_eq!(problems.len(), 2);
        assert!(problems[1].what.contains("(b, 2)"), "{}", problems[1]);
    }
}
