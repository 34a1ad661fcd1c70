//! Lists: pages that neither lose nor double a row, filters and orders that matter, totals of what is seen.

use std::collections::{BTreeMap, BTreeSet};

use cartera_tests::sdl::{Named, Sdl};
use cartera_tests::{GraphQl, TestWorld};
use rust_decimal::Decimal;
use serde_json::{Value, json};

mod book;

use book::Book;

const SCHEMA: &str = include_str!("../../api/schema.graphql");

/// The name of a row of each list.
const NAMES: [(&str, &str); 7] = [
    ("clients", "name"),
    ("contacts", "name"),
    ("leads", "name"),
    ("opportunities", "title"),
    ("products", "name"),
    ("teams", "name"),
    ("users", "name"),
];

/// The lists that take an order: their fields.
fn lists(sdl: &Sdl) -> Vec<&Named> {
    let ordered = |field: &&Named| field.arguments.iter().any(|one| one.name == "orderBy");
    sdl.fields("Query").iter().filter(ordered).collect()
}

fn argument<'a>(field: &'a Named, name: &str) -> &'a str {
    let found = field.arguments.iter().find(|one| one.name == name);
    &found.expect("the argument is there").kind
}

/// `REGISTERED_ON` → `registeredOn`.
fn camel(name: &str) -> String {
    let mut words = name.split('_').map(str::to_lowercase);
    let first = words.next().unwrap_or_default();
    words.fold(first, |text, word| {
        let (head, tail) = word.split_at(1);
        format!("{text}{}{tail}", head.to_uppercase())
    })
}

/// Which way a list is walked: how a page is asked for, whether there are more, and from where on.
struct Way {
    arguments: &'static str,
    more: &'static str,
    next: &'static str,
}

const FORWARD: Way = Way {
    arguments: "first: 2, after: $cursor",
    more: "hasNextPage",
    next: "endCursor",
};
const BACKWARD: Way = Way {
    arguments: "last: 2, before: $cursor",
    more: "hasPreviousPage",
    next: "startCursor",
};

/// The pages of a list as they come: id and one value of each row.
async fn walk(
    who: &GraphQl,
    (list, order): (&str, &str),
    value: &str,
    way: &Way,
) -> Vec<Vec<(String, Value)>> {
    let document = format!(
        "query($cursor: String) {{ {list}({}{order}) {{ edges {{ node {{ id {value} }} }}
            pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}",
        way.arguments
    );
    let mut pages = vec![];
    let mut cursor = Value::Null;
    for _page in 0..20 {
        let page = who.get(&document, json!({ "cursor": cursor })).await;
        let (page, info) = (&page[list], &page[list]["pageInfo"]);
        let rows = page["edges"].as_array().unwrap().iter().map(|edge| {
            let id = edge["node"]["id"].as_str().unwrap().to_owned();
            (id, edge["node"][value].clone())
        });
        pages.push(rows.collect());
        if info[way.more] == false {
            return pages;
        }
        cursor = info[way.next].clone();
    }
    panic!("{list} has no end");
}

/// What orders values: nothing comes last, whichever way.
fn is_in_order(direction: &str, one: &Value, other: &Value) -> bool {
    match (one.as_str(), other.as_str()) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(one), Some(other)) => {
            let (less, more) = if direction == "ASCENDING" {
                (one, other)
            } else {
                (other, one)
            };
            match (less.parse::<Decimal>(), more.parse::<Decimal>()) {
                (Ok(less), Ok(more)) => less <= more,
                _ => less.to_lowercase() <= more.to_lowercase(),
            }
        }
    }
}

/// Every list in every order that it offers: list, order, direction.
fn orders(sdl: &Sdl) -> Vec<(String, String, &'static str)> {
    let mut orders = vec![];
    for list in lists(sdl) {
        let input = sdl.fields(argument(list, "orderBy"));
        let by = input.iter().find(|field| field.name == "field").unwrap();
        for value in sdl.fields(by.kind.trim_end_matches('!')) {
            for direction in ["ASCENDING", "DESCENDING"] {
                orders.push((list.name.clone(), value.name.clone(), direction));
            }
        }
    }
    orders
}

