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
