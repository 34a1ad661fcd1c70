//! A PostgreSQL for the length of a test: in a temporary folder, without fsync, on a TCP port of the loopback interface.

use std::fs;
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::cluster::SUPERUSER;
use crate::embedded::Loopback;
use crate::{Durability, Embedded, EmbeddedError, Settings};

/// How often another port is tried when the chosen one was taken meanwhile.
const ATTEMPTS: u32 = 5;

/// A PostgreSQL that is gone, with all its files, when this value is dropped.
#[derive(Debug)]
pub struct ThrowAway {
    embedded: Embedded,
    loopback: Loopback,
    _folder: TempDir,
}

impl ThrowAway {
    /// Makes and starts one.
    ///
    /// # Errors
    /// No PostgreSQL on this machine, or one that does not start.
    pub async fn start(
        binaries: Option<PathBuf>,
        bundled: Vec<PathBuf>,
        durability: Durability,
    ) -> Result<Self, EmbeddedError> {
        let mut attempt = 1;
        loop {
            let folder = passable_folder()?;
            let settings = Settings {
                folder: folder.path().to_owned(),
                binaries: binaries.clone(),
                bundled: bundled.clone(),
                durability,
            };
            let loopback = Loopback {
                port: free_port()?,
                password: random_password()?,
            };
            match Embedded::start_server(settings, Some(loopback.clone())).await {
                Ok(embedded) => {
                    return Ok(Self {
                        embedded,
                        loopback,
                        _folder: folder,
                    });
                }
                Err(EmbeddedError::Died { log_tail, .. })
                    if log_tail.contains("TCP/IP socket") && attempt < ATTEMPTS =>
                {
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// URL of the maintenance database, with the right to create databases.
    pub fn url(&self) -> String {
        format!(
            "postgres://{SUPERUSER}:{}@127.0.0.1:{}/postgres",
            self.loopback.password, self.loopback.port
        )
    }

    /// The server itself, for tests that kill it.
    pub fn embedded(&self) -> &Embedded {
        &self.embedded
    }

    /// Stops it and removes its files.
    pub async fn stop(self) {
        self.embedded.stop().await;
    }
}

/// A temporary folder through which the server's own user may pass.
fn passable_folder() -> Result<TempDir, EmbeddedError> {
    let parent = std::env::temp_dir();
    let folder = tempfile::Builder::new()
        .prefix("cartera-")
        .tempdir_in(&parent)
        .map_err(EmbeddedError::files("create", parent))?;
    let passable = fs::Permissions::from_mode(0o711);
    fs::set_permissions(folder.path(), passable)
        .map_err(EmbeddedError::files("open", folder.path()))?;
    Ok(folder)
}

fn free_port() -> Result<u16, EmbeddedError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let address = listener.and_then(|listener| listener.local_addr());
    Ok(address
        .map_err(EmbeddedError::files("find", "a free TCP port"))?
        .port())
}

/// 128 random bits in hexadecimal digits: other users of the machine reach the port too.
fn random_password() -> Result<String, EmbeddedError> {
    let source = Path::new("/dev/urandom");
    let mut bytes = [0; 16];
    let read = fs::File::open(source).and_then(|mut file| file.read_exact(&mut bytes));
    read.map_err(EmbeddedError::files("read", source))?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}
