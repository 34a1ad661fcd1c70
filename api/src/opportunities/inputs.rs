//! What callers say of opportunities.

use async_graphql::{InputObject, MaybeUndefined};
use cartera_commands::opportunities::{NewLine, NewOpportunity};
use cartera_domain::ids::{
    ChannelId, ClientId, OpportunityId, PipelineId, ProductId, ReasonId, StageId, SubjectId, UserId,
};
use cartera_domain::opportunities::{OpportunityDetails, OpportunityDetailsPatch};

use crate::asking::{Beginning, Said};
use crate::fields::Fields;
use crate::scalars::{Date, Decimal, GlobalId};

/// Most lines of one opportunity.
const MOST_LINES: usize = 500;

/// What is known of an opportunity. Blank text is taken for absent.
#[derive(Debug, Default, InputObject)]
pub struct OpportunityDetailsInput {
    /// What it is about.
    pub title: Option<String>,
    /// Campaign that brought it.
    pub campaign: Option<String>,
    /// What somebody wrote down.
    pub notes: Option<String>,
    /// Its key in the system it came from.
    pub external_reference: Option<String>,
}

impl OpportunityDetailsInput {
    fn read(self, fields: &mut Fields, subject: SubjectId) -> OpportunityDetails {
        OpportunityDetails {
            title: fields.personal("title", self.title, subject),
            campaign: fields.optional("campaign", self.campaign),
            notes: fields.personal("notes", self.notes, subject),
            external_reference: fields.personal(
                "externalReference",
                self.external_reference,
                subject,
            ),
        }
    }
}

/// A correction of what is known of an opportunity: what is absent stays, null or blank text clears.
#[derive(Debug, InputObject)]
pub struct OpportunityDetailsPatchInput {
    /// What it is about.
    pub title: MaybeUndefined<String>,
    /// Campaign that brought it.
    pub campaign: MaybeUndefined<String>,
    /// What somebody wrote down.
    pub notes: MaybeUndefined<String>,
    /// Its key in the system it came from.
    pub external_reference: MaybeUndefined<String>,
}

impl OpportunityDetailsPatchInput {
    pub(super) fn read(self, fields: &mut Fields, subject: SubjectId) -> OpportunityDetailsPatch {
        OpportunityDetailsPatch {
            title: fields.personal_patch("title", self.title, subject),
            campaign: fields.patch("campaign", self.campaign),
            notes: fields.personal_patch("notes", self.notes, subject),
            external_reference: fields.personal_patch(
                "externalReference",
                self.external_reference,
                subject,
            ),
        }
    }
}

/// So much of a product.
#[derive(Debug, InputObject)]
pub struct OpportunityLineInput {
    /// What is sold.
    pub product_id: GlobalId<ProductId>,
    /// What is sold, in other words than the catalogue's.
    pub description: Option<String>,
    /// How much of it, in the product's unit; negative for a return.
    pub quantity: Decimal,
    /// Price of one unit before discount; the catalogue's when absent.
    pub unit_price: Option<Decimal>,
    /// Discount on the unit price, 0 to 100.
    pub discount: Option<Decimal>,
}

impl OpportunityLineInput {
    fn read(self, fields: &mut Fields) -> Option<NewLine> {
        let quantity = fields.required("quantity", self.quantity);
        let description = fields.optional("description", self.description);
        let unit_price = fields.optional("unitPrice", self.unit_price);
        let discount = fields.optional("discount", self.discount);
        Some(NewLine {
            product: self.product_id.0,
            description,
            quantity: quantity?,
            unit_price,
            discount,
        })
    }
}

/// Reads the lines; those that were refused are named by their place.
pub(super) fn lines(fields: &mut Fields, given: Vec<OpportunityLineInput>) -> Vec<NewLine> {
    if given.len() > MOST_LINES {
        fields.refuse(
            "lines",
            "TOO_MANY_LINES",
            format!("at most {MOST_LINES} lines are allowed"),
        );
        return vec![];
    }
    let read = |fields: &mut Fields| {
        let numbered = given.into_iter().enumerate();
        numbered
            .filter_map(|(number, line)| {
                fields.within(number.to_string(), |fields| line.read(fields))
            })
            .collect()
    };
    fields.within("lines", read)
}

