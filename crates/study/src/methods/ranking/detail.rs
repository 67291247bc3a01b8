//! Tables of what a method says beyond scores.

use index::ranking::Detail;

use super::{tables::grade_name, *};
use crate::table::{Cells, Table};

impl View<'_> {
    /// What the method says beyond scores.
    pub(super) fn detail(&self) -> Option<Table> {
        let when = |b: &Block| b.period.map_or_else(|| Text::new("all", "全部"), |p| Text::plain(p.to_string()));
        let over = Cells::Text(self.blocks.iter().map(when).collect());
        let yes = |b: bool| if b { Text::new("yes", "是") } else { Text::new("no", "否") };
        let both = || self.blocks.iter().zip(self.ranked);
        let none = Text::default;
        let label = Text::new("Ranked together", "同批排序");
        match &self.ranked.first()?.detail {
            Detail::None => None,
            Detail::Vikor(_) => {
                let all: Vec<_> =
                    both().filter_map(|(b, r)| if let Detail::Vikor(v) = &r.detail { Some((b, v)) } else { None }).collect();
                let text = |of: &dyn Fn(&Block, &index::ranking::vikor::Vikor) -> Text| {
                    Cells::Text(all.iter().map(|(b, v)| of(b, v)).collect())
                };
                let number = |of: &dyn Fn(&Block, &index::ranking::vikor::Vikor) -> f64| {
                    Cells::Number(all.iter().map(|(b, v)| of(b, v)).collect(), 4)
                };
                Some(
                    Table::new("conditions", Text::new("VIKOR: conditions and compromise set", "VIKOR：可接受条件与折衷解集"))
                        .note(Text::new(
                            "Condition 1: the lead in Q is at least 1/(n - 1). Condition 2: the first by Q is also first by S or R. Where condition 1 fails, all within that distance are compromise solutions; where only condition 2 fails, the first two.",
                            "条件一：Q 值领先不小于 1/(n - 1)。条件二：Q 最优者同时为 S 或 R 最优。条件一不满足时，差距以内者皆为折衷解；仅条件二不满足时，前两名为折衷解。",
                        ))
                        .column("over", label, none(), over)
                        .column("best", Text::new("First by Q", "Q 最优"), none(), text(&|b, v| self.who(b, v.best)))
                        .column("lead", Text::new("Lead in Q", "Q 领先"), none(), number(&|_, v| v.lead))
                        .column("threshold", Text::plain("1/(n - 1)"), none(), number(&|b, _| 1.0 / (b.rows.len() - 1) as f64))
                        .column("advantage", Text::new("Condition 1", "条件一"), none(), text(&|_, v| yes(v.advantage)))
                        .column("stable", Text::new("Condition 2", "条件二"), none(), text(&|_, v| yes(v.stable)))
                        .column("set", Text::new("Compromise set", "折衷解集"), none(), text(&|b, v| self.names_of(b, &v.set))),
                )
            }
            Detail::Copeland(_) => {
                let all: Vec<_> =
                    both().filter_map(|(b, r)| if let Detail::Copeland(c) = &r.detail { Some((b, c)) } else { None }).collect();
                let one = |b: &Block, at: Option<usize>| at.map_or_else(|| Text::new("none", "无"), |i| self.who(b, i));
                let text = |of: &dyn Fn(&Block, &index::ranking::copeland::Copeland) -> Text| {
                    Cells::Text(all.iter().map(|(b, c)| of(b, c)).collect())
                };
                Some(
                    Table::new("majority", Text::new("Pairwise majority", "两两多数比较"))
                        .note(Text::new(
                            "The Smith set is the smallest whose every member beats all outside it; more than one member means a cycle or a tie at the top.",
                            "Smith 集为其每个成员都胜过集外者的最小集合；成员多于一个说明顶端存在循环或平局。",
                        ))
                        .column("over", label, none(), over)
                        .column("winner", Text::new("Condorcet winner", "孔多塞胜者"), none(), text(&|b, c| one(b, c.winner)))
                        .column("loser", Text::new("Condorcet loser", "孔多塞败者"), none(), text(&|b, c| one(b, c.loser)))
                        .column(
                            "members",
                            Text::new("Members of the Smith set", "Smith 集成员数"),
                            none(),
                            Cells::Integer(all.iter().map(|(_, c)| Some(c.smith.len() as i64)).collect()),
                        )
                        .column("smith", Text::new("Smith set", "Smith 集"), none(), text(&|b, c| self.names_of(b, &c.smith))),
                )
            }
            Detail::RankSum(_) => Some(self.distribution()),
            Detail::Fuzzy(first) => {
                let panel = self.panel();
                let mut t = Table::new("memberships", Text::new("Membership of each grade", "各等级隶属度"))
                    .hidden()
                    .column("unit", Text::new("Unit", "单元"), none(), Cells::Unit(panel.units.clone()))
                    .column(
                        "period",
                        Text::new("Period", "时期"),
                        none(),
                        Cells::Integer(panel.periods.iter().map(|p| Some(i64::from(*p))).collect()),
                    );
                for k in 0..first.centres.len() {
                    let values = self.spread(|r| match &r.detail {
                        Detail::Fuzzy(f) => f.membership.get(k).map(Vec::as_slice),
                        _ => None,
                    });
                    let name = grade_name(k, first.centres.len());
                    t = t.column(&format!("grade_{}", k + 1), name, none(), Cells::Number(values, 4));
                }
                Some(t)
            }
        }
    }

    /// Distribution of the rank-sum ratio with its probits and regression.
    fn distribution(&self) -> Table {
        let steps: Vec<(&Block, &index::ranking::rank_sum::RankSum, usize)> = self
            .blocks
            .iter()
            .zip(self.ranked)
            .filter_map(|(b, r)| if let Detail::RankSum(s) = &r.detail { Some((b, s)) } else { None })
            .flat_map(|(b, s)| (0..s.steps.len()).map(move |k| (b, s, k)))
            .collect();
        let number = |of: &dyn Fn(&index::ranking::rank_sum::Step) -> f64, d: u8| {
            Cells::Number(steps.iter().map(|(_, s, k)| of(&s.steps[*k])).collect(), d)
        };
        let whole = |of: &dyn Fn(&index::ranking::rank_sum::Step) -> usize| {
            Cells::Integer(steps.iter().map(|(_, s, k)| Some(of(&s.steps[*k]) as i64)).collect())
        };
        let none = Text::default;
        let line = self.last_block().1;
        let note = match &line.detail {
            Detail::RankSum(s) => s.line.map_or_else(none, |l| {
                Text::new(
                    format!(
                        "RSR = {:.4} + {:.4} probit, R² {:.3}; grades are parted at probits {:?}.",
                        l.intercept, l.slope, l.r_squared, s.cuts
                    ),
                    format!(
                        "RSR = {:.4} + {:.4} Probit，R² {:.3}；分档界值 Probit 为 {:?}。",
                        l.intercept, l.slope, l.r_squared, s.cuts
                    ),
                )
            }),
            _ => none(),
        };
        let over =
            steps.iter().map(|(b, _, _)| b.period.map_or_else(|| Text::new("all", "全部"), |p| Text::plain(p.to_string())));
        Table::new("distribution", Text::new("Distribution of the rank-sum ratio", "秩和比分布"))
            .note(note)
            .column("over", Text::new("Ranked together", "同批排序"), none(), Cells::Text(over.collect()))
            .column("ratio", Text::plain("RSR"), none(), number(&|s| s.ratio, 4))
            .column("count", Text::new("Count", "频数"), none(), whole(&|s| s.count))
            .column("cumulated", Text::new("Cumulated", "累计频数"), none(), whole(&|s| s.cumulated))
            .column("mean_rank", Text::new("Mean rank", "平均秩次"), none(), number(&|s| s.mean_rank, 1))
            .column(
                "frequency",
                Text::new("Downward cumulative frequency", "向下累计频率"),
                Text::plain("%"),
                number(&|s| 100.0 * s.frequency, 2),
            )
            .column("probit", Text::plain("Probit"), none(), number(&|s| s.probit, 4))
            .column("fitted", Text::new("Fitted RSR", "RSR 拟合值"), none(), number(&|s| s.fitted, 4))
    }
}
