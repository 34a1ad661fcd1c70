use cartera_domain::Event;
use cartera_domain::leads::{LeadDetails, LeadDetailsPatch, LeadEvent};
use cartera_domain::values::Patch;

use super::{id, line, note, parse, personal};

pub(super) fn all() -> Vec<Event> {
    let events = [
        LeadEvent::LeadRegistered {
            details: details(),
            channel: Some(id(1)),
            owner: Some(id(31)),
            team: Some(id(21)),
        },
        LeadEvent::LeadDetailsCorrected { changes: changes() },
        LeadEvent::LeadChannelCorrected { channel: None },
        LeadEvent::LeadAssigned {
            owner: Some(id(32)),
            team: None,
        },
        LeadEvent::LeadContacted {},
        LeadEvent::LeadQualified {},
        LeadEvent::LeadConverted {
            client: id(51),
            opportunity: Some(id(61)),
        },
        LeadEvent::LeadDiscarded {
            reason: Some(id(3)),
            note: Some(note("Ja té proveïdor.")),
        },
        LeadEvent::LeadReopened {},
    ];
    events.into_iter().map(Event::from).collect()
}

fn details() -> LeadDetails {
    LeadDetails {
        person_name: Some(personal("Joan Serra")),
        company_name: Some(line("Ferreteria Serra")),
        job_title: Some(line("Cap de compres")),
        email: Some(personal("joan@serra.example")),
        phone: Some(personal("972 123 456")),
        tax_id: Some(personal("B12345674")),
        city: Some(line("Olot")),
        country: Some(line("Espanya")),
        sector: Some(line("Ferreteries")),
        campaign: Some(line("Fira de Girona 2026")),
        interest: Some(line("Eines elèctriques")),
        expected_value: Some(parse("2500")),
        notes: Some(note("Trucar a la tarda.")),
        external_reference: Some(personal("L-42")),
    }
}

fn changes() -> LeadDetailsPatch {
    LeadDetailsPatch {
        person_name: Patch::Set(personal("Joan Serra i Vila")),
        company_name: Patch::Set(line("Serra Germans, SL")),
        job_title: Patch::Clear,
        email: Patch::Set(personal("joan.serra@serra.example")),
        phone: Patch::Clear,
        tax_id: Patch::Set(personal("B76543214")),
        city: Patch::Set(line("Banyoles")),
        country: Patch::Keep,
        sector: Patch::Set(line("Comerç")),
        campaign: Patch::Clear,
        interest: Patch::Set(line("Eines")),
        expected_value: Patch::Set(parse("3000.5")),
        notes: Patch::Set(note("Trucar al matí.\nParla amb la Núria.")),
        external_reference: Patch::Set(personal("L-43")),
    }
}
