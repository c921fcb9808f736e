//! Finding a person among the members of the workspace, by the names they go by.

use countersign_domain::ports::CallError;
use countersign_outbound::Ask;

use super::Bitbucket;
use super::answers::{Account, Memberships};

/// Pages of 100; a larger workspace needs account ids.
const MOST_PAGES: usize = 50;

impl Bitbucket {
    /// The members who go by this name, or the one with this id. Names are chosen freely, so several may.
    pub(super) async fn members(&self, text: &str) -> Result<Vec<Account>, CallError> {
        let name = text.trim_start_matches('@');
        if self.roll.lacks(text, name) {
            return Ok(vec![]);
        }
        let what = format!("look for {name} among the members of {}", self.workspace);
        let mut all: Vec<Account> = Vec::new();
        for page in 1..=MOST_PAGES {
            let ask = Ask::get(what.clone(), &["workspaces", &self.workspace, "members"])
                .query("page", page)
                .query("pagelen", 100);
            // The answer's own link to the next page is not followed: it could lead anywhere with our credential.
            let members: Memberships = self.vendor.send(ask).await?.json()?;
            for account in members.values.into_iter().filter_map(|membership| membership.user) {
                if account.has_id(text) {
                    return Ok(vec![account]);
                }
                all.push(account);
            }
            if members.next.is_none() {
                let named = all.iter().filter(|account| account.goes_by(name)).cloned().collect();
                self.roll.keep(all);
                return Ok(named);
            }
        }
        let detail = format!("the workspace has more than {} members: use the account id", MOST_PAGES * 100);
        Err(self.vendor.rejected(what, &detail))
    }
}