#[tokio::test]
async fn every_order_is_kept_and_walks_the_same_rows_in_both_directions() {
    let book = Book::open().await;
    let mut wrong = vec![];
    for (list, value, direction) in orders(&Sdl::of(SCHEMA)) {
        let order = format!(", orderBy: {{ field: {value}, direction: {direction} }}");
        let (list, shown) = ((&*list, &*order), camel(&value));
        let forward = walk(&book.world.anna, list, &shown, &FORWARD).await;
        let mut backward = walk(&book.world.anna, list, &shown, &BACKWARD).await;
        backward.reverse();
        let (forward, backward) = (forward.concat(), backward.concat());
        let ordered = forward.is_sorted_by(|one, other| is_in_order(direction, &one.1, &other.1));
        let different: BTreeSet<&String> = forward.iter().map(|(id, _)| id).collect();
        let each_once = different.len() == forward.len() && forward.len() > 2;
        if forward != backward || !ordered || !each_once {
            wrong.push(format!("{list:?}: {forward:?} {backward:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_part_of_every_filter_matters() {
    let book = Book::open().await;
    let sdl = Sdl::of(SCHEMA);
    let names = BTreeMap::from(NAMES);
    let mut used = BTreeSet::new();
    let mut wrong = vec![];
    for (list, filter, expected) in book.filters() {
        let field = lists(&sdl)
            .into_iter()
            .find(|field| field.name == list)
            .unwrap();
        let kind = argument(field, "filter");
        used.extend(
            filter
                .as_object()
                .unwrap()
                .keys()
                .map(|part| (kind.to_owned(), part.clone())),
        );
        let name = names[list];
        let document = format!(
            "query($filter: {kind}) {{ {list}(filter: $filter, first: 50) {{ totalCount edges {{ node {{ {name} }} }} }} }}"
        );
        let answer = book
            .world
            .anna
            .get(&document, json!({ "filter": filter }))
            .await;
        let edges = answer[list]["edges"].as_array().unwrap().iter();
        let mut found: Vec<&str> = edges
            .filter_map(|edge| edge["node"][name].as_str())
            .collect();
        found.sort_unstable();
        if found != expected || answer[list]["totalCount"] != expected.len() {
            wrong.push(format!("{list} {filter}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for list in lists(&sdl) {
        let kind = argument(list, "filter");
        for part in sdl.fields(kind) {
            let key = (kind.to_owned(), part.name.clone());
            assert!(used.contains(&key), "no row for {kind}.{}", part.name);
        }
    }
}

#[tokio::test]
async fn totals_count_what_the_asker_sees() {
    let book = Book::open().await;
    let sdl = Sdl::of(SCHEMA);
    let mut seen = BTreeMap::new();
    // Iu, the stranger, left.
    let people = book.world.everybody();
    let people = people.into_iter().filter(|(who, _)| *who != "stranger");
    for (who, person) in people {
        for list in lists(&sdl) {
            let pages = walk(person, (&list.name, ""), "__typename", &FORWARD).await;
            let rows: usize = pages.iter().map(Vec::len).sum();
            let total = format!("{{ {} {{ totalCount }} }}", list.name);
            let total = person.get(&total, json!({})).await;
            assert_eq!(
                total[&list.name]["totalCount"], rows,
                "{} as {who}",
                list.name
            );
            seen.insert((list.name.clone(), who), rows);
        }
    }
    let leads = |who| seen[&("leads".to_owned(), who)];
    let counts = ["salesperson", "colleague", "manager", "director", "auditor"].map(leads);
    // What is nobody's is seen from the manager up.
    assert_eq!(counts, [1, 1, 3, 3, 3]);
}

#[tokio::test]
async fn a_page_goes_on_where_it_ended_whatever_was_inserted_meanwhile() {
    let world = TestWorld::start().await;
    let register = async |name: &str| {
        let input = json!({ "details": { "companyName": name } });
        world.nil.make("registerLead", "lead", input).await
    };
    for name in ["B", "D", "F", "H"] {
        register(name).await;
    }
    let document = "query($after: String, $before: String, $first: Int, $last: Int) {
        leads(first: $first, after: $after, last: $last, before: $before, orderBy: { field: NAME }) {
            edges { cursor node { name } } } }";
    let page = async |variables: Value| {
        let page = world.nil.get(document, variables).await;
        page["leads"]["edges"].as_array().unwrap().clone()
    };
    let names = |edges: &[Value]| {
        let names = edges
            .iter()
            .map(|edge| edge["node"]["name"].as_str().unwrap());
        names.collect::<Vec<_>>().join("")
    };
    let first = page(json!({ "first": 2 })).await;
    assert_eq!(names(&first), "BD");
    for name in ["A", "C", "G"] {
        register(name).await;
    }
    world.caught_up().await;
    let rest = page(json!({ "first": 10, "after": first[1]["cursor"] })).await;
    assert_eq!(
        names(&rest),
        "FGH",
        "what lay before the cursor comes no more"
    );
    let before = page(json!({ "last": 10, "before": rest[0]["cursor"] })).await;
    assert_eq!(names(&before), "ABCD");
}

#[tokio::test]
async fn a_page_that_means_nothing_is_refused() {
    let world = TestWorld::start().await;
    for arguments in [
        "first: 201",
        "first: -1",
        "last: 201",
        "first: 1, last: 1",
        "first: 1, before: \"x\"",
        "after: \"x\"",
        "first: \"many\"",
    ] {
        let document = format!("{{ leads({arguments}) {{ totalCount }} }}");
        let answer = world.nil.ask(&document, json!({})).await;
        assert_eq!(
            answer.code().as_deref(),
            Some("BAD_USER_INPUT"),
            "{arguments}: {}",
            answer.body
        );
    }
}
