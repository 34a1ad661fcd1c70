//! How many connections the system lets us hold.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// More than we ever need; some systems allow so many that others' tables grow with them.
const ENOUGH: u64 = 65_536;

/// Raises our own limit of open files as far as the system allows: the usual 1,024 is less than the idle connections of a
/// thousand browsers.
pub fn raise_limit() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.map_or(ENOUGH, |maximum| maximum.min(ENOUGH));
    if current.is_none_or(|current| current >= wanted) {
        return;
    }
    if let Err(error) = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: Some(wanted),
            maximum,
        },
    ) {
        tracing::warn!(%error, ?current, "the limit of open files stays as it is");
    }
}
