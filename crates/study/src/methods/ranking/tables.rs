//! Tables of a ranking.

use index::ranking::Detail;

use super::{compare::Compared, *};
use crate::{
    table::{Cells, Table},
    text::Language,
};

/// Name of a method.
pub(super) fn model_name(model: Model) -> Text {
    match model {
        Model::Topsis => Text::plain("TOPSIS"),
        Model::Vikor => Text::plain("VIKOR"),
        Model::Gra => Text::new("Grey relation", "灰色关联"),
        Model::Saw => Text::new("SAW", "简单加权"),
        Model::Wpm => Text::new("Weighted product", "加权乘积"),
        Model::Waspas => Text::plain("WASPAS"),
        Model::Copras => Text::plain("COPRAS"),
        Model::Edas => Text::plain("EDAS"),
        Model::Promethee => Text::plain("PROMETHEE II"),
        Model::Copeland => Text::plain("Copeland"),
        Model::Owa => Text::plain("OWA"),
        Model::Rsr => Text::new("Rank-sum ratio", "秩和比"),
        Model::Taxonomic => Text::new("Taxonomic measure", "分类学测度"),
        Model::Fuzzy => Text::new("Fuzzy evaluation", "模糊综合评价"),
        Model::Mpi => Text::plain("MPI"),
        Model::Ampi => Text::plain("AMPI"),
        Model::MeanMin => Text::new("Mean-min", "均值-最小值"),
        Model::PowerMean => Text::new("Power mean", "幂平均"),
    }
}

pub(super) fn zh(text: &Text) -> &str {
    text.get(Language::Zh)
}

/// Heading of an intermediate column.
fn part_name(part: &str) -> Text {
    match part {
        "to_ideal" => Text::new("Distance to the ideal", "与正理想解的距离"),
        "to_anti_ideal" => Text::new("Distance to the anti-ideal", "与负理想解的距离"),
        "group" => Text::new("Group utility S", "群体效用 S"),
        "regret" => Text::new("Individual regret R", "个体遗憾 R"),
        "sum" => Text::new("Weighted sum", "加权和"),
        "product" => Text::new("Weighted product", "加权积"),
        "benefit" => Text::new("S+, benefits", "S+（效益）"),
        "cost" => Text::new("S-, costs", "S-（成本）"),
        "significance" => Text::new("Relative significance", "相对重要度"),
        "above" => Text::new("Above average", "优于平均"),
        "below" => Text::new("Below average", "劣于平均"),
        "leaving" => Text::new("Leaving flow", "流出"),
        "entering" => Text::new("Entering flow", "流入"),
        "wins" => Text::new("Wins", "胜"),
        "ties" => Text::new("Ties", "平"),
        "losses" => Text::new("Losses", "负"),
        "distance" => Text::new("Distance to the ideal", "与理想点的距离"),
        "mean" => Text::new("Mean", "均值"),
        "penalty" => Text::new("Penalty", "惩罚项"),
        other => Text::plain(other),
    }
}

fn decimals(part: &str) -> u8 {
    match part {
        "wins" | "ties" | "losses" => 0,
        "mean" | "penalty" => 2,
        _ => 4,
    }
}

/// Decimals of a score.
pub(super) fn score_decimals(model: Model) -> u8 {
    match model {
        Model::Copeland => 0,
        Model::Mpi | Model::Ampi => 2,
        _ => 4,
    }
}

pub(super) fn grade_name(grade: usize, of: usize) -> Text {
    Text::new(format!("{} of {of}", grade + 1), format!("第{}级（共{of}级）", grade + 1))
}

