//! What is sold: opportunities in the rhythm of the year, growing from year to year, won by skill and chance.

use cartera_domain::Decider;
use cartera_domain::ids::{CatalogueId, OpportunityId, PipelineId, ReasonId, Singleton, TypedId};
use cartera_domain::opportunities::{
    Opportunity, OpportunityCommand, OpportunityDetails, OpportunityLine, StageFact,
};
use cartera_domain::settings::{Catalogue, Pipeline, ReasonKind, StageCategory};
use cartera_domain::values::{Amount, Currency, Percentage, Personal};
use chrono::{Datelike, Days, NaiveDate};
use rust_decimal::Decimal;

use crate::bus::Freshness;
use crate::draft::{Draft, Stream};
use crate::error::CommandError;

use super::catalogue::Article;
use super::customers::Buyer;
use super::{Maker, defect, line, on};

/// Opportunities of a usual month in the first year.
const A_MONTH: u32 = 32;
/// How much of a usual month each month is, in per cent: little in August and at Christmas, much in spring and autumn.
const SEASON: [u32; 12] = [70, 85, 115, 110, 125, 120, 90, 45, 115, 130, 120, 75];
/// Growth of the second and the third year over the first, in per cent.
const GROWTH: [u32; 3] = [100, 114, 133];

const PROJECTS: [&str; 8] = [
    "Reforma de locales",
    "Suministro de obra",
    "Renovación de instalaciones",
    "Mantenimiento anual",
    "Obra nueva",
    "Ampliación de almacén",
    "Cambio de iluminación",
    "Climatización",
];

/// What an opportunity can go through.
struct Road {
    open: Vec<StageFact>,
    won: StageFact,
    lost: StageFact,
    cancelled: StageFact,
    reasons: Vec<(ReasonId, ReasonKind)>,
    currency: Currency,
}

/// Opens opportunities month by month and lets each go as far as it gets by today.
pub(super) async fn sell(
    maker: &mut Maker,
    articles: &[Article],
    buyers: &[Buyer],
) -> Result<(), CommandError> {
    let road = road(maker).await?;
    let mut month = maker.first_day;
    while month <= maker.today {
        let year = usize::try_from(month.year() - maker.first_day.year()).unwrap_or(0);
        let season = usize::try_from(month.month0())
            .ok()
            .and_then(|index| SEASON.get(index))
            .copied()
            .unwrap_or(100);
        let growth = GROWTH.get(year).copied().unwrap_or(100);
        let known: Vec<Buyer> = buyers
            .iter()
            .copied()
            .filter(|buyer| buyer.since <= month)
            .collect();
        for _opportunity in 0..A_MONTH * season * growth / 10_000 {
            let opened = month
                .checked_add_days(Days::new(u64::from(maker.between(0, 27))))
                .unwrap_or(month);
            if opened > maker.today {
                continue;
            }
            let buyer = *maker.one_of(&known)?;
            opportunity(maker, &road, articles, buyer, opened).await?;
        }
        month = month
            .checked_add_months(chrono::Months::new(1))
            .unwrap_or(NaiveDate::MAX);
    }
    Ok(())
}

async fn road(maker: &Maker) -> Result<Road, CommandError> {
    let pipelines = maker
        .bus
        .journal()
        .stream_ids(<Pipeline as Decider>::TYPE)
        .await?;
    let id = PipelineId::from_uuid(
        *pipelines
            .first()
            .ok_or(CommandError::NotFound("pipeline"))?,
    );
    let pipeline = maker.bus.load::<Pipeline>(id, Freshness::Fresh).await?;
    let Pipeline::InUse(known) = pipeline.state() else {
        return Err(CommandError::NotFound("pipeline"));
    };
    let facts = known.stages.iter().map(|stage| &stage.definition);
    let facts: Vec<StageFact> = facts
        .map(|stage| StageFact {
            pipeline: id,
            stage: stage.stage,
            category: stage.category,
        })
        .collect();
    let first = |category| facts.iter().find(|fact| fact.category == category).copied();
    let catalogue = maker
        .bus
        .load::<Catalogue>(CatalogueId::the(), Freshness::Fresh)
        .await?;
    Ok(Road {
        open: facts
            .iter()
            .filter(|fact| fact.category == StageCategory::Open)
            .copied()
            .collect(),
        won: first(StageCategory::Won).ok_or(CommandError::NotFound("stage"))?,
        lost: first(StageCategory::Lost).ok_or(CommandError::NotFound("stage"))?,
        cancelled: first(StageCategory::Cancelled).ok_or(CommandError::NotFound("stage"))?,
        reasons: catalogue
            .state()
            .reasons
            .iter()
            .map(|(reason, (kind, _))| (*reason, *kind))
            .collect(),
        currency: "EUR".parse().map_err(defect)?,
    })
}

