//! The tables of inequality.

use regions::inequality::{self as room, Inequality};

use super::{
    Section,
    view::{DAGUM, Measure, View},
};
use crate::{
    table::{Cells, Table},
    text::Text,
};

impl View<'_> {
    pub(super) fn numbers(&self, f: impl Fn(&Inequality) -> f64) -> Vec<f64> {
        self.results.iter().map(|(_, r)| f(r)).collect()
    }

    pub(super) fn table(&self, id: &str, title: Text, periods: Vec<i32>) -> Table {
        let table = Table::new(id, title);
        if !self.dated {
            return table;
        }
        let cells = periods.into_iter().map(|p| Some(i64::from(p))).collect();
        table.column("period", Text::new("Period", "时期"), Text::default(), Cells::Integer(cells))
    }

    pub(super) fn tables(&self) -> Vec<Table> {
        let mut tables = vec![self.gini_table(), self.theil_table()];
        if self.grouped {
            tables.push(self.group_table());
            let last = self.results.len().saturating_sub(1);
            let pairs = self.pair_table("pairs", &self.results[last..]);
            if !pairs.is_empty() {
                tables.push(pairs);
                if last > 0 {
                    tables.push(self.pair_table("pairs_all", self.results).hidden());
                }
            }
        }
        tables
    }

    pub(super) fn gini_table(&self) -> Table {
        let none = Text::default;
        let number = |f: &dyn Fn(&Inequality) -> f64, d| Cells::Number(self.numbers(f), d);
        let bound = |part: usize, high: bool| {
            move |r: &Inequality| r.intervals.as_ref().map_or(f64::NAN, |i| if high { i.dagum[part].1 } else { i.dagum[part].0 })
        };
        let mut table = self
            .table("gini", Text::new("Gini coefficient and its Dagum parts", "基尼系数及其 Dagum 分解"), self.periods())
            .note(Text::new(
                format!(
                    "Denominator n. Shares in per cent of G. Intervals: {:.0} %, units resampled within groups.",
                    100.0 * self.level
                ),
                format!("分母为 n；贡献率为占 G 的百分比；区间水平 {:.0}%，组内重抽样。", 100.0 * self.level),
            ))
            .column("units", Text::new("Units", "单元数"), none(), Cells::Integer(self.counts()))
            .column("mean", Text::new("Mean", "均值"), self.unit.clone(), number(&|r| r.mean, 3))
            .column("gini", Text::plain("G"), none(), number(&|r| r.dagum.total, 4));
        let bounded = self.results.iter().any(|(_, r)| r.intervals.is_some());
        let with_bounds = |table: Table, name: &str, part: usize| {
            if !bounded {
                return table;
            }
            table.column(&format!("{name}_low"), Text::new("low", "下限"), none(), number(&bound(part, false), 4)).column(
                &format!("{name}_high"),
                Text::new("high", "上限"),
                none(),
                number(&bound(part, true), 4),
            )
        };
        table = with_bounds(table, "gini", 0);
        if !self.grouped {
            return table;
        }
        let parts: [(&str, Measure); 3] = [
            ("within", |r| r.dagum.within),
            ("net_between", |r| r.dagum.net_between),
            ("transvariation", |r| r.dagum.transvariation),
        ];
        for (k, (name, part)) in parts.into_iter().enumerate() {
            table = table.column(name, Text::new(DAGUM[k].0, DAGUM[k].1), none(), number(&part, 4));
            table = with_bounds(table, name, k + 1);
        }
        for (k, (name, part)) in parts.into_iter().enumerate() {
            let share = move |r: &Inequality| if r.dagum.total > 0.0 { 100.0 * part(r) / r.dagum.total } else { f64::NAN };
            let heading = Text::new(format!("share {}", DAGUM[k].0), format!("{}贡献率", DAGUM[k].1));
            table = table.column(&format!("share_{name}"), heading, Text::plain("%"), number(&share, 1));
        }
        table
    }

    pub(super) fn theil_table(&self) -> Table {
        let none = Text::default;
        let number = |f: &dyn Fn(&Inequality) -> f64, d| Cells::Number(self.numbers(f), d);
        let mut table = self
            .table("theil", Text::new("Theil indices and spread", "泰尔指数与离散程度"), self.periods())
            .note(Text::new(
                "T: Theil's first index; L: mean log deviation, empty where a value is 0; CV and σ of logarithms with denominator n.",
                "T 为泰尔第一指数；L 为平均对数离差，有 0 值时为空；变异系数与对数标准差的分母为 n。",
            ))
            .column("theil_t", Text::plain("T"), none(), number(&|r| r.theil_t.total, 4));
        if self.results.iter().any(|(_, r)| r.intervals.is_some()) {
            let bound = |high: bool| {
                move |r: &Inequality| {
                    r.intervals.as_ref().map_or(f64::NAN, |i| if high { i.theil_t[0].1 } else { i.theil_t[0].0 })
                }
            };
            table = table.column("theil_t_low", Text::new("low", "下限"), none(), number(&bound(false), 4)).column(
                "theil_t_high",
                Text::new("high", "上限"),
                none(),
                number(&bound(true), 4),
            );
        }
        let l = |part: fn(&room::Theil) -> f64| move |r: &Inequality| r.theil_l.as_ref().map_or(f64::NAN, part);
        if self.grouped {
            let share =
                |r: &Inequality| if r.theil_t.total > 0.0 { 100.0 * r.theil_t.between / r.theil_t.total } else { f64::NAN };
            table = table
                .column("theil_t_within", Text::new("T within", "T 组内"), none(), number(&|r| r.theil_t.within, 4))
                .column("theil_t_between", Text::new("T between", "T 组间"), none(), number(&|r| r.theil_t.between, 4))
                .column(
                    "theil_t_between_share",
                    Text::new("T between, share", "T 组间贡献率"),
                    Text::plain("%"),
                    number(&share, 1),
                );
        }
        table = table.column("theil_l", Text::plain("L"), none(), number(&l(|t| t.total), 4));
        if self.grouped {
            table = table.column("theil_l_within", Text::new("L within", "L 组内"), none(), number(&l(|t| t.within), 4)).column(
                "theil_l_between",
                Text::new("L between", "L 组间"),
                none(),
                number(&l(|t| t.between), 4),
            );
        }
        table.column("cv", Text::new("CV", "变异系数"), none(), number(&|r| r.cv, 4)).column(
            "sigma_log",
            Text::new("σ of logarithms", "对数标准差 σ"),
            none(),
            number(&|r| r.sigma.unwrap_or(f64::NAN), 4),
        )
    }

    pub(super) fn group_table(&self) -> Table {
        let rows: Vec<(i32, &room::Group)> =
            self.results.iter().flat_map(|(s, r)| r.groups.iter().map(|g| (s.period, g))).collect();
        let number = |f: fn(&room::Group) -> f64, d| Cells::Number(rows.iter().map(|(_, g)| f(g)).collect(), d);
        let none = Text::default;
        self.table("groups", Text::new("Groups", "各组"), rows.iter().map(|r| r.0).collect())
            .column(
                "group",
                Text::new("Group", "组"),
                none(),
                Cells::Text(rows.iter().map(|(_, g)| Text::plain(&g.name)).collect()),
            )
            .column(
                "units",
                Text::new("Units", "单元数"),
                none(),
                Cells::Integer(rows.iter().map(|(_, g)| Some(g.units as i64)).collect()),
            )
            .column(
                "weight_share",
                Text::new("Share of units or population, p", "单元或人口份额 p"),
                none(),
                number(|g| g.weight_share, 4),
            )
            .column("value_share", Text::new("Share of the total, s", "总量份额 s"), none(), number(|g| g.value_share, 4))
            .column("mean", Text::new("Mean", "均值"), self.unit.clone(), number(|g| g.mean, 3))
            .column("gini", Text::plain("G_jj"), none(), number(|g| g.gini, 4))
            .column("gini_low", Text::new("low", "下限"), none(), number(|g| g.interval.map_or(f64::NAN, |i| i.0), 4))
            .column("gini_high", Text::new("high", "上限"), none(), number(|g| g.interval.map_or(f64::NAN, |i| i.1), 4))
            .column("theil_t", Text::plain("T_j"), none(), number(|g| g.theil_t, 4))
            .hidden()
    }

    pub(super) fn pair_table(&self, id: &str, results: &[(Section, Inequality)]) -> Table {
        let rows: Vec<(i32, &Inequality, &room::Pair)> =
            results.iter().flat_map(|(s, r)| r.pairs.iter().map(move |q| (s.period, r, q))).collect();
        let number = |f: fn(&room::Pair) -> f64, d| Cells::Number(rows.iter().map(|(_, _, q)| f(q)).collect(), d);
        let name =
            |f: fn(&room::Pair) -> usize| Cells::Text(rows.iter().map(|(_, r, q)| Text::plain(&r.groups[f(q)].name)).collect());
        let none = Text::default;

        self.table(id, Text::new("Pairs of groups", "两两组间"), rows.iter().map(|r| r.0).collect())
            .note(Text::new(
                "d: mean excess of the richer group over the poorer; p: mean excess the other way; D = (d − p)/(d + p), relative affluence.",
                "d 为较高组对较低组的平均超出额，p 为反方向；D = (d − p)/(d + p) 为相对富裕程度。",
            ))
            .column("richer", Text::new("Higher mean", "均值较高组"), none(), name(|q| q.rich))
            .column("poorer", Text::new("Lower mean", "均值较低组"), none(), name(|q| q.poor))
            .column("gini", Text::plain("G_jh"), none(), number(|q| q.gini, 4))
            .column("gini_low", Text::new("low", "下限"), none(), number(|q| q.interval.map_or(f64::NAN, |i| i.0), 4))
            .column("gini_high", Text::new("high", "上限"), none(), number(|q| q.interval.map_or(f64::NAN, |i| i.1), 4))
            .column("affluence", Text::plain("D_jh"), none(), number(|q| q.affluence, 4))
            .column("d", Text::plain("d_jh"), self.unit.clone(), number(|q| q.d, 3))
            .column("p", Text::plain("p_jh"), self.unit.clone(), number(|q| q.p, 3))
    }
}
