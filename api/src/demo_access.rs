//! How one comes into the demo company, where it was made: by a password that everybody knows, so it is no place for real work.

/// The password of all its users.
pub const PASSWORD: &str = "a demo of cartera";

/// One of its users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoUser {
    /// The address for signing in.
    pub email: &'static str,
    /// What this user is, and sees.
    pub sees: &'static str,
}

/// A user of each role; the director first, who sees all figures.
pub const USERS: [DemoUser; 5] = [
    DemoUser {
        email: "direccio@canigo.example",
        sees: "director: the whole company",
    },
    DemoUser {
        email: "merce.vidal@canigo.example",
        sees: "manager: the team of Barcelona",
    },
    DemoUser {
        email: "jordi.puig@canigo.example",
        sees: "salesperson: the own",
    },
    DemoUser {
        email: "auditoria@canigo.example",
        sees: "auditor: the whole company, and changes nothing",
    },
    DemoUser {
        email: "admin@canigo.example",
        sees: "administrator: users and settings as well",
    },
];
