//! `cartera schema`

use std::io::Write;
use std::process::ExitCode;

use super::CliError;

/// Prints the GraphQL schema, as `api/schema.graphql` holds it.
///
/// # Errors
/// When nobody can be told.
pub(super) fn run() -> Result<ExitCode, CliError> {
    match std::io::stdout().write_all(crate::schema::sdl().as_bytes()) {
        Err(source) if source.kind() != std::io::ErrorKind::BrokenPipe => Err(CliError::System {
            act: "cannot write the schema",
            source,
        }),
        _ => Ok(ExitCode::SUCCESS),
    }
}
