//! Which read models a selection reads, so that a mutation waits for these and no others.

use std::collections::BTreeSet;

use async_graphql::{Context, SelectionField};
use cartera_projections::Projector;
use cartera_projections::clients::client_list::ClientList;
use cartera_projections::leads::lead_list::LeadList;
use cartera_projections::opportunities::opportunity_list::OpportunityList;
use cartera_projections::products::product_catalog::ProductCatalog;
use cartera_projections::settings::catalogue_entries::CatalogueEntries;
use cartera_projections::settings::company_profile::CompanyProfile;
use cartera_projections::settings::pipeline_stages::PipelineStages;
use cartera_projections::users::user_directory::UserDirectory;

/// The read model behind each field that reads one, wherever the field stands.
const BEHIND: [(&str, &str); 20] = [
    ("lead", LeadList::NAME),
    ("client", ClientList::NAME),
    ("contacts", ClientList::NAME),
    ("opportunity", OpportunityList::NAME),
    ("lines", OpportunityList::NAME),
    ("product", ProductCatalog::NAME),
    ("prices", ProductCatalog::NAME),
    ("user", UserDirectory::NAME),
    ("owner", UserDirectory::NAME),
    ("manager", UserDirectory::NAME),
    ("team", UserDirectory::NAME),
    ("parent", UserDirectory::NAME),
    ("createdBy", UserDirectory::NAME),
    ("company", CompanyProfile::NAME),
    ("pipeline", PipelineStages::NAME),
    ("stage", PipelineStages::NAME),
    ("stages", PipelineStages::NAME),
    ("channel", CatalogueEntries::NAME),
    ("reason", CatalogueEntries::NAME),
    ("discardReason", CatalogueEntries::NAME),
];

/// The read models that the selection below this field reads.
pub fn selected(context: &Context<'_>) -> Vec<&'static str> {
    let mut found = BTreeSet::new();
    collect(context.field(), &mut found);
    found.into_iter().collect()
}

fn collect(field: SelectionField<'_>, found: &mut BTreeSet<&'static str>) {
    for below in field.selection_set() {
        let models = BEHIND.iter().filter(|(name, _)| *name == below.name());
        found.extend(models.map(|(_, model)| *model));
        collect(below, found);
    }
}
