//! What people do with issues in the browser: they say something, and move them; the webhook tells of both.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::shapes::{Refused, no_issue};
use super::{IssueComment, Shared, Status};

impl Shared {
    /// Somebody says something on an issue.
    pub(super) fn says(&self, base: &str, key: &str, by: &str, text: &str) -> Result<(), Refused> {
        self.controlled.state.change(|state| {
            let (id, author) = (state.next_comment_id(), Some(by.to_owned()));
            let (text, properties) = (text.to_owned(), BTreeMap::new());
            let comment =
                IssueComment { id, author, created: Timestamp::now(), text, kept_to: None, properties };
            state.issue_mut(key).ok_or_else(no_issue)?.comments.push(Arc::new(comment));
            Ok::<_, Refused>(())
        })?;
        self.webhooks.tell(base, &self.controlled.state.get(), key, "comment_created", &[]);
        Ok(())
    }

    /// Somebody moves an issue.
    pub(super) fn moves(&self, base: &str, key: &str, to: Status) -> Result<(), Refused> {
        let from = self.controlled.state.change(|state| {
            let issue = state.issue_mut(key).ok_or_else(no_issue)?;
            Ok::<_, Refused>(std::mem::replace(&mut issue.status, to))
        })?;
        let changed = [("status", from.name().to_owned(), to.name().to_owned())];
        self.webhooks.tell(base, &self.controlled.state.get(), key, "jira:issue_updated", &changed);
        Ok(())
    }
}
