//! Units into classes: by quantiles, by bounds, by labels.

use std::collections::BTreeMap;

use panel::{Panel, Problem};
use regions::{
    markov::{Seen, class_of, quantile_bounds},
    weights::Weights,
};

use super::{MarkovSpec, Scope, Sorted, Surroundings, lookup};
use crate::{method::Input, methods::moran::neighbours, text::Text};

/// Names of classes from low to high.
fn names(k: usize) -> Vec<Text> {
    let named = |all: &[(&str, &str)]| all.iter().map(|(en, zh)| Text::new(*en, *zh)).collect();
    match k {
        2 => named(&[("low", "低"), ("high", "高")]),
        3 => named(&[("low", "低"), ("middle", "中"), ("high", "高")]),
        4 => named(&[("low", "低"), ("lower middle", "中低"), ("upper middle", "中高"), ("high", "高")]),
        5 => named(&[("low", "低"), ("lower middle", "中低"), ("middle", "中"), ("upper middle", "中高"), ("high", "高")]),
        _ => (1..=k).map(|c| Text::plain(c.to_string())).collect(),
    }
}

fn unit_numbers(panel: &Panel) -> BTreeMap<&str, usize> {
    panel.unit_set().into_iter().enumerate().map(|(i, u)| (u, i)).collect()
}

