//! Efficiencies by stage; targets, prices and peers of the chain.

use frontier::{
    Role, State,
    two_stage::{ChainProjection, Model, Stage, TwoStage},
};

use super::{
    super::{
        lookup,
        scores::{self, returns},
    },
    Story, weaker_name,
};
use crate::{
    table::{Cells, Table},
    text::Text,
};

impl Story<'_> {
    pub(super) fn tables(&self) -> Vec<Table> {
        let mut tables = Self::words().last_period_first(self.panel, self.scores(), &self.system);
        if self.parts.iter().all(|p| p.result.projection.is_some()) {
            tables.extend(self.projections());
        }
        tables
    }

    fn scores(&self) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let (model, rts) = (model(self.options.model), returns(self.options.rts));
        let (main, other) = match self.options.priority {
            Stage::First => (Text::new("first", "第一"), Text::new("second", "第二")),
            Stage::Second => (Text::new("second", "第二"), Text::new("first", "第一")),
        };
        let (first, second) = (self.turns(Stage::First), self.turns(Stage::Second));
        let number = |values: &[f64]| Cells::Number(values.to_vec(), 4);
        let part = |get: fn(&TwoStage, usize) -> f64| Cells::Number(scores::spread(self.panel, &self.parts, f64::NAN, get), 4);
        let none = Text::default;
        let mut table = scores::keyed(self.panel, "scores", Text::new("Efficiency of the chain and its stages", "链条与各阶段效率"), &every)
            .note(Text::new(
                format!(
                    "1 is best. {}; {}. First stage: {}. Second stage: {}. The {} stage has priority; the split with priority of the {} stage stands beside it.",
                    model.en, rts.en, first.en, second.en, main.en, other.en
                ),
                format!(
                    "1 为最优。{}；{}。第一阶段：{}。第二阶段：{}。{}阶段优先，旁列{}阶段优先时的分解。",
                    model.zh, rts.zh, first.zh, second.zh, main.zh, other.zh
                ),
            ))
            .column("score", Text::new("System", "系统"), none(), number(&self.system))
            .column("first_stage", Text::new("First stage", "第一阶段"), none(), number(&self.first))
            .column("second_stage", Text::new("Second stage", "第二阶段"), none(), number(&self.second));
        if self.options.model == Model::Additive {
            let label = Text::new("Weight of the first stage", "第一阶段权重");
            table = table.column("first_weight", label, none(), part(|r, u| r.stages.first_weight[u]));
        }
        let weaker = self.weaker.iter().map(|w| weaker_name(*w)).collect();
        let label = |stage: Text| {
            Text::new(format!("{} (priority: {})", stage.en, other.en), format!("{}（{}阶段优先）", stage.zh, other.zh))
        };
        let table = table
            .column("weaker", Text::new("Weaker stage", "较弱阶段"), none(), Cells::Text(weaker))
            .column("first_alternative", label(Text::new("First stage", "第一阶段")), none(), part(|r, u| r.alternative.first[u]))
            .column(
                "second_alternative",
                label(Text::new("Second stage", "第二阶段")),
                none(),
                part(|r, u| r.alternative.second[u]),
            );
        let states = scores::spread(self.panel, &self.parts, State::Missing, |r, u| r.state[u]);
        let intervals = scores::spread(self.panel, &self.parts, (f64::NAN, f64::NAN), |r, u| r.interval[u]);
        scores::certified(table, &states, &intervals)
    }

    /// Targets, prices and peers of both stages, where the stages share one optimum.
    fn projections(&self) -> Vec<Table> {
        let (panel, names) = (self.panel, self.options.names());
        fn of(r: &TwoStage) -> &ChainProjection {
            r.projection.as_ref().expect("asked for where it is there")
        }
        let column =
            |get: &dyn Fn(&ChainProjection) -> &Vec<f64>| scores::spread(panel, &self.parts, f64::NAN, |r, u| get(of(r))[u]);
        let title = Text::new("Targets of the chain", "链条目标值");
        let mut targets = scores::matrix(panel, &names, "targets", title, false, |role, v| match role {
            Role::Input => column(&|p| &p.input_targets[v]),
            Role::Output => column(&|p| &p.output_targets[v]),
            _ => column(&|p| &p.intermediates_made[v]),
        });
        for (v, name) in names.bad_outputs.iter().enumerate() {
            let label = lookup::variable_label(panel, name);
            let zh = if label.zh.is_empty() { &label.en } else { &label.zh };
            let unit = panel.variable(name).map_or_else(String::new, |x| x.meaning.unit.clone());
            targets = targets.column(
                &format!("{name}_used"),
                Text::new(format!("{}, used by the second stage", label.en), format!("{zh}（第二阶段使用）")),
                Text::plain(unit),
                Cells::Number(column(&|p| &p.intermediates_used[v]), 4),
            );
        }
        let prices = scores::matrix(panel, &names, "prices", Text::new("Prices", "价格"), true, |role, v| match role {
            Role::Input => column(&|p| &p.input_prices[v]),
            Role::Output => column(&|p| &p.output_prices[v]),
            _ => column(&|p| &p.intermediate_prices[v]),
        });
        let peers = |id: &str, title: Text, stage: Stage| {
            let table = scores::peers(panel, &self.parts, self.options.frontier, |r| match stage {
                Stage::First => &of(r).first_peers,
                Stage::Second => &of(r).second_peers,
            });
            Table { id: id.to_owned(), title, ..table }
        };
        vec![
            targets,
            prices,
            peers("first_peers", Text::new("Peers of the first stage", "第一阶段参照单元"), Stage::First),
            peers("second_peers", Text::new("Peers of the second stage", "第二阶段参照单元"), Stage::Second),
        ]
    }
}

fn model(m: Model) -> Text {
    match m {
        Model::Relational => Text::new("Relational model (system = product of the stages)", "关系模型（系统为两阶段之积）"),
        Model::Centralised => Text::new("Centralised model (system = product of the stages)", "集中模型（系统为两阶段之积）"),
        Model::Additive => Text::new("Additive model (system = weighted mean of the stages)", "加性模型（系统为两阶段加权平均）"),
        Model::LeaderFollower => {
            Text::new("Leader-follower model (system = product of the stages)", "领导者—跟随者模型（系统为两阶段之积）")
        }
    }
}
