//! The other files of real data: every record goes in, and the second time nothing is added.

use cartera_commands::importing::Mode;

use crate::world::{World, shared};

/// Imports files one after the other, twice; each with the records that it has.
async fn goes_in_once(files: &[(&str, &str, u64)]) {
    let Some(shared) = shared() else { return };
    let world = World::new().await;
    for (profile, file, records) in files {
        let (summary, refused) = world.import(profile, &shared.join(file), Mode::Write).await;
        let progress = summary.progress;
        let written = progress.created + progress.updated;
        let head: String = refused.lines().take(5).collect::<Vec<_>>().join("\n");
        assert_eq!(
            (written, progress.refused),
            (*records, 0),
            "{file}: {:?} {head}",
            summary.refusals
        );
    }
    let once = world.events().await;
    for (profile, file, records) in files {
        let (summary, _) = world.import(profile, &shared.join(file), Mode::Write).await;
        assert_eq!(
            (summary.progress.unchanged, summary.progress.events),
            (*records, 0),
            "{file} again"
        );
    }
    assert_eq!(world.events().await, once);
}

#[tokio::test]
async fn the_superstore_goes_in_once() {
    goes_in_once(&[
        (
            "superstore/products.toml",
            "05_superstore/Sample - Superstore.csv",
            1_862,
        ),
        (
            "superstore/customers.toml",
            "05_superstore/Sample - Superstore.csv",
            793,
        ),
        (
            "superstore/orders.toml",
            "05_superstore/Sample - Superstore.csv",
            5_009,
        ),
    ])
    .await;
}

#[tokio::test]
async fn adventureworks_goes_in_once() {
    goes_in_once(&[
        (
            "adventureworks/products.toml",
            "07_adventureworks/AdventureWorks_Products.csv",
            293,
        ),
        (
            "adventureworks/customers.toml",
            "07_adventureworks/AdventureWorks_Customers.csv",
            18_148,
        ),
        (
            "adventureworks/sales.toml",
            "07_adventureworks/AdventureWorks_Sales_2015.csv",
            2_630,
        ),
    ])
    .await;
}

#[tokio::test]
async fn olist_goes_in_once() {
    goes_in_once(&[
        (
            "olist/leads.toml",
            "03_olist_funnel/olist_marketing_qualified_leads_dataset.csv",
            8_000,
        ),
        (
            "olist/deals.toml",
            "03_olist_funnel/olist_closed_deals_dataset.csv",
            842,
        ),
    ])
    .await;
}

#[tokio::test]
async fn xeducation_goes_in_once() {
    goes_in_once(&[(
        "xeducation/leads.toml",
        "02_xeducation_leads/Leads.csv",
        9_240,
    )])
    .await;
}

#[tokio::test]
async fn the_loan_applications_go_in_once() {
    goes_in_once(&[
        (
            "bpi2012/applications.toml",
            "08_bpi2012_loan_offers/applications.csv",
            13_087,
        ),
        (
            "bpi2012/history.toml",
            "08_bpi2012_loan_offers/events_A_and_O.csv",
            13_087,
        ),
    ])
    .await;
}
