//! Where the chain breaks: the weaker stage by unit, both stages in the plane, and their means over time.

use frontier::two_stage::{Stage, Weaker};
use numerics::moments;

use super::{Story, stage_name};
use crate::{
    figure::{Chart, Figure, Frame, Lines, Point, Scale, Scatter, Series, Tiles},
    text::Text,
};

/// Classes of the weaker stage, in the order of [`class`].
fn classes() -> Vec<Text> {
    vec![
        Text::new("first stage weaker", "第一阶段较弱"),
        Text::new("second stage weaker", "第二阶段较弱"),
        Text::new("even, or depends on priority", "相等，或取决于优先顺序"),
    ]
}

fn class(weaker: Weaker) -> Option<usize> {
    match weaker {
        Weaker::First => Some(0),
        Weaker::Second => Some(1),
        Weaker::Even | Weaker::Open => Some(2),
        Weaker::None => None,
    }
}

impl Story<'_> {
    pub(super) fn figures(&self) -> Vec<Figure> {
        let mut figures = vec![self.map(), self.plane()];
        figures.extend(self.means());
        figures.extend(Self::words().figures(self.panel, &self.system));
        figures
    }

    fn when(&self) -> (i32, String, String) {
        let period = self.panel.period_set().last().copied().unwrap_or_default();
        match self.panel.period_name {
            Some(_) => (period, format!(", {period}"), format!("，{period}")),
            None => (period, String::new(), String::new()),
        }
    }

    fn reading(&self) -> Text {
        let (first, second) = (self.turns(Stage::First), self.turns(Stage::Second));
        Text::new(
            format!("First stage: {}. Second stage: {}.", first.en, second.en),
            format!("第一阶段：{}。第二阶段：{}。", first.zh, second.zh),
        )
    }

    fn map(&self) -> Figure {
        let frames = self.panel.period_set().into_iter().map(|period| {
            let rows = self.whole(period);
            let value = |&r: &usize| Some((self.panel.units[r].clone(), class(self.weaker[r])? as f64));
            Frame { label: period.to_string(), values: rows.iter().filter_map(value).collect() }
        });
        Figure {
            id: "weaker".into(),
            title: Text::new("Where the chain breaks: the weaker stage", "链条断在何处：较弱阶段"),
            note: self.reading(),
            chart: Chart::Tiles(Tiles {
                label: Text::new("weaker stage", "较弱阶段"),
                decimals: 0,
                scale: Scale::Classes { names: classes(), ordered: false },
                frames: frames.collect(),
            }),
        }
    }

    fn plane(&self) -> Figure {
        let (period, en, zh) = self.when();
        let point = |r: usize| {
            let class = class(self.weaker[r])?;
            Some(Point { unit: self.panel.units[r].clone(), x: self.first[r], y: self.second[r], class })
        };
        let reading = self.reading();
        Figure {
            id: "stages".into(),
            title: Text::new(format!("Efficiency of both stages{en}"), format!("两阶段效率{zh}")),
            note: Text::new(
                format!("{} Below the line the second stage is the weaker one.", reading.en),
                format!("{}线下单元的第二阶段较弱。", reading.zh),
            ),
            chart: Chart::Scatter(Scatter {
                x: Text::new("first stage (1 = frontier)", "第一阶段（1 为前沿）"),
                y: Text::new("second stage (1 = frontier)", "第二阶段（1 为前沿）"),
                decimals: 3,
                classes: classes(),
                points: self.whole(period).into_iter().filter_map(point).collect(),
                line: Some((0.0, 1.0, Text::new("both stages equal", "两阶段相等"))),
                cross: false,
            }),
        }
    }

    /// Means over the units of each period, where there are several.
    fn means(&self) -> Option<Figure> {
        let periods = self.panel.period_set();
        if periods.len() < 2 {
            return None;
        }
        let series = |name: Text, values: &[f64]| {
            let mean = |&period: &i32| {
                let own: Vec<f64> = self.whole(period).into_iter().map(|r| values[r]).collect();
                if own.is_empty() { f64::NAN } else { moments::mean(&own) }
            };
            Series { name, unit: false, values: periods.iter().map(mean).collect(), band: Vec::new() }
        };
        Some(Figure {
            id: "means".into(),
            title: Text::new("Mean efficiency by period", "各期平均效率"),
            note: self.reading(),
            chart: Chart::Lines(Lines {
                label: Text::new("mean efficiency (1 = frontier)", "平均效率（1 为前沿）"),
                decimals: 3,
                series: vec![
                    series(Text::new("System", "系统"), &self.system),
                    series(stage_name(Stage::First), &self.first),
                    series(stage_name(Stage::Second), &self.second),
                ],
                periods,
                reference: Some(1.0),
            }),
        })
    }
}
