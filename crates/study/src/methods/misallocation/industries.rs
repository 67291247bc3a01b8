//! Tables and figures of firms within industries.

use tfp::misallocation::{self as room, Industry, Misallocation, Spread, Status};

use super::firms::{View, Year};
use crate::{
    figure::{Bars, Chart, Figure, Lines, Point, Scatter, Series},
    table::{Cells, Table},
    text::Text,
};

/// Firms a scatter can show.
const POINTS: usize = 3000;

fn integers(values: impl Iterator<Item = i64>) -> Cells {
    Cells::Integer(values.map(Some).collect())
}

fn percent() -> Text {
    Text::plain("%")
}

impl View<'_> {
    pub(super) fn tables(&self) -> Vec<Table> {
        vec![self.gains(), self.spreads(), self.sensitivity(), self.industries(), self.rows()]
    }

    fn dated(&self, table: Table, periods: impl Iterator<Item = i32>) -> Table {
        match self.panel.period_name {
            Some(_) => table.column("period", Text::new("Period", "时期"), Text::default(), integers(periods.map(i64::from))),
            None => table,
        }
    }

    fn gains(&self) -> Table {
        let none = Text::default;
        let years = &self.years;
        let number = |d: u8, f: &dyn Fn(&Misallocation) -> f64| Cells::Number(years.iter().map(|y| f(&y.result)).collect(), d);
        let count =
            |status: Status| integers(years.iter().map(|y| y.result.status.iter().filter(|s| **s == status).count() as i64));
        let left = years
            .iter()
            .map(|y| y.result.status.iter().filter(|s| matches!(s, Status::Missing | Status::NotPositive)).count() as i64);
        let table = Table::new("gains", Text::new("Gains from equal marginal products", "边际产出均等的增益")).note(Text::new(
            "Gain: 100 (Y*/Y − 1), inputs of the industry (within) or of all (between) given.",
            "增益：100 (Y*/Y − 1)，行业内以行业投入为限，行业间以全部投入为限。",
        ));
        let mut t = self
            .dated(table, years.iter().map(|y| y.period))
            .column("firms", Text::new("Firms", "企业数"), none(), count(Status::Used))
            .column("trimmed", Text::new("Trimmed", "截去"), none(), count(Status::Trimmed))
            .column("left_out", Text::new("Left out", "未计入"), none(), integers(left))
            .column(
                "industries",
                Text::new("Industries", "行业数"),
                none(),
                integers(years.iter().map(|y| y.result.industries.len() as i64)),
            )
            .column("ratio", Text::new("Y/Y* within", "行业内 Y/Y*"), none(), number(4, &|m| m.within))
            .column("gain", Text::new("Gain within", "行业内增益"), percent(), number(1, &Misallocation::gain));
        if self.oberfield() {
            t = t
                .column("between", Text::new("Y/Y* between", "行业间 Y/Y*"), none(), number(4, &|m| m.between))
                .column(
                    "gain_between",
                    Text::new("Gain between", "行业间增益"),
                    percent(),
                    number(1, &|m| 100.0 * (1.0 / m.between - 1.0)),
                )
                .column("gain_total", Text::new("Gain in all", "合计增益"), percent(), number(1, &Misallocation::total_gain));
        }
        if let Some(reference) = self.options.reference_gain {
            t = t.column(
                "gain_relative",
                Text::new(format!("Beside a gain of {reference} %"), format!("相对于 {reference}% 的增益")),
                percent(),
                number(1, &|m| room::relative_gain(m.gain(), reference)),
            );
        }
        t
    }

    fn spreads(&self) -> Table {
        let mut lines: Vec<(i32, Text, Text, Spread)> = Vec::new();
        let weights = [Text::new("firms", "企业等权"), Text::new("value added of industries", "行业增加值")];
        for y in &self.years {
            for (name, spread) in [("TFPQ", y.result.tfpq_spread), ("TFPR", y.result.tfpr_spread)] {
                for (w, s) in weights.iter().zip(spread) {
                    lines.push((y.period, Text::plain(name), w.clone(), s));
                }
            }
        }
        let number = |f: &dyn Fn(&Spread) -> f64| Cells::Number(lines.iter().map(|l| f(&l.3)).collect(), 2);
        let log = || Text::plain("log");
        let table = Table::new("spread", Text::new("Spread of productivity", "生产率的离散程度")).note(Text::new(
            "Logarithms beside the industry, firms counted: as Tables I (TFPQ) and II (TFPR) of Hsieh and Klenow.",
            "相对行业的对数值，限于计入的企业，对应 Hsieh 与 Klenow 表 I（TFPQ）和表 II（TFPR）。",
        ));
        self.dated(table, lines.iter().map(|l| l.0))
            .column(
                "measure",
                Text::new("Measure", "指标"),
                Text::default(),
                Cells::Text(lines.iter().map(|l| l.1.clone()).collect()),
            )
            .column(
                "weight",
                Text::new("Weight", "权重"),
                Text::default(),
                Cells::Text(lines.iter().map(|l| l.2.clone()).collect()),
            )
            .column("sd", Text::new("Standard deviation", "标准差"), log(), number(&|s| s.sd))
            .column("p75_p25", Text::plain("75–25"), log(), number(&|s| s.p75_p25))
            .column("p90_p10", Text::plain("90–10"), log(), number(&|s| s.p90_p10))
    }

    fn sensitivity(&self) -> Table {
        let lines: Vec<(i32, [f64; 4])> = self.years.iter().flat_map(|y| y.fan.iter().map(|f| (y.period, *f))).collect();
        let number = |k: usize, by: f64, d: u8| Cells::Number(lines.iter().map(|l| by * l.1[k]).collect(), d);
        let table = Table::new("sensitivity", Text::new("Gains by elasticity and trimming", "不同替代弹性与截尾下的增益"))
            .note(Text::new("Empty where trimming leaves no firm.", "截尾后没有企业时为空。"));
        let t = self
            .dated(table, lines.iter().map(|l| l.0))
            .column("sigma", Text::plain("σ"), Text::default(), number(0, 1.0, 2))
            .column("trim", Text::new("Trimmed from each tail", "两端各截去"), percent(), number(1, 100.0, 2))
            .column("gain", Text::new("Gain within", "行业内增益"), percent(), number(2, 1.0, 1));
        if self.oberfield() {
            return t.column("gain_total", Text::new("Gain in all", "合计增益"), percent(), number(3, 1.0, 1));
        }
        t
    }

    fn industries(&self) -> Table {
        let lines: Vec<(i32, &Industry)> =
            self.years.iter().flat_map(|y| y.result.industries.iter().map(|t| (y.period, t))).collect();
        let number = |d: u8, f: &dyn Fn(&Industry) -> f64| Cells::Number(lines.iter().map(|l| f(l.1)).collect(), d);
        let names = lines.iter().map(|l| self.named(l.1.industry)).collect();
        let none = Text::default;
        let table = Table::new("industries", Text::new("Industries", "各行业")).hidden().note(Text::new(
            "Capital and labour: held, over what equal marginal products across industries would give.",
            "资本与劳动：实际持有量与行业间边际产出均等时应得量之比。",
        ));
        self.dated(table, lines.iter().map(|l| l.0))
            .column("industry", Text::new("Industry", "行业"), none(), Cells::Text(names))
            .column("firms", Text::new("Firms", "企业数"), none(), integers(lines.iter().map(|l| l.1.firms as i64)))
            .column("trimmed", Text::new("Trimmed", "截去"), none(), integers(lines.iter().map(|l| l.1.trimmed as i64)))
            .column("alpha", Text::new("Capital share", "资本份额"), none(), number(3, &|t| t.alpha))
            .column("share", Text::new("Share of value added", "增加值占比"), percent(), number(2, &|t| 100.0 * t.share))
            .column("ratio", Text::plain("Y/Y*"), none(), number(4, &|t| t.ratio))
            .column("gain", Text::new("Gain", "增益"), percent(), number(1, &|t| 100.0 * (1.0 / t.ratio - 1.0)))
            .column("capital", Text::new("Capital", "资本"), none(), number(3, &|t| t.capital))
            .column("labour", Text::new("Labour", "劳动"), none(), number(3, &|t| t.labour))
            .column(
                "sd_tfpr",
                Text::new("Standard deviation of TFPR", "TFPR 标准差"),
                Text::plain("log"),
                number(3, &|t| t.tfpr.sd),
            )
            .column(
                "sd_tfpq",
                Text::new("Standard deviation of TFPQ", "TFPQ 标准差"),
                Text::plain("log"),
                number(3, &|t| t.tfpq.sd),
            )
    }

    fn rows(&self) -> Table {
        let word = |s: Status| match s {
            Status::Used => Text::new("counted", "计入"),
            Status::Trimmed => Text::new("trimmed", "截去"),
            Status::Missing => Text::new("missing", "缺失"),
            Status::NotPositive => Text::new("not positive", "非正"),
        };
        let mut status = vec![Text::default(); self.panel.len()];
        for y in &self.years {
            for (&row, s) in y.rows.iter().zip(&y.result.status) {
                status[row] = word(*s);
            }
        }
        let number = |get: &dyn Fn(&Misallocation) -> &Vec<f64>| Cells::Number(self.column(get), 4);
        let (none, log) = (Text::default, || Text::plain("log"));
        let table = Table::new("firms", Text::new("Firms", "各企业")).hidden().column(
            "unit",
            Text::new("Unit", "单元"),
            none(),
            Cells::Unit(self.panel.units.clone()),
        );
        self.dated(table, self.panel.periods.iter().copied())
            .column("status", Text::new("Status", "状态"), none(), Cells::Text(status))
            .column("tau_y", Text::new("Output wedge", "产出扭曲"), none(), number(&|m| &m.tau_y))
            .column("tau_k", Text::new("Capital wedge", "资本扭曲"), none(), number(&|m| &m.tau_k))
            .column("tfpr", Text::new("TFPR beside its industry", "相对行业的 TFPR"), log(), number(&|m| &m.tfpr))
            .column("tfpq", Text::new("TFPQ beside its industry", "相对行业的 TFPQ"), log(), number(&|m| &m.tfpq))
    }

    fn named(&self, industry: usize) -> Text {
        match self.industries[industry].as_str() {
            "" => Text::new("all firms", "全部企业"),
            name => Text::plain(name),
        }
    }

    pub(super) fn figures(&self) -> Vec<Figure> {
        let mut figures = Vec::new();
        let Some(last) = self.years.last() else { return figures };
        figures.push(self.fan(last));
        if self.industries.len() > 1 {
            let mut items: Vec<(Text, f64)> =
                last.result.industries.iter().map(|t| (self.named(t.industry), 100.0 * (1.0 / t.ratio - 1.0))).collect();
            items.sort_by(|a, b| b.1.total_cmp(&a.1));
            items.truncate(40);
            figures.push(Figure {
                id: "industries".into(),
                title: Text::new("Gains by industry, largest first", "各行业增益（由大到小）"),
                note: Text::new(format!("At most 40 industries, {}.", last.period), format!("至多 40 个行业，{}。", last.period)),
                chart: Chart::Bars(Bars {
                    label: Text::new("gain, %", "增益（%）"), decimals: 1, items, items_are_units: false
                }),
            });
        }
        let points: Vec<Point> = last
            .rows
            .iter()
            .enumerate()
            .filter(|(k, _)| last.result.status[*k] == Status::Used)
            .map(|(k, &row)| Point {
                unit: self.panel.units[row].clone(),
                x: last.result.tfpq[k],
                y: last.result.tfpr[k],
                class: 0,
            })
            .collect();
        if points.len() <= POINTS {
            figures.push(Figure {
                id: "firms".into(),
                title: Text::new("Revenue and physical productivity", "收入生产率与实物生产率"),
                note: Text::new("Without distortion all points lie on the horizontal line.", "没有扭曲时各点都在横线上。"),
                chart: Chart::Scatter(Scatter {
                    x: Text::new("ln TFPQ beside the industry", "相对行业的 ln TFPQ"),
                    y: Text::new("ln TFPR beside the industry", "相对行业的 ln TFPR"),
                    decimals: 2,
                    classes: vec![Text::default()],
                    points,
                    line: None,
                    cross: true,
                }),
            });
        }
        figures
    }

    /// Gains by period, a line per elasticity; bars where there is one period.
    fn fan(&self, last: &Year) -> Figure {
        let pick = |y: &Year, sigma: f64| {
            let near = y.fan.iter().find(|f| f[0] == sigma && f[1] == self.options.trim);
            near.map_or(f64::NAN, |f| if self.oberfield() { f[3] } else { f[2] })
        };
        let mut sigmas: Vec<f64> = self.options.sigmas.iter().copied().filter(|s| pick(last, *s).is_finite()).collect();
        sigmas.retain(|s| *s != self.options.sigma);
        let own = |y: &Year| self.gain(&y.result);
        let (title, label) = (Text::new("Gains", "增益"), Text::new("gain, %", "增益（%）"));
        let name = |s: f64| Text::plain(format!("σ = {s}"));
        let note = Text::new(
            format!("{} % trimmed from each tail.", 100.0 * self.options.trim),
            format!("两端各截去 {}%。", 100.0 * self.options.trim),
        );
        if self.years.len() == 1 {
            let mut items = vec![(self.options.sigma, own(last))];
            items.extend(sigmas.iter().map(|s| (*s, pick(last, *s))));
            items.sort_by(|a, b| a.0.total_cmp(&b.0));
            let items = items.into_iter().map(|(s, g)| (name(s), g)).collect();
            let chart = Chart::Bars(Bars { label, decimals: 1, items, items_are_units: false });
            return Figure { id: "gains".into(), title, note, chart };
        }
        let line = |s: f64, values: Vec<f64>| Series { name: name(s), unit: false, values, band: Vec::new() };
        let mut series = vec![line(self.options.sigma, self.years.iter().map(own).collect())];
        series.extend(sigmas.iter().map(|s| line(*s, self.years.iter().map(|y| pick(y, *s)).collect())));
        let periods = self.years.iter().map(|y| y.period).collect();
        let chart = Chart::Lines(Lines { label, decimals: 1, periods, series, reference: None });
        Figure { id: "gains".into(), title, note, chart }
    }
}
