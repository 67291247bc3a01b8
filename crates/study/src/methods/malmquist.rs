//! `malmquist`: productivity change against a frontier.

use std::num::NonZeroU32;

use frontier::{
    Missing, Observations, Orientation, Role, State,
    malmquist::{
        self, Align, Barrier, Decomposition, Failure, IndexReturns, Kind, Malmquist, MalmquistOptions, Mean, Measured, Part,
    },
};
use panel::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    change::{Change, Component},
    lookup,
    production::{self, Names},
};
use crate::{
    finding::{Finding, Weight},
    method::{Input, Method, Output, Page},
    table::{Cells, Table},
    text::Text,
};

/// Options of the Malmquist index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MalmquistStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Which index: `adjacent`, `fixed-base`, `sequential`, `window`, `biennial` or `global`.
    #[serde(default)]
    pub kind: Kind,
    /// Base period of `fixed-base`; the first period where not given.
    #[serde(default)]
    pub base: Option<i32>,
    /// Width of `window` in periods; 3 where not given.
    #[serde(default)]
    pub window: Option<NonZeroU32>,
    /// Whether a window lies around its period (`centred`) or ends with it (`trailing`).
    #[serde(default)]
    pub align: Align,
    /// Parts: `fgnz`, `ray-desli`, `grifell-lovell` or `bias`.
    #[serde(default)]
    pub decomposition: Decomposition,
    /// Which side is moved to the frontier.
    #[serde(default)]
    pub orientation: Orientation,
    /// Returns to scale of the index: `crs`, with parts from variable returns, or `vrs` throughout.
    #[serde(default)]
    pub rts: IndexReturns,
    /// Period whose technology is the yardstick, for kinds with one technology for each period.
    #[serde(default)]
    pub mean: Mean,
    /// Group column for means and cumulative lines, e.g. region.
    #[serde(default)]
    #[schemars(extend("x-role" = "group"))]
    pub group: Option<String>,
    /// What to do with observations that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

/// Malmquist index.
pub struct MalmquistIndex;

impl Method for MalmquistIndex {
    type Options = MalmquistStep;
    const NAME: &'static str = "malmquist";
    const PAGE: Page = Page {
        title: ("Malmquist productivity index", "Malmquist 生产率指数"),
        en: malmquist::PAGE,
        zh: malmquist::PAGE_ZH,
        example: "xinzhi malmquist data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --orientation output --out result",
    };

    fn check(options: &MalmquistStep) -> Vec<Problem> {
        Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] }.repeated()
    }

    fn run(input: &Input<'_>, options: &MalmquistStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let technology = names.technology(panel)?;
        if let Some(group) = options.group.as_deref().filter(|g| panel.group(g).is_none()) {
            return Err(vec![lookup::unknown_group(panel, group)]);
        }
        production::two_periods(panel)?;
        let (width, n) = (options.window.map_or(0, NonZeroU32::get) as usize, panel.period_set().len());
        if options.kind == Kind::Window && width > n {
            let why = format!("it is {width} periods wide and the data have {n}; `global` takes all of them");
            return Err(vec![production::conflict("window", &why)]);
        }
        let (units, unit_names) = production::unit_numbers(panel);
        let data = Observations { technology, units: &units, periods: &panel.periods };
        let core = MalmquistOptions {
            kind: options.kind,
            base: options.base,
            window: options.window,
            align: options.align,
            decomposition: options.decomposition,
            orientation: options.orientation,
            returns: options.rts,
            mean: options.mean,
            missing: options.missing,
        };
        let every: Vec<usize> = (0..panel.len()).collect();
        let m = malmquist::malmquist(&data, &core).map_err(|e| names.refused(&e, panel, &every))?;
        let change = Change {
            panel,
            names: unit_names,
            unit: &m.unit,
            from: &m.from,
            to: &m.to,
            to_row: &m.to_row,
            components: components(&m, &core),
            cumulative: &m.cumulative,
            distances: distances(&m, options.kind.two()),
            gaps: &m.gaps,
            residual: m.residual,
            identity: identity(&core),
            note: Text::new(
                "Above 1 is improvement. A change belongs to the later period; means are geometric.",
                "大于 1 为改善。变化记于后期；均值为几何平均。",
            ),
            group: options.group.as_deref(),
        };
        let by_observation = options.kind.two().then(|| observation_table(&m, input, core.returns));
        if m.failures.is_empty() {
            let mut out = change.output();
            out.tables.extend(by_observation);
            return Ok(out);
        }
        let mut more = vec![failure_table(&m, &names, &change, options.kind.two()), alternative_table(&m, &change)];
        more.extend(by_observation);
        Ok(change.told(findings(&m, &names, &change), more))
    }
}

