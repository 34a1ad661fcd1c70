//! What may be asked of products.

use async_graphql::{Context, Object};
use cartera_commands::{Sent, products};
use cartera_domain::permission::Permission;
use cartera_domain::products::{Product as ProductStream, ProductCommand};

use super::inputs::{
    ChangeProductPriceInput, CorrectProductDetailsInput, ProductInput, RegisterProductInput,
};
use super::types::ProductPayload;
use crate::asking::Asking;
use crate::error::ApiError;
use crate::fields::Fields;
use crate::payload::Refused;

/// The mutations of products.
#[derive(Debug, Default)]
pub struct ProductsMutation;

#[Object]
impl ProductsMutation {
    /// Takes a product into the catalogue.
    async fn register_product(
        &self,
        context: &Context<'_>,
        input: RegisterProductInput,
    ) -> Result<ProductPayload, ApiError> {
        ProductPayload::answer(context, register(context, input).await).await
    }

    /// Corrects what is known of a product.
    async fn correct_product_details(
        &self,
        context: &Context<'_>,
        input: CorrectProductDetailsInput,
    ) -> Result<ProductPayload, ApiError> {
        ProductPayload::answer(context, correct(context, input).await).await
    }

    /// Gives a product another list price from that day on.
    async fn change_product_price(
        &self,
        context: &Context<'_>,
        input: ChangeProductPriceInput,
    ) -> Result<ProductPayload, ApiError> {
        ProductPayload::answer(context, change_price(context, input).await).await
    }

    /// Says that a product is sold no more.
    async fn retire_product(
        &self,
        context: &Context<'_>,
        input: ProductInput,
    ) -> Result<ProductPayload, ApiError> {
        let sent = context
            .send::<ProductStream>(
                &input.said,
                input.product_id.0,
                ProductCommand::RetireProduct,
            )
            .await;
        ProductPayload::answer(context, sent).await
    }

    /// Says that a product is sold again.
    async fn reinstate_product(
        &self,
        context: &Context<'_>,
        input: ProductInput,
    ) -> Result<ProductPayload, ApiError> {
        let sent = context
            .send::<ProductStream>(
                &input.said,
                input.product_id.0,
                ProductCommand::ReinstateProduct,
            )
            .await;
        ProductPayload::answer(context, sent).await
    }
}

async fn register(context: &Context<'_>, input: RegisterProductInput) -> Result<Sent, Refused> {
    let envelope = context.envelope(Permission::ManageProducts, &input.said.into())?;
    let mut fields = Fields::of_input();
    let code = fields.required("code", input.code);
    let details = fields.within("details", |fields| input.details.read(fields));
    let list_price = fields.optional("listPrice", input.list_price);
    let code = fields.all(code)?;
    let bus = &context.services()?.bus;
    Ok(products::register_product(bus, &envelope, code, details, list_price).await?)
}

async fn correct(
    context: &Context<'_>,
    input: CorrectProductDetailsInput,
) -> Result<Sent, Refused> {
    context.viewer(Permission::ManageProducts)?;
    let mut fields = Fields::of_input();
    let changes = fields.within("changes", |fields| input.changes.read(fields));
    let changes = fields.all(Some(changes))?;
    let command = ProductCommand::CorrectProductDetails { changes };
    context
        .send::<ProductStream>(&input.said, input.product_id.0, command)
        .await
}

async fn change_price(
    context: &Context<'_>,
    input: ChangeProductPriceInput,
) -> Result<Sent, Refused> {
    context.viewer(Permission::ManageProducts)?;
    let mut fields = Fields::of_input();
    let list_price = fields.optional("listPrice", input.list_price);
    let list_price = fields.all(Some(list_price))?;
    let command = ProductCommand::ChangeProductPrice { list_price };
    context
        .send::<ProductStream>(&input.said, input.product_id.0, command)
        .await
}
