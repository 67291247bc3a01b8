//! What a reader of production functions must be told.

use super::{
    arms::Told,
    story::{Cell, Story},
};
use crate::{
    finding::{Finding, Weight},
    text::Text,
};

impl Story<'_> {
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut out = self.values();
        out.extend(self.investment());
        out.extend(self.gaps());
        out.extend(self.signs());
        out.extend(self.returns());
        out.extend(self.solutions());
        out.extend(self.root_findings());
        out.extend(self.failed());
        out.extend(self.errors());
        out.extend(self.few());
        out.extend(self.panel_findings());
        out
    }

    /// Names of the first cells, `all` of how many.
    pub(super) fn cells_named(&self, cells: &[&Cell]) -> Text {
        let names = |zh: bool| {
            let each = |c: &&Cell| {
                let name = self.name(c);
                if zh && !name.zh.is_empty() { name.zh } else { name.en }
            };
            let list = cells.iter().take(8).map(each).collect::<Vec<_>>().join(if zh { "、" } else { ", " });
            format!("{list}{}", if cells.len() > 8 { " …" } else { "" })
        };
        Text::new(names(false), names(true))
    }

    /// Values without a logarithm, and missing ones, by variable.
    fn values(&self) -> Vec<Finding> {
        let mut names: Vec<&String> = self.rows.left_out.iter().map(|l| &l.0).collect();
        names.sort();
        names.dedup();
        let mut out = Vec::new();
        for name in names {
            let count = |missing: bool| self.rows.left_out.iter().filter(|l| l.0 == *name && l.2 == missing).count();
            let (absent, low) = (count(true), count(false));
            let all = self.panel.len();
            // Investment has a finding of its own.
            if low > 0 && self.options.investment.as_ref() != Some(name) {
                out.push(Finding {
                    code: "TF001".into(),
                    weight: Weight::Warning,
                    place: Text::plain(name.clone()),
                    message: Text::new(
                        format!("{low} of {all} values of `{name}` are zero or negative and have no logarithm; the rows are left out where it is read. Table `left_out` lists them."),
                        format!("`{name}` 的 {all} 个值中有 {low} 个为零或负，没有对数；凡用到它的估计都略去这些行，见表 `left_out`。"),
                    ),
                });
            }
            if absent > 0 {
                out.push(Finding {
                    code: "TF001".into(),
                    weight: Weight::Info,
                    place: Text::plain(name.clone()),
                    message: Text::new(
                        format!("{absent} of {all} values of `{name}` are missing; the rows are left out where it is read."),
                        format!("`{name}` 的 {all} 个值中有 {absent} 个缺失；凡用到它的估计都略去这些行。"),
                    ),
                });
            }
        }
        out
    }

    fn investment(&self) -> Option<Finding> {
        let name = self.options.investment.as_ref()?;
        let (low, all) = (self.rows.left_out.iter().filter(|l| l.0 == *name && !l.2).count(), self.panel.len());
        let share = 100.0 * low as f64 / all as f64;
        (low > 0).then(|| Finding {
            code: "TF002".into(),
            weight: if share > 5.0 { Weight::Warning } else { Weight::Info },
            place: Text::plain(name.clone()),
            message: Text::new(
                format!("{low} of {all} rows ({share:.1} %) have no positive `{name}`; Olley-Pakes leaves them out. Table `left_out` lists them."),
                format!("{all} 行中有 {low} 行（{share:.1}%）的 `{name}` 不为正，Olley-Pakes 法略去这些行，见表 `left_out`。"),
            ),
        })
    }

    fn gaps(&self) -> Vec<Finding> {
        let mut out = Vec::new();
        if let Some((cell, told)) = self.told().max_by_key(|(_, t)| t.gaps).filter(|(_, t)| t.gaps > 0) {
            let (count, step) = (told.gaps, self.options.step);
            let periods = if step == 1 { "period" } else { "periods" };
            let name = self.name(cell);
            out.push(Finding {
                code: "TF003".into(),
                weight: Weight::Info,
                place: name.clone(),
                message: Text::new(
                    format!("{count} rows follow a gap of more than {step} {periods}: they have no lag and do not enter the stages that need one."),
                    format!("{count} 行之前的间断超过 {step} 期：没有滞后值，不进入需要滞后的阶段。"),
                ),
            });
        }
        let movers = if self.options.industry.is_some() { self.rows.movers() } else { 0 };
        if movers > 0 {
            out.push(Finding {
                code: "TF003".into(),
                weight: Weight::Info,
                place: Text::plain(self.options.industry.clone().unwrap_or_default()),
                message: Text::new(
                    format!("{movers} firms change industry; their lags stop where they change."),
                    format!("{movers} 家企业更换行业，其滞后值在更换处中断。"),
                ),
            });
        }
        out
    }

    fn signs(&self) -> Option<Finding> {
        let negative = |t: &Told| t.fitted.elasticities.iter().any(|e| *e <= 0.0);
        let cells: Vec<&Cell> = self.told().filter(|(_, t)| negative(t)).map(|(c, _)| c).collect();
        let (n, all) = (cells.len(), self.told().count());
        (n > 0).then(|| Finding {
            code: "TF004".into(),
            weight: Weight::Warning,
            place: self.cells_named(&cells),
            message: Text::new(
                format!("{n} of {all} estimates have an elasticity that is not positive."),
                format!("{all} 个估计中有 {n} 个含有非正的产出弹性。"),
            ),
        })
    }

    fn returns(&self) -> Option<Finding> {
        let [low, high] = self.options.band[..] else { return None };
        let outside: Vec<(&Cell, f64)> =
            self.told().map(|(c, t)| (c, t.fitted.returns())).filter(|(_, r)| *r < low || *r > high).collect();
        let cells: Vec<&Cell> = outside.iter().map(|o| o.0).collect();
        let far = outside.iter().map(|o| o.1).fold(1.0_f64, |m, r| if (r - 1.0).abs() > (m - 1.0).abs() { r } else { m });
        let (n, all) = (cells.len(), self.told().count());
        (n > 0).then(|| Finding {
            code: "TF005".into(),
            weight: Weight::Warning,
            place: self.cells_named(&cells),
            message: Text::new(
                format!("{n} of {all} estimates have returns to scale outside {low} to {high}; the farthest is {far:.3}."),
                format!("{all} 个估计中有 {n} 个的规模报酬在 {low} 至 {high} 之外，最远为 {far:.3}。"),
            ),
        })
    }

    fn solutions(&self) -> Option<Finding> {
        // Roots of moments have findings of their own.
        let minima = |t: &Told| t.roots.iter().filter(|r| r.detail.is_none()).count();
        let cells: Vec<&Cell> = self.told().filter(|(_, t)| minima(t) > 1).map(|(c, _)| c).collect();
        let most = self.told().map(|(_, t)| minima(t)).max().unwrap_or(0);
        (!cells.is_empty()).then(|| Finding {
            code: "TF006".into(),
            weight: Weight::Warning,
            place: self.cells_named(&cells),
            message: Text::new(
                format!(
                    "{} estimates have several solutions of the last stage, up to {most}; table `roots` shows all.",
                    cells.len()
                ),
                format!("{} 个估计的末阶段有多个解，最多 {most} 个，见表 `roots`。", cells.len()),
            ),
        })
    }

    fn failed(&self) -> Option<Finding> {
        let cells: Vec<&Cell> = self.cells.iter().filter(|c| c.told.is_err()).collect();
        let why = cells.first().and_then(|c| c.told.as_ref().err())?;
        let (n, all) = (cells.len(), self.cells.len());
        Some(Finding {
            code: "TF007".into(),
            weight: Weight::Warning,
            place: self.cells_named(&cells),
            message: Text::new(
                format!(
                    "{n} of {all} estimates do not exist; the first because {}. The status column says why for each.",
                    why.why.en
                ),
                format!("{all} 个估计中有 {n} 个不存在；第一个的原因：{}。状态列给出各自的原因。", why.why.zh),
            ),
        })
    }

    fn errors(&self) -> Vec<Finding> {
        let mut out = Vec::new();
        let bare: Vec<&Cell> = self.told().filter(|(_, t)| t.fitted.covariance.is_none()).map(|(c, _)| c).collect();
        if !bare.is_empty() {
            out.push(Finding {
                code: "TF008".into(),
                weight: Weight::Info,
                place: self.cells_named(&bare),
                message: Text::new(
                    format!("{} estimates have no standard errors: no valid analytic ones exist and no bootstrap gave them. Set `replicates`, e.g. 200.", bare.len()),
                    format!("{} 个估计没有标准误：没有有效的解析式，自助抽样也未给出。可设 `replicates`，如 200。", bare.len()),
                ),
            });
        }
        let broken: Vec<(&Cell, usize, usize)> =
            self.told().filter_map(|(c, t)| t.replicates.map(|(all, failed)| (c, all, failed))).filter(|b| b.2 > 0).collect();
        if let Some((_, all, failed)) = broken.iter().max_by_key(|b| b.2) {
            let cells: Vec<&Cell> = broken.iter().map(|b| b.0).collect();
            out.push(Finding {
                code: "TF008".into(),
                weight: if failed * 20 > *all { Weight::Warning } else { Weight::Info },
                place: self.cells_named(&cells),
                message: Text::new(
                    format!(
                        "Up to {failed} of {all} replicates of the bootstrap had no solution and are not in the standard errors."
                    ),
                    format!("自助抽样的 {all} 次中最多有 {failed} 次无解，未计入标准误。"),
                ),
            });
        }
        out
    }
}
