//! Whether a variable looks like a ratio: by its unit of measure, by its words, or by its range.

use panel::Variable;

use crate::text::Text;

/// Units of measure that are shares.
const SHARES: [&str; 9] = ["%", "‰", "percent", "per cent", "percentage", "percentage points", "百分比", "百分点", "比例"];
/// Units of measure of something over something.
const OVER: [&str; 4] = [" per ", "/", "每", "人均"];
/// Whole words of names and labels.
const WORDS: [&str; 14] = [
    "share",
    "rate",
    "ratio",
    "percent",
    "percentage",
    "pct",
    "per",
    "intensity",
    "density",
    "productivity",
    "yield",
    "index",
    "proportion",
    "average",
];
/// Parts of Chinese labels.
const ZH: [&str; 12] = ["率", "比重", "占比", "比例", "人均", "地均", "强度", "密度", "指数", "百分", "平均", "每"];

/// Why the variable looks like a ratio, if it does. Looks are all there is: a share of a whole may be meant, and an index
/// may be a volume.
pub(super) fn ratio(v: &Variable) -> Option<Text> {
    let unit = v.meaning.unit.trim().to_lowercase();
    if SHARES.contains(&unit.as_str()) || OVER.iter().any(|o| unit.contains(o)) || unit.starts_with("per ") {
        return Some(Text::new(format!("its unit is `{unit}`"), format!("计量单位为“{unit}”")));
    }
    let word = |text: &str| {
        let words = text.to_lowercase();
        let mut words = words.split(|c: char| !c.is_alphanumeric());
        words.find(|w| WORDS.contains(w)).map(str::to_owned)
    };
    if let Some(w) = word(&v.name).or_else(|| word(&v.meaning.label_en)) {
        return Some(Text::new(format!("its name says “{w}”"), format!("名称含“{w}”")));
    }
    if let Some(w) = ZH.iter().find(|w| v.meaning.label_zh.contains(**w) || v.name.contains(**w)) {
        return Some(Text::new(format!("its name says “{w}”"), format!("名称含“{w}”")));
    }
    // A volume in a large unit of measure may lie between 0 and 1 as well: only where no unit is stated.
    let seen: Vec<f64> = v.values.iter().copied().filter(|x| !x.is_nan()).collect();
    let inside = seen.iter().all(|x| (0.0..=1.0).contains(x));
    let between = seen.iter().filter(|x| x.fract() != 0.0).count();
    (unit.is_empty() && inside && between >= 3).then(|| Text::new("its values lie between 0 and 1", "取值都在 0 与 1 之间"))
}

#[cfg(test)]
mod tests {
    use panel::Meaning;

    use super::*;

    fn looks(name: &str, unit: &str, label_zh: &str, values: &[f64]) -> bool {
        let meaning = Meaning { unit: unit.into(), label_zh: label_zh.into(), ..Meaning::default() };
        ratio(&Variable { name: name.into(), meaning, values: values.to_vec() }).is_some()
    }

    #[test]
    fn ratios_are_told_by_unit_name_label_and_range() {
        let wide = [12.0, 300.0, 4.5];
        assert!(looks("x", "%", "", &wide) && looks("x", "CNY per person", "", &wide) && looks("x", "元/人", "", &wide));
        assert!(looks("rd_share", "", "", &wide) && looks("gdp_per_head", "", "", &wide) && looks("x", "", "城镇化率", &wide));
        assert!(looks("x", "", "", &[0.2, 0.35, 0.9, 0.41]));
    }

    #[test]
    fn volumes_are_not() {
        assert!(!looks("capital", "100 million CNY", "资本存量", &[12.0, 300.0]));
        // Words inside words, volumes in a large unit, flags.
        assert!(!looks("separate_corporate", "", "", &[12.0, 300.0]) && !looks("persons", "", "从业人员", &[12.0]));
        assert!(!looks("gdp", "trillion CNY", "", &[0.2, 0.35, 0.9]));
        assert!(!looks("open", "", "", &[0.0, 1.0, 1.0, 0.0]));
        assert!(!looks("empty", "", "", &[f64::NAN, f64::NAN]));
    }
}
