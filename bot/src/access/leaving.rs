//! What becomes of an access because somebody leaves, or would at a start.

use countersign_domain::access::words::content;
use countersign_domain::access::{AccessEvent, Asked, GrantEvent};
use countersign_domain::request::Code;
use countersign_domain::words::instant;

/// A request for access on one line.
pub(crate) fn listed_request(code: &Code, asked: &Asked) -> String {
    format!("{code}, {}", content(asked))
}

/// What an access came to because somebody left; nothing where that is no news.
pub(crate) fn access_ended(event: &GrantEvent) -> Option<String> {
    match event {
        GrantEvent::Ending { .. } => Some("is being taken back".to_owned()),
        GrantEvent::Shortened { until, .. } => Some(format!("ends on {}", instant(*until))),
        _ => None,
    }
}

/// What it would come to at a start that has not come yet; nothing where that is no news.
pub(crate) fn would_become(what: &str, event: &AccessEvent) -> Option<String> {
    let end = match event {
        AccessEvent::Closed { .. } => "would be closed".to_owned(),
        AccessEvent::Denied { .. } => "would be denied, because no rule would allow it".to_owned(),
        AccessEvent::Own(GrantEvent::Ending { .. }) => "would be taken back".to_owned(),
        AccessEvent::Own(GrantEvent::Shortened { until, .. }) => format!("would end on {}", instant(*until)),
        AccessEvent::CountersignatureVoided { .. } => "one countersignature would count no more".to_owned(),
        _ => return None,
    };
    Some(format!("{what}: {end}."))
}
