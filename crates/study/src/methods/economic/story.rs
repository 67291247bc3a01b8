//! What is told of economic efficiency: tables, figures, findings, checks.

use frontier::State;
use numerics::moments;

use super::{DecompositionName, Measure, Role, Story};
use crate::{
    finding::{Finding, Weight},
    method::{Check, Output},
    methods::{
        production,
        scores::{self, Words, capital, returns},
    },
    table::{Cells, Table},
    text::Text,
};

impl Story<'_> {
    fn words(&self) -> Words {
        let (what, zh) = match self.options.measure {
            Measure::Cost => ("Cost", "成本"),
            Measure::Revenue => ("Revenue", "收益"),
            Measure::Profit => ("Profit", "利润"),
            Measure::Profitability => ("Profitability", "盈利能力"),
        };
        if self.options.shares() {
            Words {
                score: Text::new(format!("{what} efficiency"), format!("{zh}效率")),
                label: Text::new(format!("{} efficiency (1 = best)", what.to_lowercase()), format!("{zh}效率（1 为最优）")),
                note: Text::new("Units with 1 do what is best at their prices.", "效率为 1 的单元在其价格下已达最优。"),
                high_is_best: true,
            }
        } else {
            Words {
                score: Text::new(format!("{what} inefficiency"), format!("{zh}无效率值")),
                label: Text::new(format!("{} inefficiency (0 = best)", what.to_lowercase()), format!("{zh}无效率值（0 为最优）")),
                note: Text::new("Units with 0 do what is best at their prices.", "数值为 0 的单元在其价格下已达最优。"),
                high_is_best: false,
            }
        }
    }

    pub(super) fn output(&self) -> Output {
        let panel = self.panel;
        let economic = self.numbers(|e, u| e.economic[u]);
        let words = self.words();
        let mut findings = scores::findings(panel, &self.parts, self.options.frontier, &self.names, |e| &e.state);
        findings.extend(self.several());
        let mut tables = words.last_period_first(panel, self.scores(&words, &economic), &economic);
        tables.push(self.matrix("targets", Text::new("Optimal quantities", "最优数量"), |e, role, v, u| match role {
            Role::Input => e.projection.input_targets[v][u],
            _ => e.projection.output_targets[v][u],
        }));
        tables.push(self.prices());
        tables.push(scores::peers(panel, &self.parts, self.options.frontier, |e| &e.projection.peers));
        tables.extend(self.change());
        let part = |name: &str, en: &str, zh: &str, values: Vec<f64>| scores::variable(panel, name, Text::new(en, zh), values);
        Output {
            summary: self.summary(&words, &economic),
            variables: vec![
                scores::variable(panel, "economic", words.score.clone(), economic.clone()),
                part("technical", "Technical part", "技术部分", self.numbers(|e, u| e.technical[u])),
                part("allocative", "Allocative part", "配置部分", self.numbers(|e, u| e.allocative[u])),
            ],
            tables,
            figures: words.figures(panel, &economic),
            findings,
            checks: self.checks(),
        }
    }

    fn scores(&self, words: &Words, economic: &[f64]) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let (by, rts) = (decomposition(self.options.chosen()), returns(self.options.rts));
        let (how, how_zh) =
            if self.options.shares() { ("parts multiply", "各部分相乘") } else { ("parts add up", "各部分相加") };
        let note = Text::new(
            format!("By the {}; {}; {how}. Amounts are in the money of the prices.", by.en, rts.en),
            format!("按{}分解；{}；{how_zh}。金额以价格的货币计。", by.zh, rts.zh),
        );
        let none = Text::default;
        let number = |values: Vec<f64>| Cells::Number(values, 4);
        let of = |get: fn(&frontier::economic::Economic) -> &Vec<f64>| self.numbers(|e, u| get(e)[u]);
        let mut t = scores::keyed(self.panel, "scores", words.score.clone(), &every)
            .note(note)
            .column("economic", words.score.clone(), none(), number(economic.to_vec()))
            .column("technical", Text::new("Technical part", "技术部分"), none(), number(of(|e| &e.technical)));
        if self.options.measure == Measure::Profitability {
            let scale = self.numbers(|e, u| e.scale.as_ref().map_or(f64::NAN, |s| s[u]));
            t = t.column("scale", Text::new("Scale part", "规模部分"), none(), number(scale));
        }
        let (seen, best) = match self.options.measure {
            Measure::Cost => (Text::new("Observed cost", "观测成本"), Text::new("Least cost", "最小成本")),
            Measure::Revenue => (Text::new("Observed revenue", "观测收益"), Text::new("Largest revenue", "最大收益")),
            Measure::Profit => (Text::new("Observed profit", "观测利润"), Text::new("Largest profit", "最大利润")),
            Measure::Profitability => {
                (Text::new("Observed profitability", "观测盈利能力"), Text::new("Largest profitability", "最大盈利能力"))
            }
        };
        t = t
            .column("allocative", Text::new("Allocative part", "配置部分"), none(), number(of(|e| &e.allocative)))
            .column("observed", seen, none(), number(of(|e| &e.observed)))
            .column("optimum", best, none(), number(of(|e| &e.optimum)));
        if self.options.measure != Measure::Profitability {
            let loss = self.numbers(|e, u| e.loss(self.options.measure)[u]);
            t = t.column("loss", Text::new("Loss in money", "损失金额"), none(), number(loss));
        }
        if !self.options.shares() {
            let by = |e: &frontier::economic::Economic, u: usize| e.normalisation.as_ref().map_or(f64::NAN, |k| k[u]);
            let label = Text::new("Money per unit of inefficiency", "每单位无效率的金额");
            t = t.column("normalisation", label, none(), number(self.numbers(by)));
        }
        // The bounds of the optimum.
        scores::certified(t, &self.states(), &self.spread((f64::NAN, f64::NAN), |e, u| e.interval[u]))
    }

    fn matrix(&self, id: &str, title: Text, get: impl Fn(&frontier::economic::Economic, Role, usize, usize) -> f64) -> Table {
        scores::matrix(self.panel, &self.names, id, title, false, |role, v| self.numbers(|e, u| get(e, role, v, u)))
    }

    /// Prices given, and marginal costs or revenues of what is given.
    fn prices(&self) -> Table {
        let title = match self.options.measure {
            Measure::Cost => Text::new("Input prices and marginal costs of outputs", "投入价格与产出的边际成本"),
            Measure::Revenue => Text::new("Marginal revenues of inputs and output prices", "投入的边际收益与产出价格"),
            _ => Text::new("Prices", "价格"),
        };
        scores::matrix(self.panel, &self.names, "prices", title, true, |role, v| {
            self.numbers(|e, u| match role {
                Role::Input => e.projection.input_prices[v][u],
                _ => e.projection.output_prices[v][u],
            })
        })
    }

    /// A normalisation by slacks that are not the only ones is one of several.
    fn several(&self) -> Option<Finding> {
        let unique = self.spread(true, |e, u| e.unique_normalisation.as_ref().is_none_or(|k| k[u]));
        let states = self.states();
        let rows = (0..self.panel.len()).filter(|&r| !unique[r] && states[r] == State::Optimal);
        let places: Vec<String> = rows.map(|r| scores::place(self.panel, r)).collect();
        (!places.is_empty()).then(|| Finding {
            code: "FR031".into(),
            weight: Weight::Warning,
            place: production::listed(&places),
            message: Text::new(
                format!(
                    "{} units have several optimal sets of slacks; what they are normalised by, and with it their inefficiency, is that of one of them.",
                    places.len()
                ),
                format!("{} 个单元的最优松弛不唯一；其标准化因子与无效率值只对应其中一组。", places.len()),
            ),
        })
    }

    fn summary(&self, words: &Words, economic: &[f64]) -> Vec<Text> {
        let period = self.panel.period_set().last().copied().unwrap_or_default();
        let rows: Vec<usize> =
            (0..self.panel.len()).filter(|&r| self.panel.periods[r] == period && economic[r].is_finite()).collect();
        if rows.is_empty() {
            return vec![Text::new("No unit could be measured.", "没有可计算的单元。")];
        }
        let mean = |values: &[f64]| moments::mean(&rows.iter().map(|&r| values[r]).collect::<Vec<_>>());
        let technical = mean(&self.numbers(|e, u| e.technical[u]));
        let allocative = mean(&self.numbers(|e, u| e.allocative[u]));
        let (when, when_zh) = scores::when(self.panel, period);
        let mut out = vec![Text::new(
            capital(format!(
                "{when}the mean {} of {} units is {:.3}; the technical part is {technical:.3}, the allocative part {allocative:.3}.",
                words.score.en.to_lowercase(),
                rows.len(),
                mean(economic)
            )),
            format!(
                "{when_zh}{} 个单元的平均{}为 {:.3}，其中技术部分 {technical:.3}，配置部分 {allocative:.3}。",
                rows.len(),
                words.score.zh,
                mean(economic)
            ),
        )];
        let sum = |values: &[f64]| rows.iter().map(|&r| values[r]).sum::<f64>();
        let (seen, best) = (sum(&self.numbers(|e, u| e.observed[u])), sum(&self.numbers(|e, u| e.optimum[u])));
        let said = match self.options.measure {
            Measure::Cost => Some((
                format!("Together they spend {seen:.4} where {best:.4} would do."),
                format!("它们合计支出 {seen:.4}，而 {best:.4} 即可。"),
            )),
            Measure::Revenue => Some((
                format!("Together they earn {seen:.4} where {best:.4} is possible."),
                format!("它们合计收益 {seen:.4}，而可达 {best:.4}。"),
            )),
            Measure::Profit => Some((
                format!("Together they make a profit of {seen:.4} where {best:.4} is possible."),
                format!("它们合计利润 {seen:.4}，而可达 {best:.4}。"),
            )),
            Measure::Profitability => None,
        };
        out.extend(said.map(|(en, zh)| Text::new(en, zh)));
        out
    }

    fn checks(&self) -> Vec<Check> {
        let every = || self.parts.iter().flat_map(|p| (0..p.result.state.len()).map(move |u| (&p.result, u)));
        let solved = || every().filter(|(e, u)| e.state[*u] == State::Optimal);
        let shares = self.options.shares();
        let width = |e: &frontier::economic::Economic, u: usize| {
            // A profit may be nothing: what its inefficiency is divided by tells how much money moves.
            let moved = e.normalisation.as_ref().map_or(0.0, |k| k[u].abs());
            (e.interval[u].1 - e.interval[u].0) / e.optimum[u].abs().max(e.observed[u].abs()).max(moved).max(f64::MIN_POSITIVE)
        };
        let identity = |e: &frontier::economic::Economic, u: usize| {
            let scale = e.scale.as_ref().map_or(1.0, |s| s[u]);
            let whole = if shares { e.technical[u] * scale * e.allocative[u] } else { e.technical[u] + e.allocative[u] };
            (whole - e.economic[u]).abs() / (1.0 + e.economic[u].abs())
        };
        let beyond = |e: &frontier::economic::Economic, u: usize| {
            if shares { e.allocative[u] - 1.0 } else { -e.allocative[u] / (1.0 + e.economic[u].abs()) }
        };
        let check = |name: Text, residual: f64, tolerance: f64| Check { name, residual, tolerance };
        vec![
            check(
                Text::new("Widest certified interval of an optimum (relative)", "最优值认证区间的最大宽度（相对值）"),
                solved().map(|(e, u)| width(e, u)).fold(0.0, f64::max),
                1e-8,
            ),
            check(
                if shares {
                    Text::new("Parts multiply to the economic efficiency", "各部分之积等于经济效率")
                } else {
                    Text::new("Parts add up to the economic inefficiency", "各部分之和等于经济无效率值")
                },
                solved().map(|(e, u)| identity(e, u)).fold(0.0, f64::max),
                1e-9,
            ),
            check(
                if shares {
                    Text::new("Allocative part ≤ 1", "配置部分 ≤ 1")
                } else {
                    Text::new("Allocative part ≥ 0 (relative)", "配置部分 ≥ 0（相对值）")
                },
                solved().map(|(e, u)| beyond(e, u)).fold(0.0, f64::max),
                1e-7,
            ),
        ]
    }
}

fn decomposition(d: DecompositionName) -> Text {
    match d {
        DecompositionName::Farrell => Text::new("radial measure of Farrell", "Farrell 径向测度"),
        DecompositionName::Directional => Text::new("directional distance", "方向距离"),
        DecompositionName::ModifiedDirectional => Text::new("modified directional distance", "修正方向距离"),
        DecompositionName::Additive => Text::new("weighted additive model", "加权加性模型"),
        DecompositionName::Russell => Text::new("Russell measure", "Russell 测度"),
        DecompositionName::GeneralDirect => Text::new("general direct approach", "一般直接法"),
        DecompositionName::ReverseDirectional => Text::new("reverse directional distance", "反向方向距离"),
        DecompositionName::ReverseModified => Text::new("reverse modified distance", "反向修正距离"),
        DecompositionName::RussellGraph => Text::new("Russell graph measure", "Russell 图测度"),
        DecompositionName::Holder => Text::new("Hölder distance", "Hölder 距离"),
        DecompositionName::Generalised => Text::new("generalised distance function", "广义距离函数"),
    }
}
