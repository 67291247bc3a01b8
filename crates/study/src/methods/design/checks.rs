//! What can be said of a design before anything is solved: counts, signs, sizes, ranks, meanings.

use std::collections::BTreeMap;

use frontier::{Orientation, Role, dea::Returns};
use numerics::moments;
use panel::{Panel, Variable};

use super::meaning;
use crate::{
    finding::{Finding, Weight},
    methods::{
        lookup,
        production::{self, Names, counted},
        scores,
    },
    text::Text,
};

/// Largest over smallest positive value of a variable above which units hardly compare.
const SPREAD: f64 = 1e6;
/// How far a cell may be out of line with the other cells of its unit.
const LINE: f64 = 500.0;
/// Units below which a middle or a rank correlation says nothing.
pub(super) const FEW: usize = 8;

/// A variable of the design.
pub(super) struct Column<'a> {
    pub(super) role: Role,
    pub(super) name: &'a str,
    pub(super) variable: &'a Variable,
}

/// A design: variables of a panel by role, and the rows of each frontier.
pub(super) struct Design<'a> {
    pub(super) panel: &'a Panel,
    pub(super) columns: Vec<Column<'a>>,
    /// Period (empty where there is one frontier) and complete rows of each frontier.
    pub(super) groups: Vec<(String, Vec<usize>)>,
}

pub(super) fn finding(code: &str, weight: Weight, place: Text, en: String, zh: String) -> Finding {
    Finding { code: code.into(), weight, place, message: Text::new(en, zh) }
}

fn join(list: &[Text], side: fn(&Text) -> &str, by: &str) -> String {
    list.iter().map(side).collect::<Vec<_>>().join(by)
}

fn both(list: &[Text]) -> (String, String) {
    let zh = |t: &Text| if t.zh.is_empty() { t.en.clone() } else { t.zh.clone() };
    (join(list, |t| &t.en, "; "), list.iter().map(zh).collect::<Vec<_>>().join("；"))
}

