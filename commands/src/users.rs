//! Users: what needs a look at the others. An address signs in one user only; the last administrator stays one.

use cartera_domain::Decider;
use cartera_domain::ids::{Singleton, SubjectId, TeamId, TeamTreeId, TypedId, UserId};
use cartera_domain::permission::Role;
use cartera_domain::users::{Locale, TeamTree, TeamTreeCommand, User, UserCommand};
use cartera_domain::values::{EmailAddress, Line, Personal};
use cartera_journal::Claim;

use crate::bus::{CommandBus, Freshness, Sent, expect_version};
use crate::draft::{Draft, Stream};
use crate::envelope::{Caller, Envelope};
use crate::error::CommandError;
use crate::facts;

/// A user to be taken in.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The name shown to the others.
    pub name: Line,
    /// The address for signing in.
    pub email: Option<EmailAddress>,
    /// What the user is in the company.
    pub role: Role,
    /// The team the user belongs to.
    pub team: Option<TeamId>,
    /// Language of the interface.
    pub locale: Locale,
    /// The user's key in the system it came from.
    pub external_reference: Option<Line>,
}

/// Takes a user in.
///
/// # Errors
/// A team that is not there (an operator may form it later); [`CommandError::Taken`] with scope `user_email`, or the
/// domain's refusal.
pub async fn register_user(
    bus: &CommandBus,
    envelope: &Envelope,
    user: NewUser,
) -> Result<Sent, CommandError> {
    let id: UserId = bus.ids().mint();
    let subject = bus.new_subject();
    let NewUser {
        name,
        email,
        role,
        team,
        locale,
        external_reference,
    } = user;
    let content = (
        "register_user",
        name.as_str(),
        email.as_ref().map(EmailAddress::as_str),
        role,
        team,
        locale,
    );
    let command = UserCommand::RegisterUser {
        name: Personal::new(subject, name.clone()),
        email: email.clone().map(|email| Personal::new(subject, email)),
        role,
        team,
        locale,
        external_reference: external_reference.map(|reference| Personal::new(subject, reference)),
    };
    let (email, command) = (&email, &command);
    bus.carry_out(envelope, &content, move |freshness| async move {
        if matches!(envelope.caller, Caller::Viewer(_)) {
            facts::team_formed(bus, team, freshness).await?;
        }
        let mut stream = Stream::<User>::new(id);
        stream.decide(envelope, command.clone(), envelope.occurred)?;
        let draft = Draft::default().with(stream);
        Ok(match email {
            Some(email) => draft.claiming(email_claim(bus, email, id, subject)),
            None => draft,
        })
    })
    .await
}

/// Lets a user sign in with another address, or no more.
///
/// # Errors
/// [`CommandError::Taken`] with scope `user_email`, or the domain's refusal.
pub async fn change_email(
    bus: &CommandBus,
    envelope: &Envelope,
    user: UserId,
    email: Option<EmailAddress>,
) -> Result<Sent, CommandError> {
    let email = &email;
    let content = (
        "change_email",
        user,
        email.as_ref().map(EmailAddress::as_str),
    );
    bus.carry_out(envelope, &content, move |freshness| async move {
        let mut stream = bus.load::<User>(user, freshness).await?;
        expect_version(envelope, stream.version())?;
        let known = stream.state().active().cloned();
        let subject = known
            .as_ref()
            .map_or_else(|| bus.new_subject(), |member| member.name.subject());
        let command = UserCommand::ChangeUserEmail {
            email: email.clone().map(|email| Personal::new(subject, email)),
        };
        stream.decide(envelope, command, envelope.occurred)?;
        let before = known.and_then(|member| member.email);
        let before = before.as_ref().and_then(Personal::reveal).filter(|before| {
            email
                .as_ref()
                .is_none_or(|email| email.normalised() != before.normalised())
        });
        let mut draft = Draft::default().with(stream);
        if let Some(before) = before {
            draft = draft.releasing(email_claim(bus, before, user, subject));
        }
        if let Some(email) = email {
            draft = draft.claiming(email_claim(bus, email, user, subject));
        }
        Ok(draft)
    })
    .await
}

