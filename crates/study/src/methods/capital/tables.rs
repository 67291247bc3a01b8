//! Tables of stocks.

use panel::Problem;
use tfp::capital::{Initial, Preset, Status, fan::Scenario, profile::Profile};

use super::{
    Model,
    account::{Beginning, Stock, total},
    story::Story,
};
use crate::{
    table::{Cells, Table},
    text::Text,
};

pub(super) fn integers(values: impl Iterator<Item = i32>) -> Cells {
    Cells::Integer(values.map(|v| Some(i64::from(v))).collect())
}

/// What a scenario moves, in words.
pub(super) fn moved(scenario: &Scenario, model: Model) -> Text {
    let word = |v: f64, less: (&str, &str), more: (&str, &str)| {
        (v != 0.0).then(|| if v < 0.0 { Text::new(less.0, less.1) } else { Text::new(more.0, more.1) })
    };
    let loss = match model {
        Model::Geometric => {
            word(scenario.depreciation, ("depreciation lower", "折旧率较低"), ("depreciation higher", "折旧率较高"))
        }
        Model::Vintage => word(scenario.depreciation, ("lives longer", "役龄较长"), ("lives shorter", "役龄较短")),
    };
    let first = word(scenario.initial, ("first stock smaller", "初始存量较小"), ("first stock larger", "初始存量较大"));
    let price = word(scenario.deflator, ("deflator slower", "平减指数较慢"), ("deflator faster", "平减指数较快"));
    let parts: Vec<Text> = [loss, first, price].into_iter().flatten().collect();
    if parts.is_empty() {
        return Text::new("as given", "基准");
    }
    let join = |f: fn(&Text) -> &String, comma: &str| parts.iter().map(|t| f(t).as_str()).collect::<Vec<_>>().join(comma);
    Text::new(join(|t| &t.en, ", "), join(|t| &t.zh, "、"))
}

fn initial(form: Initial) -> Text {
    match form {
        Initial::Rate => Text::plain("I₀ / rate"),
        Initial::HallJones => Text::plain("I₀ / (g + δ)"),
        Initial::Harberger => Text::new("I₀ / (g + δ), g of output", "I₀ / (g + δ)，g 为产出增长率"),
        Initial::ReinsdorfCover => Text::plain("I₀ (1 + g) / (g + δ)"),
        Initial::Shan => Text::plain("I₁ / (g + δ)"),
        Initial::Given => Text::new("given", "给定"),
    }
}

