use cartera_domain::ids::{
    LineId, OpportunityId, PipelineId, ProductId, StageId, TypedId as _, UserId,
};
use cartera_domain::opportunities::{
    Opportunity, OpportunityDetails, OpportunityEvent, OpportunityLine, Outcome,
};
use cartera_domain::values::Percentage;
use cartera_projections::filter::{Days, OwnedBy};
use cartera_projections::opportunities::opportunity_lines;
use cartera_projections::opportunities::opportunity_list::{
    OpportunityFilter, OpportunityListItem, totals,
};
use cartera_projections::page;

use crate::world::{World, amount, day, decimal, director, line, new, personal};

/// A pipeline's stages, by their ids alone.
pub(crate) struct Ids {
    pub(crate) pipeline: PipelineId,
    pub(crate) analysis: StageId,
    pub(crate) offered: StageId,
    pub(crate) won: StageId,
    pub(crate) lost: StageId,
}

impl Ids {
    pub(crate) fn new() -> Self {
        Self {
            pipeline: new(),
            analysis: new(),
            offered: new(),
            won: new(),
            lost: new(),
        }
    }

    pub(crate) fn opened(&self, worth: Option<&str>, owner: Option<UserId>) -> OpportunityEvent {
        OpportunityEvent::OpportunityOpened {
            pipeline: self.pipeline,
            stage: self.analysis,
            details: OpportunityDetails {
                title: personal(new(), line("Màquines de cafè")),
                ..OpportunityDetails::default()
            },
            client: None,
            lead: None,
            channel: None,
            owner,
            team: None,
            amount: worth.map(amount),
            currency: "EUR".parse().expect("a currency"),
            expected_close: None,
            lines: vec![],
        }
    }

    pub(crate) fn moved(&self) -> OpportunityEvent {
        OpportunityEvent::OpportunityMoved {
            stage: self.offered,
        }
    }

    pub(crate) fn won(&self, worth: &str) -> OpportunityEvent {
        OpportunityEvent::OpportunityWon {
            stage: self.won,
            amount: Some(amount(worth)),
            reason: None,
            note: None,
        }
    }

    pub(crate) fn lost(&self) -> OpportunityEvent {
        OpportunityEvent::OpportunityLost {
            stage: self.lost,
            reason: Some(new()),
            competitor: line("Rival, S.A."),
            note: None,
        }
    }
}

async fn find(world: &World, id: OpportunityId) -> OpportunityListItem {
    page::by_ids::<OpportunityFilter>(&world.reads, &director(), &[id.as_uuid()])
        .await
        .expect("rows")
        .pop()
        .expect("the opportunity")
}

fn sold(product: ProductId, quantity: &str, worth: &str) -> OpportunityLine {
    OpportunityLine {
        line: new::<LineId>(),
        product,
        description: None,
        quantity: amount(quantity),
        unit_price: None,
        discount: None,
        amount: amount(worth),
    }
}

#[tokio::test]
async fn an_opportunity_is_shown_as_it_stands() {
    let world = World::new().await;
    let (id, ids): (OpportunityId, Ids) = (new(), Ids::new());
    let judged = OpportunityEvent::OpportunityProbabilityJudged {
        probability: Percentage::try_new(decimal("35")).ok(),
    };
    world
        .given::<Opportunity>(
            id,
            vec![
                ("2025-01-10", ids.opened(Some("900"), None)),
                ("2025-01-20", ids.moved()),
                ("2025-01-21", judged),
            ],
        )
        .await;
    world.project().await;

    let opportunity = find(&world, id).await;

    assert_eq!(opportunity.stage, ids.offered);
    assert_eq!(opportunity.outcome, Outcome::Open);
    assert_eq!(opportunity.amount, Some(decimal("900")));
    assert_eq!(opportunity.probability, Some(decimal("35")));
    assert_eq!(opportunity.opened_on, day("2025-01-10"));
    assert_eq!(opportunity.stage_entered_on, day("2025-01-20"));
    assert_eq!(opportunity.closed_on, None);
    assert_eq!(opportunity.version, 3);
    world.is_faithful().await;
}

