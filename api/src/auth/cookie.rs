//! The cookie that holds a session.

use std::time::Duration;

/// How the session's cookie is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookieStyle {
    /// `__Host-cartera`: only over TLS, for this host alone.
    Secure,
    /// `cartera`: for plain HTTP on one's own machine, where browsers refuse the other.
    Plain,
}

impl CookieStyle {
    /// The style that fits the URL under which people reach the service.
    pub fn for_url(public_url: &str) -> Self {
        if public_url.starts_with("https://") {
            Self::Secure
        } else {
            Self::Plain
        }
    }

    /// The cookie's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Secure => "__Host-cartera",
            Self::Plain => "cartera",
        }
    }

    /// `Set-Cookie` for a session that lasts so long. Strict: our pages ask for themselves, no link needs it.
    pub fn set(self, secret: &str, lasts: Duration) -> String {
        self.render(secret, lasts.as_secs())
    }

    /// `Set-Cookie` that takes the session out of the browser.
    pub fn clear(self) -> String {
        self.render("", 0)
    }

    fn render(self, value: &str, max_age: u64) -> String {
        let secure = match self {
            Self::Secure => "; Secure",
            Self::Plain => "",
        };
        let name = self.name();
        format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Strict{secure}")
    }
}

#[cfg(test)]
mod tests {
    use super::CookieStyle;
    use std::time::Duration;

    #[test]
    fn only_plain_http_does_without_the_host_prefix() {
        let style = CookieStyle::for_url("https://crm.example");
        let cookie = style.set("x", Duration::from_mins(1));
        assert_eq!(
            cookie,
            "__Host-cartera=x; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure"
        );
        let plain = CookieStyle::for_url("http://localhost:8080").clear();
        assert_eq!(
            plain,
            "cartera=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"
        );
    }
}
