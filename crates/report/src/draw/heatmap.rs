//! A matrix of values as colours.

use study::{figure::Heatmap, text::Text};

use super::{
    colour::{self, Shade},
    gap, legend, name, nothing, rows,
    svg::{Anchor, Canvas, SIZE, WIDTH, fitted},
};
use crate::{Units, limits, width};

const STEP: f64 = 22.0;

pub fn draw(canvas: &mut Canvas, chart: &Heatmap, units: &Units) -> f64 {
    if chart.rows.is_empty() || chart.columns.is_empty() {
        return nothing(canvas);
    }
    let shown = rows(chart.rows.len(), limits::ROWS);
    let label = |r: usize| chart.rows.get(r).map(|r| name(units, r, chart.rows_are_units));
    let labels: Vec<Text> = shown.iter().map(|r| r.and_then(label).unwrap_or_default()).collect();
    let left = canvas.longest(&labels).clamp(30.0, 200.0) + 12.0;
    let count = chart.columns.len() as f64;
    let cell = ((WIDTH - left) / count).clamp(1.0, 110.0);
    // Slanted names lean over the right edge: the cells leave them room.
    let lean = if slanted(canvas.longest(&chart.columns), cell) {
        (canvas.longest(&chart.columns).min(150.0) * 0.64).min(80.0)
    } else {
        0.0
    };
    let cell = if lean > 0.0 { ((WIDTH - left - lean) / (count - 0.5).max(0.5)).clamp(1.0, cell) } else { cell };
    let shade = Shade::new(&chart.scale, chart.values.iter().flatten().copied());

    let mut top = legend::heading(canvas, left, 0.0, WIDTH - left, &chart.label);
    top += match shade.classes() {
        Some(classes) => legend::row(canvas, left, top, WIDTH - left, &classes, false),
        None => legend::ramp(canvas, left, top, 200.0_f64.min(WIDTH - left), &shade, chart.decimals),
    } + 12.0;
    top += headings(canvas, chart, left, top, cell);

    for (i, row) in shown.iter().enumerate() {
        let y = top + i as f64 * STEP;
        let Some(index) = *row else {
            canvas.text(left, y + 15.0, Anchor::Start, "soft", &gap(chart.rows.len(), &shown), &[]);
            continue;
        };
        if !chart.rows_are_units {
            canvas.text(left - 8.0, y + 15.0, Anchor::End, "name", &fitted(&labels[i], left - 12.0), &[]);
        }
        let values = chart.values.get(index).map_or(&[][..], Vec::as_slice);
        for column in 0..chart.columns.len() {
            let value = values.get(column).copied().unwrap_or(f64::NAN);
            let words = shade.words(value, chart.decimals);
            if chart.rows_are_units {
                let heading = &chart.columns[column];
                let tip = Text::new(
                    format!("{}: {}", heading.en, words.en),
                    format!("{}：{}", heading.get(study::text::Language::Zh), words.get(study::text::Language::Zh)),
                );
                canvas.unit(&chart.rows[index].en, &labels[i], &tip, &[]);
                if column == 0 {
                    canvas.text(left - 8.0, y + 15.0, Anchor::End, "name", &fitted(&labels[i], left - 12.0), &[]);
                }
            }
            square(canvas, &shade, value, &words, (left + column as f64 * cell, y, cell));
            if chart.rows_are_units {
                canvas.close("g");
            }
        }
    }
    top + shown.len() as f64 * STEP + 4.0
}

fn square(canvas: &mut Canvas, shade: &Shade, value: f64, words: &Text, place: (f64, f64, f64)) {
    let (x, y, cell) = place;
    let fill = shade.colour(value).unwrap_or_else(|| colour::EMPTY.to_owned());
    let gap = if cell > 6.0 { 1.0 } else { 0.0 };
    canvas.leaf(
        "rect",
        &[
            ("x", &(x + gap / 2.0)),
            ("y", &(y + 0.5)),
            ("width", &(cell - gap)),
            ("height", &(STEP - 1.0)),
            ("fill", &fill.as_str()),
        ],
    );
    let longest = width::em(&words.en).max(width::em(&words.zh)) * 11.0;
    if value.is_finite() && longest < cell - 4.0 {
        let style = format!("fill:{}", colour::ink(&fill));
        canvas.text(x + cell / 2.0, y + 15.0, Anchor::Middle, "small", words, &[("style", &style)]);
    }
}

/// Whether column names must be slanted.
fn slanted(longest: f64, cell: f64) -> bool {
    longest >= cell - 4.0 && cell < 64.0
}

/// Column names over the cells: wrapped where they fit, slanted where the cells are narrow.
fn headings(canvas: &mut Canvas, chart: &Heatmap, left: f64, top: f64, cell: f64) -> f64 {
    let longest = canvas.longest(&chart.columns);
    if !slanted(longest, cell) {
        let wrapped = |language| -> Vec<Vec<String>> {
            chart.columns.iter().map(|c| width::wrap(c.get(language), (cell - 3.0) / SIZE, 3)).collect()
        };
        let lines = |language| wrapped(language).iter().map(Vec::len).max().unwrap_or(1);
        let most = canvas.setting.languages.iter().map(|l| lines(*l)).max().unwrap_or(1);
        canvas.each(|canvas, language| {
            for (i, lines) in wrapped(language).iter().enumerate() {
                for (k, line) in lines.iter().enumerate() {
                    let y = top + 11.0 + 14.0 * (most - lines.len() + k) as f64;
                    canvas.word(left + (i as f64 + 0.5) * cell, y, Anchor::Middle, "soft", line, &[]);
                }
            }
            0.0
        });
        return 14.0 * most as f64 + 4.0;
    }
    let limit = longest.min(150.0);
    let height = limit * 0.76 + 10.0;
    // Narrow columns cannot all be named; every n-th is.
    let every = (14.0 / cell).ceil().max(1.0) as usize;
    for (i, column) in chart.columns.iter().enumerate().filter(|(i, _)| i % every == 0) {
        let (x, y) = (left + (i as f64 + 0.5) * cell + 3.0, top + height - 6.0);
        let turn = format!("rotate(-50 {x:.1} {y:.1})");
        let room = ((WIDTH - x) / 0.64 - 4.0).max(24.0);
        canvas.text(x, y, Anchor::Start, "soft", &fitted(column, limit.min(room)), &[("transform", &turn)]);
    }
    height
}
