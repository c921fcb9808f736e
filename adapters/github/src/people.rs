//! People at GitHub: by their number, which stays, or by their login, which is one person's only until they change it.

use countersign_domain::named::Named;
use countersign_domain::ports::{CallError, ForgeUser, Refusal};
use countersign_outbound::Ask;

use crate::Github;
use crate::answers::{Membership, User};

/// The longest login, with what a company's own suffix adds.
const LONGEST: usize = 100;

impl Github {
    /// Whoever has this number, or goes by this login. Digits alone are a number: who means a login of digits writes `@` before it.
    pub(crate) async fn person(&self, named: &str) -> Result<Named<ForgeUser>, CallError> {
        let named = named.trim();
        let user = if is_number(named) {
            self.numbered(named).await?
        } else {
            self.going_by(named.strip_prefix('@').unwrap_or(named)).await?
        };
        Ok(Named::of(user.filter(User::is_a_person).map(User::into_user)))
    }

    /// Whoever has this number, under the login that they have now.
    pub(crate) async fn numbered(&self, account: &str) -> Result<Option<User>, CallError> {
        if !is_number(account) {
            return Ok(None);
        }
        let what = format!("look up the user {account}");
        let Some(answer) = self.look(what, &["user", account]).await? else {
            self.organization_is_there().await?;
            return Ok(None);
        };
        let user: User = answer.json()?;
        Ok(Some(user).filter(|user| user.id.to_string() == account))
    }

    async fn going_by(&self, login: &str) -> Result<Option<User>, CallError> {
        if !is_login(login) {
            return Ok(None);
        }
        let ask = Ask::get(format!("look up the user {login}"), &["users", login]);
        let Some(answer) = self.found(ask).await? else {
            self.organization_is_there().await?;
            return Ok(None);
        };
        let user: User = answer.json()?;
        Ok(Some(user).filter(|user| user.login.eq_ignore_ascii_case(login)))
    }

    /// Why nothing can be given to an account: who owns the organization may do everything in it. Whoever is outside of it can be
    /// invited.
    pub(crate) async fn why_not_them(&self, account: &str) -> Result<Option<Refusal>, CallError> {
        let Some(user) = self.numbered(account).await? else { return Ok(None) };
        let what = format!("look whether {account} owns the organization {}", self.organization);
        let ask = Ask::get(what, &["orgs", &self.organization, "memberships", &user.login]);
        let Some(answer) = self.found(ask).await? else { return Ok(None) };
        let Membership { state, role } = answer.json()?;
        Ok((state == "active" && role == "admin").then_some(Refusal::Owner))
    }
}

/// Whether it is somebody's number.
pub(crate) fn is_number(text: &str) -> bool {
    (1..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it can be somebody's login: nothing else that people write gets into an address.
fn is_login(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_numbers_and_logins_is_asked_for() {
        assert!(
            is_number("583231") && !is_number("") && !is_number("583231x") && !is_number(&"1".repeat(20))
        );
        for login in ["octocat", "Octo-Cat", "erin_acme", "1234"] {
            assert!(is_login(login), "{login}");
        }
        for other in ["", "..", "a/b", "erin moore", "a?b", "päyments", "a\0"] {
            assert!(!is_login(other), "{other}");
        }
    }
}
