//! Which user PostgreSQL's processes run as: we ourselves, or, when we are root, an unprivileged one.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::EmbeddedError;

/// The user of PostgreSQL's processes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Account {
    /// Ourselves: we are not root.
    Own,
    /// Another, because PostgreSQL refuses to run as root.
    Unprivileged { name: String, uid: u32, gid: u32 },
}

impl Account {
    /// Ourselves, or `postgres`, or `nobody`.
    pub(crate) fn choose() -> Result<Self, EmbeddedError> {
        if !runs_as_root() {
            return Ok(Self::Own);
        }
        let passwd = Path::new("/etc/passwd");
        let users = fs::read_to_string(passwd).map_err(EmbeddedError::files("read", passwd))?;
        ["postgres", "nobody"]
            .iter()
            .find_map(|name| Self::named(&users, name))
            .ok_or(EmbeddedError::NoAccount)
    }

    /// The user of that name in a text of the form of `/etc/passwd` (passwd(5)).
    fn named(users: &str, wanted: &str) -> Option<Self> {
        users.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next().filter(|name| *name == wanted)?;
            let uid = fields.nth(1)?.parse().ok()?;
            let gid = fields.next()?.parse().ok()?;
            Some(Self::Unprivileged {
                name: name.to_owned(),
                uid,
                gid,
            })
        })
    }

    /// A command that runs as this user, away from our terminal's signals and from settings meant for other servers.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").process_group(0).env("LC_ALL", "C");
        for variable in [
            "PGDATA",
            "PGHOST",
            "PGPORT",
            "PGUSER",
            "PGDATABASE",
            "PGOPTIONS",
            "PGSERVICE",
            "PGTZ",
        ] {
            command.env_remove(variable);
        }
        if let Self::Unprivileged { uid, gid, .. } = self {
            command.uid(*uid).gid(*gid);
        }
        command
    }

    /// Makes a folder that this user alone may enter.
    pub(crate) fn private_folder(&self, folder: &Path) -> Result<(), EmbeddedError> {
        fs::create_dir_all(folder).map_err(EmbeddedError::files("create", folder))?;
        self.own(folder)?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
            .map_err(EmbeddedError::files("close", folder))
    }

    /// Makes this user the owner of a file or folder.
    pub(crate) fn own(&self, path: &Path) -> Result<(), EmbeddedError> {
        let Self::Unprivileged { uid, gid, .. } = self else {
            return Ok(());
        };
        chown(path, Some(*uid), Some(*gid))
            .map_err(EmbeddedError::files("change the owner of", path))
    }

    /// Checks that this user may enter the folder and all above it.
    pub(crate) fn may_enter(&self, folder: &Path) -> Result<(), EmbeddedError> {
        let Self::Unprivileged { name, uid, gid } = self else {
            return Ok(());
        };
        let folder = folder
            .canonicalize()
            .map_err(EmbeddedError::files("find", folder))?;
        for step in folder.ancestors() {
            let metadata = step
                .metadata()
                .map_err(EmbeddedError::files("look at", step))?;
            let bit = if metadata.uid() == *uid {
                0o100
            } else if metadata.gid() == *gid {
                0o010
            } else {
                0o001
            };
            if metadata.mode() & bit == 0 {
                return Err(EmbeddedError::Closed {
                    folder: step.to_owned(),
                    account: name.clone(),
                });
            }
        }
        Ok(())
    }
}

/// Whether we are root, whose own folder other users may not enter.
pub fn runs_as_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(test)]
mod tests {
    use super::*;

    const USERS: &str = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65533::/:/sbin/nologin\n";

    #[test]
    fn a_user_is_found_by_its_whole_name() {
        let nobody = Account::Unprivileged {
            name: "nobody".to_owned(),
            uid: 65534,
            gid: 65533,
        };
        assert_eq!(Account::named(USERS, "nobody"), Some(nobody));
        assert_eq!(Account::named(USERS, "body"), None);
        assert_eq!(
            Account::named("broken line\nnobody:x:many:1", "nobody"),
            None
        );
    }

    #[test]
    fn a_folder_closed_to_others_is_named_with_the_user_who_stands_before_it() {
        let outer = tempfile::tempdir().unwrap();
        fs::set_permissions(outer.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let inner = outer.path().join("inner");
        fs::create_dir(&inner).unwrap();
        let stranger = Account::Unprivileged {
            name: "stranger".to_owned(),
            uid: 4_000_000,
            gid: 4_000_000,
        };
        let refusal = stranger.may_enter(&inner).unwrap_err().to_string();
        assert!(refusal.contains("the user stranger"), "{refusal}");
        assert!(
            refusal.contains(&format!(
                "may not enter {}:",
                outer.path().canonicalize().unwrap().display()
            )),
            "{refusal}"
        );
        fs::set_permissions(outer.path(), fs::Permissions::from_mode(0o711)).unwrap();
        assert!(stranger.may_enter(&inner).is_ok());
    }
}
