//! The pipeline as of any moment (DEFINITIONS 13 to 15).

use cartera_domain::Viewer;
use cartera_domain::ids::{CompanyId, OpportunityId, Singleton as _, UserId};
use cartera_domain::opportunities::{Opportunity, OpportunityEvent};
use cartera_domain::permission::Role;
use cartera_domain::settings::{
    Company, CompanyEvent, FiscalStart, Pipeline, PipelineEvent, StageCategory, StageDefinition,
};
use cartera_domain::users::Locale;
use cartera_domain::values::Percentage;
use cartera_projections::opportunities::pipeline_board::{Board, KnownAt, board, board_as_of};
use cartera_projections::reports::AsOf;

use crate::opportunities::Ids;
use crate::world::{World, amount, day, decimal, director, line, new, viewer};

pub(crate) fn created(ids: &Ids) -> PipelineEvent {
    let stage = |stage, name: &str, category, probability: &str| StageDefinition {
        stage,
        name: line(name).expect("a name"),
        category,
        probability: Percentage::try_new(decimal(probability)).expect("a percentage"),
    };
    PipelineEvent::PipelineCreated {
        name: line("Vendes").expect("a name"),
        stages: vec![
            stage(ids.analysis, "En anàlisi", StageCategory::Open, "10"),
            stage(ids.offered, "Oferta presentada", StageCategory::Open, "50"),
            stage(ids.won, "Guanyada", StageCategory::Won, "100"),
            stage(ids.lost, "Perduda", StageCategory::Lost, "0"),
        ],
    }
}

/// How many stand in each stage, and what they are worth.
fn figures(board: &Board) -> Vec<(i64, String)> {
    board
        .columns
        .iter()
        .map(|column| (column.opportunities, column.amount.normalize().to_string()))
        .collect()
}

async fn as_of(
    world: &World,
    ids: &Ids,
    viewer: &Viewer,
    moment: AsOf,
    known: KnownAt,
) -> Vec<(i64, String)> {
    let board = board_as_of(&world.reads, viewer, ids.pipeline, moment, known)
        .await
        .expect("a board");
    figures(&board)
}

fn row(cells: [(i64, &str); 4]) -> Vec<(i64, String)> {
    cells
        .map(|(count, worth)| (count, worth.to_owned()))
        .to_vec()
}

const NOBODY: (i64, &str) = (0, "0");

#[tokio::test]
async fn the_board_is_that_of_the_day_asked_for() {
    let world = World::new().await;
    let (id, ids): (OpportunityId, Ids) = (new(), Ids::new());
    world
        .given::<Pipeline>(ids.pipeline, vec![("2025-01-01", created(&ids))])
        .await;
    world
        .given::<Opportunity>(
            id,
            vec![
                ("2025-01-10", ids.opened(Some("900"), None)),
                ("2025-02-01", ids.moved()),
                (
                    "2025-02-01",
                    OpportunityEvent::OpportunityAmountRevised {
                        amount: Some(amount("1000")),
                    },
                ),
                ("2025-03-01", ids.won("950")),
            ],
        )
        .await;
    world.project().await;
    let on = async |text: &str| {
        as_of(
            &world,
            &ids,
            &director(),
            AsOf::Day(day(text)),
            KnownAt::Now,
        )
        .await
    };

    assert_eq!(on("2025-01-09").await, row([NOBODY; 4]));
    assert_eq!(
        on("2025-01-10").await,
        row([(1, "900"), NOBODY, NOBODY, NOBODY])
    );
    assert_eq!(
        on("2025-01-31").await,
        row([(1, "900"), NOBODY, NOBODY, NOBODY])
    );
    assert_eq!(
        on("2025-02-01").await,
        row([NOBODY, (1, "1000"), NOBODY, NOBODY])
    );
    assert_eq!(
        on("2025-03-01").await,
        row([NOBODY, NOBODY, (1, "950"), NOBODY])
    );
    let today = board(&world.reads, &director(), ids.pipeline)
        .await
        .expect("a board");
    assert_eq!(figures(&today), on("2025-12-31").await);
    assert_eq!(today.as_of_position, 5);
    world.is_faithful().await;
}

