//! What may be asked of users and of the tree of teams.

use async_graphql::{Context, MergedObject, Object};
use cartera_commands::Sent;
use cartera_commands::users::{self, NewUser};
use cartera_domain::ids::{TeamId, UserId};
use cartera_domain::permission::{NeedsPermission, Permission};
use cartera_domain::users::{TeamTreeCommand, UserCommand};

use super::inputs::{
    AppointTeamManagerInput, ChangeTeamOfficeInput, ChangeUserEmailInput, ChangeUserLocaleInput,
    ChangeUserRoleInput, FormTeamInput, MoveTeamInput, MoveUserToTeamInput, RegisterUserInput,
    RenameTeamInput, RenameUserInput, TeamInput, UserInput,
};
use super::types::{TeamPayload, UserPayload};
use crate::asking::{Asking, Said};
use crate::error::ApiError;
use crate::fields::Fields;
use crate::payload::Refused;

/// The mutations of users and teams.
#[derive(Debug, Default, MergedObject)]
pub struct UsersMutation(UserMutations, TeamMutations);

/// The mutations of users.
#[derive(Debug, Default)]
struct UserMutations;

#[Object]
impl UserMutations {
    /// Takes a user in. A link for choosing the password is made by `createSignInLink`.
    async fn register_user(
        &self,
        context: &Context<'_>,
        input: RegisterUserInput,
    ) -> Result<UserPayload, ApiError> {
        UserPayload::answer(context, register(context, input).await).await
    }

    /// Gives a user another name.
    async fn rename_user(
        &self,
        context: &Context<'_>,
        input: RenameUserInput,
    ) -> Result<UserPayload, ApiError> {
        UserPayload::answer(context, rename(context, input).await).await
    }

    /// Lets a user sign in with another address, or no more.
    async fn change_user_email(
        &self,
        context: &Context<'_>,
        input: ChangeUserEmailInput,
    ) -> Result<UserPayload, ApiError> {
        UserPayload::answer(context, change_email(context, input).await).await
    }

    /// Makes a user something else in the company. The last administrator stays one.
    async fn change_user_role(
        &self,
        context: &Context<'_>,
        input: ChangeUserRoleInput,
    ) -> Result<UserPayload, ApiError> {
        let command = UserCommand::ChangeUserRole { role: input.role };
        UserPayload::answer(
            context,
            manage(context, &input.said, input.user_id.0, command).await,
        )
        .await
    }

    /// Moves a user to another team.
    async fn move_user_to_team(
        &self,
        context: &Context<'_>,
        input: MoveUserToTeamInput,
    ) -> Result<UserPayload, ApiError> {
        UserPayload::answer(context, move_to_team(context, input).await).await
    }

    /// Shows a user another language.
    async fn change_user_locale(
        &self,
        context: &Context<'_>,
        input: ChangeUserLocaleInput,
    ) -> Result<UserPayload, ApiError> {
        UserPayload::answer(context, change_locale(context, input).await).await
    }

    /// Says that a user left: no sign-in, no session, no API key any more. The last administrator stays.
    async fn deactivate_user(
        &self,
        context: &Context<'_>,
        input: UserInput,
    ) -> Result<UserPayload, ApiError> {
        UserPayload::answer(context, deactivate(context, input).await).await
    }

    /// Says that a user came back.
    async fn reactivate_user(
        &self,
        context: &Context<'_>,
        input: UserInput,
    ) -> Result<UserPayload, ApiError> {
        let sent = manage(
            context,
            &input.said,
            input.user_id.0,
            UserCommand::ReactivateUser,
        )
        .await;
        UserPayload::answer(context, sent).await
    }
}

/// The mutations of the tree of teams.
#[derive(Debug, Default)]
struct TeamMutations;

