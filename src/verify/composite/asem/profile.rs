//! Over time and unit by unit: the panel of five years, compound growth, strengths and weaknesses.

use index::{
    Goalposts, Missing, Outliers, Recipe, Screen, normalise,
    profile::{Standing, profiles},
    trend::{Growth, trends},
};

use super::{Compared, Differences, Example, Row, Sample, row};
use crate::verify::composite::said;

/// Indicators as they were measured, not divided by anything.
fn undivided(example: &Example, file: &str) -> Result<Sample, String> {
    example.plain(file)
}

pub(super) fn rows(example: &Example) -> Vec<Row> {
    let case = &example.case;
    let mut rows = vec![
        case.part("panel", "composite index", 1e-9, |d| panel(example, d)),
        case.part("growth", "compound growth", 1e-9, |d| growth(example, d)),
    ];
    for (part, file, strong) in
        [("strengths", "expect_strengths_ESP.csv", true), ("weaknesses", "expect_weaknesses_ESP.csv", false)]
    {
        rows.push(case.part(part, "profile", 1e-9, |d| standings(example, file, strong, d)));
    }
    rows
}

/// Five years: units with 90 % of their data, outliers treated year by year, one scale for all years.
fn panel(example: &Example, d: &mut Differences) -> Compared {
    let recipe = Recipe {
        screen: Some(Screen { units: 0.9, ..Screen::default() }),
        missing: Missing::MeanOfPresent,
        outliers: Some(Outliers { per_period: true, ..Outliers::default() }),
        goalposts: Goalposts::Pooled,
        ..Recipe::default()
    };
    let index = example.run(&undivided(example, "asem_idata_panel.csv")?, &recipe)?;
    let (tree, expected) = (example.tree()?, example.case.table("expect_panel_aggregated.csv")?);
    d.length("rows", index.normalised.units.len(), expected.len());
    let (units, years) = (expected.text("uCode")?, expected.periods("Time")?);
    for name in ["Index", "Conn", "Sust"] {
        let node = Example::node(&tree, name)?;
        for (k, wanted) in expected.numbers(name)?.into_iter().enumerate() {
            let key = (units[k], years[k]);
            let at = (0..index.ranks.len())
                .find(|&i| (index.normalised.units[i].as_str(), index.normalised.periods[i]) == key)
                .ok_or_else(|| format!("no row {key:?}"))?;
            d.value(&format!("{name} of {key:?}"), 100.0 * index.scores[node][at], wanted);
        }
    }
    Ok(())
}

fn growth(example: &Example, d: &mut Differences) -> Compared {
    let sample = undivided(example, "asem_idata_panel.csv")?;
    let (units, periods) = (&sample.panel.units, &sample.panel.periods);
    let expected = example.case.table("expect_trends_CAGR_AUT.csv")?;
    let of = |name: &str| expected.numbers(&format!("Trends.{name}"));
    let (rate, available, first, last) = (of("CAGR")?, of("Avail")?, of("t_first")?, of("t_latest")?);
    let (names, ids) = (expected.text("Trends.uCode")?, expected.text("Trends.iCode")?);
    for k in 0..expected.len() {
        let column = sample.panel.values(ids[k]).ok_or_else(|| format!("no indicator {}", ids[k]))?;
        let from = row(units, names[k])?;
        let found = trends(units, periods, column);
        let trend = found.iter().find(|t| t.ends.is_some_and(|(a, _)| a == from)).ok_or("the first year is missing")?;
        let Growth::Rate(found) = trend.growth else { return Err(format!("{}: no rate", ids[k])) };
        let (a, b) = trend.ends.ok_or("no value")?;
        d.value(&format!("growth of {}", ids[k]), found, rate[k]);
        d.value("first year", f64::from(periods[a]), first[k]);
        d.value("last year", f64::from(periods[b]), last[k]);
        d.value("share of years", trend.known as f64 / trend.periods as f64, available[k]);
    }
    Ok(())
}

/// The five of Spain, the fifth of its weaknesses one of three indicators of the same rank: all that reach the worst of the
/// ranks listed are asked for, and each of the file must stand among them with its rank and value.
fn standings(example: &Example, file: &str, strong: bool, d: &mut Differences) -> Compared {
    let sample = undivided(example, "asem_idata.csv")?;
    let (units, periods) = (&sample.panel.units, &sample.panel.periods);
    let data = index::Data { units, periods, columns: &sample.columns, groups: &[] };
    let recipe = Recipe { missing: Missing::MeanOfPresent, ..Recipe::default() };
    let normalised = normalise(&example.framework, &data, &recipe).map_err(said)?;
    let all: Vec<usize> = (0..normalised.units.len()).collect();
    let tree = example.tree()?;
    let profile = &profiles(&tree, &normalised, &all, example.ids.len())[row(&normalised.units, "ESP")?];
    let expected = example.case.table(file)?;
    let (codes, pillars) = (expected.text("Code")?, expected.text("Pillar")?);
    let (ranks, values) = (expected.numbers("Rank")?, expected.numbers("Value")?);
    let list: &[Standing] = if strong { &profile.strengths } else { &profile.weaknesses };
    // Nothing that stands further out than what is listed is missing from the list.
    let edge =
        if strong { ranks.iter().copied().fold(0.0, f64::max) } else { ranks.iter().copied().fold(f64::INFINITY, f64::min) };
    let further = list.iter().filter(|s| if strong { (s.rank as f64) < edge } else { s.rank as f64 > edge }).count();
    d.length("further out", further, ranks.iter().filter(|r| **r != edge).count());
    for k in 0..expected.len() {
        let found = list
            .iter()
            .find(|s| example.ids[s.indicator] == codes[k])
            .ok_or_else(|| format!("{} is not among them", codes[k]))?;
        d.value(&format!("rank in {}", codes[k]), found.rank as f64, ranks[k]);
        d.value(&format!("value of {}", codes[k]), three_figures(found.value), values[k]);
        let pillar = &tree.nodes[tree.parents[found.indicator]].node.id;
        d.value(&format!("pillar of {}", codes[k]), f64::from(u8::from(pillar == pillars[k])), 1.0);
    }
    Ok(())
}

/// Rounded to three significant figures, as values are printed.
fn three_figures(x: f64) -> f64 {
    if x == 0.0 {
        return x;
    }
    let unit = 10_f64.powf(x.abs().log10().floor() - 2.0);
    (x / unit).round() * unit
}
