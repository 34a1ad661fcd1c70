use cartera_domain::Event;
use cartera_domain::permission::Role;
use cartera_domain::users::{Locale, TeamTreeEvent, UserEvent};

use super::{id, line, personal};

pub(super) fn all() -> Vec<Event> {
    let tree = team_tree().into_iter().map(Event::from);
    tree.chain(user().into_iter().map(Event::from)).collect()
}

fn team_tree() -> Vec<TeamTreeEvent> {
    vec![
        TeamTreeEvent::TeamFormed {
            team: id(21),
            name: line("Girona"),
            parent: Some(id(20)),
            manager: Some(id(31)),
            office: Some(line("Delegació nord")),
        },
        TeamTreeEvent::TeamRenamed {
            team: id(21),
            name: line("Girona i Costa Brava"),
        },
        TeamTreeEvent::TeamMoved {
            team: id(21),
            parent: None,
        },
        TeamTreeEvent::TeamManagerAppointed {
            team: id(21),
            manager: Some(id(32)),
        },
        TeamTreeEvent::TeamOfficeChanged {
            team: id(21),
            office: Some(line("Figueres")),
        },
        TeamTreeEvent::TeamDisbanded { team: id(21) },
    ]
}

fn user() -> Vec<UserEvent> {
    vec![
        UserEvent::UserRegistered {
            name: personal("Anna Puig"),
            email: Some(personal("anna@puig.example")),
            role: Role::Salesperson,
            team: Some(id(21)),
            locale: Locale::Ca,
            external_reference: Some(personal("A. Puig")),
        },
        UserEvent::UserRenamed {
            name: personal("Anna Puig i Serra"),
        },
        UserEvent::UserEmailChanged { email: None },
        UserEvent::UserRoleChanged {
            role: Role::Manager,
        },
        UserEvent::UserMovedToTeam { team: Some(id(22)) },
        UserEvent::UserLocaleChanged { locale: Locale::Es },
        UserEvent::UserDeactivated {},
        UserEvent::UserReactivated {},
    ]
}
