//! Tables of what was done to the data before they were normalised: availability, outliers.

use index::Transform;

use super::View;
use crate::{
    table::{Cells, Table},
    text::Text,
};

pub(super) fn tables(v: &View<'_>) -> Vec<Table> {
    let mut out = Vec::new();
    if !v.index.normalised.availability.is_empty() {
        out.push(availability(v));
    }
    if !v.index.normalised.treatments.is_empty() {
        out.push(treatments(v));
    }
    out
}

fn availability(v: &View<'_>) -> Table {
    let found = &v.index.normalised.availability;
    let number = |f: &dyn Fn(usize) -> f64| Cells::Number((0..found.len()).map(f).collect(), 1);
    let count = |f: &dyn Fn(usize) -> usize| Cells::Integer((0..found.len()).map(|i| i64::try_from(f(i)).ok()).collect());
    let kept = |k: bool| if k { Text::new("kept", "保留") } else { Text::new("left out", "剔除") };
    let percent = || Text::plain("%");
    Table::new("availability", Text::new("Availability of data by unit", "各单元的数据可得性"))
        .hidden()
        .column("unit", Text::new("Unit", "单元"), Text::default(), Cells::Unit(found.iter().map(|a| a.unit.clone()).collect()))
        .column("missing", Text::new("Missing cells", "缺失单元格"), Text::default(), count(&|i| found[i].missing))
        .column("zero", Text::new("Cells of 0", "零值单元格"), Text::default(), count(&|i| found[i].zero))
        .column("present", Text::new("Present", "有值占比"), percent(), number(&|i| 100.0 * found[i].present))
        .column("nonzero", Text::new("Not 0", "非零占比"), percent(), number(&|i| 100.0 * found[i].nonzero))
        .column(
            "screened",
            Text::new("Screen", "筛选"),
            Text::default(),
            Cells::Text(found.iter().map(|a| kept(a.kept)).collect()),
        )
}

fn transform(t: Transform) -> Text {
    match t {
        Transform::None => Text::plain("–"),
        Transform::Log | Transform::LogEither => Text::new("logarithm", "对数"),
        Transform::Gii => Text::new("logarithm (GII)", "对数（GII）"),
        Transform::BoxCox => Text::new("Box-Cox", "Box-Cox"),
    }
}

fn treatments(v: &View<'_>) -> Table {
    let found = &v.index.normalised.treatments;
    let number = |f: &dyn Fn(usize) -> f64, d| Cells::Number((0..found.len()).map(f).collect(), d);
    let text = |f: &dyn Fn(usize) -> Text| Cells::Text((0..found.len()).map(f).collect());
    let cells = |i: usize| {
        let names = |zh: bool| {
            let cells: Vec<String> = found[i]
                .winsorised
                .iter()
                .map(|&(row, _)| {
                    let label = v.unit_label(row);
                    let name = if zh { label.zh } else { label.en };
                    if v.has_periods() { format!("{name} {}", v.period(row)) } else { name }
                })
                .collect();
            cells.join(if zh { "、" } else { ", " })
        };
        Text::new(names(false), names(true))
    };
    let mut t = Table::new("treatments", Text::new("Outliers and what was done to them", "离群值及其处理"))
        .note(Text::new(
            "Skewness and excess kurtosis with the small-sample corrections of spreadsheets. A transformed indicator is no longer in its unit of measure.",
            "偏度与超额峰度采用小样本修正（与电子表格软件一致）。变换后的指标不再使用原计量单位。",
        ))
        .column("indicator", Text::new("Indicator", "指标"), Text::default(), text(&|i| v.indicator(found[i].indicator)));
    if found.iter().any(|f| f.period.is_some()) {
        let periods = Cells::Integer(found.iter().map(|f| f.period.map(i64::from)).collect());
        t = t.column("period", Text::new("Period", "时期"), Text::default(), periods);
    }
    t.column("skewness_before", Text::new("Skewness before", "处理前偏度"), Text::default(), number(&|i| found[i].before.0, 2))
        .column("kurtosis_before", Text::new("Kurtosis before", "处理前峰度"), Text::default(), number(&|i| found[i].before.1, 2))
        .column("cells", Text::new("Cells brought in", "缩尾单元格"), Text::default(), text(&cells))
        .column("transform", Text::new("Transformation", "变换"), Text::default(), text(&|i| transform(found[i].transform)))
        .column("lambda", Text::new("Exponent (Box-Cox)", "Box-Cox 指数"), Text::default(), number(&|i| found[i].lambda, 2))
        .column("skewness_after", Text::new("Skewness after", "处理后偏度"), Text::default(), number(&|i| found[i].after.0, 2))
        .column("kurtosis_after", Text::new("Kurtosis after", "处理后峰度"), Text::default(), number(&|i| found[i].after.1, 2))
}
