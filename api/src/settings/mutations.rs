//! What may be asked of the company's settings.

use async_graphql::MergedObject;

use self::catalogue::CatalogueMutation;
use self::company::CompanyMutation;
use self::pipelines::PipelinesMutation;

mod catalogue;
mod company;
mod pipelines;

/// The mutations of the company's settings.
#[derive(Debug, Default, MergedObject)]
pub struct SettingsMutation(CompanyMutation, CatalogueMutation, PipelinesMutation);
