//! The list of what can be loaded.

use std::collections::HashMap;
use std::hash::Hash;
use std::marker::PhantomData;

use cartera_domain::Viewer;
use cartera_domain::ids::{ClientId, OpportunityId, PipelineId, ProductId, TypedId};
use cartera_projections::ReadPool;
use cartera_projections::clients::client_list::ClientFilter;
use cartera_projections::clients::contact_list::{ContactFilter, ContactListItem};
use cartera_projections::leads::lead_list::LeadFilter;
use cartera_projections::opportunities::opportunity_lines::{self, OpportunityLineItem};
use cartera_projections::opportunities::opportunity_list::OpportunityFilter;
use cartera_projections::page::{self, List, ReadError};
use cartera_projections::products::product_catalog::{self, PricePeriod, ProductFilter};
use cartera_projections::settings::catalogue_entries::EntryFilter;
use cartera_projections::settings::company_profile::CompanyFilter;
use cartera_projections::settings::pipeline_stages::{
    self, PipelineFilter, StageFilter, StageItem,
};
use cartera_projections::users::team_directory::TeamFilter;
use cartera_projections::users::user_directory::UserFilter;
use uuid::Uuid;

use super::{Loader, Source};

/// A source with a loader of its own.
pub trait Sourced: Source + Sized {
    /// Its loader.
    fn loader(loaders: &Loaders) -> &Loader<Self>;
}

macro_rules! loaders {
    ($($field:ident: $source:ty),+ $(,)?) => {
        /// One loader per source.
        pub struct Loaders {
            $($field: Loader<$source>,)+
        }

        impl Loaders {
            /// Loaders over these connections.
            pub fn new(pool: &ReadPool) -> Self {
                Self { $($field: Loader::new(pool.clone()),)+ }
            }
        }

        $(
            impl Sourced for $source {
                fn loader(loaders: &Loaders) -> &Loader<Self> {
                    &loaders.$field
                }
            }
        )+
    };
}

loaders! {
    leads: ById<LeadFilter>,
    clients: ById<ClientFilter>,
    contacts: ById<ContactFilter>,
    opportunities: ById<OpportunityFilter>,
    products: ById<ProductFilter>,
    company: ById<CompanyFilter>,
    entries: ById<EntryFilter>,
    pipelines: ById<PipelineFilter>,
    stages: ById<StageFilter>,
    users: ById<UserFilter>,
    teams: ById<TeamFilter>,
    contacts_of_client: ContactsOf,
    lines_of_opportunity: LinesOf,
    prices_of_product: PricesOf,
    stages_of_pipeline: StagesOf,
}

/// The rows of a list by their ids.
pub struct ById<L>(PhantomData<fn() -> L>);

impl<L: List + 'static> Source for ById<L> {
    type Value = L::Row;

    async fn read(
        pool: &ReadPool,
        viewer: &Viewer,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, L::Row>, ReadError> {
        let rows = page::by_ids::<L>(pool, viewer, ids).await?;
        Ok(rows.into_iter().map(|row| (L::id(&row), row)).collect())
    }
}

/// The persons of contact of a client, by name.
pub struct ContactsOf;

impl Source for ContactsOf {
    type Value = Vec<ContactListItem>;

    async fn read(
        pool: &ReadPool,
        viewer: &Viewer,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Self::Value>, ReadError> {
        let client = typed::<ClientId>(ids);
        let filter = ContactFilter {
            client,
            search: None,
        };
        let mut rows = page::all(pool, viewer, &filter).await?;
        rows.sort_by(|one, other| (&one.name_key, one.id).cmp(&(&other.name_key, other.id)));
        Ok(grouped(rows, |contact| contact.client.as_uuid()))
    }
}

/// The lines of an opportunity, in their order.
pub struct LinesOf;

impl Source for LinesOf {
    type Value = Vec<OpportunityLineItem>;

    async fn read(
        pool: &ReadPool,
        viewer: &Viewer,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Self::Value>, ReadError> {
        let opportunities = typed::<OpportunityId>(ids);
        let rows = opportunity_lines::of_opportunities(pool, viewer, &opportunities).await?;
        Ok(grouped(rows, |line| line.opportunity.as_uuid()))
    }
}

/// The list prices of a product over the days, oldest first.
pub struct PricesOf;

impl Source for PricesOf {
    type Value = Vec<PricePeriod>;

    async fn read(
        pool: &ReadPool,
        viewer: &Viewer,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Self::Value>, ReadError> {
        let rows = product_catalog::prices(pool, viewer, &typed::<ProductId>(ids)).await?;
        Ok(grouped(rows, |price| price.product.as_uuid()))
    }
}

/// The stages of a pipeline, in its order.
pub struct StagesOf;

impl Source for StagesOf {
    type Value = Vec<StageItem>;

    async fn read(
        pool: &ReadPool,
        viewer: &Viewer,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Self::Value>, ReadError> {
        let rows = pipeline_stages::of_pipelines(pool, viewer, &typed::<PipelineId>(ids)).await?;
        Ok(grouped(rows, |stage| stage.pipeline.as_uuid()))
    }
}

fn typed<I: TypedId>(ids: &[Uuid]) -> Vec<I> {
    ids.iter().copied().map(I::from_uuid).collect()
}

fn grouped<K: Eq + Hash, R>(rows: Vec<R>, key: impl Fn(&R) -> K) -> HashMap<K, Vec<R>> {
    let mut groups: HashMap<K, Vec<R>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}
