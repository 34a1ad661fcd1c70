//! The words of the policies.

use axum::http::HeaderValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// How browsers reach the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// In the clear: the local machine, or a private network.
    Http,
    /// Encrypted, here or by a proxy before us: browsers are told never to come without.
    Https,
}

/// What a page of ours may use of the device: nothing.
pub(super) const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), \
     fullscreen=(self), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), \
     publickey-credentials-get=(self), screen-wake-lock=(), usb=(), xr-spatial-tracking=()";

/// A word that allows the inline scripts and styles of one page, and of that page once.
///
/// A handler that makes such a page writes the word into its `nonce` attributes and puts the value into the response's
/// extensions; the policy then names it.
#[derive(Clone, Debug)]
pub struct CspNonce(String);

impl CspNonce {
    /// A word that nobody can guess: 128 random bits.
    pub fn fresh() -> Self {
        Self(STANDARD.encode(rand::random::<[u8; 16]>()))
    }

    /// The word, as it stands in a `nonce` attribute.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The content security policy: only our own files, no inline code but what a nonce allows, no frames, no plug-ins.
pub(super) fn content_security_policy(nonce: Option<&CspNonce>) -> HeaderValue {
    let inline = nonce
        .map(|nonce| format!(" 'nonce-{}'", nonce.as_str()))
        .unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self'{inline}; style-src 'self'{inline}; img-src 'self' data: blob:; \
         font-src 'self' data:; connect-src 'self'; manifest-src 'self'; worker-src 'self' blob:; \
         frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'; \
         report-uri /csp-reports; report-to csp"
    );
    // Base64 and the text above are visible ASCII, so the strictest policy is never needed.
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}
