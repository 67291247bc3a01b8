//! From data to scores on sheets with live formulas: data, scale, normalised values, weights, scores.
//!
//! Row `k` of the data, of the normalised values and of the scores is the same row of every sheet, and so is the
//! column of an indicator. Rows run by period, then unit, so that those of a period lie together.

use std::{collections::BTreeSet, ops::Range};

use index::{Aggregation, Direction};

use super::View;
use crate::{
    derivation::{Content, Sheet},
    text::Text,
};

mod scale;
mod scores;
mod weights;

/// Names of the sheets.
const RAW: &str = "1_data";
const SCALE: &str = "2_scale";
const NORMALISED: &str = "3_normalised";
const LIFTED: &str = "3_lifted";
const WEIGHTS: &str = "4_weights";
const SCORES: &str = "5_scores";

/// First row below the notes, on every sheet.
const TOP: u32 = 8;

/// Most cells of a derivation: more than a reader would follow.
const MOST: usize = 100_000;

/// Where everything stands.
struct Plan<'a> {
    v: &'a View<'a>,
    /// Rows of the index, by period, then unit.
    rows: Vec<usize>,
    /// Places among `rows` of each period.
    periods: Vec<(i32, Range<usize>)>,
    /// Columns before the first indicator: the unit, and the period where there are periods.
    keys: u16,
    /// Number of the first row of data.
    first: u32,
    /// Sheet with the values that are aggregated.
    values: &'static str,
}

/// The sheets; a single one that says why where there are too many cells.
pub(super) fn sheets(v: &View<'_>) -> Vec<Sheet> {
    let rows = v.index.ranks.len();
    let lifted = lifted(v);
    let cells = rows * ((2 + usize::from(lifted)) * v.tree.leaves.len() + v.tree.nodes.len());
    if cells > MOST {
        let mut sheet = Sheet::new(SCORES, Text::new("From data to scores, step by step", "从数据到得分：逐步计算"));
        sheet.notes.push(Text::new(
            format!("{cells} cells would be needed; sheets with formulas are made for up to {MOST}. Restrict the periods or units of the step to have them."),
            format!("逐步计算需要 {cells} 个单元格，含公式的工作表最多容纳 {MOST} 个；缩小该步骤的时期或单元范围即可生成。"),
        ));
        return vec![sheet];
    }
    let plan = Plan::new(v, lifted);
    let mut out = vec![plan.data(), plan.scale(), plan.normalised()];
    if lifted {
        out.push(plan.lifted());
    }
    out.push(plan.weights());
    out.push(plan.scores());
    out
}

/// Whether a mean that zeros would swallow asks for values above 0.
fn lifted(v: &View<'_>) -> bool {
    let recipe = v.options.recipe();
    v.tree.nodes.iter().any(|n| match n.node.aggregation.unwrap_or(recipe.aggregation) {
        Aggregation::Geometric | Aggregation::Harmonic => true,
        Aggregation::Power => recipe.compensation.power <= 0.0,
        _ => false,
    })
}

impl<'a> Plan<'a> {
    fn new(v: &'a View<'a>, lifted: bool) -> Self {
        let mut rows: Vec<usize> = (0..v.index.ranks.len()).collect();
        rows.sort_by_key(|&i| v.period(i));
        let block = |p: &i32| {
            let start = rows.partition_point(|&i| v.period(i) < *p);
            (*p, start..rows.partition_point(|&i| v.period(i) <= *p))
        };
        let periods = v.periods.iter().map(block).collect();
        let sets = u32::try_from(v.index.weights.local.len()).unwrap_or(0);
        Self {
            v,
            periods,
            keys: 1 + u16::from(v.has_periods()),
            first: TOP + 3 + sets,
            values: if lifted { LIFTED } else { NORMALISED },
            rows,
        }
    }

    /// Row of the sheets of the `k`-th row of data.
    fn line(&self, k: usize) -> u32 {
        self.first + u32::try_from(k).unwrap_or(0)
    }

    fn lines(&self, places: &Range<usize>) -> Range<u32> {
        self.line(places.start)..self.line(places.end)
    }

    fn column(&self, indicator: usize) -> u16 {
        self.keys + u16::try_from(indicator).unwrap_or(0)
    }

    /// Row of the weights of a set, above the values they belong to.
    fn weight_line(&self, set: usize) -> u32 {
        TOP + 3 + u32::try_from(set).unwrap_or(0)
    }

    fn all(&self) -> Range<usize> {
        0..self.rows.len()
    }

    /// Places of the base period.
    fn base(&self) -> Range<usize> {
        let wanted = self.v.options.recipe().base.or_else(|| self.v.periods.first().copied());
        self.periods.iter().find(|(p, _)| Some(*p) == wanted).map_or(0..0, |(_, r)| r.clone())
    }

