//! Every figure that a report can show: one variant per figure, with its unit, formula, source events and what is shown when
//! there is nothing to divide by. `docs/reports.md` says the same for people; a test compares the two lists.
//!
//! A figure is made of [`Measure`]s, which are counted or summed over facts. To add one, see `docs/howto/add-a-kpi.md`.

use super::grouping::Grouping;
use super::measures::Measure;

/// A figure that a report can show.
///
/// *Closed in the period* means: the day of the first event into the category it is in now, since it was last reopened, lies in
/// the period. Moves inside a category change nothing. Facts whose day nobody knows are left out of every period and of every
/// figure as of a day.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum Metric {
    /// Opportunities that came in sight.
    ///
    /// Unit: count. Formula: number of opportunities opened in the period. Source: `OpportunityOpened`. Empty: 0.
    OpportunitiesOpened,
    /// Opportunities that the client decided for us.
    ///
    /// Unit: count. Formula: number of opportunities that are won, by the day of closing. Source: `OpportunityWon`,
    /// `OpportunityReopened`. Empty: 0.
    OpportunitiesWon,
    /// Opportunities that the client decided against us.
    ///
    /// Unit: count. Formula: number of opportunities that are lost, by the day of closing. Source: `OpportunityLost`,
    /// `OpportunityReopened`. Empty: 0.
    OpportunitiesLost,
    /// Opportunities that were called off.
    ///
    /// Unit: count. Formula: number of opportunities that are cancelled, by the day of closing. Source: `OpportunityCancelled`,
    /// `OpportunityReopened`. Empty: 0.
    OpportunitiesCancelled,
    /// What the won opportunities were worth.
    ///
    /// Unit: the company's currency. Formula: exact sum of the amounts of won opportunities, by the day of closing; by product or
    /// family, of their lines. Source: `OpportunityWon`. Empty: 0.
    AmountWon,
    /// Share of the decided opportunities that were won.
    ///
    /// Unit: per cent. Formula: won ÷ (won + lost) × 100; open and cancelled ones do not count. Source: `OpportunityWon`,
    /// `OpportunityLost`, by the day of closing. Empty: null when nothing was decided.
    WinRate,
    /// What a won opportunity was worth on average.
    ///
    /// Unit: the company's currency. Formula: amount won ÷ number of won opportunities whose amount is known. Source:
    /// `OpportunityWon`. Empty: null.
    AverageAmountWon,
    /// How long won opportunities took, on average.
    ///
    /// Unit: days, negative where one was won before it was opened. Formula: mean of closing − opening: difference of dates where
    /// either is a date, else elapsed seconds ÷ 86,400. Source: `OpportunityOpened`, `OpportunityWon`. Empty: null.
    CycleDaysWonMean,
    /// How long the middle one of the won opportunities took.
    ///
    /// Unit: days. Formula: median of closing − opening, the mean of both middle ones where there are two. Source:
    /// `OpportunityOpened`, `OpportunityWon`. Empty: null.
    CycleDaysWonMedian,
    /// How long lost opportunities took, on average.
    ///
    /// Unit: days. Formula: mean of closing − opening. Source: `OpportunityOpened`, `OpportunityLost`. Empty: null.
    CycleDaysLostMean,
    /// How long the middle one of the lost opportunities took.
    ///
    /// Unit: days. Formula: median of closing − opening. Source: `OpportunityOpened`, `OpportunityLost`. Empty: null.
    CycleDaysLostMedian,
    /// How long closed opportunities took, on average, whatever the outcome.
    ///
    /// Unit: days. Formula: mean of closing − opening over won, lost and cancelled ones. Source: `OpportunityOpened`,
    /// `OpportunityWon`, `OpportunityLost`, `OpportunityCancelled`. Empty: null.
    CycleDaysClosedMean,
    /// How long the middle one of the closed opportunities took, whatever the outcome.
    ///
    /// Unit: days. Formula: median of closing − opening over won, lost and cancelled ones. Source: `OpportunityOpened`,
    /// `OpportunityWon`, `OpportunityLost`, `OpportunityCancelled`. Empty: null.
    CycleDaysClosedMedian,
    /// Units sold.
    ///
    /// Unit: the products' own. Formula: sum of the quantities on the lines of won opportunities, by the day of closing. Source:
    /// `OpportunityOpened`, `OpportunityLinesRevised`, `OpportunityWon`. Empty: 0.
    UnitsSold,
    /// Revenue of the products sold.
    ///
    /// Unit: the company's currency. Formula: exact sum of the amounts on the lines of won opportunities, by the day of closing;
    /// opportunities without lines add nothing. Source: `OpportunityOpened`, `OpportunityLinesRevised`, `OpportunityWon`. Empty: 0.
    Revenue,
    /// Opportunities that ever entered a stage: the funnel, when grouped by stage.
    ///
    /// Unit: count. Formula: number of distinct opportunities that entered a stage in the period, left it or not; without a period,
    /// ever. Source: `OpportunityOpened`, `OpportunityMoved`, `OpportunityWon`, `OpportunityLost`, `OpportunityCancelled`,
    /// `OpportunityReopened`. Empty: 0.
    StageEntries,
    /// Opportunities at the end of the period, whatever their outcome.
    ///
    /// Unit: count. Formula: number of opportunities there are at that moment, in the stage they are in then. Source: as
    /// [`Metric::StageEntries`]. Empty: 0.
    Opportunities,
    /// What the opportunities at the end of the period are worth, whatever their outcome.
    ///
    /// Unit: the company's currency. Formula: exact sum of their amounts at that moment. Source: `OpportunityOpened`,
    /// `OpportunityLinesRevised`, `OpportunityAmountRevised`, `OpportunityWon`. Empty: 0.
    OpportunitiesAmount,
    /// Opportunities in sight at the end of the period.
    ///
    /// Unit: count. Formula: number of opportunities that are open at that moment. Source: as [`Metric::StageEntries`]. Empty: 0.
    OpenPipelineCount,
    /// What the opportunities in sight may be worth.
    ///
    /// Unit: the company's currency. Formula: exact sum of the amounts of open opportunities at that moment; those without an
    /// amount add nothing. Source: as [`Metric::OpportunitiesAmount`]. Empty: 0.
    OpenPipelineAmount,
    /// What the opportunities in sight would be worth at list price.
    ///
    /// Unit: the company's currency. Formula: sum over the lines of open opportunities of quantity × list price of the product,
    /// as it is at that moment. Source: as [`Metric::OpportunitiesAmount`], `ProductRegistered`, `ProductPriceChanged`. Empty: 0.
    OpenPipelineListPrice,
    /// How many of the opportunities in sight should be won.
    ///
    /// Unit: opportunities. Formula: sum of the probabilities of open opportunities, each as somebody judged it, else as its
    /// stage's is at that moment, ÷ 100. Source: as [`Metric::OpenPipelineCount`], `OpportunityProbabilityJudged`,
    /// `PipelineCreated`, `StageAdded`, `StageProbabilityChanged`. Empty: 0.
    WeightedPipelineCount,
    /// What the opportunities in sight should bring.
    ///
    /// Unit: the company's currency. Formula: sum of amount × probability ÷ 100 over open opportunities, the probability as in
    /// [`Metric::WeightedPipelineCount`]. Source: as there, and [`Metric::OpportunitiesAmount`]. Empty: 0.
    WeightedPipelineAmount,
    /// Leads that came to the company's notice.
    ///
    /// Unit: count. Formula: number of leads registered in the period. Source: `LeadRegistered`. Empty: 0.
    LeadsCreated,
    /// Leads that became clients in the period, whenever they had come.
    ///
    /// Unit: count. Formula: number of leads converted in the period. Source: `LeadConverted`. Empty: 0.
    LeadsConverted,
    /// How long leads took that became clients in the period, on average.
    ///
    /// Unit: days, negative where one became a client before it was registered. Formula: mean of conversion − registration, as for
    /// [`Metric::CycleDaysWonMean`]. Source: `LeadRegistered`, `LeadConverted`, by the day of conversion. Empty: null.
    DaysToConvertMean,
    /// How long the middle one of the leads took that became clients in the period.
    ///
    /// Unit: days. Formula: median of conversion − registration. Source: `LeadRegistered`, `LeadConverted`, by the day of
    /// conversion. Empty: null.
    DaysToConvertMedian,
    /// Leads of the period that are clients by now.
    ///
    /// Unit: count. Formula: number of leads registered in the period that were converted, on whatever later day. Source:
    /// `LeadRegistered`, `LeadConverted`, by the day of registration. Empty: 0.
    CreatedLeadsConverted,
    /// Share of the leads of the period that are clients by now.
    ///
    /// Unit: per cent. Formula: leads registered in the period and converted on whatever later day ÷ leads registered in the
    /// period × 100. Source: `LeadRegistered`, `LeadConverted`, by the day of registration. Empty: null.
    LeadConversionRate,
    /// How long the leads of the period took that are clients by now, on average.
    ///
    /// Unit: days. Formula: mean of conversion − registration. Source: `LeadRegistered`, `LeadConverted`, by the day of
    /// registration. Empty: null.
    CreatedDaysToConvertMean,
    /// How long the middle one of the leads of the period took that are clients by now.
    ///
    /// Unit: days. Formula: median of conversion − registration. Source: `LeadRegistered`, `LeadConverted`, by the day of
    /// registration. Empty: null.
    CreatedDaysToConvertMedian,
}

