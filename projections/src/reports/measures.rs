//! What is counted or summed over facts: the building blocks of figures.

/// What is counted or summed over facts of one [`Family`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, strum::VariantArray)]
pub enum Measure {
    /// Opportunities opened.
    Opened,
    /// Opportunities won.
    Won,
    /// Opportunities lost.
    Lost,
    /// Opportunities cancelled.
    Cancelled,
    /// Opportunities won or lost.
    Decided,
    /// Sum of the amounts won.
    AmountWon,
    /// Won opportunities whose amount is known.
    WonWithAmount,
    /// Sum of the days of won opportunities.
    DaysWon,
    /// Won opportunities whose days are known.
    WonWithDays,
    /// Middle of the days of won opportunities.
    MedianDaysWon,
    /// Sum of the days of lost opportunities.
    DaysLost,
    /// Lost opportunities whose days are known.
    LostWithDays,
    /// Middle of the days of lost opportunities.
    MedianDaysLost,
    /// Sum of the days of closed opportunities.
    DaysClosed,
    /// Closed opportunities whose days are known.
    ClosedWithDays,
    /// Middle of the days of closed opportunities.
    MedianDaysClosed,
    /// Sum of the quantities on won lines.
    Units,
    /// Sum of the amounts on won lines.
    Revenue,
    /// Distinct opportunities that entered a stage.
    Entered,
    /// Opportunities there are.
    Present,
    /// Sum of the amounts of the opportunities there are.
    PresentAmount,
    /// Opportunities that are open.
    Open,
    /// Sum of the amounts of open opportunities.
    OpenAmount,
    /// Sum of the probabilities of open opportunities, 0 to 1 each.
    OpenWeight,
    /// Sum of amount × probability of open opportunities.
    OpenWeighted,
    /// Sum of quantity × list price of the lines of open opportunities.
    OpenListPrice,
    /// Leads registered.
    Leads,
    /// Leads registered that are converted by now.
    LeadsConverted,
    /// Sum of the days of leads registered that are converted by now.
    LeadDaysConverted,
    /// Leads registered that are converted by now and whose days are known.
    LeadsWithDays,
    /// Middle of the days of leads registered that are converted by now.
    MedianLeadDaysConverted,
    /// Leads converted.
    Conversions,
    /// Sum of the days of leads converted.
    DaysConverted,
    /// Leads converted whose days are known.
    ConvertedWithDays,
    /// Middle of the days of leads converted.
    MedianDaysConverted,
}

/// Facts that are counted together: each has one day, by which it falls into a period, and the owner, team and so on of that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, strum::VariantArray)]
pub enum Family {
    /// Openings of opportunities, by the day of opening.
    Openings,
    /// Closings of opportunities, by the day of closing.
    Closings,
    /// Lines of won opportunities, by the day of closing.
    Sold,
    /// Entries into stages, by the day of entering.
    Entries,
    /// Opportunities as they stand at a moment.
    Standing,
    /// Lines of open opportunities at a moment.
    StandingLines,
    /// Leads, by the day of registration.
    Leads,
    /// Leads that became clients, by the day of conversion.
    Conversions,
}

impl Measure {
    /// Over which facts it is counted.
    pub fn family(self) -> Family {
        match self {
            Self::Opened => Family::Openings,
            Self::Won
            | Self::Lost
            | Self::Cancelled
            | Self::Decided
            | Self::AmountWon
            | Self::WonWithAmount
            | Self::DaysWon
            | Self::WonWithDays
            | Self::MedianDaysWon
            | Self::DaysLost
            | Self::LostWithDays
            | Self::MedianDaysLost
            | Self::DaysClosed
            | Self::ClosedWithDays
            | Self::MedianDaysClosed => Family::Closings,
            Self::Units | Self::Revenue => Family::Sold,
            Self::Entered => Family::Entries,
            Self::Present
            | Self::PresentAmount
            | Self::Open
            | Self::OpenAmount
            | Self::OpenWeight
            | Self::OpenWeighted => Family::Standing,
            Self::OpenListPrice => Family::StandingLines,
            Self::Leads
            | Self::LeadsConverted
            | Self::LeadDaysConverted
            | Self::LeadsWithDays
            | Self::MedianLeadDaysConverted => Family::Leads,
            Self::Conversions
            | Self::DaysConverted
            | Self::ConvertedWithDays
            | Self::MedianDaysConverted => Family::Conversions,
        }
    }

    /// Whether the values of groups that share no fact add up to that of all.
    pub fn is_additive(self) -> bool {
        !matches!(
            self,
            Self::MedianDaysWon
                | Self::MedianDaysLost
                | Self::MedianDaysClosed
                | Self::MedianLeadDaysConverted
                | Self::MedianDaysConverted
        )
    }

