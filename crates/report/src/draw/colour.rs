//! Colours: groups in a fixed order that colour-blind readers can tell apart, one hue from light to
//! dark for amounts, orange to blue around a middle.

use study::{figure::Scale, text::Text};

use crate::number;

/// Groups, in order (after Okabe and Ito, darkened for text).
pub const GROUPS: [&str; 8] = ["#0f5499", "#d55e00", "#00866a", "#b0508d", "#c28500", "#4aa3d8", "#6a6a6a", "#8c564b"];

/// An empty cell.
pub const EMPTY: &str = "#f3f2ef";

const SEQUENTIAL: [&str; 5] = ["#e9f0f6", "#bdd5e8", "#7fafd3", "#3a7db6", "#0b4376"];
const DIVERGING: [&str; 7] = ["#b34a06", "#e08b4a", "#f6cfa8", "#f7f6f3", "#b9d2e6", "#5f9aca", "#12518e"];
const LISA: [&str; 5] = ["#e9e7e2", "#c4560f", "#1f5f9e", "#9cc0df", "#f2b27c"];

/// Colour of a group.
pub fn group(index: usize) -> &'static str {
    GROUPS[index % GROUPS.len()]
}

/// A scale made ready for the values of one figure.
#[derive(Clone, Debug)]
pub struct Shade {
    scale: Scale,
    /// Smallest value.
    pub low: f64,
    /// Largest value.
    pub high: f64,
}

impl Shade {
    /// For these values; those that are not finite do not count.
    pub fn new(scale: &Scale, values: impl IntoIterator<Item = f64>) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for v in values.into_iter().filter(|v| v.is_finite()) {
            low = low.min(v);
            high = high.max(v);
        }
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        if let Scale::Diverging { middle } = scale
            && middle.is_finite()
        {
            let reach = (high - middle).abs().max((middle - low).abs());
            (low, high) = (middle - reach, middle + reach);
        }
        Self { scale: scale.clone(), low, high }
    }

    /// Colour of a value; `None` for a missing one.
    pub fn colour(&self, value: f64) -> Option<String> {
        if !value.is_finite() {
            return None;
        }
        let share = if self.high > self.low { ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0) } else { 0.5 };
        Some(match &self.scale {
            Scale::Sequential => ramp(&SEQUENTIAL, share),
            Scale::Diverging { .. } => ramp(&DIVERGING, share),
            Scale::Classes { names, ordered } => class(value, names.len(), *ordered),
            Scale::Lisa => LISA[(value.max(0.0) as usize).min(4)].to_owned(),
        })
    }

    /// Classes with their colours; `None` for a continuous scale.
    pub fn classes(&self) -> Option<Vec<(Text, String)>> {
        match &self.scale {
            Scale::Classes { names, ordered } => {
                Some(names.iter().enumerate().map(|(i, n)| (n.clone(), class(i as f64, names.len(), *ordered))).collect())
            }
            Scale::Lisa => Some([1, 2, 3, 4, 0].iter().map(|&i: &usize| (lisa(i), LISA[i].to_owned())).collect()),
            _ => None,
        }
    }

    /// A value in words.
    pub fn words(&self, value: f64, decimals: u8) -> Text {
        if !value.is_finite() {
            return Text::new("no data", "无数据");
        }
        match &self.scale {
            Scale::Classes { names, .. } => {
                names.get(value.max(0.0) as usize).cloned().unwrap_or_else(|| Text::plain(number::fixed(value, 0)))
            }
            Scale::Lisa => lisa(value.max(0.0) as usize),
            _ => Text::plain(number::fixed(value, decimals.into())),
        }
    }
}

fn lisa(class: usize) -> Text {
    match class {
        1 => Text::new("High-high", "高—高"),
        2 => Text::new("Low-low", "低—低"),
        3 => Text::new("Low-high", "低—高"),
        4 => Text::new("High-low", "高—低"),
        _ => Text::new("Not significant", "不显著"),
    }
}

fn class(value: f64, count: usize, ordered: bool) -> String {
    let index = value.max(0.0) as usize;
    if ordered {
        let last = count.saturating_sub(1).max(1);
        ramp(&SEQUENTIAL, index.min(last) as f64 / last as f64)
    } else {
        group(index).to_owned()
    }
}

fn ramp(stops: &[&str], share: f64) -> String {
    let place = share.clamp(0.0, 1.0) * (stops.len() - 1) as f64;
    let i = (place as usize).min(stops.len() - 2);
    let (a, b, t) = (channels(stops[i]), channels(stops[i + 1]), place - i as f64);
    let mix = |k: usize| (a[k] + (b[k] - a[k]) * t).round() as u8;
    format!("#{:02x}{:02x}{:02x}", mix(0), mix(1), mix(2))
}

fn channels(hex: &str) -> [f64; 3] {
    let part = |i: usize| hex.get(i..i + 2).and_then(|s| u8::from_str_radix(s, 16).ok()).map_or(0.0, f64::from);
    [part(1), part(3), part(5)]
}

/// Ink that reads on the colour.
pub fn ink(colour: &str) -> &'static str {
    let linear = |v: f64| if v <= 10.0 { v / 3294.6 } else { ((v / 255.0 + 0.055) / 1.055).powf(2.4) };
    let [r, g, b] = channels(colour).map(linear);
    if 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.2 { "#1c1c1c" } else { "#ffffff" }
}
