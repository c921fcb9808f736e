//! What may be concluded of an answer that did not come to its end.

use countersign_domain::ports::{CallError, CallErrorKind, ModelFault, ModelFaultKind};
use countersign_outbound::StreamFault;
use serde_json::Value;

pub(crate) fn fault(vendor: &'static str, kind: ModelFaultKind, detail: &str) -> ModelFault {
    ModelFault { vendor, detail: detail.chars().take(500).collect(), kind }
}

/// What came is not what was agreed on.
pub(crate) fn malformed(vendor: &'static str, detail: &str) -> ModelFault {
    fault(vendor, ModelFaultKind::Malformed, detail)
}

/// It ended, and had not said that it was done.
pub(crate) fn cut_short(vendor: &'static str) -> ModelFault {
    fault(vendor, ModelFaultKind::Cut, "its answer ended before it was done")
}

/// A page that people read, where a program was to answer: it is where one logs in.
pub(crate) fn a_page(vendor: &'static str) -> ModelFault {
    fault(
        vendor,
        ModelFaultKind::Barred,
        "a page for people came in the place of an answer, as where one has to log in",
    )
}

/// As the port tells it. What had begun is told apart from what had not.
pub(crate) fn of_stream(vendor: &'static str, broken: StreamFault, begun: bool) -> ModelFault {
    match broken {
        StreamFault::Refused(error) => of_call(vendor, &error),
        StreamFault::Silent if begun => {
            fault(vendor, ModelFaultKind::SilentBetween, "it had begun, and said nothing more in time")
        }
        StreamFault::Silent => fault(vendor, ModelFaultKind::SilentAtFirst, "it said nothing in time"),
        // What the library says of a connection holds no word of what was said.
        StreamFault::Cut(detail) => {
            fault(vendor, ModelFaultKind::Cut, &format!("the connection was lost: {detail}"))
        }
        StreamFault::TooLarge(most) => malformed(vendor, &format!("it said more than {most} bytes")),
    }
}

/// The vendor's words are left out: they repeat what was asked.
fn of_call(vendor: &'static str, error: &CallError) -> ModelFault {
    let kind = match (error.status, error.kind) {
        (Some(300..=399 | 401 | 403 | 407), _) | (_, CallErrorKind::Barred) => ModelFaultKind::Barred,
        (_, CallErrorKind::NotDone { after }) => ModelFaultKind::Overloaded { after },
        (Some(_), CallErrorKind::Unknown) => ModelFaultKind::Overloaded { after: None },
        (None, CallErrorKind::Unknown) => ModelFaultKind::Cut,
        (_, CallErrorKind::Rejected | CallErrorKind::Refused(_)) => ModelFaultKind::Refused,
    };
    let said = match error.status {
        Some(status) => format!("it answered {status}"),
        None => error.detail.clone(),
    };
    fault(vendor, kind, &said)
}

/// What a server says in the middle of an answer went wrong. Only words of programs are repeated.
pub(crate) fn of_answer(vendor: &'static str, error: &Value) -> ModelFault {
    let word = |place: &str| {
        let word = error.pointer(place)?;
        let word = word.as_str().map_or_else(|| word.to_string(), str::to_owned);
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        (!word.is_empty() && word.len() <= 64 && word.chars().all(plain)).then_some(word)
    };
    let words: Vec<String> = ["/code", "/type", "/status"].into_iter().filter_map(word).collect();
    let any = |parts: &[&str]| words.iter().any(|word| parts.iter().any(|part| word.contains(part)));
    let kind = if any(&["401", "403", "invalid_api_key", "authentication", "permission"]) {
        ModelFaultKind::Barred
    } else if any(&["context_length", "invalid_request", "content_filter", "400", "413", "422", "not_found"])
    {
        ModelFaultKind::Refused
    } else {
        ModelFaultKind::Overloaded { after: None }
    };
    fault(
        vendor,
        kind,
        format!("it broke off with an error: {}", words.join(", ")).trim_end_matches([':', ' ']),
    )
}
