//! Opens a first connection and says in one sentence why that does not work.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};

/// Time for a first connection.
const CONNECT_TIME: Duration = Duration::from_secs(5);

/// A database server that we cannot work with.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// Nobody answers there.
    #[error("no database answers at {place}: start it, or correct DATABASE_URL ({cause})")]
    Silent {
        /// Host and port.
        place: String,
        /// What the system says.
        cause: String,
    },
    /// User or password are wrong.
    #[error(
        "the database at {place} refuses the user {user}: correct user and password in DATABASE_URL ({cause})"
    )]
    Refused {
        /// Host and port.
        place: String,
        /// User of the URL.
        user: String,
        /// What the server says.
        cause: String,
    },
    /// There is no such database.
    #[error(
        "the server at {place} has no database {name}: create it (createdb {name}), or correct DATABASE_URL"
    )]
    NoSuchDatabase {
        /// Host and port.
        place: String,
        /// Database of the URL.
        name: String,
    },
    /// Too old.
    #[error("the server at {place} is PostgreSQL {major}; Cartera needs {oldest} or newer", oldest = cartera_embedded::binaries::OLDEST)]
    TooOld {
        /// Host and port.
        place: String,
        /// Major version of the server.
        major: u32,
    },
    /// Anything else that hinders a connection.
    #[error("the database at {place} cannot be used: {cause}")]
    Other {
        /// Host and port.
        place: String,
        /// What the server says.
        cause: String,
    },
}

/// Connects, and checks the server's version.
pub(super) async fn connect(url: &str) -> Result<PgConnection, Unusable> {
    let options: PgConnectOptions =
        url.parse()
            .map_err(|_unreadable: sqlx::Error| Unusable::Other {
                place: "DATABASE_URL".to_owned(),
                cause: "it is no database URL".to_owned(),
            })?;
    let place = place(&options);
    let Ok(connected) =
        tokio::time::timeout(CONNECT_TIME, PgConnection::connect_with(&options)).await
    else {
        return Err(Unusable::Silent {
            place,
            cause: format!("no answer within {} s", CONNECT_TIME.as_secs()),
        });
    };
    let connection = connected.map_err(|error| explain(&error, &options))?;
    let major = connection
        .server_version_num()
        .map_or(0, |version| version / 10_000);
    if (1..cartera_embedded::binaries::OLDEST).contains(&major) {
        return Err(Unusable::TooOld { place, major });
    }
    Ok(connection)
}

fn place(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    }
}

fn explain(error: &sqlx::Error, options: &PgConnectOptions) -> Unusable {
    let place = place(options);
    if let sqlx::Error::Io(cause) = error {
        return Unusable::Silent {
            place,
            cause: cause.to_string(),
        };
    }
    let Some(answer) = error.as_database_error() else {
        return Unusable::Other {
            place,
            cause: error.to_string(),
        };
    };
    let cause = answer.message().to_owned();
    // Codes of the server: PostgreSQL documentation, appendix A.
    match answer.code().as_deref() {
        Some("28P01" | "28000") => Unusable::Refused {
            place,
            user: options.get_username().to_owned(),
            cause,
        },
        Some("3D000") => {
            let name = options
                .get_database()
                .unwrap_or_else(|| options.get_username())
                .to_owned();
            Unusable::NoSuchDatabase { place, name }
        }
        _ => Unusable::Other { place, cause },
    }
}
