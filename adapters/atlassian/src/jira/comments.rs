//! Comments that can be found again by their marker, an entity property that people do not see.

use countersign_domain::ports::{CallError, Comment};
use countersign_outbound::Ask;
use serde_json::json;
use uuid::Uuid;

use super::Jira;
use super::answers::{CommentList, CommentPage};
use crate::document;

/// The property's key.
pub(super) const PROPERTY: &str = "countersign";
/// How many comments are looked at a time.
const PAGE: usize = 100;
/// Jira takes at most 5,000 comments on a ticket.
const MOST_PAGES: usize = 50;

impl Jira {
    pub(super) async fn add_comment(&self, key: &str, comment: &Comment) -> Result<(), CallError> {
        let body = json!({
            "body": document::from_paragraphs(&comment.paragraphs),
            "properties": [{"key": PROPERTY, "value": {"effect": comment.marker}}],
        });
        let path = ["rest", "api", "3", "issue", key, "comment"];
        self.vendor.send(Ask::post(format!("comment on {key}"), &path).json(&body)).await?;
        Ok(())
    }

    /// Looks from the newest comment back. The list of a ticket's comments does not promise properties, so each page
    /// is asked for by id, which does.
    pub(super) async fn find_comment(&self, key: &str, marker: Uuid) -> Result<bool, CallError> {
        let what = format!("look for our comment on {key}");
        for page in 0..MOST_PAGES {
            let path = ["rest", "api", "3", "issue", key, "comment"];
            let ask = Ask::get(what.clone(), &path)
                .query("startAt", page * PAGE)
                .query("maxResults", PAGE)
                .query("orderBy", "-created");
            let listed: CommentPage = self.vendor.send(ask).await?.json()?;
            let ids: Vec<u64> =
                listed.comments.iter().filter_map(|comment| comment.id.parse().ok()).collect();
            if ids.is_empty() {
                return Ok(false);
            }
            if self.any_marked(&what, &ids, marker).await? {
                return Ok(true);
            }
            if (page + 1) * PAGE >= listed.total {
                return Ok(false);
            }
        }
        Err(self.vendor.rejected(what, "there are more comments than Jira allows on a ticket"))
    }

    async fn any_marked(&self, what: &str, ids: &[u64], marker: Uuid) -> Result<bool, CallError> {
        let ask = Ask::post(what, &["rest", "api", "3", "comment", "list"])
            .reads()
            .query("expand", "properties")
            .json(&json!({"ids": ids}));
        let comments: CommentList = self.vendor.send(ask).await?.json()?;
        let marker = marker.to_string();
        let mut properties = comments.values.iter().flat_map(|comment| &comment.properties);
        Ok(properties.any(|property| property.key == PROPERTY && property.value["effect"] == marker.as_str()))
    }
}
