//! `/graphiql`: a page to ask the API by hand, in development only.
//!
//! Its script is bundled from `api/graphiql` by `make web` and embedded in the program.

mod tabs;

use crate::demo_access::{DemoUser, PASSWORD, USERS};
use crate::edge::headers::CspNonce;
use axum::Router;
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use bundle::Bundle;

pub use tabs::{Tab, usual};

/// Where the page is.
pub const PATH: &str = "/graphiql";

#[expect(clippy::same_name_method, reason = "what RustEmbed makes")]
mod bundle {
    /// The files; none when they were not built.
    #[derive(rust_embed::RustEmbed)]
    #[folder = "graphiql/dist"]
    #[allow_missing = true]
    pub(super) struct Bundle;
}

/// Whether the page was built into this program.
pub fn is_built() -> bool {
    Bundle::get("main.js").is_some()
}

/// The page, opened on these queries, and its files.
pub fn routes(tabs: Vec<Tab>) -> Router {
    Router::new()
        .route(PATH, get(move || async move { page(&tabs) }))
        .route("/graphiql/{file}", get(file))
}

fn page(tabs: &[Tab]) -> Response {
    if !is_built() {
        let advice =
            "GraphiQL was not built into this program: run `make web`, then build again.\n";
        return (StatusCode::NOT_FOUND, advice).into_response();
    }
    let nonce = CspNonce::fresh();
    // `<` would end the element early.
    let tabs = serde_json::to_string(tabs)
        .unwrap_or_default()
        .replace('<', "\\u003c");
    let page = include_str!("graphiql/page.html")
        .replace("{nonce}", nonce.as_str())
        .replace("{users}", &users())
        .replace("{tabs}", &tabs);
    let mut response = Html(page).into_response();
    response.extensions_mut().insert(nonce);
    response
}

/// The demo's users and what they see, for the line above the page.
fn users() -> String {
    let user = |DemoUser { email, sees }: &DemoUser| format!("<li><b>{email}</b> {sees}</li>");
    let users: String = USERS.iter().map(user).collect();
    format!("<p>All with the password <b>{PASSWORD}</b></p><ul>{users}</ul>")
}

async fn file(Path(name): Path<String>) -> Response {
    let Some(file) = Bundle::get(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        _ => "application/octet-stream",
    };
    let mut response = file.data.into_owned().into_response();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
