//! The audit against a careful reader. `judgement.csv` lists by unit, years and variable what a
//! statistician took for wrong in a real public panel (31 provinces, 1990-2025) before the detector
//! was written. The panel itself is not part of the repository: without `../shared` the test skips.

use std::path::Path;

use super::{Audit, AuditOptions, Kind, audit};
use crate::table::{Meaning, Panel, Variable};

const JUDGEMENT: &str = include_str!("judgement.csv");

/// The numeric columns of a plain comma-separated file; `None` where it is absent.
fn read(file: &str, unit: &str) -> Option<Panel> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(file);
    let text = std::fs::read_to_string(path).ok()?;
    let mut lines = text.lines().map(|l| l.split(',').collect::<Vec<_>>());
    let header = lines.next()?;
    let rows: Vec<Vec<&str>> = lines.collect();
    let column = |name: &str| header.iter().position(|h| *h == name).map(|j| rows.iter().map(|r| r[j]).collect::<Vec<_>>());
    let number = |s: &&str| if s.is_empty() { Ok(f64::NAN) } else { s.parse::<f64>() };
    let variables = header
        .iter()
        .filter(|h| !["code", "year", unit].contains(h))
        .filter_map(|h| {
            let values = column(h)?.iter().map(number).collect::<Result<Vec<f64>, _>>().ok()?;
            Some(Variable { name: (*h).to_owned(), meaning: Meaning::default(), values })
        })
        .collect();
    Some(
        Panel::new(Panel {
            unit_name: unit.into(),
            period_name: Some("year".into()),
            units: column(unit)?.into_iter().map(str::to_owned).collect(),
            periods: column("year")?.iter().map(|y| y.parse().unwrap()).collect(),
            variables,
            ..Panel::default()
        })
        .unwrap(),
    )
}

struct Judged<'a> {
    unit: &'a str,
    first: i32,
    last: i32,
    variable: &'a str,
}

fn judged() -> Vec<Judged<'static>> {
    JUDGEMENT
        .lines()
        .skip(1)
        .map(|l| {
            let f: Vec<&str> = l.split(',').collect();
            Judged { unit: f[0], first: f[1].parse().unwrap(), last: f[2].parse().unwrap(), variable: f[3] }
        })
        .collect()
}

/// Share of the judged cells that a suspicion covers, and of suspicions that meet a judged cell. A
/// level shift covers the stretch it begins or ends: which side is wrong it cannot know.
fn recall_and_precision(a: &Audit) -> (f64, f64) {
    let list = judged();
    let (mut cells, mut hit) = (0, 0);
    for j in &list {
        for year in j.first..=j.last {
            cells += 1;
            hit += usize::from(a.suspicions.iter().any(|s| {
                s.variable == j.variable
                    && (s.unit == j.unit || s.unit.is_empty())
                    && ((s.period..=s.last).contains(&year)
                        || (s.kind == Kind::LevelShift && (s.period == j.first || s.period == j.last + 1)))
            }));
        }
    }
    let right = a.suspicions.iter().filter(|s| {
        list.iter().any(|j| {
            s.variable == j.variable && (s.unit == j.unit || s.unit.is_empty()) && j.first <= s.last + 1 && s.period <= j.last + 1
        })
    });
    (hit as f64 / cells as f64, right.count() as f64 / a.suspicions.len() as f64)
}

#[test]
fn a_real_dirty_panel_is_read_as_a_statistician_reads_it() {
    let Some(panel) = read("data/china_province_longrun/energy_panel_1990_2025_raw.csv", "name_en") else { return };
    let a = audit(&panel, &AuditOptions::default()).unwrap();
    let (recall, precision) = recall_and_precision(&a);
    assert!(recall >= RECALL, "recall {recall:.3}");
    assert!(precision >= PRECISION, "precision {precision:.3} of {}", a.found);
    // The grossest errors stand at the top.
    let top: Vec<(&str, i32)> = a.suspicions.iter().take(4).map(|s| (s.unit.as_str(), s.period)).collect();
    assert!(top.contains(&("Ningxia", 2020)) && top.contains(&("Anhui", 2024)), "{top:?}");
}

#[test]
fn official_figures_are_quiet() {
    for (file, limit) in [("figures/china_provinces_1997_2017.csv", 20), ("figures/china_provinces_2019_2023.csv", 3)] {
        let Some(panel) = read(file, "province") else { return };
        let a = audit(&panel, &AuditOptions::default()).unwrap();
        assert!(a.found <= limit, "{file}: {:#?}", a.suspicions);
    }
}

const RECALL: f64 = 0.73;
const PRECISION: f64 = 0.72;
