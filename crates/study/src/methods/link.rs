//! `link`: an index beside other variables, above all total factor productivity.

use index::link::{self, Correlation, Data, Link, LinkError, LinkOptions, Status, View};
use numerics::moments;
use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::lookup;
use crate::{
    figure::{Chart, Figure, Heatmap, Lines, Point, Scale, Scatter, Series},
    finding::{Finding, Weight},
    method::{Input, Method, Output, Page},
    table::{Cells, Table},
    text::Text,
};

/// Options of a link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub struct LinkSpec {
    /// Indices: the score of an `index` step, its dimensions, or columns.
    #[schemars(extend("x-role" = "variable"))]
    pub index: Vec<String>,
    /// What stands beside them and is no part of them: total factor productivity, its growth, income.
    #[schemars(extend("x-role" = "variable"))]
    pub beside: Vec<String>,
    /// Intervals and delays.
    #[serde(flatten)]
    pub options: LinkOptions,
}

/// An index beside other variables.
pub struct Links;

impl Method for Links {
    type Options = LinkSpec;
    const NAME: &'static str = "link";
    const PAGE: Page = Page {
        title: ("An index beside other variables", "指数与其他变量并列"),
        en: link::PAGE,
        zh: link::PAGE_ZH,
        example: "xinzhi link scores.csv --unit province --period year --index score --beside tfp --out result",
    };
    const OVER_TIME: bool = true;

    fn check(options: &LinkSpec) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (name, list) in [("index", &options.index), ("beside", &options.beside)] {
            if list.is_empty() {
                problems.push(
                    Problem::error("no-variable", format!("`{name}` names no variable."))
                        .help("Name an index in `index`, and in `beside` what it is compared with."),
                );
            }
        }
        let all: Vec<&String> = options.index.iter().chain(&options.beside).collect();
        for (_, name) in all.iter().enumerate().filter(|(k, name)| all[..*k].contains(name)) {
            problems.push(
                Problem::error("repeated-variable", format!("`{name}` is named more than once."))
                    .why("A variable always goes together with itself.")
                    .help("Name each variable once."),
            );
        }
        if !(options.options.level > 0.0 && options.options.level < 1.0) {
            problems.push(Problem::error("level", "`level` must lie between 0 and 1, e.g. 0.95."));
        }
        if options.options.lags > 20 {
            problems.push(Problem::error("lags", "`lags` must be at most 20 periods."));
        }
        problems
    }

    fn run(input: &Input<'_>, spec: &LinkSpec) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let mut problems = Self::check(spec);
        let mut read =
            |names: &[String]| -> Vec<&[f64]> { names.iter().map(|name| lookup::column(panel, name, &mut problems)).collect() };
        let (indices, others) = (read(&spec.index), read(&spec.beside));
        if !problems.is_empty() {
            return Err(problems);
        }
        let units = lookup::unit_numbers(panel);
        let mut lines = Vec::new();
        for (a, index) in indices.iter().enumerate() {
            for (b, other) in others.iter().enumerate() {
                let data = Data { units: &units, periods: &panel.periods, index, other };
                let links = link::link(&data, &spec.options, input.seed).map_err(|e| vec![refused(&e)])?;
                lines.extend(links.into_iter().map(|link| Line { a, b, link }));
            }
        }
        if lines.iter().all(|l| l.link.status != Status::Computed) {
            return Err(vec![
                Problem::error("no-link", "No two variables can be compared.")
                    .why("It takes three units with values of both, and values that differ.")
                    .help("Look whether units and periods of the variables overlap."),
            ]);
        }
        let story = Story { panel, spec, indices: &indices, others: &others, lines };
        Ok(Output {
            summary: story.summary(),
            tables: story.tables(),
            figures: story.figures(),
            findings: story.findings(),
            ..Output::default()
        })
    }
}

fn refused(error: &LinkError) -> Problem {
    Problem::error("link", format!("The variables cannot be compared: {error}.")).help("Look at the keys of the rows.")
}

/// A comparison of index `a` with variable `b`.
struct Line {
    a: usize,
    b: usize,
    link: Link,
}

struct Story<'a> {
    panel: &'a Panel,
    spec: &'a LinkSpec,
    indices: &'a [&'a [f64]],
    others: &'a [&'a [f64]],
    lines: Vec<Line>,
}

