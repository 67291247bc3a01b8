//! Words for suspicions: kinds, places, numbers.

use std::collections::BTreeMap;

use panel::{
    Panel,
    audit::{Kind, Suspicion, Words},
};

use crate::{
    methods::lookup,
    text::{Language, Text},
};

pub(super) fn text(words: &Words) -> Text {
    Text::new(&words.en, &words.zh)
}

pub(super) fn kind(kind: Kind) -> Text {
    match kind {
        Kind::Jump => Text::new("jump", "跳变"),
        Kind::MisplacedDecimal => Text::new("misplaced decimal", "小数点错位"),
        Kind::PartYear => Text::new("part-year", "不完整年份"),
        Kind::LevelShift => Text::new("level shift", "水平移位"),
        Kind::Splice => Text::new("splice", "拼接"),
        Kind::Vintage => Text::new("vintage", "版本不一"),
        Kind::Ratio => Text::new("ratio", "比值异常"),
        Kind::Order => Text::new("order", "大小次序"),
        Kind::Impossible => Text::new("impossible value", "不可能的值"),
        Kind::Zero => Text::new("zero", "零值"),
        Kind::Isolated => Text::new("isolated value", "孤立值"),
        Kind::RepeatedValue => Text::new("repeated value", "重复值"),
        Kind::CopiedValue => Text::new("copied value", "误抄值"),
        Kind::Identity => Text::new("identity", "恒等式"),
        Kind::Total => Text::new("total", "总计"),
    }
}

pub(super) fn code(kind: Kind) -> &'static str {
    match kind {
        Kind::Impossible | Kind::Zero | Kind::Isolated => "AU003",
        Kind::Jump | Kind::MisplacedDecimal | Kind::PartYear => "AU004",
        Kind::Identity | Kind::Order | Kind::Ratio => "AU005",
        Kind::Total => "AU006",
        Kind::LevelShift | Kind::Splice | Kind::Vintage => "AU007",
        Kind::RepeatedValue | Kind::CopiedValue => "AU008",
    }
}

/// Chinese name of a unit, its name where it has none.
pub(super) fn unit_zh<'a>(panel: &'a Panel, unit: &'a str) -> &'a str {
    let row = panel.units.partition_point(|u| u.as_str() < unit);
    panel.units_zh.get(row).map(String::as_str).filter(|zh| !zh.is_empty()).unwrap_or(unit)
}

pub(super) fn place(panel: &Panel, s: &Suspicion) -> Text {
    let when = match (s.kind, s.period == s.last) {
        (Kind::Vintage, _) => String::new(),
        (_, true) => s.period.to_string(),
        (_, false) => format!("{}-{}", s.period, s.last),
    };
    let variable = lookup::variable_label(panel, &s.variable);
    let joined = |parts: [&str; 3], comma: &str| parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(comma);
    Text::new(
        joined([&variable.en, &s.unit, &when], ", "),
        joined([variable.get(Language::Zh), unit_zh(panel, &s.unit), &when], "，"),
    )
}

/// A count with its thousands apart.
pub(super) fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, d) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(d);
    }
    out
}

/// A value with five significant digits, thousands apart where there are any.
pub(super) fn shown(x: f64) -> String {
    if (1000.0..1e9).contains(&x) {
        return grouped(x.round() as usize);
    }
    let decimals = if x == 0.0 { 0 } else { (4 - x.abs().log10().floor() as i32).clamp(0, 12) as usize };
    let text = format!("{x:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Kinds with their counts, the most frequent first.
pub(super) fn kinds<'a>(suspicions: impl Iterator<Item = &'a Suspicion>) -> Text {
    let mut count: BTreeMap<Kind, usize> = BTreeMap::new();
    for s in suspicions {
        *count.entry(s.kind).or_default() += 1;
    }
    let mut count: Vec<(Kind, usize)> = count.into_iter().collect();
    count.sort_by(|x, y| y.1.cmp(&x.1).then(x.0.cmp(&y.0)));
    let en: Vec<String> = count.iter().map(|(k, n)| format!("{} {n}", kind(*k).en)).collect();
    let zh: Vec<String> = count.iter().map(|(k, n)| format!("{} {n}", kind(*k).zh)).collect();
    Text::new(en.join(", "), zh.join("，"))
}