#[tokio::test]
async fn closing_is_the_first_event_into_the_outcome_and_reopening_takes_it_back() {
    let world = World::new().await;
    let (id, ids): (OpportunityId, Ids) = (new(), Ids::new());
    let elsewhere: StageId = new();
    world
        .given::<Opportunity>(
            id,
            vec![
                ("2025-01-10", ids.opened(Some("900"), None)),
                ("2025-02-01", ids.lost()),
                (
                    "2025-02-03",
                    OpportunityEvent::OpportunityMoved { stage: elsewhere },
                ),
            ],
        )
        .await;
    world.project().await;
    let lost = find(&world, id).await;
    assert_eq!((lost.outcome, lost.stage), (Outcome::Lost, elsewhere));
    assert_eq!(lost.closed_on, Some(day("2025-02-01")));
    assert_eq!(lost.competitor.as_deref(), Some("Rival, S.A."));

    let reopened = OpportunityEvent::OpportunityReopened {
        stage: ids.analysis,
    };
    world
        .given::<Opportunity>(
            id,
            vec![("2025-03-01", reopened), ("2025-03-05", ids.won("800"))],
        )
        .await;
    world.project().await;
    let won = find(&world, id).await;

    assert_eq!(
        (won.outcome, won.closed_on),
        (Outcome::Won, Some(day("2025-03-05")))
    );
    assert_eq!((won.reason, won.competitor), (None, None));
    assert_eq!(won.amount, Some(decimal("800")));
    world.is_faithful().await;
}

#[tokio::test]
async fn opportunities_are_found_by_each_part_of_the_filter_and_summed() {
    let world = World::new().await;
    let (open, lost): (OpportunityId, OpportunityId) = (new(), new());
    let ids = Ids::new();
    let client = new();
    let linked = OpportunityEvent::OpportunityClientLinked {
        client: Some(client),
    };
    let expected = OpportunityEvent::OpportunityExpectedCloseChanged {
        expected_close: Some(day("2025-09-01")),
    };
    world
        .given::<Opportunity>(
            open,
            vec![
                ("2025-01-10", ids.opened(Some("900.5"), None)),
                ("2025-01-10", linked),
                ("2025-01-10", expected),
            ],
        )
        .await;
    world
        .given::<Opportunity>(
            lost,
            vec![
                ("2025-02-10", ids.opened(Some("100"), Some(new()))),
                ("2025-03-10", ids.lost()),
            ],
        )
        .await;
    world.project().await;
    let found = async |filter: OpportunityFilter| {
        let rows = page::all(&world.reads, &director(), &filter)
            .await
            .expect("rows");
        let totals = totals(&world.reads, &director(), &filter)
            .await
            .expect("totals");
        assert_eq!(
            totals.opportunities,
            i64::try_from(rows.len()).expect("few")
        );
        (
            rows.into_iter().map(|row| row.id).collect::<Vec<_>>(),
            totals.amount,
        )
    };
    let any = OpportunityFilter::default;
    let of_open = (vec![open], decimal("900.5"));
    let of_lost = (vec![lost], decimal("100"));
    let march = Days {
        from: Some(day("2025-03-01")),
        to: Some(day("2025-03-31")),
    };
    let january = Days {
        from: None,
        to: Some(day("2025-01-31")),
    };
    let autumn = Days {
        from: Some(day("2025-09-01")),
        to: None,
    };

    assert_eq!(found(any()).await.1, decimal("1000.5"));
    assert_eq!(
        found(OpportunityFilter {
            pipeline: Some(ids.pipeline),
            ..any()
        })
        .await
        .1,
        decimal("1000.5")
    );
    assert_eq!(
        found(OpportunityFilter {
            pipeline: Some(new()),
            ..any()
        })
        .await
        .1,
        decimal("0")
    );
    assert_eq!(
        found(OpportunityFilter {
            stage: vec![ids.lost],
            ..any()
        })
        .await,
        of_lost
    );
    assert_eq!(
        found(OpportunityFilter {
            outcome: vec![Outcome::Open],
            ..any()
        })
        .await,
        of_open
    );
    assert_eq!(
        found(OpportunityFilter {
            owner: OwnedBy::Nobody,
            ..any()
        })
        .await,
        of_open
    );
    assert_eq!(
        found(OpportunityFilter {
            client: vec![client],
            ..any()
        })
        .await,
        of_open
    );
    assert_eq!(
        found(OpportunityFilter {
            lead: Some(new()),
            ..any()
        })
        .await
        .1,
        decimal("0")
    );
    assert_eq!(
        found(OpportunityFilter {
            channel: vec![new()],
            ..any()
        })
        .await
        .1,
        decimal("0")
    );
    assert_eq!(
        found(OpportunityFilter {
            reason: vec![new()],
            ..any()
        })
        .await
        .1,
        decimal("0")
    );
    assert_eq!(
        found(OpportunityFilter {
            search: Some("CAFE".to_owned()),
            ..any()
        })
        .await
        .1,
        decimal("1000.5")
    );
    assert_eq!(
        found(OpportunityFilter {
            opened: january,
            ..any()
        })
        .await,
        of_open
    );
    assert_eq!(
        found(OpportunityFilter {
            closed: march,
            ..any()
        })
        .await,
        of_lost
    );
    assert_eq!(
        found(OpportunityFilter {
            expected_close: autumn,
            ..any()
        })
        .await,
        of_open
    );
    assert_eq!(
        found(OpportunityFilter {
            amount_from: Some(decimal("100.01")),
            ..any()
        })
        .await,
        of_open
    );
    assert_eq!(
        found(OpportunityFilter {
            amount_to: Some(decimal("100")),
            ..any()
        })
        .await,
        of_lost
    );
    assert_eq!(
        found(OpportunityFilter {
            external_reference: Some("X".to_owned()),
            ..any()
        })
        .await
        .1,
        decimal("0")
    );
}

