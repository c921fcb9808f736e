//! Finding a person among the members of the workspace, by nickname.

use countersign_domain::ports::CallError;
use countersign_outbound::Ask;

use super::Bitbucket;
use super::answers::{Account, Memberships};

/// Pages of 100; a larger workspace needs account ids.
const MOST_PAGES: usize = 50;

impl Bitbucket {
    /// The one member with this nickname (or id). Nicknames are chosen freely, so two with the same one are refused
    /// rather than guessed between.
    pub(super) async fn member(&self, text: &str) -> Result<Option<Account>, CallError> {
        let nickname = text.trim_start_matches('@');
        if self.absent.knows(nickname) {
            return Ok(None);
        }
        let what = format!("look for {nickname} among the members of {}", self.workspace);
        let mut named: Vec<Account> = Vec::new();
        for page in 1..=MOST_PAGES {
            let ask = Ask::get(what.clone(), &["workspaces", &self.workspace, "members"])
                .query("page", page)
                .query("pagelen", 100);
            // The answer's own link to the next page is not followed: it could lead anywhere with our credential.
            let members: Memberships = self.vendor.send(ask).await?.json()?;
            for account in members.values.into_iter().filter_map(|membership| membership.user) {
                if account.has_id(text) {
                    return Ok(Some(account));
                }
                if account.nickname.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(nickname)) {
                    named.push(account);
                }
            }
            if members.next.is_none() {
                if named.is_empty() {
                    self.absent.note(nickname);
                }
                return match named.len() {
                    0 | 1 => Ok(named.pop()),
                    several => {
                        let detail = format!(
                            "{several} members call themselves {nickname}: use the account id of the one you mean"
                        );
                        Err(self.vendor.rejected(what, &detail))
                    }
                };
            }
        }
        let detail = format!("the workspace has more than {} members: use the account id", MOST_PAGES * 100);
        Err(self.vendor.rejected(what, &detail))
    }
}