/// Efficiency of each observation against the technologies of the previous, the same and the next period,
/// in the layout of DEAP.
fn observation_table(m: &Malmquist, input: &Input<'_>, returns: IndexReturns) -> Table {
    let panel = input.panel;
    let mut rows: Vec<usize> = m.from_row.iter().chain(&m.to_row).copied().collect();
    rows.sort_unstable_by_key(|&r| (panel.periods[r], r));
    rows.dedup();
    let main = if returns == IndexReturns::Crs { &m.crs } else { &m.vrs };
    let column = |earlier: &[malmquist::Distance], later: &[malmquist::Distance]| {
        let mut values = vec![f64::NAN; panel.len()];
        m.from_row.iter().zip(earlier).chain(m.to_row.iter().zip(later)).for_each(|(&r, d)| values[r] = d.value);
        Cells::Number(rows.iter().map(|&r| values[r]).collect(), 4)
    };
    let period = rows.iter().map(|&r| Some(i64::from(panel.periods[r]))).collect();
    let none = Text::default;
    let mut t = Table::new("observations", Text::new("Efficiency by observation and technology", "各观测相对各期前沿的效率"))
        .column("unit", Text::new("Unit", "单元"), none(), Cells::Unit(rows.iter().map(|&r| panel.units[r].clone()).collect()))
        .column("period", Text::new("Period", "时期"), none(), Cells::Integer(period))
        .column("previous", Text::new("Technology of t-1", "上期前沿"), none(), column(&[], &main.comparison_other))
        .column("same", Text::new("Technology of t", "当期前沿"), none(), column(&main.base_own, &main.comparison_own))
        .column("next", Text::new("Technology of t+1", "下期前沿"), none(), column(&main.base_other, &[]));
    if returns == IndexReturns::Crs {
        let label = Text::new("Technology of t, VRS", "当期前沿（VRS）");
        t = t.column("vrs", label, none(), column(&m.vrs.base_own, &m.vrs.comparison_own));
    }
    t.hidden()
}

fn components<'a>(m: &'a Malmquist, options: &MalmquistOptions) -> Vec<Component<'a>> {
    let label = |part: Part| match (part, options.kind, options.decomposition) {
        (Part::Efficiency, ..) => ("efficiency_change", "Efficiency change (effch)", "技术效率变化（effch）"),
        (Part::Technical, Kind::Global | Kind::Biennial, _) => ("best_practice_change", "Best-practice change", "最佳实践变化"),
        (Part::Technical, _, Decomposition::RayDesli | Decomposition::GrifellLovell) => {
            ("technical_change", "Technical change, VRS", "技术变化（VRS）")
        }
        (Part::Technical, ..) => ("technical_change", "Technical change (techch)", "技术变化（techch）"),
        (Part::Pure, ..) => ("pure_change", "Pure efficiency change (pech)", "纯技术效率变化（pech）"),
        (Part::Scale, _, Decomposition::RayDesli | Decomposition::GrifellLovell) => ("scale_change", "Scale change", "规模变化"),
        (Part::Scale, ..) => ("scale_change", "Scale efficiency change (sech)", "规模效率变化（sech）"),
        (Part::OutputBias, ..) => ("output_bias", "Output-biased technical change", "产出偏向技术变化"),
        (Part::InputBias, ..) => ("input_bias", "Input-biased technical change", "投入偏向技术变化"),
        (Part::Magnitude, ..) => ("magnitude", "Magnitude of neutral technical change", "中性技术变化幅度"),
    };
    let index = Text::new("Productivity change (tfpch)", "生产率变化（tfpch）");
    let mut out = vec![Component { name: "tfp_change", label: index, values: &m.index }];
    out.extend(options.decomposition.parts(options.returns).iter().map(|&part| {
        let (name, en, zh) = label(part);
        Component { name, label: Text::new(en, zh), values: m.part(part) }
    }));
    out
}

fn identity(options: &MalmquistOptions) -> Text {
    let formula = match (options.decomposition, options.returns) {
        (Decomposition::Fgnz, IndexReturns::Crs) => "M = EC × TC = TC × PEC × SEC",
        (Decomposition::Fgnz, IndexReturns::Vrs) => "M = EC × TC",
        (Decomposition::RayDesli | Decomposition::GrifellLovell, _) => "M = TC × PEC × SCH",
        (Decomposition::Bias, _) => "M = EC × TC = EC × OBTC × IBTC × MATC",
    };
    Text::new(format!("{formula} (relative)"), format!("{formula}（相对误差）"))
}

