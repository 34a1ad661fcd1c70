//! What may be said in the log of the cause of an error.

use std::error::Error;

use super::foreign::first_characters;

/// Most characters of a cause in a line of the log.
const MOST: usize = 300;

/// The cause's own text, unless it may repeat a value that somebody sent or stored: that can be personal data.
pub(super) fn told(cause: &(dyn Error + Send + Sync + 'static)) -> String {
    let mut link: Option<&(dyn Error + 'static)> = Some(cause);
    while let Some(error) = link {
        if let Some(instead) = instead(error) {
            return instead;
        }
        link = error.source();
    }
    first_characters(&cause.to_string(), MOST).to_owned()
}

/// What to say instead of an error that repeats values: PostgreSQL's of the classes 22 and 23, and serde's.
fn instead(error: &(dyn Error + 'static)) -> Option<String> {
    let inner = error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref);
    if let Some(inner) = inner {
        return instead(inner);
    }
    if error.is::<serde_json::Error>() {
        return Some("JSON of another form (text withheld)".to_owned());
    }
    let code = error
        .downcast_ref::<sqlx::Error>()?
        .as_database_error()?
        .code()?;
    let repeats = code.starts_with("22") || code.starts_with("23");
    repeats.then(|| format!("SQLSTATE {code} (text withheld)"))
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn what_repeats_a_value_is_withheld() {
        let cause = serde_json::from_str::<u8>("\"Jordi Puig\"").unwrap_err();
        assert!(cause.to_string().contains("Jordi"));
        assert_eq!(told(&cause), "JSON of another form (text withheld)");
        let wrapped = std::io::Error::other(cause);
        assert!(!told(&wrapped).contains("Jordi"));
    }

    #[test]
    fn what_a_system_says_is_told() {
        let cause = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        assert_eq!(told(&cause), "connection refused");
    }
}
