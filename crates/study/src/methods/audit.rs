//! `audit`: what a careful reader would ask about a table before using it.

use panel::{
    Problem,
    audit::{self as room, AuditOptions},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::method::{Input, Method, Output, Page};

mod story;
mod tables;
mod words;

/// The registry entry.
pub struct AuditMethod;

/// Gaps, missing cells and suspicious values of the data set, worst first.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AuditSpec {
    /// Variables to audit; empty means all.
    #[schemars(extend("x-role" = "variable"))]
    pub variables: Vec<String>,
    /// Relations that must hold in every row: `left = right`, `left <= right` or `left >= right`, both
    /// sides formulas, e.g. `gdp = va_primary + va_secondary + va_tertiary`.
    pub identities: Vec<String>,
    /// Relative error allowed in identities and sums to the total.
    #[schemars(extend("exclusiveMinimum" = 0.0))]
    pub tolerance: f64,
    /// The unit that is the sum of all others, e.g. `China`.
    pub total: Option<String>,
    /// Robust standard deviations from which a change against the neighbouring periods is suspicious.
    #[schemars(extend("exclusiveMinimum" = 0.0))]
    pub jump_z: f64,
    /// Longest list of suspicions; the worst are kept.
    pub max_reported: usize,
}

impl Default for AuditSpec {
    fn default() -> Self {
        let AuditOptions { variables, identities, tolerance, total, jump_z, max_reported } = AuditOptions::default();
        Self { variables, identities, tolerance, total, jump_z, max_reported }
    }
}

impl Method for AuditMethod {
    type Options = AuditSpec;
    const NAME: &'static str = "audit";
    const PAGE: Page = Page {
        title: ("Audit of the data", "数据审查"),
        en: room::PAGE,
        zh: room::PAGE_ZH,
        example: "xinzhi audit data.csv --unit province --period year --identities 'gdp = va_primary + va_secondary + va_tertiary' --out DIR",
    };

    fn run(input: &Input<'_>, options: &AuditSpec) -> Result<Output, Vec<Problem>> {
        let o = options.clone();
        let settings = AuditOptions {
            variables: o.variables,
            identities: o.identities,
            tolerance: o.tolerance,
            total: o.total,
            jump_z: o.jump_z,
            max_reported: o.max_reported,
        };
        let audit = room::audit(input.panel, &settings)?;
        Ok(Output {
            summary: story::summary(input, &audit),
            tables: vec![
                tables::suspicions(input.panel, &audit),
                tables::coverage(input.panel, &audit),
                tables::missing(&audit),
                tables::gaps(&audit),
            ],
            figures: tables::heatmap(input, &audit).into_iter().collect(),
            findings: story::findings(input.panel, &audit),
            ..Output::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use panel::{Meaning, Panel, Variable};

    use super::*;

    fn output(values: Vec<f64>) -> Output {
        let n = values.len();
        let panel = Panel::new(Panel {
            unit_name: "unit".into(),
            period_name: Some("year".into()),
            units: (0..n).map(|i| format!("u{}", i / 20)).collect(),
            periods: (0..n).map(|i| 2000 + (i % 20) as i32).collect(),
            variables: vec![Variable { name: "x".into(), meaning: Meaning::default(), values }],
            ..Panel::default()
        })
        .unwrap();
        let input = Input { step: "audit", panel: &panel, folder: Path::new("."), seed: 1 };
        AuditMethod::run(&input, &AuditSpec::default()).unwrap()
    }

    fn smooth() -> Vec<f64> {
        (0..160)
            .map(|i| (1.0 + f64::from(i / 20)) * (0.05 * f64::from(i % 20) + 0.01 * (f64::from(i) * 1.7).sin()).exp())
            .collect()
    }

    #[test]
    fn a_quiet_table_gives_no_finding_and_no_figure() {
        let out = output(smooth());
        assert!(out.findings.is_empty() && out.figures.is_empty(), "{:?}", out.findings);
        assert_eq!(out.summary[0].en, "Nothing suspicious was found in 160 cells.");
    }

    #[test]
    fn an_error_is_found_named_and_drawn() {
        let mut x = smooth();
        x[30] *= 10.0;
        x[75] = f64::NAN;
        let out = output(x);
        let codes: Vec<&str> = out.findings.iter().map(|f| f.code.as_str()).collect();
        assert_eq!(codes, ["AU004", "AU002"]);
        assert_eq!(out.findings[0].place.en, "x, u1, 2010");
        assert_eq!((out.tables[0].id.as_str(), out.tables[0].len()), ("suspicions", 1));
        assert_eq!(out.summary[0].en, "Of 160 cells 1 looks wrong (1 suspicion: misplaced decimal 1).");
        assert!(out.summary[1].en.starts_with("The worst is x, u1, 2010: 3"), "{}", out.summary[1].en);
        assert_eq!(out.summary[2].en, "1 cell (0.6 %) is missing: x 1.");
        assert_eq!(out.figures[0].id, "suspicions");
    }

    #[test]
    fn consecutive_periods_are_a_span() {
        assert_eq!(tables::spans(&[2001, 2002, 2003, 2007]), "2001-2003, 2007");
    }
}
