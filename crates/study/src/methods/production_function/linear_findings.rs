//! What tests of the panel estimators say.

use super::{
    arms::Told,
    linear_arms::Name,
    story::{Cell, Story},
};
use crate::{
    finding::{Finding, Weight},
    text::Text,
};

/// Level at which a test speaks.
const LEVEL: f64 = 0.05;

/// Value and p-value of a test.
fn test(told: &Told, name: &Text) -> Option<(f64, f64)> {
    told.diagnostics.iter().find(|d| d.0 == *name).map(|d| (d.1, d.2))
}

impl Story<'_> {
    pub(super) fn panel_findings(&self) -> Vec<Finding> {
        let mut out = Vec::new();
        out.extend(self.where_true("TF040", Weight::Warning, |t| test(t, &Name::m2()).is_some_and(|m| m.1 < LEVEL), |n| {
            Text::new(
                format!("{n} estimates by GMM have autocorrelation of order 2 (m2, p < {LEVEL}): second lags are no valid instruments."),
                format!("{n} 个 GMM 估计存在二阶自相关（m2，p < {LEVEL}）：滞后两期不是有效工具变量。"),
            )
        }));
        out.extend(self.where_true(
            "TF041",
            Weight::Warning,
            |t| test(t, &Name::hansen()).is_some_and(|h| h.1 < LEVEL),
            |n| {
                Text::new(
                    format!("Hansen's test rejects the instruments of {n} estimates by GMM (p < {LEVEL})."),
                    format!("Hansen 检验拒绝了 {n} 个 GMM 估计的工具变量（p < {LEVEL}）。"),
                )
            },
        ));
        let many = |t: &Told| {
            let lost = test(t, &Name::lost()).is_some_and(|l| l.0 > 0.0);
            lost || test(t, &Name::instruments()).is_some_and(|i| i.0 > (t.fitted.firms - t.fitted.silent.len()) as f64)
        };
        out.extend(self.where_true("TF042", Weight::Warning, many, |n| {
            Text::new(
                format!("{n} estimates by GMM have more instruments than firms, or weights without full rank: Hansen's test has no power there."),
                format!("{n} 个 GMM 估计的工具变量多于企业，或权重矩阵不满秩：此时 Hansen 检验没有功效。"),
            )
        }));
        let broken = |t: &Told| {
            let rho = test(t, &Name::rho()).is_some_and(|r| !(-1.0..1.0).contains(&r.0));
            rho || test(t, &Name::restriction()).is_some_and(|r| r.1 < LEVEL)
        };
        out.extend(self.where_true("TF043", Weight::Warning, broken, |n| {
            Text::new(
                format!("{n} dynamic equations break the common factor restriction (p < {LEVEL}), or have no persistence between -1 and 1."),
                format!("{n} 个动态方程违反公因子约束（p < {LEVEL}），或持续性不在 −1 与 1 之间。"),
            )
        }));
        let random = |t: &Told| {
            let none = test(t, &Name::firm_variance()).is_some_and(|v| v.0 == 0.0);
            none || test(t, &Name::hausman()).is_some_and(|h| h.1 < LEVEL)
        };
        out.extend(self.where_true("TF044", Weight::Warning, random, |n| {
            Text::new(
                format!("{n} estimates with random effects differ from fixed effects (Hausman, p < {LEVEL}), or have no variance of firm effects."),
                format!("{n} 个随机效应估计与固定效应不同（Hausman，p < {LEVEL}），或企业效应方差为零。"),
            )
        }));
        out
    }

    fn where_true(&self, code: &str, weight: Weight, is: impl Fn(&Told) -> bool, say: impl Fn(usize) -> Text) -> Option<Finding> {
        let cells: Vec<&Cell> = self.told().filter(|(_, t)| is(t)).map(|(c, _)| c).collect();
        (!cells.is_empty()).then(|| Finding {
            code: code.into(),
            weight,
            place: self.cells_named(&cells),
            message: say(cells.len()),
        })
    }
}