/// Moves a user to a team that is there, or to none.
///
/// # Errors
/// `TEAM_NOT_FOUND`, or the domain's refusal.
pub async fn move_to_team(
    bus: &CommandBus,
    envelope: &Envelope,
    user: UserId,
    team: Option<TeamId>,
) -> Result<Sent, CommandError> {
    let content = ("move_to_team", user, team);
    bus.carry_out(envelope, &content, move |freshness| async move {
        let mut stream = bus.load::<User>(user, freshness).await?;
        expect_version(envelope, stream.version())?;
        facts::team_formed(bus, team, freshness).await?;
        stream.decide(
            envelope,
            UserCommand::MoveUserToTeam { team },
            envelope.occurred,
        )?;
        Ok(Draft::default().with(stream))
    })
    .await
}

/// Changes the tree of teams. Whoever is to lead one is an active user.
///
/// # Errors
/// A manager who is not there or left, or the domain's refusal.
pub async fn arrange_teams(
    bus: &CommandBus,
    envelope: &Envelope,
    command: &TeamTreeCommand,
) -> Result<Sent, CommandError> {
    let content = ("team_tree", command);
    bus.carry_out(envelope, &content, move |freshness| async move {
        let mut stream = bus.load::<TeamTree>(TeamTreeId::the(), freshness).await?;
        expect_version(envelope, stream.version())?;
        facts::manager_active(bus, command, freshness).await?;
        stream.decide(envelope, command.clone(), envelope.occurred)?;
        Ok(Draft::default().with(stream))
    })
    .await
}

/// The data subject of a user's personal values; a new one where the user is not active.
///
/// # Errors
/// When the journal does not answer.
pub async fn subject(bus: &CommandBus, user: UserId) -> Result<SubjectId, CommandError> {
    let stream = bus.load::<User>(user, Freshness::Cached).await?;
    let known = stream.state().active().map(|member| member.name.subject());
    Ok(known.unwrap_or_else(|| bus.new_subject()))
}

/// Carries out a command to a user that may leave the company without an administrator; refuses the last one's.
///
/// # Errors
/// `LAST_ADMINISTRATOR`, or what [`CommandBus::send`] refuses.
pub async fn send(
    bus: &CommandBus,
    envelope: &Envelope,
    user: UserId,
    command: UserCommand,
) -> Result<Sent, CommandError> {
    let command = &command;
    let content = ("user", user, command);
    bus.carry_out(envelope, &content, move |freshness| async move {
        let mut stream = bus.load::<User>(user, freshness).await?;
        expect_version(envelope, stream.version())?;
        let was_administrator = is_administrator(stream.state());
        stream.decide(envelope, command.clone(), envelope.occurred)?;
        let leaves = was_administrator && !is_administrator(stream.state());
        let mut draft = Draft::default().with(stream);
        if leaves {
            // The other administrator's version is asserted, so that two cannot leave at once.
            draft.add(another_administrator(bus, user).await?);
        }
        Ok(draft)
    })
    .await
}

fn is_administrator(user: &User) -> bool {
    user.active()
        .is_some_and(|member| member.role == Role::Administrator)
}

async fn another_administrator(
    bus: &CommandBus,
    user: UserId,
) -> Result<Stream<User>, CommandError> {
    for id in bus.journal().stream_ids(<User as Decider>::TYPE).await? {
        let id = UserId::from_uuid(id);
        if id == user {
            continue;
        }
        let stream = bus.load::<User>(id, Freshness::Fresh).await?;
        if is_administrator(stream.state()) {
            return Ok(stream);
        }
    }
    Err(CommandError::Rejected {
        code: "LAST_ADMINISTRATOR",
        message: "the company would be left without an administrator".to_owned(),
        field: None,
    })
}

/// The claim by which an address signs in one user only.
pub(crate) fn email_claim(
    bus: &CommandBus,
    email: &EmailAddress,
    user: UserId,
    subject: SubjectId,
) -> Claim {
    let token = bus
        .journal()
        .vault()
        .token("user_email", &email.normalised());
    Claim {
        scope: "user_email",
        token,
        holder: user.as_uuid(),
        subject: Some(subject),
    }
}
