//! Tables of user costs and capital services.

use numerics::moments::mean;
use tfp::{services::Status, user_cost};

use super::story::Story;
use crate::{
    table::{Cells, Table},
    text::{Language, Text},
};

fn integers(values: impl Iterator<Item = i32>) -> Cells {
    Cells::Integer(values.map(|v| Some(i64::from(v))).collect())
}

/// Mean of the numbers that are there; `NaN` where none is.
fn mean_of(values: impl Iterator<Item = f64>) -> f64 {
    mean(&values.filter(|v| v.is_finite()).collect::<Vec<_>>())
}

impl Story<'_> {
    pub(super) fn tables(&self) -> Vec<Table> {
        vec![self.by_unit(), self.by_asset(), self.rows()]
    }

    fn by_unit(&self) -> Table {
        let units: Vec<String> = self.panel.unit_set().iter().map(|u| (*u).to_owned()).collect();
        let grown = self.grown();
        let of = |u: &str| -> Vec<usize> { grown.iter().copied().filter(|&i| self.panel.units[i] == u).collect() };
        let percent = |c: &[f64]| Cells::Number(units.iter().map(|u| 100.0 * self.over(&of(u), c)).collect(), 2);
        let rate = |u: &String| {
            let rows = (0..self.panel.len()).filter(|&i| self.panel.units[i] == *u);
            100.0 * mean_of(rows.map(|i| self.costs.rate[i]))
        };
        let unit = || Text::plain("%");
        let counts = units.iter().map(|u| i64::try_from(of(u).len()).ok()).collect();
        Table::new("by_unit", Text::new("Growth of capital services", "资本服务增长"))
            .note(Text::new("Means of log growth over the periods with growth.", "有增长率各期的对数增长均值。"))
            .column("unit", Text::new("Unit", "单元"), Text::default(), Cells::Unit(units.clone()))
            .column("periods", Text::new("Periods with growth", "有增长率的期数"), Text::default(), Cells::Integer(counts))
            .column("services", Text::new("Capital services", "资本服务"), unit(), percent(&self.services.growth))
            .column("stock", Text::new("Sum of stocks", "存量之和"), unit(), percent(&self.services.stock_growth))
            .column("composition", Text::new("Composition", "构成效应"), unit(), percent(&self.services.composition))
            .column(
                "return",
                Text::new("Rate of return, mean", "回报率均值"),
                unit(),
                Cells::Number(units.iter().map(rate).collect(), 1),
            )
    }

    fn by_asset(&self) -> Table {
        let assets = 0..self.options.stocks.len();
        let grown = self.grown();
        let percent = |f: &dyn Fn(usize) -> f64| Cells::Number(assets.clone().map(|a| 100.0 * f(a)).collect(), 2);
        let unit = || Text::plain("%");
        let in_stocks = |a: usize| {
            let share = |i: usize| self.work[a][i] / self.work.iter().map(|w| w[i]).sum::<f64>();
            mean_of((0..self.panel.len()).map(share))
        };
        let cost = Cells::Number(assets.clone().map(|a| mean_of(self.costs.cost[a].iter().copied())).collect(), 4);
        Table::new("by_asset", Text::new("Assets", "资产"))
            .note(Text::new("Means of rows.", "各行均值。"))
            .column(
                "asset",
                Text::new("Asset", "资产"),
                Text::default(),
                Cells::Text(assets.clone().map(|a| self.label(a)).collect()),
            )
            .column(
                "user_cost",
                Text::new("User cost of one unit at base prices", "每单位（基期价）使用成本"),
                Text::default(),
                cost,
            )
            .column(
                "cost_share",
                Text::new("Share in cost", "成本份额"),
                unit(),
                percent(&|a| mean_of(self.services.shares[a].iter().copied())),
            )
            .column("stock_share", Text::new("Share in stocks", "存量份额"), unit(), percent(&in_stocks))
            .column(
                "contribution",
                Text::new("Contribution to services", "对服务增长的贡献"),
                unit(),
                percent(&|a| self.over(&grown, &self.services.contributions[a])),
            )
    }

    fn rows(&self) -> Table {
        let log = || Text::plain("log");
        let cost_status = |s: &user_cost::Status| match s {
            user_cost::Status::Computed => Text::new("computed", "已计算"),
            user_cost::Status::First => Text::new("no price before", "缺上期价格"),
            user_cost::Status::Missing => Text::new("missing", "缺失"),
            user_cost::Status::NoStock => Text::new("no stock", "无存量"),
            user_cost::Status::AllFloored => Text::new("all at the floor", "全部处于下限"),
        };
        let status = |s: &Status| match s {
            Status::Computed => Text::new("computed", "已计算"),
            Status::First => Text::new("first period", "首期"),
            Status::Gap => Text::new("gap before", "之前有间断"),
            Status::Appears => Text::new("asset appears or disappears", "资产出现或消失"),
            Status::Missing => Text::new("missing", "缺失"),
        };
        let number = |v: &[f64]| Cells::Number(v.to_vec(), 4);
        let s = self.services;
        let texts = |v: Vec<Text>| Cells::Text(v);
        let mut table =
            Table::new("services", Text::new("User costs and services by unit and period", "各单元各期的使用成本与资本服务"))
                .hidden()
                .column("unit", Text::new("Unit", "单元"), Text::default(), Cells::Unit(self.panel.units.clone()))
                .column("period", Text::new("Period", "时期"), Text::default(), integers(self.panel.periods.iter().copied()))
                .column(
                    "cost_status",
                    Text::new("Status of costs", "成本状态"),
                    Text::default(),
                    texts(self.costs.status.iter().map(cost_status).collect()),
                )
                .column(
                    "status",
                    Text::new("Status of growth", "增长状态"),
                    Text::default(),
                    texts(s.status.iter().map(status).collect()),
                )
                .column("return", Text::new("Rate of return", "回报率"), Text::default(), number(&self.costs.rate))
                .column("cost", Text::new("Cost of all assets", "全部资产成本"), Text::default(), number(&self.costs.total))
                .column("profit", Text::new("Income less cost", "收入减成本"), Text::default(), number(&self.costs.profit))
                .column(
                    "services",
                    Text::new("Capital services", "资本服务"),
                    Text::new("first period = 1", "首期 = 1"),
                    number(&s.level),
                )
                .column("growth", Text::new("Growth of services", "服务增长"), log(), number(&s.growth))
                .column("stock_growth", Text::new("Growth of the sum of stocks", "存量之和增长"), log(), number(&s.stock_growth))
                .column("composition", Text::new("Composition", "构成效应"), log(), number(&s.composition));
        for (a, name) in self.options.stocks.iter().enumerate() {
            let label = self.label(a);
            let with =
                |en: &str, zh: &str| Text::new(format!("{}, {en}", label.en), format!("{}，{zh}", label.get(Language::Zh)));
            table = table
                .column(&format!("user_cost_{name}"), with("user cost", "使用成本"), Text::default(), number(&self.costs.cost[a]))
                .column(&format!("share_{name}"), with("share in cost", "成本份额"), Text::default(), number(&s.shares[a]))
                .column(&format!("contribution_{name}"), with("contribution", "贡献"), log(), number(&s.contributions[a]));
        }
        table
    }
}
