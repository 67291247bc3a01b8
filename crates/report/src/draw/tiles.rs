//! The tile-grid map: one square per unit, one frame per period.

use study::{
    figure::{Frame, Scale, Tiles},
    result::Tile,
    text::Text,
};

use super::{
    colour::{self, Shade},
    legend, nothing,
    svg::{Anchor, Canvas, SIZE, WIDTH, tag},
};
use crate::{Units, width};

const LEGEND: f64 = 168.0;

pub fn draw(canvas: &mut Canvas, chart: &Tiles, units: &Units) -> f64 {
    let Some(last) = chart.frames.last() else { return nothing(canvas) };
    let tiles = places(chart, units);
    if tiles.is_empty() {
        return nothing(canvas);
    }
    let shade = Shade::new(&chart.scale, chart.frames.iter().flat_map(|f| f.values.iter().map(|v| v.1)));
    let columns = f64::from(tiles.iter().map(|t| t.column).max().unwrap_or(0).min(400) + 1);
    let rows = f64::from(tiles.iter().map(|t| t.row).max().unwrap_or(0).min(4000) + 1);
    let cell = ((WIDTH - LEGEND - 24.0) / columns).clamp(1.5, 66.0);
    let numeric = !matches!(chart.scale, Scale::Classes { .. } | Scale::Lisa);

    for tile in &tiles {
        let (x, y) = (f64::from(tile.column.min(400)) * cell, f64::from(tile.row.min(4000)) * cell);
        let value = of(last, &tile.unit);
        let (fill, ink) = paint(&shade, value);
        let label = if tile.label.is_empty() { units.label(&tile.unit) } else { tile.label.clone() };
        let words = shade.words(value, chart.decimals);
        let frames = frames(chart, &shade, &tile.unit, numeric);
        let extra: &[(&str, &dyn super::svg::Value)] = &[("data-frames", &frames), ("tabindex", &"0")];
        let many = chart.frames.len() > 1 && !canvas.setting.standalone;
        canvas.unit(&tile.unit, &units.label(&tile.unit), &words, if many { extra } else { &extra[1..] });
        canvas.leaf(
            "rect",
            &[
                ("x", &(x + 1.0)),
                ("y", &(y + 1.0)),
                ("width", &(cell - 2.0)),
                ("height", &(cell - 2.0)),
                ("rx", &(cell * 0.04)),
                ("fill", &fill.as_str()),
            ],
        );
        if cell >= 26.0 {
            let number = if numeric { words.en.as_str() } else { "" };
            let shown = numeric && value.is_finite() && cell >= 40.0 && width::em(number) * 11.0 < cell - 4.0;
            let drop = if shown || (numeric && many) { -2.0 } else { 4.0 };
            let middle = x + cell / 2.0;
            title(canvas, &label, (middle, y + cell / 2.0 + drop), cell, ink);
            if shown || (numeric && many) {
                let number = if shown { number } else { "–" };
                canvas.word(
                    middle,
                    y + cell / 2.0 + 13.0,
                    Anchor::Middle,
                    "small value",
                    number,
                    &[("style", &format!("fill:{ink}"))],
                );
            }
        }
        canvas.close("g");
    }

    let x = (columns * cell + 24.0).min(WIDTH - LEGEND);
    let mut y = 2.0;
    if !last.label.is_empty() {
        canvas.word(x, y + 20.0, Anchor::Start, "frame", &last.label, &[("style", &"font-size:24px;font-weight:600")]);
        y += 36.0;
    }
    y += legend::heading(canvas, x, y, LEGEND - 8.0, &chart.label) + 4.0;
    y += match shade.classes() {
        Some(classes) => legend::column(canvas, x, y, LEGEND - 8.0, &classes),
        None => legend::ramp(canvas, x, y, LEGEND - 16.0, &shade, chart.decimals),
    };
    if chart.frames.iter().any(|f| tiles.iter().any(|t| !of(f, &t.unit).is_finite())) {
        let missing = (Text::new("No data", "无数据"), colour::EMPTY.to_owned());
        y += 8.0 + legend::column(canvas, x, y + 8.0, LEGEND - 8.0, &[missing]);
    }
    (rows * cell).max(y) + 4.0
}

/// The name in a tile: in one line, smaller where it must, in two lines where it has two words.
fn title(canvas: &mut Canvas, label: &Text, place: (f64, f64), cell: f64, ink: &str) {
    let languages = canvas.setting.languages.clone();
    let same = label.zh.is_empty() || label.zh == label.en;
    for &language in if same { &languages[..languages.len().min(1)] } else { &languages[..] } {
        let words = label.get(language);
        let class = if same || languages.len() < 2 { "name".to_owned() } else { format!("name {}", tag(language)) };
        let room = cell - 6.0;
        let size = (room / width::em(words).max(0.1)).min(SIZE);
        let small = format!("fill:{ink};font-size:{:.1}px", size.max(8.5));
        match words.split_once(' ') {
            Some((first, second)) if size < 9.5 => {
                let size = (room / width::em(first).max(width::em(second)).max(0.1)).clamp(8.5, 11.0);
                let style = format!("fill:{ink};font-size:{size:.1}px");
                for (i, part) in [first, second].into_iter().enumerate() {
                    let y = place.1 - 11.0 + 11.0 * i as f64;
                    canvas.word(place.0, y, Anchor::Middle, &class, &width::fit(part, room / size), &[("style", &style)]);
                }
            }
            _ => {
                let words = width::fit(words, room / size.max(8.5));
                canvas.word(place.0, place.1, Anchor::Middle, &class, &words, &[("style", &small)]);
            }
        }
    }
}

/// Tiles of the study; without any, the units with values in rows of eight.
fn places(chart: &Tiles, units: &Units) -> Vec<Tile> {
    if !units.tiles().is_empty() {
        return units.tiles().to_vec();
    }
    let mut ids: Vec<&String> = chart.frames.iter().flat_map(|f| f.values.iter().map(|v| &v.0)).collect();
    ids.sort_unstable();
    ids.dedup();
    let across = if ids.len() <= 64 { 8 } else { (ids.len() as f64).sqrt().ceil() as usize };
    ids.iter()
        .enumerate()
        .map(|(i, id)| Tile {
            unit: (*id).clone(),
            row: (i / across) as u32,
            column: (i % across) as u32,
            label: units.label(id),
        })
        .collect()
}

fn of(frame: &Frame, unit: &str) -> f64 {
    frame.values.iter().find(|v| v.0 == unit).map_or(f64::NAN, |v| v.1)
}

fn paint(shade: &Shade, value: f64) -> (String, &'static str) {
    match shade.colour(value) {
        Some(fill) => (fill.clone(), colour::ink(&fill)),
        None => (colour::EMPTY.to_owned(), "#77746f"),
    }
}

/// What the page's script needs to show another period: fill, ink, number, words.
fn frames(chart: &Tiles, shade: &Shade, unit: &str, numeric: bool) -> String {
    let frames: Vec<_> = chart
        .frames
        .iter()
        .map(|frame| {
            let value = of(frame, unit);
            let (fill, ink) = paint(shade, value);
            let words = shade.words(value, chart.decimals);
            let number = match (numeric, value.is_finite()) {
                (true, true) => words.en.clone(),
                (true, false) => "–".to_owned(),
                _ => String::new(),
            };
            [fill, ink.to_owned(), number, words.en, words.zh]
        })
        .collect();
    serde_json::to_string(&frames).unwrap_or_default()
}
