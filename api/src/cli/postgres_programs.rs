//! Finds and runs `pg_dump` and `pg_restore`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use reqwest::Url;
use tokio::process::Command;

use crate::config::{Config, Database};
use crate::database::Opened;

/// A program of PostgreSQL is absent or failed.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// It is not on this machine.
    #[error(
        "{0} was not found: install PostgreSQL's client programs, of the server's version or newer (Debian: apt-get install postgresql-client), or name their folder in CARTERA_POSTGRES_BIN"
    )]
    Absent(&'static str),
    /// It could not be started.
    #[error("cannot run {program}: {source}")]
    NotRun {
        /// The program.
        program: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// It failed.
    #[error("{name} failed: {output}")]
    Failed {
        /// The program.
        name: &'static str,
        /// Its last words.
        output: String,
    },
}

/// One of PostgreSQL's client programs, for one database.
pub(super) struct Program {
    name: &'static str,
    path: PathBuf,
    url: String,
    password: Option<String>,
}

impl Program {
    /// The one that belongs to the private PostgreSQL, or is named, or in the search path.
    pub(super) fn find(
        name: &'static str,
        config: &Config,
        opened: &Opened,
    ) -> Result<Self, ProgramError> {
        let named = match &config.database {
            Database::Embedded(_) => opened.binaries().map(|binaries| binaries.program(name)),
            Database::Server(_) => config
                .postgres_programs
                .as_ref()
                .map(|folder| folder.join(name)),
        };
        let search = std::env::var_os("PATH").unwrap_or_default();
        let found = std::env::split_paths(&search).map(|folder| folder.join(name));
        let path = named
            .into_iter()
            .chain(found)
            .find(|path| path.is_file())
            .ok_or(ProgramError::Absent(name))?;
        let (url, password) = without_password(opened.url());
        Ok(Self {
            name,
            path,
            url,
            password,
        })
    }

    /// Runs it to its end.
    pub(super) async fn run(&self, arguments: &[OsString]) -> Result<(), ProgramError> {
        let mut command = Command::new(&self.path);
        command
            .args(arguments)
            .arg("--dbname")
            .arg(&self.url)
            .arg("--no-password");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some(password) = &self.password {
            // Other users see the arguments of a process, not its environment.
            command.env("PGPASSWORD", password);
        }
        let output = command
            .output()
            .await
            .map_err(|source| ProgramError::NotRun {
                program: self.path.clone(),
                source,
            })?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let cause = said
            .lines()
            .find(|line| line.contains("error:"))
            .or_else(|| said.lines().last());
        Err(ProgramError::Failed {
            name: self.name,
            output: cause.unwrap_or("without a word").to_owned(),
        })
    }
}

/// An argument that names a file, whatever its name begins with.
pub(super) fn file_argument(option: &str, file: &Path) -> OsString {
    let mut argument = OsString::from(option);
    argument.push("=");
    argument.push(file);
    argument
}

fn without_password(url: &str) -> (String, Option<String>) {
    let Ok(mut parsed) = Url::parse(url) else {
        return (url.to_owned(), None);
    };
    let password = parsed.password().map(|password| {
        percent_encoding::percent_decode_str(password)
            .decode_utf8_lossy()
            .into_owned()
    });
    match parsed.set_password(None) {
        Ok(()) => (parsed.into(), password),
        Err(()) => (url.to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_goes_apart_and_is_decoded() {
        let (url, password) =
            without_password("postgres://me:p%40ss@host:5433/crm?sslmode=require");
        assert_eq!(url, "postgres://me@host:5433/crm?sslmode=require");
        assert_eq!(password.as_deref(), Some("p@ss"));
        assert_eq!(
            without_password("postgres://cartera@localhost/cartera?host=/run/x").1,
            None
        );
    }
}
