//! Settings: the set-up of a company with sensible defaults, in one append.

use cartera_domain::ids::{CatalogueId, CompanyId, PipelineId, Singleton};
use cartera_domain::settings::{
    Catalogue, CatalogueCommand, Company, CompanyCommand, FiscalStart, Pipeline, PipelineCommand,
    ReasonKind, StageCategory, StageDefinition,
};
use cartera_domain::users::Locale;
use cartera_domain::values::{Currency, InvalidText, Line, Percentage};
use chrono_tz::Tz;
use rust_decimal::Decimal;

use crate::bus::{CommandBus, Sent};
use crate::draft::{Draft, Stream};
use crate::envelope::Envelope;
use crate::error::CommandError;

mod defaults;

/// A company to be set up.
#[derive(Debug, Clone)]
pub struct NewCompany {
    /// Its name.
    pub name: Line,
    /// Currency of all its amounts.
    pub currency: Currency,
    /// Time zone in which its days begin.
    pub time_zone: Tz,
    /// The month in which its fiscal year begins.
    pub fiscal_start: FiscalStart,
    /// Language of what it sends out, and of the default names.
    pub locale: Locale,
}

/// Sets a company up with the default pipeline, channels and reasons, in its language.
///
/// # Errors
/// `COMPANY_ALREADY_SET_UP`, or what the journal refuses.
pub async fn set_up_company(
    bus: &CommandBus,
    envelope: &Envelope,
    company: NewCompany,
) -> Result<Sent, CommandError> {
    let NewCompany {
        name,
        currency,
        time_zone,
        fiscal_start,
        locale,
    } = company;
    let command = CompanyCommand::SetUpCompany {
        name,
        currency,
        time_zone,
        fiscal_start,
        locale,
    };
    let command = &command;
    let content = ("set_up_company", command);
    bus.carry_out(envelope, &content, move |freshness| async move {
        let mut company = bus.load::<Company>(CompanyId::the(), freshness).await?;
        company.decide(envelope, command.clone(), envelope.occurred)?;
        let mut catalogue = bus.load::<Catalogue>(CatalogueId::the(), freshness).await?;
        for command in default_catalogue(bus, locale)? {
            catalogue.decide(envelope, command, envelope.occurred)?;
        }
        let mut pipeline = Stream::<Pipeline>::new(bus.ids().mint::<PipelineId>());
        pipeline.decide(envelope, default_pipeline(bus, locale)?, envelope.occurred)?;
        Ok(Draft::default()
            .with(company)
            .with(catalogue)
            .with(pipeline))
    })
    .await
}

fn default_pipeline(bus: &CommandBus, locale: Locale) -> Result<PipelineCommand, CommandError> {
    let stages = defaults::STAGES
        .iter()
        .map(|(names, category, probability)| {
            stage(bus, names.in_language(locale), *category, *probability)
        })
        .collect::<Result<_, _>>()?;
    Ok(PipelineCommand::CreatePipeline {
        name: line(defaults::PIPELINE.in_language(locale))?,
        stages,
    })
}

fn stage(
    bus: &CommandBus,
    name: &str,
    category: StageCategory,
    probability: u8,
) -> Result<StageDefinition, CommandError> {
    let probability = Percentage::try_new(Decimal::from(probability)).map_err(defect)?;
    Ok(StageDefinition {
        stage: bus.ids().mint(),
        name: line(name)?,
        category,
        probability,
    })
}

fn default_catalogue(
    bus: &CommandBus,
    locale: Locale,
) -> Result<Vec<CatalogueCommand>, CommandError> {
    let channels = defaults::CHANNELS.iter().map(|names| {
        Ok(CatalogueCommand::AddChannel {
            channel: bus.ids().mint(),
            name: line(names.in_language(locale))?,
        })
    });
    let reasons = defaults::REASONS
        .iter()
        .map(|(kind, names): &(ReasonKind, _)| {
            Ok(CatalogueCommand::AddReason {
                reason: bus.ids().mint(),
                kind: *kind,
                name: line(names.in_language(locale))?,
            })
        });
    channels.chain(reasons).collect()
}

fn line(text: &str) -> Result<Line, CommandError> {
    Line::parse(text).map_err(|error: InvalidText| defect(error))
}

fn defect(error: impl std::error::Error) -> CommandError {
    CommandError::Internal(error.to_string())
}
