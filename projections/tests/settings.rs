use cartera_domain::ids::{CatalogueId, ChannelId, CompanyId, ReasonId, Singleton as _, StageId};
use cartera_domain::settings::{
    Catalogue, CatalogueEvent, Company, CompanyEvent, FiscalStart, Pipeline, PipelineEvent,
    ReasonKind, StageCategory, StageDefinition,
};
use cartera_domain::users::Locale;
use cartera_domain::values::Percentage;
use cartera_projections::page;
use cartera_projections::settings::catalogue_entries::{EntryFilter, EntryKind};
use cartera_projections::settings::company_profile::CompanyFilter;
use cartera_projections::settings::pipeline_stages::{
    PipelineFilter, history_of_pipeline, of_pipelines,
};

use crate::history::created;
use crate::opportunities::Ids;
use crate::world::{World, day, decimal, director, line, new};

#[tokio::test]
async fn the_company_is_shown_as_it_stands() {
    let world = World::new().await;
    let set_up = CompanyEvent::CompanySetUp {
        name: line("Cafès Vila").expect("a name"),
        currency: "EUR".parse().expect("a currency"),
        time_zone: chrono_tz::Europe::Madrid,
        fiscal_start: FiscalStart::default(),
        locale: Locale::Ca,
    };
    let moved = CompanyEvent::CompanyFiscalStartChanged {
        fiscal_start: FiscalStart::try_new(9).expect("a month"),
    };
    world
        .given::<Company>(CompanyId::the(), vec![("now", set_up), ("now", moved)])
        .await;
    world.project().await;

    let companies = page::all(&world.reads, &director(), &CompanyFilter)
        .await
        .expect("rows");

    assert_eq!(companies.len(), 1);
    let company = &companies[0];
    assert_eq!(
        (company.name.as_str(), company.fiscal_start, company.version),
        ("Cafès Vila", 9, 2)
    );
    assert_eq!(
        (company.time_zone.as_str(), company.locale),
        ("Europe/Madrid", Locale::Ca)
    );
    world.is_faithful().await;
}

#[tokio::test]
async fn channels_and_reasons_are_told_apart() {
    let world = World::new().await;
    let (web, fair): (ChannelId, ChannelId) = (new(), new());
    let price: ReasonId = new();
    let name = |text: &str| line(text).expect("a name");
    world
        .given::<Catalogue>(
            CatalogueId::the(),
            vec![
                (
                    "now",
                    CatalogueEvent::ChannelAdded {
                        channel: web,
                        name: name("Web"),
                    },
                ),
                (
                    "now",
                    CatalogueEvent::ChannelAdded {
                        channel: fair,
                        name: name("Fira"),
                    },
                ),
                (
                    "now",
                    CatalogueEvent::ReasonAdded {
                        reason: price,
                        kind: ReasonKind::Lost,
                        name: name("Preu"),
                    },
                ),
            ],
        )
        .await;
    world.project().await;
    world
        .given::<Catalogue>(
            CatalogueId::the(),
            vec![
                (
                    "now",
                    CatalogueEvent::ChannelRenamed {
                        channel: web,
                        name: name("Pàgina web"),
                    },
                ),
                ("now", CatalogueEvent::ChannelRetired { channel: fair }),
            ],
        )
        .await;
    world.project().await;
    let names = async |kind: EntryKind| {
        let filter = EntryFilter {
            kind: vec![kind],
            retired: None,
        };
        let mut entries = page::all(&world.reads, &director(), &filter)
            .await
            .expect("rows");
        entries.sort_by_key(|entry| entry.name_key.clone());
        entries
            .into_iter()
            .map(|entry| (entry.name, entry.retired))
            .collect::<Vec<_>>()
    };

    let channels = [("Fira".to_owned(), true), ("Pàgina web".to_owned(), false)];
    assert_eq!(names(EntryKind::Channel).await, channels);
    assert_eq!(
        names(EntryKind::Reason(ReasonKind::Lost)).await,
        [("Preu".to_owned(), false)]
    );
    assert_eq!(names(EntryKind::Reason(ReasonKind::Won)).await, []);
    world.is_faithful().await;
}

#[tokio::test]
async fn stages_keep_their_order_and_their_past() {
    let world = World::new().await;
    let ids = Ids::new();
    let negotiation: StageId = new();
    let percentage = |text: &str| Percentage::try_new(decimal(text)).expect("a percentage");
    let definition = StageDefinition {
        stage: negotiation,
        name: line("Negociació").expect("a name"),
        category: StageCategory::Open,
        probability: percentage("70"),
    };
    world
        .given::<Pipeline>(
            ids.pipeline,
            vec![
                ("2025-01-01", created(&ids)),
                (
                    "2025-02-01",
                    PipelineEvent::StageAdded {
                        definition,
                        after: Some(ids.offered),
                    },
                ),
                (
                    "2025-03-01",
                    PipelineEvent::StageProbabilityChanged {
                        stage: ids.analysis,
                        probability: percentage("15"),
                    },
                ),
                (
                    "2025-04-01",
                    PipelineEvent::StageRetired { stage: ids.offered },
                ),
                (
                    "2025-05-01",
                    PipelineEvent::StageReordered {
                        stage: negotiation,
                        after: None,
                    },
                ),
            ],
        )
        .await;
    world.project().await;

    let stages = of_pipelines(&world.reads, &director(), &[ids.pipeline])
        .await
        .expect("stages");
    let history = history_of_pipeline(&world.reads, &director(), ids.pipeline)
        .await
        .expect("a history");

    let order: Vec<_> = stages
        .iter()
        .map(|stage| (stage.id, stage.retired))
        .collect();
    let expected = [
        (negotiation, false),
        (ids.analysis, false),
        (ids.offered, true),
        (ids.won, false),
        (ids.lost, false),
    ];
    assert_eq!(order, expected);
    let of_analysis: Vec<_> = history
        .iter()
        .filter(|period| period.stage == ids.analysis)
        .map(|period| (period.probability, period.from_date, period.to_date))
        .collect();
    let (first, second) = (day("2025-01-01"), day("2025-03-01"));
    assert_eq!(
        of_analysis,
        [
            (decimal("10"), first, Some(second)),
            (decimal("15"), second, None)
        ]
    );
    let pipelines = page::all(&world.reads, &director(), &PipelineFilter::default())
        .await
        .expect("rows");
    assert_eq!(
        (pipelines[0].name.as_str(), pipelines[0].version),
        ("Vendes", 5)
    );
    world.is_faithful().await;
}
