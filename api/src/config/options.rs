//! The settings as they are written, by name.

use std::ffi::{OsStr, OsString};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::files::FileSettings;

use super::{ConfigError, Database, DatabaseUrl, LogFormat, MasterKeyPlace, Telemetry, embedded};

/// What is logged where nothing else is said; notices of the database are for its developers.
const USUAL_LOG: &str = "info,sqlx::postgres::notice=warn";

/// The settings of every command. In the file they have the names of the long options, with `_` for `-`.
#[derive(Clone, Default, Args, Deserialize)]
#[command(next_help_heading = "Settings")]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// TOML file with further settings
    #[arg(long, env = "CARTERA_CONFIG", global = true, value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Database server, such as `postgres://user:password@host/name`; without one a private PostgreSQL is started
    #[arg(
        long,
        env = "DATABASE_URL",
        global = true,
        value_name = "URL",
        hide_env_values = true
    )]
    pub database_url: Option<String>,
    /// Folder for files, the private PostgreSQL and the keys [default: ~/.local/share/cartera; for root /var/lib/cartera]
    #[arg(long, env = "CARTERA_DATA_DIR", global = true, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// Folder of the programs of PostgreSQL, where they are not found by themselves
    #[arg(
        long,
        env = "CARTERA_POSTGRES_BIN",
        global = true,
        value_name = "FOLDER"
    )]
    pub postgres_bin: Option<PathBuf>,
    /// Address and port to serve on [default: 127.0.0.1:8080]
    #[arg(
        long,
        env = "CARTERA_LISTEN",
        global = true,
        value_name = "ADDRESS:PORT"
    )]
    pub listen: Option<String>,
    /// How people reach the service [default: `http://localhost` with the port]
    #[arg(long, env = "CARTERA_PUBLIC_URL", global = true, value_name = "URL")]
    pub public_url: Option<String>,
    /// Master key that seals personal data: 32 bytes in base64
    #[arg(
        long,
        env = "CARTERA_MASTER_KEY",
        global = true,
        value_name = "BASE64",
        hide = true
    )]
    #[serde(skip)]
    pub master_key: Option<String>,
    /// File with the master key that seals personal data [default with the private PostgreSQL: master.key in the data folder]
    #[arg(
        long,
        env = "CARTERA_MASTER_KEY_FILE",
        global = true,
        value_name = "FILE"
    )]
    pub master_key_file: Option<PathBuf>,
    /// Receiver of traces over OTLP/HTTP, such as `http://localhost:4318`
    #[arg(
        long,
        env = "OTEL_EXPORTER_OTLP_ENDPOINT",
        global = true,
        value_name = "URL"
    )]
    pub otlp_endpoint: Option<String>,
    /// Share of the traces that begin here which are sent, from 0 to 1 [default: 1]
    #[arg(
        long,
        env = "OTEL_TRACES_SAMPLER_ARG",
        global = true,
        value_name = "SHARE"
    )]
    pub trace_share: Option<String>,
    /// Which messages are logged, such as info or cartera=debug,warn [default: info]
    #[arg(long, env = "CARTERA_LOG", global = true, value_name = "FILTER")]
    pub log: Option<String>,
    /// Form of a log line: text, json, or auto for text on a terminal and JSON elsewhere [default: auto]
    #[arg(long, env = "CARTERA_LOG_FORMAT", global = true, value_name = "FORM")]
    pub log_format: Option<String>,
    /// Most connections to the database for reading [default: 20]
    #[arg(
        long,
        env = "CARTERA_DATABASE_CONNECTIONS",
        global = true,
        value_name = "NUMBER"
    )]
    pub database_connections: Option<String>,
    /// Threads that run requests [default: 1]
    #[arg(long, env = "CARTERA_THREADS", global = true, value_name = "NUMBER")]
    pub threads: Option<String>,
    /// Most MiB of files that one user may have uploaded [default: 1024]
    #[arg(long, env = "CARTERA_UPLOAD_QUOTA", global = true, value_name = "MIB")]
    pub upload_quota: Option<String>,
    /// Days for which uploaded files, and what imports refused, are kept [default: 30]
    #[arg(
        long,
        env = "CARTERA_UPLOAD_DAYS",
        global = true,
        value_name = "NUMBER"
    )]
    pub upload_days: Option<String>,
    /// Imports of uploaded files that this node carries out at the same time; with 0 it leaves them to others [default: 1]
    #[arg(long, env = "CARTERA_IMPORTS", global = true, value_name = "NUMBER")]
    pub imports: Option<String>,
    /// Serve GraphiQL and let everybody read the schema
    #[arg(long, env = "CARTERA_DEVELOPMENT", global = true, value_parser = clap::builder::FalseyValueParser::new())]
    pub development: bool,
}

