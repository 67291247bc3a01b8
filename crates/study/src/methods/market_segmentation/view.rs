//! Tables, figures and findings of both models.

use numerics::moments::mean;
use tfp::factor_market::Status;

use super::*;

pub(super) struct View<'a> {
    pub(super) panel: &'a Panel,
    pub(super) options: &'a MarketSpec,
    pub(super) names: Vec<&'a str>,
    pub(super) result: Segmentation,
    pub(super) skipped: Vec<String>,
}

fn integers(values: impl Iterator<Item = i64>) -> Cells {
    Cells::Integer(values.map(Some).collect())
}

fn output_variable(panel: &Panel, name: &str, label: Text, values: Vec<f64>) -> OutputVariable {
    let keys = panel.units.iter().cloned().zip(panel.periods.iter().copied()).collect();
    OutputVariable { name: name.to_owned(), label, unit: Text::default(), keys, values }
}

impl View<'_> {
    pub(super) fn output(&self) -> Output {
        let column = |get: &dyn Fn(&room::Unit) -> f64| {
            let mut values = vec![f64::NAN; self.panel.len()];
            for u in &self.result.units {
                if let Some(row) = self.panel.row(self.names[u.unit], u.period) {
                    values[row] = get(u);
                }
            }
            values
        };
        let checks = match self.options.centre {
            true => vec![Check {
                name: Text::new("Mean over pairs = 0 after centring", "中心化后各对均值 = 0"),
                residual: self.result.residual,
                tolerance: 1e-12,
            }],
            false => Vec::new(),
        };
        Output {
            summary: self.summary(),
            variables: vec![
                output_variable(
                    self.panel,
                    "segmentation",
                    Text::new("Market segmentation", "市场分割指数"),
                    column(&|u| u.segmentation),
                ),
                output_variable(
                    self.panel,
                    "integration",
                    Text::new("Market integration", "市场一体化指数"),
                    column(&|u| u.integration),
                ),
            ],
            tables: self.tables(),
            figures: self.figures(),
            findings: self.findings(),
            checks,
        }
    }

    fn summary(&self) -> Vec<Text> {
        let known: Vec<_> = self.result.periods.iter().filter(|p| p.2.is_finite()).collect();
        let mut out = Vec::new();
        if let (Some(a), Some(b)) = (known.first(), known.last()) {
            if a.0 == b.0 {
                out.push(Text::new(
                    format!("Mean segmentation of {} pairs: {:.3e}.", a.1, a.2),
                    format!("{} 个地区对的平均分割指数为 {:.3e}。", a.1, a.2),
                ));
            } else {
                out.push(Text::new(
                    format!("Mean segmentation went from {:.3e} in {} to {:.3e} in {} ({} pairs).", a.2, a.0, b.2, b.0, b.1),
                    format!("平均分割指数由 {} 年的 {:.3e} 变为 {} 年的 {:.3e}（{} 个地区对）。", a.0, a.2, b.0, b.2, b.1),
                ));
            }
        }
        let mut means = self.by_unit();
        means.sort_by(|a, b| b.1.total_cmp(&a.1));
        if let [most, .., least] = &means[..] {
            out.push(Text::new(
                format!("Over all periods {} is the most segmented, {} the least.", most.0, least.0),
                format!("各期平均，{} 分割程度最高，{} 最低。", most.0, least.0),
            ));
        }
        out
    }

    /// Mean over periods of each unit that has a value.
    fn by_unit(&self) -> Vec<(&str, f64)> {
        self.result
            .units
            .chunk_by(|a, b| a.unit == b.unit)
            .map(|block| {
                let known: Vec<f64> = block.iter().map(|u| u.segmentation).filter(|v| v.is_finite()).collect();
                (self.names[block[0].unit], mean(&known))
            })
            .filter(|(_, v)| v.is_finite())
            .collect()
    }

    fn tables(&self) -> Vec<Table> {
        let none = Text::default;
        let (u, p, all) = (&self.result.units, &self.result.pairs, &self.result.periods);
        let name = |unit: usize| self.names[unit].to_owned();
        let integration = |v: f64| if v > 0.0 { (1.0 / v).sqrt() } else { f64::NAN };
        let periods = Table::new("periods", Text::new("Segmentation by period", "各期市场分割"))
            .note(Text::new(
                "Mean over pairs of the variance over goods; integration is √(1/segmentation).",
                "商品间方差对各地区对取均值；一体化指数为 √(1/分割指数)。",
            ))
            .column("period", Text::new("Period", "时期"), none(), integers(all.iter().map(|a| i64::from(a.0))))
            .column("pairs", Text::new("Pairs", "地区对"), none(), integers(all.iter().map(|a| a.1 as i64)))
            .column(
                "segmentation",
                Text::new("Segmentation", "分割指数"),
                none(),
                Cells::Number(all.iter().map(|a| a.2).collect(), 6),
            )
            .column(
                "integration",
                Text::new("Integration", "一体化指数"),
                none(),
                Cells::Number(all.iter().map(|a| integration(a.2)).collect(), 2),
            );
        let units = Table::new("units", Text::new("Segmentation by unit and period", "各单元各期市场分割"))
            .hidden()
            .column("unit", Text::new("Unit", "单元"), none(), Cells::Unit(u.iter().map(|u| name(u.unit)).collect()))
            .column("period", Text::new("Period", "时期"), none(), integers(u.iter().map(|u| i64::from(u.period))))
            .column("pairs", Text::new("Pairs", "地区对"), none(), integers(u.iter().map(|u| u.pairs as i64)))
            .column(
                "segmentation",
                Text::new("Segmentation", "分割指数"),
                none(),
                Cells::Number(u.iter().map(|u| u.segmentation).collect(), 6),
            )
            .column(
                "integration",
                Text::new("Integration", "一体化指数"),
                none(),
                Cells::Number(u.iter().map(|u| u.integration).collect(), 2),
            );
        let pairs = Table::new("pairs", Text::new("Segmentation by pair and period", "各地区对各期市场分割"))
            .hidden()
            .column("unit", Text::new("Unit", "单元"), none(), Cells::Unit(p.iter().map(|p| name(p.units.0)).collect()))
            .column(
                "neighbour",
                Text::new("Other unit", "另一单元"),
                none(),
                Cells::Unit(p.iter().map(|p| name(p.units.1)).collect()),
            )
            .column("period", Text::new("Period", "时期"), none(), integers(p.iter().map(|p| i64::from(p.period))))
            .column("goods", Text::new("Goods", "商品数"), none(), integers(p.iter().map(|p| p.goods as i64)))
            .column("variance", Text::new("Variance", "方差"), none(), Cells::Number(p.iter().map(|p| p.variance).collect(), 6));
        vec![periods, units, pairs]
    }

    fn figures(&self) -> Vec<Figure> {
        let all = &self.result.periods;
        let mut figures = Vec::new();
        // Variances of log prices are small; in units of 10⁻⁴ they can be read.
        let label = Text::new("segmentation, 10⁻⁴", "分割指数（10⁻⁴）");
        if all.len() > 1 {
            let line = |name: Text, unit: bool, values: Vec<f64>| Series { name, unit, values, band: Vec::new() };
            let mut series = vec![line(Text::new("mean over pairs", "各对均值"), false, all.iter().map(|p| 1e4 * p.2).collect())];
            for block in self.result.units.chunk_by(|a, b| a.unit == b.unit) {
                let at = |p: i32| block.iter().find(|u| u.period == p).map_or(f64::NAN, |u| 1e4 * u.segmentation);
                series.push(line(Text::plain(self.names[block[0].unit]), true, all.iter().map(|p| at(p.0)).collect()));
            }
            let periods = all.iter().map(|p| p.0).collect();
            figures.push(Figure {
                id: "segmentation".into(),
                title: Text::new("Market segmentation", "市场分割指数"),
                note: Text::default(),
                chart: Chart::Lines(Lines { label: label.clone(), decimals: 2, periods, series, reference: None }),
            });
        }
        let frames = all
            .iter()
            .map(|p| Frame {
                label: p.0.to_string(),
                values: self
                    .result
                    .units
                    .iter()
                    .filter(|u| u.period == p.0)
                    .map(|u| (self.names[u.unit].to_owned(), 1e4 * u.segmentation))
                    .collect(),
            })
            .collect();
        figures.push(Figure {
            id: "map".into(),
            title: Text::new("Market segmentation by unit", "各单元市场分割"),
            note: Text::default(),
            chart: Chart::Tiles(Tiles { label, decimals: 2, scale: Scale::Sequential, frames }),
        });
        figures
    }

    fn findings(&self) -> Vec<Finding> {
        let mut out = Vec::new();
        let mut find = |code: &str, weight: Weight, place: Text, en: String, zh: String| {
            out.push(Finding { code: code.into(), weight, place, message: Text::new(en, zh) });
        };
        let goods = self.options.goods.len();
        if self.result.missing > 0 {
            let missing: Vec<String> = self
                .options
                .goods
                .iter()
                .filter(|g| self.panel.values(g).is_some_and(|v| v.iter().any(|x| x.is_nan())))
                .cloned()
                .collect();
            let (n, none) = (self.result.missing, self.result.pairs.iter().filter(|p| p.variance.is_nan()).count());
            find(
                "TF082",
                Weight::Warning,
                listed(&missing),
                format!(
                    "{n} relative prices are missing: these pairs are compared over fewer goods, {none} have no variance; table `pairs` counts the goods."
                ),
                format!("缺 {n} 个相对价格：相应地区对的商品较少，其中 {none} 个没有方差，商品数见表 `pairs`。"),
            );
        }
        if goods < 8 {
            find(
                "TF083",
                Weight::Warning,
                Text::plain(self.options.goods.join(", ")),
                format!("The variance is over {goods} goods."),
                format!("方差仅取自 {goods} 种商品。"),
            );
        }
        let lone: Vec<String> = self
            .result
            .units
            .chunk_by(|a, b| a.unit == b.unit)
            .filter(|block| block.iter().all(|u| u.pairs == 0))
            .map(|block| self.names[block[0].unit].to_owned())
            .collect();
        if !lone.is_empty() {
            let n = lone.len();
            find(
                "TF084",
                Weight::Warning,
                listed(&lone),
                format!("{n} units have no pair with a variance, and no index."),
                format!("{n} 个单元没有可用的地区对，没有指数。"),
            );
        }
        if !self.skipped.is_empty() {
            let n = self.skipped.len();
            find(
                "TF084",
                Weight::Warning,
                listed(&self.skipped),
                format!("Pairs name {n} units the data do not have; these pairs are left out."),
                format!("地区对中有 {n} 个数据所无的单元，相应地区对已略去。"),
            );
        }
        out
    }
}