#[tokio::test]
async fn lines_follow_their_opportunity_and_its_owner() {
    let world = World::new().await;
    let (id, ids): (OpportunityId, Ids) = (new(), Ids::new());
    let (coffee, cups): (ProductId, ProductId) = (new(), new());
    let lines = vec![sold(coffee, "2", "100.123456"), sold(cups, "-1", "-3")];
    let revised = vec![lines[1].clone(), sold(coffee, "4", "200")];
    let owner: UserId = new();
    world
        .given::<Opportunity>(
            id,
            vec![
                ("2025-01-10", ids.opened(None, None)),
                (
                    "2025-01-11",
                    OpportunityEvent::OpportunityLinesRevised {
                        lines,
                        amount: amount("97.123456"),
                    },
                ),
            ],
        )
        .await;
    world.project().await;
    assert_eq!(find(&world, id).await.amount, Some(decimal("97.123456")));
    world
        .given::<Opportunity>(
            id,
            vec![
                (
                    "2025-01-12",
                    OpportunityEvent::OpportunityAssigned {
                        owner: Some(owner),
                        team: None,
                    },
                ),
                (
                    "2025-01-13",
                    OpportunityEvent::OpportunityLinesRevised {
                        lines: revised.clone(),
                        amount: amount("197"),
                    },
                ),
            ],
        )
        .await;
    world.project().await;

    let lines = opportunity_lines::of_opportunities(&world.reads, &director(), &[id])
        .await
        .expect("lines");

    assert_eq!(
        lines.iter().map(|line| line.id).collect::<Vec<_>>(),
        revised.iter().map(|line| line.line).collect::<Vec<_>>()
    );
    assert_eq!(
        lines.iter().map(|line| line.amount).collect::<Vec<_>>(),
        [decimal("-3"), decimal("200")]
    );
    assert!(lines.iter().all(|line| line.owner == Some(owner)));
    let outsider =
        crate::world::viewer(cartera_domain::permission::Role::Salesperson, new(), vec![]);
    let seen = opportunity_lines::of_opportunities(&world.reads, &outsider, &[id])
        .await
        .expect("lines");
    assert_eq!(seen, []);
    world.is_faithful().await;
}
