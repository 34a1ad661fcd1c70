use cartera_domain::ids::{Singleton as _, SubjectId, TeamId, TeamTreeId, UserId};
use cartera_domain::permission::Role;
use cartera_domain::users::{Locale, TeamTree, TeamTreeEvent, User, UserEvent};
use cartera_domain::values::Personal;
use cartera_projections::page;
use cartera_projections::users::team_directory::TeamFilter;
use cartera_projections::users::user_directory::{UserFilter, viewer};

use crate::world::{World, director, line, new};

pub(crate) fn joined(name: &str, role: Role, team: Option<TeamId>) -> UserEvent {
    UserEvent::UserRegistered {
        name: Personal::new(new::<SubjectId>(), line(name).expect("a name")),
        email: None,
        role,
        team,
        locale: Locale::Ca,
        external_reference: None,
    }
}

fn formed(
    team: TeamId,
    name: &str,
    parent: Option<TeamId>,
    manager: Option<UserId>,
) -> TeamTreeEvent {
    TeamTreeEvent::TeamFormed {
        team,
        name: line(name).expect("a name"),
        parent,
        manager,
        office: parent.is_none().then(|| line("Girona")).flatten(),
    }
}

#[tokio::test]
async fn who_asks_sees_the_own_teams_the_led_ones_and_those_below() {
    let world = World::new().await;
    let (sales, north, coast, service): (TeamId, TeamId, TeamId, TeamId) =
        (new(), new(), new(), new());
    let (chief, anna, biel, carla): (UserId, UserId, UserId, UserId) = (new(), new(), new(), new());
    world
        .given::<TeamTree>(
            TeamTreeId::the(),
            vec![
                ("now", formed(sales, "Vendes", None, None)),
                ("now", formed(north, "Nord", Some(sales), Some(chief))),
                ("now", formed(coast, "Costa", Some(north), None)),
                ("now", formed(service, "Servei", None, None)),
            ],
        )
        .await;
    for (user, name, role, team) in [
        (chief, "Chief", Role::Manager, Some(service)),
        (anna, "Anna", Role::Salesperson, Some(north)),
        (biel, "Biel", Role::Salesperson, Some(coast)),
        (carla, "Carla", Role::Salesperson, Some(sales)),
    ] {
        world
            .given::<User>(user, vec![("now", joined(name, role, team))])
            .await;
    }
    world.project().await;
    let sorted = |mut ids: Vec<UserId>| {
        ids.sort();
        ids
    };

    let manager = viewer(&world.reads, chief)
        .await
        .expect("an answer")
        .expect("a viewer");
    assert_eq!(manager.role, Role::Manager);
    let mut teams = vec![north, coast, service];
    teams.sort();
    assert_eq!(manager.teams, teams);
    assert_eq!(sorted(manager.members), sorted(vec![anna, biel, chief]));
    let salesperson = viewer(&world.reads, biel)
        .await
        .expect("an answer")
        .expect("a viewer");
    assert_eq!(
        (salesperson.teams, salesperson.members),
        (vec![coast], vec![biel])
    );

    world
        .given::<TeamTree>(
            TeamTreeId::the(),
            vec![(
                "now",
                TeamTreeEvent::TeamMoved {
                    team: coast,
                    parent: None,
                },
            )],
        )
        .await;
    world
        .given::<User>(biel, vec![("now", UserEvent::UserDeactivated {})])
        .await;
    world.project().await;
    let manager = viewer(&world.reads, chief)
        .await
        .expect("an answer")
        .expect("a viewer");
    assert_eq!(sorted(manager.members), sorted(vec![anna, chief]));
    assert_eq!(viewer(&world.reads, biel).await.expect("an answer"), None);
    assert_eq!(viewer(&world.reads, new()).await.expect("an answer"), None);
    world.is_faithful().await;
}

#[tokio::test]
async fn a_team_works_from_the_office_above_and_keeps_its_name_when_disbanded() {
    let world = World::new().await;
    let (sales, north): (TeamId, TeamId) = (new(), new());
    world
        .given::<TeamTree>(
            TeamTreeId::the(),
            vec![
                ("now", formed(sales, "Vendes", None, None)),
                ("now", formed(north, "Nord", Some(sales), None)),
            ],
        )
        .await;
    world.project().await;
    let find = async |id: TeamId| {
        let teams = page::all(&world.reads, &director(), &TeamFilter::default())
            .await
            .expect("rows");
        teams
            .into_iter()
            .find(|team| team.id == id)
            .expect("the team")
    };
    let before = find(north).await;
    assert_eq!(
        (before.office.as_deref(), before.works_at.as_deref()),
        (None, Some("Girona"))
    );
    assert_eq!(before.path, [north, sales]);

    world
        .given::<TeamTree>(
            TeamTreeId::the(),
            vec![("now", TeamTreeEvent::TeamDisbanded { team: north })],
        )
        .await;
    world.project().await;
    let after = find(north).await;

    assert!(after.disbanded);
    assert_eq!((after.name.as_str(), after.version), ("Nord", 3));
    assert_eq!(find(sales).await.version, 3);
    world.is_faithful().await;
}

#[tokio::test]
async fn users_are_found_by_role_team_activity_and_name() {
    let world = World::new().await;
    let team: TeamId = new();
    let (anna, biel): (UserId, UserId) = (new(), new());
    world
        .given::<User>(
            anna,
            vec![("now", joined("Ànna Pi", Role::Manager, Some(team)))],
        )
        .await;
    world
        .given::<User>(
            biel,
            vec![
                ("now", joined("Biel", Role::Salesperson, None)),
                ("now", UserEvent::UserDeactivated {}),
            ],
        )
        .await;
    world.project().await;
    let found = async |filter: UserFilter| {
        let users = page::all(&world.reads, &director(), &filter)
            .await
            .expect("rows");
        users.into_iter().map(|user| user.id).collect::<Vec<_>>()
    };

    assert_eq!(
        found(UserFilter {
            role: vec![Role::Manager],
            ..UserFilter::default()
        })
        .await,
        [anna]
    );
    assert_eq!(
        found(UserFilter {
            team: vec![team],
            ..UserFilter::default()
        })
        .await,
        [anna]
    );
    assert_eq!(
        found(UserFilter {
            active: Some(false),
            ..UserFilter::default()
        })
        .await,
        [biel]
    );
    assert_eq!(
        found(UserFilter {
            search: Some("anna".to_owned()),
            ..UserFilter::default()
        })
        .await,
        [anna]
    );
}
