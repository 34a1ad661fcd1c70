//! What whoever starts the service by hand is told once it answers: where to look, and as whom.

use std::path::PathBuf;

use cartera_domain::values::EmailAddress;

use super::tell;
use crate::auth::Identity;
use crate::composition::Web;
use crate::config::Config;
use crate::demo_access::{DemoUser, PASSWORD, USERS};
use crate::server::graphiql;

/// What there is to tell, and whom to ask for it.
pub(super) struct Welcome {
    url: String,
    data_folder: PathBuf,
    identity: Identity,
}

impl Welcome {
    /// Of this service.
    pub(super) fn new(config: &Config, web: &Web) -> Self {
        Self {
            url: config.public_url.clone(),
            data_folder: config.data_folder.clone(),
            identity: web.identity().clone(),
        }
    }

    /// Says it.
    pub(super) async fn say(self) {
        let users = if self.is_demo().await {
            demo_users()
        } else {
            String::new()
        };
        let text = self.text(&users);
        if let Err(error) = tell(&text) {
            tracing::warn!(%error, "nobody was told where to look");
        }
    }

    async fn is_demo(&self) -> bool {
        let [director, ..] = USERS;
        match director.email.parse::<EmailAddress>() {
            Ok(email) => self.identity.active_user(&email).await.is_ok(),
            Err(_) => false,
        }
    }

    fn text(&self, users: &str) -> String {
        let Self {
            url, data_folder, ..
        } = self;
        let pages = if graphiql::is_built() {
            format!("  Ask it by hand   {url}{}", graphiql::PATH)
        } else {
            "  GraphiQL is not built in: install Node.js with npm, then `make run` again".to_owned()
        };
        format!(
            "\nCartera is ready.\n\n{pages}\n  For programs     {url}/graphql\n  How it is        {url}/readyz and {url}/metrics\n{users}\n  \
             In another terminal, from this folder: the five-minute tour in README.md, and `cartera --help`.\n  \
             The data is in {}. Ctrl-C stops it all.\n",
            data_folder.display()
        )
    }
}

fn demo_users() -> String {
    let user = |DemoUser { email, sees }: &DemoUser| format!("    {email:<29} {sees}\n");
    let users: String = USERS.iter().map(user).collect();
    format!(
        "\n  A demo company is in it. Everybody there has the password \"{PASSWORD}\":\n{users}"
    )
}
