//! Pieces of the page: figures and the profiles of units.

use std::{collections::BTreeMap, fmt::Write};

use study::{
    figure::{Chart, Figure, Scale},
    result::StudyResult,
    text::Language,
};

use super::words::Words;
use crate::{
    Units,
    draw::{
        self,
        svg::{Setting, escape},
    },
    limits, number,
};

/// A figure with its caption, period slider and download.
pub fn figure(figure: &Figure, units: &Units, words: Words, id: &str, name: &str, file: &str) -> String {
    let svg = draw::draw(figure, units, Setting { languages: words.languages(), standalone: false });
    let file = file.rsplit('/').next().unwrap_or(file);
    let mut out = format!(
        "<figure{} id=\"{}\" data-file=\"{}\"><figcaption><b>{name}</b> {}</figcaption><div class=\"scroll\">{svg}</div>",
        if matches!(figure.chart, Chart::Tiles(_)) { " class=\"map\"" } else { "" },
        escape(id),
        escape(file),
        words.text(&figure.title)
    );
    if let Chart::Tiles(tiles) = &figure.chart
        && tiles.frames.len() > 1
    {
        let labels: Vec<&str> = tiles.frames.iter().map(|f| f.label.as_str()).collect();
        let json = serde_json::to_string(&labels).unwrap_or_default();
        let last = tiles.frames.len() - 1;
        let _ = write!(
            out,
            "<label class=\"slide\"><span>{}</span><input type=\"range\" min=\"0\" max=\"{last}\" value=\"{last}\" step=\"1\" aria-label=\"period\" data-labels=\"{}\"><span>{}</span></label>",
            escape(labels[0]),
            escape(&json),
            escape(labels[last])
        );
    }
    for note in Some(&figure.note).filter(|n| !n.is_empty()).into_iter().chain(limits::left_out(figure).as_ref()) {
        let _ = write!(out, "<p class=\"note\">{}</p>", words.text(note));
    }
    out.push_str("<p class=\"tools\"><button class=\"svg\" type=\"button\">SVG</button></p></figure>");
    out
}

/// A profile as the page's script reads it.
#[derive(serde::Serialize)]
pub struct Profile {
    title: [String; 2],
    columns: Vec<[String; 2]>,
    low: f64,
    high: f64,
    median: Vec<Option<f64>>,
    /// Per unit and column: the value and the value in print.
    rows: BTreeMap<String, Vec<(Option<f64>, String)>>,
}

/// Values of the units in the heatmaps whose rows are units, with the median of each column over all units.
pub fn profiles(result: &StudyResult, shown: impl Fn(&str) -> bool) -> Vec<Profile> {
    let both = |t: &study::text::Text| [t.en.clone(), t.get(Language::Zh).to_owned()];
    let figures = result.steps.iter().flat_map(|s| &s.output.figures);
    figures
        .filter_map(|figure| match &figure.chart {
            Chart::Heatmap(h)
                if h.rows_are_units && !matches!(h.scale, Scale::Classes { .. } | Scale::Lisa) && h.columns.len() <= 24 =>
            {
                Some((figure, h))
            }
            _ => None,
        })
        .map(|(figure, h)| {
            let finite = |v: f64| Some(v).filter(|v| v.is_finite());
            let all = h.values.iter().flatten().copied().filter(|v| v.is_finite());
            let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |a, v| (a.0.min(v), a.1.max(v)));
            let value = |r: usize, c: usize| h.values.get(r).and_then(|row| row.get(c)).copied().unwrap_or(f64::NAN);
            let cells = |r: usize| {
                let shown = |c: usize| number::fixed(value(r, c), h.decimals.into());
                (0..h.columns.len()).map(|c| (finite(value(r, c)), shown(c))).collect()
            };
            Profile {
                title: both(&figure.title),
                columns: h.columns.iter().map(both).collect(),
                low: if low.is_finite() { low } else { 0.0 },
                high: if high.is_finite() { high } else { 1.0 },
                median: (0..h.columns.len()).map(|c| median((0..h.rows.len()).map(|r| value(r, c)).collect())).collect(),
                rows: h
                    .rows
                    .iter()
                    .enumerate()
                    .filter(|(_, row)| shown(&row.en))
                    .map(|(r, row)| (row.en.clone(), cells(r)))
                    .collect(),
            }
        })
        .collect()
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.retain(|v| v.is_finite());
    values.sort_by(f64::total_cmp);
    let n = values.len();
    (n > 0).then(|| f64::midpoint(values[(n - 1) / 2], values[n / 2]))
}
