//! The tables of the decomposition, and what is said of them.

use tfp::decomposition::{Change, Parts, Role, Status, Variant};

use super::{super::lookup, View};
use crate::{
    method::{Check, Output, OutputVariable},
    table::{Cells, Table},
    text::{Language, Text},
};

/// Name of a variant as papers give it.
pub(super) fn variant(v: Variant) -> Text {
    match v {
        Variant::Bhc => Text::plain("BHC"),
        Variant::Gr => Text::plain("GR"),
        Variant::Fhk => Text::plain("FHK"),
        Variant::Bg => Text::plain("BG"),
        Variant::Mp => Text::plain("MP"),
        Variant::Df => Text::plain("DF"),
    }
}

/// The parts with their names, in the order of tables and figures.
pub(super) fn parts(p: &Parts) -> [(&'static str, Text, f64); 5] {
    [
        ("within", Text::new("Within", "组内（自身提高）"), p.within),
        ("between", Text::new("Between", "组间（份额转移）"), p.between),
        ("cross", Text::new("Cross", "交叉"), p.cross),
        ("entry", Text::new("Entry", "进入"), p.entry),
        ("exit", Text::new("Exit", "退出"), p.exit),
    ]
}

fn integers(values: impl Iterator<Item = i64>) -> Cells {
    Cells::Integer(values.map(Some).collect())
}

/// One line of a table of changes.
struct Line<'a> {
    group: Option<Text>,
    change: &'a Change,
    parts: &'a Parts,
}

