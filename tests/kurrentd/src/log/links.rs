//! The standard projections that a test may want: `$ce-<category>` and `$bc-<correlation id>`, as links.
//!
//! The real server writes them a little later, in a task of its own; here they stand in the log right after their
//! event. Both are real events of the log, so whoever reads everything meets them and must filter.
use std::sync::Arc;

use bytes::Bytes;
use serde::Deserialize;
use uuid::Uuid;

use super::{LINK, Log, Proposed, Record};

#[derive(Deserialize)]
struct Correlated<'a> {
    #[serde(rename = "$correlationId", borrow)]
    correlation: Option<std::borrow::Cow<'a, str>>,
}

/// Writes the links of an event, if it has any.
pub(super) fn project(log: &mut Log, record: &Record) {
    if record.stream.starts_with('$') || record.kind.starts_with('$') {
        return;
    }
    if let Some((category, _)) = record.stream.split_once('-') {
        link(log, &format!("$ce-{category}"), record);
    }
    let correlated: Option<Correlated<'_>> = serde_json::from_slice(&record.metadata).ok();
    if let Some(correlation) = correlated.and_then(|metadata| metadata.correlation) {
        link(log, &format!("$bc-{correlation}"), record);
    }
}

fn link(log: &mut Log, stream: &str, to: &Record) {
    let stream: Arc<str> = log.intern(stream);
    let event = Proposed {
        id: Uuid::new_v4(),
        kind: LINK.to_owned(),
        json: false,
        data: format!("{}@{}", to.revision, to.stream).into(),
        metadata: Bytes::new(),
    };
    log.write(&stream, &event);
}