/// In what a figure is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum Unit {
    /// Things.
    Count,
    /// The company's currency.
    Money,
    /// Per cent, 0 to 100.
    Percent,
    /// Days of 24 hours.
    Days,
    /// Units of products.
    Units,
}

/// How a figure follows from what was counted or summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formula {
    /// The count or sum itself; 0 where there is nothing.
    Sum(Measure),
    /// The first ÷ the second; null where the second is 0.
    Mean(Measure, Measure),
    /// The first ÷ the second × 100; null where the second is 0.
    Percent(Measure, Measure),
    /// The middle value; null where there is none.
    Median(Measure),
}

impl Metric {
    /// How it follows from what was counted or summed. A new figure is one line here.
    pub fn formula(self) -> Formula {
        use Formula::{Mean, Median, Percent, Sum};
        match self {
            Self::OpportunitiesOpened => Sum(Measure::Opened),
            Self::OpportunitiesWon => Sum(Measure::Won),
            Self::OpportunitiesLost => Sum(Measure::Lost),
            Self::OpportunitiesCancelled => Sum(Measure::Cancelled),
            Self::AmountWon => Sum(Measure::AmountWon),
            Self::WinRate => Percent(Measure::Won, Measure::Decided),
            Self::AverageAmountWon => Mean(Measure::AmountWon, Measure::WonWithAmount),
            Self::CycleDaysWonMean => Mean(Measure::DaysWon, Measure::WonWithDays),
            Self::CycleDaysWonMedian => Median(Measure::MedianDaysWon),
            Self::CycleDaysLostMean => Mean(Measure::DaysLost, Measure::LostWithDays),
            Self::CycleDaysLostMedian => Median(Measure::MedianDaysLost),
            Self::CycleDaysClosedMean => Mean(Measure::DaysClosed, Measure::ClosedWithDays),
            Self::CycleDaysClosedMedian => Median(Measure::MedianDaysClosed),
            Self::UnitsSold => Sum(Measure::Units),
            Self::Revenue => Sum(Measure::Revenue),
            Self::StageEntries => Sum(Measure::Entered),
            Self::Opportunities => Sum(Measure::Present),
            Self::OpportunitiesAmount => Sum(Measure::PresentAmount),
            Self::OpenPipelineCount => Sum(Measure::Open),
            Self::OpenPipelineAmount => Sum(Measure::OpenAmount),
            Self::OpenPipelineListPrice => Sum(Measure::OpenListPrice),
            Self::WeightedPipelineCount => Sum(Measure::OpenWeight),
            Self::WeightedPipelineAmount => Sum(Measure::OpenWeighted),
            Self::LeadsCreated => Sum(Measure::Leads),
            Self::LeadsConverted => Sum(Measure::Conversions),
            Self::DaysToConvertMean => Mean(Measure::DaysConverted, Measure::ConvertedWithDays),
            Self::DaysToConvertMedian => Median(Measure::MedianDaysConverted),
            Self::CreatedLeadsConverted => Sum(Measure::LeadsConverted),
            Self::LeadConversionRate => Percent(Measure::LeadsConverted, Measure::Leads),
            Self::CreatedDaysToConvertMean => {
                Mean(Measure::LeadDaysConverted, Measure::LeadsWithDays)
            }
            Self::CreatedDaysToConvertMedian => Median(Measure::MedianLeadDaysConverted),
        }
    }