fn view(view: View) -> Text {
    match view {
        View::Pooled => Text::new("pooled", "混合"),
        View::Between => Text::new("between units", "组间"),
        View::Within => Text::new("within units", "组内"),
        View::TwoWay => Text::new("within units and periods", "双向"),
        View::Changes => Text::new("changes", "变化"),
        View::Period(p) => Text::plain(p.to_string()),
        View::Lag(l) => Text::plain(l.to_string()),
    }
}

fn status(status: Status) -> Text {
    match status {
        Status::Computed => Text::new("computed", "已计算"),
        Status::TooFew => Text::new("fewer than three pairs or units", "不足三对或三个单元"),
        Status::Constant => Text::new("one side does not vary", "一侧无变化"),
    }
}

/// `0.62 [0.40, 0.78]`, without the interval where there is none.
fn shown(c: &Correlation) -> String {
    if c.low.is_nan() { format!("{:.2}", c.value) } else { format!("{:.2} [{:.2}, {:.2}]", c.value, c.low, c.high) }
}

impl Story<'_> {
    fn name(&self, line: &Line) -> ((String, String), (String, String)) {
        let of = |name: &String| lookup::variable_label(self.panel, name).both();
        (of(&self.spec.index[line.a]), of(&self.spec.beside[line.b]))
    }

    fn find(&self, a: usize, b: usize, view: View) -> Option<&Line> {
        self.lines.iter().find(|l| (l.a, l.b, l.link.view) == (a, b, view) && l.link.status == Status::Computed)
    }

    /// Whether there is more than one period.
    fn over_time(&self) -> bool {
        self.lines.iter().any(|l| l.link.view == View::Between)
    }

    fn summary(&self) -> Vec<Text> {
        let mut out = Vec::new();
        for (a, b) in (0..self.indices.len()).flat_map(|a| (0..self.others.len()).map(move |b| (a, b))) {
            if !self.over_time() {
                let Some(line) = self.find(a, b, View::Pooled) else { continue };
                let ((x, x_zh), (y, y_zh)) = self.name(line);
                let r = shown(&line.link.pearson);
                out.push(Text::new(
                    format!("{x} and {y}: r = {r} over {} units.", line.link.units),
                    format!("{x_zh}与{y_zh}：{} 个单元的 r = {r}。", line.link.units),
                ));
                continue;
            }
            let (Some(between), Some(both)) = (self.find(a, b, View::Between), self.find(a, b, View::TwoWay)) else { continue };
            let ((x, x_zh), (y, y_zh)) = self.name(between);
            let (apart, over) = (&between.link.pearson, &both.link.pearson);
            out.push(Text::new(
                format!(
                    "{x} and {y}: between units r = {}; over time, less what all units share, r = {}.",
                    shown(apart),
                    shown(over)
                ),
                format!("{x_zh}与{y_zh}：组间 r = {}；剔除共同变动后随时间的 r = {}。", shown(apart), shown(over)),
            ));
            if apart.low * apart.high > 0.0 && over.low * over.high > 0.0 && apart.value * over.value < 0.0 {
                out.push(Text::new(
                    "The two differ in sign: units ahead in one are ahead in the other for reasons that do not move with them.",
                    "二者符号相反：领先者兼有二者的原因并不随二者变动。",
                ));
            }
        }
        out
    }

    fn table(&self, id: &str, title: Text, key: (&str, Text), lines: &[&Line]) -> Table {
        let none = Text::default;
        let label = |name: &String| lookup::variable_label(self.panel, name);
        let number = |of: &dyn Fn(&Link) -> f64| Cells::Number(lines.iter().map(|l| of(&l.link)).collect(), 3);
        let count = |of: &dyn Fn(&Link) -> usize| Cells::Integer(lines.iter().map(|l| Some(of(&l.link) as i64)).collect());
        let words = |of: &dyn Fn(&Line) -> Text| Cells::Text(lines.iter().map(|l| of(l)).collect());
        let mut table = Table::new(id, title)
            .column("index", Text::new("Index", "指数"), none(), words(&|l| label(&self.spec.index[l.a])))
            .column("beside", Text::new("Beside", "并列变量"), none(), words(&|l| label(&self.spec.beside[l.b])))
            .column(key.0, key.1, none(), words(&|l| view(l.link.view)))
            .column("r", Text::new("Pearson's r", "皮尔逊 r"), none(), number(&|l| l.pearson.value));
        let intervals = self.spec.options.bootstrap > 0;
        let (low, high) = (Text::new("lower", "下限"), Text::new("upper", "上限"));
        if intervals {
            table = table.column("r_low", low.clone(), none(), number(&|l| l.pearson.low)).column(
                "r_high",
                high.clone(),
                none(),
                number(&|l| l.pearson.high),
            );
        }
        table = table.column("rank", Text::new("Spearman's ρ", "斯皮尔曼 ρ"), none(), number(&|l| l.spearman.value));
        if intervals {
            table = table
                .column("rank_low", low, none(), number(&|l| l.spearman.low))
                .column("rank_high", high, none(), number(&|l| l.spearman.high))
                .column(
                    "undefined",
                    Text::new("Replicates without variation", "无变化的抽样"),
                    none(),
                    count(&|l| l.undefined as usize),
                );
        }
        table
            .column("pairs", Text::new("Pairs", "配对数"), none(), count(&|l| l.pairs))
            .column("units", Text::new("Units", "单元数"), none(), count(&|l| l.units))
            .column("status", Text::new("Status", "状态"), none(), words(&|l| status(l.link.status)))
    }

    fn tables(&self) -> Vec<Table> {
        let pick = |of: fn(View) -> bool| -> Vec<&Line> { self.lines.iter().filter(|l| of(l.link.view)).collect() };
        let LinkOptions { bootstrap, level, .. } = self.spec.options;
        let percent = 100.0 * level;
        let note = match bootstrap {
            0 => Text::default(),
            _ => Text::new(
                format!("Intervals of {percent:.0} %: {bootstrap} bootstrap replicates, whole units resampled."),
                format!("{percent:.0}% 区间：以单元为单位自助抽样 {bootstrap} 次。"),
            ),
        };
        let main = pick(|v| !matches!(v, View::Period(_) | View::Lag(_)));
        let title = Text::new("Correlations", "相关系数");
        let mut out = vec![self.table("links", title, ("view", Text::new("Variation", "变动来源")), &main).note(note)];
        let periods = pick(|v| matches!(v, View::Period(_)));
        if !periods.is_empty() {
            let title = Text::new("Correlations by period", "各期相关系数");
            out.push(self.table("periods", title, ("period", Text::new("Period", "时期")), &periods).hidden());
        }
        let lags = pick(|v| matches!(v, View::Lag(_)));
        if !lags.is_empty() {
            let title = Text::new("Correlations with a delay", "滞后相关系数");
            let key = ("lag", Text::new("Periods the other comes later", "另一变量滞后期数"));
            out.push(self.table("lags", title, key, &lags).note(Text::new(
                "Within units and periods. A positive delay: the index comes first.",
                "双向去均值。正值：指数在先。",
            )));
        }
        out
    }

    fn figures(&self) -> Vec<Figure> {
        let mut out: Vec<Figure> = self.scatter().into_iter().collect();
        let (rows, columns) = (self.indices.len(), self.others.len());
        if rows * columns > 1 {
            let view = if self.over_time() { View::TwoWay } else { View::Pooled };
            let value = |a: usize, b: usize| self.find(a, b, view).map_or(f64::NAN, |l| l.link.pearson.value);
            let names = |list: &[String]| list.iter().map(|n| lookup::variable_label(self.panel, n)).collect();
            out.push(Figure {
                id: "matrix".into(),
                title: Text::new("What goes together", "同向与反向"),
                note: match self.over_time() {
                    true => Text::new("Correlations within units and periods.", "剔除单元与时期均值后的相关系数。"),
                    false => Text::default(),
                },
                chart: Chart::Heatmap(Heatmap {
                    label: Text::new("correlation", "相关系数"),
                    decimals: 2,
                    scale: Scale::Diverging { middle: 0.0 },
                    rows: names(&self.spec.index),
                    rows_are_units: false,
                    columns: names(&self.spec.beside),
                    values: (0..rows).map(|a| (0..columns).map(|b| value(a, b)).collect()).collect(),
                }),
            });
        }
        out.extend(self.course());
        out
    }

    /// Unit means of the first index and the first variable beside it.
    fn scatter(&self) -> Option<Figure> {
        let view = if self.over_time() { View::Between } else { View::Pooled };
        let line = self.find(0, 0, view)?;
        let (index, other) = (self.indices[0], self.others[0]);
        let numbers = lookup::unit_numbers(self.panel);
        let point = |(k, unit): (usize, &str)| {
            let rows: Vec<usize> =
                (0..numbers.len()).filter(|&i| numbers[i] == k && !index[i].is_nan() && !other[i].is_nan()).collect();
            let mean = |v: &[f64]| moments::mean(&rows.iter().map(|&i| v[i]).collect::<Vec<_>>());
            (!rows.is_empty()).then(|| Point { unit: unit.to_owned(), x: mean(index), y: mean(other), class: 0 })
        };
        let points: Vec<Point> = self.panel.unit_set().into_iter().enumerate().filter_map(point).collect();
        let axis = |name: &String| {
            let (en, zh) = lookup::variable_label(self.panel, name).both();
            match self.panel.variable(name).map_or("", |v| v.meaning.unit.as_str()) {
                "" => Text::new(en, zh),
                unit => Text::new(format!("{en}, {unit}"), format!("{zh}，{unit}")),
            }
        };
        let ((x, x_zh), (y, y_zh)) = self.name(line);
        Some(Figure {
            id: "scatter".into(),
            title: Text::new(format!("{x} and {y}"), format!("{x_zh}与{y_zh}")),
            note: match self.over_time() {
                true => Text::new("Means of units over the periods with both values.", "两值均有的各期的单元均值。"),
                false => Text::default(),
            },
            chart: Chart::Scatter(Scatter {
                x: axis(&self.spec.index[0]),
                y: axis(&self.spec.beside[0]),
                decimals: 2,
                classes: vec![Text::default()],
                line: fitted(&points, &line.link.pearson),
                points,
                cross: false,
            }),
        })
    }

    /// The correlation of the first index with each variable, period by period.
    fn course(&self) -> Option<Figure> {
        let periods: Vec<i32> = self.panel.period_set();
        let at = |b: usize, p: i32| self.find(0, b, View::Period(p)).map(|l| l.link.pearson);
        let series = |(b, name): (usize, &String)| Series {
            name: lookup::variable_label(self.panel, name),
            unit: false,
            values: periods.iter().map(|p| at(b, *p).map_or(f64::NAN, |r| r.value)).collect(),
            band: periods.iter().map(|p| at(b, *p).map_or((f64::NAN, f64::NAN), |r| (r.low, r.high))).collect(),
        };
        (periods.len() > 2).then(|| Figure {
            id: "course".into(),
            title: Text::new("Correlation among the units of each period", "各期单元间的相关系数"),
            note: Text::default(),
            chart: Chart::Lines(Lines {
                label: Text::new("correlation", "相关系数"),
                decimals: 2,
                series: self.spec.beside.iter().enumerate().map(series).collect(),
                periods: periods.clone(),
                reference: Some(0.0),
            }),
        })
    }

    fn findings(&self) -> Vec<Finding> {
        let pairs = self.spec.index.iter().flat_map(|a| self.spec.beside.iter().map(move |b| (a, b)));
        pairs
            .filter_map(|(a, b)| {
                let both = lookup::shared(self.panel, a, b);
                let list = both.join(", ");
                (!both.is_empty()).then(|| Finding {
                    code: "CI006".into(),
                    weight: Weight::Warning,
                    place: Text::plain(format!("{a}, {b}")),
                    message: Text::new(
                        format!("`{a}` and `{b}` are both computed from {list}: part of their agreement is by construction."),
                        format!("`{a}` 与 `{b}` 均由 {list} 计算，部分一致由构造产生。"),
                    ),
                })
            })
            .collect()
    }
}

/// The least-squares line through the points.
fn fitted(points: &[Point], r: &Correlation) -> Option<(f64, f64, Text)> {
    let side = |of: fn(&Point) -> f64| points.iter().map(of).collect::<Vec<f64>>();
    let (x, y) = (side(|p| p.x), side(|p| p.y));
    let slope = r.value * (moments::variance(&y, 1) / moments::variance(&x, 1)).sqrt();
    let intercept = moments::mean(&y) - slope * moments::mean(&x);
    slope.is_finite().then(|| (intercept, slope, Text::plain(format!("r = {:.2}", r.value))))
}

#[cfg(test)]
mod tests;
