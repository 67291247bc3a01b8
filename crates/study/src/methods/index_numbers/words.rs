//! Names of formulas and models.

use tfp::index_numbers::{Model, Status, bilateral::Formula};

use crate::text::Text;

/// Name of a formula in study files.
pub(in crate::methods) fn name(formula: Formula) -> String {
    serde_json::to_value(formula).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Name of a formula for people.
pub(in crate::methods) fn formula(formula: Formula) -> Text {
    let (en, zh) = match formula {
        Formula::Dutot => ("Dutot", "Dutot"),
        Formula::Carli => ("Carli", "Carli"),
        Formula::Jevons => ("Jevons", "Jevons"),
        Formula::Harmonic => ("harmonic mean", "调和平均"),
        Formula::Cswd => ("Carruthers-Sellwood-Ward-Dalén", "CSWD"),
        Formula::Laspeyres => ("Laspeyres", "拉氏"),
        Formula::Paasche => ("Paasche", "帕氏"),
        Formula::Fisher => ("Fisher", "费雪"),
        Formula::Tornqvist => ("Törnqvist", "Törnqvist"),
        Formula::SatoVartia => ("Sato-Vartia", "Sato-Vartia"),
        Formula::Walsh => ("Walsh", "Walsh"),
        Formula::GeometricLaspeyres => ("geometric Laspeyres", "几何拉氏"),
        Formula::GeometricPaasche => ("geometric Paasche", "几何帕氏"),
        Formula::TimeProductDummy => ("time product dummy", "时间产品虚拟变量"),
        Formula::TimeProductDummyMean => ("time product dummy, mean shares", "时间产品虚拟变量（平均份额）"),
        Formula::TimeProductDummyAdjusted => ("time product dummy, bias adjusted", "时间产品虚拟变量（修偏）"),
        Formula::GearyKhamis => ("Geary-Khamis of two periods", "两期 Geary-Khamis"),
        Formula::Drobisch => ("Drobisch", "Drobisch"),
        Formula::Stuvel => ("Stuvel", "Stuvel"),
        Formula::MarshallEdgeworth => ("Marshall-Edgeworth", "马歇尔-埃奇沃思"),
        Formula::Palgrave => ("Palgrave", "Palgrave"),
        Formula::LloydMoulton => ("Lloyd-Moulton", "Lloyd-Moulton"),
        Formula::Lowe => ("Lowe", "Lowe"),
        Formula::Young => ("Young", "Young"),
    };
    Text::new(en, zh)
}

/// Name of a model for people.
pub(super) fn model(model: Model) -> Text {
    match model {
        Model::Chained => Text::new("chained", "链式"),
        Model::FixedBase => Text::new("fixed base", "固定基期"),
        Model::PeriodOnPeriod => Text::new("period on period", "环比"),
        Model::Geks => Text::plain("GEKS"),
        Model::GearyKhamis => Text::plain("Geary-Khamis"),
        Model::TimeProductDummy => Text::new("time product dummy", "时间产品虚拟变量"),
    }
}

/// Machine name of a model, for columns.
pub(super) fn column(model: Model) -> &'static str {
    match model {
        Model::Chained => "chained",
        Model::FixedBase => "fixed_base",
        Model::PeriodOnPeriod => "period_on_period",
        Model::Geks => "geks",
        Model::GearyKhamis => "geary_khamis",
        Model::TimeProductDummy => "time_product_dummy",
    }
}

/// A status for people.
pub(super) fn status(status: Status) -> Text {
    match status {
        Status::Computed => Text::new("computed", "已计算"),
        Status::Base => Text::new("base", "基期"),
        Status::First => Text::new("first period", "首期"),
        Status::NoMatch => Text::new("no product in common", "没有共同产品"),
        Status::Unlinked => Text::new("not linked to the base", "与基期不相连"),
        Status::OutOfRange => Text::new("out of range", "超出数值范围"),
    }
}
