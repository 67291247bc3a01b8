//! Curves over a continuous axis, light to dark in their order.

use study::{
    figure::{Curves, Scale},
    text::Text,
};

use super::{
    axis::Axis,
    colour::Shade,
    legend, lines, nothing,
    svg::{Anchor, Canvas, WIDTH},
};
use crate::width;

const PLOT: f64 = 320.0;
/// Where the ramp starts: lighter lines do not show on white.
const FAINT: f64 = 0.35;

pub fn draw(canvas: &mut Canvas, chart: &Curves) -> f64 {
    let heights = || chart.curves.iter().flat_map(|c| c.1.iter().copied());
    if chart.grid.len() < 2 || !heights().any(f64::is_finite) {
        return nothing(canvas);
    }
    let shade = Shade::new(&Scale::Sequential, [0.0, 1.0]);
    let last = chart.curves.len().saturating_sub(1).max(1) as f64;
    let share = |i: usize| if chart.curves.len() == 1 { 1.0 } else { FAINT + (1.0 - FAINT) * i as f64 / last };
    let colours: Vec<String> = (0..chart.curves.len()).map(|i| shade.colour(share(i)).unwrap_or_default()).collect();
    let named: Vec<(Text, String)> = chart
        .curves
        .iter()
        .zip(&colours)
        .filter(|(c, _)| !c.0.is_empty())
        .map(|(c, colour)| (c.0.clone(), colour.clone()))
        .collect();
    let mut top = legend::row(canvas, 0.0, 0.0, WIDTH, &named, false) + 6.0;
    top += legend::heading(canvas, 0.0, top, WIDTH, &chart.y) + 6.0;
    let y = Axis::new(heights().chain([0.0]), top + PLOT, top);
    let left = y.ticks().iter().map(|t| width::em(&t.1) * 11.0).fold(16.0, f64::max) + 8.0;
    let x = Axis::tight(chart.grid.iter().copied(), left, WIDTH - 12.0);
    for (value, label) in y.ticks() {
        canvas.line(left, y.at(value), WIDTH - 12.0, y.at(value), "grid");
        canvas.word(left - 6.0, y.at(value) + 4.0, Anchor::End, "tick", &label, &[]);
    }
    canvas.line(left, y.at(0.0), WIDTH - 12.0, y.at(0.0), "base");
    for (value, label) in x.ticks() {
        canvas.line(x.at(value), top + PLOT, x.at(value), top + PLOT + 4.0, "base");
        canvas.word(x.at(value), top + PLOT + 17.0, Anchor::Middle, "tick", &label, &[]);
    }
    for ((name, values), colour) in chart.curves.iter().zip(&colours) {
        canvas.mark(name);
        let at = |(g, v): (&f64, &f64)| v.is_finite().then(|| (x.at(*g), y.at(*v)));
        let points: Vec<Option<(f64, f64)>> = chart.grid.iter().zip(values).map(at).collect();
        let runs: Vec<Vec<(f64, f64)>> =
            points.split(Option::is_none).map(|run| run.iter().flatten().copied().collect()).collect();
        lines::path(canvas, &runs, colour, 2.2);
        canvas.close("g");
    }
    top + PLOT + 28.0 + legend::heading(canvas, left, top + PLOT + 26.0, WIDTH - left, &chart.x)
}