/// What is said of an opportunity that is opened with a lead's conversion.
#[derive(Debug, InputObject)]
pub struct OpportunityOfLeadInput {
    /// The pipeline it runs through; the company's first when absent.
    pub pipeline_id: Option<GlobalId<PipelineId>>,
    /// The open stage it begins in; the pipeline's first when absent.
    pub stage_id: Option<GlobalId<StageId>>,
    /// What is known of it.
    pub details: Option<OpportunityDetailsInput>,
    /// Who takes care of it; the lead's owner when absent.
    pub owner_id: Option<GlobalId<UserId>>,
    /// What it may be worth; the lead's expected value when absent.
    pub amount: Option<Decimal>,
    /// The day on which it should close.
    pub expected_close: Option<Date>,
    /// What would be sold.
    #[graphql(default)]
    pub lines: Vec<OpportunityLineInput>,
}

impl OpportunityOfLeadInput {
    /// The opportunity to open; client, lead and channel come from the conversion.
    pub fn read(self, fields: &mut Fields, subject: SubjectId) -> NewOpportunity {
        let details = self.details.unwrap_or_default();
        NewOpportunity {
            pipeline: self.pipeline_id.map(|id| id.0),
            stage: self.stage_id.map(|id| id.0),
            details: fields.within("details", |fields| details.read(fields, subject)),
            client: None,
            new_client: false,
            lead: None,
            channel: None,
            owner: self.owner_id.map(|id| id.0),
            amount: fields.optional("amount", self.amount),
            expected_close: self.expected_close.map(|date| date.0),
            lines: lines(fields, self.lines),
        }
    }
}

/// A sale to be put in sight.
#[derive(Debug, InputObject)]
pub struct OpenOpportunityInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Beginning,
    /// The pipeline it runs through; the company's first when absent.
    pub pipeline_id: Option<GlobalId<PipelineId>>,
    /// The open stage it begins in; the pipeline's first when absent.
    pub stage_id: Option<GlobalId<StageId>>,
    /// What is known of it.
    pub details: OpportunityDetailsInput,
    /// Who may buy.
    pub client_id: Option<GlobalId<ClientId>>,
    /// By which channel it came.
    pub channel_id: Option<GlobalId<ChannelId>>,
    /// Who takes care of it; a salesperson who names nobody does so.
    pub owner_id: Option<GlobalId<UserId>>,
    /// What it may be worth; the lines' sum where there are lines.
    pub amount: Option<Decimal>,
    /// The day on which it should close.
    pub expected_close: Option<Date>,
    /// What would be sold.
    #[graphql(default)]
    pub lines: Vec<OpportunityLineInput>,
}

impl OpenOpportunityInput {
    pub(super) fn read(self, fields: &mut Fields, subject: SubjectId) -> NewOpportunity {
        NewOpportunity {
            pipeline: self.pipeline_id.map(|id| id.0),
            stage: self.stage_id.map(|id| id.0),
            details: fields.within("details", |fields| self.details.read(fields, subject)),
            client: self.client_id.map(|id| id.0),
            new_client: false,
            lead: None,
            channel: self.channel_id.map(|id| id.0),
            owner: self.owner_id.map(|id| id.0),
            amount: fields.optional("amount", self.amount),
            expected_close: self.expected_close.map(|date| date.0),
            lines: lines(fields, self.lines),
        }
    }
}

/// A correction of an opportunity.
#[derive(Debug, InputObject)]
pub struct CorrectOpportunityDetailsInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The opportunity.
    pub opportunity_id: GlobalId<OpportunityId>,
    /// The fields to correct.
    pub changes: OpportunityDetailsPatchInput,
}

/// Who may buy.
#[derive(Debug, InputObject)]
pub struct LinkOpportunityClientInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The opportunity.
    pub opportunity_id: GlobalId<OpportunityId>,
    /// Who may buy; nobody in particular when absent.
    pub client_id: Option<GlobalId<ClientId>>,
}

