//! The audit against a careful reader. `judgement.csv` lists by unit, years and variable what a
//! statistician took for wrong in a real public panel (31 provinces, 1990-2025); its head says how it
//! was made and revised. The panel itself is not part of the repository: without `../shared` the test skips.

use std::path::Path;

use super::{Audit, AuditOptions, Kind, Suspicion, audit};
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
    added: bool,
}

fn judged() -> Vec<Judged<'static>> {
    JUDGEMENT
        .lines()
        .filter(|l| !l.starts_with('#'))
        .skip(1)
        .map(|l| {
            let f: Vec<&str> = l.split(',').collect();
            let (first, last) = (f[1].parse().unwrap(), f[2].parse().unwrap());
            Judged { unit: f[0], first, last, variable: f[3], added: f[5].starts_with("added") }
        })
        .collect()
}

/// Whether a suspicion accuses a variable of a unit: the one it names, and for relations every
/// variable of the relation, because a relation cannot know which side is wrong.
fn accuses(s: &Suspicion, j: &Judged<'_>) -> bool {
    let relation = matches!(s.kind, Kind::Ratio | Kind::Order | Kind::Identity);
    let word = |text: &str| text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| w == j.variable);
    (s.unit == j.unit || s.unit.is_empty()) && (s.variable == j.variable || relation && (word(&s.variable) || word(&s.reason.en)))
}

/// A level shift covers the stretch it begins or ends: which side is wrong it cannot know.
fn covers(s: &Suspicion, j: &Judged<'_>, year: i32) -> bool {
    let edge = s.kind == Kind::LevelShift && (s.period == j.first || s.period == j.last + 1);
    accuses(s, j) && ((s.period..=s.last).contains(&year) || edge)
}

struct Verdict {
    /// Share of the entries written down before the detector that are met.
    entries: f64,
    /// Share of all judged cells that are covered.
    cells: f64,
    /// Share of suspicions that meet an entry, or lie next to one.
    precision: f64,
}

fn verdict(a: &Audit) -> Verdict {
    let list = judged();
    let cells: Vec<bool> =
        list.iter().flat_map(|j| (j.first..=j.last).map(move |year| a.suspicions.iter().any(|s| covers(s, j, year)))).collect();
    let first: Vec<&Judged<'_>> = list.iter().filter(|j| !j.added).collect();
    let met = first.iter().filter(|j| (j.first..=j.last).any(|y| a.suspicions.iter().any(|s| covers(s, j, y)))).count();
    let right =
        a.suspicions.iter().filter(|s| list.iter().any(|j| accuses(s, j) && j.first <= s.last + 1 && s.period <= j.last + 1));
    Verdict {
        entries: met as f64 / first.len() as f64,
        cells: cells.iter().filter(|c| **c).count() as f64 / cells.len() as f64,
        precision: right.count() as f64 / a.suspicions.len() as f64,
    }
}

#[test]
fn a_real_dirty_panel_is_read_as_a_statistician_reads_it() {
    let Some(panel) = read("data/china_province_longrun/energy_panel_1990_2025_raw.csv", "name_en") else { return };
    let a = audit(&panel, &AuditOptions::default()).unwrap();
    let Verdict { entries, cells, precision } = verdict(&a);
    assert!(
        entries >= ENTRIES && cells >= CELLS && precision >= PRECISION,
        "entries {entries:.3} cells {cells:.3} precision {precision:.3} of {}",
        a.found
    );
    // The grossest errors stand at the top.
    let top: Vec<(&str, i32)> = a.suspicions.iter().take(4).map(|s| (s.unit.as_str(), s.period)).collect();
    assert!(top.contains(&("Ningxia", 2020)) && top.contains(&("Anhui", 2024)), "{top:?}");
}

#[test]
fn stated_relations_meet_the_cells_they_accuse() {
    let Some(panel) = read("data/china_province_longrun/energy_panel_1990_2025_raw.csv", "name_en") else { return };
    let identities = ["va_tertiary_100m + va_secondary_100m <= gdp_nominal_100m", "va_industry_100m <= va_secondary_100m"];
    let options = AuditOptions { identities: identities.map(str::to_owned).to_vec(), ..AuditOptions::default() };
    let a = audit(&panel, &options).unwrap();
    for j in judged().iter().filter(|j| j.unit == "Beijing" && j.variable == "va_tertiary_100m" && j.first >= 2011) {
        let all = (j.first..=j.last).all(|y| a.suspicions.iter().any(|s| s.kind == Kind::Identity && covers(s, j, y)));
        assert!(all, "Beijing {}", j.first);
    }
}

