use strum::VariantArray;

use super::*;

/// Who has which permission, spelled out a second time so that no slip goes unseen.
const MATRIX: [(Permission, &[Role]); 11] = {
    use Role::{Administrator, Auditor, Director, Manager, Salesperson};
    [
        (
            Permission::ReadSales,
            &[Administrator, Director, Manager, Salesperson, Auditor],
        ),
        (
            Permission::WriteSales,
            &[Administrator, Director, Manager, Salesperson],
        ),
        (Permission::AssignSales, &[Administrator, Director, Manager]),
        (
            Permission::ReadReports,
            &[Administrator, Director, Manager, Salesperson, Auditor],
        ),
        (
            Permission::ReadCompany,
            &[Administrator, Director, Manager, Salesperson, Auditor],
        ),
        (Permission::ManageProducts, &[Administrator, Director]),
        (Permission::ManageUsers, &[Administrator]),
        (Permission::ManageSettings, &[Administrator]),
        (Permission::Import, &[Administrator, Director]),
        (Permission::Audit, &[Administrator, Auditor]),
        (Permission::Introspect, &[Administrator, Director, Auditor]),
    ]
};

#[test]
fn every_role_has_just_its_permissions() {
    for (permission, roles) in MATRIX {
        for role in Role::VARIANTS {
            assert_eq!(
                role.may(permission),
                roles.contains(role),
                "{role:?} {permission:?}"
            );
        }
    }
    assert_eq!(MATRIX.len(), Permission::VARIANTS.len());
}

#[test]
fn an_auditor_changes_nothing() {
    use Permission::{
        AssignSales, Import, ManageProducts, ManageSettings, ManageUsers, WriteSales,
    };
    for permission in [
        WriteSales,
        AssignSales,
        ManageProducts,
        ManageUsers,
        ManageSettings,
        Import,
    ] {
        assert!(!Role::Auditor.may(permission), "{permission:?}");
    }
}

#[test]
fn roles_reach_as_far_as_they_answer_for() {
    assert_eq!(Role::Salesperson.reach(), Reach::Own);
    assert_eq!(Role::Manager.reach(), Reach::Team);
    for role in [Role::Director, Role::Administrator, Role::Auditor] {
        assert_eq!(role.reach(), Reach::Company);
    }
}
