//! Records that are users.

use cartera_domain::ids::{SubjectId, TeamId, TypedId, UserId};
use cartera_domain::permission::Role;
use cartera_domain::users::{Locale, User, UserCommand};
use cartera_domain::values::{EmailAddress, Line, Occurred, Personal};
use uuid::Uuid;

use crate::draft::{Draft, Stream};
use crate::importing::profile::Field;
use crate::importing::record::Record;
use crate::users::email_claim;

use super::{Planner, Refused, first};

impl Planner<'_> {
    pub(super) async fn user(
        &self,
        record: &Record,
        existing: Option<Uuid>,
    ) -> Result<Draft, Refused> {
        let row = first(record)?;
        let team = self.layout.text(row, Field::Team);
        let team = team.map(|name| {
            self.references
                .team(&name)
                .ok_or_else(|| self.unknown(Field::Team, &name, "team"))
        });
        let team = team.transpose()?;
        let name = self
            .layout
            .line(row, Field::Name)?
            .map_or_else(|| self.key_as_line(record, Field::Name), Ok)?;
        let mut stream = self.stream::<User>(existing).await?;
        if existing.is_some() {
            let subject: SubjectId = stream
                .state()
                .active()
                .map_or_else(|| self.bus.ids().mint(), |m| m.name.subject());
            stream.decide(
                self.envelope,
                UserCommand::RenameUser {
                    name: Personal::new(subject, name),
                },
                Occurred::Now,
            )?;
            if team.is_some() {
                stream.decide(
                    self.envelope,
                    UserCommand::MoveUserToTeam { team },
                    self.since(row)?,
                )?;
            }
            return Ok(Draft::default().with(stream));
        }
        self.new_user(record, stream, name, team)
    }

    fn new_user(
        &self,
        record: &Record,
        mut stream: Stream<User>,
        name: Line,
        team: Option<TeamId>,
    ) -> Result<Draft, Refused> {
        let row = first(record)?;
        let (id, subject): (UserId, SubjectId) = (stream.id(), self.bus.ids().mint());
        let email: Option<EmailAddress> =
            self.layout
                .parsed(row, Field::Email, "CELL_NOT_AN_EMAIL_ADDRESS")?;
        let role: Option<Role> = self.layout.parsed(row, Field::Role, "CELL_NOT_A_ROLE")?;
        let command = UserCommand::RegisterUser {
            name: Personal::new(subject, name),
            email: email.clone().map(|email| Personal::new(subject, email)),
            role: role.unwrap_or(Role::Salesperson),
            team,
            locale: Locale::default(),
            external_reference: Line::parse(&record.key)
                .ok()
                .map(|key| Personal::new(subject, key)),
        };
        stream.decide(self.envelope, command, self.since(row)?)?;
        let claim = self
            .references
            .claim("user", &record.key, id.as_uuid(), Some(subject));
        let draft = Draft::default().with(stream).claiming(claim);
        Ok(match email {
            Some(email) => draft.claiming(email_claim(self.bus, &email, id, subject)),
            None => draft,
        })
    }
}