impl Story<'_> {
    pub(super) fn tables(&self) -> Vec<Table> {
        let mut tables = vec![self.totals(), self.fan_table(), self.presets_table(), self.assets(), self.starts(), self.rows()];
        if self.account.options.model == Model::Vintage {
            tables.extend((0..self.stocks.len()).filter_map(|a| self.profile_table(a).ok()));
        }
        tables
    }

    fn totals(&self) -> Table {
        let unit = self.unit();
        let sum = |column: &[f64]| Cells::Number(self.aggregate(column), 2);
        let text = Text::default;
        let mut table = Table::new("totals", Text::new("Capital stock of all units", "全部单元的资本存量"))
            .note(Text::new(
                "End of period. Empty where a unit that has a stock in another period has none. Lower and upper end: all 27 combinations of the fan.",
                "期末值。若有单元缺该期存量则留空。上下端取扇面 27 种组合的极值。",
            ))
            .column("period", Text::new("Period", "时期"), text(), integers(self.periods.iter().copied()))
            .column("capital", Text::new("Productive stock", "生产性存量"), unit.clone(), sum(&self.total))
            .column("low", Text::new("Lower end", "下端"), unit.clone(), sum(&self.low))
            .column("high", Text::new("Upper end", "上端"), unit.clone(), sum(&self.high));
        if self.account.options.model == Model::Vintage {
            table = table
                .column("net", Text::new("Net stock", "净额"), unit.clone(), sum(&total(&self.stocks, |s| &s.net)))
                .column("gross", Text::new("Gross stock", "总额"), unit.clone(), sum(&total(&self.stocks, |s| &s.gross)));
        }
        table.column(
            "consumption",
            Text::new("Consumption of fixed capital", "固定资本消耗"),
            unit,
            sum(&total(&self.stocks, |s| &s.consumption)),
        )
    }

    fn fan_table(&self) -> Table {
        let percent = Text::plain("%");
        let (text, off) = (Text::default, |c: &[f64]| self.off(c));
        let one: Vec<&(Scenario, Vec<f64>)> = self.fan.iter().filter(|(s, _)| s.moved() <= 1).collect();
        let model = self.account.options.model;
        let mut names: Vec<Text> = one.iter().map(|(s, _)| moved(s, model)).collect();
        names.extend([
            Text::new("all combinations, lowest", "全部组合，最低"),
            Text::new("all combinations, highest", "全部组合，最高"),
        ]);
        let columns: Vec<&[f64]> =
            one.iter().map(|(_, c)| c.as_slice()).chain([self.low.as_slice(), self.high.as_slice()]).collect();
        let numbers = |f: &dyn Fn(&[f64]) -> f64, d| Cells::Number(columns.iter().map(|c| f(c)).collect(), d);
        let computed = self.fan.len();
        Table::new("fan", Text::new("Sensitivity of the stock", "存量的敏感性"))
            .note(Text::new(
                format!("Last period in which all units have a stock; {computed} of 27 combinations can be computed."),
                format!("取所有单元都有存量的最后一期；27 种组合中可计算 {computed} 种。"),
            ))
            .column("moved", Text::new("What is moved", "变动项"), text(), Cells::Text(names))
            .column("last", Text::new("Last stock", "末期存量"), self.unit(), numbers(&|c| self.last(c), 2))
            .column("off", Text::new("Beside the stock as given", "与基准之差"), percent.clone(), numbers(&off, 1))
            .column("growth", Text::new("Growth a period", "每期增长"), percent, numbers(&|c| self.growth(c), 2))
    }

    fn presets_table(&self) -> Table {
        let (text, percent) = (Text::default, Text::plain("%"));
        let numbers = |f: &dyn Fn(&[f64]) -> f64, d| {
            let each = |(_, c): &(Preset, Result<Vec<f64>, String>)| c.as_ref().map_or(f64::NAN, |c| f(c));
            Cells::Number(self.presets.iter().map(each).collect(), d)
        };
        let first = |c: &[f64]| self.ends().map_or(f64::NAN, |(a, _)| self.aggregate(c)[a]);
        let why = |(_, c): &(Preset, Result<Vec<f64>, String>)| match c {
            Ok(_) => Text::new("computed", "已计算"),
            Err(e) => Text::new(e.clone(), "无法计算"),
        };
        Table::new("presets", Text::new("The same data by the recipes of papers", "同一数据按各文献口径的存量"))
            .note(Text::new(
                "Each with its own first stock and depreciation rate, whatever options are given.",
                "各按自身的初始存量与折旧率，不受所给选项影响。",
            ))
            .column(
                "preset",
                Text::new("Paper", "文献"),
                text(),
                Cells::Text(self.presets.iter().map(|(p, _)| Text::plain(p.name())).collect()),
            )
            .column(
                "initial",
                Text::new("First stock by", "初始存量"),
                text(),
                Cells::Text(self.presets.iter().map(|(p, _)| initial(p.recipe().initial)).collect()),
            )
            .column(
                "depreciation",
                Text::new("Depreciation", "折旧率"),
                percent.clone(),
                Cells::Number(self.presets.iter().map(|(p, _)| 100.0 * p.recipe().depreciation).collect(), 2),
            )
            .column("first", Text::new("Stock, first period", "首期存量"), self.unit(), numbers(&first, 2))
            .column("last", Text::new("Stock, last period", "末期存量"), self.unit(), numbers(&|c| self.last(c), 2))
            .column("off", Text::new("Beside the stock as given", "与基准之差"), percent.clone(), numbers(&|c| self.off(c), 1))
            .column("growth", Text::new("Growth a period", "每期增长"), percent, numbers(&|c| self.growth(c), 2))
            .column("status", Text::new("Status", "状态"), text(), Cells::Text(self.presets.iter().map(why).collect()))
    }

    fn assets(&self) -> Table {
        let (text, percent) = (Text::default, Text::plain("%"));
        let numbers = |f: &dyn Fn(usize, &Stock) -> f64, d| {
            Cells::Number(self.stocks.iter().enumerate().map(|(a, s)| f(a, s)).collect(), d)
        };
        let rate = |a: usize| {
            let rates: Vec<f64> = self.account.rates(a).into_iter().filter(|v| v.is_finite()).collect();
            100.0 * numerics::moments::mean(&rates)
        };
        let mut table = Table::new("assets", Text::new("Stocks by asset", "分资产存量")).column(
            "asset",
            Text::new("Asset", "资产"),
            text(),
            Cells::Text((0..self.stocks.len()).map(|a| self.label(a)).collect()),
        );
        table = match self.account.options.model {
            Model::Geometric => table.column(
                "depreciation",
                Text::new("Depreciation, mean of rows", "折旧率（各行均值）"),
                percent.clone(),
                numbers(&|a, _| rate(a), 2),
            ),
            Model::Vintage => table.column(
                "life",
                Text::new("Mean life", "平均役龄"),
                Text::new("periods", "期"),
                numbers(&|a, _| self.account.profile(a, 1.0).map_or(f64::NAN, |p| p.mean_life), 2),
            ),
        };
        table
            .column(
                "last",
                Text::new("Productive stock, last period", "末期生产性存量"),
                self.unit(),
                numbers(&|_, s| self.last(&s.productive), 2),
            )
            .column(
                "share",
                Text::new("Share", "占比"),
                percent.clone(),
                numbers(&|_, s| 100.0 * self.last(&s.productive) / self.last(&self.total), 1),
            )
            .column("growth", Text::new("Growth a period", "每期增长"), percent, numbers(&|_, s| self.growth(&s.productive), 2))
    }

    fn starts(&self) -> Table {
        let panel = self.account.panel;
        let all: Vec<(usize, &Beginning)> =
            self.stocks.iter().enumerate().flat_map(|(a, s)| s.starts.iter().map(move |x| (a, x))).collect();
        let numbers = |f: &dyn Fn(usize, &Beginning) -> f64, d| Cells::Number(all.iter().map(|(a, x)| f(*a, x)).collect(), d);
        let text = Text::default;
        Table::new("starts", Text::new("Where stocks begin", "初始存量"))
            .hidden()
            .note(Text::new(
                "At the end of the first period. Growth is empty where the form needs none; 0 periods where it was given.",
                "首期期末。公式不需要增长率时留空；给定增长率时期数为 0。",
            ))
            .column(
                "unit",
                Text::new("Unit", "单元"),
                text(),
                Cells::Unit(all.iter().map(|(_, x)| panel.units[x.row].clone()).collect()),
            )
            .column("asset", Text::new("Asset", "资产"), text(), Cells::Text(all.iter().map(|(a, _)| self.label(*a)).collect()))
            .column("period", Text::new("First period", "首期"), text(), integers(all.iter().map(|(_, x)| panel.periods[x.row])))
            .column("stock", Text::new("First stock", "初始存量"), self.unit(), numbers(&|_, x| x.stock, 4))
            .column(
                "ratio",
                Text::new("First stock over investment", "初始存量与投资之比"),
                text(),
                numbers(&|a, x| x.stock / self.account.real[a][x.row], 2),
            )
            .column("growth", Text::new("Growth used", "所用增长率"), Text::plain("%"), numbers(&|_, x| 100.0 * x.growth, 2))
            .column(
                "growth_periods",
                Text::new("Measured over", "测算期数"),
                Text::new("periods", "期"),
                Cells::Integer(all.iter().map(|(_, x)| x.periods.map(i64::from)).collect()),
            )
    }

    fn rows(&self) -> Table {
        let panel = self.account.panel;
        let unit = self.unit();
        let status = |i: usize| match (0..self.stocks.len()).map(|a| self.stocks[a].status[i]).collect::<Vec<_>>() {
            s if s.contains(&Status::Missing) => Text::new("missing", "缺失"),
            s if s.contains(&Status::First) => Text::new("first stock", "初始存量"),
            _ => Text::new("computed", "已计算"),
        };
        let number = |v: Vec<f64>| Cells::Number(v, 4);
        let mut table = Table::new("stocks", Text::new("Stocks by unit and period", "各单元各期的存量"))
            .hidden()
            .column("unit", Text::new("Unit", "单元"), Text::default(), Cells::Unit(panel.units.clone()))
            .column("period", Text::new("Period", "时期"), Text::default(), integers(panel.periods.iter().copied()))
            .column("status", Text::new("Status", "状态"), Text::default(), Cells::Text((0..panel.len()).map(status).collect()))
            .column("capital", Text::new("Productive stock", "生产性存量"), unit.clone(), number(self.total.clone()))
            .column("low", Text::new("Lower end", "下端"), unit.clone(), number(self.low.clone()))
            .column("high", Text::new("Upper end", "上端"), unit.clone(), number(self.high.clone()))
            .column(
                "from_first_stock",
                Text::new("Left of the first stock", "初始存量占比"),
                Text::plain("%"),
                Cells::Number(self.initial_share.iter().map(|v| 100.0 * v).collect(), 1),
            );
        for (a, s) in self.stocks.iter().enumerate() {
            let name = &self.account.options.investment[a];
            let with = |en: &str, zh: &str| {
                Text::new(
                    format!("{}, {en}", self.label(a).en),
                    format!("{}，{zh}", self.label(a).get(crate::text::Language::Zh)),
                )
            };
            table = table
                .column(
                    &format!("investment_{name}"),
                    with("real investment", "实际投资"),
                    unit.clone(),
                    number(self.account.real[a].clone()),
                )
                .column(
                    &format!("productive_{name}"),
                    with("productive stock", "生产性存量"),
                    unit.clone(),
                    number(s.productive.clone()),
                )
                .column(
                    &format!("consumption_{name}"),
                    with("consumption", "资本消耗"),
                    unit.clone(),
                    number(s.consumption.clone()),
                );
            if !s.gross.is_empty() {
                table = table
                    .column(&format!("net_{name}"), with("net stock", "净额"), unit.clone(), number(s.net.clone()))
                    .column(&format!("gross_{name}"), with("gross stock", "总额"), unit.clone(), number(s.gross.clone()))
                    .column(&format!("retired_{name}"), with("retirements", "退役"), unit.clone(), number(s.retired.clone()));
            }
        }
        table
    }

    fn profile_table(&self, asset: usize) -> Result<Table, Vec<Problem>> {
        let Profile { survival, efficiency, price, .. } = self.account.profile(asset, 1.0)?;
        let name = &self.account.options.investment[asset];
        let label = self.label(asset);
        let ages = Cells::Integer((0..survival.len()).map(|n| Some(n as i64)).collect());
        let title =
            Text::new(format!("Age profile of {}", label.en), format!("{}的年龄剖面", label.get(crate::text::Language::Zh)));
        Ok(Table::new(&format!("profile_{name}"), title)
            .hidden()
            .note(Text::new("What is left of one unit invested.", "一单位投资的剩余。"))
            .column("age", Text::new("Age", "年龄"), Text::new("periods", "期"), ages)
            .column("survival", Text::new("In service", "在用"), Text::default(), Cells::Number(survival, 4))
            .column("efficiency", Text::new("Efficiency", "效率"), Text::default(), Cells::Number(efficiency, 4))
            .column("price", Text::new("Price", "价格"), Text::default(), Cells::Number(price, 4)))
    }
}