/// Which observation is measured, and against what, in words.
fn measured(which: Measured, two: bool) -> (&'static str, Text) {
    match (which, two) {
        (Measured::BaseOwn, _) => ("base_own", Text::new("E of the earlier period, own technology", "前期观测对自身前沿")),
        (Measured::ComparisonOwn, _) => {
            ("comparison_own", Text::new("E of the later period, own technology", "后期观测对自身前沿"))
        }
        (Measured::BaseOther, true) => {
            ("base_other", Text::new("E of the earlier observation, later technology", "前期观测对后期前沿"))
        }
        (Measured::ComparisonOther, true) => {
            ("comparison_other", Text::new("E of the later observation, earlier technology", "后期观测对前期前沿"))
        }
        (Measured::BaseOther, false) => {
            ("base_other", Text::new("E of the earlier observation, common technology", "前期观测对共同前沿"))
        }
        (Measured::ComparisonOther, false) => {
            ("comparison_other", Text::new("E of the later observation, common technology", "后期观测对共同前沿"))
        }
        (Measured::MixedEarlier, _) => {
            ("mixed_earlier", Text::new("E of mixed inputs and outputs, earlier technology", "混合投入产出对前期前沿"))
        }
        (Measured::MixedLater, _) => {
            ("mixed_later", Text::new("E of mixed inputs and outputs, later technology", "混合投入产出对后期前沿"))
        }
    }
}

type Distances<'a> = Vec<(&'static str, Text, &'a [malmquist::Distance])>;

fn distances(m: &Malmquist, two: bool) -> Distances<'_> {
    const VRS_NAMES: [&str; 6] =
        ["base_own_vrs", "comparison_own_vrs", "base_other_vrs", "comparison_other_vrs", "mixed_earlier_vrs", "mixed_later_vrs"];
    let every = [
        Measured::BaseOwn,
        Measured::ComparisonOwn,
        Measured::BaseOther,
        Measured::ComparisonOther,
        Measured::MixedEarlier,
        Measured::MixedLater,
    ];
    let mut out: Distances<'_> = Vec::new();
    for (vrs, levels) in [(false, &m.crs), (true, &m.vrs)] {
        let columns = [
            &levels.base_own,
            &levels.comparison_own,
            &levels.base_other,
            &levels.comparison_other,
            &levels.mixed_earlier,
            &levels.mixed_later,
        ];
        for ((which, column), vrs_name) in every.into_iter().zip(columns).zip(VRS_NAMES).filter(|((_, c), _)| !c.is_empty()) {
            let (name, label) = measured(which, two);
            let label = if vrs { Text::new(format!("{}, VRS", label.en), format!("{}（VRS）", label.zh)) } else { label };
            out.push((if vrs { vrs_name } else { name }, label, column));
        }
    }
    out
}

/// Why a distance does not exist, in words.
fn reason(f: &Failure, names: &Names<'_>) -> Text {
    if f.state == State::Numerical {
        return Text::new("the certificate could not be closed in double precision", "双精度下证书未能闭合");
    }
    let number = |x: f64| format!("{x:.6}").trim_end_matches('0').trim_end_matches('.').to_owned();
    let one = |b: &Barrier| -> Text {
        let name = names.get(b.role, b.variable);
        let (value, limit) = (number(b.value), number(b.limit));
        match (f.joint, b.role) {
            (true, _) => Text::plain(name),
            (false, Role::Input) => Text::new(
                format!("input `{name}` is {value}, no unit there uses less than {limit}"),
                format!("投入 `{name}` 为 {value}，该前沿中无单元少于 {limit}"),
            ),
            (false, _) => Text::new(
                format!("output `{name}` is {value}, no unit there makes more than {limit}"),
                format!("产出 `{name}` 为 {value}，该前沿中无单元多于 {limit}"),
            ),
        }
    };
    let parts: Vec<Text> = f.barriers.iter().map(one).collect();
    let join = |get: fn(&Text) -> &String, by: &str| parts.iter().map(|t| get(t).as_str()).collect::<Vec<_>>().join(by);
    match (f.joint, parts.is_empty()) {
        (_, true) => Text::new("no weights of that technology meet it", "该前沿没有满足约束的权重"),
        (false, _) => Text::new(join(|t| &t.en, "; "), join(|t| &t.zh, "；")),
        (true, _) => Text::new(
            format!("no combination of units there reaches {} together", join(|t| &t.en, ", ")),
            format!("该前沿中没有单元组合能同时达到 {}", join(|t| &t.zh, "、")),
        ),
    }
}

fn periods((first, last): (i32, i32)) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}