impl Options {
    /// Fills from the file what neither the command line nor the environment says.
    pub(super) fn completed_from_file(self) -> Result<Self, ConfigError> {
        let Some(path) = said(self.config.clone()) else {
            return Ok(self.or(Self::default()));
        };
        let failed = |cause: String| ConfigError::File {
            path: path.clone(),
            cause,
        };
        let text = std::fs::read_to_string(&path).map_err(|error| failed(error.to_string()))?;
        let file = toml::from_str(&text).map_err(|error| failed(one_line(&error, &text)))?;
        Ok(self.or(file))
    }

    /// What is said here, or else in the file. An empty value, as scripts and compose files leave them, says nothing.
    fn or(self, file: Self) -> Self {
        Self {
            config: self.config,
            database_url: said(self.database_url).or(file.database_url),
            data_dir: said(self.data_dir).or(file.data_dir),
            postgres_bin: said(self.postgres_bin).or(file.postgres_bin),
            listen: said(self.listen).or(file.listen),
            public_url: said(self.public_url).or(file.public_url),
            master_key: said(self.master_key),
            master_key_file: said(self.master_key_file).or(file.master_key_file),
            otlp_endpoint: said(self.otlp_endpoint).or(file.otlp_endpoint),
            trace_share: said(self.trace_share).or(file.trace_share),
            log: said(self.log).or(file.log),
            log_format: said(self.log_format).or(file.log_format),
            database_connections: said(self.database_connections).or(file.database_connections),
            threads: said(self.threads).or(file.threads),
            upload_quota: said(self.upload_quota).or(file.upload_quota),
            upload_days: said(self.upload_days).or(file.upload_days),
            imports: said(self.imports).or(file.imports),
            development: self.development || file.development,
        }
    }

    pub(super) fn data_folder(&self) -> Result<PathBuf, ConfigError> {
        if let Some(folder) = &self.data_dir {
            return std::path::absolute(folder)
                .map_err(|_no_current_folder| ConfigError::NoDataFolder);
        }
        if cartera_embedded::runs_as_root() {
            // Other users, as whom PostgreSQL has to run then, may not enter root's own folder.
            return Ok(PathBuf::from("/var/lib/cartera"));
        }
        let set = |name: &str| {
            std::env::var_os(name)
                .filter(|value: &OsString| !value.is_empty())
                .map(PathBuf::from)
        };
        let shared =
            set("XDG_DATA_HOME").or_else(|| set("HOME").map(|home| home.join(".local/share")));
        shared
            .map(|shared| shared.join("cartera"))
            .ok_or(ConfigError::NoDataFolder)
    }

    pub(super) fn listen_address(&self) -> Result<SocketAddr, ConfigError> {
        parsed(
            "CARTERA_LISTEN",
            "an address with a port, such as 127.0.0.1:8080",
            self.listen.as_deref().unwrap_or("127.0.0.1:8080"),
        )
    }

    pub(super) fn database(&self, data_folder: &Path) -> Result<Database, ConfigError> {
        let Some(url) = &self.database_url else {
            return Ok(Database::Embedded(embedded(
                data_folder,
                self.postgres_bin.clone(),
            )));
        };
        let known = url.starts_with("postgres://") || url.starts_with("postgresql://");
        if known && url.parse::<sqlx::postgres::PgConnectOptions>().is_ok() {
            return Ok(Database::Server(DatabaseUrl(url.clone())));
        }
        Err(ConfigError::SecretForm {
            name: "DATABASE_URL",
            expected: "like postgres://user:password@host:5432/name",
        })
    }

    pub(super) fn public_url(&self, listen: SocketAddr) -> Result<String, ConfigError> {
        let Some(url) = &self.public_url else {
            return Ok(format!("http://localhost:{}", listen.port()));
        };
        let parsed = reqwest::Url::parse(url).ok().filter(|parsed| {
            ["http", "https"].contains(&parsed.scheme())
                && parsed.path() == "/"
                && parsed.query().is_none()
        });
        let expected = "a URL without a path, such as https://crm.example.com";
        let parsed = parsed.ok_or_else(|| ConfigError::Form {
            name: "CARTERA_PUBLIC_URL",
            expected,
            found: url.clone(),
        })?;
        Ok(parsed.origin().ascii_serialization())
    }

    pub(super) fn master_key_place(
        &self,
        database: &Database,
        data_folder: &Path,
    ) -> MasterKeyPlace {
        match (&self.master_key, &self.master_key_file, database) {
            (Some(text), _, _) => MasterKeyPlace::Text(Zeroizing::new(text.clone())),
            (None, Some(file), Database::Server(_)) => MasterKeyPlace::File(file.clone()),
            (None, Some(file), Database::Embedded(_)) => MasterKeyPlace::FileToBeMade(file.clone()),
            (None, None, Database::Embedded(_)) => {
                MasterKeyPlace::FileToBeMade(data_folder.join("master.key"))
            }
            (None, None, Database::Server(_)) => MasterKeyPlace::Unknown,
        }
    }

