//! Sentences, figures and findings of a ranking.

use index::ranking::Detail;

use super::{
    compare::Compared,
    tables::{model_name, score_decimals, zh},
    *,
};
use crate::{
    figure::{Chart, Figure, Lines, Ranking as Figured, RankingRow, Series},
    finding::{Finding, Weight},
    methods::production::listed,
};

/// Above so many units, the test of rank reversal is left out.
const REVERSAL: usize = 200;
/// Share of weight from which one criterion is said to dominate.
const HEAVY: f64 = 0.25;

impl View<'_> {
    pub(super) fn summary(&self, compared: Option<&Compared>) -> Vec<Text> {
        let (Some(&first), Some(&last)) = (self.latest.first(), self.latest.last()) else { return Vec::new() };
        let model = model_name(self.study.options.model);
        let (a, z) = (self.unit(first), self.unit(last));
        let n = self.latest.len();
        let d = usize::from(score_decimals(self.study.options.model));
        let (en, cn) = if self.has_periods() {
            let p = self.panel().periods[first];
            (format!("In {p}, "), format!("{p} 年，"))
        } else {
            (String::new(), String::new())
        };
        let mut out = vec![Text::new(
            format!(
                "{en}{} ranks first of {n} units by {} ({:.d$}); {} is last ({:.d$}).",
                a.en, model.en, self.score[first], z.en, self.score[last]
            ),
            format!(
                "{cn}{}按{}在 {n} 个单元中居首（{:.d$}），{}居末（{:.d$}）。",
                zh(&a),
                zh(&model),
                self.score[first],
                zh(&z),
                self.score[last]
            ),
        )];
        out.extend(self.beyond());
        if let Some(c) = compared {
            let own = c.own(self);
            let others: Vec<f64> =
                (0..c.models.len()).filter(|&k| k != own).map(|k| c.spearman[k][own]).filter(|r| !r.is_nan()).collect();
            let (low, high) = others.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), r| (l.min(*r), h.max(*r)));
            if low <= high {
                out.push(Text::new(
                    format!("{} other methods agree with it by Spearman correlations of {low:.2} to {high:.2}.", others.len()),
                    format!("其余 {} 种方法与其排名的 Spearman 相关系数为 {low:.2} 至 {high:.2}。", others.len()),
                ));
            }
            let width = |k: usize| c.bands[k].1 - c.bands[k].0;
            if let Some(k) = (0..n).max_by(|&a, &b| width(a).cmp(&width(b)).then(b.cmp(&a))).filter(|&k| width(k) > 0) {
                let (unit, (best, worst)) = (self.unit(self.latest[k]), c.bands[k]);
                out.push(Text::new(
                    format!("The method matters most for {}: rank {best} to {worst}.", unit.en),
                    format!("方法选择对{}影响最大：名次在第 {best} 与第 {worst} 之间。", zh(&unit)),
                ));
            }
        }
        out
    }

    /// What the method says beyond scores, for the last period or all together.
    fn beyond(&self) -> Option<Text> {
        let (block, ranking) = self.last_block();
        match &ranking.detail {
            Detail::None => None,
            Detail::Vikor(v) => {
                let best = self.who(block, v.best);
                let count = v.set.len();
                Some(match (v.advantage, v.stable) {
                    (true, true) => Text::new(
                        format!("Both conditions of VIKOR hold: {} is the compromise solution.", best.en),
                        format!("VIKOR 两个条件均满足：{}为折衷解。", zh(&best)),
                    ),
                    (false, _) => Text::new(
                        format!("The lead of {} is too small (condition 1 fails): {count} are compromise solutions.", best.en),
                        format!("{}的领先不足（条件一不满足）：折衷解共 {count} 个。", zh(&best)),
                    ),
                    (true, false) => Text::new(
                        format!(
                            "{} is first by neither S nor R (condition 2 fails): the first two are compromise solutions.",
                            best.en
                        ),
                        format!("{}在 S 和 R 上均非最优（条件二不满足）：前两名均为折衷解。", zh(&best)),
                    ),
                })
            }
            Detail::Copeland(c) => Some(match c.winner {
                Some(w) => {
                    let who = self.who(block, w);
                    Text::new(
                        format!("{} beats every other one by majority of weight (Condorcet winner).", who.en),
                        format!("{}以多数权重胜过其他每一个（孔多塞胜者）。", zh(&who)),
                    )
                }
                None => Text::new(
                    format!("No one beats all others: majorities run in a cycle or tie among {}.", c.smith.len()),
                    format!("没有胜过其他全部者：{} 个之间存在多数循环或平局。", c.smith.len()),
                ),
            }),
            Detail::RankSum(r) => r.line.map(|l| {
                let grades = r.cuts.len() + 1;
                let top = r.grade.iter().filter(|g| **g == Some(grades - 1)).count();
                Text::new(
                    format!(
                        "RSR = {:.4} + {:.4} probit (R² {:.3}); {top} are in the highest of {grades} grades.",
                        l.intercept, l.slope, l.r_squared
                    ),
                    format!(
                        "RSR = {:.4} + {:.4} Probit（R² {:.3}）；{grades} 档中最高档有 {top} 个。",
                        l.intercept, l.slope, l.r_squared
                    ),
                )
            }),
            Detail::Fuzzy(f) => {
                let grades = f.centres.len();
                let top = f.grade.iter().filter(|g| **g + 1 == grades).count();
                Some(Text::new(
                    format!("By largest membership, {top} are in the highest of {grades} grades."),
                    format!("按最大隶属度，{grades} 个等级中最高等级有 {top} 个。"),
                ))
            }
        }
    }

    pub(super) fn figures(&self, compared: Option<&Compared>) -> Vec<Figure> {
        let model = self.study.options.model;
        let decimals = score_decimals(model);
        let row = |(k, &i): (usize, &usize)| {
            let own = self.place[i].unwrap_or(k + 1);
            RankingRow {
                unit: self.panel().units[i].clone(),
                value: self.score[i],
                low: f64::NAN,
                high: f64::NAN,
                ranks: compared.map_or((own, own), |c| c.bands[k]),
            }
        };
        let mut figures = vec![Figure {
            id: "ranking".into(),
            title: Text::new("Ranking", "排名"),
            note: if compared.is_some() {
                Text::new("Rank bands: best and worst rank of all methods.", "名次区间：各方法的最好与最差名次。")
            } else {
                Text::default()
            },
            chart: Chart::Ranking(Figured {
                label: self.score_label(),
                decimals,
                interval: Text::default(),
                rows: self.latest.iter().enumerate().map(row).collect(),
            }),
        }];
        figures.extend(moves::periods(self));
        figures.extend(compared.and_then(|c| moves::methods(self, c)));
        figures.extend(compared.map(|c| c.figures(self)).into_iter().flatten());
        let periods = self.panel().period_set();
        if periods.len() > 1 && self.study.options.scope == Breadth::Pooled {
            let line = |unit: &str| Series {
                name: Text::plain(unit),
                unit: true,
                values: periods.iter().map(|&p| self.panel().row(unit, p).map_or(f64::NAN, |i| self.score[i])).collect(),
                band: Vec::new(),
            };
            figures.push(Figure {
                id: "trend".into(),
                title: Text::new("Score over time", "得分的变化"),
                note: Text::default(),
                chart: Chart::Lines(Lines {
                    label: self.score_label(),
                    decimals,
                    series: self.panel().unit_set().into_iter().map(line).collect(),
                    periods,
                    reference: None,
                }),
            });
        }
        figures
    }

    pub(super) fn findings(&self, compared: Option<&Compared>, parameters: &Parameters) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut add = |code: &str, weight: Weight, place: Text, en: String, zh: String| {
            findings.push(Finding { code: code.into(), weight, place, message: Text::new(en, zh) });
        };
        let study = self.study;
        let gaps = &study.incomplete;
        if !gaps.is_empty() {
            let name = |i: usize| match self.has_periods() {
                true => format!("{} {}", study.panel.units[i], study.panel.periods[i]),
                false => study.panel.units[i].clone(),
            };
            add(
                "AU002",
                Weight::Warning,
                listed(&gaps.iter().map(|(i, _)| name(*i)).collect::<Vec<_>>()),
                format!("{} of {} rows lack a value of some criterion and are not ranked.", gaps.len(), study.panel.len()),
                format!("{} 行（共 {} 行）缺少某一准则的取值，未参与排序。", gaps.len(), study.panel.len()),
            );
        }
        for block in self.blocks {
            let when = block.period.map(|p| p.to_string()).unwrap_or_default();
            for (j, name) in study.names.iter().enumerate() {
                let label = lookup::variable_label(study.panel, name);
                let (low, high) =
                    block.columns[j].iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &x| (l.min(x), h.max(x)));
                let place = Text::new(format!("{} {when}", label.en).trim_end(), format!("{} {when}", zh(&label)).trim_end());
                if high - low <= 1e-12 * low.abs().max(high.abs()) {
                    add(
                        "CI003",
                        Weight::Warning,
                        place,
                        format!("`{name}` is the same for all units that are ranked together: it cannot order them."),
                        format!("“{}”在同批单元中取值相同，不能区分名次。", zh(&label)),
                    );
                } else if block.weights[j] > HEAVY.max(1.5 / study.names.len() as f64) {
                    let share = 100.0 * block.weights[j];
                    add(
                        "CI012",
                        Weight::Warning,
                        place,
                        format!("`{name}` carries {share:.0} % of the weight."),
                        format!("“{}”占全部权重的 {share:.0}%。", zh(&label)),
                    );
                }
            }
        }
        let cut: usize = self.blocks.iter().map(|b| b.cut.len()).sum();
        if cut > 0 {
            let places: Vec<String> = self
                .blocks
                .iter()
                .flat_map(|b| b.cut.iter().map(move |&(j, k)| format!("{} {}", study.names[j], study.panel.units[b.rows[k]])))
                .collect();
            add(
                "CI011",
                Weight::Warning,
                listed(&places),
                format!("{cut} cells lie beyond the declared worst or ideal value and were cut there."),
                format!("{cut} 个单元格超出所声明的最差值或理想值，已按端点截断。"),
            );
        }
        if compared.is_none() {
            add(
                "CI010",
                Weight::Info,
                Text::new("ranks", "名次"),
                "The ranks are those of one method; `compare = true` shows how far they depend on it.".into(),
                "名次仅来自一种方法；设 `compare = true` 可查看名次对方法的依赖。".into(),
            );
        }
        if let Some((unit, moved)) = self.reversal(parameters) {
            add(
                "CI013",
                Weight::Info,
                unit.clone(),
                format!(
                    "Without {} the order of {moved} other pairs changes (rank reversal): ranks depend on who else is compared.",
                    unit.en
                ),
                format!("去掉{}后，其他 {moved} 对单元的先后次序改变（逆序）：名次取决于与谁相比。", zh(&unit)),
            );
        }
        findings
    }

    /// The unit of the last period whose absence changes the order of most other pairs, and of how many.
    fn reversal(&self, parameters: &Parameters) -> Option<(Text, usize)> {
        let (block, own) = self.last_block();
        let model = self.study.options.model;
        let n = block.rows.len();
        if !(3..=REVERSAL).contains(&n) {
            return None;
        }
        let larger = model.larger_is_better();
        let mut worst: Option<(usize, usize)> = None;
        for gone in 0..n {
            let Ok(other) = block.without(gone).rank(model, parameters) else { continue };
            let before: Vec<f64> = own.score.iter().enumerate().filter(|(i, _)| *i != gone).map(|(_, s)| *s).collect();
            let (a, b) = (places(&before, larger), places(&other.score, larger));
            let turned = (0..n - 1)
                .map(|i| (0..i).filter(|&j| (a[i] < a[j] && b[i] > b[j]) || (a[i] > a[j] && b[i] < b[j])).count())
                .sum();
            if turned > worst.map_or(0, |(_, w)| w) {
                worst = Some((gone, turned));
            }
        }
        worst.map(|(gone, turned)| (self.who(block, gone), turned))
    }
}
