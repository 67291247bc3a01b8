//! `tfp-index`: productivity as aggregate output over aggregate input, with its components.

use frontier::{
    Missing, Observations, Orientation, State,
    malmquist::Distance,
    tfp_index::{
        self, Aggregation, Components, Money, PARTS, Prices, TfpIndex, TfpKind, TfpOptions, TfpPart, TfpReturns, TfpTechnology,
    },
};
use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    change::{Change, Component},
    lookup,
    production::{self, Names},
};
use crate::{
    method::{Input, Method, Output, OutputVariable, Page},
    table::{Cells, Table},
    text::Text,
};

fn output() -> Orientation {
    Orientation::Output
}

/// Options of the productivity indices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TfpStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Prices of the inputs, in their order; needed by `lowe`, `fisher`, `laspeyres` and `paasche`.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub input_prices: Vec<String>,
    /// Prices of the outputs, in their order.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub output_prices: Vec<String>,
    /// Which index: `fare-primont`, `hicks-moorsteen`, `lowe`, `fisher`, `laspeyres` or `paasche`.
    #[serde(default)]
    pub index: TfpKind,
    /// How the indices without prices add up: `shadow-prices` or `distances`.
    #[serde(default)]
    pub aggregation: Aggregation,
    /// Side of technical, scale and mix efficiency.
    #[serde(default = "output")]
    pub orientation: Orientation,
    /// Returns to scale.
    #[serde(default)]
    pub rts: TfpReturns,
    /// Units that span a period's technology: `contemporaneous`, `sequential` or `pooled`.
    #[serde(default)]
    pub technology: TfpTechnology,
    /// Group column for means and cumulative lines, e.g. region.
    #[serde(default)]
    #[schemars(extend("x-role" = "group"))]
    pub group: Option<String>,
    /// What to do with observations that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

/// Productivity indices with components.
pub struct ProductivityIndex;

impl TfpStep {
    fn priced(&self) -> bool {
        !self.input_prices.is_empty() || !self.output_prices.is_empty()
    }
}

impl Method for ProductivityIndex {
    type Options = TfpStep;
    const NAME: &'static str = "tfp-index";
    const PAGE: Page = Page {
        title: (
            "Productivity indices: Hicks-Moorsteen, Färe-Primont, Lowe, Fisher",
            "生产率指数：Hicks-Moorsteen、Färe-Primont、Lowe、Fisher",
        ),
        en: tfp_index::PAGE,
        zh: tfp_index::PAGE_ZH,
        example: "xinzhi tfp-index data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --index fare-primont --out result",
    };

    fn check(options: &TfpStep) -> Vec<Problem> {
        let mut problems = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] }.repeated();
        if !options.priced() && options.index.priced() {
            problems.push(
                Problem::error("no-prices", "This index adds up quantities at prices, and none are named.")
                    .help("Name `input_prices` and `output_prices`, or take `fare-primont` or `hicks-moorsteen`."),
            );
        }
        let sides = [
            ("input_prices", options.input_prices.len(), options.inputs.len()),
            ("output_prices", options.output_prices.len(), options.outputs.len()),
        ];
        for (name, found, needed) in sides.into_iter().filter(|s| options.priced() && s.1 != s.2) {
            problems.push(production::conflict(name, &format!("{found} named for {needed} variables, one each is needed")));
        }
        problems
    }

    fn run(input: &Input<'_>, options: &TfpStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let technology = names.technology(panel)?;
        let mut problems = Self::check(options);
        let prices = Prices {
            inputs: columns(panel, &options.input_prices, &mut problems),
            outputs: columns(panel, &options.output_prices, &mut problems),
        };
        if let Some(group) = options.group.as_deref().filter(|g| panel.group(g).is_none()) {
            problems.push(lookup::unknown_group(panel, group));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        production::two_periods(panel)?;
        let (units, unit_names) = production::unit_numbers(panel);
        let data = Observations { technology, units: &units, periods: &panel.periods };
        let core = TfpOptions {
            index: options.index,
            aggregation: options.aggregation,
            orientation: options.orientation,
            returns: options.rts,
            technology: options.technology,
            missing: options.missing,
        };
        let every: Vec<usize> = (0..panel.len()).collect();
        let t = tfp_index::tfp_index(&data, options.priced().then_some(&prices), &core)
            .map_err(|e| names.refused(&e, panel, &every))?;
        Ok(told(&t, panel, unit_names, options))
    }
}

fn columns<'p>(panel: &'p Panel, names: &[String], problems: &mut Vec<Problem>) -> Vec<&'p [f64]> {
    let mut out = Vec::new();
    for name in names {
        match panel.values(name) {
            Some(values) => out.push(values),
            None => problems.push(lookup::unknown_variable(panel, name)),
        }
    }
    out
}