    /// In what it is counted.
    pub fn unit(self) -> Unit {
        match self {
            Self::OpportunitiesOpened
            | Self::OpportunitiesWon
            | Self::OpportunitiesLost
            | Self::OpportunitiesCancelled
            | Self::StageEntries
            | Self::Opportunities
            | Self::OpenPipelineCount
            | Self::WeightedPipelineCount
            | Self::LeadsCreated
            | Self::LeadsConverted
            | Self::CreatedLeadsConverted => Unit::Count,
            Self::AmountWon
            | Self::AverageAmountWon
            | Self::Revenue
            | Self::OpportunitiesAmount
            | Self::OpenPipelineAmount
            | Self::OpenPipelineListPrice
            | Self::WeightedPipelineAmount => Unit::Money,
            Self::WinRate | Self::LeadConversionRate => Unit::Percent,
            Self::CycleDaysWonMean
            | Self::CycleDaysWonMedian
            | Self::CycleDaysLostMean
            | Self::CycleDaysLostMedian
            | Self::CycleDaysClosedMean
            | Self::CycleDaysClosedMedian
            | Self::DaysToConvertMean
            | Self::DaysToConvertMedian
            | Self::CreatedDaysToConvertMean
            | Self::CreatedDaysToConvertMedian => Unit::Days,
            Self::UnitsSold => Unit::Units,
        }
    }

    /// What must be counted or summed for it.
    pub fn measures(self) -> Vec<Measure> {
        match self.formula() {
            Formula::Sum(measure) | Formula::Median(measure) => vec![measure],
            Formula::Mean(first, second) | Formula::Percent(first, second) => vec![first, second],
        }
    }

    /// Whether its facts have this value.
    pub fn can_be_grouped_by(self, grouping: Grouping) -> bool {
        self.measures()
            .iter()
            .all(|measure| grouping.applies_to(measure.family()))
    }
}
