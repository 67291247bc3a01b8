//! Legends: named swatches and colour ramps.

use study::text::{Language, Text};

use super::{
    colour::Shade,
    svg::{Anchor, Canvas, SIZE},
};
use crate::{number, width};

/// Swatches with names in as many lines as needed from `(x, y)`; returns the height used.
pub fn row(canvas: &mut Canvas, x: f64, y: f64, limit: f64, items: &[(Text, String)], round: bool) -> f64 {
    if items.is_empty() {
        return 0.0;
    }
    canvas.each(|canvas, language| {
        let (mut at, mut line) = (x, 0.0);
        for (name, colour) in items {
            let name = width::fit(name.get(language), (limit - 24.0) / SIZE);
            let needed = 16.0 + width::em(&name) * SIZE + 16.0;
            if at > x && at + needed - 16.0 > x + limit {
                (at, line) = (x, line + 18.0);
            }
            swatch(canvas, at, y + line, colour, round);
            canvas.word(at + 16.0, y + line + 10.0, Anchor::Start, "", &name, &[]);
            at += needed;
        }
        line + 18.0
    })
}

/// Swatches one under another; returns the height used.
pub fn column(canvas: &mut Canvas, x: f64, y: f64, limit: f64, items: &[(Text, String)]) -> f64 {
    canvas.each(|canvas, language| {
        let mut line = 0.0;
        for (name, colour) in items {
            swatch(canvas, x, y + line, colour, false);
            for part in width::wrap(name.get(language), (limit - 18.0) / SIZE, 3) {
                canvas.word(x + 18.0, y + line + 10.0, Anchor::Start, "", &part, &[]);
                line += 15.0;
            }
            line += 5.0;
        }
        line
    })
}

/// A ramp from the smallest to the largest value; returns the height used.
pub fn ramp(canvas: &mut Canvas, x: f64, y: f64, length: f64, shade: &Shade, decimals: u8) -> f64 {
    let pieces = 40;
    let piece = length / f64::from(pieces);
    let middle = f64::midpoint(shade.low, shade.high);
    for i in 0..pieces {
        let value = shade.low + (shade.high - shade.low) * (f64::from(i) + 0.5) / f64::from(pieces);
        if let Some(fill) = shade.colour(value) {
            canvas.leaf(
                "rect",
                &[("x", &(x + f64::from(i) * piece)), ("y", &y), ("width", &(piece + 0.4)), ("height", &9.0), ("fill", &fill)],
            );
        }
    }
    let label = |v: f64| number::fixed(v, decimals.into());
    canvas.word(x, y + 22.0, Anchor::Start, "tick", &label(shade.low), &[]);
    canvas.word(x + length, y + 22.0, Anchor::End, "tick", &label(shade.high), &[]);
    if width::em(&label(middle)) * SIZE * 3.4 < length {
        canvas.word(x + length / 2.0, y + 22.0, Anchor::Middle, "tick", &label(middle), &[]);
    }
    28.0
}

/// The words over an axis or a legend, in at most two lines; returns the height used.
pub fn heading(canvas: &mut Canvas, x: f64, y: f64, limit: f64, text: &Text) -> f64 {
    canvas.each(|canvas, language: Language| {
        let words = text.get(language);
        if words.is_empty() {
            return 0.0;
        }
        let lines = width::wrap(words, limit / SIZE, 3);
        for (i, line) in lines.iter().enumerate() {
            canvas.word(x, y + 11.0 + 15.0 * i as f64, Anchor::Start, "soft", line, &[]);
        }
        lines.len() as f64 * 15.0 + 4.0
    })
}

fn swatch(canvas: &mut Canvas, x: f64, y: f64, colour: &str, round: bool) {
    if round {
        canvas.leaf("circle", &[("cx", &(x + 5.5)), ("cy", &(y + 5.8)), ("r", &4.5), ("fill", &colour)]);
    } else {
        canvas
            .leaf("rect", &[("x", &x), ("y", &(y + 0.5)), ("width", &11.0), ("height", &11.0), ("rx", &1.5), ("fill", &colour)]);
    }
}
