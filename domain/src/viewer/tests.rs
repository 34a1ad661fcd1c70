use super::*;
use crate::values::samples::id;

fn viewer(role: Role) -> Viewer {
    Viewer {
        user: id(1),
        role,
        teams: vec![id(10)],
        members: vec![id(2)],
    }
}

const MINE: u128 = 1;
const MY_TEAMS: u128 = 2;
const OTHERS: u128 = 3;

#[test]
fn everybody_sees_own_team_or_company_as_the_role_says() {
    let sees = |role, owner| viewer(role).sees(Ownership::Owner(Some(id(owner))));
    for (role, owners) in [
        (Role::Salesperson, &[MINE][..]),
        (Role::Manager, &[MINE, MY_TEAMS]),
        (Role::Director, &[MINE, MY_TEAMS, OTHERS]),
        (Role::Administrator, &[MINE, MY_TEAMS, OTHERS]),
        (Role::Auditor, &[MINE, MY_TEAMS, OTHERS]),
    ] {
        for owner in [MINE, MY_TEAMS, OTHERS] {
            assert_eq!(
                sees(role, owner),
                owners.contains(&owner),
                "{role:?} {owner}"
            );
        }
    }
}

#[test]
fn what_nobody_owns_is_seen_by_managers_and_above() {
    for (role, sees) in [
        (Role::Salesperson, false),
        (Role::Manager, true),
        (Role::Director, true),
        (Role::Administrator, true),
        (Role::Auditor, true),
    ] {
        assert_eq!(viewer(role).sees(Ownership::Owner(None)), sees, "{role:?}");
    }
}

#[test]
fn what_is_the_companys_is_seen_by_all() {
    assert!(viewer(Role::Salesperson).sees(Ownership::Company));
}