fn told(t: &TfpIndex, panel: &Panel, names: Vec<&str>, options: &TfpStep) -> Output {
    let had = options.index.parts(options.aggregation);
    let factors: Vec<TfpPart> =
        [TfpPart::Tfp, TfpPart::Maximum, TfpPart::Technical, TfpPart::Scale, TfpPart::ResidualMix, TfpPart::Remainder]
            .into_iter()
            .filter(|p| had.contains(p))
            .collect();
    let of = |rows: &[usize], levels: &[Distance]| -> Vec<Distance> { rows.iter().map(|&r| levels[r]).collect() };
    let efficiencies = [
        ("base_technical", "E of the earlier period", "前期效率", of(&t.from_row, &t.technical)),
        ("comparison_technical", "E of the later period", "后期效率", of(&t.to_row, &t.technical)),
        ("base_constant", "E of the earlier period, CRS", "前期效率（CRS）", of(&t.from_row, &t.constant)),
        ("comparison_constant", "E of the later period, CRS", "后期效率（CRS）", of(&t.to_row, &t.constant)),
    ];
    let pairwise = options.index == TfpKind::HicksMoorsteen && options.aggregation == Aggregation::Distances;
    let identity = if pairwise { "TFP = TE × SE × rest" } else { "TFP = TFP* × TE × SE × RME" };
    let change = Change {
        panel,
        names,
        unit: &t.unit,
        from: &t.from,
        to: &t.to,
        to_row: &t.to_row,
        components: factors
            .iter()
            .map(|&p| {
                let (name, label) = word(p, options.orientation, true);
                Component { name, label, values: t.changes.part(p) }
            })
            .collect(),
        cumulative: &t.cumulative,
        distances: efficiencies.iter().map(|(n, en, zh, d)| (*n, Text::new(*en, *zh), d.as_slice())).collect(),
        gaps: &t.gaps,
        residual: t.residual,
        identity: Text::new(format!("{identity} (relative)"), format!("{identity}（相对误差）")),
        note: Text::new(
            "Above 1 is improvement. A change belongs to the later period; means are geometric.",
            "大于 1 为改善。变化记于后期；均值为几何平均。",
        ),
        group: options.group.as_deref(),
    };
    let open: Vec<String> = (0..t.unit.len())
        .filter(|&i| t.state[i] != State::Optimal)
        .map(|i| format!("{} ({})", change.place(i), production::state(t.state[i]).en))
        .collect();
    let mut more = vec![component_table(t, &change, options), level_table(t, panel, options)];
    if options.priced() {
        more.extend([value_table(&t.money, panel), value_change_table(&t.money_change, &change)]);
    }
    let mut out = change.told(production::unsolved(&open), more);
    if options.index.transitive() {
        out.variables.push(OutputVariable {
            name: "tfp".into(),
            label: Text::new("Total factor productivity, level", "全要素生产率水平"),
            unit: Text::default(),
            keys: (0..panel.len()).map(|r| (panel.units[r].clone(), panel.periods[r])).collect(),
            values: t.levels.part(TfpPart::Tfp).to_vec(),
        });
    }
    out
}

/// Machine name and label of a part, of its change or its level.
fn word(part: TfpPart, orientation: Orientation, change: bool) -> (&'static str, Text) {
    let output = orientation == Orientation::Output;
    let pick = |o: (&'static str, &'static str), i: (&'static str, &'static str)| if output { o } else { i };
    let (name, (en, zh)) = match part {
        TfpPart::Output => ("output", ("Aggregate output", "总产出")),
        TfpPart::Input => ("input", ("Aggregate input", "总投入")),
        TfpPart::Tfp => ("tfp", ("Total factor productivity", "全要素生产率")),
        TfpPart::Maximum if change => ("technical_change", ("Technical change, largest TFP", "技术变化（最大 TFP）")),
        TfpPart::Maximum => ("maximum_tfp", ("Largest TFP of the technology", "技术的最大 TFP")),
        TfpPart::Efficiency => ("tfp_efficiency", ("TFP efficiency", "TFP 效率")),
        TfpPart::Technical => (
            "technical_efficiency",
            pick(("Technical efficiency (OTE)", "技术效率（OTE）"), ("Technical efficiency (ITE)", "技术效率（ITE）")),
        ),
        TfpPart::Scale => (
            "scale_efficiency",
            pick(("Scale efficiency (OSE)", "规模效率（OSE）"), ("Scale efficiency (ISE)", "规模效率（ISE）")),
        ),
        TfpPart::Mix => {
            ("mix_efficiency", pick(("Mix efficiency (OME)", "混合效率（OME）"), ("Mix efficiency (IME)", "混合效率（IME）")))
        }
        TfpPart::ResidualScale => (
            "residual_scale_efficiency",
            pick(
                ("Residual scale efficiency (ROSE)", "剩余规模效率（ROSE）"),
                ("Residual scale efficiency (RISE)", "剩余规模效率（RISE）"),
            ),
        ),
        TfpPart::ScaleMix => (
            "scale_mix_efficiency",
            pick(
                ("Scale-mix efficiency (OSME)", "规模混合效率（OSME）"),
                ("Scale-mix efficiency (ISME)", "规模混合效率（ISME）"),
            ),
        ),
        TfpPart::ResidualMix => ("residual_mix_efficiency", ("Residual mix efficiency (RME)", "剩余混合效率（RME）")),
        TfpPart::Price => {
            ("price_efficiency", pick(("Revenue efficiency (RE)", "收入效率（RE）"), ("Cost efficiency (CE)", "成本效率（CE）")))
        }
        TfpPart::Remainder => ("remainder", ("Technical change and mix", "技术变化与混合")),
    };
    let label = if change && part != TfpPart::Maximum && part != TfpPart::Remainder {
        Text::new(format!("{en}, change"), format!("{zh}变化"))
    } else {
        Text::new(en, zh)
    };
    (if change && part == TfpPart::Tfp { "tfp_change" } else { name }, label)
}

