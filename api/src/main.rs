//! The program `cartera`: see `cartera --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
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
