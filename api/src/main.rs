//! The program `cartera`: see `cartera --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    cartera::telemetry::panics::tell_places_only();
    // The child process that reads a workbook, under limits that leave no room for anything else: see `cartera_commands::files`.
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("import-worker") {
        return cartera_commands::files::run_worker(&arguments.next().unwrap_or_default());
    }
    match cartera::cli::run() {
        Ok(code) => code,
        Err(error) => complain(&error),
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the one place where the program speaks before or without its log"
)]
fn complain(error: &cartera::cli::CliError) -> ExitCode {
    eprintln!("cartera: {error}");
    ExitCode::FAILURE
}
