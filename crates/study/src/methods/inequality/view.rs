//! What inequality looks like: sentences, checks and figures.

use std::collections::BTreeMap;

use panel::Panel;
use regions::inequality::{self as room, Inequality, TOLERANCE};

use super::{InequalitySpec, Section};
use crate::{
    figure::{Chart, Figure, Heatmap, Lines, Scale, Series, Stack},
    finding::{Finding, Weight},
    method::Check,
    methods::lookup,
    text::Text,
};

/// Everything shown is made from here.
pub(super) struct View<'a> {
    pub(super) dated: bool,
    pub(super) grouped: bool,
    pub(super) label: Text,
    pub(super) unit: Text,
    pub(super) level: f64,
    pub(super) results: &'a [(Section, Inequality)],
}

/// One number of a result.
pub(super) type Measure = fn(&Inequality) -> f64;

pub(super) const DAGUM: [(&str, &str); 3] =
    [("within groups, Gw", "组内 Gw"), ("net between groups, Gnb", "组间净值 Gnb"), ("transvariation, Gt", "超变密度 Gt")];

impl<'a> View<'a> {
    pub(super) fn new(panel: &Panel, options: &InequalitySpec, results: &'a [(Section, Inequality)]) -> Self {
        let value = panel.variable(&options.variable);
        Self {
            dated: panel.period_name.is_some(),
            grouped: options.group.is_some(),
            label: lookup::variable_label(panel, &options.variable),
            unit: Text::plain(value.map_or("", |v| v.meaning.unit.as_str())),
            level: options.level,
            results,
        }
    }

    /// `in 2023` and `2023年`, or nothing for a single cross-section.
    pub(super) fn when(&self, period: i32) -> (String, String) {
        if self.dated { (format!(" in {period}"), format!("{period}年")) } else { (String::new(), String::new()) }
    }

    pub(super) fn category(&self, period: i32) -> Text {
        if self.dated { Text::plain(period.to_string()) } else { Text::new("all units", "全部单元") }
    }

    pub(super) fn summary(&self) -> Vec<Text> {
        let (Some((first, a)), Some((last, b))) = (self.results.first(), self.results.last()) else { return Vec::new() };
        let mut sentences = vec![self.headline(first, a, last, b)];
        let (en, zh) = self.when(last.period);
        if self.grouped && b.groups.len() > 1 && b.dagum.total > 0.0 {
            let parts = [b.dagum.within, b.dagum.net_between, b.dagum.transvariation].map(|x| 100.0 * x / b.dagum.total);
            let largest = (0..3).fold(0, |m, i| if parts[i] > parts[m] { i } else { m });
            let words = [
                ("inequality inside groups", "组内差距"),
                ("the net difference between groups", "组间净值差距"),
                ("the overlap of groups (transvariation)", "超变密度"),
            ];
            sentences.push(Text::new(
                format!(
                    "The largest source{en} is {} with {:.1} % of the Gini coefficient (inside groups {:.1} %, net between groups {:.1} %, overlap {:.1} %).",
                    words[largest].0, parts[largest], parts[0], parts[1], parts[2]
                ),
                format!(
                    "{zh}差距的最大来源是{}，贡献率为{:.1}%（组内{:.1}%，组间净值{:.1}%，超变密度{:.1}%）。",
                    words[largest].1, parts[largest], parts[0], parts[1], parts[2]
                ),
            ));
            let pair = b.pairs.iter().fold(None, |m: Option<&room::Pair>, q| m.filter(|m| m.gini >= q.gini).or(Some(q)));
            let group = b.groups.iter().fold(None, |m: Option<&room::Group>, g| m.filter(|m| m.gini >= g.gini).or(Some(g)));
            if let (Some(pair), Some(group)) = (pair, group) {
                let (rich, poor) = (&b.groups[pair.rich].name, &b.groups[pair.poor].name);
                sentences.push(Text::new(
                    format!(
                        "The widest gap lies between {rich} and {poor} (G = {:.3}); the most unequal group is {} (G = {:.3}).",
                        pair.gini, group.name, group.gini
                    ),
                    format!(
                        "差距最大的两组是{rich}与{poor}（G = {:.3}）；内部差距最大的组是{}（G = {:.3}）。",
                        pair.gini, group.name, group.gini
                    ),
                ));
            }
            if b.theil_t.total > 0.0 {
                let share = 100.0 * b.theil_t.between / b.theil_t.total;
                sentences.push(Text::new(
                    format!(
                        "By Theil T ({:.4}), {share:.1} % of the inequality{en} lies between groups and {:.1} % inside them.",
                        b.theil_t.total,
                        100.0 - share
                    ),
                    format!(
                        "按泰尔 T 指数（{:.4}），{zh}差距的{share:.1}%来自组间，{:.1}%来自组内。",
                        b.theil_t.total,
                        100.0 - share
                    ),
                ));
            }
        }
        sentences
    }

