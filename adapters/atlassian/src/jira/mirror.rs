//! Issues that are made of tickets of our own, found again by a label, and what people say on them.

use std::collections::BTreeSet;

use countersign_domain::ports::{CallError, NewTicket, Remark};
use countersign_outbound::Ask;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Jira;
use super::answers::{CommentList, CommentPage, Found, Made, MarkedComment};
use super::comments::PROPERTY;
use crate::document;

/// What the label begins with that such an issue has. Properties would be seen by nobody, and cannot be searched for either.
const LABEL: &str = "countersign-";
/// The longest title that Jira takes.
const LONGEST_TITLE: usize = 255;
/// How many comments are read at a time, and how many times at most.
const PAGE: usize = 25;
const MOST_PAGES: usize = 4;

/// Whether an issue with these fields was made of a ticket of ours.
pub(crate) fn is_made_by_us(fields: &Map<String, Value>) -> bool {
    let labels = fields.get("labels").and_then(Value::as_array).into_iter().flatten();
    let is_ours = |label: &str| label.strip_prefix(LABEL).is_some_and(|id| id.parse::<Uuid>().is_ok());
    labels.filter_map(Value::as_str).any(is_ours)
}

impl Jira {
    /// Makes an issue with its label.
    pub(super) async fn make_issue(&self, new: &NewTicket) -> Result<String, CallError> {
        let title: String = new.title.chars().take(LONGEST_TITLE).collect();
        let body = json!({"fields": {
            "project": {"key": new.project},
            "issuetype": {"name": new.kind},
            "summary": title,
            "description": document::from_paragraphs(&new.paragraphs),
            "labels": [format!("{LABEL}{}", new.marker)],
        }});
        let what = format!("make an issue in {}", new.project);
        let ask = Ask::post(what, &["rest", "api", "3", "issue"]).json(&body);
        Ok(self.vendor.send(ask).await?.json::<Made>()?.key)
    }

    /// The issue with this label.
    pub(super) async fn find_made(&self, project: &str, marker: Uuid) -> Result<Option<String>, CallError> {
        let what = format!("look for the issue that we made in {project}");
        let jql = format!("project = {project} AND labels = \"{LABEL}{marker}\"");
        let ask = Ask::get(what, &["rest", "api", "3", "search", "jql"])
            .query("jql", jql)
            .query("fields", "labels");
        let found: Found = self.vendor.send(ask).await?.json()?;
        Ok(found.issues.into_iter().next().map(|issue| issue.key))
    }

    /// The newest comments that are not known. Their list does not promise properties, by which ours are told apart, so each page is
    /// asked for by id, which does; pages are small, for each comment may be long.
    pub(super) async fn newest_remarks(
        &self,
        key: &str,
        known: &BTreeSet<String>,
    ) -> Result<Vec<Remark>, CallError> {
        let what = format!("read what was said on {key}");
        let mut all = Vec::new();
        for page in 0..MOST_PAGES {
            let ask = Ask::get(what.clone(), &["rest", "api", "3", "issue", key, "comment"])
                .query("startAt", page * PAGE)
                .query("maxResults", PAGE)
                .query("orderBy", "-created");
            let listed: CommentPage = self.vendor.send(ask).await?.json()?;
            let new = listed.comments.iter().filter(|comment| !known.contains(&comment.id));
            let ids: Vec<u64> = new.filter_map(|comment| comment.id.parse().ok()).collect();
            if !ids.is_empty() {
                all.extend(self.comments_of(&what, &ids).await?);
            }
            let goes_back = ids.len() == listed.comments.len() && (page + 1) * PAGE < listed.total;
            if !goes_back {
                break;
            }
        }
        all.sort_by_key(|comment| comment.id.parse::<u64>().unwrap_or_default());
        Ok(all.into_iter().map(remark).collect())
    }

    async fn comments_of(&self, what: &str, ids: &[u64]) -> Result<Vec<MarkedComment>, CallError> {
        let ask = Ask::post(what, &["rest", "api", "3", "comment", "list"])
            .reads()
            .query("expand", "properties")
            .json(&json!({"ids": ids}));
        Ok(self.vendor.send(ask).await?.json::<CommentList>()?.values)
    }
}

fn remark(comment: MarkedComment) -> Remark {
    let (account, name) = comment.author();
    Remark {
        account,
        name: name.unwrap_or_else(|| "Somebody".to_owned()),
        text: document::to_text(&comment.body),
        is_ours: comment.properties.iter().any(|property| property.key == PROPERTY),
        is_open: comment.is_open(),
        id: comment.id,
    }
}
