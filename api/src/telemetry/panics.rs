//! What is said of a panic: where it was. What it says itself may hold somebody's data.

use std::io::Write;
use std::panic::{PanicHookInfo, set_hook};

use tracing::dispatcher::get_default;
use tracing::subscriber::NoSubscriber;

/// From now on a panic is told by its place alone, in the log, or on standard error where there is no log.
pub fn tell_places_only() {
    set_hook(Box::new(tell));
}

fn tell(panic: &PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map(ToString::to_string)
        .unwrap_or_default();
    if get_default(tracing::Dispatch::is::<NoSubscriber>) {
        // Where not even this can be written, nobody listens.
        drop(writeln!(
            std::io::stderr(),
            "cartera: a defect: panicked at {place}"
        ));
    } else {
        tracing::error!(place, "a defect: panicked");
    }
}
