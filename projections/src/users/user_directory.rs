//! One row per user; its projector keeps the teams as well, because who asks is made of both.

use async_trait::async_trait;
use cartera_domain::ids::{SubjectId, TeamId, TypedId, UserId};
use cartera_domain::permission::Role;
use cartera_domain::users::{Locale, TeamTree, User, UserEvent};
use cartera_domain::{Event, Viewer};
use cartera_journal::Recorded;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::team_directory::{self, TeamItem};
use crate::erasure::PersonalTable;
use crate::filter;
use crate::fold::Rows;
use crate::page::{List, Order, ReadError, SortColumn, SortKind, SortValue, retried};
use crate::plain::Columns;
use crate::projector::{ProjectionError, Projector, aggregate_type};
use crate::read_pool::ReadPool;
use crate::search_text::{searchable, searchable_all};

crate::table! {
    /// A user, with or without sign-in.
    UserItem in "user_directory", key (id), group id {
        /// The user.
        id: UserId,
        /// Version of the user's stream.
        version: i64,
        /// The name shown to the others.
        name: Option<String>,
        /// The address for signing in.
        email: Option<String>,
        /// What the user is in the company.
        role: Role,
        /// The team the user belongs to.
        team: Option<TeamId>,
        /// Language of the interface.
        locale: Locale,
        /// Whether the user works here.
        active: bool,
        /// The user's key in the system it came from.
        external_reference: Option<String>,
        /// The day on which the user joined.
        registered_on: NaiveDate,
        /// When the last event was recorded.
        changed_at: DateTime<Utc>,
        /// The name by which users are sorted.
        name_key: String,
        /// Where texts are searched.
        search_text: String,
        /// Whose personal values the row shows.
        subjects: Vec<SubjectId>,
    }
}

/// Keeps `user_directory` and `team_directory`.
#[derive(Debug, Clone, Copy)]
pub struct UserDirectory;

#[async_trait]
impl Projector for UserDirectory {
    const NAME: &'static str = "user_directory";
    const VERSION: i32 = 1;
    const DDL: &'static str = include_str!("user_directory.sql");
    const READS: &'static [&'static str] =
        &[aggregate_type::<User>(), aggregate_type::<TeamTree>()];
    const PERSONAL: &'static [PersonalTable] = &[PersonalTable {
        table: "user_directory",
        stream: "id",
    }];

    async fn apply(
        &self,
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<(), ProjectionError> {
        let mut users = Rows::<UserItem>::load(tx, batch).await?;
        let mut teams = Rows::<TeamItem>::load(tx, batch).await?;
        for recorded in batch {
            match &recorded.event {
                Event::User(event) => take_in(&mut users, recorded, event)?,
                Event::TeamTree(event) => {
                    team_directory::take_in(teams.of(recorded), recorded, event)?;
                }
                Event::Company(_)
                | Event::Catalogue(_)
                | Event::Pipeline(_)
                | Event::Product(_)
                | Event::Lead(_)
                | Event::Client(_)
                | Event::Opportunity(_) => {}
            }
        }
        users.write(tx).await?;
        teams.write(tx).await
    }
}

fn take_in(
    rows: &mut Rows<UserItem>,
    recorded: &Recorded,
    event: &UserEvent,
) -> Result<(), ProjectionError> {
    if let Some(user) = registered(recorded, event) {
        *rows.of(recorded) = vec![user];
    }
    let user = rows.one(recorded)?;
    let mut columns = Columns::noting(&mut user.subjects);
    match event {
        UserEvent::UserRegistered { .. } => {}
        UserEvent::UserRenamed { name } => user.name = columns.of(Some(name)),
        UserEvent::UserEmailChanged { email } => user.email = columns.of(email.as_ref()),
        UserEvent::UserRoleChanged { role } => user.role = *role,
        UserEvent::UserMovedToTeam { team } => user.team = *team,
        UserEvent::UserLocaleChanged { locale } => user.locale = *locale,
        UserEvent::UserDeactivated {} => user.active = false,
        UserEvent::UserReactivated {} => user.active = true,
    }
    user.version += 1;
    user.changed_at = recorded.recorded_at;
    user.name_key = user.name.as_deref().map(searchable).unwrap_or_default();
    user.search_text = searchable_all([
        user.name.as_deref(),
        user.email.as_deref(),
        user.external_reference.as_deref(),
    ]);
    Ok(())
}

