//! Units in order of a score: a dot, its interval, its rank band.

use study::{
    figure::{Ranking, RankingRow},
    text::Text,
};

use super::{
    axis::Axis,
    gap, groups, legend, nothing, rows,
    svg::{Anchor, Canvas, WIDTH, fitted},
    tint,
};
use crate::{Units, limits, number};

const STEP: f64 = 20.0;

pub fn draw(canvas: &mut Canvas, chart: &Ranking, units: &Units) -> f64 {
    if chart.rows.is_empty() {
        return nothing(canvas);
    }
    let shown = rows(chart.rows.len(), limits::MARKS);
    let of = |row: &Option<usize>| row.and_then(|i| chart.rows.get(i));
    let labels: Vec<Text> = shown.iter().map(|r| of(r).map_or_else(Text::default, |r| units.label(&r.unit))).collect();
    let left = 30.0 + canvas.longest(&labels).clamp(30.0, 170.0) + 10.0;
    let score = |r: &Option<usize>| of(r).map_or_else(String::new, |r| number::fixed(r.value, chart.decimals.into()));
    let scores: Vec<String> = shown.iter().map(score).collect();
    let scores_width = canvas.longest(&scores.iter().map(|s| Text::plain(s.as_str())).collect::<Vec<_>>()).clamp(36.0, 150.0);
    let bands = chart.rows.iter().any(|r| r.ranks.0 != r.ranks.1);
    let right = WIDTH - scores_width - if bands { 84.0 } else { 14.0 };
    let values = chart.rows.iter().flat_map(|r| [r.value, r.low, r.high]);
    let axis = Axis::new(values, left, right);

    let mut top = legend::row(canvas, 0.0, 0.0, WIDTH, &groups(units), true);
    top += if top > 0.0 { 8.0 } else { 0.0 };
    top += legend::heading(canvas, left, top, right - left - 8.0, &chart.label).max(18.0);
    canvas.text(right + 12.0 + scores_width, top - 8.0, Anchor::End, "soft", &Text::new("Score", "得分"), &[]);
    if bands {
        canvas.text(WIDTH, top - 8.0, Anchor::End, "soft", &Text::new("Rank band", "位次区间"), &[]);
    }

    let bottom = top + 6.0 + shown.len() as f64 * STEP;
    for (value, label) in axis.ticks() {
        let x = axis.at(value);
        canvas.line(x, top + 2.0, x, bottom, "grid");
        canvas.word(x, bottom + 15.0, Anchor::Middle, "tick", &label, &[]);
    }
    for (i, row) in shown.iter().enumerate() {
        let y = top + 6.0 + (i as f64 + 0.5) * STEP;
        let Some(index) = *row else {
            canvas.text(left, y + 4.0, Anchor::Start, "soft", &gap(chart.rows.len(), &shown), &[]);
            continue;
        };
        mark(canvas, chart, index, y, (&axis, left), units, &labels[i]);
        canvas.word(right + 12.0 + scores_width, y + 4.0, Anchor::End, "", &scores[i], &[]);
        if bands {
            canvas.word(WIDTH, y + 4.0, Anchor::End, "soft", &band(&chart.rows[index]), &[]);
        }
        canvas.close("g");
    }
    let mut height = bottom + 20.0;
    if !chart.interval.is_empty() {
        height += 4.0;
        canvas.line(left, height + 7.0, left + 22.0, height + 7.0, "base");
        height += legend::heading(canvas, left + 30.0, height, WIDTH - left - 30.0, &chart.interval);
    }
    height + 2.0
}

/// The row of a unit up to its dot; leaves its group open.
fn mark(canvas: &mut Canvas, chart: &Ranking, index: usize, y: f64, place: (&Axis, f64), units: &Units, label: &Text) {
    let (axis, left) = place;
    let row = &chart.rows[index];
    canvas.unit(&row.unit, label, &tip(chart, row), &[("tabindex", &"0")]);
    canvas.leaf(
        "rect",
        &[
            ("x", &0.0),
            ("y", &(y - STEP / 2.0)),
            ("width", &WIDTH),
            ("height", &STEP),
            ("fill", &"#fff"),
            ("fill-opacity", &"0"),
            ("class", &"hit"),
        ],
    );
    canvas.word(22.0, y + 4.0, Anchor::End, "tick", &(index + 1).to_string(), &[]);
    canvas.text(30.0, y + 4.0, Anchor::Start, "name", &fitted(label, left - 38.0), &[]);
    let colour = tint(units, &row.unit);
    if row.low.is_finite() && row.high.is_finite() {
        canvas.leaf(
            "line",
            &[
                ("x1", &axis.at(row.low)),
                ("x2", &axis.at(row.high)),
                ("y1", &y),
                ("y2", &y),
                ("stroke", &colour),
                ("stroke-opacity", &"0.35"),
                ("stroke-width", &5.0),
                ("stroke-linecap", &"round"),
            ],
        );
    }
    if row.value.is_finite() {
        canvas.leaf("circle", &[("cx", &axis.at(row.value)), ("cy", &y), ("r", &4.5), ("fill", &colour)]);
    }
}

fn band(row: &RankingRow) -> String {
    if row.ranks.0 == row.ranks.1 { row.ranks.0.to_string() } else { format!("{}–{}", row.ranks.0, row.ranks.1) }
}

fn tip(chart: &Ranking, row: &RankingRow) -> Text {
    let show = |v: f64| number::fixed(v, chart.decimals.into());
    let mut interval = String::new();
    if row.low.is_finite() && row.high.is_finite() {
        interval = format!(" ({} – {})", show(row.low), show(row.high));
    }
    let score = show(row.value);
    Text::new(format!("{score}{interval}, rank {}", band(row)), format!("{score}{interval}，第 {} 位", band(row)))
}
