//! All of GraphQL as lists: the queries, mutations and subscriptions of each context.

use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions, Schema};

use crate::asking::Services;
use crate::auth::mutations::AuthMutation;
use crate::auth::queries::AuthQuery;
use crate::clients::mutations::ClientsMutation;
use crate::clients::queries::ClientsQuery;
use crate::imports::mutations::ImportsMutation;
use crate::imports::queries::ImportsQuery;
use crate::journal_status::JournalQuery;
use crate::leads::mutations::LeadsMutation;
use crate::leads::queries::LeadsQuery;
use crate::node::NodeQuery;
use crate::opportunities::board::BoardQuery;
use crate::opportunities::mutations::OpportunitiesMutation;
use crate::opportunities::queries::OpportunitiesQuery;
use crate::products::mutations::ProductsMutation;
use crate::products::queries::ProductsQuery;
use crate::reports::queries::ReportsQuery;
use crate::settings::mutations::SettingsMutation;
use crate::settings::queries::SettingsQuery;
use crate::timeline::changes::ChangesSubscription;
use crate::timeline::queries::TimelineQuery;
use crate::users::mutations::UsersMutation;
use crate::users::queries::UsersQuery;

/// What can be asked.
#[derive(MergedObject, Default)]
pub struct Query(
    AuthQuery,
    NodeQuery,
    LeadsQuery,
    ClientsQuery,
    OpportunitiesQuery,
    BoardQuery,
    TimelineQuery,
    ReportsQuery,
    ProductsQuery,
    UsersQuery,
    SettingsQuery,
    ImportsQuery,
    JournalQuery,
);

/// What can be done: one mutation per business intention.
#[derive(MergedObject, Default)]
pub struct Mutation(
    AuthMutation,
    LeadsMutation,
    ClientsMutation,
    OpportunitiesMutation,
    ProductsMutation,
    UsersMutation,
    SettingsMutation,
    ImportsMutation,
);

/// What can be listened to.
#[derive(MergedSubscription, Default)]
pub struct Subscription(ChangesSubscription);

/// The schema that the service executes.
pub type CarteraSchema = Schema<Query, Mutation, Subscription>;

/// The schema over these services.
pub fn build(services: Services) -> CarteraSchema {
    Schema::build(
        Query::default(),
        Mutation::default(),
        Subscription::default(),
    )
    .data(services)
    .disable_suggestions()
    .finish()
}

/// The schema in GraphQL's own language, as `api/schema.graphql` holds it.
pub fn sdl() -> String {
    let schema = Schema::build(
        Query::default(),
        Mutation::default(),
        Subscription::default(),
    )
    .finish();
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .include_specified_by()
        .prefer_single_line_descriptions();
    schema.sdl_with_options(options)
}