/// Classes that are labels.
pub(super) fn labelled(panel: &Panel, column: &str, order: &[String]) -> Result<Sorted, Vec<Problem>> {
    let group = panel.group(column).ok_or_else(|| vec![lookup::unknown_group(panel, column)])?;
    let known: Vec<String> = lookup::distinct(&group.labels).into_iter().filter(|l| !l.is_empty()).collect();
    let mut problems = Vec::new();
    if known.len() < 2 {
        problems.push(
            Problem::error("one-class", format!("`{column}` has {} label(s).", known.len()))
                .why("A chain is about moves between classes."),
        );
    }
    let names = if order.is_empty() { known.clone() } else { order.to_vec() };
    for (place, name) in names.iter().enumerate() {
        if names[..place].contains(name) {
            problems.push(Problem::error("label-twice", format!("`order` names `{name}` twice.")));
        } else if !known.contains(name) {
            problems.push(
                Problem::error("unknown-label", format!("`order` names `{name}`, which no row of `{column}` has."))
                    .did_you_mean(name, known.iter().map(String::as_str)),
            );
        }
    }
    for name in known.iter().filter(|n| !names.contains(n)) {
        problems.push(
            Problem::error("label-without-place", format!("`order` lacks the label `{name}`."))
                .why("A row with this label would stand in no class.")
                .help("Name every label of the column, from the lowest class to the highest."),
        );
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let units = unit_numbers(panel);
    let (mut seen, mut rows, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    for (row, label) in group.labels.iter().enumerate() {
        let (unit, period) = panel.key(row);
        match names.iter().position(|n| n == label) {
            Some(class) => {
                seen.push(Seen { unit: units[unit], period, class, around: None });
                rows.push(row);
            }
            None => missing.push(row),
        }
    }
    Ok(Sorted {
        names: names.into_iter().map(Text::plain).collect(),
        label: Text::plain(column),
        unit: Text::default(),
        bounds: Vec::new(),
        around: Vec::new(),
        seen,
        rows,
        missing,
        islands: Vec::new(),
        skipped: Vec::new(),
    })
}

/// Values by row of the panel (`NaN` where missing), divided by the mean of their period where asked.
pub(in crate::methods) fn values(panel: &Panel, variable: &str, relative: bool) -> Result<Vec<f64>, Vec<Problem>> {
    let mut values = panel.values(variable).ok_or_else(|| vec![lookup::unknown_variable(panel, variable)])?.to_vec();
    let known: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
    if known.is_empty() {
        return Err(vec![Problem::error("no-values", format!("`{variable}` has no value in any period."))]);
    }
    if known.iter().all(|x| *x == known[0]) {
        return Err(vec![
            Problem::error("constant", format!("All values of `{variable}` are {}.", known[0]))
                .why("Units that do not differ have no distribution to speak of."),
        ]);
    }
    let mut problems = Vec::new();
    for period in if relative { panel.period_set() } else { Vec::new() } {
        let rows: Vec<usize> = (0..panel.len()).filter(|&r| panel.periods[r] == period && !values[r].is_nan()).collect();
        let mean = numerics::moments::mean(&rows.iter().map(|&r| values[r]).collect::<Vec<_>>());
        if mean <= 0.0 {
            problems.push(
                Problem::error("mean-not-positive", format!("The mean of `{variable}` in {period} is {mean}."))
                    .why("Values relative to a mean that is not positive change their order.")
                    .help("Leave `relative` out for this variable."),
            );
        }
        rows.iter().for_each(|&r| values[r] /= mean);
    }
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}

/// Classes made from values.
pub(super) fn sorted(input: &Input<'_>, options: &MarkovSpec, variable: &str) -> Result<Sorted, Vec<Problem>> {
    let panel = input.panel;
    let pairs = options.neighbours.as_deref().map(|file| {
        let columns = [options.unit_column.as_deref(), options.neighbour_column.as_deref()];
        neighbours::pairs(input, &neighbours::Source { file, columns, unknown: options.unknown }, &panel.unit_set())
    });
    let (values, pairs) = match (self::values(panel, variable, options.relative), pairs.transpose()) {
        (Ok(values), Ok(pairs)) => (values, pairs),
        (v, p) => return Err(v.err().into_iter().chain(p.err()).flatten().collect()),
    };
    let known = |period: Option<i32>| -> Vec<f64> {
        let there = |r: &usize| !values[*r].is_nan() && period.is_none_or(|p| panel.periods[*r] == p);
        (0..panel.len()).filter(there).map(|r| values[r]).collect()
    };
    let k = if options.bounds.is_empty() { options.classes } else { options.bounds.len() + 1 };
    let pooled = match (options.bounds.is_empty(), options.scope) {
        (false, _) => options.bounds.clone(),
        (true, Scope::Pooled) => quantile_bounds(&known(None), k),
        (true, Scope::PerPeriod) => Vec::new(),
    };
    let bounds: BTreeMap<i32, Vec<f64>> = (panel.period_set().into_iter())
        .map(|p| (p, if pooled.is_empty() { quantile_bounds(&known(Some(p)), k) } else { pooled.clone() }))
        .collect();
    let class = |row: usize, x: f64| class_of(x, &bounds[&panel.periods[row]]);
    let rows: Vec<usize> = (0..panel.len()).filter(|&r| !values[r].is_nan()).collect();
    let empty: Vec<usize> = (0..k).filter(|c| !rows.iter().any(|&r| class(r, values[r]) == *c)).collect();
    if !empty.is_empty() {
        return Err(empty.into_iter().map(|c| nobody(options, variable, &bounds, c)).collect());
    }
    let mut sorted = Sorted {
        names: names(k),
        label: lookup::variable_label(panel, variable),
        unit: match (options.relative, panel.variable(variable)) {
            (true, _) => Text::new("mean of the period = 1", "当期均值 = 1"),
            (false, v) => Text::plain(v.map_or("", |v| v.meaning.unit.as_str())),
        },
        bounds: pooled,
        around: Vec::new(),
        seen: Vec::new(),
        missing: (0..panel.len()).filter(|&r| values[r].is_nan()).collect(),
        rows,
        islands: Vec::new(),
        skipped: Vec::new(),
    };
    let lags = match pairs {
        None => vec![f64::NAN; panel.len()],
        Some((pairs, skipped)) => {
            let weights = Weights::from_pairs(panel.unit_set().len(), &pairs, options.style)
                .map_err(|errors| errors.iter().map(|e| Problem::error("neighbours", format!("{e}."))).collect::<Vec<_>>())?;
            let names = panel.unit_set();
            sorted.islands = weights.islands().into_iter().map(|i| names[i].to_owned()).collect();
            sorted.skipped = skipped;
            lags(panel, &values, &weights)
        }
    };
    let own = options.surroundings == Surroundings::OwnQuantiles;
    let lag_bounds = |period: Option<i32>| {
        let there = |r: &&usize| !lags[**r].is_nan() && period.is_none_or(|p| panel.periods[**r] == p);
        quantile_bounds(&sorted.rows.iter().filter(there).map(|&r| lags[r]).collect::<Vec<_>>(), k)
    };
    let around: BTreeMap<i32, Vec<f64>> = match (own, options.scope) {
        (false, _) => bounds.clone(),
        (true, Scope::Pooled) => {
            let all = lag_bounds(None);
            sorted.around = all.clone();
            bounds.keys().map(|p| (*p, all.clone())).collect()
        }
        (true, Scope::PerPeriod) => bounds.keys().map(|p| (*p, lag_bounds(Some(*p)))).collect(),
    };
    let units = unit_numbers(panel);
    for &row in &sorted.rows {
        let (unit, period) = panel.key(row);
        let around = (!lags[row].is_nan()).then(|| class_of(lags[row], &around[&period]));
        sorted.seen.push(Seen { unit: units[unit], period, class: class(row, values[row]), around });
    }
    Ok(sorted)
}

/// The problem of a class in which nobody ever stands.
fn nobody(options: &MarkovSpec, variable: &str, bounds: &BTreeMap<i32, Vec<f64>>, class: usize) -> Problem {
    let place = bounds.values().next().map(|b| {
        let end = |i: Option<usize>| i.and_then(|i| b.get(i)).map_or("…".to_owned(), f64::to_string);
        format!("{} and {}", end(class.checked_sub(1)), end(Some(class)))
    });
    let problem = Problem::error("empty-class", format!("Class {} of `{variable}` has no unit in any period.", class + 1))
        .why("Nothing can be learnt of a class in which nobody stands.");
    if options.bounds.is_empty() {
        return problem.help("Many values are equal, so quantiles coincide: ask for fewer `classes`, or give `bounds`.");
    }
    problem.help(format!("Values between {} do not occur: move the `bounds`.", place.unwrap_or_default()))
}

/// Spatial lag by row, over the neighbours that have a value in the period; `NaN` for islands and missing cells.
fn lags(panel: &Panel, values: &[f64], weights: &Weights) -> Vec<f64> {
    let names = panel.unit_set();
    let mut lags = vec![f64::NAN; panel.len()];
    for period in panel.period_set() {
        let row = |unit: &&str| panel.row(unit, period).filter(|&r| !values[r].is_nan());
        let rows: Vec<Option<usize>> = names.iter().map(row).collect();
        let kept: Vec<usize> = rows.iter().flatten().copied().collect();
        let weights = weights.restrict(&rows.iter().map(Option::is_some).collect::<Vec<_>>());
        let lag = weights.lag(&kept.iter().map(|&r| values[r]).collect::<Vec<_>>());
        for (i, &row) in kept.iter().enumerate().filter(|(i, _)| !weights.neighbours(*i).is_empty()) {
            lags[row] = lag[i];
        }
    }
    lags
}
