//! Figures as values: what is shown, not how it is drawn. Every mark that stands for a unit carries
//! the unit's identifier, so that pointing at it can light the unit up in every figure.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// A figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Name within its step, e.g. `ranking`.
    pub id: String,
    /// What the figure shows, as a heading.
    pub title: Text,
    /// How to read it; may be empty.
    pub note: Text,
    /// The content.
    pub chart: Chart,
}

/// The content of a figure, by form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Chart {
    /// Values by unit on the study's tile grid, one frame per period.
    Tiles(Tiles),
    /// Units in order of a score, with an interval each.
    Ranking(Ranking),
    /// A matrix of values: rows (often units) by columns (dimensions, indicators, periods).
    Heatmap(Heatmap),
    /// Series over periods.
    Lines(Lines),
    /// Parts that add up, by category (often periods); parts may be negative.
    Stack(Stack),
    /// Points in the plane.
    Scatter(Scatter),
    /// One bar per item.
    Bars(Bars),
    /// Curves over a continuous axis.
    Curves(Curves),
    /// A tree with the share of every part, its leaves one under another.
    Tree(Tree),
    /// Values of a few units on several axes, one small radar each.
    Radar(Radar),
    /// Places of units at two ends, joined by lines.
    Slope(Slope),
}

/// How values become colours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Scale {
    /// Light to dark between the smallest and largest value over all frames.
    Sequential,
    /// Two hues around a middle value.
    Diverging {
        /// The neutral value.
        middle: f64,
    },
    /// Whole numbers 0, 1, 2 … are classes with these names; order matters where `ordered`.
    Classes {
        /// Name of each class.
        names: Vec<Text>,
        /// Whether the classes run from low to high (sequential hues) or are merely different.
        ordered: bool,
    },
    /// The four LISA classes and "not significant": 0 none, 1 high-high, 2 low-low, 3 low-high, 4 high-low.
    Lisa,
}

/// See [`Chart::Tiles`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tiles {
    /// What the colour means, e.g. "score (0-100)".
    pub label: Text,
    /// Decimals to show.
    pub decimals: u8,
    /// Colour scale, common to all frames.
    pub scale: Scale,
    /// One frame per period, in order; the last is shown first.
    pub frames: Vec<Frame>,
}

/// One period of [`Tiles`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Period, as shown.
    pub label: String,
    /// Units and their values; a unit that is absent or `NaN` is drawn empty.
    pub values: Vec<(String, f64)>,
}

/// See [`Chart::Ranking`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// What the axis measures.
    pub label: Text,
    /// Decimals to show.
    pub decimals: u8,
    /// What the interval is, e.g. "5th to 95th percentile of 96 alternatives"; empty when none is given.
    pub interval: Text,
    /// Best first.
    pub rows: Vec<RankingRow>,
}

/// One unit of a [`Ranking`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankingRow {
    /// Unit.
    pub unit: String,
    /// Score.
    pub value: f64,
    /// Interval of the score; `NaN` when there is none.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Rank band, best and worst; equal to the rank where there is no interval.
    pub ranks: (usize, usize),
}

/// See [`Chart::Heatmap`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heatmap {
    /// What the colour means.
    pub label: Text,
    /// Decimals to show.
    pub decimals: u8,
    /// Colour scale.
    pub scale: Scale,
    /// Row names: unit identifiers where `rows_are_units`.
    pub rows: Vec<Text>,
    /// Whether `rows[i].en` is a unit identifier.
    pub rows_are_units: bool,
    /// Column names.
    pub columns: Vec<Text>,
    /// `values[row][column]`; `NaN` is drawn empty.
    pub values: Vec<Vec<f64>>,
}

impl Heatmap {
    /// Correlations of each with each, to two decimals about zero.
    pub(crate) fn correlations(label: Text, names: Vec<Text>, values: Vec<Vec<f64>>) -> Self {
        let scale = Scale::Diverging { middle: 0.0 };
        Self { label, decimals: 2, scale, rows: names.clone(), rows_are_units: false, columns: names, values }
    }
}

/// One line of [`Lines`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Name, e.g. a region; a unit identifier where `unit`.
    pub name: Text,
    /// Whether `name.en` is a unit identifier (drawn thin, lights up).
    pub unit: bool,
    /// One value per period of the figure; `NaN` breaks the line.
    pub values: Vec<f64>,
    /// Lower and upper end per period; empty when there is no band.
    pub band: Vec<(f64, f64)>,
}

/// See [`Chart::Lines`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lines {
    /// What the vertical axis measures, with its unit.
    pub label: Text,
    /// Decimals to show.
    pub decimals: u8,
    /// Periods along the horizontal axis.
    pub periods: Vec<i32>,
    /// The lines.
    pub series: Vec<Series>,
    /// A reference line, e.g. 1 for an index or 0 for growth.
    pub reference: Option<f64>,
}

