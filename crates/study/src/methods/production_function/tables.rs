//! Tables of production functions.

use numerics::moments::{mean, quantile, variance};

use super::{
    super::lookup,
    arms::{Detail, Told},
    story::{Cell, Productivity, Story},
};
use crate::{
    table::{Cells, Table},
    text::Text,
};

/// A coefficient of a solution: its cell, number, criterion, whether chosen, name and value, what else is known.
type Line<'a> = (&'a Cell, usize, f64, bool, &'a (String, f64), Option<Detail>);

impl Story<'_> {
    pub(super) fn tables(&self, productivity: &[Productivity]) -> Vec<Table> {
        let mut out = vec![self.elasticities(), self.distribution(productivity), self.roots(), self.diagnostics()];
        out.push(self.levels(productivity));
        out.push(self.silent());
        out.push(self.left_out());
        out.retain(|t| !t.is_empty());
        out
    }

    /// All inputs any estimator has an elasticity of, in the order of the options.
    pub(super) fn inputs(&self) -> Vec<String> {
        let mut names: Vec<String> = self.options.free.iter().chain(&self.options.state).cloned().collect();
        names.extend(self.options.materials.iter().filter(|_| self.options.gross).cloned());
        names
    }

    fn industry(&self, table: Table, industries: impl Iterator<Item = usize>) -> Table {
        match &self.options.industry {
            Some(name) => table.column(
                name,
                Text::new("Industry", "行业"),
                Text::default(),
                Cells::Text(industries.map(|g| self.rows.industries[g].clone()).collect()),
            ),
            None => table,
        }
    }

    /// Columns that tell whose line it is.
    pub(super) fn estimates<'c>(&self, table: Table, cells: impl Iterator<Item = &'c Cell> + Clone) -> Table {
        self.industry(table, cells.clone().map(|c| c.industry)).column(
            "estimator",
            Text::new("Estimator", "估计方法"),
            Text::default(),
            Cells::Text(cells.map(|c| Text::plain(c.estimator.label())).collect()),
        )
    }

    fn elasticities(&self) -> Table {
        let per =
            |f: &dyn Fn(&Told) -> f64| -> Vec<f64> { self.cells.iter().map(|c| c.told.as_ref().map_or(f64::NAN, f)).collect() };
        let count = |f: &dyn Fn(&Told) -> usize| -> Cells {
            Cells::Integer(self.cells.iter().map(|c| c.told.as_ref().ok().map(|t| f(t) as i64)).collect())
        };
        let pure = Text::default;
        let words = |c: &Cell| match &c.told {
            Ok(_) => Text::new("estimated", "已估计"),
            Err(e) => e.why.clone(),
        };
        let replicates = self.options.replicates;
        let table =
            Table::new("elasticities", Text::new("Output elasticities by estimator", "各估计方法的产出弹性")).note(Text::new(
                format!(
                    "Standard errors: clustered by firm where analytic ones are valid{}; empty where neither exists.",
                    if replicates > 0 { format!(", else bootstrap over firms, {replicates} replicates") } else { String::new() }
                ),
                format!(
                    "标准误：解析式有效时按企业聚类{}；两者皆无则留空。",
                    if replicates > 0 { format!("，否则按企业自助抽样 {replicates} 次") } else { String::new() }
                ),
            ));
        let mut table = self.estimates(table, self.cells.iter());
        for name in self.inputs() {
            let at = |t: &Told| t.inputs.iter().position(|n| *n == name);
            let label = lookup::variable_label(self.panel, &name);
            let error_label = Text::new(
                format!("SE {}", label.en),
                if label.zh.is_empty() { String::new() } else { format!("{} 标准误", label.zh) },
            );
            let value = per(&|t| at(t).map_or(f64::NAN, |j| t.fitted.elasticities[j]));
            let error = per(&|t| at(t).zip(t.fitted.errors()).map_or(f64::NAN, |(j, e)| e[j]));
            table = table.column(&name, label, pure(), Cells::Number(value, 4)).column(
                &format!("{name}_se"),
                error_label,
                pure(),
                Cells::Number(error, 4),
            );
        }
        let spread = |t: &Told| t.fitted.covariance.as_ref().map_or(f64::NAN, |c| c.iter().sum::<f64>().sqrt());
        table
            .column("returns", Text::new("Returns to scale", "规模报酬"), pure(), Cells::Number(per(&|t| t.fitted.returns()), 4))
            .column("returns_se", Text::new("SE returns", "规模报酬标准误"), pure(), Cells::Number(per(&spread), 4))
            .column("rows_first", Text::new("Rows of the sample", "样本行数"), pure(), count(&|t| t.fitted.rows[0]))
            .column("rows", Text::new("Rows, last stage", "末阶段行数"), pure(), count(&|t| t.fitted.rows[1]))
            .column("firms", Text::new("Firms of the sample", "样本企业数"), pure(), count(&|t| t.fitted.firms))
            .column(
                "silent",
                Text::new("Of them without a row in the last stage", "其中末阶段没有行的企业"),
                pure(),
                count(&|t| t.fitted.silent.len()),
            )
            .column("left_out", Text::new("Rows left out", "未用行数"), pure(), count(&|t| t.missing))
            .column("status", Text::new("Status", "状态"), pure(), Cells::Text(self.cells.iter().map(words).collect()))
    }

    /// Productivity relative to the mean of the industry, by estimator and period.
    fn distribution(&self, productivity: &[Productivity]) -> Table {
        let log = || Text::plain("log");
        let mut lines: Vec<(&'static str, i32, Vec<f64>)> = Vec::new();
        for p in productivity {
            let relative = p.relative(self.rows);
            for period in self.panel.period_set() {
                let values = self.sorted(&relative, period);
                if !values.is_empty() {
                    lines.push((p.estimator.label(), period, values));
                }
            }
        }
        let number = |f: &dyn Fn(&[f64]) -> f64| Cells::Number(lines.iter().map(|l| f(&l.2)).collect(), 4);
        let quantity = |q: f64| number(&move |v: &[f64]| quantile(v, q));
        Table::new("distribution", Text::new("Productivity by period", "各期生产率分布"))
            .note(Text::new(
                "ln ω where the estimator tells it from noise, else ln A; less the mean of the industry.",
                "估计方法能剔除噪声时为 ln ω，否则为 ln A；已减去行业均值。",
            ))
            .column(
                "estimator",
                Text::new("Estimator", "估计方法"),
                Text::default(),
                Cells::Text(lines.iter().map(|l| Text::plain(l.0)).collect()),
            )
            .column(
                "period",
                Text::new("Period", "时期"),
                Text::default(),
                Cells::Integer(lines.iter().map(|l| Some(i64::from(l.1))).collect()),
            )
            .column(
                "rows",
                Text::new("Rows", "行数"),
                Text::default(),
                Cells::Integer(lines.iter().map(|l| Some(l.2.len() as i64)).collect()),
            )
            .column("mean", Text::new("Mean", "均值"), log(), number(&mean))
            .column(
                "deviation",
                Text::new("Standard deviation", "标准差"),
                log(),
                number(&|v| if v.len() > 1 { variance(v, 1).sqrt() } else { f64::NAN }),
            )
            .column("p10", Text::plain("P10"), log(), quantity(0.1))
            .column("p50", Text::plain("P50"), log(), quantity(0.5))
            .column("p90", Text::plain("P90"), log(), quantity(0.9))
            .column("p90_p10", Text::new("P90 less P10", "P90 减 P10"), log(), number(&|v| quantile(v, 0.9) - quantile(v, 0.1)))
    }

    /// Finite values of a period in ascending order.
    pub(super) fn sorted(&self, values: &[f64], period: i32) -> Vec<f64> {
        let of = |(v, p): (&f64, &i32)| (*p == period && v.is_finite()).then_some(*v);
        let mut out: Vec<f64> = values.iter().zip(&self.panel.periods).filter_map(of).collect();
        out.sort_by(f64::total_cmp);
        out
    }

    fn roots(&self) -> Table {
        let lines: Vec<Line<'_>> = self
            .roots_found()
            .flat_map(|(c, roots)| {
                roots.iter().enumerate().flat_map(move |(at, r)| {
                    r.point.iter().map(move |coefficient| (c, at + 1, r.criterion, r.chosen, coefficient, r.detail))
                })
            })
            .collect();
        let detail = |f: &dyn Fn(&Detail) -> f64, decimals: u8| {
            Cells::Number(lines.iter().map(|l| l.5.as_ref().map_or(f64::NAN, f)).collect(), decimals)
        };
        let kind = |i: usize| match lines[i].5 {
            None => Text::new("minimum", "极小点"),
            Some(d) if !d.exact => Text::new("local minimum, no root", "局部极小点，非根"),
            Some(d) if d.spurious => Text::new("root, flagged as spurious", "根，疑为伪根"),
            Some(d) if d.qualifies => Text::new("root, qualifies", "根，合格"),
            Some(_) => Text::new("root, does not qualify", "根，不合格"),
        };
        let text = |f: &dyn Fn(usize) -> Text| Cells::Text((0..lines.len()).map(f).collect());
        let table = Table::new("roots", Text::new("All solutions of the last stage", "末阶段的全部解")).note(Text::new(
            "Every solution found, the least criterion first: in `range` for OP and LP, from all starts for ACF and GNR. Condition: smallest over largest singular value of the moments' Jacobian; moved: distance to the nearest root with the neighbouring degree of the first stage.",
            "找到的全部解，按准则值从小到大：OP、LP 在 `range` 内，ACF、GNR 从全部起点出发。条件：矩的雅可比最小与最大奇异值之比；移动：第一阶段取相邻次数时到最近的根的距离。",
        ));
        let table = self.estimates(table, lines.iter().map(|l| l.0));
        let label = |yes: bool| if yes { Text::new("the estimate", "采用") } else { Text::new("not chosen", "未采用") };
        table
            .column(
                "solution",
                Text::new("Solution", "解"),
                Text::default(),
                Cells::Integer(lines.iter().map(|l| Some(l.1 as i64)).collect()),
            )
            .column("chosen", Text::new("Chosen", "是否采用"), Text::default(), text(&|i| label(lines[i].3)))
            .column("kind", Text::new("Kind", "类型"), Text::default(), text(&kind))
            .column("starts", Text::new("Share of starts", "起点占比"), Text::default(), detail(&|d| d.starts, 3))
            .column("condition", Text::new("Condition", "条件"), Text::default(), detail(&|d| d.condition, 4))
            .column("moved", Text::new("Moved", "移动"), Text::default(), detail(&|d| d.moved, 3))
            .column(
                "criterion",
                Text::new("Criterion", "准则值"),
                Text::default(),
                Cells::Number(lines.iter().map(|l| l.2).collect(), 6),
            )
            .column(
                "input",
                Text::new("Input", "投入"),
                Text::default(),
                text(&|i| lookup::variable_label(self.panel, &lines[i].4.0)),
            )
            .column(
                "coefficient",
                Text::new("Coefficient", "系数"),
                Text::default(),
                Cells::Number(lines.iter().map(|l| l.4.1).collect(), 4),
            )
    }

    fn diagnostics(&self) -> Table {
        let lines: Vec<(&Cell, &(Text, f64, f64))> =
            self.told().flat_map(|(c, t)| t.diagnostics.iter().map(move |d| (c, d))).collect();
        let table = Table::new("diagnostics", Text::new("Tests and diagnostics", "检验与诊断"));
        self.estimates(table, lines.iter().map(|l| l.0))
            .column(
                "name",
                Text::new("What", "名称"),
                Text::default(),
                Cells::Text(lines.iter().map(|l| l.1.0.clone()).collect()),
            )
            .column("value", Text::new("Value", "数值"), Text::default(), Cells::Number(lines.iter().map(|l| l.1.1).collect(), 4))
            .column("p", Text::new("p-value", "p 值"), Text::default(), Cells::P(lines.iter().map(|l| l.1.2).collect()))
    }

    /// Productivity by row, one pair of columns an estimator.
    fn levels(&self, productivity: &[Productivity]) -> Table {
        let table = Table::new("productivity", Text::new("Productivity by firm and period", "各企业各期的生产率"))
            .hidden()
            .note(Text::new(
                "tfp: ln A = y − Σ β x, with noise. omega: ln ω, known to the firm. Logarithms; levels compare within an industry only.",
                "tfp：ln A = y − Σ β x，含噪声；omega：企业已知的 ln ω。均为对数，水平只能在同一行业内比较。",
            ))
            .column("unit", Text::new("Firm", "企业"), Text::default(), Cells::Unit(self.panel.units.clone()))
            .column(
                "period",
                Text::new("Period", "时期"),
                Text::default(),
                Cells::Integer(self.panel.periods.iter().map(|p| Some(i64::from(*p))).collect()),
            );
        let mut table = self.industry(table, self.rows.industry.iter().copied());
        for p in productivity {
            let (id, label) = (p.estimator.id().replace('-', "_"), p.estimator.label());
            table = table.column(
                &format!("tfp_{id}"),
                Text::plain(format!("TFP_{label}")),
                Text::plain("log"),
                Cells::Number(p.tfp.clone(), 4),
            );
            if p.omega.iter().any(|v| v.is_finite()) {
                let omega = Cells::Number(p.omega.clone(), 4);
                table = table.column(&format!("omega_{id}"), Text::plain(format!("ω {label}")), Text::plain("log"), omega);
            }
        }
        table
    }

    fn left_out(&self) -> Table {
        let left = &self.rows.left_out;
        let why = |missing: bool| {
            if missing {
                Text::new("missing", "缺失")
            } else {
                Text::new("not positive: no logarithm", "非正值，无对数")
            }
        };
        Table::new("left_out", Text::new("Values left out", "未用的数值"))
            .hidden()
            .column(
                "unit",
                Text::new("Firm", "企业"),
                Text::default(),
                Cells::Unit(left.iter().map(|l| self.panel.units[l.1].clone()).collect()),
            )
            .column(
                "period",
                Text::new("Period", "时期"),
                Text::default(),
                Cells::Integer(left.iter().map(|l| Some(i64::from(self.panel.periods[l.1]))).collect()),
            )
            .column(
                "variable",
                Text::new("Variable", "变量"),
                Text::default(),
                Cells::Text(left.iter().map(|l| lookup::variable_label(self.panel, &l.0)).collect()),
            )
            .column("why", Text::new("Why", "原因"), Text::default(), Cells::Text(left.iter().map(|l| why(l.2)).collect()))
    }
}