/// The right channel of an opportunity.
#[derive(Debug, InputObject)]
pub struct CorrectOpportunityChannelInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The opportunity.
    pub opportunity_id: GlobalId<OpportunityId>,
    /// The right channel; none when absent.
    pub channel_id: Option<GlobalId<ChannelId>>,
}

/// Who takes care of an opportunity from now on.
#[derive(Debug, InputObject)]
pub struct AssignOpportunityInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The opportunity.
    pub opportunity_id: GlobalId<OpportunityId>,
    /// Who takes care of it; nobody when absent.
    pub owner_id: Option<GlobalId<UserId>>,
}

/// What would be sold from now on.
#[derive(Debug, InputObject)]
pub struct ReviseOpportunityLinesInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The opportunity.
    pub opportunity_id: GlobalId<OpportunityId>,
    /// All its lines.
    pub lines: Vec<OpportunityLineInput>,
}

/// What an opportunity may be worth from now on.
#[derive(Debug, InputObject)]
pub struct ReviseOpportunityAmountInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The opportunity.
    pub opportunity_id: GlobalId<OpportunityId>,
    /// What it may be worth; unknown when absent.
    pub amount: Option<Decimal>,
}

/// The day on which an opportunity should close from now on.
#[derive(Debug, InputObject)]
pub struct ChangeOpportunityExpectedCloseInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The opportunity.
    pub opportunity_id: GlobalId<OpportunityId>,
    /// The day; unknown when absent.
    pub expected_close: Option<Date>,
}

/// How probable an opportunity is judged to be.
#[derive(Debug, InputObject)]
pub struct JudgeOpportunityProbabilityInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The opportunity.
    pub opportunity_id: GlobalId<OpportunityId>,
    /// The probability, 0 to 100; the stage's own when absent.
    pub probability: Option<Decimal>,
}

/// Where an opportunity goes.
#[derive(Debug, InputObject)]
pub struct MoveOpportunityInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The opportunity.
    pub opportunity_id: GlobalId<OpportunityId>,
    /// The stage to go to, of the category it is in.
    pub stage_id: GlobalId<StageId>,
}

/// A sale.
#[derive(Debug, InputObject)]
pub struct WinOpportunityInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The opportunity.
    pub opportunity_id: GlobalId<OpportunityId>,
    /// A won stage; the first of the pipeline when absent.
    pub stage_id: Option<GlobalId<StageId>>,
    /// What it was worth; as estimated when absent.
    pub amount: Option<Decimal>,
    /// Why, from the catalogue.
    pub reason_id: Option<GlobalId<ReasonId>>,
    /// Why, in words.
    pub note: Option<String>,
}

/// A sale that did not come about.
#[derive(Debug, InputObject)]
pub struct LoseOpportunityInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The opportunity.
    pub opportunity_id: GlobalId<OpportunityId>,
    /// A lost stage; the first of the pipeline when absent.
    pub stage_id: Option<GlobalId<StageId>>,
    /// Why, from the catalogue.
    pub reason_id: Option<GlobalId<ReasonId>>,
    /// Who got the sale.
    pub competitor: Option<String>,
    /// Why, in words.
    pub note: Option<String>,
}

/// A sale that is called off.
#[derive(Debug, InputObject)]
pub struct CancelOpportunityInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The opportunity.
    pub opportunity_id: GlobalId<OpportunityId>,
    /// A cancelled stage; the first of the pipeline when absent.
    pub stage_id: Option<GlobalId<StageId>>,
    /// Why, from the catalogue.
    pub reason_id: Option<GlobalId<ReasonId>>,
    /// Why, in words.
    pub note: Option<String>,
}

/// An opportunity that is taken up again.
#[derive(Debug, InputObject)]
pub struct ReopenOpportunityInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The opportunity.
    pub opportunity_id: GlobalId<OpportunityId>,
    /// An open stage; the first of the pipeline when absent.
    pub stage_id: Option<GlobalId<StageId>>,
}
