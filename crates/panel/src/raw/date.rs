//! Dates as text.

/// The ISO 8601 date of a day counted from 1970-01-01 in the Gregorian calendar; `None` outside
/// the years 0 to 9999. Days to civil date after Hinnant, chrono-compatible low-level date algorithms.
pub(crate) fn iso_date(days: f64) -> Option<String> {
    if !(-719_528.0..=2_932_896.0).contains(&days) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "within the range just checked")]
    let z = days.floor() as i64 + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::iso_date;

    #[test]
    fn known_days_have_their_dates() {
        assert_eq!(iso_date(0.0).as_deref(), Some("1970-01-01"));
        assert_eq!(iso_date(-3653.0).as_deref(), Some("1960-01-01"));
        assert_eq!(iso_date(11_016.0).as_deref(), Some("2000-02-29"));
        assert_eq!(iso_date(18_992.0).as_deref(), Some("2021-12-31"));
        assert_eq!(iso_date(-719_528.0).as_deref(), Some("0000-01-01"));
        assert_eq!(iso_date(2_932_896.0).as_deref(), Some("9999-12-31"));
        assert_eq!(iso_date(1e300), None);
        assert_eq!(iso_date(f64::NAN), None);
    }
}