#[tokio::test]
async fn a_backdated_event_begins_no_earlier_than_the_one_before_it() {
    let world = World::new().await;
    let (id, ids): (OpportunityId, Ids) = (new(), Ids::new());
    world
        .given::<Pipeline>(ids.pipeline, vec![("2025-01-01", created(&ids))])
        .await;
    world
        .given::<Opportunity>(
            id,
            vec![
                ("2025-01-10", ids.opened(Some("1"), None)),
                ("2025-01-08", ids.won("2")),
            ],
        )
        .await;
    world.project().await;
    let on = async |text: &str| {
        as_of(
            &world,
            &ids,
            &director(),
            AsOf::Day(day(text)),
            KnownAt::Now,
        )
        .await
    };

    // The empty span of being open matches no day.
    assert_eq!(on("2025-01-08").await, row([NOBODY; 4]));
    assert_eq!(on("2025-01-09").await, row([NOBODY; 4]));
    assert_eq!(
        on("2025-01-10").await,
        row([NOBODY, NOBODY, (1, "2"), NOBODY])
    );
    world.is_faithful().await;
}

#[tokio::test]
async fn what_was_known_then_is_told_apart_from_what_had_happened_by_then() {
    let world = World::new().await;
    let (id, ids): (OpportunityId, Ids) = (new(), Ids::new());
    world
        .given::<Pipeline>(ids.pipeline, vec![("2025-01-01", created(&ids))])
        .await;
    let known_then = world
        .given::<Opportunity>(id, vec![("2025-01-10", ids.opened(Some("900"), None))])
        .await;
    world
        .given::<Opportunity>(id, vec![("2025-01-12", ids.won("950"))])
        .await;
    world.project().await;
    let day = AsOf::Day(day("2025-01-15"));
    let recorded_then = world
        .journal
        .read_after(known_then - 1, 1)
        .await
        .expect("an event")[0]
        .recorded_at;

    let open = row([(1, "900"), NOBODY, NOBODY, NOBODY]);
    let won = row([NOBODY, NOBODY, (1, "950"), NOBODY]);
    assert_eq!(
        as_of(
            &world,
            &ids,
            &director(),
            day,
            KnownAt::Position(known_then)
        )
        .await,
        open
    );
    assert_eq!(
        as_of(
            &world,
            &ids,
            &director(),
            day,
            KnownAt::Instant(recorded_then)
        )
        .await,
        open
    );
    assert_eq!(
        as_of(
            &world,
            &ids,
            &director(),
            day,
            KnownAt::Position(known_then + 1)
        )
        .await,
        won
    );
    assert_eq!(
        as_of(
            &world,
            &ids,
            &director(),
            day,
            KnownAt::Position(known_then - 1)
        )
        .await,
        row([NOBODY; 4])
    );
}

#[tokio::test]
async fn an_instant_cuts_a_day_in_the_companys_zone() {
    let world = World::new().await;
    let (id, ids): (OpportunityId, Ids) = (new(), Ids::new());
    let set_up = CompanyEvent::CompanySetUp {
        name: line("Cafès").expect("a name"),
        currency: "EUR".parse().expect("a currency"),
        time_zone: chrono_tz::Europe::Madrid,
        fiscal_start: FiscalStart::default(),
        locale: Locale::Ca,
    };
    world
        .given::<Company>(CompanyId::the(), vec![("2025-01-01", set_up)])
        .await;
    world
        .given::<Pipeline>(ids.pipeline, vec![("2025-01-01", created(&ids))])
        .await;
    world
        .given::<Opportunity>(
            id,
            vec![
                ("2025-07-01", ids.opened(Some("5"), None)),
                ("2025-07-01T18:00:00+02:00", ids.moved()),
            ],
        )
        .await;
    world.project().await;
    let at = async |text: &str| {
        let instant = text.parse().expect("an instant");
        as_of(
            &world,
            &ids,
            &director(),
            AsOf::Instant(instant),
            KnownAt::Now,
        )
        .await
    };

    // The first of July begins in Madrid at 22:00 UTC of the day before.
    assert_eq!(at("2025-06-30T21:59:59Z").await, row([NOBODY; 4]));
    assert_eq!(
        at("2025-06-30T22:00:00Z").await,
        row([(1, "5"), NOBODY, NOBODY, NOBODY])
    );
    assert_eq!(
        at("2025-07-01T15:59:59Z").await,
        row([(1, "5"), NOBODY, NOBODY, NOBODY])
    );
    assert_eq!(
        at("2025-07-01T16:00:00Z").await,
        row([NOBODY, (1, "5"), NOBODY, NOBODY])
    );
    world.is_faithful().await;
}

