//! What may be asked of the company itself.

use async_graphql::{Context, Object};
use cartera_commands::Sent;
use cartera_commands::settings::{self, NewCompany};
use cartera_domain::ids::{CompanyId, Singleton};
use cartera_domain::permission::Permission;
use cartera_domain::settings::{Company as CompanyStream, CompanyCommand};

use crate::asking::{Asking, Said};
use crate::error::ApiError;
use crate::fields::Fields;
use crate::payload::Refused;
use crate::settings::inputs::{
    ChangeCompanyFiscalStartInput, ChangeCompanyLocaleInput, ChangeCompanyTimeZoneInput,
    RenameCompanyInput, SetUpCompanyInput,
};
use crate::settings::types::CompanyPayload;

#[derive(Debug, Default)]
pub(super) struct CompanyMutation;

#[Object]
impl CompanyMutation {
    /// Begins to use Cartera.
    async fn set_up_company(
        &self,
        context: &Context<'_>,
        input: SetUpCompanyInput,
    ) -> Result<CompanyPayload, ApiError> {
        CompanyPayload::answer(context, set_up(context, input).await).await
    }

    /// Gives the company another name.
    async fn rename_company(
        &self,
        context: &Context<'_>,
        input: RenameCompanyInput,
    ) -> Result<CompanyPayload, ApiError> {
        CompanyPayload::answer(context, rename(context, input).await).await
    }

    /// Lets the company's days begin in another time zone; what is recorded stays.
    async fn change_company_time_zone(
        &self,
        context: &Context<'_>,
        input: ChangeCompanyTimeZoneInput,
    ) -> Result<CompanyPayload, ApiError> {
        CompanyPayload::answer(context, change_time_zone(context, input).await).await
    }

    /// Lets the company's fiscal year begin in another month.
    async fn change_company_fiscal_start(
        &self,
        context: &Context<'_>,
        input: ChangeCompanyFiscalStartInput,
    ) -> Result<CompanyPayload, ApiError> {
        CompanyPayload::answer(context, change_fiscal_start(context, input).await).await
    }

    /// Lets the company write in another language.
    async fn change_company_locale(
        &self,
        context: &Context<'_>,
        input: ChangeCompanyLocaleInput,
    ) -> Result<CompanyPayload, ApiError> {
        let command = CompanyCommand::ChangeCompanyLocale {
            locale: input.locale,
        };
        CompanyPayload::answer(context, send(context, &input.said, command).await).await
    }
}

async fn set_up(context: &Context<'_>, input: SetUpCompanyInput) -> Result<Sent, Refused> {
    let envelope = context.envelope(Permission::ManageSettings, &input.said.into())?;
    let mut fields = Fields::of_input();
    let name = fields.required("name", input.name);
    let currency = fields.required("currency", input.currency);
    let time_zone = fields.required("timeZone", input.time_zone);
    let fiscal_start = fields.required("fiscalStartMonth", input.fiscal_start_month);
    let made = || {
        Some(NewCompany {
            name: name?,
            currency: currency?,
            time_zone: time_zone?,
            fiscal_start: fiscal_start?,
            locale: input.locale,
        })
    };
    let company = fields.all(made())?;
    Ok(settings::set_up_company(&context.services()?.bus, &envelope, company).await?)
}

async fn rename(context: &Context<'_>, input: RenameCompanyInput) -> Result<Sent, Refused> {
    context.viewer(Permission::ManageSettings)?;
    let mut fields = Fields::of_input();
    let name = fields.required("name", input.name);
    let name = fields.all(name)?;
    send(context, &input.said, CompanyCommand::RenameCompany { name }).await
}

async fn change_time_zone(
    context: &Context<'_>,
    input: ChangeCompanyTimeZoneInput,
) -> Result<Sent, Refused> {
    context.viewer(Permission::ManageSettings)?;
    let mut fields = Fields::of_input();
    let time_zone = fields.required("timeZone", input.time_zone);
    let time_zone = fields.all(time_zone)?;
    send(
        context,
        &input.said,
        CompanyCommand::ChangeCompanyTimeZone { time_zone },
    )
    .await
}

async fn change_fiscal_start(
    context: &Context<'_>,
    input: ChangeCompanyFiscalStartInput,
) -> Result<Sent, Refused> {
    context.viewer(Permission::ManageSettings)?;
    let mut fields = Fields::of_input();
    let fiscal_start = fields.required("fiscalStartMonth", input.fiscal_start_month);
    let fiscal_start = fields.all(fiscal_start)?;
    send(
        context,
        &input.said,
        CompanyCommand::ChangeCompanyFiscalStart { fiscal_start },
    )
    .await
}

async fn send(
    context: &Context<'_>,
    said: &Said,
    command: CompanyCommand,
) -> Result<Sent, Refused> {
    context
        .send::<CompanyStream>(said, CompanyId::the(), command)
        .await
}
