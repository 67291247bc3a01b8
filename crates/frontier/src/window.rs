#![doc = include_str!("window.md")]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use numerics::moments;

use crate::{
    dea::{self, Returns, ScoreOptions},
    observations::{Distance, Observations, UNSOLVED},
    technology::{Columns, FrontierError, Missing, Orientation},
};

/// The method's page.
pub const PAGE: &str = include_str!("window.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("window.zh.md");

/// Options of [`window`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WindowOptions {
    /// Number of periods in a window, from 1 to that of the data.
    pub width: usize,
    /// Which side is moved to the frontier: `input` or `output`.
    pub orientation: Orientation,
    /// Returns to scale: `crs`, `vrs`, `nirs`, `ndrs` or `fdh`.
    pub returns: Returns,
    /// Observations with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

impl Default for WindowOptions {
    fn default() -> Self {
        Self { width: 3, orientation: Orientation::default(), returns: Returns::default(), missing: Missing::default() }
    }
}

/// The score of an observation in a window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Position of the window.
    pub window: usize,
    /// Row of the observation.
    pub row: usize,
    /// Farrell score θ or 1/φ against all observations of the window.
    pub distance: Distance,
}

/// The scores of a unit, or of an observation, over all windows that see it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Number of scores.
    pub count: usize,
    /// Their mean.
    pub mean: f64,
    /// Their variance (n − 1 in the denominator); `NaN` for a single score.
    pub variance: f64,
    /// Largest less smallest score.
    pub range: f64,
}

/// Result of [`window`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// First and last period of each window.
    pub windows: Vec<(i32, i32)>,
    /// Scores by window, then row.
    pub seen: Vec<Seen>,
    /// Each row over the windows that see it.
    pub rows: Vec<Spread>,
    /// Each unit over all its scores; its range is the LDP (largest difference over the whole period).
    pub units: Vec<Spread>,
    /// LDY of each unit: the largest range of one of its rows (largest difference in the same period).
    pub same_period: Vec<f64>,
}

/// Scores of every observation in each window of consecutive periods that has it.
///
/// # Errors
/// [`FrontierError`]: unusable data, all of it at once; a width of 0 or above the number of periods; a variable that is
/// zero throughout a window.
pub fn window(data: &Observations<'_>, options: &WindowOptions) -> Result<Window, FrontierError> {
    data.technology.check(options.missing, false)?;
    let n = data.technology.len();
    for found in [data.units.len(), data.periods.len()] {
        if found != n {
            return Err(FrontierError::Shape { role: crate::Role::Input, variable: 0, found, expected: n });
        }
    }
    let mut periods = data.periods.to_vec();
    periods.sort_unstable();
    periods.dedup();
    let width = options.width;
    if width == 0 || width > periods.len() {
        let why = format!("{width} periods, where the data have {}", periods.len());
        return Err(FrontierError::Options(vec![("width", why)]));
    }
    let scoring = ScoreOptions {
        orientation: options.orientation,
        returns: options.returns,
        missing: options.missing,
        ..ScoreOptions::default()
    };
    let (mut out, mut defects) = (Window::default(), Vec::new());
    for (w, span) in periods.windows(width).enumerate() {
        let (from, to) = (span[0], span[width - 1]);
        out.windows.push((from, to));
        let rows: Vec<usize> = (0..n).filter(|&r| (from..=to).contains(&data.periods[r])).collect();
        match dea::scores(&Columns::pick(&data.technology, &rows).technology(), &scoring) {
            Ok(s) => out.seen.extend(rows.iter().enumerate().map(|(i, &row)| {
                let distance = Distance { value: s.score[i], state: s.state[i], interval: (s.low[i], s.high[i]) };
                Seen { window: w, row, distance }
            })),
            // A window in which nothing was recorded; where such observations are left out, they all are.
            Err(FrontierError::Empty) if options.missing == Missing::Exclude => {
                out.seen.extend(rows.iter().map(|&row| Seen { window: w, row, distance: UNSOLVED }));
            }
            Err(FrontierError::Data(list)) => list.into_iter().for_each(|d| {
                if !defects.contains(&d) {
                    defects.push(d);
                }
            }),
            Err(e) => return Err(e),
        }
    }
    if !defects.is_empty() {
        return Err(FrontierError::Data(defects));
    }
    if !data.technology.complete().contains(&true) {
        return Err(FrontierError::Empty);
    }
    out.summarise(data.units, n);
    Ok(out)
}

impl Window {
    fn summarise(&mut self, units: &[usize], rows: usize) {
        let count = units.iter().max().map_or(0, |u| u + 1);
        let (mut of_row, mut of_unit) = (vec![Vec::new(); rows], vec![Vec::new(); count]);
        for s in self.seen.iter().filter(|s| s.distance.value.is_finite()) {
            of_row[s.row].push(s.distance.value);
            of_unit[units[s.row]].push(s.distance.value);
        }
        self.rows = of_row.iter().map(|v| Spread::of(v)).collect();
        self.units = of_unit.iter().map(|v| Spread::of(v)).collect();
        self.same_period = vec![f64::NAN; count];
        for (row, spread) in self.rows.iter().enumerate().filter(|(_, s)| s.count > 0) {
            let largest = &mut self.same_period[units[row]];
            *largest = largest.max(spread.range);
        }
    }
}

impl Spread {
    fn of(values: &[f64]) -> Self {
        let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &x| (l.min(x), h.max(x)));
        let some = !values.is_empty();
        Self {
            count: values.len(),
            mean: if some { moments::mean(values) } else { f64::NAN },
            variance: if values.len() > 1 { moments::variance(values, 1) } else { f64::NAN },
            range: if some { high - low } else { f64::NAN },
        }
    }
}

#[cfg(test)]
#[path = "window_tests.rs"]
mod tests;
