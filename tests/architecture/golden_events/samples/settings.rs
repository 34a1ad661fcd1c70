use cartera_domain::Event;
use cartera_domain::settings::{
    CatalogueEvent, CompanyEvent, FiscalStart, PipelineEvent, ReasonKind, StageCategory,
    StageDefinition,
};
use cartera_domain::users::Locale;

use super::{id, line, parse};

pub(super) fn all() -> Vec<Event> {
    let company = company().into_iter().map(Event::from);
    let catalogue = catalogue().into_iter().map(Event::from);
    let pipeline = pipeline().into_iter().map(Event::from);
    company.chain(catalogue).chain(pipeline).collect()
}

fn company() -> Vec<CompanyEvent> {
    let fiscal_start = FiscalStart::try_new(7).unwrap();
    vec![
        CompanyEvent::CompanySetUp {
            name: line("Distribucions Puig, SL"),
            currency: parse("EUR"),
            time_zone: parse("Europe/Madrid"),
            fiscal_start,
            locale: Locale::Ca,
        },
        CompanyEvent::CompanyRenamed {
            name: line("Puig Distribució"),
        },
        CompanyEvent::CompanyTimeZoneChanged {
            time_zone: parse("Atlantic/Canary"),
        },
        CompanyEvent::CompanyFiscalStartChanged { fiscal_start },
        CompanyEvent::CompanyLocaleChanged { locale: Locale::En },
    ]
}

fn catalogue() -> Vec<CatalogueEvent> {
    vec![
        CatalogueEvent::ChannelAdded {
            channel: id(1),
            name: line("Fira"),
        },
        CatalogueEvent::ChannelRenamed {
            channel: id(1),
            name: line("Fires i congressos"),
        },
        CatalogueEvent::ChannelRetired { channel: id(1) },
        CatalogueEvent::ReasonAdded {
            reason: id(2),
            kind: ReasonKind::Lost,
            name: line("Preu"),
        },
        CatalogueEvent::ReasonRenamed {
            reason: id(2),
            name: line("Preu massa alt"),
        },
        CatalogueEvent::ReasonRetired { reason: id(2) },
    ]
}

fn stage(number: u128, name: &str, category: StageCategory, probability: &str) -> StageDefinition {
    StageDefinition {
        stage: id(number),
        name: line(name),
        category,
        probability: parse(probability),
    }
}

fn pipeline() -> Vec<PipelineEvent> {
    vec![
        PipelineEvent::PipelineCreated {
            name: line("Vendes"),
            stages: vec![
                stage(11, "En anàlisi", StageCategory::Open, "12.5"),
                stage(12, "Guanyada", StageCategory::Won, "100"),
                stage(13, "Perduda", StageCategory::Lost, "0"),
                stage(14, "Cancel·lada", StageCategory::Cancelled, "0"),
            ],
        },
        PipelineEvent::PipelineRenamed {
            name: line("Vendes directes"),
        },
        PipelineEvent::StageAdded {
            definition: stage(15, "En negociació", StageCategory::Open, "66.67"),
            after: Some(id(11)),
        },
        PipelineEvent::StageRenamed {
            stage: id(15),
            name: line("Negociació"),
        },
        PipelineEvent::StageProbabilityChanged {
            stage: id(15),
            probability: parse("70"),
        },
        PipelineEvent::StageReordered {
            stage: id(15),
            after: None,
        },
        PipelineEvent::StageRetired { stage: id(15) },
        PipelineEvent::PipelineRetired {},
    ]
}
