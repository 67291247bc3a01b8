//! What a run of `dea` says in words: summary, notes and findings.

use frontier::{
    Orientation, Role, State,
    dea::{Class, Returns, ScaleClass},
};
use numerics::moments;

use super::Story;
use crate::{
    finding::{Finding, Weight},
    methods::{
        design, production,
        scores::{self, capital, returns},
    },
    text::Text,
};

/// Super-efficiency above this asks for a look at the data.
const FAR: f64 = 2.0;

impl Story<'_> {
    pub(super) fn summary(&self, scores: &[f64]) -> Vec<Text> {
        let period = self.panel.period_set().last().copied().unwrap_or_default();
        let rows: Vec<usize> =
            (0..self.panel.len()).filter(|&r| self.panel.periods[r] == period && scores[r].is_finite()).collect();
        let values: Vec<f64> = rows.iter().map(|&r| scores[r]).collect();
        if values.is_empty() {
            return vec![Text::new("No unit could be scored.", "没有可计算的单元。")];
        }
        if self.options.super_efficiency {
            return self.beyond(period, &rows, scores);
        }
        let class = self.spread(Class::None, |d, u| d.class[u]);
        let strong = rows.iter().filter(|&&r| class[r] == Class::Strong).count();
        let mean = moments::mean(&values);
        let (when, when_zh) = scores::when(self.panel, period);
        let room = 100.0 * (1.0 - mean);
        let (en, zh) = match self.options.orientation {
            Orientation::Input => (
                format!("units could on average do with {room:.1}% fewer inputs for the same outputs"),
                format!("平均可在产出不变时节约 {room:.1}% 的投入"),
            ),
            Orientation::Output => {
                let more = 100.0 * (moments::mean(&values.iter().map(|s| 1.0 / s).collect::<Vec<_>>()) - 1.0);
                (
                    format!("units could on average produce {more:.1}% more with the same inputs"),
                    format!("平均可在投入不变时增产 {more:.1}%"),
                )
            }
        };
        let mut out = vec![Text::new(
            capital(format!("{when}{strong} of {} units are efficient; the mean efficiency is {mean:.3}: {en}.", values.len())),
            format!("{when_zh}{} 个单元中 {strong} 个有效，平均效率 {mean:.3}：{zh}。", values.len()),
        )];
        if let Some(&worst) = rows.iter().min_by(|a, b| scores[**a].total_cmp(&scores[**b])) {
            let (name, zh) = (&self.panel.units[worst], &self.panel.units_zh[worst]);
            let zh = if zh.is_empty() { name } else { zh };
            out.push(Text::new(
                format!("The lowest score is {:.3} ({name}).", scores[worst]),
                format!("效率最低的是{zh}（{:.3}）。", scores[worst]),
            ));
        }
        if self.options.scale {
            let class = self.spread(ScaleClass::Unknown, |d, u| d.scale.as_ref().map_or(ScaleClass::Unknown, |s| s.class[u]));
            let small = |c| rows.iter().filter(|&&r| class[r] == c).count();
            let (up, down) = (small(ScaleClass::Increasing), small(ScaleClass::Decreasing));
            out.push(Text::new(
                format!("{up} units produce under increasing and {down} under decreasing returns to scale."),
                format!("{up} 个单元处于规模报酬递增，{down} 个处于规模报酬递减。"),
            ));
        }
        out
    }

    /// The summary of super-efficiency, where a mean has no meaning.
    fn beyond(&self, period: i32, rows: &[usize], scores: &[f64]) -> Vec<Text> {
        let above = rows.iter().filter(|&&r| scores[r] > 1.0 + frontier::dea::TOLERANCE).count();
        let out = self.states().iter().zip(&self.panel.periods).filter(|(s, p)| is_out(**s) && **p == period).count();
        let (when, when_zh) = scores::when(self.panel, period);
        let mut said = vec![Text::new(
            capital(format!("{when}{above} of {} units lie beyond all others.", rows.len() + out)),
            format!("{when_zh}{} 个单元中 {above} 个超出其余全部单元。", rows.len() + out),
        )];
        if let Some(&best) = rows.iter().max_by(|a, b| scores[**a].total_cmp(&scores[**b])) {
            let (name, zh) = (&self.panel.units[best], &self.panel.units_zh[best]);
            let zh = if zh.is_empty() { name } else { zh };
            said.push(Text::new(
                format!("The largest super-efficiency is {:.3} ({name}).", scores[best]),
                format!("超效率最高的是{zh}（{:.3}）。", scores[best]),
            ));
        }
        if out > 0 {
            said.push(Text::new(
                format!("{out} more cannot be measured against the others; the table says what cannot be reached."),
                format!("另有 {out} 个单元无法与其余单元比较，表中列出无法达到的变量。"),
            ));
        }
        said
    }

    pub(super) fn note(&self) -> Text {
        let o = self.options;
        let side = match o.orientation {
            Orientation::Input => Text::new("Input", "投入"),
            Orientation::Output => Text::new("Output", "产出"),
        };
        let mut rts = returns(o.rts);
        if o.rts == Returns::Generalised {
            let lower = o.lower.unwrap_or(0.0);
            let upper = o.upper.map_or_else(|| "∞".to_owned(), |u| u.to_string());
            rts = Text::new(
                format!("{}, sum of weights from {lower} to {upper}", rts.en),
                format!("{}，权重之和介于 {lower} 与 {upper} 之间", rts.zh),
            );
        }
        if o.rts == Returns::Fdh && (o.lower.is_some() || o.upper.is_some()) {
            let (lower, upper) = (o.lower.unwrap_or(0.0), o.upper.map_or_else(|| "∞".to_owned(), |u| u.to_string()));
            rts = Text::new(
                format!("{}, peers scaled by {lower} to {upper}", rts.en),
                format!("{}，参照单元可缩放 {lower} 至 {upper} 倍", rts.zh),
            );
        }
        let beyond = [
            (!o.non_discretionary.is_empty(), " Non-discretionary", "非自由支配变量", o.non_discretionary.join(", ")),
            (!o.non_controllable.is_empty(), " Non-controllable", "不可控变量", o.non_controllable.join(", ")),
            (!o.environment.is_empty(), " Compared within the environment", "按环境限定参照", o.environment.join(", ")),
            (!o.integer.is_empty(), " Whole targets", "整数目标", o.integer.join(", ")),
            (!o.bad_outputs.is_empty(), " Turned round by translation", "平移转换的非期望产出", o.bad_outputs.join(", ")),
        ];
        let given: String = beyond.iter().filter(|b| b.0).map(|b| format!("{}: {}.", b.1, b.3)).collect();
        let given_zh: String = beyond.iter().filter(|b| b.0).map(|b| format!("{}：{}。", b.2, b.3)).collect();
        let (more, more_zh) = if o.super_efficiency {
            (" Each unit is measured against the others (super-efficiency).", "每个单元均相对其余单元计算（超效率）。")
        } else {
            ("", "")
        };
        Text::new(
            format!("Farrell efficiency, 1 is best. {} orientation, {}.{more}{given}", side.en, rts.en),
            format!("Farrell 效率，1 为最优；{}导向，{}。{more_zh}{given_zh}", side.zh, rts.zh),
        )
    }

    fn states(&self) -> Vec<State> {
        self.spread(State::Missing, |d, u| d.state[u])
    }

    pub(super) fn findings(&self, scores: &[f64]) -> Vec<Finding> {
        let mut found = scores::findings(self.panel, &self.parts, self.options.frontier, &self.names(), |d| &d.state);
        // What is infeasible is explained below; only what is not certified stays unexplained.
        found.retain(|f| f.code != "FR002");
        let states = self.states();
        let rows = |wanted: &dyn Fn(usize) -> bool| -> Vec<String> {
            (0..self.panel.len()).filter(|&r| wanted(r)).map(|r| scores::place(self.panel, r)).collect()
        };
        found.extend(production::unsolved(&rows(&|r| states[r] == State::Numerical)));
        found.extend(self.out_of_reach());
        let whole = self.spread(true, |d, u| d.scale.as_ref().is_none_or(|s| s.efficiency[u].is_finite()));
        let open = rows(&|r| states[r] == State::Optimal && !whole[r]);
        found.extend((!open.is_empty()).then(|| Finding {
            code: "FR002".into(),
            weight: Weight::Warning,
            place: production::listed(&open),
            message: Text::new(
                format!("Scale efficiency without a certified value: {}; what it is made from is empty.", open.len()),
                format!("{} 个规模效率没有经认证的数值，相应单元格留空。", open.len()),
            ),
        }));
        let o = self.options;
        if o.rts == Returns::Fdh {
            found.extend(self.undominated(&states));
        } else if !o.super_efficiency {
            found.extend(scores::crowded(self.panel, &self.parts, o.frontier, |d| &d.class));
        }
        let pooled = o.frontier == scores::Frontier::Pooled;
        found.extend(design::constant(self.panel, &self.names(), pooled, (o.orientation, o.rts, o.lower)));
        if self.options.super_efficiency {
            let far = rows(&|r| scores[r] > FAR);
            found.extend((!far.is_empty()).then(|| Finding {
                code: "FR008".into(),
                weight: Weight::Warning,
                place: production::listed(&far),
                message: Text::new(
                    format!("{} units have a super-efficiency above {FAR}: they stand far from all others.", far.len()),
                    format!("{} 个单元的超效率大于 {FAR}：与其余单元相距甚远。", far.len()),
                ),
            }));
        }
        found
    }

    fn out_of_reach(&self) -> Option<Finding> {
        let list = |side: fn(&Text) -> &str| -> Vec<String> {
            let one = |(row, variables): &(usize, Vec<(Role, usize)>)| {
                let names: Vec<String> = variables.iter().map(|&(role, v)| side(&self.label(role, v)).to_owned()).collect();
                format!("{} ({})", scores::place(self.panel, *row), names.join(", "))
            };
            self.unreached_rows().iter().map(one).collect()
        };
        let (en, zh) = (production::listed(&list(|t| &t.en)), production::listed(&list(|t| &t.zh)));
        let n = self.unreached_rows().len();
        (n > 0).then(|| Finding {
            code: "FR006".into(),
            weight: Weight::Warning,
            place: Text::new(en.en, zh.zh),
            message: Text::new(
                format!("{n} units have no score: no point of their reference reaches the values named."),
                format!("{n} 个单元没有效率值：参照集中没有任何点能达到所列变量的取值。"),
            ),
        })
    }

    /// Units of a hull that nobody but themselves dominates.
    fn undominated(&self, states: &[State]) -> Option<Finding> {
        let solved = states.iter().filter(|s| **s == State::Optimal).count();
        let alone = self.spread(false, |d, u| d.class[u] == Class::Strong && d.peers(u).all(|p| p.units.contains(&u)));
        let alone = alone.iter().filter(|a| **a).count();
        (2 * alone > solved).then(|| Finding {
            code: "FR007".into(),
            weight: Weight::Info,
            place: Text::default(),
            message: Text::new(
                format!("{alone} of {solved} units are efficient because no other unit dominates them."),
                format!("{solved} 个单元中有 {alone} 个仅因没有其他单元支配它而有效。"),
            ),
        })
    }
}

/// Whether the reference cannot reach the unit.
fn is_out(state: State) -> bool {
    matches!(state, State::Infeasible | State::Unbounded)
}
