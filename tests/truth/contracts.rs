//! `17_spain_contracts`: contracts that the city of Madrid awarded, as won opportunities of companies that are clients. What
//! kind of contract it was is the product; the amounts are those of the lines.
//!
//! Not compared: spellings of the companies' names, of which a client has one; figures about the files.

use serde_json::Value;

use crate::company::{Company, part};
use crate::figures::{Called, Comparison, Question, truth};

const FOLDER: &str = "17_spain_contracts/madrid";

#[tokio::test]
async fn the_contracts_of_madrid_are_as_computed() {
    let parts = vec![
        part(
            "madrid/companies.toml",
            "17_spain_contracts/madrid/empresas_cif_madrid.csv",
            4_175,
        ),
        part(
            "madrid/contracts.toml",
            "17_spain_contracts/madrid/contratos_menores_madrid_2017_2019_empresas.csv",
            12_041,
        ),
    ];
    let Some(company) = Company::with("Europe/Madrid", parts).await else {
        return;
    };
    let called = Called {
        product: "code",
        client: "externalReference",
    };
    let truth = truth(FOLDER);
    let mut comparison = Comparison::new();
    totals(&company, &called, &truth, &mut comparison).await;
    groups(&company, &called, &truth, &mut comparison).await;
    comparison.end(60);
    company.prove_sound().await;
}

async fn totals(company: &Company, called: &Called, truth: &Value, comparison: &mut Comparison) {
    let metrics = ["revenue", "amount_won", "units_sold"];
    let all = Question::of(company, called, &metrics).ask().await;
    let sum = &truth["amount"]["sum"];
    comparison.same("sum", sum, all.total("amount_won"));
    comparison.same("sum by line", sum, all.total("revenue"));
    comparison.same("rows", &truth["rows"], all.total("units_sold"));
}

async fn groups(company: &Company, called: &Called, truth: &Value, comparison: &mut Comparison) {
    let wanted = [("rows", "units_sold"), ("amount", "revenue")];
    let metrics = wanted.map(|(_, metric)| metric);
    let by = |grouping| Question::of(company, called, &metrics).by(&[grouping]);
    let years = by("fiscal_year").between("2017-01-01", "2019-12-31");
    let years = years.ask().await;
    comparison.groups("by_year", &truth["by_year"], &years, &wanted);
    let kinds = by("product").ask().await;
    comparison.groups("by_tipo", &truth["by_tipo"], &kinds, &wanted);
    let amount = Question::of(company, called, &["amount_won"]).by(&["client"]);
    let amount = amount.ask().await;
    let clients = amount.groups().count().to_string();
    comparison.same("distinct_cif", &truth["distinct_cif"], Some(clients));
    for (cif, figures) in truth["top20_contractors_by_cif"].as_object().unwrap() {
        let found = amount.figure(&[cif], "amount_won");
        comparison.same(cif, &figures["amount"], found);
    }
    let top = truth["top20_contractors_by_cif"].as_object().unwrap();
    let units = Question::of(company, called, &["units_sold"]).by(&["client"]);
    let units = units.only_clients(top.keys()).await.ask().await;
    for (cif, figures) in top {
        let found = units.figure(&[cif], "units_sold");
        comparison.same(format!("{cif} rows"), &figures["rows"], found);
    }
}