    pub(super) fn headline(&self, first: &Section, a: &Inequality, last: &Section, b: &Inequality) -> Text {
        let (name_en, name_zh) = (&self.label.en, if self.label.zh.is_empty() { &self.label.en } else { &self.label.zh });
        let (g0, g1) = (a.dagum.total, b.dagum.total);
        if first.period == last.period {
            let (mut en, mut zh) = (String::new(), String::new());
            if let Some(i) = &b.intervals {
                let (low, high) = i.dagum[0];
                en = format!(" ({:.0} % interval {low:.3} to {high:.3})", 100.0 * self.level);
                zh = format!("（{:.0}%区间 {low:.3} 至 {high:.3}）", 100.0 * self.level);
            }
            let (when, date) = self.when(last.period);
            return Text::new(
                format!("The Gini coefficient of {name_en} over {} units{when} is {g1:.3}{en}.", b.units),
                format!("{date}{name_zh}的基尼系数（{} 个单元）为 {g1:.3}{zh}。", b.units),
            );
        }
        let change = g1 - g0;
        let (verb, dong) = if format!("{g0:.3}") == format!("{g1:.3}") {
            ("stayed at", "保持在")
        } else if change < 0.0 {
            ("fell", "降至")
        } else {
            ("rose", "升至")
        };
        let (mut en, mut zh) = (format!("change {change:+.3}"), format!("变化 {change:+.3}"));
        // Replicates pair off only where both periods have the same units in the same groups.
        if let (Some(i), Some(j), true) = (&a.intervals, &b.intervals, first.units == last.units && first.groups == last.groups)
            && i.gini.len() == j.gini.len()
        {
            let mut draws: Vec<f64> = i.gini.iter().zip(&j.gini).map(|(a, b)| b - a).collect();
            draws.sort_by(f64::total_cmp);
            let tail = (1.0 - self.level) / 2.0;
            let q = |p| numerics::moments::quantile(&draws, p);
            let (low, high) = (2.0 * change - q(1.0 - tail), 2.0 * change - q(tail));
            let unclear = low <= 0.0 && high >= 0.0;
            en.push_str(&format!(", {:.0} % interval {low:+.3} to {high:+.3}", 100.0 * self.level));
            zh.push_str(&format!("，{:.0}%区间 {low:+.3} 至 {high:+.3}", 100.0 * self.level));
            if unclear {
                en.push_str(", which includes no change");
                zh.push_str("，包含零变化");
            }
        }
        let (y0, y1) = (first.period, last.period);
        if verb == "stayed at" {
            return Text::new(
                format!("The Gini coefficient of {name_en} stayed at {g1:.3} from {y0} to {y1} ({en})."),
                format!("{name_zh}的基尼系数在 {y0}—{y1} 年保持在 {g1:.3}（{zh}）。"),
            );
        }
        Text::new(
            format!("The Gini coefficient of {name_en} {verb} from {g0:.3} in {y0} to {g1:.3} in {y1} ({en})."),
            format!("{name_zh}的基尼系数由 {y0} 年的 {g0:.3} {dong} {y1} 年的 {g1:.3}（{zh}）。"),
        )
    }

    pub(super) fn checks(&self) -> Vec<Check> {
        let worst = |f: fn(&Inequality) -> f64| self.results.iter().map(|(_, r)| f(r)).fold(0.0, f64::max);
        let check = |en: &str, zh: &str, residual| Check { name: Text::new(en, zh), residual, tolerance: TOLERANCE };
        vec![
            check("G = Gw + Gnb + Gt, relative to G", "G = Gw + Gnb + Gt（相对于 G）", worst(|r| r.identity)),
            check(
                "Gnb = Σ p_j p_h |μ_j − μ_h| / μ, relative to G",
                "Gnb = Σ p_j p_h |μ_j − μ_h| / μ（相对于 G）",
                worst(|r| r.closed_form),
            ),
            check("Theil: total = within + between", "泰尔指数：总体 = 组内 + 组间", worst(|r| r.theil_identity)),
        ]
    }