impl View<'_> {
    pub(super) fn unit(&self) -> Text {
        let name = self.options.productivity.as_deref().unwrap_or_default();
        match self.panel.variable(name) {
            _ if self.options.logs => Text::plain("log"),
            Some(v) => Text::plain(v.meaning.unit.clone()),
            None => Text::default(),
        }
    }

    pub(super) fn output(&self) -> Output {
        Output {
            summary: self.summary(),
            variables: vec![self.share()],
            tables: self.tables(),
            figures: self.figures(),
            findings: self.findings(),
            checks: self.checks(),
        }
    }

    fn checks(&self) -> Vec<Check> {
        let across = self.groups.as_ref().map_or(0.0, |g| g.across.residual);
        vec![Check {
            name: Text::new("Σ parts = ΔΦ, mean + covariance = Φ", "各项之和 = ΔΦ，均值 + 协方差 = Φ"),
            residual: self.result.residual.max(across),
            tolerance: 1e-12,
        }]
    }

    fn share(&self) -> OutputVariable {
        let weight = self.options.weight.as_deref().and_then(|w| self.panel.values(w)).unwrap_or_default();
        let name = self.options.productivity.as_deref().unwrap_or_default();
        let productivity = self.panel.values(name).unwrap_or_default();
        let complete = |i: usize| weight[i].is_finite() && productivity[i].is_finite();
        let periods = self.panel.period_set();
        let mut sums = vec![0.0; periods.len()];
        let at = |i: usize| periods.partition_point(|p| *p < self.panel.periods[i]);
        for i in (0..self.panel.len()).filter(|&i| complete(i)) {
            sums[at(i)] += weight[i];
        }
        OutputVariable {
            name: "share".into(),
            label: Text::new("Share in the aggregate", "在总量中的份额"),
            unit: Text::default(),
            keys: self.panel.units.iter().cloned().zip(self.panel.periods.iter().copied()).collect(),
            values: (0..self.panel.len()).map(|i| if complete(i) { weight[i] / sums[at(i)] } else { f64::NAN }).collect(),
        }
    }

    fn summary(&self) -> Vec<Text> {
        let Some(change) = self.result.changes.last() else {
            return vec![Text::new(
                "There is one period: the aggregate is split into mean and covariance, no change is decomposed.",
                "只有一个时期：仅将总量分为均值与协方差，不分解变化。",
            )];
        };
        let main = self.main();
        let mut out = Vec::new();
        let (from, to, delta) = (change.from, change.to, change.aggregate[1] - change.aggregate[0]);
        let (stay, enter, leave) = (change.count(Role::Survivor), change.count(Role::Entrant), change.count(Role::Exiter));
        if let Some(p) = change.parts.iter().find(|p| p.variant == main && p.status != Status::NoSurvivors) {
            let list = |language: Language, comma: &str| {
                parts(p)
                    .iter()
                    .filter(|(name, ..)| *name != "cross" || main == Variant::Fhk)
                    .map(|(_, label, x)| format!("{} {x:.4}", label.get(language)))
                    .collect::<Vec<_>>()
                    .join(comma)
            };
            let name = variant(main).en;
            out.push(Text::new(
                format!(
                    "From {from} to {to} aggregate productivity changed by {delta:.4} ({name}): {}.",
                    list(Language::En, ", ")
                ),
                format!("{from}—{to} 年总量生产率变化 {delta:.4}（{name}）：{}。", list(Language::Zh, "、")),
            ));
        }
        out.push(Text::new(
            format!("{stay} units survive, {enter} enter, {leave} leave."),
            format!("存续 {stay} 个单元，进入 {enter} 个，退出 {leave} 个。"),
        ));
        if let [first, .., last] = &self.result.levels[..] {
            out.push(Text::new(
                format!(
                    "The covariance of share and productivity went from {:.4} in {} to {:.4} in {}.",
                    first.covariance, first.period, last.covariance, last.period
                ),
                format!(
                    "份额与生产率的协方差由 {} 年的 {:.4} 变为 {} 年的 {:.4}。",
                    first.period, first.covariance, last.period, last.covariance
                ),
            ));
        }
        out
    }

    fn tables(&self) -> Vec<Table> {
        let variants = self.variants();
        let shown = |c: &'_ Change| -> Vec<Parts> { c.parts.iter().filter(|p| variants.contains(&p.variant)).copied().collect() };
        let all: Vec<(usize, Parts)> =
            self.result.changes.iter().enumerate().flat_map(|(k, c)| shown(c).into_iter().map(move |p| (k, p))).collect();
        let lines = all.iter().map(|(k, p)| Line { group: None, change: &self.result.changes[*k], parts: p }).collect();
        let mut tables = vec![self.changes("changes", Text::new("Change of aggregate productivity", "总量生产率的变化"), lines)];
        tables.push(self.levels());
        if let Some(groups) = &self.groups {
            let main = self.main();
            let mut lines = Vec::new();
            for (name, own) in groups.names.iter().zip(&groups.own) {
                for change in own.iter().flatten() {
                    let parts = change.parts.iter().find(|p| p.variant == main);
                    lines.extend(parts.map(|parts| Line { group: Some(Text::plain(name.clone())), change, parts }));
                }
            }
            tables.push(self.changes("by_group", Text::new("Change within each group", "各组内部的变化"), lines));
            let across: Vec<(usize, Parts)> =
                groups.across.changes.iter().enumerate().flat_map(|(k, c)| shown(c).into_iter().map(move |p| (k, p))).collect();
            let lines = across.iter().map(|(k, p)| Line { group: None, change: &groups.across.changes[*k], parts: p }).collect();
            tables.push(self.changes("across_groups", Text::new("The groups as units", "以各组为单元的分解"), lines));
        }
        tables.push(self.units());
        tables
    }

    fn changes(&self, id: &str, title: Text, lines: Vec<Line<'_>>) -> Table {
        let none = Text::default;
        let unit = self.unit();
        let number = |f: &dyn Fn(&Line<'_>) -> f64| Cells::Number(lines.iter().map(f).collect(), 4);
        let count = |role: Role| integers(lines.iter().map(|l| l.change.count(role) as i64));
        let mut t = Table::new(id, title).note(Text::new(
            "Parts add up to the change. MP: within is the change of the survivors' unweighted mean, between that of their covariance. Exit is positive when the less productive leave.",
            "各项之和等于变化。MP 的组内项为存续者未加权均值的变化，组间项为其协方差的变化。低生产率者退出时退出项为正。",
        ));
        if lines.iter().any(|l| l.group.is_some()) {
            let names = lines.iter().map(|l| l.group.clone().unwrap_or_default()).collect();
            t = t.column("group", Text::new("Group", "组别"), none(), Cells::Text(names));
        }
        t = t
            .column("from", Text::new("From", "起"), none(), integers(lines.iter().map(|l| i64::from(l.change.from))))
            .column("to", Text::new("To", "止"), none(), integers(lines.iter().map(|l| i64::from(l.change.to))))
            .column(
                "variant",
                Text::new("Variant", "变体"),
                none(),
                Cells::Text(lines.iter().map(|l| variant(l.parts.variant)).collect()),
            )
            .column(
                "change",
                Text::new("Change", "变化"),
                unit.clone(),
                number(&|l| l.change.aggregate[1] - l.change.aggregate[0]),
            );
        for (k, name) in ["within", "between", "cross", "entry", "exit"].into_iter().enumerate() {
            let label = lines.first().map_or_else(|| Text::plain(name), |l| parts(l.parts)[k].1.clone());
            // Where a variant has no such term the cell is empty.
            let cell = |l: &Line<'_>| match (name, l.parts.variant) {
                ("cross", v) if v != Variant::Fhk => f64::NAN,
                _ => parts(l.parts)[k].2,
            };
            t = t.column(name, label, unit.clone(), number(&cell));
        }
        let status = |s: Status| match s {
            Status::Computed => Text::new("computed", "已计算"),
            Status::NoExits => Text::new("no exits: as GR", "无退出者，同 GR"),
            Status::NoSurvivors => Text::new("no survivors", "无存续者"),
        };
        t.column(
            "status",
            Text::new("Status", "状态"),
            none(),
            Cells::Text(lines.iter().map(|l| status(l.parts.status)).collect()),
        )
        .column("survivors", Text::new("Survivors", "存续"), none(), count(Role::Survivor))
        .column("entrants", Text::new("Entrants", "进入"), none(), count(Role::Entrant))
        .column("exiters", Text::new("Exiters", "退出"), none(), count(Role::Exiter))
        .column("left_out", Text::new("Left out", "未计入"), none(), count(Role::Incomplete))
    }

    fn levels(&self) -> Table {
        let (none, unit, l) = (Text::default, self.unit(), &self.result.levels);
        let number = |f: &dyn Fn(usize) -> f64| Cells::Number((0..l.len()).map(f).collect(), 4);
        Table::new("levels", Text::new("Aggregate productivity by period (Olley-Pakes)", "各期总量生产率（Olley-Pakes）"))
            .note(Text::new(
                "Over all complete rows of the period; a change leaves units out that are incomplete in one of its periods.",
                "取当期全部完整的行；变化的计算不含任一期缺数据的单元。",
            ))
            .column("period", Text::new("Period", "时期"), none(), integers(l.iter().map(|c| i64::from(c.period))))
            .column("units", Text::new("Units", "单元数"), none(), integers(l.iter().map(|c| c.units as i64)))
            .column("aggregate", Text::new("Aggregate", "总量"), unit.clone(), number(&|k| l[k].aggregate))
            .column("mean", Text::new("Unweighted mean", "未加权均值"), unit.clone(), number(&|k| l[k].mean))
            .column("covariance", Text::new("Covariance", "协方差"), unit, number(&|k| l[k].covariance))
    }

    fn units(&self) -> Table {
        let all: Vec<_> = self.result.changes.iter().flat_map(|c| c.members.iter().map(move |m| (c, m))).collect();
        let role = |r: Role| match r {
            Role::Survivor => Text::new("survivor", "存续"),
            Role::Entrant => Text::new("entrant", "进入"),
            Role::Exiter => Text::new("exiter", "退出"),
            Role::Incomplete => Text::new("left out: a cell is missing", "未计入：有缺失值"),
        };
        let (none, unit) = (Text::default, self.unit());
        let number = |f: &dyn Fn(usize) -> f64| Cells::Number((0..all.len()).map(f).collect(), 4);
        let name = self.options.productivity.as_deref().unwrap_or_default();
        let label = lookup::variable_label(self.panel, name);
        let end = |t: &Text| Text::new(format!("{}, {}", label.en, t.en), format!("{}，{}", label.get(Language::Zh), t.zh));
        let (start, stop) = (Text::new("start", "起点"), Text::new("end", "终点"));
        Table::new("units", Text::new("Units of each change", "各变化中的单元"))
            .hidden()
            .column(
                "unit",
                Text::new("Unit", "单元"),
                none(),
                Cells::Unit(all.iter().map(|(_, m)| self.names[m.unit].to_owned()).collect()),
            )
            .column("from", Text::new("From", "起"), none(), integers(all.iter().map(|(c, _)| i64::from(c.from))))
            .column("to", Text::new("To", "止"), none(), integers(all.iter().map(|(c, _)| i64::from(c.to))))
            .column("role", Text::new("Part", "角色"), none(), Cells::Text(all.iter().map(|(_, m)| role(m.role)).collect()))
            .column("share_from", Text::new("Share, start", "份额，起点"), none(), number(&|k| all[k].1.share[0]))
            .column("share_to", Text::new("Share, end", "份额，终点"), none(), number(&|k| all[k].1.share[1]))
            .column("productivity_from", end(&start), unit.clone(), number(&|k| all[k].1.productivity[0]))
            .column("productivity_to", end(&stop), unit, number(&|k| all[k].1.productivity[1]))
    }
}
