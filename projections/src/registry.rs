//! The list of all projectors.

use std::sync::Arc;

use crate::clients::client_list::ClientList;
use crate::leads::lead_list::LeadList;
use crate::projector::SharedProjector;

/// Every projector there is, in the order in which `projections status` names them.
pub fn all() -> Vec<SharedProjector> {
    vec![Arc::new(LeadList), Arc::new(ClientList)]
}
