use super::*;

fn happened(text: &str, zone: Tz) -> Happened {
    let time: BusinessTime = text.parse().unwrap();
    Happened::at(time.business_date(zone), time, zone)
}

const MADRID: Tz = chrono_tz::Europe::Madrid;

#[test]
fn a_day_lasts_until_midnight_in_the_zone() {
    let day = happened("2017-03-01", MADRID);
    assert_eq!(day.from.at.to_rfc3339(), "2017-02-28T23:00:00+00:00");
    assert_eq!(day.through.to_rfc3339(), "2017-03-01T22:59:59.999999+00:00");
    assert_eq!(day.at, None);
}

#[test]
fn days_between_instants_are_elapsed_and_between_dates_are_counted() {
    let opened = happened("2017-03-25T12:00:00+01:00", MADRID);
    // The clocks are put forward that night.
    let closed = happened("2017-03-26T12:00:00+02:00", MADRID);
    let days = closed.days_since(opened.from.day, opened.at);
    assert_eq!(days.round_dp(6), "0.958333".parse().unwrap());
    let closed = happened("2017-03-26", MADRID);
    assert_eq!(closed.days_since(opened.from.day, opened.at), Decimal::ONE);
}

#[test]
fn days_are_negative_where_the_end_lies_before_the_beginning() {
    let opened = happened("2017-03-03", MADRID);
    let closed = happened("2017-03-01", MADRID);
    let days = closed.days_since(opened.from.day, opened.at);
    assert_eq!(days, Decimal::from(-2));
}

#[test]
fn a_day_without_a_midnight_begins_an_hour_later() {
    let zone = chrono_tz::America::Sao_Paulo;
    let day = "2017-10-15".parse().unwrap();
    assert_eq!(
        beginning_of(day, zone).to_rfc3339(),
        "2017-10-15T03:00:00+00:00"
    );
}