/// See [`Chart::Stack`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stack {
    /// What the parts measure, with the unit.
    pub label: Text,
    /// Decimals to show.
    pub decimals: u8,
    /// Categories along the axis (periods, units).
    pub categories: Vec<Text>,
    /// Whether `categories[i].en` is a unit identifier.
    pub categories_are_units: bool,
    /// Part names with one value per category.
    pub parts: Vec<(Text, Vec<f64>)>,
    /// The total per category, drawn as a mark; empty when it is not shown.
    pub total: Vec<f64>,
}

/// One point of [`Scatter`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Unit identifier.
    pub unit: String,
    /// Horizontal.
    pub x: f64,
    /// Vertical.
    pub y: f64,
    /// Index into `classes`.
    pub class: usize,
}

/// See [`Chart::Scatter`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scatter {
    /// Horizontal axis.
    pub x: Text,
    /// Vertical axis.
    pub y: Text,
    /// Decimals to show.
    pub decimals: u8,
    /// Names of the classes of points; one empty name when there is a single class.
    pub classes: Vec<Text>,
    /// The points.
    pub points: Vec<Point>,
    /// A fitted line `(intercept, slope)` and its name.
    pub line: Option<(f64, f64, Text)>,
    /// Whether to draw the axes through the origin (Moran scatter).
    pub cross: bool,
}

/// See [`Chart::Bars`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bars {
    /// What the bars measure, with the unit.
    pub label: Text,
    /// Decimals to show.
    pub decimals: u8,
    /// Names and values, in drawing order.
    pub items: Vec<(Text, f64)>,
    /// Whether the names (`en`) are unit identifiers.
    pub items_are_units: bool,
}

/// See [`Chart::Curves`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curves {
    /// Horizontal axis, with its unit.
    pub x: Text,
    /// Vertical axis.
    pub y: Text,
    /// Places along the horizontal axis, ascending.
    pub grid: Vec<f64>,
    /// Names and heights over the grid, in order: light to dark (often periods); `NaN` breaks a curve.
    pub curves: Vec<(Text, Vec<f64>)>,
}

/// See [`Chart::Tree`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    /// What the shares measure, with the unit.
    pub label: Text,
    /// Decimals to show.
    pub decimals: u8,
    /// The whole first, every part after what it belongs to, depth first.
    pub parts: Vec<Part>,
}

/// One part of a [`Tree`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Name.
    pub name: Text,
    /// What it belongs to, by its place among the parts; `None` for the whole.
    pub parent: Option<usize>,
    /// Share in the whole.
    pub share: f64,
}

/// See [`Chart::Radar`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Radar {
    /// What the axes measure, with the unit.
    pub label: Text,
    /// Decimals to show.
    pub decimals: u8,
    /// Names of the axes, at least three.
    pub axes: Vec<Text>,
    /// What every profile is held against, such as the median of all units, and its values.
    pub reference: (Text, Vec<f64>),
    /// The profiles, in order.
    pub profiles: Vec<Profile>,
}

/// One unit of a [`Radar`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Unit.
    pub unit: String,
    /// What is said under its name, e.g. its rank.
    pub caption: Text,
    /// One value per axis; `NaN` where there is none.
    pub values: Vec<f64>,
}

/// See [`Chart::Slope`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slope {
    /// What stands at the left end, e.g. a period or a method.
    pub from: Text,
    /// What stands at the right end.
    pub to: Text,
    /// When a line is drawn thick; empty where all are alike.
    pub clear: Text,
    /// The units that have a place at both ends.
    pub rows: Vec<SlopeRow>,
}

/// One unit of a [`Slope`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlopeRow {
    /// Unit.
    pub unit: String,
    /// Place at the left end, 1 the best.
    pub from: usize,
    /// Place at the right end.
    pub to: usize,
    /// Whether the change is more than uncertainty.
    pub clear: bool,
}

/// Which of so many periods a figure shows where it has room for `most`: evenly spaced up to the last, and the first.
pub(crate) fn spaced(all: usize, most: usize) -> Vec<usize> {
    let step = all.saturating_sub(1).div_ceil(most.saturating_sub(1).max(1)).max(1);
    let mut shown: Vec<usize> = (0..all).rev().step_by(step).collect();
    if shown.last().is_some_and(|&i| i > 0) {
        shown.push(0);
    }
    shown.reverse();
    shown
}

#[cfg(test)]
mod tests {
    use super::spaced;

    #[test]
    fn periods_shown_are_evenly_spaced_with_both_ends() {
        assert_eq!(spaced(0, 6), [0; 0]);
        assert_eq!(spaced(1, 6), [0]);
        assert_eq!(spaced(5, 6), [0, 1, 2, 3, 4]);
        assert_eq!(spaced(21, 6), [0, 4, 8, 12, 16, 20]);
        assert_eq!(spaced(21, 12), [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
        assert_eq!(spaced(10, 6), [0, 1, 3, 5, 7, 9]);
        assert!((2..80).all(|n| (2..20).all(|most| spaced(n, most).len() <= most)));
    }
}
