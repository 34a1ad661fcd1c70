use chrono::Days;
use proptest::prelude::*;

use super::*;

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn starting_in(month: u8) -> FiscalStart {
    FiscalStart::try_new(month).unwrap()
}

#[test]
fn a_year_from_july_bears_the_number_of_the_calendar_year_in_which_it_begins() {
    let year = FiscalYear::of(date(2017, 6, 30), starting_in(7));
    assert_eq!(year.number(), 2016);
    assert_eq!(year.first_day(), date(2016, 7, 1));
    assert_eq!(year.last_day(), date(2017, 6, 30));
    assert_eq!(year.month_index(date(2017, 6, 30)), 12);
    assert_eq!(year.quarter(date(2016, 10, 1)), 2);
}

#[test]
fn the_calendar_year_is_the_fiscal_year_from_january() {
    let year = FiscalYear::of(date(2017, 12, 31), FiscalStart::JANUARY);
    assert_eq!(year.number(), 2017);
    assert_eq!(year.first_day(), date(2017, 1, 1));
    assert_eq!(year.previous(3).last_day(), date(2014, 12, 31));
}

#[test]
fn the_29th_of_february_compares_with_the_28th() {
    assert_eq!(shift_years(date(2016, 2, 29), -1), date(2015, 2, 28));
    assert_eq!(shift_years(date(2016, 2, 29), -4), date(2012, 2, 29));
    assert_eq!(shift_years(date(2017, 2, 28), -1), date(2016, 2, 28));
}

#[test]
fn no_month_is_refused_as_a_start() {
    assert_eq!(FiscalStart::try_new(0), Err(InvalidFiscalStart));
    assert_eq!(FiscalStart::try_new(13), Err(InvalidFiscalStart));
}

#[test]
fn the_ends_of_the_calendar_do_not_panic() {
    for end in [NaiveDate::MIN, NaiveDate::MAX] {
        for month in 1..=12 {
            let year = FiscalYear::of(end, starting_in(month));
            assert!(year.first_day() <= end);
            assert!(year.last_day() >= end || end == NaiveDate::MAX);
            assert_eq!(year.months().count(), 12);
        }
        assert_eq!(shift_years(end, 0), end);
        assert!(shift_years(end, i32::MIN) <= end);
        assert!(shift_years(end, i32::MAX) >= end);
    }
}

prop_compose! {
    fn any_day()(days in 0_u64..80_000) -> NaiveDate {
        date(1900, 1, 1) + Days::new(days)
    }
}

fn any_start() -> impl Strategy<Value = FiscalStart> {
    (1_u8..=12).prop_map(starting_in)
}

proptest! {
    #[test]
    fn a_day_lies_between_the_first_and_the_last_of_its_year(day in any_day(), start in any_start()) {
        let year = FiscalYear::of(day, start);
        prop_assert!(year.first_day() <= day && day <= year.last_day());
        prop_assert!(year.contains(year.first_day()) && year.contains(year.last_day()));
        prop_assert!(!year.previous(1).contains(day) && !year.next(1).contains(day));
    }

    #[test]
    fn years_follow_each_other_without_a_gap(day in any_day(), start in any_start()) {
        let year = FiscalYear::of(day, start);
        prop_assert_eq!(year.last_day().succ_opt(), Some(year.next(1).first_day()));
        prop_assert_eq!(year.next(1).previous(1), year);
    }

    #[test]
    fn months_and_quarters_count_up_from_the_first_day(day in any_day(), start in any_start()) {
        let year = FiscalYear::of(day, start);
        for (month, index) in year.months().zip(1_u32..) {
            prop_assert_eq!(month.day(), 1);
            prop_assert_eq!(year.month_index(month), index);
            prop_assert_eq!(year.quarter(month), index.div_ceil(3));
            prop_assert!(year.contains(month));
        }
    }

    #[test]
    fn shifting_there_and_back_loses_at_most_the_leap_day(day in any_day(), years in -60_i32..60) {
        let back = shift_years(shift_years(day, years), -years);
        prop_assert!(back == day || (day.month(), day.day()) == (2, 29) && back == day.pred_opt().unwrap());
    }

    #[test]
    fn shifting_keeps_the_order_of_days(one in any_day(), other in any_day(), years in -60_i32..60) {
        let (early, late) = (one.min(other), one.max(other));
        prop_assert!(shift_years(early, years) <= shift_years(late, years));
    }

    #[test]
    fn the_day_a_year_before_lies_in_the_fiscal_year_before(day in any_day(), start in any_start()) {
        let year = FiscalYear::of(day, start);
        prop_assert!(year.previous(1).contains(shift_years(day, -1)));
        prop_assert_eq!(year.month_index(day), year.month_index(shift_years(day, -1)));
    }
}