/// Factor-market distortion.
pub(super) fn factors(panel: &Panel, options: &MarketSpec, values: &[f64], status: &[Status]) -> Output {
    let none = Text::default;
    let word = |s: &Status| match s {
        Status::Computed => Text::new("computed", "已计算"),
        Status::Missing => Text::new("missing", "缺失"),
        Status::NoBenchmark => Text::new("benchmark not positive", "基准非正"),
    };
    let table = Table::new("distortion", Text::new("Distortion of factor markets", "要素市场扭曲"))
        .column("unit", Text::new("Unit", "单元"), none(), Cells::Unit(panel.units.clone()))
        .column("period", Text::new("Period", "时期"), none(), integers(panel.periods.iter().map(|p| i64::from(*p))))
        .column("distortion", Text::new("Distortion", "扭曲程度"), none(), Cells::Number(values.to_vec(), 4))
        .column("status", Text::new("Status", "状态"), none(), Cells::Text(status.iter().map(word).collect()));
    let periods = panel.period_set();
    let of = |p: i32| -> Vec<f64> {
        (0..panel.len()).filter(|&i| panel.periods[i] == p && values[i].is_finite()).map(|i| values[i]).collect()
    };
    let means: Vec<f64> = periods.iter().map(|p| mean(&of(*p))).collect();
    let frames = periods
        .iter()
        .map(|p| Frame {
            label: p.to_string(),
            values: (0..panel.len()).filter(|&i| panel.periods[i] == *p).map(|i| (panel.units[i].clone(), values[i])).collect(),
        })
        .collect();
    let label = Text::new("distortion", "扭曲程度");
    let mut figures = vec![Figure {
        id: "map".into(),
        title: Text::new("Distortion of factor markets by unit", "各单元要素市场扭曲"),
        note: Text::default(),
        chart: Chart::Tiles(Tiles { label: label.clone(), decimals: 2, scale: Scale::Sequential, frames }),
    }];
    if periods.len() > 1 {
        let series = vec![Series {
            name: Text::new("mean of the units", "各单元均值"),
            unit: false,
            values: means.clone(),
            band: Vec::new(),
        }];
        figures.push(Figure {
            id: "mean".into(),
            title: Text::new("Distortion of factor markets", "要素市场扭曲"),
            note: Text::default(),
            chart: Chart::Lines(Lines { label, decimals: 3, periods: periods.clone(), series, reference: None }),
        });
    }
    let key = |i: usize| match panel.period_name {
        Some(_) => format!("{} {}", panel.units[i], panel.periods[i]),
        None => panel.units[i].clone(),
    };
    let rows = |keep: &dyn Fn(usize) -> bool| (0..panel.len()).filter(|&i| keep(i)).map(key).collect::<Vec<String>>();
    let mut findings = Vec::new();
    for (code, places, en, zh) in [
        ("TF076", rows(&|i| status[i] == Status::Missing), "rows lack an index and have no value", "行缺指数，没有值"),
        (
            "TF085",
            rows(&|i| status[i] == Status::NoBenchmark),
            "rows have a benchmark that is not positive and no value",
            "行的基准非正，没有值",
        ),
        (
            "TF085",
            rows(&|i| values[i] < 0.0),
            "rows have a factor market above the whole: their distortion is negative",
            "行的要素市场指数高于总指数，扭曲为负",
        ),
    ] {
        if !places.is_empty() {
            let n = places.len();
            let message = Text::new(format!("{n} {en}."), format!("{n} {zh}。"));
            findings.push(Finding { code: code.into(), weight: Weight::Warning, place: listed(&places), message });
        }
    }
    let summary = match (periods.first().zip(means.first()), periods.last().zip(means.last())) {
        (Some((a, x)), Some((b, y))) => vec![Text::new(
            format!("The mean distortion of factor markets is {x:.3} in {a} and {y:.3} in {b}."),
            format!("要素市场扭曲的均值 {a} 年为 {x:.3}，{b} 年为 {y:.3}。"),
        )],
        _ => Vec::new(),
    };
    let name = options.factor_index.as_deref().unwrap_or_default();
    let of = lookup::variable_label(panel, name);
    let zh = if of.zh.is_empty() { &of.en } else { &of.zh };
    let label = Text::new(format!("Distortion from {}", of.en), format!("由{zh}计算的扭曲程度"));
    Output {
        summary,
        variables: vec![output_variable(panel, "distortion", label, values.to_vec())],
        tables: vec![table],
        figures,
        findings,
        checks: Vec::new(),
    }
}