impl<'a> Design<'a> {
    /// The variables that the panel has, and its frontiers; unknown names are the method's to tell.
    pub(super) fn new(panel: &'a Panel, names: &Names<'a>, pooled: bool) -> Self {
        let side = |role, list: &'a [String]| {
            list.iter().filter_map(move |name| panel.variable(name).map(|variable| Column { role, name, variable }))
        };
        let columns: Vec<Column<'a>> = side(Role::Input, names.inputs)
            .chain(side(Role::Output, names.outputs))
            .chain(side(Role::BadOutput, names.bad_outputs))
            .collect();
        let complete = |r: &usize| columns.iter().all(|c| !c.variable.values[*r].is_nan());
        let groups = if pooled || panel.period_name.is_none() {
            vec![(String::new(), (0..panel.len()).filter(complete).collect())]
        } else {
            let rows = |p: i32| (0..panel.len()).filter(|&r| panel.periods[r] == p).filter(complete).collect();
            panel.period_set().into_iter().map(|p| (p.to_string(), rows(p))).collect()
        };
        Self { panel, columns, groups }
    }

    /// Observations that lack data.
    pub(super) fn incomplete(&self) -> Vec<String> {
        let lacks = |r: &usize| self.columns.iter().any(|c| c.variable.values[*r].is_nan());
        (0..self.panel.len()).filter(lacks).map(|r| scores::place(self.panel, r)).collect()
    }

    pub(super) fn of(&self, role: Role) -> impl Iterator<Item = &Column<'a>> {
        self.columns.iter().filter(move |c| c.role == role)
    }

    /// What is read first: the last frontier with units.
    pub(super) fn last(&self) -> Option<&(String, Vec<usize>)> {
        self.groups.iter().rev().find(|g| !g.1.is_empty())
    }

    /// Values of a variable over rows.
    pub(super) fn values(&self, c: &Column<'_>, rows: &[usize]) -> Vec<f64> {
        rows.iter().map(|&r| c.variable.values[r]).collect()
    }

    fn label(&self, name: &str) -> Text {
        lookup::variable_label(self.panel, name)
    }

    /// Findings that hold for any frontier method over these variables.
    pub(super) fn common(&self) -> Vec<Finding> {
        let mut found: Vec<Finding> = self.few_units().into_iter().collect();
        found.extend(self.spread());
        found.extend(self.out_of_line());
        found.extend(self.alike().iter().map(|a| self.told_alike(a, None)));
        found.extend(self.apart());
        found.extend(self.ratios());
        found.extend(self.twins());
        found
    }

    /// The frontier with fewest units, where they are too few for the variables.
    pub(super) fn few_units(&self) -> Option<Finding> {
        let (place, rows) = self.groups.iter().filter(|g| !g.1.is_empty()).min_by_key(|g| g.1.len())?;
        let outputs = self.columns.len() - self.of(Role::Input).count();
        production::too_few(rows.len(), self.of(Role::Input).count(), outputs, place)
    }

    /// Zeros and negative values, and which models take them.
    pub(super) fn signs(&self) -> Vec<Finding> {
        let rows: Vec<usize> = self.groups.iter().flat_map(|g| g.1.iter().copied()).collect();
        let count = |c: &Column<'_>, bad: fn(f64) -> bool| self.values(c, &rows).into_iter().filter(|x| bad(*x)).count();
        let list = |bad: fn(f64) -> bool| -> Vec<(String, Text)> {
            let told = |c: &Column<'_>| {
                let (n, label) = (count(c, bad), self.label(c.name));
                (n > 0).then(|| {
                    let zh = if label.zh.is_empty() { label.en } else { label.zh };
                    (c.name.to_owned(), Text::new(format!("{} in {}", n, c.name), format!("{zh} {n} 个")))
                })
            };
            self.columns.iter().filter_map(told).collect()
        };
        let place = |l: &[(String, Text)]| production::listed(&l.iter().map(|x| x.0.clone()).collect::<Vec<_>>());
        let words = |l: &[(String, Text)]| both(&l.iter().map(|x| x.1.clone()).collect::<Vec<_>>());
        let mut found = Vec::new();
        let negative = list(|x| x < 0.0);
        if !negative.is_empty() {
            let (en, zh) = words(&negative);
            found.push(finding(
                "FR020",
                Weight::Warning,
                place(&negative),
                format!(
                    "Negative values: {en}. Radial, slacks-based and ratio indices refuse them; `additive` under `vrs` with \
                     weights other than `mip` takes them."
                ),
                format!("负值：{zh}。径向模型、SBM 与各比率指数不接受负值；`additive` 在 `vrs` 下、权重非 `mip` 时可用。"),
            ));
        }
        let zero = list(|x| x == 0.0);
        if !zero.is_empty() {
            let (en, zh) = words(&zero);
            found.push(finding(
                "FR020",
                Weight::Info,
                place(&zero),
                format!(
                    "Zeros: {en}. Radial and directional models take them; `sbm` and `mip` weights leave the term out or need \
                     a choice; a ratio to zero does not exist. Make sure that no zero stands for a missing value."
                ),
                format!("零值：{zh}。径向与方向距离模型可用；`sbm` 与 `mip` 权重须删去该项或作出选择；与零之比不存在。请确认零值不是缺失。"),
            ));
        }
        found.extend(self.nothing());
        found
    }

    /// Variables of zeros and units of zeros: no radial model takes them.
    fn nothing(&self) -> Option<Finding> {
        let mut places = Vec::new();
        for (period, rows) in &self.groups {
            let when = if period.is_empty() { String::new() } else { format!(" {period}") };
            for c in &self.columns {
                if !rows.is_empty() && rows.iter().all(|&r| c.variable.values[r] == 0.0) {
                    places.push(format!("{}{when}", c.name));
                }
            }
            for role in [Role::Input, Role::Output] {
                let zero = |r: &&usize| self.of(role).all(|c| c.variable.values[**r] == 0.0);
                if self.of(role).next().is_some() {
                    places.extend(rows.iter().filter(zero).map(|&r| scores::place(self.panel, r)));
                }
            }
        }
        (!places.is_empty()).then(|| {
            finding(
                "FR020",
                Weight::Error,
                production::listed(&places),
                "A variable that is zero for every unit of a frontier, or a unit without any positive input or output: no \
                 radial model takes these data."
                    .to_owned(),
                "某变量在前沿的全部单元中为零，或某单元没有任何正的投入或产出：径向模型不接受这样的数据。".to_owned(),
            )
        })
    }

    /// Variables whose values differ by many powers of ten.
    fn spread(&self) -> Option<Finding> {
        let wide = |c: &Column<'_>| {
            let (low, high) = range(&c.variable.values)?;
            (high / low >= SPREAD).then(|| (c.name.to_owned(), (high / low).log10().floor()))
        };
        let wide: Vec<(String, f64)> = self.columns.iter().filter_map(wide).collect();
        let most = wide.iter().map(|w| w.1).fold(0.0, f64::max);
        let names: Vec<String> = wide.iter().map(|w| w.0.clone()).collect();
        (!wide.is_empty()).then(|| {
            finding(
                "FR021",
                Weight::Warning,
                production::listed(&names),
                format!(
                    "The largest value is more than 10^{most} times the smallest positive one: units of very different size, or a \
                     unit of measure that changes within the column."
                ),
                format!("最大值超过最小正值的 10^{most} 倍：单元规模悬殊，或同一列中计量单位不一。"),
            )
        })
    }

    /// Cells that are far off what the other cells of their unit say of its size.
    fn out_of_line(&self) -> Option<Finding> {
        let mut places = Vec::new();
        for (_, rows) in self.groups.iter().filter(|g| g.1.len() >= FEW) {
            let logs: Vec<Vec<f64>> = self
                .columns
                .iter()
                .map(|c| {
                    let x: Vec<f64> = self.values(c, rows).iter().map(|x| if *x > 0.0 { x.ln() } else { f64::NAN }).collect();
                    let middle = moments::median(&x.iter().copied().filter(|x| x.is_finite()).collect::<Vec<_>>());
                    x.iter().map(|x| x - middle).collect()
                })
                .collect();
            for (k, &r) in rows.iter().enumerate() {
                let sizes: Vec<f64> = logs.iter().map(|l| l[k]).filter(|x| x.is_finite()).collect();
                // With two variables nothing tells which of them is off.
                if sizes.len() >= 3 {
                    let middle = moments::median(&sizes);
                    let off = logs.iter().zip(&self.columns).filter(|(l, _)| (l[k] - middle).abs() > LINE.ln());
                    places.extend(off.map(|(_, c)| format!("{} {}", scores::place(self.panel, r), c.name)));
                }
            }
        }
        (!places.is_empty()).then(|| {
            finding(
                "FR021",
                Weight::Warning,
                production::listed(&places),
                format!(
                    "{} more than {LINE} times out of line with the other variables of the unit: a different unit of measure?",
                    counted(places.len(), "cell")
                ),
                format!("{} 个单元格与该单元其他变量相差 {LINE} 倍以上：计量单位是否不同？", places.len()),
            )
        })
    }

    /// Variables of a side that leave nothing to move.
    pub(super) fn constant(&self, orientation: Orientation, returns: Returns, lower: Option<f64>) -> Option<Finding> {
        let role = if orientation == Orientation::Input { Role::Input } else { Role::Output };
        let still = |c: &&Column<'_>| {
            let mut same = self.groups.iter().filter(|g| g.1.len() > 1).peekable();
            same.peek().is_some()
                && same.all(|(_, rows)| rows.iter().all(|&r| c.variable.values[r] == c.variable.values[rows[0]]))
        };
        let constant: Vec<String> = self.of(role).filter(still).map(|c| c.name.to_owned()).collect();
        if constant.is_empty() {
            return None;
        }
        // A weighted mean of a constant is the constant: the radial factor cannot leave 1.
        let pinned = match (returns, role) {
            (Returns::Vrs | Returns::Fdh, _) | (Returns::Ndrs, Role::Input) | (Returns::Nirs, Role::Output) => true,
            (Returns::Generalised, Role::Input) => lower == Some(1.0),
            _ => false,
        };
        let every = constant.len() == self.of(role).count();
        let (side, other, side_zh, other_zh) = match role {
            Role::Input => ("input", "output", "投入", "产出"),
            _ => ("output", "input", "产出", "投入"),
        };
        let place = production::listed(&constant);
        if pinned {
            return Some(finding(
                "FR022",
                Weight::Error,
                place,
                format!(
                    "A constant {side} with {side} orientation under these returns to scale: no mix of units has less of it or \
                     more of it, so that every unit has the score 1. Turn to {other} orientation, or leave the constant out."
                ),
                format!(
                    "{side_zh}为常数，而模型为{side_zh}导向：在此规模报酬下任何组合的该{side_zh}都不变，所有单元效率均为 1。请改用{other_zh}导向，或去掉常数列。"
                ),
            ));
        }
        every.then(|| {
            finding(
                "FR022",
                Weight::Warning,
                place,
                format!("Every {side} is constant, and the model is asked to move {side}s: the data differ in {other}s alone. Turn to {other} orientation."),
                format!("全部{side_zh}均为常数，而模型移动{side_zh}：数据只在{other_zh}上有差异，请改用{other_zh}导向。"),
            )
        })
    }

    /// Variables that look like ratios beside variables that do not.
    fn ratios(&self) -> Option<Finding> {
        let looks: Vec<(&Column<'_>, Text)> =
            self.columns.iter().filter_map(|c| meaning::ratio(c.variable).map(|why| (c, why))).collect();
        if looks.is_empty() || looks.len() == self.columns.len() {
            return None;
        }
        let names: Vec<String> = looks.iter().map(|(c, _)| c.name.to_owned()).collect();
        let why: Vec<Text> = looks
            .iter()
            .map(|(c, why)| {
                let label = self.label(c.name);
                let zh = if label.zh.is_empty() { label.en } else { label.zh };
                Text::new(format!("{}: {}", c.name, why.en), format!("{zh}：{}", why.zh))
            })
            .collect();
        let (en, zh) = both(&why);
        Some(finding(
            "FR025",
            Weight::Warning,
            production::listed(&names),
            format!(
                "May be ratios ({en}) beside volumes. A frontier adds and scales its variables: a mean of ratios is not the ratio of \
                 the sums, and a ratio does not double with the unit."
            ),
            format!(
                "可能是比率（{zh}），却与总量并用。前沿模型会对变量作加总与缩放：比率的均值不等于总量之比，单元加倍时比率也不会加倍。"
            ),
        ))
    }

    /// Units with the same values.
    fn twins(&self) -> Option<Finding> {
        let mut same: Vec<String> = Vec::new();
        let mut units = 0;
        for (_, rows) in &self.groups {
            let mut seen: BTreeMap<Vec<u64>, Vec<usize>> = BTreeMap::new();
            for &r in rows {
                seen.entry(self.columns.iter().map(|c| (c.variable.values[r] + 0.0).to_bits()).collect()).or_default().push(r);
            }
            let mut twins: Vec<&Vec<usize>> = seen.values().filter(|rows| rows.len() > 1).collect();
            twins.sort();
            for rows in twins {
                units += rows.len();
                same.push(production::listed(&rows.iter().map(|&r| scores::place(self.panel, r)).collect::<Vec<_>>()).en);
            }
        }
        (!same.is_empty()).then(|| {
            finding(
                "FR026",
                Weight::Info,
                production::listed(&same.iter().map(|s| format!("({s})")).collect::<Vec<_>>()),
                format!("{units} observations share every value with another one of the same frontier: a unit entered twice, or \
                         filled from its neighbour? Super-efficiency and influence do not see what twins hold up."),
                format!("{units} 个观测与同一前沿的另一观测取值完全相同：是否重复录入，或以邻近单元填补？孪生单元所支撑的前沿，超效率与影响度都看不出来。"),
            )
        })
    }
}

/// Smallest positive and largest value.
pub(super) fn range(values: &[f64]) -> Option<(f64, f64)> {
    let positive = values.iter().copied().filter(|x| *x > 0.0);
    let (low, high) = positive.fold((f64::INFINITY, 0.0_f64), |(l, h), x| (l.min(x), h.max(x)));
    (high > 0.0).then_some((low, high))
}