/// Errors of ten kinds planted in cells drawn by a fixed stream: how many of those larger than half
/// are met, how many were planted, and how many alarms the planted panel has beyond them.
fn planted(file: &str, unit: &str) -> Option<(usize, usize, i64)> {
    let clean = read(file, unit)?;
    let before = audit(&clean, &AuditOptions::default()).unwrap();
    let quiet = |v: usize, i: usize| {
        let (u, p) = (&clean.units[i], clean.periods[i]);
        let name = &clean.variables[v].name;
        !before.suspicions.iter().any(|s| &s.variable == name && &s.unit == u && s.period - 3 <= p && p <= s.last + 3)
    };
    let mut state = 20_260_101_u64;
    let mut draw = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as usize) % n
    };
    let (mut panel, mut marks) = (clean.clone(), Vec::<(usize, usize, usize)>::new());
    while marks.len() < 60 {
        let (v, i, kind) = (draw(clean.variables.len()), draw(clean.len()), marks.len() % 10);
        let same = |j: usize| clean.units.get(j) == Some(&clean.units[i]);
        let x = clean.variables[v].values[i];
        let inside = i >= 4 && same(i - 4) && same(i + 4);
        let apart = marks.iter().all(|m| m.0 != v || clean.units[m.1] != clean.units[i]);
        if !inside || !apart || x.is_nan() || x <= 0.0 || !quiet(v, i) {
            continue;
        }
        let values = &mut panel.variables[v].values;
        let end = if kind == 8 { (i..clean.len()).take_while(|&j| same(j)).count() } else { 1 };
        match kind {
            0 => values[i] *= 10.0,
            1 => values[i] /= 10.0,
            2 => values[i] *= 100.0,
            3 => values[i] = swapped(x),
            4 => values[i] = clean.variables[v].values[i - 1],
            5 | 9 => values[i] = clean.variables[v].values[draw(clean.len())],
            6 => values[i] *= 5.0 / 12.0,
            7 => values[i] = -x,
            _ => (i..i + end).for_each(|j| values[j] *= 10.0),
        }
        let off = (values[i] / x - 1.0).abs();
        if values[i].is_nan() || off == 0.0 {
            values[i] = x;
            continue;
        }
        marks.push((v, i, usize::from(off > 0.5)));
    }
    let after = audit(&panel, &AuditOptions::default()).unwrap();
    let meets = |s: &Suspicion, m: &(usize, usize, usize)| {
        let named = s.variable == clean.variables[m.0].name || s.reason.en.contains(&clean.variables[m.0].name);
        named && s.unit == clean.units[m.1] && s.period <= clean.periods[m.1] && clean.periods[m.1] <= s.last
    };
    let gross: Vec<_> = marks.iter().filter(|m| m.2 == 1).collect();
    let met = gross.iter().filter(|m| after.suspicions.iter().any(|s| meets(s, m))).count();
    let others = after.suspicions.iter().filter(|s| !marks.iter().any(|m| meets(s, m))).count();
    Some((met, gross.len(), others as i64 - before.found as i64))
}

/// The number with its first two digits swapped.
fn swapped(x: f64) -> f64 {
    let tens = 10_f64.powf(x.log10().floor());
    let (a, b) = ((x / tens).floor(), (10.0 * x / tens).floor() % 10.0);
    x + (b - a) * tens + (a - b) * tens / 10.0
}

#[test]
fn planted_errors_are_found_and_little_else() {
    let files = [
        ("figures/china_provinces_1997_2017.csv", "province"),
        ("data/china_province_longrun/gpi_components_1985_2018.csv", "name_en"),
    ];
    for (file, unit) in files {
        let Some((met, gross, more)) = planted(file, unit) else { return };
        assert!(met as f64 >= 0.9 * gross as f64 && more <= 3, "{file}: {met} of {gross} met, {more} more alarms");
    }
}

#[test]
fn official_figures_are_quiet() {
    for (file, limit) in [("figures/china_provinces_1997_2017.csv", 25), ("figures/china_provinces_2019_2023.csv", 3)] {
        let Some(panel) = read(file, "province") else { return };
        let a = audit(&panel, &AuditOptions::default()).unwrap();
        assert!(a.found <= limit, "{file}: {:#?}", a.suspicions);
    }
}

const ENTRIES: f64 = 0.88;
const CELLS: f64 = 0.90;
const PRECISION: f64 = 0.83;