    /// The measure over facts, in SQL.
    pub(super) fn over_facts(self) -> &'static str {
        match self {
            Self::Opened | Self::Present | Self::Leads | Self::Conversions => "count(*)",
            Self::Won => "count(*) FILTER (WHERE outcome = 'won')",
            Self::Lost => "count(*) FILTER (WHERE outcome = 'lost')",
            Self::Cancelled => "count(*) FILTER (WHERE outcome = 'cancelled')",
            Self::Decided => "count(*) FILTER (WHERE outcome IN ('won', 'lost'))",
            Self::AmountWon => "sum(amount) FILTER (WHERE outcome = 'won')",
            Self::WonWithAmount => "count(amount) FILTER (WHERE outcome = 'won')",
            Self::DaysWon => "sum(cycle_days) FILTER (WHERE outcome = 'won')",
            Self::WonWithDays => "count(cycle_days) FILTER (WHERE outcome = 'won')",
            Self::MedianDaysWon => {
                "(percentile_disc(0.5) WITHIN GROUP (ORDER BY cycle_days) FILTER (WHERE outcome = 'won') + percentile_disc(0.5) WITHIN GROUP (ORDER BY cycle_days DESC) FILTER (WHERE outcome = 'won')) / 2"
            }
            Self::DaysLost => "sum(cycle_days) FILTER (WHERE outcome = 'lost')",
            Self::LostWithDays => "count(cycle_days) FILTER (WHERE outcome = 'lost')",
            Self::MedianDaysLost => {
                "(percentile_disc(0.5) WITHIN GROUP (ORDER BY cycle_days) FILTER (WHERE outcome = 'lost') + percentile_disc(0.5) WITHIN GROUP (ORDER BY cycle_days DESC) FILTER (WHERE outcome = 'lost')) / 2"
            }
            Self::DaysClosed => "sum(cycle_days)",
            Self::ClosedWithDays => "count(cycle_days)",
            Self::MedianDaysClosed => {
                "(percentile_disc(0.5) WITHIN GROUP (ORDER BY cycle_days) + percentile_disc(0.5) WITHIN GROUP (ORDER BY cycle_days DESC)) / 2"
            }
            Self::Units => "sum(units)",
            Self::Revenue | Self::PresentAmount | Self::OpenListPrice => "sum(amount)",
            Self::Entered => "count(DISTINCT record)",
            Self::Open => "count(*) FILTER (WHERE outcome = 'open')",
            Self::OpenAmount => "sum(amount) FILTER (WHERE outcome = 'open')",
            Self::OpenWeight => "sum(weight) FILTER (WHERE outcome = 'open')",
            Self::OpenWeighted => "sum(amount * weight) FILTER (WHERE outcome = 'open')",
            Self::LeadsConverted => "count(*) FILTER (WHERE is_converted)",
            Self::LeadDaysConverted => "sum(days_to_convert) FILTER (WHERE is_converted)",
            Self::LeadsWithDays => "count(days_to_convert) FILTER (WHERE is_converted)",
            Self::MedianLeadDaysConverted => {
                "(percentile_disc(0.5) WITHIN GROUP (ORDER BY days_to_convert) FILTER (WHERE is_converted) + percentile_disc(0.5) WITHIN GROUP (ORDER BY days_to_convert DESC) FILTER (WHERE is_converted)) / 2"
            }
            Self::DaysConverted => "sum(days_to_convert)",
            Self::ConvertedWithDays => "count(days_to_convert)",
            Self::MedianDaysConverted => {
                "(percentile_disc(0.5) WITHIN GROUP (ORDER BY days_to_convert) + percentile_disc(0.5) WITHIN GROUP (ORDER BY days_to_convert DESC)) / 2"
            }
        }
    }

    /// The measure over how many took how many days, in SQL; only medians are read from there. The middle one is the first with
    /// half of all up to it, the other middle one the first with more than half.
    pub(super) fn over_cycle_days(self) -> &'static str {
        if self == Self::MedianDaysWon {
            "(min(cycle_days) FILTER (WHERE 2 * won_up_to >= won) + min(cycle_days) FILTER (WHERE 2 * won_up_to > won)) / 2.0"
        } else if self == Self::MedianDaysLost {
            "(min(cycle_days) FILTER (WHERE 2 * lost_up_to >= lost) + min(cycle_days) FILTER (WHERE 2 * lost_up_to > lost)) / 2.0"
        } else {
            "(min(cycle_days) FILTER (WHERE 2 * up_to >= closed_in_all) + min(cycle_days) FILTER (WHERE 2 * up_to > closed_in_all)) / 2.0"
        }
    }

    /// The measure over sums per day, in SQL; what has none is never read from there.
    pub(super) fn over_sums(self) -> &'static str {
        match self {
            Self::Opened => "sum(opened)",
            Self::Won => "sum(won)",
            Self::Lost => "sum(lost)",
            Self::Cancelled => "sum(cancelled)",
            Self::Decided => "sum(won + lost)",
            Self::AmountWon => "sum(amount_won)",
            Self::WonWithAmount => "sum(won_with_amount)",
            Self::DaysWon => "sum(days_won)",
            Self::WonWithDays => "sum(won_with_days)",
            Self::DaysLost => "sum(days_lost)",
            Self::LostWithDays => "sum(lost_with_days)",
            Self::DaysClosed => "sum(days_closed)",
            Self::ClosedWithDays => "sum(closed_with_days)",
            Self::MedianDaysWon
            | Self::MedianDaysLost
            | Self::MedianDaysClosed
            | Self::Units
            | Self::Revenue
            | Self::Entered
            | Self::Present
            | Self::PresentAmount
            | Self::Open
            | Self::OpenAmount
            | Self::OpenWeight
            | Self::OpenWeighted
            | Self::OpenListPrice
            | Self::Leads
            | Self::LeadsConverted
            | Self::LeadDaysConverted
            | Self::LeadsWithDays
            | Self::MedianLeadDaysConverted
            | Self::Conversions
            | Self::DaysConverted
            | Self::ConvertedWithDays
            | Self::MedianDaysConverted => "NULL",
        }
    }
}

impl Family {
    /// Whether it is counted at moments instead of over periods.
    pub fn is_standing(self) -> bool {
        matches!(self, Self::Standing | Self::StandingLines)
    }

    /// Whether its facts are leads, which have neither product nor stage nor client.
    pub fn is_of_leads(self) -> bool {
        matches!(self, Self::Leads | Self::Conversions)
    }
}