fn filled(mut t: Table, c: &Components, orientation: Orientation, change: bool) -> Table {
    for part in PARTS.into_iter().filter(|p| !c.part(*p).is_empty()) {
        let (name, label) = word(part, orientation, change);
        t = t.column(name, label, Text::default(), Cells::Number(c.part(part).to_vec(), 4));
    }
    t
}

fn spanned(t: Table, change: &Change<'_>) -> Table {
    let whole = |xs: &[i32]| Cells::Integer(xs.iter().map(|x| Some(i64::from(*x))).collect());
    let units = change.unit.iter().map(|&u| change.names[u].to_owned()).collect();
    t.column("unit", Text::new("Unit", "单元"), Text::default(), Cells::Unit(units))
        .column("from", Text::new("From", "起"), Text::default(), whole(change.from))
        .column("to", Text::new("To", "止"), Text::default(), whole(change.to))
}

fn observed(t: Table, panel: &Panel) -> Table {
    let periods = panel.periods.iter().map(|p| Some(i64::from(*p))).collect();
    t.column("unit", Text::new("Unit", "单元"), Text::default(), Cells::Unit(panel.units.clone())).column(
        "period",
        Text::new("Period", "时期"),
        Text::default(),
        Cells::Integer(periods),
    )
}

fn component_table(t: &TfpIndex, change: &Change<'_>, options: &TfpStep) -> Table {
    let title = Text::new("All components of the changes", "变化的全部构成");
    let table = spanned(Table::new("components", title), change).note(Text::new(
        "TFPE = TE × ME × RSE = TE × SE × RME; SME = ME × RSE; TFP = TFP* × TFPE.",
        "TFPE = TE × ME × RSE = TE × SE × RME；SME = ME × RSE；TFP = TFP* × TFPE。",
    ));
    filled(table, &t.changes, options.orientation, true).hidden()
}

fn level_table(t: &TfpIndex, panel: &Panel, options: &TfpStep) -> Table {
    let title = Text::new("Levels by unit and period", "各单元各期水平");
    let note = if options.index.transitive() {
        Text::new("Levels compare across units and periods.", "水平可跨单元、跨期比较。")
    } else {
        Text::new(
            "Aggregates at each observation's own weights do not compare; efficiencies do.",
            "各观测以自身权重加总，总量不可互比；效率可以。",
        )
    };
    let table = filled(observed(Table::new("levels", title).note(note), panel), &t.levels, options.orientation, false);
    let width = t.technical.iter().map(|d| d.interval.1 - d.interval.0).collect();
    let states = t.level_state.iter().map(|s| production::state(*s)).collect();
    table
        .column(
            "certified_width",
            Text::new("Certified width of technical efficiency", "技术效率的认证宽度"),
            Text::default(),
            Cells::Number(width, 12),
        )
        .column("status", Text::new("Status", "状态"), Text::default(), Cells::Text(states))
        .hidden()
}

/// Columns of values and implicit prices that are there.
fn valued(mut t: Table, m: &Money, change: bool) -> Table {
    let unit = || if change { Text::default() } else { Text::new("price × quantity", "价格 × 数量") };
    let named = [
        ("revenue", Text::new("Revenue", "收入"), unit(), &m.revenue),
        ("cost", Text::new("Cost", "成本"), unit(), &m.cost),
        ("profitability", Text::new("Profitability", "盈利率"), Text::default(), &m.profitability),
        ("output_price", Text::new("Implicit output price", "隐含产出价格"), unit(), &m.output_price),
        ("input_price", Text::new("Implicit input price", "隐含投入价格"), unit(), &m.input_price),
        ("terms_of_trade", Text::new("Terms of trade", "贸易条件"), Text::default(), &m.terms_of_trade),
    ];
    for (name, label, unit, values) in named.into_iter().filter(|n| !n.3.is_empty()) {
        t = t.column(name, label, unit, Cells::Number(values.clone(), 4));
    }
    t.hidden()
}

fn value_table(m: &Money, panel: &Panel) -> Table {
    valued(observed(Table::new("values", Text::new("Revenue, cost and profitability", "收入、成本与盈利率")), panel), m, false)
}

fn value_change_table(m: &Money, change: &Change<'_>) -> Table {
    let title = Text::new("Changes of values: profitability = TFP × terms of trade", "价值变化：盈利率 = TFP × 贸易条件");
    valued(spanned(Table::new("value_changes", title), change), m, true)
}

#[cfg(test)]
#[path = "tfp_index_tests.rs"]
mod tests;
