//! Who works there: a director, an administrator, an auditor, and four offices with a manager and three sellers each.

use cartera_domain::ids::{Singleton, SubjectId, TeamId, TeamTreeId, UserId};
use cartera_domain::permission::Role;
use cartera_domain::users::{Locale, TeamTree, TeamTreeCommand, User, UserCommand};
use cartera_domain::values::{EmailAddress, Personal};

use crate::draft::{Draft, Stream};
use crate::error::CommandError;
use crate::users::email_claim;

use super::{DemoUser, Maker, defect, line, on};

/// A seller with a team.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seller {
    pub(super) user: UserId,
    pub(super) team: TeamId,
    /// How well the seller sells, in per cent of the usual.
    pub(super) skill: u32,
}

/// Everybody who works there.
pub(super) struct Staff {
    pub(super) sellers: Vec<Seller>,
    pub(super) sign_in: Vec<DemoUser>,
}

const OFFICES: [(&str, &str, [&str; 3]); 4] = [
    (
        "Barcelona",
        "Mercè Vidal Roca",
        ["Jordi Puig Serra", "Núria Camps Soler", "Pau Ferrer Mas"],
    ),
    (
        "Girona",
        "Albert Dalmau Pi",
        ["Laia Bosch Riera", "Carles Sala Font", "Irene Roura Grau"],
    ),
    (
        "Tarragona",
        "Montserrat Ribas Gil",
        ["Xavier Llop Vives", "Anna Cid Munté", "David Roig Martí"],
    ),
    (
        "Lleida",
        "Ramon Solé Farré",
        [
            "Marta Esteve Pons",
            "Joan Miró Capdevila",
            "Elena Torres Badia",
        ],
    ),
];

/// Hires everybody.
pub(super) async fn hire(maker: &mut Maker) -> Result<Staff, CommandError> {
    let mut staff = Staff {
        sellers: vec![],
        sign_in: vec![],
    };
    for (name, email, role) in [
        ("Sílvia Canals Prat", "admin", Role::Administrator),
        ("Enric Batlle Coma", "direccio", Role::Director),
        ("Teresa Nadal Oliva", "auditoria", Role::Auditor),
    ] {
        engage(maker, &mut staff, name, email, (role, None)).await?;
    }
    let mut tree = Stream::<TeamTree>::new(TeamTreeId::the());
    let whole = form(maker, &mut tree, "Vendes", None, (None, None))?;
    for (office, manager, sellers) in OFFICES {
        let team: TeamId = maker.bus.ids().mint();
        let manager = engage(
            maker,
            &mut staff,
            manager,
            &local(manager),
            (Role::Manager, Some(team)),
        )
        .await?;
        let command = TeamTreeCommand::FormTeam {
            team,
            name: line(office)?,
            parent: Some(whole),
            manager: Some(manager),
            office: Some(line(office)?),
        };
        tree.decide(&maker.envelope, command, on(maker.first_day))?;
        for name in sellers {
            let user = engage(
                maker,
                &mut staff,
                name,
                &local(name),
                (Role::Salesperson, Some(team)),
            )
            .await?;
            let skill = maker.between(75, 130);
            staff.sellers.push(Seller { user, team, skill });
        }
    }
    maker.take(Draft::default().with(tree)).await?;
    maker.write().await?;
    Ok(staff)
}

fn form(
    maker: &Maker,
    tree: &mut Stream<TeamTree>,
    name: &str,
    parent: Option<TeamId>,
    (manager, office): (Option<UserId>, Option<&str>),
) -> Result<TeamId, CommandError> {
    let team: TeamId = maker.bus.ids().mint();
    let office = office.map(line).transpose()?;
    let command = TeamTreeCommand::FormTeam {
        team,
        name: line(name)?,
        parent,
        manager,
        office,
    };
    tree.decide(&maker.envelope, command, on(maker.first_day))?;
    Ok(team)
}

async fn engage(
    maker: &mut Maker,
    staff: &mut Staff,
    name: &str,
    local: &str,
    (role, team): (Role, Option<TeamId>),
) -> Result<UserId, CommandError> {
    let (id, subject): (UserId, SubjectId) = (maker.bus.ids().mint(), maker.bus.ids().mint());
    let email: EmailAddress = format!("{local}@canigo.example").parse().map_err(defect)?;
    let command = UserCommand::RegisterUser {
        name: Personal::new(subject, line(name)?),
        email: Some(Personal::new(subject, email.clone())),
        role,
        team,
        locale: Locale::Es,
        external_reference: None,
    };
    let mut stream = Stream::<User>::new(id);
    stream.decide(&maker.envelope, command, on(maker.first_day))?;
    staff.sign_in.push(DemoUser {
        id,
        email: email.as_str().to_owned(),
        role,
    });
    let claim = email_claim(&maker.bus, &email, id, subject);
    maker
        .take(Draft::default().with(stream).claiming(claim))
        .await?;
    Ok(id)
}

/// The part of an address before the at sign: first name and first surname, without accents.
fn local(name: &str) -> String {
    let plain: String = name.to_lowercase().chars().map(unaccented).collect();
    plain
        .split_whitespace()
        .take(2)
        .collect::<Vec<_>>()
        .join(".")
}

fn unaccented(letter: char) -> char {
    match letter {
        'à' | 'á' => 'a',
        'è' | 'é' => 'e',
        'í' | 'ï' => 'i',
        'ò' | 'ó' => 'o',
        'ú' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn an_address_has_no_accents() {
        assert_eq!(local("Núria Camps Soler"), "nuria.camps");
    }
}
