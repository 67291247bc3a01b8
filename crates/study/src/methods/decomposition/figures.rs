//! What a decomposition looks like.

use tfp::decomposition::{Change, Parts, Status};

use super::{
    View,
    tables::{parts, variant},
};
use crate::{
    figure::{Chart, Figure, Lines, Series, Stack},
    text::Text,
};

impl View<'_> {
    pub(super) fn figures(&self) -> Vec<Figure> {
        let mut figures = Vec::new();
        let variants = self.variants();
        if let Some(whole) = self.result.changes.last() {
            let bars: Vec<(Text, &Change, Parts)> = whole
                .parts
                .iter()
                .filter(|p| variants.contains(&p.variant) && p.status != Status::NoSurvivors)
                .map(|p| (variant(p.variant), whole, *p))
                .collect();
            let note = Text::new(
                format!(
                    "{} to {}. The mark is the change of aggregate productivity; the parts of each variant add up to it.",
                    whole.from, whole.to
                ),
                format!("{}—{} 年。标记为总量生产率的变化，各变体的各项之和与之相等。", whole.from, whole.to),
            );
            figures.extend(self.stack(
                "waterfall",
                Text::new("What aggregate productivity is made of, by variant", "各变体下总量生产率变化的构成"),
                note,
                &bars,
            ));
        }
        let main = self.main();
        let steps = match self.result.changes.len() {
            n if n > 1 => &self.result.changes[..n - 1],
            _ => &[],
        };
        let bars: Vec<(Text, &Change, Parts)> = steps
            .iter()
            .filter_map(|c| c.parts.iter().find(|p| p.variant == main && p.status != Status::NoSurvivors).map(|p| (c, *p)))
            .map(|(c, p)| (Text::plain(format!("{}–{}", c.from, c.to)), c, p))
            .collect();
        let name = variant(main).en;
        let title = Text::new(format!("Contributions by period ({name})"), format!("分时期贡献（{name}）"));
        figures.extend(self.stack("contributions", title, Text::default(), &bars));
        if self.result.levels.len() > 1 {
            let line = |name: Text, values: Vec<f64>| Series { name, unit: false, values, band: Vec::new() };
            let l = &self.result.levels;
            figures.push(Figure {
                id: "levels".into(),
                title: Text::new("Aggregate and unweighted mean", "总量与未加权均值"),
                note: Text::new("The gap is the covariance of share and productivity.", "两线之差即份额与生产率的协方差。"),
                chart: Chart::Lines(Lines {
                    label: self.axis(),
                    decimals: 3,
                    periods: l.iter().map(|c| c.period).collect(),
                    series: vec![
                        line(Text::new("aggregate", "总量"), l.iter().map(|c| c.aggregate).collect()),
                        line(Text::new("unweighted mean", "未加权均值"), l.iter().map(|c| c.mean).collect()),
                    ],
                    reference: None,
                }),
            });
        }
        figures
    }

    fn axis(&self) -> Text {
        let unit = self.unit();
        if unit.is_empty() {
            Text::new("productivity", "生产率")
        } else {
            Text::new(format!("productivity, {}", unit.en), format!("生产率（{}）", unit.en))
        }
    }

    fn stack(&self, id: &str, title: Text, note: Text, bars: &[(Text, &Change, Parts)]) -> Option<Figure> {
        let (_, _, first) = bars.first()?;
        let values = |k: usize| bars.iter().map(|b| parts(&b.2)[k].2).collect::<Vec<f64>>();
        let named: Vec<(Text, Vec<f64>)> = parts(first)
            .into_iter()
            .enumerate()
            .map(|(k, (_, label, _))| (label, values(k)))
            .filter(|(_, v)| v.iter().any(|x| *x != 0.0))
            .collect();
        (!named.is_empty()).then(|| Figure {
            id: id.to_owned(),
            title,
            note,
            chart: Chart::Stack(Stack {
                label: self.axis(),
                decimals: 3,
                categories: bars.iter().map(|b| b.0.clone()).collect(),
                categories_are_units: false,
                parts: named,
                total: bars.iter().map(|b| b.1.aggregate[1] - b.1.aggregate[0]).collect(),
            }),
        })
    }
}
