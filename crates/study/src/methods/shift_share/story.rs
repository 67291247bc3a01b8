//! What a shift-share decomposition says: sentences, tables, figures and findings.

use tfp::shift_share::{Formula, Part, Reference, ShiftShare, Status, Total};

use super::{
    super::{
        industries::{Contributions, Industries},
        lookup,
    },
    ShiftShareSpec,
};
use crate::{
    figure::{Chart, Figure, Stack},
    finding::{Finding, Weight},
    method::{Check, Output},
    table::{Cells, Table},
    text::{Language, Text},
};

/// Everything the presentation draws on.
pub(super) struct Story<'a> {
    pub(super) options: &'a ShiftShareSpec,
    pub(super) who: &'a Industries,
    /// Spans asked for; the last is the whole.
    pub(super) spans: &'a [(i32, i32)],
    pub(super) result: &'a ShiftShare,
    /// From each period to the next.
    pub(super) yearly: &'a ShiftShare,
}

/// Percent of initial aggregate productivity; `NaN` where that is not positive.
fn percent(part: f64, initial: f64) -> f64 {
    if initial > 0.0 { 100.0 * part / initial } else { f64::NAN }
}

impl Story<'_> {
    fn whole(&self) -> (i32, i32) {
        self.spans.last().copied().unwrap_or_default()
    }

    /// Computed totals of the whole span with positive initial productivity.
    fn done(&self) -> Vec<&Total> {
        let whole = self.whole();
        let fit = |t: &&Total| t.span == whole && t.status == Status::Computed && t.productivity[0] > 0.0;
        self.result.totals.iter().filter(fit).collect()
    }

    fn initial(&self, part: &Part) -> f64 {
        let of = |t: &&Total| t.economy == part.economy && t.span == part.span;
        self.result.totals.iter().find(of).map_or(f64::NAN, |t| t.productivity[0])
    }

    pub(super) fn output(&self) -> Output {
        Output {
            summary: self.summary(),
            variables: Vec::new(),
            tables: vec![self.totals(), self.industries()],
            figures: self.figures(),
            findings: self.findings(),
            checks: vec![Check {
                name: Text::new("Σ parts = change of aggregate productivity", "各部分之和 = 总体生产率变化"),
                residual: self.result.residual.max(self.yearly.residual),
                tolerance: 1e-12,
            }],
        }
    }

    fn summary(&self) -> Vec<Text> {
        let (from, to) = self.whole();
        let done = self.done();
        let Some(first) = done.first() else {
            return vec![Text::new(
                format!("From {from} to {to} no economy has all industries at both ends: nothing is computed."),
                format!("{from}—{to} 年没有两端行业齐全的经济体，未作计算。"),
            )];
        };
        let parts = |t: &Total| [t.change(), t.within, t.between, t.interaction].map(|p| percent(p, t.productivity[0]));
        if done.len() == 1 {
            let [all, within, between, interaction] = parts(first);
            let name = &self.who.economy_names[first.economy];
            let mut out = vec![Text::new(
                format!(
                    "{}: from {from} to {to} labour productivity changed by {all:.1} %: within industries {within:.1}, between {between:.1}, interaction {interaction:.1} points.",
                    name.en
                ),
                format!(
                    "{}：{from}—{to} 年劳动生产率变化 {all:.1}%：行业内 {within:.1}、行业间 {between:.1}、交互 {interaction:.1} 个百分点。",
                    name.get(Language::Zh)
                ),
            )];
            if self.options.formula == Formula::ThreePart {
                out.push(reading(first));
            }
            return out;
        }
        let n = done.len();
        let count = |f: &dyn Fn(&Total) -> bool| done.iter().filter(|t| f(t)).count();
        let (bonus, burden) = (count(&|t| t.between > 0.0), count(&|t| t.interaction < 0.0));
        let within = count(&|t| t.within.abs() > (t.between + t.interaction).abs());
        let (en, zh) = match self.options.formula {
            Formula::ThreePart => (
                format!(", and to industries whose productivity grew more slowly (burden, Baumol) in {burden}"),
                format!("，{burden} 个流向生产率增长较慢的行业（结构负担，鲍莫尔效应）"),
            ),
            Formula::Midpoint | Formula::EndProductivity => (String::new(), String::new()),
        };
        vec![Text::new(
            format!(
                "From {from} to {to}, {n} economies: growth within industries outweighs movement between them in {within}; labour moved to more productive industries (bonus) in {bonus}{en}."
            ),
            format!(
                "{from}—{to} 年共 {n} 个经济体：{within} 个以行业内增长为主；{bonus} 个的劳动力流向生产率较高的行业（结构红利）{zh}。"
            ),
        )]
    }

    fn totals(&self) -> Table {
        let lines = &self.result.totals;
        let number = |f: &dyn Fn(&Total) -> f64, decimals| Cells::Number(lines.iter().map(f).collect(), decimals);
        let points = |f: &dyn Fn(&Total) -> f64| number(&|t| percent(f(t), t.productivity[0]), 2);
        let unit = Text::new("% of initial productivity", "初期生产率的 %");
        let status = |t: &Total| match &t.status {
            Status::Computed if t.productivity[0] > 0.0 => Text::new("computed", "已计算"),
            Status::Computed => Text::new("initial productivity not positive", "初期生产率非正"),
            Status::Incomplete(_) => Text::new("industries missing", "缺行业"),
            Status::NoLabour => Text::new("no labour", "没有劳动"),
        };
        let integers = |f: &dyn Fn(&Total) -> i32| Cells::Integer(lines.iter().map(|t| Some(i64::from(f(t)))).collect());
        Table::new("totals", Text::new("Growth of labour productivity and its parts", "劳动生产率增长及其构成"))
            .note(Text::new(
                "Within, between and interaction add up to the change. Interaction below 0: labour moved to industries whose productivity grew more slowly.",
                "行业内、行业间与交互之和等于总变化。交互小于 0：劳动力流向生产率增长较慢的行业。",
            ))
            .column("economy", Text::new("Economy", "经济体"), Text::default(), self.who.economy_cells(lines.iter().map(|t| t.economy)))
            .column("from", Text::new("From", "起"), Text::default(), integers(&|t| t.span.0))
            .column("to", Text::new("To", "止"), Text::default(), integers(&|t| t.span.1))
            .column("status", Text::new("Status", "状态"), Text::default(), Cells::Text(lines.iter().map(status).collect()))
            .column("change", Text::new("Change", "总变化"), unit.clone(), points(&Total::change))
            .column("within", Text::new("Within", "行业内"), unit.clone(), points(&|t| t.within))
            .column("between", Text::new("Between (static)", "行业间（静态）"), unit.clone(), points(&|t| t.between))
            .column("interaction", Text::new("Interaction (dynamic)", "交互（动态）"), unit, points(&|t| t.interaction))
            .column("before", Text::new("Productivity before", "初期生产率"), level(), number(&|t| t.productivity[0], 3))
            .column("after", Text::new("Productivity after", "末期生产率"), level(), number(&|t| t.productivity[1], 3))
    }

    fn industries(&self) -> Table {
        let parts = &self.result.parts;
        let number = |f: &dyn Fn(&Part) -> f64, decimals| Cells::Number(parts.iter().map(f).collect(), decimals);
        let points = |f: &dyn Fn(&Part) -> f64| number(&|p| percent(f(p), self.initial(p)), 2);
        let integers = |f: &dyn Fn(&Part) -> i32| Cells::Integer(parts.iter().map(|p| Some(i64::from(f(p)))).collect());
        let unit = Text::new("% of initial aggregate productivity", "初期总体生产率的 %");
        let table = Table::new("industries", Text::new("Contributions of industries", "各行业的贡献"))
            .column(
                "economy",
                Text::new("Economy", "经济体"),
                Text::default(),
                self.who.economy_cells(parts.iter().map(|p| p.economy)),
            )
            .column(
                "industry",
                Text::new("Industry", "行业"),
                Text::default(),
                self.who.industry_cells(parts.iter().map(|p| p.industry)),
            )
            .column("from", Text::new("From", "起"), Text::default(), integers(&|p| p.span.0))
            .column("to", Text::new("To", "止"), Text::default(), integers(&|p| p.span.1))
            .column(
                "share_before",
                Text::new("Share of labour before", "初期劳动份额"),
                Text::plain("%"),
                number(&|p| 100.0 * p.share[0], 2),
            )
            .column(
                "share_after",
                Text::new("Share of labour after", "末期劳动份额"),
                Text::plain("%"),
                number(&|p| 100.0 * p.share[1], 2),
            )
            .column("before", Text::new("Productivity before", "初期生产率"), level(), number(&|p| p.productivity[0], 3))
            .column("after", Text::new("Productivity after", "末期生产率"), level(), number(&|p| p.productivity[1], 3))
            .column("within", Text::new("Within", "行业内"), unit.clone(), points(&|p| p.within))
            .column("between", Text::new("Between", "行业间"), unit.clone(), points(&|p| p.between))
            .column("interaction", Text::new("Interaction", "交互"), unit.clone(), points(&|p| p.interaction))
            .column("total", Text::new("Total", "合计"), unit, points(&|p| p.within + p.between + p.interaction));
        if self.who.economy_names.len() > 1 { table.hidden() } else { table }
    }

    fn figures(&self) -> Vec<Figure> {
        let whole = self.whole();
        let done = self.done();
        let single = self.who.economy_names.len() == 1;
        let lines: Vec<&Total> = match single {
            true => self.yearly.totals.iter().filter(|t| t.status == Status::Computed && t.productivity[0] > 0.0).collect(),
            false => done.clone(),
        };
        let of = |f: &dyn Fn(&Total) -> f64| lines.iter().map(|t| percent(f(t), t.productivity[0])).collect::<Vec<f64>>();
        let name = |t: &&Total| match single {
            true => Text::plain(t.span.1.to_string()),
            false => self.who.economy_names[t.economy].clone(),
        };
        let stack = Figure {
            id: "parts".into(),
            title: Text::new("Growth within industries and between them", "行业内增长与行业间转移"),
            note: Text::new("The mark is the change; the parts add up to it.", "标记为总变化，各部分之和与之相等。"),
            chart: Chart::Stack(Stack {
                label: Text::new("% of initial productivity", "初期生产率的 %"),
                decimals: 2,
                categories: lines.iter().map(name).collect(),
                categories_are_units: !single && self.who.economies_are_units,
                parts: vec![
                    (Text::new("within", "行业内"), of(&|t| t.within)),
                    (Text::new("between (static)", "行业间（静态）"), of(&|t| t.between)),
                    (Text::new("interaction (dynamic)", "交互（动态）"), of(&|t| t.interaction)),
                ],
                total: of(&Total::change),
            }),
        };
        let contributions = |economy: usize| {
            let own = self.result.parts.iter().filter(|p| p.span == whole && p.economy == economy);
            let total = |p: &Part| percent(p.within + p.between + p.interaction, self.initial(p));
            (economy, own.map(|p| (p.industry, total(p))).collect())
        };
        let (of, decimals): (Vec<Contributions>, _) = match single {
            true => (vec![contributions(0)], 2),
            false => (done.iter().map(|t| contributions(t.economy)).collect(), 1),
        };
        let label = Text::new("% of initial aggregate productivity", "初期总体生产率的 %");
        let note = Text::plain(format!("{}–{}", whole.0, whole.1));
        vec![stack, self.who.contributions(&of, label, note, decimals)]
    }

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut missing: Vec<String> = Vec::new();
        let mut spans = 0;
        for t in self.result.totals.iter().filter(|t| t.status != Status::Computed || t.productivity[0] <= 0.0) {
            spans += 1;
            match &t.status {
                Status::Incomplete(list) => missing.extend(list.iter().map(|&(k, p)| self.who.named(t.economy, k, p))),
                _ => missing.push(format!("{} {}-{}", self.who.economy_names[t.economy].en, t.span.0, t.span.1)),
            }
        }
        missing.dedup();
        if spans > 0 {
            let n = missing.len();
            findings.push(Finding {
                code: "TF021".into(),
                weight: Weight::Warning,
                place: lookup::first_of(&missing, 8),
                message: Text::new(
                    format!("{spans} spans are not decomposed: {n} industries are missing at an end, or there is no labour or output; table `totals` shows each."),
                    format!("{spans} 个时段未分解：{n} 处行业在端点缺失，或没有劳动、产出，见表 `totals`。"),
                ),
            });
        }
        let burden: Vec<String> = (self.done().iter())
            .filter(|t| t.interaction < 0.0 && -t.interaction > t.between)
            .map(|t| self.who.economy_names[t.economy].en.clone())
            .collect();
        if !burden.is_empty() {
            findings.push(Finding {
                code: "TF022".into(),
                weight: Weight::Info,
                place: lookup::first_of(&burden, 8),
                message: Text::new(
                    format!("In {} economies movement of labour lowered growth: the burden outweighs the bonus.", burden.len()),
                    format!("{} 个经济体的劳动力流动拉低了增长：结构负担大于结构红利。", burden.len()),
                ),
            });
        }
        if self.options.relative_price.is_empty() && self.options.reference == Some(Reference::Zero) {
            findings.push(Finding {
                code: "TF023".into(),
                weight: Weight::Info,
                place: Text::plain("reference"),
                message: Text::new(
                    "Contributions of industries are held against zero: every industry that gains labour seems to raise growth.",
                    "各行业的贡献以零为参照：凡劳动份额上升的行业都显得促进了增长。",
                ),
            });
        }
        findings
    }
}

fn level() -> Text {
    Text::new("output per unit of labour", "单位劳动产出")
}

fn reading(t: &Total) -> Text {
    let (en, zh) = match (t.between > 0.0, t.interaction < 0.0) {
        (true, true) => (
            "Labour moved to more productive industries (bonus), and to industries whose productivity grew more slowly (burden, Baumol).",
            "劳动力流向生产率较高的行业（结构红利），同时流向生产率增长较慢的行业（结构负担，鲍莫尔效应）。",
        ),
        (true, false) => (
            "Labour moved to more productive industries (bonus); there is no sign of Baumol's burden.",
            "劳动力流向生产率较高的行业（结构红利），没有鲍莫尔式负担的迹象。",
        ),
        (false, true) => (
            "There is no structural bonus, and labour moved to industries whose productivity grew more slowly (burden, Baumol).",
            "没有结构红利，且劳动力流向生产率增长较慢的行业（结构负担，鲍莫尔效应）。",
        ),
        (false, false) => ("There is neither a structural bonus nor Baumol's burden.", "既无结构红利，也无鲍莫尔式负担。"),
    };
    Text::new(en, zh)
}