fn findings(m: &Malmquist, names: &Names<'_>, change: &Change<'_>) -> Vec<Finding> {
    let open: Vec<&Failure> = m.failures.iter().filter(|f| f.state == State::Numerical).collect();
    let none: Vec<&Failure> = m.failures.iter().filter(|f| f.state != State::Numerical).collect();
    let places = |list: &[&Failure]| -> Vec<String> {
        list.iter().map(|f| format!("{}, technology {}", change.place(f.change), periods(f.technology))).collect()
    };
    let mut out: Vec<Finding> = production::unsolved(&places(&open)).into_iter().collect();
    let Some(first) = none.first() else { return out };
    let mut changes: Vec<usize> = none.iter().map(|f| f.change).collect();
    changes.dedup();
    let (n, k, why) = (none.len(), changes.len(), reason(first, names));
    let place = change.place(first.change);
    let technology = periods(first.technology);
    out.push(Finding {
        code: "FR011".into(),
        weight: Weight::Warning,
        place: production::listed(&places(&none)),
        message: Text::new(
            format!(
                "Distances without a solution: {n}, in {k} of {} changes; what depends on them is empty, and means leave those \
                 changes out. {place} against {technology}: {}. Table `failures` gives every reason, table `alternatives` the same \
                 changes by the biennial and the global index.",
                m.index.len(),
                why.en
            ),
            format!(
                "{n} 个距离无解，涉及 {} 个变化中的 {k} 个；依赖它们的结果留空，均值不含这些变化。{place} 对 {technology} 前沿：{}。\
                 各项原因见表 `failures`，同一变化的双期与全局指数见表 `alternatives`。",
                m.index.len(),
                why.zh
            ),
        ),
    });
    out
}

fn spanned(mut table: Table, change: &Change<'_>, rows: &[usize]) -> Table {
    let units = rows.iter().map(|&i| change.names[change.unit[i]].to_owned()).collect();
    table = table.column("unit", Text::new("Unit", "单元"), Text::default(), Cells::Unit(units));
    for (name, label, values) in [("from", Text::new("From", "起"), change.from), ("to", Text::new("To", "止"), change.to)] {
        let cells = Cells::Integer(rows.iter().map(|&i| Some(i64::from(values[i]))).collect());
        table = table.column(name, label, Text::default(), cells);
    }
    table
}

fn failure_table(m: &Malmquist, names: &Names<'_>, change: &Change<'_>, two: bool) -> Table {
    let rows: Vec<usize> = m.failures.iter().map(|f| f.change).collect();
    let texts = |get: &dyn Fn(&Failure) -> Text| Cells::Text(m.failures.iter().map(get).collect());
    let title = Text::new("Distances without a solution, and why", "无解的距离及其原因");
    spanned(Table::new("failures", title), change, &rows)
        .column("distance", Text::new("Distance", "距离"), Text::default(), texts(&|f| measured(f.distance, two).1))
        .column(
            "returns",
            Text::new("Returns to scale", "规模报酬"),
            Text::default(),
            texts(&|f| Text::plain(if f.returns == IndexReturns::Crs { "CRS" } else { "VRS" })),
        )
        .column(
            "technology",
            Text::new("Technology", "前沿时期"),
            Text::default(),
            texts(&|f| Text::plain(periods(f.technology))),
        )
        .column("status", Text::new("Status", "状态"), Text::default(), texts(&|f| production::state(f.state)))
        .column("reason", Text::new("Reason", "原因"), Text::default(), texts(&|f| reason(f, names)))
}

fn alternative_table(m: &Malmquist, change: &Change<'_>) -> Table {
    let rows: Vec<usize> = m.alternatives.iter().map(|a| a.change).collect();
    let kinds = m.alternatives.iter().map(|a| match a.kind {
        Kind::Global => Text::new("global", "全局"),
        _ => Text::new("biennial", "双期"),
    });
    let numbers = |get: fn(&malmquist::Alternative) -> f64| Cells::Number(m.alternatives.iter().map(get).collect(), 4);
    let states = m.alternatives.iter().map(|a| production::state(a.state)).collect();
    spanned(Table::new("alternatives", Text::new("The same changes by pooled indices", "同一变化的合并前沿指数")), change, &rows)
        .note(Text::new(
            "Biennial: both periods pooled (Pastor, Asmild and Lovell 2011). Global: all periods (Pastor and Lovell 2005).",
            "双期：合并前后两期（Pastor、Asmild、Lovell 2011）；全局：合并全部时期（Pastor、Lovell 2005）。",
        ))
        .column("index", Text::new("Index", "指数"), Text::default(), Cells::Text(kinds.collect()))
        .column("tfp_change", Text::new("Productivity change", "生产率变化"), Text::default(), numbers(|a| a.index))
        .column("efficiency_change", Text::new("Efficiency change", "技术效率变化"), Text::default(), numbers(|a| a.efficiency))
        .column(
            "best_practice_change",
            Text::new("Best-practice change", "最佳实践变化"),
            Text::default(),
            numbers(|a| a.technical),
        )
        .column("status", Text::new("Status", "状态"), Text::default(), Cells::Text(states))
}
