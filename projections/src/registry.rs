//! The list of all projectors.

use std::sync::Arc;

use crate::clients::client_list::ClientList;
use crate::leads::lead_list::LeadList;
use crate::opportunities::opportunity_history::OpportunityHistory;
use crate::opportunities::opportunity_list::OpportunityList;
use crate::products::product_catalog::ProductCatalog;
use crate::projector::SharedProjector;
use crate::reports::SalesFacts;
use crate::settings::catalogue_entries::CatalogueEntries;
use crate::settings::company_profile::CompanyProfile;
use crate::settings::pipeline_stages::PipelineStages;
use crate::timeline::Timeline;
use crate::users::user_directory::UserDirectory;

/// Every projector there is, in the order in which `projections status` names them.
pub fn all() -> Vec<SharedProjector> {
    vec![
        Arc::new(LeadList),
        Arc::new(ClientList),
        Arc::new(OpportunityList),
        Arc::new(OpportunityHistory),
        Arc::new(ProductCatalog),
        Arc::new(UserDirectory),
        Arc::new(CompanyProfile),
        Arc::new(PipelineStages),
        Arc::new(CatalogueEntries),
        Arc::new(Timeline),
        Arc::new(SalesFacts),
    ]
}

/// The projector of this name.
pub fn named(name: &str) -> Option<SharedProjector> {
    all().into_iter().find(|projector| projector.name() == name)
}
