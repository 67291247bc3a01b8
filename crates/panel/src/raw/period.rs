//! Periods as files write them: whole numbers, `2019年`, dates.

use super::{Cell, number::narrowed};

/// What a period cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// A whole number.
    Number(i32),
    /// A date, of which the year counts if it stands for the year.
    Date {
        /// Its year.
        year: i32,
        /// Whether it is the first or the last day of the year.
        edge: bool,
    },
    /// Nothing.
    Blank,
    /// Something else.
    Other,
}

pub(super) fn read(cell: &Cell) -> Written {
    match cell {
        Cell::Empty => Written::Blank,
        Cell::Number(x) => whole(*x).map_or(Written::Other, Written::Number),
        Cell::Text(text) => {
            let plain = narrowed(text);
            let plain = plain.trim().trim_end_matches('年').trim();
            match plain.parse::<f64>().ok().and_then(whole) {
                Some(period) => Written::Number(period),
                None => date(plain).unwrap_or(Written::Other),
            }
        }
    }
}

fn whole(x: f64) -> Option<i32> {
    #[expect(clippy::cast_possible_truncation, reason = "whole and within range")]
    (x.fract() == 0.0 && x >= f64::from(i32::MIN) && x <= f64::from(i32::MAX)).then_some(x as i32)
}

/// `2019-12-31`, `2019/1/1`, `2019-01-01T00:00:00`, `2019年12月31日`.
fn date(text: &str) -> Option<Written> {
    let text = text.split(['T', ' ']).next()?.trim_end_matches('日');
    let mut parts = text.split(['-', '/', '年', '月']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let (year, month, day) = (year.parse().ok()?, month.parse::<u8>().ok()?, day.parse::<u8>().ok()?);
    let valid = (1..=12).contains(&month) && (1..=31).contains(&day);
    valid.then_some(Written::Date { year, edge: (month, day) == (1, 1) || (month, day) == (12, 31) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_read_in_each_of_its_usual_forms() {
        let text = |t: &str| read(&Cell::text(t));
        for t in ["2019", " 2019.0 ", "２０１９", "2019年", "２０１９年"] {
            assert_eq!(text(t), Written::Number(2019), "{t}");
        }
        assert_eq!(read(&Cell::Number(2019.0)), Written::Number(2019));
        assert_eq!(text("2019-12-31"), Written::Date { year: 2019, edge: true });
        assert_eq!(text("2019/1/1"), Written::Date { year: 2019, edge: true });
        assert_eq!(text("2019年6月30日"), Written::Date { year: 2019, edge: false });
        assert_eq!(text("2019-01-01T00:00:00"), Written::Date { year: 2019, edge: true });
        for t in ["2019Q1", "2019.5", "2013~2014", "nan", "1e99", "2019-13-01", "19-01-01"] {
            assert_eq!(text(t), Written::Other, "{t}");
        }
        assert_eq!(text("  "), Written::Blank);
    }
}