async fn opportunity(
    maker: &mut Maker,
    road: &Road,
    articles: &[Article],
    buyer: Buyer,
    opened: NaiveDate,
) -> Result<(), CommandError> {
    let id: OpportunityId = maker.bus.ids().mint();
    let mut stream = Stream::<Opportunity>::new(id);
    let command = opening(maker, road, articles, buyer, opened)?;
    stream.decide(&maker.envelope, command, on(opened))?;
    let mut day = opened;
    for stage in road.open.iter().skip(1) {
        let wait = maker.between(3, 24);
        match maker.days_after(day, wait) {
            Some(later) if maker.happens(88) => {
                stream.decide(
                    &maker.envelope,
                    OpportunityCommand::MoveOpportunity { stage: *stage },
                    on(later),
                )?;
                day = later;
            }
            Some(_) => break,
            None => return maker.take(Draft::default().with(stream)).await,
        }
    }
    let wait = maker.between(4, 30);
    if let Some(closed) = maker.days_after(day, wait) {
        let command = closing(maker, road, buyer.seller.skill)?;
        stream.decide(&maker.envelope, command, on(closed))?;
    }
    maker.take(Draft::default().with(stream)).await
}

fn opening(
    maker: &mut Maker,
    road: &Road,
    articles: &[Article],
    buyer: Buyer,
    opened: NaiveDate,
) -> Result<OpportunityCommand, CommandError> {
    let mut lines = Vec::new();
    for _line in 0..maker.between(1, 4) {
        let article = maker.one_of(articles)?.clone();
        let quantity =
            Amount::try_new(Decimal::from(maker.between(1, article.most))).map_err(defect)?;
        let discount = if maker.happens(35) {
            Percentage::try_new(Decimal::from(maker.between(1, 3) * 5)).ok()
        } else {
            None
        };
        let mut line = OpportunityLine {
            line: maker.bus.ids().mint(),
            product: article.product,
            description: None,
            quantity,
            unit_price: article.price_on(opened),
            discount,
            amount: Amount::ZERO,
        };
        line.amount = line
            .computed_amount()
            .map_err(defect)?
            .unwrap_or(Amount::ZERO);
        lines.push(line);
    }
    let stage = *road.open.first().ok_or(CommandError::NotFound("stage"))?;
    let title = line(maker.one_of(&PROJECTS)?)?;
    let wait = u64::from(maker.between(30, 75));
    Ok(OpportunityCommand::OpenOpportunity {
        stage,
        details: OpportunityDetails {
            title: Some(Personal::new(maker.bus.ids().mint(), title)),
            ..OpportunityDetails::default()
        },
        client: Some(buyer.client),
        lead: None,
        channel: buyer.channel,
        owner: Some(buyer.seller.user),
        team: Some(buyer.seller.team),
        amount: None,
        currency: road.currency.clone(),
        expected_close: opened.checked_add_days(Days::new(wait)),
        lines,
    })
}

fn closing(maker: &mut Maker, road: &Road, skill: u32) -> Result<OpportunityCommand, CommandError> {
    let (kind, stage) = if maker.happens(52 * skill / 100) {
        (ReasonKind::Won, road.won)
    } else if maker.happens(80) {
        (ReasonKind::Lost, road.lost)
    } else {
        (ReasonKind::Cancelled, road.cancelled)
    };
    let reasons: Vec<ReasonId> = road
        .reasons
        .iter()
        .filter(|(_, known)| *known == kind)
        .map(|(reason, _)| *reason)
        .collect();
    let reason = Some(*maker.one_of(&reasons)?);
    Ok(match stage.category {
        StageCategory::Won => OpportunityCommand::WinOpportunity {
            stage,
            amount: None,
            reason,
            note: None,
        },
        StageCategory::Lost => OpportunityCommand::LoseOpportunity {
            stage,
            reason,
            competitor: None,
            note: None,
        },
        StageCategory::Open | StageCategory::Cancelled => OpportunityCommand::CancelOpportunity {
            stage,
            reason,
            note: None,
        },
    })
}