#[tokio::test]
async fn an_undated_opportunity_stands_on_todays_board_and_in_no_past_one() {
    let world = World::new().await;
    let (id, ids): (OpportunityId, Ids) = (new(), Ids::new());
    world
        .given::<Pipeline>(ids.pipeline, vec![("2025-01-01", created(&ids))])
        .await;
    world
        .given::<Opportunity>(id, vec![("unknown", ids.opened(Some("7"), None))])
        .await;
    world.project().await;

    let today = board(&world.reads, &director(), ids.pipeline)
        .await
        .expect("a board");
    assert_eq!(figures(&today), row([(1, "7"), NOBODY, NOBODY, NOBODY]));
    let far = AsOf::Day(day("2999-01-01"));
    assert_eq!(
        as_of(&world, &ids, &director(), far, KnownAt::Now).await,
        row([NOBODY; 4])
    );
}

#[tokio::test]
async fn past_rows_are_seen_by_todays_owner() {
    let world = World::new().await;
    let (id, ids): (OpportunityId, Ids) = (new(), Ids::new());
    let (before, today): (UserId, UserId) = (new(), new());
    world
        .given::<Pipeline>(ids.pipeline, vec![("2025-01-01", created(&ids))])
        .await;
    let assigned = OpportunityEvent::OpportunityAssigned {
        owner: Some(today),
        team: None,
    };
    world
        .given::<Opportunity>(
            id,
            vec![
                ("2025-01-10", ids.opened(Some("9"), Some(before))),
                ("2025-05-01", assigned),
            ],
        )
        .await;
    world.project().await;
    let day = AsOf::Day(day("2025-02-01"));
    let seen_by = async |user: UserId| {
        let viewer = viewer(Role::Salesperson, user, vec![]);
        as_of(&world, &ids, &viewer, day, KnownAt::Now).await[0].0
    };

    assert_eq!(seen_by(today).await, 1);
    assert_eq!(seen_by(before).await, 0);
}

#[tokio::test]
async fn a_stage_weighs_by_the_probability_of_its_time_unless_somebody_judged() {
    let world = World::new().await;
    let (judged, other): (OpportunityId, OpportunityId) = (new(), new());
    let ids = Ids::new();
    let changed = PipelineEvent::StageProbabilityChanged {
        stage: ids.analysis,
        probability: Percentage::try_new(decimal("20")).expect("a percentage"),
    };
    world
        .given::<Pipeline>(
            ids.pipeline,
            vec![("2025-01-01", created(&ids)), ("2025-06-01", changed)],
        )
        .await;
    let judgement = OpportunityEvent::OpportunityProbabilityJudged {
        probability: Percentage::try_new(decimal("90")).ok(),
    };
    world
        .given::<Opportunity>(
            judged,
            vec![
                ("2025-01-10", ids.opened(Some("100"), None)),
                ("2025-01-10", judgement),
            ],
        )
        .await;
    world
        .given::<Opportunity>(other, vec![("2025-01-10", ids.opened(Some("1000"), None))])
        .await;
    world.project().await;
    let weighted = async |text: &str| {
        let moment = AsOf::Day(day(text));
        let board = board_as_of(
            &world.reads,
            &director(),
            ids.pipeline,
            moment,
            KnownAt::Now,
        )
        .await
        .expect("a board");
        board.columns[0].weighted_amount
    };

    assert_eq!(weighted("2025-05-31").await, decimal("190"));
    assert_eq!(weighted("2025-06-01").await, decimal("290"));
    let today = board(&world.reads, &director(), ids.pipeline)
        .await
        .expect("a board");
    assert_eq!(today.columns[0].weighted_amount, decimal("290"));
}
