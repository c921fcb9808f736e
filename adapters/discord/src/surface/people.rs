//! Who somebody is on the server, and who has a role.

use countersign_domain::ports::{CallError, Identity, Profile, Stranger, SurfaceKind};
use countersign_outbound::Trouble;
use serde_json::Value;
use serenity::all::{Member, Route, User, UserId};

use super::{Discord, field};
use crate::calls::{Ask, Failure};
use crate::config::number;

/// There is no such member of the server.
const NO_MEMBER: i64 = 10_007;
/// There is no such user at all.
const NO_USER: i64 = 10_013;
/// The most that one page holds.
const PAGE: usize = 1_000;

impl Discord {
    /// A bot has no right to see e-mail addresses.
    pub(super) async fn person(&self, identity: &Identity) -> Result<Option<Profile>, CallError> {
        let user = number(&identity.user).filter(|_| identity.surface == SurfaceKind::Discord);
        let Some(user_id) = user.map(UserId::new) else { return Ok(None) };
        let route = Route::GuildMember { guild_id: self.guild, user_id };
        let ask = Ask::get(format!("look up the member {user_id}"), route);
        match none(self.calls.read::<Member>(ask).await, &[NO_MEMBER])? {
            Some(member) => Ok(Some(of_member(&member))),
            None => self.elsewhere(user_id).await,
        }
    }

    /// Somebody of Discord who is not on the server.
    async fn elsewhere(&self, user_id: UserId) -> Result<Option<Profile>, CallError> {
        let ask = Ask::get(format!("look up the user {user_id}"), Route::User { user_id });
        let user = none(self.calls.read::<User>(ask).await, &[NO_USER])?;
        Ok(user.map(|user| {
            let stranger = if user.bot { Stranger::Bot } else { Stranger::External };
            Profile { name: shown(&user), email: None, stranger: Some(stranger) }
        }))
    }

    /// The people with a role, page by page: Discord has no shorter way. `None` where there is no such role.
    pub(super) async fn of_role(&self, role: &str) -> Result<Option<Vec<String>>, CallError> {
        let what = format!("list the members with the role {role}");
        let Some(role) = number(role) else { return Ok(None) };
        let mut people = Vec::new();
        let mut after = 0;
        loop {
            let route = Route::GuildMembers { guild_id: self.guild };
            let ask = Ask::get(&what, route).query("limit", &PAGE).query("after", &after);
            let page: Vec<Value> = self.calls.read(ask).await?;
            for member in &page {
                let Some(id) = field(&member["user"], "id") else {
                    self.troubles()
                        .tell(Trouble::Unreadable, "a member of the server has no id that can be read");
                    continue;
                };
                // The role that everybody has is called like the server, and nobody carries it.
                let mut roles = member["roles"].as_array().into_iter().flatten();
                let has =
                    role == self.guild.get() || roles.any(|id| id.as_str().and_then(number) == Some(role));
                if has && is_no(&member["user"]["bot"]) && is_no(&member["pending"]) {
                    people.push(id.to_string());
                }
            }
            match page.iter().filter_map(|member| field(&member["user"], "id")).max() {
                Some(last) if page.len() == PAGE && last > after => after = last,
                _ => break,
            }
        }
        let is_there = !people.is_empty() || self.has_role(role).await?;
        Ok(is_there.then_some(people))
    }

    /// Whether there is this role: one that nobody has looks like one that there is not.
    pub(super) async fn has_role(&self, role: u64) -> Result<bool, CallError> {
        let ask = Ask::get("list the roles", Route::GuildRoles { guild_id: self.guild });
        let roles: Vec<Value> = self.calls.read(ask).await?;
        Ok(roles.iter().any(|found| field(found, "id") == Some(role)))
    }
}

/// Whether it surely is no.
fn is_no(value: &Value) -> bool {
    value.is_null() || *value == Value::Bool(false)
}

fn of_member(member: &Member) -> Profile {
    let stranger = if member.user.bot {
        Some(Stranger::Bot)
    } else {
        // They did not agree to the server's rules yet.
        member.pending.then_some(Stranger::Guest)
    };
    let name = member.nick.clone().unwrap_or_else(|| shown(&member.user));
    Profile { name, email: None, stranger }
}

fn shown(user: &User) -> String {
    user.global_name.clone().unwrap_or_else(|| user.name.clone())
}

/// `None` where Discord says with one of these numbers that there is none.
fn none<T>(result: Result<T, Failure>, codes: &[i64]) -> Result<Option<T>, CallError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(failure) if failure.code.is_some_and(|code| codes.contains(&code)) => Ok(None),
        Err(failure) => Err(failure.error),
    }
}
