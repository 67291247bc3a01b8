//! Scorecards as tables: what would raise a score most per step, beside the obstacle degree.

use index::assessment::{Line, Step};

use super::{
    View,
    tables::{keyed, points, unit_of, when},
};
use crate::{
    table::{Cells, Table},
    text::Text,
};

/// A line of a scorecard with its group, row and place on the card.
type Placed<'a> = (usize, usize, usize, &'a Line);

pub(super) fn tables(v: &View<'_>, latest: &[(usize, usize)]) -> Vec<Table> {
    let mut all: Vec<Placed<'_>> = Vec::new();
    for &(g, i) in latest {
        let lines = v.assessed[g].cards.iter().filter(|c| c.row == i).flat_map(|c| c.lines.iter().enumerate());
        all.extend(lines.map(|(k, line)| (g, i, k, line)));
    }
    let first: Vec<Placed<'_>> = all.iter().copied().filter(|l| l.2 < v.options.top && !l.3.gain.is_nan()).collect();
    let (en, zh) = when(v);
    let title = Text::new(format!("What would raise each score most{en}"), format!("{zh}各单元最有效的改进方向"));
    let whole = Text::new(format!("Scorecards{en}"), format!("{zh}记分卡"));
    vec![card(v, "scorecard", title, &first), card(v, "scorecards", whole, &all).hidden()]
}

fn source(line: &Line) -> Text {
    match line.source {
        Step::Yearly(n) => Text::new(format!("{n} yearly improvements"), format!("{n} 次年度改进")),
        Step::Spread => Text::new("quarter of the interquartile range", "四分位距的四分之一"),
        Step::None => Text::new("no step: peers do not differ, or there is no scale", "无步长：组内无差异或无尺度"),
    }
}

fn card(v: &View<'_>, id: &str, title: Text, lines: &[Placed<'_>]) -> Table {
    let none = Text::default;
    let keys: Vec<(usize, usize)> = lines.iter().map(|l| (l.0, l.1)).collect();
    let number = |of: &dyn Fn(&Line) -> f64, d| Cells::Number(lines.iter().map(|l| of(l.3)).collect(), d);
    let text = |of: &dyn Fn(&Line) -> Text| Cells::Text(lines.iter().map(|l| of(l.3)).collect());
    let end = |l: &Line| if l.cut { Text::new("cut at the goalpost", "止于端点") } else { Text::plain("–") };
    keyed(v, id, title, &keys)
        .note(Text::new(
            "Gain: rise of the score when this indicator alone takes one step, at most to the goalpost, all scales and weights held and the index aggregated anew. A step is the median of the positive yearly changes among the peers (a quarter of their interquartile range where none was seen); it is a size that occurs, not a cost. Value, median, best, gap and step in the unit of the indicator (the step after treatment of outliers).",
            "增益：尺度与权重不变、仅该指标前进一步（至多到端点）并重新聚合时得分的上升。一步为组内正的年度变化的中位数（未见改进时取组内四分位距的四分之一）；它是现实中出现过的幅度，不是成本。指标值、中位数、最优值、差距与步长采用指标自身单位（步长为异常值处理之后的尺度）。",
        ))
        .column("place", Text::new("Place", "次序"), none(), Cells::Integer(lines.iter().map(|l| i64::try_from(l.2 + 1).ok()).collect()))
        .column("indicator", Text::new("Indicator", "指标"), none(), text(&|l| v.indicator(l.indicator)))
        .column("measure", Text::new("Unit of measure", "单位"), none(), text(&|l| unit_of(v, l.indicator)))
        .column("value", Text::new("Value", "指标值"), none(), number(&|l| l.value, 3))
        .column("median", Text::new("Median of peers", "组内中位数"), none(), number(&|l| l.median, 3))
        .column("best", Text::new("Best of peers", "组内最优"), none(), number(&|l| l.best, 3))
        .column("gap", Text::new("Gap to the best", "与最优差距"), none(), number(&|l| l.gap, 3))
        .column("weight", Text::new("Weight", "权重"), none(), number(&|l| l.weight, 3))
        .column("step", Text::new("Step", "一步"), none(), number(&|l| l.step, 3))
        .column("step_from", Text::new("Step taken from", "步长依据"), none(), text(&source))
        .column("end", Text::new("End of the scale", "端点"), none(), text(&end))
        .column("gain", Text::new("Gain", "增益"), points(), number(&|l| 100.0 * l.gain, 2))
        .column("degree", Text::new("Obstacle degree", "障碍度"), Text::plain("%"), number(&|l| l.degree, 1))
}
