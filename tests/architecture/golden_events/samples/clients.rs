use cartera_domain::Event;
use cartera_domain::clients::{
    ClientDetails, ClientDetailsPatch, ClientEvent, ClientKind, ContactDetails, ContactDetailsPatch,
};
use cartera_domain::values::Patch;

use super::{id, line, note, parse, personal};

pub(super) fn all() -> Vec<Event> {
    let events = [
        ClientEvent::ClientRegistered {
            kind: ClientKind::Company,
            details: details(),
            owner: Some(id(31)),
            team: Some(id(21)),
            lead: Some(id(41)),
        },
        ClientEvent::ClientDetailsCorrected { changes: changes() },
        ClientEvent::ClientAssigned {
            owner: None,
            team: None,
        },
        ClientEvent::ContactAdded {
            contact: id(55),
            details: ContactDetails {
                name: Some(personal("Núria Vila")),
                role: Some(line("Compres")),
                email: Some(personal("nuria@serra.example")),
                phone: Some(personal("+34 600 123 456")),
                notes: Some(note("Prefereix el correu.")),
            },
        },
        ClientEvent::ContactDetailsCorrected {
            contact: id(55),
            changes: ContactDetailsPatch {
                name: Patch::Set(personal("Núria Vila i Puig")),
                role: Patch::Set(line("Direcció")),
                email: Patch::Clear,
                phone: Patch::Keep,
                notes: Patch::Set(note("Prefereix el telèfon.")),
            },
        },
        ClientEvent::ContactRemoved { contact: id(55) },
        ClientEvent::ClientArchived {},
        ClientEvent::ClientRestored {},
    ];
    events.into_iter().map(Event::from).collect()
}

fn details() -> ClientDetails {
    ClientDetails {
        company_name: Some(line("Ferreteria Serra")),
        legal_name: Some(line("Serra Germans, SL")),
        person_name: Some(personal("Joan Serra")),
        tax_id: Some(personal("B12345674")),
        email: Some(personal("info@serra.example")),
        phone: Some(personal("972123456")),
        website: Some(line("https://serra.example")),
        sector: Some(line("Ferreteries")),
        street: Some(personal("Carrer Major, 1")),
        postal_code: Some(line("17800")),
        city: Some(line("Olot")),
        province: Some(line("Girona")),
        country: Some(line("Espanya")),
        employees: Some(12),
        revenue: Some(parse("1250000.75")),
        founded: Some(1987),
        parent_company: Some(line("Grup Serra")),
        notes: Some(note("Client des de 1999.")),
        external_reference: Some(personal("C-7")),
    }
}

fn changes() -> ClientDetailsPatch {
    ClientDetailsPatch {
        company_name: Patch::Set(line("Serra")),
        legal_name: Patch::Set(line("Serra Germans, SA")),
        person_name: Patch::Clear,
        tax_id: Patch::Set(personal("A12345674")),
        email: Patch::Set(personal("compres@serra.example")),
        phone: Patch::Set(personal("972654321")),
        website: Patch::Clear,
        sector: Patch::Set(line("Comerç")),
        street: Patch::Set(personal("Plaça Nova, 2")),
        postal_code: Patch::Set(line("17820")),
        city: Patch::Set(line("Banyoles")),
        province: Patch::Keep,
        country: Patch::Set(line("Catalunya")),
        employees: Patch::Set(14),
        revenue: Patch::Set(parse("1300000")),
        founded: Patch::Set(1986),
        parent_company: Patch::Clear,
        notes: Patch::Set(note("Client des de 1998.")),
        external_reference: Patch::Set(personal("C-8")),
    }
}