fn registered(recorded: &Recorded, event: &UserEvent) -> Option<UserItem> {
    let UserEvent::UserRegistered {
        name,
        email,
        role,
        team,
        locale,
        external_reference,
    } = event
    else {
        return None;
    };
    let mut subjects = vec![];
    let mut columns = Columns::noting(&mut subjects);
    Some(UserItem {
        id: UserId::from_uuid(recorded.aggregate_id),
        version: 0,
        name: columns.of(Some(name)),
        email: columns.of(email.as_ref()),
        role: *role,
        team: *team,
        locale: *locale,
        active: true,
        external_reference: columns.of(external_reference.as_ref()),
        registered_on: recorded.metadata.business_date,
        changed_at: recorded.recorded_at,
        name_key: String::new(),
        search_text: String::new(),
        subjects,
    })
}

/// Who asks: an active user with the role, the teams and the members of today. `None` for whoever is none or left.
///
/// # Errors
/// [`ReadError::Database`].
pub async fn viewer(pool: &ReadPool, user: UserId) -> Result<Option<Viewer>, ReadError> {
    let found = retried(|| async move {
        sqlx::query!(
            r#"WITH me AS (SELECT id, role, team FROM user_directory WHERE id = $1 AND active),
                    tops AS (SELECT team AS id FROM me WHERE team IS NOT NULL
                             UNION SELECT t.id FROM team_directory t JOIN me ON t.manager = me.id),
                    below AS (SELECT t.id FROM team_directory t
                              WHERE NOT t.disbanded AND t.path && (SELECT coalesce(array_agg(id), '{}') FROM tops))
               SELECT role AS "role!",
                      ARRAY(SELECT id FROM below ORDER BY id) AS "teams!",
                      ARRAY(SELECT u.id FROM user_directory u JOIN below b ON b.id = u.team ORDER BY u.id) AS "members!"
               FROM me"#,
            user.as_uuid()
        )
        .fetch_optional(pool.pool())
        .await
    })
    .await?;
    let Some(found) = found else { return Ok(None) };
    let role: Role = found
        .role
        .parse()
        .map_err(|source| sqlx::Error::Decode(Box::new(source)))?;
    Ok(Some(Viewer {
        user,
        role,
        teams: found.teams.into_iter().map(TeamId::from_uuid).collect(),
        members: found.members.into_iter().map(UserId::from_uuid).collect(),
    }))
}

/// Which users are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserFilter {
    /// With one of these roles; any when empty.
    pub role: Vec<Role>,
    /// In one of these teams; any when empty.
    pub team: Vec<TeamId>,
    /// Working here or not; both when nothing is said.
    pub active: Option<bool>,
    /// With all these words in name, e-mail or external key.
    pub search: Option<String>,
}

/// The orders in which users can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserOrder {
    /// By name, without accents and case.
    #[default]
    Name,
    /// By the day of joining.
    RegisteredOn,
}

impl Order for UserOrder {
    type Row = UserItem;

    fn column(self) -> SortColumn {
        match self {
            Self::Name => SortColumn::required("name_key", SortKind::Text),
            Self::RegisteredOn => SortColumn::required("registered_on", SortKind::Date),
        }
    }

    fn value(self, user: &UserItem) -> SortValue {
        match self {
            Self::Name => user.name_key.as_str().into(),
            Self::RegisteredOn => SortValue::Date(user.registered_on),
        }
    }
}

impl List for UserFilter {
    type Row = UserItem;
    type Order = UserOrder;
    const READ_MODEL: &'static str = UserDirectory::NAME;
    const OWNER: Option<&'static str> = None;

    fn id(user: &UserItem) -> Uuid {
        user.id.as_uuid()
    }

    fn push_filter(&self, sql: &mut QueryBuilder<'_, Postgres>) {
        let Self {
            role,
            team,
            active,
            search,
        } = self;
        filter::any_of(sql, "role", role);
        filter::any_of(sql, "team", team);
        filter::is(sql, "active", active.as_ref());
        filter::contains(sql, "search_text", search.as_deref());
    }
}