#[Object]
impl TeamMutations {
    /// Forms a team.
    async fn form_team(
        &self,
        context: &Context<'_>,
        input: FormTeamInput,
    ) -> Result<TeamPayload, ApiError> {
        TeamPayload::answer(context, form(context, input).await).await
    }

    /// Gives a team another name.
    async fn rename_team(
        &self,
        context: &Context<'_>,
        input: RenameTeamInput,
    ) -> Result<TeamPayload, ApiError> {
        TeamPayload::answer(context, rename_team(context, input).await).await
    }

    /// Puts a team below another, or at the top.
    async fn move_team(
        &self,
        context: &Context<'_>,
        input: MoveTeamInput,
    ) -> Result<TeamPayload, ApiError> {
        let team = input.team_id.0;
        let command = TeamTreeCommand::MoveTeam {
            team,
            parent: input.parent_id.map(|id| id.0),
        };
        TeamPayload::answer(context, arrange(context, &input.said, team, command).await).await
    }

    /// Lets somebody lead a team.
    async fn appoint_team_manager(
        &self,
        context: &Context<'_>,
        input: AppointTeamManagerInput,
    ) -> Result<TeamPayload, ApiError> {
        TeamPayload::answer(context, appoint(context, input).await).await
    }

    /// Lets a team work from another office.
    async fn change_team_office(
        &self,
        context: &Context<'_>,
        input: ChangeTeamOfficeInput,
    ) -> Result<TeamPayload, ApiError> {
        TeamPayload::answer(context, change_office(context, input).await).await
    }

    /// Disbands a team that has no teams below it.
    async fn disband_team(
        &self,
        context: &Context<'_>,
        input: TeamInput,
    ) -> Result<TeamPayload, ApiError> {
        let team = input.team_id.0;
        let command = TeamTreeCommand::DisbandTeam { team };
        TeamPayload::answer(context, arrange(context, &input.said, team, command).await).await
    }
}

async fn register(context: &Context<'_>, input: RegisterUserInput) -> Result<Sent, Refused> {
    let envelope = context.envelope(Permission::ManageUsers, &input.said.into())?;
    let mut fields = Fields::of_input();
    let name = fields.required("name", input.name);
    let email = fields.optional("email", input.email);
    let external_reference = fields.optional("externalReference", input.external_reference);
    let name = fields.all(name)?;
    let (role, locale, team) = (input.role, input.locale, input.team_id.map(|id| id.0));
    let user = NewUser {
        name,
        email,
        role,
        team,
        locale,
        external_reference,
    };
    Ok(users::register_user(&context.services()?.bus, &envelope, user).await?)
}

async fn rename(context: &Context<'_>, input: RenameUserInput) -> Result<Sent, Refused> {
    context.viewer(Permission::ManageUsers)?;
    let user = input.user_id.0;
    let subject = users::subject(&context.services()?.bus, user).await?;
    let mut fields = Fields::of_input();
    let name = fields.required("name", input.name);
    let name = cartera_domain::values::Personal::new(subject, fields.all(name)?);
    manage(context, &input.said, user, UserCommand::RenameUser { name }).await
}

async fn change_email(context: &Context<'_>, input: ChangeUserEmailInput) -> Result<Sent, Refused> {
    let envelope = context.envelope(Permission::ManageUsers, &input.said)?;
    let mut fields = Fields::of_input();
    let email = fields.optional("email", input.email);
    let email = fields.all(Some(email))?;
    let services = context.services()?;
    Ok(users::change_email(&services.bus, &envelope, input.user_id.0, email).await?)
}

async fn move_to_team(context: &Context<'_>, input: MoveUserToTeamInput) -> Result<Sent, Refused> {
    let envelope = context.envelope(Permission::ManageUsers, &input.said)?;
    let (services, team) = (context.services()?, input.team_id.map(|id| id.0));
    let sent = users::move_to_team(&services.bus, &envelope, input.user_id.0, team).await?;
    // Whose team it was and is sees other rows from now on.
    services.identity.forget().await;
    Ok(sent)
}

