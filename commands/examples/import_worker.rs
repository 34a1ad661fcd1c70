//! A reader of workbooks on its own: what `cartera import-worker` is, for this crate's tests and benchmarks.

use std::process::ExitCode;

fn main() -> ExitCode {
    let request = std::env::args().next_back().unwrap_or_default();
    cartera_commands::files::run_worker(&request)
}