    pub(super) fn telemetry(&self) -> Result<Telemetry, ConfigError> {
        let filter = self.log.clone().unwrap_or_else(|| USUAL_LOG.to_owned());
        let _checked: tracing_subscriber::EnvFilter = parsed(
            "CARTERA_LOG",
            "a filter such as info or cartera=debug,warn",
            &filter,
        )?;
        let format = match self.log_format.as_deref().unwrap_or("auto") {
            "auto" => LogFormat::Automatic,
            "text" => LogFormat::Text,
            "json" => LogFormat::Json,
            other => {
                return Err(ConfigError::Form {
                    name: "CARTERA_LOG_FORMAT",
                    expected: "text, json or auto",
                    found: other.to_owned(),
                });
            }
        };
        if let Some(url) = &self.otlp_endpoint {
            let expected = "a URL such as http://localhost:4318";
            parsed::<reqwest::Url>("OTEL_EXPORTER_OTLP_ENDPOINT", expected, url)?;
        }
        Ok(Telemetry {
            filter,
            format,
            otlp_endpoint: self.otlp_endpoint.clone(),
            trace_share: self.trace_share()?,
        })
    }

    fn trace_share(&self) -> Result<f64, ConfigError> {
        let (name, expected) = (
            "OTEL_TRACES_SAMPLER_ARG",
            "a share from 0 to 1, such as 0.1",
        );
        let found = self.trace_share.as_deref().unwrap_or("1");
        let share = parsed::<f64>(name, expected, found)?;
        if (0.0..=1.0).contains(&share) {
            Ok(share)
        } else {
            Err(ConfigError::Form {
                name,
                expected,
                found: found.to_owned(),
            })
        }
    }

    pub(super) fn connections(&self) -> Result<u32, ConfigError> {
        let found = self.database_connections.as_deref().unwrap_or("20");
        let number = parsed::<std::num::NonZeroU32>(
            "CARTERA_DATABASE_CONNECTIONS",
            "a number from 1 on",
            found,
        )?;
        Ok(number.get())
    }

    pub(super) fn threads(&self) -> Result<usize, ConfigError> {
        let found = self.threads.as_deref().unwrap_or("1");
        Ok(parsed::<std::num::NonZeroUsize>("CARTERA_THREADS", "a number from 1 on", found)?.get())
    }
}

impl Options {
    pub(super) fn files(&self) -> Result<FileSettings, ConfigError> {
        let usual = FileSettings::default();
        let mib = "a number of MiB from 1 on";
        let quota =
            given::<std::num::NonZeroU32>("CARTERA_UPLOAD_QUOTA", mib, self.upload_quota.as_ref())?;
        let days = "a number of days from 1 on";
        let days =
            given::<std::num::NonZeroU16>("CARTERA_UPLOAD_DAYS", days, self.upload_days.as_ref())?;
        Ok(FileSettings {
            quota: quota.map_or(usual.quota, |quota| u64::from(quota.get()) << 20),
            kept_for: days.map_or(usual.kept_for, |days| {
                Duration::from_hours(u64::from(days.get()) * 24)
            }),
            ..usual
        })
    }

    pub(super) fn imports(&self) -> Result<usize, ConfigError> {
        let expected = "a number from 0 on";
        Ok(given("CARTERA_IMPORTS", expected, self.imports.as_ref())?.unwrap_or(1))
    }
}

fn given<T: std::str::FromStr>(
    name: &'static str,
    expected: &'static str,
    found: Option<&String>,
) -> Result<Option<T>, ConfigError> {
    found.map(|found| parsed(name, expected, found)).transpose()
}

fn said<T: AsRef<OsStr>>(value: Option<T>) -> Option<T> {
    value.filter(|value| !value.as_ref().is_empty())
}

fn parsed<T: std::str::FromStr>(
    name: &'static str,
    expected: &'static str,
    found: &str,
) -> Result<T, ConfigError> {
    found.parse().map_err(|_other_form| ConfigError::Form {
        name,
        expected,
        found: found.to_owned(),
    })
}

/// TOML's message without its drawing, with the line.
fn one_line(error: &toml::de::Error, text: &str) -> String {
    let before = error
        .span()
        .and_then(|span| text.get(..span.start))
        .unwrap_or_default();
    format!(
        "line {}: {}",
        before.matches('\n').count() + 1,
        error.message().replace('\n', " ")
    )
}
