//! Ranks at two ends: of the first and the last period, of the chosen method and the one that agrees with it least.

use super::{
    View,
    compare::Compared,
    tables::{model_name, zh},
};
use crate::{
    figure::{Chart, Figure, Slope, SlopeRow},
    methods::slope,
    text::{Language, Text},
};

/// Fewest units worth joining.
const LEAST: usize = 3;

fn figure(view: &View<'_>, id: &str, lead: &Text, note: Text, slope: Slope) -> Option<Figure> {
    let label = |unit: &str| {
        let row = view.latest.iter().find(|&&i| view.panel().units[i] == unit);
        row.map_or_else(|| Text::plain(unit), |&i| view.unit(i))
    };
    let title = slope::title(lead, &slope, label);
    (slope.rows.len() >= LEAST).then(|| Figure { id: id.into(), title, note, chart: Chart::Slope(slope) })
}

/// Ranks of the first and the last period.
pub(super) fn periods(view: &View<'_>) -> Option<Figure> {
    let panel = view.panel();
    let ranked = || panel.periods.iter().zip(&view.place).filter(|(_, place)| place.is_some()).map(|(p, _)| *p);
    let (from, to) = (ranked().min()?, ranked().max()?);
    if from == to {
        return None;
    }
    let row = |&i: &usize| {
        let before = view.place[panel.row(&panel.units[i], from)?]?;
        let after = view.place[i]?;
        Some(SlopeRow { unit: panel.units[i].clone(), from: before, to: after, clear: before != after })
    };
    let rows: Vec<SlopeRow> = view.latest.iter().filter_map(row).collect();
    let note = match view.latest.len() - rows.len() {
        0 => Text::default(),
        n => Text::new(
            format!("{n} units without a rank in both periods are left out."),
            format!("{n} 个单元未在两期都有名次，未列出。"),
        ),
    };
    let lead = Text::new(format!("Ranks {from} and {to}"), format!("{from} 年与 {to} 年名次"));
    let slope = Slope { from: Text::plain(from.to_string()), to: Text::plain(to.to_string()), clear: Text::default(), rows };
    figure(view, "moves", &lead, note, slope)
}

/// Ranks under the chosen method and under the one whose ranks agree with it least.
pub(super) fn methods(view: &View<'_>, compared: &Compared) -> Option<Figure> {
    let own = compared.own(view);
    let agreement = |k: &usize| compared.spearman[*k][own];
    let others = (0..compared.models.len()).filter(|k| *k != own && agreement(k).is_finite());
    let other = others.min_by(|a, b| agreement(a).total_cmp(&agreement(b)))?;
    let rows = view.latest.iter().enumerate().map(|(k, &i)| {
        let (from, to) = (compared.ranks[own][k], compared.ranks[other][k]);
        SlopeRow { unit: view.panel().units[i].clone(), from, to, clear: from != to }
    });
    let (a, b) = (model_name(compared.models[own]), model_name(compared.models[other]));
    let lead = Text::new(format!("{} against {}", a.en, b.en), format!("{}与{}", zh(&a), b.get(Language::Zh)));
    let note = Text::new(
        format!(
            "Of the methods that ran, {} agrees least with {} (Spearman {:.2}); weights and directions are the same.",
            b.en,
            a.en,
            agreement(&other)
        ),
        format!(
            "在已运行的方法中，{}与{}的名次最不一致（Spearman {:.2}）；两者权重和方向相同。",
            b.get(Language::Zh),
            zh(&a),
            agreement(&other)
        ),
    );
    let slope = Slope { from: a, to: b, clear: Text::default(), rows: rows.collect() };
    figure(view, "against", &lead, note, slope)
}
