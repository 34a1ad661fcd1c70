//! What each opportunity sells, line by line; kept by the projector of [`super::opportunity_list`].

use cartera_domain::Viewer;
use cartera_domain::ids::{LineId, OpportunityId, ProductId, UserId};
use cartera_domain::opportunities::{OpportunityEvent, OpportunityLine};
use rust_decimal::Decimal;
use sqlx::QueryBuilder;

use super::opportunity_list::OpportunityListItem;
use crate::filter;
use crate::page::{ReadError, retried};
use crate::plain::Plain;
use crate::read_pool::ReadPool;
use crate::scope::Scope;
use crate::table::{self, Row as _};

crate::table! {
    /// So much of a product, for that amount.
    OpportunityLineItem in "opportunity_lines", key (opportunity, id), group opportunity {
        /// Identity inside the opportunity.
        id: LineId,
        /// The opportunity.
        opportunity: OpportunityId,
        /// Who takes care of the opportunity.
        owner: Option<UserId>,
        /// Place among the opportunity's lines, from 0.
        rank: i32,
        /// What is sold.
        product: ProductId,
        /// What is sold, in other words than the catalogue's.
        description: Option<String>,
        /// How much of it, in the product's unit; negative for a return.
        quantity: Decimal,
        /// Price of one unit before discount, in the opportunity's currency.
        unit_price: Option<Decimal>,
        /// Discount on the unit price, 0 to 100.
        discount: Option<Decimal>,
        /// Exact amount of the line, in the opportunity's currency.
        amount: Decimal,
    }
}

/// Takes an event of the opportunity into the rows of its lines.
pub(super) fn take_in(
    rows: &mut Vec<OpportunityLineItem>,
    opportunity: &OpportunityListItem,
    event: &OpportunityEvent,
) {
    match event {
        OpportunityEvent::OpportunityOpened { lines, .. }
        | OpportunityEvent::OpportunityLinesRevised { lines, amount: _ } => {
            *rows = (0..)
                .zip(lines)
                .map(|(rank, line)| item(rank, line, opportunity))
                .collect();
        }
        OpportunityEvent::OpportunityAssigned { owner, team: _ } => {
            for row in rows {
                row.owner = *owner;
            }
        }
        OpportunityEvent::OpportunityDetailsCorrected { .. }
        | OpportunityEvent::OpportunityClientLinked { .. }
        | OpportunityEvent::OpportunityChannelCorrected { .. }
        | OpportunityEvent::OpportunityAmountRevised { .. }
        | OpportunityEvent::OpportunityExpectedCloseChanged { .. }
        | OpportunityEvent::OpportunityProbabilityJudged { .. }
        | OpportunityEvent::OpportunityMoved { .. }
        | OpportunityEvent::OpportunityWon { .. }
        | OpportunityEvent::OpportunityLost { .. }
        | OpportunityEvent::OpportunityCancelled { .. }
        | OpportunityEvent::OpportunityReopened { .. } => {}
    }
}

fn item(
    rank: i32,
    line: &OpportunityLine,
    opportunity: &OpportunityListItem,
) -> OpportunityLineItem {
    let OpportunityLine {
        line,
        product,
        description,
        quantity,
        unit_price,
        discount,
        amount,
    } = line;
    OpportunityLineItem {
        id: *line,
        opportunity: opportunity.id,
        owner: opportunity.owner,
        rank,
        product: *product,
        description: description.as_ref().and_then(Plain::shown),
        quantity: quantity.value(),
        unit_price: unit_price.and_then(|price| price.shown()),
        discount: discount.and_then(|discount| discount.shown()),
        amount: amount.value(),
    }
}

/// The lines of these opportunities, as far as the viewer sees them, each opportunity's in their order.
///
/// # Errors
/// [`ReadError::Database`].
pub async fn of_opportunities(
    pool: &ReadPool,
    viewer: &Viewer,
    opportunities: &[OpportunityId],
) -> Result<Vec<OpportunityLineItem>, ReadError> {
    if opportunities.is_empty() {
        return Ok(vec![]);
    }
    let rows = retried(|| async move {
        let mut sql = QueryBuilder::new("SELECT ");
        sql.push(table::columns::<OpportunityLineItem>())
            .push(" FROM opportunity_lines WHERE ");
        Scope::from(viewer).push_predicate(&mut sql, "owner");
        filter::any_of(&mut sql, "opportunity", opportunities);
        sql.push(" ORDER BY opportunity, rank");
        sql.build().fetch_all(pool.pool()).await
    })
    .await?;
    let lines: Result<_, sqlx::Error> = rows.iter().map(OpportunityLineItem::read).collect();
    Ok(lines?)
}
