//! Who sees which figures: a salesperson the own, a manager those of the own teams of then, a director all.

use cartera_domain::Viewer;
use cartera_domain::permission::Role;
use cartera_domain::users::{TeamTree, TeamTreeEvent};
use cartera_projections::reports::{Grouping, Metric, ReportRequest};

use crate::world::{
    World, anna, asking, berta, carles, grouped, id, north, opening, sales, south, table, totals,
    viewer, within,
};

const FIGURES: [Metric; 3] = [
    Metric::OpportunitiesWon,
    Metric::AmountWon,
    Metric::OpenPipelineCount,
];

/// Won: 1 by Anna in the north, 10 by Berta in the south, 100 by nobody. Open: one each.
async fn sold() -> World {
    let mut world = World::new().await;
    let owners = [
        (1, Some(anna()), Some(north()), "1"),
        (2, Some(berta()), Some(south()), "10"),
        (3, None, None, "100"),
    ];
    for (number, owner, team, worth) in owners {
        world.opened(number, "2024-01-01", opening().of(owner, team));
        world.won(number, "2024-02-01", worth);
        world.opened(number + 10, "2024-01-01", opening().of(owner, team));
    }
    world
}

/// The figures, from sums where they serve and from the facts.
async fn seen(world: &mut World, viewer: &Viewer) -> Vec<String> {
    let all = asking(&FIGURES);
    let facts = totals(&world.report_to(viewer, &all).await);
    let summed = within(all, "2024-01-01", "2030-12-31");
    assert_eq!(totals(&world.report_to(viewer, &summed).await), facts);
    facts
}

#[tokio::test]
async fn each_role_sees_as_far_as_it_reaches() {
    let mut world = sold().await;
    let everything = ["3.00", "111.00", "3.00"];
    for role in [Role::Director, Role::Administrator, Role::Auditor] {
        assert_eq!(
            seen(&mut world, &viewer(role, id(99), &[])).await,
            everything
        );
    }
    let own = viewer(Role::Salesperson, anna(), &[north()]);
    assert_eq!(seen(&mut world, &own).await, ["1.00", "1.00", "1.00"]);
    let of_south = viewer(Role::Manager, carles(), &[south()]);
    assert_eq!(
        seen(&mut world, &of_south).await,
        ["2.00", "110.00", "2.00"],
        "the team's, and what nobody owns"
    );
    let of_none = viewer(Role::Manager, berta(), &[]);
    assert_eq!(
        seen(&mut world, &of_none).await,
        ["2.00", "110.00", "2.00"],
        "the own, without any team"
    );
    let of_all = viewer(Role::Manager, carles(), &[sales(), north(), south()]);
    assert_eq!(seen(&mut world, &of_all).await, everything);
}

#[tokio::test]
async fn groups_of_others_are_not_even_empty_rows() {
    let mut world = sold().await;
    let request = grouped(asking(&FIGURES), &[Grouping::Owner]);
    let own = viewer(Role::Salesperson, anna(), &[north()]);
    assert_eq!(
        table(&world.report_to(&own, &request).await),
        ["21 | 1.00 1.00 1.00"]
    );
}

#[tokio::test]
async fn figures_of_the_past_stay_with_who_owned_them_then() {
    let mut world = World::new().await;
    world.opened(1, "2024-01-01", opening());
    world.won(1, "2024-02-01", "100");
    world.assigned(1, "2024-03-01", Some(berta()), Some(south()));
    let request = asking(&[Metric::AmountWon]);
    for (who, teams, amount) in [
        (anna(), vec![], "100.00"),
        (berta(), vec![], "0.00"),
        (carles(), vec![north()], "100.00"),
        (carles(), vec![south()], "0.00"),
    ] {
        let role = if teams.is_empty() {
            Role::Salesperson
        } else {
            Role::Manager
        };
        let figures = world.report_to(&viewer(role, who, &teams), &request).await;
        assert_eq!(totals(&figures), [amount], "{who} {teams:?}");
    }
}

#[tokio::test]
async fn a_team_that_moves_takes_its_future_along_and_leaves_its_past() {
    let mut world = World::new().await;
    let in_north = |world: &mut World, number, on: &str| {
        world.opened(number, on, opening());
        world.won(number, on, "1");
    };
    in_north(&mut world, 1, "2024-01-15");
    world.happens::<TeamTree>(
        6,
        "2024-06-01",
        TeamTreeEvent::TeamMoved {
            team: north(),
            parent: Some(south()),
        },
    );
    in_north(&mut world, 2, "2024-07-01");
    in_north(&mut world, 3, "2024-08-01");
    let of_south = viewer(Role::Manager, berta(), &[south()]);
    let request: ReportRequest = asking(&[Metric::OpportunitiesWon]);
    assert_eq!(
        totals(&world.report_to(&of_south, &request).await),
        ["2.00"]
    );
}
