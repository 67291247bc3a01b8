//! Ends of the scales, and the values between them.

use std::ops::Range;

use index::{Direction, Goalposts, Indicator, Normalisation};
use numerics::moments;

use super::{LIFTED, NORMALISED, Plan, RAW, SCALE, TOP};
use crate::{
    derivation::{Content, Sheet, cell, held, held_column},
    text::Text,
};

/// Rows of data that share a scale, and those that set it.
struct Part {
    period: Option<i32>,
    rows: Range<usize>,
    from: Range<usize>,
}

/// How an indicator comes to the common scale.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// Between declared goalposts, cut there.
    Declared((f64, f64)),
    /// Between the worst and the best there are.
    Span,
    /// Between the worst there is and a target.
    Target(f64),
    /// By its distance from a best value or interval; declared goalposts say where it is worst.
    Distance((f64, f64), Option<(f64, f64)>),
    /// By mean and standard deviation.
    Moments,
    /// By its share of the largest, or the smallest over it.
    Share,
    /// A value without a formula.
    Fixed,
}

impl Plan<'_> {
    fn parts(&self) -> Vec<Part> {
        match self.v.options.recipe().goalposts {
            Goalposts::Pooled | Goalposts::Fixed => vec![Part { period: None, rows: self.all(), from: self.all() }],
            Goalposts::Base => {
                let period = self.periods.iter().find(|(_, r)| *r == self.base()).map(|(p, _)| *p);
                vec![Part { period: period.filter(|_| self.keys > 1), rows: self.all(), from: self.base() }]
            }
            Goalposts::PerPeriod => {
                let part = |(p, r): &(i32, Range<usize>)| Part {
                    period: Some(*p).filter(|_| self.keys > 1),
                    rows: r.clone(),
                    from: r.clone(),
                };
                self.periods.iter().map(part).collect()
            }
        }
    }

    fn form(&self, leaf: &Indicator) -> Form {
        let normalisation = self.v.options.recipe().normalisation;
        match (normalisation, leaf.goalposts, leaf.direction.ideal()) {
            // A best value at a goalpost leaves a side without a scale.
            (Normalisation::MinMax | Normalisation::Efficacy, Some((low, high)), Some((from, to)))
                if low == from || high == to =>
            {
                Form::Fixed
            }
            (Normalisation::MinMax | Normalisation::Efficacy, posts, Some(best)) => Form::Distance(best, posts),
            (Normalisation::MinMax | Normalisation::Efficacy, Some(posts), None) => Form::Declared(posts),
            (Normalisation::MinMax | Normalisation::Efficacy, None, None) => Form::Span,
            (Normalisation::Target, _, Some(best)) => Form::Distance(best, None),
            (Normalisation::Target, _, None) => leaf.target.map_or(Form::Fixed, Form::Target),
            (Normalisation::ZScore | Normalisation::Logistic, _, None) => Form::Moments,
            (Normalisation::FractionOfMaximum, _, None) => Form::Share,
            _ => Form::Fixed,
        }
    }

    /// Values of an indicator over places, more is better.
    fn turned(&self, j: usize, places: Range<usize>) -> Vec<f64> {
        let direction = self.v.tree.leaves[j].direction;
        let column = &self.v.index.normalised.treated[j];
        self.rows[places].iter().map(|&i| direction.turn(column[i])).filter(|x| !x.is_nan()).collect()
    }

    /// Whether an indicator tells rows apart, as the normalisation sees it.
    fn varies(&self, j: usize, part: &Part) -> bool {
        let turned = self.turned(j, part.from.clone());
        let low = turned.iter().copied().fold(f64::INFINITY, f64::min);
        let high = turned.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        high - low > 1e-12 * low.abs().max(high.abs())
    }

    /// First row of a part on the sheet of scales; declared ends stand with the first part.
    fn scale_line(&self, part: usize, form: Form) -> u32 {
        let part = if matches!(form, Form::Declared(_) | Form::Distance(_, Some(_))) { 0 } else { part };
        TOP + 3 + u32::try_from(part).unwrap_or(0) * self.scale_rows()
    }

    fn has_ideals(&self) -> bool {
        self.v.tree.leaves.iter().any(|l| matches!(self.form(l), Form::Distance(..)))
    }

    fn scale_rows(&self) -> u32 {
        if self.has_ideals() { 5 } else { 2 }
    }

    /// Ends of the scale of each indicator.
    pub(super) fn scale(&self) -> Sheet {
        let parts = self.parts();
        let mut sheet = Sheet::new(SCALE, Text::new("2 Ends of the scales", "2 标准化的两端"));
        sheet.freeze = (TOP + 3, self.keys);
        let over = match self.v.options.recipe().goalposts {
            Goalposts::Fixed => Text::new("Goalposts of the framework.", "采用指标体系给定的阈值。"),
            Goalposts::Pooled => Text::new(
                "Over all units and periods; goalposts of the framework, where it declares any, are blue.",
                "取自全部单元与时期；指标体系给定的阈值为蓝色。",
            ),
            Goalposts::PerPeriod => Text::new("Over the units of each period.", "取自各期全部单元。"),
            Goalposts::Base => Text::new("Over the units of the base period.", "取自基期全部单元。"),
        };
        sheet.notes.push(over);
        let forms: Vec<Form> = self.v.tree.leaves.iter().map(|l| self.form(l)).collect();
        if forms.contains(&Form::Fixed) {
            sheet.notes.push(Text::new(
                "Indicators without ends here are normalised by a rule that has none, such as ranks or sums: their normalised values stand without a formula.",
                "此处无两端数值的指标采用名次、求和等不设两端的方法，其归一化值不含公式。",
            ));
        }
        self.heads(&mut sheet);
        let word = |en: &str, zh: &str| Text::new(en, zh);
        let names = if forms.contains(&Form::Moments) {
            [word("mean", "均值"), word("standard deviation", "标准差")]
        } else if forms.contains(&Form::Share) {
            [word("largest (smallest where less is better)", "最大值（负向指标取最小值）"), Text::default()]
        } else {
            [
                word("worst (lower end of an interval)", "最差（适度指标为下限）"),
                word("best (upper end of an interval)", "最好（适度指标为上限）"),
            ]
        };
        let more = [word("best from", "适宜值下限"), word("best to", "适宜值上限"), word("largest distance", "最大偏离")];
        for (p, part) in parts.iter().enumerate() {
            let line = self.scale_line(p, Form::Span);
            for (at, name) in (line..line + self.scale_rows()).zip(names.iter().chain(&more)) {
                sheet.put(at, 0, Content::Words(name.clone()));
                if let Some(period) = part.period.filter(|_| !name.is_empty()) {
                    sheet.put(at, 1, Content::Whole(i64::from(period)));
                }
            }
            for (j, form) in forms.iter().enumerate() {
                if self.scale_line(p, *form) == line {
                    self.ends(&mut sheet, j, *form, part, line);
                }
            }
        }
        sheet
    }

    fn ends(&self, sheet: &mut Sheet, j: usize, form: Form, part: &Part, line: u32) {
        let column = self.column(j);
        let negative = self.v.tree.leaves[j].direction == Direction::Negative;
        let data = format!("[{RAW}]{}", held_column(column, self.lines(&part.from)));
        let turned = self.turned(j, part.from.clone());
        let sign = if negative { -1.0 } else { 1.0 };
        let low = sign * turned.iter().copied().fold(f64::INFINITY, f64::min);
        let high = sign * turned.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (worst, best) = if negative { ("MAX", "MIN") } else { ("MIN", "MAX") };
        if turned.is_empty() && !matches!(form, Form::Declared(_) | Form::Distance(_, Some(_))) {
            return;
        }
        match form {
            Form::Declared(posts) => {
                let (from, to) = if negative { (posts.1, posts.0) } else { posts };
                sheet.put(line, column, Content::Given(from));
                sheet.put(line + 1, column, Content::Given(to));
            }
            Form::Span => {
                sheet.formula(line, column, format!("{worst}({data})"), low, 4);
                sheet.formula(line + 1, column, format!("{best}({data})"), high, 4);
            }
            Form::Target(target) => {
                sheet.formula(line, column, format!("{worst}({data})"), low, 4);
                sheet.put(line + 1, column, Content::Given(target));
            }
            Form::Distance((from, to), posts) => {
                sheet.put(line + 2, column, Content::Given(from));
                sheet.put(line + 3, column, Content::Given(to));
                if let Some((low, high)) = posts {
                    sheet.put(line, column, Content::Given(low));
                    sheet.put(line + 1, column, Content::Given(high));
                } else {
                    let (f, t) = (held(line + 2, column), held(line + 3, column));
                    sheet.formula(line + 4, column, format!("MAX({f}-MIN({data}),MAX({data})-{t},0)"), -low, 4);
                }
            }
            Form::Moments => {
                sheet.formula(line, column, format!("AVERAGE({data})"), sign * moments::mean(&turned), 4);
                sheet.formula(line + 1, column, format!("STDEV({data})"), moments::deviation(&turned, 1), 4);
            }
            Form::Share => sheet.formula(line, column, format!("{best}({data})"), high, 4),
            Form::Fixed => {}
        }
    }

    /// Values on the common scale.
    pub(super) fn normalised(&self) -> Sheet {
        let efficacy = self.v.options.recipe().normalisation == Normalisation::Efficacy;
        let name = super::super::tables::normalisation(self.v.options.recipe().normalisation);
        let mut notes = vec![Text::new(
            format!(
                "Normalised by {}: data of sheet 1 between the ends of sheet 2; an indicator that does not vary stands at 0.5.",
                name.en
            ),
            format!("{}归一化：以工作表 2 的两端对工作表 1 的数据换算；无差异的指标取 0.5。", name.zh),
        )];
        let parts = self.parts();
        let values = &self.v.index.normalised.values;
        let treated = &self.v.index.normalised.treated;
        let mut plain = false;
        let mut sheet = self.sheet(
            NORMALISED,
            Text::new("3 Normalised values (0 worst, 1 best)", "3 归一化值（0 最差，1 最好）"),
            Vec::new(),
        );
        self.heads(&mut sheet);
        for (j, leaf) in self.v.tree.leaves.iter().enumerate() {
            let form = self.form(leaf);
            let gaps = treated[j].iter().any(|x| x.is_nan());
            for (p, part) in parts.iter().enumerate() {
                let line = self.scale_line(p, form);
                let own = matches!(form, Form::Declared(_) | Form::Distance(_, Some(_)));
                let varies = own || self.varies(j, part);
                for (k, &i) in (part.rows.clone()).zip(&self.rows[part.rows.clone()]) {
                    let (at, value) = (self.line(k), values[j][i]);
                    if form == Form::Fixed || !varies {
                        plain |= form == Form::Fixed;
                        if !value.is_nan() {
                            sheet.put(at, self.column(j), Content::Fixed(value, 4));
                        }
                        continue;
                    }
                    let x = format!("[{RAW}]{}", cell(at, self.column(j)));
                    let text = self.between(leaf, form, &x, self.column(j), line);
                    let text = if efficacy { format!("0.6+0.4*{text}") } else { text };
                    let text = if gaps { format!("IF(ISNUMBER({x}),{text},\"\")") } else { text };
                    sheet.formula(at, self.column(j), text, value, 4);
                }
            }
        }
        if plain {
            notes.push(Text::new(
                format!("Grey: the {} rule is not written as a formula of a cell here.", name.en),
                format!("灰色：{}方法在此不写成单元格公式。", name.zh),
            ));
        }
        if self.values == NORMALISED {
            self.weighted(&mut sheet);
        }
        sheet.notes = notes;
        sheet
    }

    /// A value `x` on the scale whose ends begin in row `line` of the sheet of scales.
    fn between(&self, leaf: &Indicator, form: Form, x: &str, column: u16, line: u32) -> String {
        let end = |k: u32| format!("[{SCALE}]{}", held(line + k, column));
        let (a, b, from, to) = (end(0), end(1), end(2), end(3));
        let negative = leaf.direction == Direction::Negative;
        let normalisation = self.v.options.recipe().normalisation;
        match form {
            Form::Declared(_) => format!("MAX(0,MIN(1,({x}-{a})/({b}-{a})))"),
            Form::Span => format!("({x}-{a})/({b}-{a})"),
            Form::Target(_) => format!("MIN(1,({x}-{a})/({b}-{a}))"),
            Form::Distance(_, Some(_)) => {
                format!("MAX(0,IF({x}<{from},({x}-{a})/({from}-{a}),IF({x}>{to},({b}-{x})/({b}-{to}),1)))")
            }
            Form::Distance(_, None) => format!("(1-MAX({from}-{x},{x}-{to},0)/{})", end(4)),
            Form::Moments => {
                let z = if negative { format!("({a}-{x})/{b}") } else { format!("({x}-{a})/{b}") };
                if normalisation == Normalisation::Logistic { format!("1/(1+EXP(-{z}))") } else { format!("0.5+0.1*{z}") }
            }
            Form::Share if negative => format!("{a}/{x}"),
            Form::Share | Form::Fixed => format!("{x}/{a}"),
        }
    }

    /// Values lifted off 0, for means that 0 would swallow.
    pub(super) fn lifted(&self) -> Sheet {
        let floor = self.v.options.recipe().floor;
        let note = Text::new(
            format!(
                "floor + (1 − floor) × normalised value, floor {floor}: a mean that multiplies or divides would lose everything at 0."
            ),
            format!("下限 + (1 − 下限) × 归一化值，下限为 {floor}：避免乘除型合成在 0 处失去意义。"),
        );
        let mut sheet = self.sheet(LIFTED, Text::new("3 Values lifted off 0", "3 抬升后的归一化值"), vec![note]);
        self.heads(&mut sheet);
        for (j, values) in self.v.index.normalised.values.iter().enumerate() {
            let gaps = values.iter().any(|x| x.is_nan());
            for (k, &i) in self.rows.iter().enumerate() {
                let r = format!("[{NORMALISED}]{}", cell(self.line(k), self.column(j)));
                let text = format!("{floor}+(1-{floor})*{r}");
                let text = if gaps { format!("IF(ISNUMBER({r}),{text},\"\")") } else { text };
                sheet.formula(self.line(k), self.column(j), text, floor + (1.0 - floor) * values[i], 4);
            }
        }
        self.weighted(&mut sheet);
        sheet
    }
}
