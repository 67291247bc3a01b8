//! What index numbers look like.

use tfp::index_numbers::{Model, Series};

use super::{
    story::{Story, zh},
    words,
};
use crate::{
    figure::{Chart, Figure, Lines, Series as Line},
    text::Text,
};

impl Story<'_> {
    pub(super) fn figures(&self) -> Vec<Figure> {
        let periods = &self.main.periods;
        let line = |name: Text, s: &Series| {
            let at = |p: &i32| s.periods.binary_search(p).map_or(f64::NAN, |t| s.index[t]);
            Line { name, unit: false, values: periods.iter().map(at).collect(), band: Vec::new() }
        };
        let figure = |id: &str, title: Text, note: Text, series: Vec<Line>| Figure {
            id: id.into(),
            title,
            note,
            chart: Chart::Lines(Lines {
                label: Text::new("index", "指数"),
                decimals: 2,
                periods: periods.clone(),
                series,
                reference: Some(1.0),
            }),
        };
        let gaps = Text::new("A break in a line is a period without an index.", "线段中断处没有指数。");
        let mut main = vec![line(self.name(), &self.main)];
        main.extend(self.compared.iter().map(|(f, s)| line(words::formula(*f), s)));
        let name = self.name();
        let title = Text::new(format!("The index: {}", name.en), format!("指数：{}", zh(&name)));
        let mut out = vec![figure("index", title, gaps.clone(), main)];
        if self.models.len() > 1 && self.options.model != Model::PeriodOnPeriod {
            let series = self.models.iter().map(|(m, s)| line(words::model(*m), s)).collect();
            let title = Text::new("How much the model matters", "模型选择的影响");
            out.push(figure("models", title, gaps.clone(), series));
        }
        if !self.groups.is_empty() {
            let mut series = vec![line(Text::new("all products", "全部产品"), &self.main)];
            series.extend(self.groups.iter().filter_map(|(n, s)| Some(line(Text::plain(n.clone()), s.as_ref()?))));
            out.push(figure("groups", Text::new("The index by group of products", "分组指数"), gaps, series));
        }
        out
    }
}