async fn change_locale(
    context: &Context<'_>,
    input: ChangeUserLocaleInput,
) -> Result<Sent, Refused> {
    let user = input.user_id.0;
    let own = Asking::caller(context)?.user() == user;
    let permission = if own {
        Permission::ReadCompany
    } else {
        Permission::ManageUsers
    };
    let envelope = context.envelope(permission, &input.said)?;
    let command = UserCommand::ChangeUserLocale {
        locale: input.locale,
    };
    Ok(users::send(&context.services()?.bus, &envelope, user, command).await?)
}

async fn deactivate(context: &Context<'_>, input: UserInput) -> Result<Sent, Refused> {
    let user = input.user_id.0;
    let sent = manage(context, &input.said, user, UserCommand::DeactivateUser).await?;
    context
        .services()?
        .identity
        .end_sessions_of(user, None)
        .await?;
    Ok(sent)
}

async fn manage(
    context: &Context<'_>,
    said: &Said,
    user: UserId,
    command: UserCommand,
) -> Result<Sent, Refused> {
    let envelope = context.envelope(Permission::ManageUsers, said)?;
    let services = context.services()?;
    let sent = users::send(&services.bus, &envelope, user, command).await?;
    services.identity.forget().await;
    Ok(sent)
}

async fn form(context: &Context<'_>, input: FormTeamInput) -> Result<Sent, Refused> {
    let said = Said::from(input.said);
    context.viewer(Permission::ManageUsers)?;
    let team: TeamId = said.entry(Asking::caller(context)?.user());
    let mut fields = Fields::of_input();
    let name = fields.required("name", input.name);
    let office = fields.optional("office", input.office);
    let name = fields.all(name)?;
    let (parent, manager) = (
        input.parent_id.map(|id| id.0),
        input.manager_id.map(|id| id.0),
    );
    arrange(
        context,
        &said,
        team,
        TeamTreeCommand::FormTeam {
            team,
            name,
            parent,
            manager,
            office,
        },
    )
    .await
}

async fn rename_team(context: &Context<'_>, input: RenameTeamInput) -> Result<Sent, Refused> {
    context.viewer(Permission::ManageUsers)?;
    let mut fields = Fields::of_input();
    let name = fields.required("name", input.name);
    let (team, name) = (input.team_id.0, fields.all(name)?);
    arrange(
        context,
        &input.said,
        team,
        TeamTreeCommand::RenameTeam { team, name },
    )
    .await
}

async fn appoint(context: &Context<'_>, input: AppointTeamManagerInput) -> Result<Sent, Refused> {
    let (team, manager) = (input.team_id.0, input.manager_id.map(|id| id.0));
    arrange(
        context,
        &input.said,
        team,
        TeamTreeCommand::AppointTeamManager { team, manager },
    )
    .await
}

async fn change_office(
    context: &Context<'_>,
    input: ChangeTeamOfficeInput,
) -> Result<Sent, Refused> {
    context.viewer(Permission::ManageUsers)?;
    let mut fields = Fields::of_input();
    let office = fields.optional("office", input.office);
    let (team, office) = (input.team_id.0, fields.all(Some(office))?);
    arrange(
        context,
        &input.said,
        team,
        TeamTreeCommand::ChangeTeamOffice { team, office },
    )
    .await
}

/// Changes the tree of teams; the answer tells of the team, not of the tree.
async fn arrange(
    context: &Context<'_>,
    said: &Said,
    team: TeamId,
    command: TeamTreeCommand,
) -> Result<Sent, Refused> {
    let envelope = context.envelope(command.permission(), said)?;
    let services = context.services()?;
    let sent = users::arrange_teams(&services.bus, &envelope, &command).await?;
    services.identity.forget().await;
    Ok(Sent {
        id: cartera_domain::ids::TypedId::as_uuid(team),
        ..sent
    })
}