    /// CI014: the Gini coefficient of a group of one or two says little.
    pub(super) fn small_groups(&self) -> Option<Finding> {
        let mut small: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, r) in self.results.iter().filter(|_| self.grouped) {
            for g in r.groups.iter().filter(|g| g.units < 3) {
                let fewest = small.entry(&g.name).or_insert(g.units);
                *fewest = g.units.min(*fewest);
            }
        }
        if small.is_empty() {
            return None;
        }
        let list = |mark: &str| small.iter().map(|(g, n)| format!("{g} ({n})")).collect::<Vec<_>>().join(mark);
        Some(Finding {
            code: "CI014".into(),
            weight: Weight::Warning,
            place: self.label.clone(),
            message: Text::new(
                format!(
                    "Groups with fewer than three units: {}. Their own Gini coefficient is low by construction and is 0 for one unit.",
                    list(", ")
                ),
                format!("少于三个单元的组：{}。其组内基尼系数因构造而偏低，仅一个单元时为 0。", list("、")),
            ),
        })
    }

    pub(super) fn periods(&self) -> Vec<i32> {
        self.results.iter().map(|(s, _)| s.period).collect()
    }

    pub(super) fn counts(&self) -> Vec<Option<i64>> {
        self.results.iter().map(|(_, r)| Some(r.units as i64)).collect()
    }

    pub(super) fn figures(&self) -> Vec<Figure> {
        let mut figures = Vec::new();
        let total = self.numbers(|r| r.dagum.total);
        if self.grouped {
            let parts: [Measure; 3] = [|r| r.dagum.within, |r| r.dagum.net_between, |r| r.dagum.transvariation];
            figures.push(Figure {
                id: "dagum".into(),
                title: Text::new("Sources of inequality", "差距的来源"),
                note: Text::new(
                    "Dagum parts of the Gini coefficient; the mark is G, their sum.",
                    "基尼系数的 Dagum 分解，标记为三者之和 G。",
                ),
                chart: Chart::Stack(Stack {
                    label: Text::new("Gini coefficient", "基尼系数"),
                    decimals: 3,
                    categories: self.results.iter().map(|(s, _)| self.category(s.period)).collect(),
                    categories_are_units: false,
                    parts: (0..3).map(|k| (Text::new(DAGUM[k].0, DAGUM[k].1), self.numbers(parts[k]))).collect(),
                    total: total.clone(),
                }),
            });
        }
        if self.dated && self.results.len() > 1 {
            let band = (self.results.iter()).map(|(_, r)| r.intervals.as_ref().map(|i| i.dagum[0])).collect::<Option<Vec<_>>>();
            let all =
                Series {
                    name: Text::new("all units", "全部单元"), unit: false, values: total, band: band.unwrap_or_default()
                };
            figures.push(Figure {
                id: "gini".into(),
                title: Text::new("Gini coefficient, all units and inside groups", "基尼系数：全部单元与各组内部"),
                note: Text::new(
                    format!("The band of all units is its {:.0} % interval.", 100.0 * self.level),
                    format!("全部单元的带为 {:.0}% 区间。", 100.0 * self.level),
                ),
                chart: Chart::Lines(Lines {
                    label: Text::new("Gini coefficient", "基尼系数"),
                    decimals: 3,
                    periods: self.periods(),
                    series: std::iter::once(all).chain(self.group_series()).collect(),
                    reference: None,
                }),
            });
        }
        figures.extend(self.heatmap());
        figures
    }

    pub(super) fn group_series(&self) -> Vec<Series> {
        let mut names: Vec<&str> = self.results.iter().flat_map(|(_, r)| r.groups.iter().map(|g| g.name.as_str())).collect();
        names.sort_unstable();
        names.dedup();
        let value = |r: &Inequality, name: &str| r.groups.iter().find(|g| g.name == name).map_or(f64::NAN, |g| g.gini);
        names
            .into_iter()
            .filter(|_| self.grouped)
            .map(|name| Series {
                name: Text::plain(name),
                unit: false,
                values: self.numbers(|r| value(r, name)),
                band: Vec::new(),
            })
            .collect()
    }

    pub(super) fn heatmap(&self) -> Option<Figure> {
        let (section, r) = self.results.last().filter(|(_, r)| !r.pairs.is_empty())?;
        let k = r.groups.len();
        let mut values = vec![vec![f64::NAN; k]; k];
        for (j, g) in r.groups.iter().enumerate() {
            values[j][j] = g.gini;
        }
        for q in &r.pairs {
            values[q.rich][q.poor] = q.gini;
            values[q.poor][q.rich] = q.gini;
        }
        let names: Vec<Text> = r.groups.iter().map(|g| Text::plain(&g.name)).collect();
        let (en, zh) = self.when(section.period);
        Some(Figure {
            id: "pairs".into(),
            title: Text::new(format!("Gini coefficient between and inside groups{en}"), format!("{zh}两两组间与组内基尼系数")),
            note: Text::new("Diagonal: inside a group.", "对角线为组内。"),
            chart: Chart::Heatmap(Heatmap {
                label: Text::plain("G_jh"),
                decimals: 3,
                scale: Scale::Sequential,
                rows: names.clone(),
                rows_are_units: false,
                columns: names,
                values,
            }),
        })
    }
}
