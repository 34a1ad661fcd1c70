//! Whoever walks through a list sees every row once, whatever the order, the direction and the size of the page.

use cartera_domain::ids::LeadId;
use cartera_domain::leads::{Lead, LeadDetails};
use cartera_projections::leads::lead_list::LeadListItem;
use cartera_projections::leads::lead_list::{LeadFilter, LeadOrder};
use cartera_projections::page::{
    self, Cursor, Direction, InvalidPage, Page, PageRequest, ReadError,
};

use crate::leads::{company, registered};
use crate::world::{World, amount, director, new};

const ORDERS: [LeadOrder; 4] = [
    LeadOrder::RegisteredOn,
    LeadOrder::Name,
    LeadOrder::ExpectedValue,
    LeadOrder::ChangedAt,
];

/// Seven leads with equal names, days and amounts among them, and some without an amount.
async fn seven(world: &World) {
    for (name, day, worth) in [
        ("Vila", "2025-01-01", Some("10")),
        ("vilà", "2025-01-01", Some("10")),
        ("Àvila", "2025-02-01", None),
        ("Puig", "2025-01-01", Some("2.5")),
        ("Puig", "2025-03-01", None),
        ("Roca", "2025-03-01", Some("100")),
        ("Bosch", "2025-02-01", None),
    ] {
        let details = LeadDetails {
            expected_value: worth.map(amount),
            ..company(name)
        };
        world
            .given::<Lead>(new(), vec![(day, registered(details, None))])
            .await;
    }
    world.project().await;
}

async fn ask(
    world: &World,
    order: (LeadOrder, Direction),
    request: &PageRequest,
) -> Page<LeadListItem> {
    page::page(
        &world.reads,
        &director(),
        &LeadFilter::default(),
        order,
        request,
    )
    .await
    .expect("a page")
}

async fn forward(world: &World, order: (LeadOrder, Direction)) -> Vec<LeadId> {
    let (mut seen, mut after) = (vec![], None);
    loop {
        let request = PageRequest::first(2, after.clone()).expect("a page");
        let page = ask(world, order, &request).await;
        assert_eq!(page.has_previous_page, after.is_some());
        seen.extend(page.edges.iter().map(|edge| edge.node.id));
        after = page.edges.last().map(|edge| edge.cursor.clone());
        if !page.has_next_page {
            return seen;
        }
    }
}

async fn backward(world: &World, order: (LeadOrder, Direction)) -> Vec<LeadId> {
    let (mut seen, mut before) = (vec![], None);
    loop {
        let request = PageRequest::last(3, before.clone()).expect("a page");
        let page = ask(world, order, &request).await;
        assert_eq!(page.has_next_page, before.is_some());
        seen.splice(0..0, page.edges.iter().map(|edge| edge.node.id));
        before = page.edges.first().map(|edge| edge.cursor.clone());
        if !page.has_previous_page {
            return seen;
        }
    }
}

#[tokio::test]
async fn walking_forward_and_backward_shows_the_same_rows_in_the_same_order() {
    let world = World::new().await;
    seven(&world).await;
    for order in ORDERS {
        for direction in [Direction::Ascending, Direction::Descending] {
            let whole = ask(
                &world,
                (order, direction),
                &PageRequest::first(50, None).expect("a page"),
            )
            .await;
            let expected: Vec<LeadId> = whole.edges.iter().map(|edge| edge.node.id).collect();
            assert_eq!(expected.len(), 7);
            assert!(!whole.has_next_page && !whole.has_previous_page);
            assert_eq!(whole.as_of_position, 7);

            let by = (order, direction);
            assert_eq!(forward(&world, by).await, expected, "{by:?}");
            assert_eq!(backward(&world, by).await, expected, "{by:?}");
        }
    }
}

#[tokio::test]
async fn names_are_ordered_without_accents_and_what_has_no_value_comes_last() {
    let world = World::new().await;
    seven(&world).await;
    let first = PageRequest::first(50, None).expect("a page");

    let by_name = ask(&world, (LeadOrder::Name, Direction::Ascending), &first).await;
    let names: Vec<_> = by_name
        .edges
        .iter()
        .map(|edge| edge.node.name_key.as_str())
        .collect();
    assert_eq!(
        names,
        ["avila", "bosch", "puig", "puig", "roca", "vila", "vila"]
    );
    for direction in [Direction::Ascending, Direction::Descending] {
        let by_value = ask(&world, (LeadOrder::ExpectedValue, direction), &first).await;
        let known: Vec<_> = by_value
            .edges
            .iter()
            .map(|edge| edge.node.expected_value.is_some())
            .collect();
        assert_eq!(known, [true, true, true, true, false, false, false]);
    }
}

#[tokio::test]
async fn a_cursor_of_another_order_or_of_nobody_is_refused() {
    let world = World::new().await;
    seven(&world).await;
    let page = ask(
        &world,
        (LeadOrder::Name, Direction::Ascending),
        &PageRequest::first(1, None).expect("a page"),
    )
    .await;
    let cursor = page.edges[0].cursor.clone();
    let refused = async |order, cursor: Cursor| {
        let request = PageRequest::first(1, Some(cursor)).expect("a page");
        let answer = page::page(
            &world.reads,
            &director(),
            &LeadFilter::default(),
            order,
            &request,
        )
        .await;
        matches!(answer, Err(ReadError::Cursor(_)))
    };

    assert!(
        refused(
            (LeadOrder::RegisteredOn, Direction::Ascending),
            cursor.clone()
        )
        .await
    );
    assert!(refused((LeadOrder::Name, Direction::Descending), cursor.clone()).await);
    assert!(!refused((LeadOrder::Name, Direction::Ascending), cursor).await);
    // ["name_key",false,{"d":"1"},"00000000-0000-0000-0000-000000000000"]: a number where a text belongs.
    let forged = "WyJuYW1lX2tleSIsZmFsc2UseyJkIjoiMSJ9LCIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDAiXQ";
    for forged in ["", "x", "bm90IGpzb24", forged] {
        let forged = forged.parse().expect("a short text");
        assert!(refused((LeadOrder::Name, Direction::Ascending), forged).await);
    }
}

#[test]
fn pages_that_mean_nothing_are_refused() {
    let cursor = || Some("x".parse::<Cursor>().expect("a short text"));
    let refusal =
        |first, after, last, before| PageRequest::from_relay(first, after, last, before, 20).err();

    assert_eq!(
        refusal(Some(1), None, Some(1), None),
        Some(InvalidPage::FirstOrLast)
    );
    assert_eq!(
        refusal(Some(1), None, None, cursor()),
        Some(InvalidPage::CursorOfTheOtherWay)
    );
    assert_eq!(
        refusal(None, cursor(), Some(1), None),
        Some(InvalidPage::CursorOfTheOtherWay)
    );
    assert_eq!(
        refusal(None, cursor(), None, cursor()),
        Some(InvalidPage::CursorOfTheOtherWay)
    );
    assert_eq!(refusal(Some(-1), None, None, None), Some(InvalidPage::Size));
    assert_eq!(
        refusal(Some(201), None, None, None),
        Some(InvalidPage::Size)
    );
    assert_eq!(refusal(Some(200), None, None, None), None);
    assert_eq!(refusal(None, None, None, None), None);
}
