use proptest::prelude::*;

use super::*;
use crate::values::samples::{id, parse};

fn a_line(
    quantity: &str,
    price: Option<&str>,
    discount: Option<&str>,
    amount: &str,
) -> OpportunityLine {
    OpportunityLine {
        line: id(1),
        product: id(2),
        description: None,
        quantity: parse(quantity),
        unit_price: price.map(parse),
        discount: discount.map(parse),
        amount: parse(amount),
    }
}

#[test]
fn a_line_is_quantity_times_price_less_the_discount() {
    for (quantity, price, discount, amount) in [
        ("3", "2024.994", None, "6074.982"),
        ("10", "17.495", Some("2"), "171.451"),
        ("-2", "17.5", None, "-35"),
        ("0.333333", "0.000005", None, "0.000002"),
        ("1", "0.000001", Some("50"), "0.000001"),
        ("4", "25", Some("100"), "0"),
    ] {
        let line = a_line(quantity, Some(price), discount, amount);
        assert_eq!(
            line.computed_amount(),
            Ok(Some(parse(amount))),
            "{quantity} × {price}"
        );
        assert_eq!(OpportunityLine::total(&[line]), Ok(parse(amount)));
    }
}

#[test]
fn a_line_without_a_price_is_what_was_handed_down() {
    let line = a_line("3", None, None, "0.21");
    assert_eq!(line.computed_amount(), Ok(None));
    assert_eq!(OpportunityLine::total(&[line]), Ok(parse("0.21")));
}

#[test]
fn what_overflows_is_refused() {
    let most = "999999999999999";
    assert_eq!(
        a_line(most, Some(most), None, "1").computed_amount(),
        Err(InvalidLine)
    );
    let (one, mut other) = (a_line("1", None, None, most), a_line("1", None, None, most));
    other.line = id(2);
    assert_eq!(OpportunityLine::total(&[one, other]), Err(InvalidLine));
}

#[test]
fn no_lines_are_worth_nothing() {
    assert_eq!(OpportunityLine::total(&[]), Ok(Amount::ZERO));
}

prop_compose! {
    fn any_line()(quantity in -1_000_000_i64..1_000_000, cents in 0_i64..10_000_000, discount in prop::option::of(0_i64..=10_000)) -> OpportunityLine {
        let decimal = |units, scale| Amount::try_new(Decimal::new(units, scale)).unwrap();
        let mut line = OpportunityLine {
            line: id(1),
            product: id(2),
            description: None,
            quantity: decimal(quantity, 3),
            unit_price: Some(decimal(cents, 4)),
            discount: discount.map(|units| Percentage::try_new(Decimal::new(units, 2)).unwrap()),
            amount: Amount::ZERO,
        };
        line.amount = line.computed_amount().unwrap().unwrap();
        line
    }
}

fn numbered(lines: Vec<OpportunityLine>) -> Vec<OpportunityLine> {
    lines
        .into_iter()
        .zip(1..)
        .map(|(line, number)| OpportunityLine {
            line: id(number),
            ..line
        })
        .collect()
}

proptest! {
    #[test]
    fn a_total_does_not_depend_on_how_the_lines_are_split(lines in prop::collection::vec(any_line(), 0..20), at in 0_usize..20) {
        let lines = numbered(lines);
        let (left, right) = lines.split_at(at.min(lines.len()));
        let parts = OpportunityLine::total(left).unwrap().checked_add(OpportunityLine::total(right).unwrap());
        prop_assert_eq!(Ok(OpportunityLine::total(&lines).unwrap()), parts);
    }

    #[test]
    fn a_discount_takes_away_between_nothing_and_all(line in any_line()) {
        let gross = OpportunityLine { discount: None, ..line.clone() }.computed_amount().unwrap().unwrap();
        prop_assert!(line.amount.value().abs() <= gross.value().abs());
        prop_assert!((line.amount.value() * gross.value()) >= Decimal::ZERO);
    }

    #[test]
    fn the_amount_is_within_half_a_millionth_of_the_exact_product(line in any_line()) {
        let share = Decimal::ONE - line.discount.map_or(Decimal::ZERO, |discount| discount.value() / Decimal::ONE_HUNDRED);
        let exact = line.quantity.value() * line.unit_price.unwrap().value() * share;
        prop_assert!((line.amount.value() - exact).abs() <= Decimal::new(5, 7));
    }
}