impl View<'_> {
    /// What the score is, and which way it counts.
    pub(super) fn score_label(&self) -> Text {
        let model = self.study.options.model;
        let name = model_name(model);
        let (en, zh_name) = match model {
            Model::Topsis => ("closeness C", "贴近度 C"),
            Model::Vikor => ("compromise Q (smaller is better)", "折衷值 Q（越小越好）"),
            Model::Gra => ("grey relational grade", "灰色关联度"),
            Model::Promethee => ("net flow", "净流量"),
            Model::Copeland => ("wins less losses", "胜负差"),
            Model::Rsr => ("ratio RSR", "秩和比 RSR"),
            Model::Copras => ("degree of utility", "效用度"),
            Model::Edas => ("appraisal score", "评价得分"),
            Model::Taxonomic => ("development 1 - d/d0", "发展测度 1 - d/d0"),
            _ => ("score", "得分"),
        };
        Text::new(format!("{}: {en}", name.en), format!("{}：{zh_name}", zh(&name)))
    }

    fn parts(&self) -> Vec<(&'static str, Vec<f64>)> {
        let names: Vec<&'static str> = self.ranked.first().map_or_else(Vec::new, |r| r.parts.iter().map(|p| p.0).collect());
        let column = |(k, name): (usize, &'static str)| (name, self.spread(|r| r.parts.get(k).map(|p| p.1.as_slice())));
        names.into_iter().enumerate().map(column).collect()
    }

    /// Grade of each row of the panel, where the method gives grades.
    fn grades(&self) -> Option<Vec<Text>> {
        let mut out = vec![Text::default(); self.panel().len()];
        for (block, ranking) in self.blocks.iter().zip(self.ranked) {
            let (of, grade): (usize, Vec<Option<usize>>) = match &ranking.detail {
                Detail::RankSum(r) => (r.cuts.len() + 1, r.grade.clone()),
                Detail::Fuzzy(f) => (f.centres.len(), f.grade.iter().map(|g| Some(*g)).collect()),
                _ => return None,
            };
            for (&i, g) in block.rows.iter().zip(grade) {
                out[i] = g.map_or_else(|| Text::new("none", "无"), |g| grade_name(g, of));
            }
        }
        Some(out)
    }

    /// Units of the last period, best first.
    pub(super) fn ranking(&self, compared: Option<&Compared>) -> Table {
        let rows = &self.latest;
        let pick = |v: &[f64]| rows.iter().map(|&i| v[i]).collect::<Vec<f64>>();
        let model = self.study.options.model;
        let none = Text::default;
        let when = rows.first().filter(|_| self.has_periods()).map(|&i| self.panel().periods[i]);
        let title = match when {
            Some(p) => Text::new(format!("Ranking in {p}"), format!("{p} 年排名")),
            None => Text::new("Ranking", "排名"),
        };
        let scope = match (self.has_periods(), self.study.options.scope) {
            (false, _) => Text::default(),
            (true, Breadth::Pooled) => {
                Text::new("Ideals, scales and weights are taken over all periods.", "理想点、尺度和权重取自全部时期。")
            }
            (true, Breadth::PerPeriod) => Text::new(
                "Ideals, scales and weights are those of each period; scores of different periods cannot be compared.",
                "理想点、尺度和权重逐期确定，不同时期的得分不可比较。",
            ),
        };
        let mut t = Table::new("ranking", title)
            .note(scope)
            .column(
                "rank",
                Text::new("Rank", "名次"),
                none(),
                Cells::Integer(rows.iter().map(|&i| self.place[i].map(|p| p as i64)).collect()),
            )
            .column(
                "unit",
                Text::new("Unit", "单元"),
                none(),
                Cells::Unit(rows.iter().map(|&i| self.panel().units[i].clone()).collect()),
            )
            .column("score", self.score_label(), none(), Cells::Number(pick(&self.score), score_decimals(model)));
        for (name, values) in self.parts() {
            t = t.column(name, part_name(name), none(), Cells::Number(pick(&values), decimals(name)));
        }
        if let Some(grades) = self.grades() {
            t = t.column(
                "grade",
                Text::new("Grade, 1 the lowest", "等级（1 为最低）"),
                none(),
                Cells::Text(rows.iter().map(|&i| grades[i].clone()).collect()),
            );
        }
        if let Some(c) = compared {
            let rank = |of: &dyn Fn(usize) -> f64| Cells::Number((0..rows.len()).map(of).collect(), 0);
            t = t
                .column(
                    "rank_best",
                    Text::new("Best rank of all methods", "各方法最好名次"),
                    none(),
                    rank(&|k| c.bands[k].0 as f64),
                )
                .column(
                    "rank_worst",
                    Text::new("Worst rank of all methods", "各方法最差名次"),
                    none(),
                    rank(&|k| c.bands[k].1 as f64),
                )
                .column(
                    "rank_median",
                    Text::new("Median rank of all methods", "各方法名次中位数"),
                    none(),
                    Cells::Number(c.medians.clone(), 1),
                );
        }
        t
    }

    /// Weights and ends of every criterion.
    pub(super) fn weights(&self) -> Table {
        let study = self.study;
        let none = Text::default;
        let direction = |c: &Criterion| match c {
            Criterion::Positive => Text::new("positive", "正向"),
            Criterion::Negative => Text::new("negative", "负向"),
            Criterion::Middle { best } => Text::new(format!("near {best}"), format!("趋近 {best}")),
            Criterion::Interval { low, high } => Text::new(format!("within {low} to {high}"), format!("介于 {low} 与 {high}")),
        };
        let (last, _) = self.last_block();
        let table = last.table();
        let ends: Vec<(f64, f64)> = (0..study.names.len()).map(|j| table.end(j)).collect();
        let unit = |j: usize| match study.criteria[j] {
            Criterion::Positive | Criterion::Negative => {
                study.panel.variable(study.names[j]).map_or_else(none, |v| Text::plain(&v.meaning.unit))
            }
            _ => Text::new("nearness, 0 to 1", "接近度，0 至 1"),
        };
        let mut t = Table::new("weights", Text::new("Criteria and weights", "准则与权重"))
            .note(Text::new(
                "Worst and best value as the method sees them, in the unit of the last column; middle and interval criteria as nearness.",
                "最差值和最优值按方法所用口径，计量单位见末列；中间型和区间型准则以接近度表示。",
            ))
            .column("criterion", Text::new("Criterion", "准则"), none(), Cells::Text(study.names.iter().map(|n| lookup::variable_label(study.panel, n)).collect()))
            .column("direction", Text::new("Direction", "方向"), none(), Cells::Text(study.criteria.iter().map(direction).collect()));
        for block in self.blocks {
            let (name, label) = match block.period {
                Some(p) => (format!("weight_{p}"), Text::new(format!("Weight, {p}"), format!("权重（{p}）"))),
                None => ("weight".to_owned(), Text::new("Weight", "权重")),
            };
            t = t.column(&name, label, Text::plain("%"), Cells::Number(block.weights.iter().map(|w| 100.0 * w).collect(), 1));
        }
        t.column("worst", Text::new("Worst", "最差值"), none(), Cells::Number(ends.iter().map(|e| e.0).collect(), 4))
            .column("best", Text::new("Best", "最优值"), none(), Cells::Number(ends.iter().map(|e| e.1).collect(), 4))
            .column(
                "unit",
                Text::new("Unit of measure", "计量单位"),
                none(),
                Cells::Text((0..study.names.len()).map(unit).collect()),
            )
    }

    /// Every row.
    pub(super) fn rows(&self) -> Table {
        let panel = self.panel();
        let none = Text::default;
        let model = self.study.options.model;
        let mut t = Table::new("scores", Text::new("Scores by unit and period", "各单元各期得分"))
            .hidden()
            .column("unit", Text::new("Unit", "单元"), none(), Cells::Unit(panel.units.clone()))
            .column(
                "period",
                Text::new("Period", "时期"),
                none(),
                Cells::Integer(panel.periods.iter().map(|p| Some(i64::from(*p))).collect()),
            )
            .column(
                "rank",
                Text::new("Rank in its period", "当期名次"),
                none(),
                Cells::Integer(self.place.iter().map(|p| p.map(|p| p as i64)).collect()),
            )
            .column("score", self.score_label(), none(), Cells::Number(self.score.clone(), score_decimals(model)));
        for (name, values) in self.parts() {
            t = t.column(name, part_name(name), none(), Cells::Number(values, decimals(name)));
        }
        if let Some(grades) = self.grades() {
            t = t.column("grade", Text::new("Grade, 1 the lowest", "等级（1 为最低）"), none(), Cells::Text(grades));
        }
        t
    }

    /// Name of a place of a block: the unit, with its period where periods are ranked together.
    pub(super) fn who(&self, block: &Block, at: usize) -> Text {
        let row = block.rows[at];
        let name = self.unit(row);
        match (block.period, self.has_periods()) {
            (None, true) => {
                let p = self.panel().periods[row];
                Text::new(format!("{} {p}", name.en), format!("{} {p}", zh(&name)))
            }
            _ => name,
        }
    }

    pub(super) fn names_of(&self, block: &Block, places: &[usize]) -> Text {
        const SHOWN: usize = 12;
        let names: Vec<Text> = places.iter().take(SHOWN).map(|&i| self.who(block, i)).collect();
        let more = if places.len() > SHOWN { " …" } else { "" };
        let join = |of: &dyn Fn(&Text) -> String, by: &str| names.iter().map(of).collect::<Vec<_>>().join(by);
        Text::new(join(&|t| t.en.clone(), ", ") + more, join(&|t| zh(t).to_owned(), "、") + more)
    }

    /// Rows left out, and the cells they lack.
    pub(super) fn left_out(&self) -> Option<Table> {
        let gaps = &self.study.incomplete;
        if gaps.is_empty() {
            return None;
        }
        let panel = self.panel();
        let none = Text::default;
        let lacks = |list: &[usize]| Text::plain(list.iter().map(|&j| self.study.names[j]).collect::<Vec<_>>().join(", "));
        Some(
            Table::new("left_out", Text::new("Rows left out", "未参与排序的行"))
                .hidden()
                .column(
                    "unit",
                    Text::new("Unit", "单元"),
                    none(),
                    Cells::Unit(gaps.iter().map(|(i, _)| panel.units[*i].clone()).collect()),
                )
                .column(
                    "period",
                    Text::new("Period", "时期"),
                    none(),
                    Cells::Integer(gaps.iter().map(|(i, _)| Some(i64::from(panel.periods[*i]))).collect()),
                )
                .column(
                    "lacks",
                    Text::new("Lacks a value of", "缺少取值的准则"),
                    none(),
                    Cells::Text(gaps.iter().map(|(_, j)| lacks(j)).collect()),
                ),
        )
    }
}
