use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn period(from: &str, to: &str) -> Period {
    Period {
        from: day(from),
        to: day(to),
    }
}

fn start(month: u8) -> FiscalStart {
    FiscalStart::try_new(month).unwrap()
}

#[test]
fn quarters_and_years_follow_the_fiscal_start() {
    for (month, quarter, year) in [
        (1, "2017-01-01", "2017-01-01"),
        (2, "2016-11-01", "2016-02-01"),
        (4, "2017-01-01", "2016-04-01"),
        (12, "2016-12-01", "2016-12-01"),
    ] {
        let of = day("2017-01-31");
        assert_eq!(Grain::Quarter.first_day(of, start(month)), day(quarter));
        assert_eq!(Grain::FiscalYear.first_day(of, start(month)), day(year));
        assert_eq!(Grain::Month.first_day(of, start(month)), day("2017-01-01"));
    }
}

#[test]
fn every_stretch_of_a_period_is_listed_even_if_only_a_part_lies_in_it() {
    let months: Vec<_> = Grain::Month
        .stretches(period("2016-11-30", "2017-02-01"), start(1))
        .collect();
    assert_eq!(
        months,
        ["2016-11-01", "2016-12-01", "2017-01-01", "2017-02-01"].map(day)
    );
    assert_eq!(Grain::Month.last_day(day("2016-02-01")), day("2016-02-29"));
    assert_eq!(
        Grain::FiscalYear.last_day(day("2016-04-01")),
        day("2017-03-31")
    );
}

#[test]
fn a_year_in_progress_compares_with_the_same_days() {
    let year = period("2017-01-01", "2017-12-31");
    assert_eq!(
        year.before(1, Basis::LikeForLike, day("2017-06-30")),
        period("2016-01-01", "2016-06-30")
    );
    assert_eq!(
        year.before(1, Basis::WholePeriods, day("2017-06-30")),
        period("2016-01-01", "2016-12-31")
    );
    assert_eq!(
        year.before(2, Basis::LikeForLike, day("2018-01-01")),
        period("2015-01-01", "2015-12-31")
    );
}

#[test]
fn the_29th_of_february_compares_with_the_28th() {
    let year = period("2016-01-01", "2016-12-31");
    assert_eq!(
        year.before(1, Basis::LikeForLike, day("2016-02-29")).to,
        day("2015-02-28")
    );
    let next = period("2017-01-01", "2017-12-31");
    assert_eq!(
        next.before(1, Basis::LikeForLike, day("2017-02-28")).to,
        day("2016-02-28")
    );
}

#[test]
fn a_whole_february_compares_with_a_whole_february() {
    let short = period("2017-02-01", "2017-02-28");
    assert_eq!(
        short.before(1, Basis::LikeForLike, day("2017-02-28")),
        period("2016-02-01", "2016-02-29")
    );
    let long = period("2016-02-01", "2016-02-29");
    assert_eq!(
        long.before(1, Basis::LikeForLike, day("2018-01-01")),
        period("2015-02-01", "2015-02-28")
    );
}

#[test]
fn a_period_that_has_not_begun_compares_with_no_day() {
    let compared =
        period("2018-01-01", "2018-12-31").before(1, Basis::LikeForLike, day("2017-06-30"));
    assert!(compared.from > compared.to);
}
