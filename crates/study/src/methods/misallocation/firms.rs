//! Firms within industries.

use panel::{Panel, Problem, problem::Capped};
use tfp::misallocation::{self as room, Data, Misallocation, MisallocationError, MisallocationOptions, Status};

use super::{
    super::{lookup, production::listed},
    Columns, MisallocationSpec, Model, key, share_cell, share_column, variable,
};
use crate::{
    finding::{Finding, Weight},
    method::{Check, Output, OutputVariable},
    text::Text,
};

/// One period: its rows, the accounting, and the fan over `sigmas` and `trims`.
pub(super) struct Year {
    pub(super) period: i32,
    pub(super) rows: Vec<usize>,
    pub(super) result: Misallocation,
    pub(super) slope: f64,
    /// `sigma`, `trim`, gain within, gain in all; `NaN` where trimming leaves nothing.
    pub(super) fan: Vec<[f64; 4]>,
}

/// Everything the presentation draws on.
pub(super) struct View<'a> {
    pub(super) panel: &'a Panel,
    pub(super) options: &'a MisallocationSpec,
    pub(super) industries: Vec<String>,
    pub(super) years: Vec<Year>,
}

pub(super) fn run(
    panel: &Panel,
    options: &MisallocationSpec,
    columns: &Columns<'_>,
    industry: &[String],
) -> Result<Output, Vec<Problem>> {
    let (names, numbers) = lookup::numbered(industry);
    let alpha = columns.alpha.as_deref().unwrap_or_default();
    let (mut years, mut problems) = (Vec::new(), Vec::new());
    for period in panel.period_set() {
        let rows: Vec<usize> = (0..panel.len()).filter(|&i| panel.periods[i] == period).collect();
        let pick = |v: &[f64]| rows.iter().map(|&i| v[i]).collect::<Vec<f64>>();
        let units: Vec<usize> = rows.iter().map(|&i| columns.units[i]).collect();
        let industries: Vec<usize> = rows.iter().map(|&i| numbers[i]).collect();
        let (revenue, capital) = (pick(columns.output), pick(columns.capital));
        let (labour, alpha) = (pick(columns.labour), pick(alpha));
        let data =
            Data { units: &units, industries: &industries, revenue: &revenue, capital: &capital, labour: &labour, alpha: &alpha };
        let at =
            |sigma: f64, trim: f64| room::misallocation(&data, &MisallocationOptions { sigma, rental: options.rental, trim });
        match at(options.sigma, options.trim) {
            Ok(result) => {
                let mut fan = Vec::new();
                for &sigma in &options.sigmas {
                    for &trim in &options.trims {
                        let (own, all) = at(sigma, trim).map_or((f64::NAN, f64::NAN), |m| (m.gain(), m.total_gain()));
                        fan.push([sigma, trim, own, all]);
                    }
                }
                let slope = room::slope(&result, &data);
                years.push(Year { period, rows, result, slope, fan });
            }
            Err(e) => problems.extend(refused(&e, panel, options, &names, &rows, period)),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(View { panel, options, industries: names, years }.output())
}

fn refused(
    error: &MisallocationError,
    panel: &Panel,
    options: &MisallocationSpec,
    names: &[String],
    rows: &[usize],
    period: i32,
) -> Vec<Problem> {
    let when = if panel.period_name.is_some() { format!(" of {period}") } else { String::new() };
    match error {
        MisallocationError::Alpha(bad) => {
            let mut capped = Capped::default();
            for &i in bad {
                let column = share_column(options);
                let value = column.and_then(|c| panel.values(c)).map_or(f64::NAN, |v| v[rows[i]]);
                capped.push(|| {
                    Problem::error("share-outside", format!("A share of {value} puts the capital share outside 0 to 1."))
                        .why("Wedges and productivity need a capital share inside 0 to 1.")
                        .help("Correct the share; a labour share times `labour_scale` must stay below 1.")
                        .at(share_cell(panel, options, rows[i]))
                });
            }
            capped.finish("more shares outside 0 to 1")
        }
        MisallocationError::Alphas(several) => {
            let list: Vec<String> = several.iter().map(|&s| names[s].clone()).collect();
            vec![
                Problem::error("several-shares", format!("Industries{when} with several capital shares: {}.", listed(&list).en))
                    .why("Firms of an industry share one technology; shares that differ between firms are distortions.")
                    .help("Average the share by industry, e.g. with a derived variable, or name a finer `industry`."),
            ]
        }
        other => vec![Problem::error("misallocation", format!("The firms{when} cannot be accounted for: {other}."))],
    }
}

impl View<'_> {
    pub(super) fn oberfield(&self) -> bool {
        self.options.model == Model::Oberfield
    }

    /// The gain the model speaks of.
    pub(super) fn gain(&self, m: &Misallocation) -> f64 {
        if self.oberfield() { m.total_gain() } else { m.gain() }
    }

    fn output(&self) -> Output {
        let residual = self.years.iter().map(|y| y.result.residual).fold(0.0, f64::max);
        Output {
            summary: self.summary(),
            variables: self.variables(),
            tables: self.tables(),
            figures: self.figures(),
            findings: self.findings(),
            checks: vec![Check {
                name: Text::new(
                    "Mean TFPR from wedges = from totals; Y/Y* at most 1",
                    "由扭曲计算的平均 TFPR = 由总量计算的平均 TFPR；Y/Y* 不大于 1",
                ),
                residual,
                tolerance: 1e-10,
            }],
        }
    }

    pub(super) fn column(&self, get: &dyn Fn(&Misallocation) -> &Vec<f64>) -> Vec<f64> {
        let mut all = vec![f64::NAN; self.panel.len()];
        for year in &self.years {
            for (&row, value) in year.rows.iter().zip(get(&year.result)) {
                all[row] = *value;
            }
        }
        all
    }

    fn variables(&self) -> Vec<OutputVariable> {
        let one = |name: &str, label: Text, unit: Text, get: &dyn Fn(&Misallocation) -> &Vec<f64>| {
            variable(self.panel, name, label, unit, self.column(get))
        };
        let log = || Text::plain("log");
        vec![
            one("tau_y", Text::new("Output wedge", "产出扭曲"), Text::default(), &|m| &m.tau_y),
            one("tau_k", Text::new("Capital wedge", "资本扭曲"), Text::default(), &|m| &m.tau_k),
            one("tfpr", Text::new("TFPR beside its industry", "相对行业的 TFPR"), log(), &|m| &m.tfpr),
            one("tfpq", Text::new("TFPQ beside its industry", "相对行业的 TFPQ"), log(), &|m| &m.tfpq),
        ]
    }

    /// Words for a period, empty where the data have none.
    pub(super) fn when(&self, year: &Year) -> [String; 2] {
        match self.panel.period_name {
            Some(_) => [format!("In {} ", year.period), format!("{} 年", year.period)],
            None => [String::new(), String::new()],
        }
    }

    fn summary(&self) -> Vec<Text> {
        let mut out = Vec::new();
        let (first, last) = (self.years.first(), self.years.last());
        let mut told: Vec<&Year> = first.into_iter().chain(last).collect();
        told.dedup_by_key(|y| y.period);
        for year in told.into_iter().rev() {
            let [en, zh] = self.when(year);
            let output = if en.is_empty() { "Output" } else { "output" };
            let m = &year.result;
            let gain = m.gain();
            out.push(Text::new(
                format!("{en}{output} would be {gain:.1} % higher if revenue productivity were equal within industries (σ = {}, {} % trimmed from each tail).", self.options.sigma, 100.0 * self.options.trim),
                format!("{zh}若行业内收入生产率相等，产出可提高 {gain:.1}%（σ = {}，两端各截去 {}%）。", self.options.sigma, 100.0 * self.options.trim),
            ));
            if self.oberfield() {
                let (between, all) = (100.0 * (1.0 / m.between - 1.0), m.total_gain());
                out.push(Text::new(
                    format!("Between industries the gain is {between:.1} %, in all {all:.1} %."),
                    format!("行业间增益为 {between:.1}%，合计 {all:.1}%。"),
                ));
            }
            if let Some(reference) = self.options.reference_gain {
                let beside = room::relative_gain(gain, reference);
                out.push(Text::new(
                    format!("Reaching the efficiency of the reference economy (gain {reference} %) would give {beside:.1} %."),
                    format!("达到参照经济的效率（增益 {reference}%）可提高 {beside:.1}%。"),
                ));
            }
            let gains: Vec<f64> =
                year.fan.iter().map(|f| if self.oberfield() { f[3] } else { f[2] }).filter(|g| g.is_finite()).collect();
            if gains.len() > 1 {
                let (a, b) = gains.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), g| (a.min(*g), b.max(*g)));
                out.push(Text::new(
                    format!("Over other elasticities and trimming it lies between {a:.1} and {b:.1} %; table `sensitivity`."),
                    format!("在其他替代弹性与截尾比例下，增益在 {a:.1}% 与 {b:.1}% 之间，见表 `sensitivity`。"),
                ));
            }
            let s = m.tfpr_spread[0];
            out.push(Text::new(
                format!(
                    "Log TFPR has a standard deviation of {:.2}; the 90th percentile lies {:.2} above the 10th.",
                    s.sd, s.p90_p10
                ),
                format!("TFPR 对数的标准差为 {:.2}，90 与 10 分位之差为 {:.2}。", s.sd, s.p90_p10),
            ));
        }
        out
    }

    fn findings(&self) -> Vec<Finding> {
        let mut out = Vec::new();
        for (status, weight, en, zh) in [
            (
                Status::Missing,
                Weight::Warning,
                "lack value added, capital, wages or the capital share",
                "缺增加值、资本、工资或资本份额",
            ),
            (
                Status::NotPositive,
                Weight::Warning,
                "have zero or negative value added, capital or wages",
                "增加值、资本或工资为零或负",
            ),
            (Status::Trimmed, Weight::Info, "are cut from the tails of TFPR or TFPQ", "位于 TFPR 或 TFPQ 的两端而被截去"),
        ] {
            let rows: Vec<String> = self
                .years
                .iter()
                .flat_map(|y| {
                    y.rows.iter().zip(&y.result.status).filter(|(_, s)| **s == status).map(|(&i, _)| key(self.panel, i))
                })
                .collect();
            if !rows.is_empty() {
                let n = rows.len();
                let message = Text::new(
                    format!("{n} of {} rows {en} and are not counted; table `firms` names each.", self.panel.len()),
                    format!("{} 行中有 {n} 行{zh}，不予计入，见表 `firms`。", self.panel.len()),
                );
                out.push(Finding { code: "TF076".into(), weight, place: listed(&rows), message });
            }
        }
        for year in &self.years {
            let [en, zh] = self.when(year);
            let at = Text::plain(year.period.to_string());
            if year.slope > 0.4 {
                let slope = year.slope;
                out.push(Finding {
                    code: "TF077".into(),
                    weight: Weight::Warning,
                    place: at.clone(),
                    message: Text::new(
                        format!("{en}TFPR rises by {slope:.2} with each unit of TFPQ (logs): errors of measurement do that, and part of the gain may be theirs."),
                        format!("{zh}TFPQ 每高 1（对数），TFPR 高 {slope:.2}：测量误差会造成这种关系，部分增益可能由其引起。"),
                    ),
                });
            }
            let few: Vec<&room::Industry> = year.result.industries.iter().filter(|t| t.firms < 10).collect();
            if !few.is_empty() {
                let (n, share) = (few.len(), 100.0 * few.iter().map(|t| t.share).sum::<f64>());
                let names: Vec<String> = few.iter().map(|t| self.industries[t.industry].clone()).collect();
                out.push(Finding {
                    code: "TF078".into(),
                    weight: Weight::Warning,
                    place: if names.iter().all(String::is_empty) { at } else { listed(&names) },
                    message: Text::new(
                        format!(
                            "{en}{n} industries have fewer than 10 firms ({share:.0} % of value added): their ratios are noise."
                        ),
                        format!("{zh}{n} 个行业的企业不足 10 家（占增加值 {share:.0}%），其比值多为噪声。"),
                    ),
                });
            }
        }
        out
    }
}