    /// A sheet with a row for every row of data, its keys written.
    fn sheet(&self, id: &str, title: Text, notes: Vec<Text>) -> Sheet {
        let mut sheet = Sheet::new(id, title);
        sheet.notes = notes;
        sheet.freeze = (self.first, self.keys);
        sheet.put(TOP, 0, Content::Head(Text::new("Unit", "单元")));
        if self.keys > 1 {
            sheet.put(TOP, 1, Content::Head(Text::new("Period", "时期")));
        }
        for (k, &i) in self.rows.iter().enumerate() {
            sheet.put(self.line(k), 0, Content::Unit(self.v.unit(i).to_owned()));
            if self.keys > 1 {
                sheet.put(self.line(k), 1, Content::Whole(i64::from(self.v.period(i))));
            }
        }
        sheet
    }

    /// Heads of the indicators: label, name, direction.
    fn heads(&self, sheet: &mut Sheet) {
        sheet.put(TOP + 1, 0, Content::Words(Text::new("name", "名称")));
        sheet.put(TOP + 2, 0, Content::Words(Text::new("direction", "方向")));
        for (j, leaf) in self.v.tree.leaves.iter().enumerate() {
            let direction = match leaf.direction {
                Direction::Positive => Text::new("more is better", "正向"),
                Direction::Negative => Text::new("less is better", "负向"),
                Direction::Middle(best) => Text::new(format!("best at {best}"), format!("以 {best} 为宜")),
                Direction::Interval(low, high) => {
                    Text::new(format!("best from {low} to {high}"), format!("以 {low}–{high} 为宜"))
                }
            };
            sheet.put(TOP, self.column(j), Content::Head(self.v.indicator(j)));
            sheet.put(TOP + 1, self.column(j), Content::Words(Text::plain(leaf.id.clone())));
            sheet.put(TOP + 2, self.column(j), Content::Words(direction));
        }
    }

    /// Words before the weights of each set.
    fn weight_heads(&self, sheet: &mut Sheet) {
        for (set, period) in self.v.index.weights.periods.iter().enumerate() {
            sheet.put(self.weight_line(set), 0, Content::Words(Text::new("weight", "权重")));
            if let Some(p) = period {
                sheet.put(self.weight_line(set), 1, Content::Whole(i64::from(*p)));
            }
        }
    }

    /// Indicators as they are normalised.
    fn data(&self) -> Sheet {
        let n = &self.v.index.normalised;
        let put_in: BTreeSet<(usize, usize)> =
            n.fills.iter().filter(|f| !f.value.is_nan()).map(|f| (f.row, f.indicator)).collect();
        let mut notes = vec![
            Text::new(
                "Sheets 1 to 5 lead from the data to the scores; formulas are live. Blue: given numbers. Black: formulas. Grey: numbers of the program without a formula, with the reason in a note.",
                "工作表 1 至 5 由数据逐步算到得分，公式可用。蓝色为给定数值，黑色为公式，灰色为程序给出、不含公式的数值，原因见说明。",
            ),
            Text::new(
                "The indicators in their own units, after the formulas of the framework.",
                "各指标的原单位数值（已按指标体系中的公式计算）。",
            ),
        ];
        if !put_in.is_empty() {
            notes.push(Text::new(
                "Grey cells were missing and have been filled; table `filled` lists them.",
                "灰色单元格原缺失，已填补，清单见 filled 表。",
            ));
        }
        if n.treated != n.raw {
            notes.push(Text::new(
                "Grey cells were outliers brought in, or belong to indicators transformed for their outliers; table `treatments` lists them.",
                "灰色单元格为离群值处理（缩尾或变换）后的数值，清单见离群值处理表。",
            ));
        }
        let mut sheet = self.sheet(RAW, Text::new("1 Data", "1 数据"), notes);
        self.heads(&mut sheet);
        sheet.put(TOP + 3, 0, Content::Words(Text::new("unit of measure", "计量单位")));
        for (j, leaf) in self.v.tree.leaves.iter().enumerate() {
            sheet.put(TOP + 3, self.column(j), Content::Words(super::words(&leaf.unit)));
            for (k, &i) in self.rows.iter().enumerate().filter(|(_, i)| !n.treated[j][**i].is_nan()) {
                let x = n.treated[j][i];
                let given = !put_in.contains(&(i, j)) && x == n.raw[j][i];
                sheet.put(self.line(k), self.column(j), if given { Content::Given(x) } else { Content::Fixed(x, 4) });
            }
        }
        sheet
    }
}
