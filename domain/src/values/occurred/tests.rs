use chrono::TimeZone;
use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Result<BusinessTime, InvalidBusinessTime> {
    text.parse()
}

#[test]
fn the_precision_and_the_offset_are_kept() {
    for text in [
        "2017-03-01",
        "2017-03-01T10:00:00+01:00",
        "2017-03-01T10:00:00.250-05:00",
        "2017-03-01T10:00:00Z",
    ] {
        assert_eq!(parse(text).unwrap().to_string(), text);
    }
}

#[test]
fn an_instant_lies_on_the_day_of_the_companys_zone() {
    let instant = parse("2017-12-31T23:30:00Z").unwrap();
    let date = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    assert_eq!(instant.business_date(Tz::Europe__Madrid), date(2018, 1, 1));
    assert_eq!(instant.business_date(Tz::UTC), date(2017, 12, 31));
    assert_eq!(
        parse("2017-12-31").unwrap().business_date(Tz::Asia__Tokyo),
        date(2017, 12, 31)
    );
}

#[test]
fn slips_of_the_pen_are_refused() {
    for text in [
        "",
        "01/03/2017",
        "2017-02-29",
        "2017-03-01T10:00:00",
        "0217-03-01",
        "1899-12-31",
        "2200-01-01",
        "+262142-12-31",
    ] {
        assert_eq!(parse(text), Err(InvalidBusinessTime), "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(seconds in -2_000_000_000_i64..7_000_000_000, nanos in 0_u32..1_000_000_000, offset in -14_i32..=14) {
        let zone = FixedOffset::east_opt(offset * 3600).unwrap();
        let time = BusinessTime::Instant(zone.timestamp_opt(seconds, nanos).unwrap());
        let text = time.to_string();
        let read = parse(&text).unwrap();
        prop_assert_eq!(read, time);
        prop_assert_eq!(read.to_string(), text);
    }
}
