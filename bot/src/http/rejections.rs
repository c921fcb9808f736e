//! What axum could not read of a request, as problems in our words.

use axum::extract::rejection::{BytesRejection, FormRejection, JsonRejection};
use axum::http::StatusCode;

use super::problem::Problem;

/// Refuses what holds a sign that nobody typed: a control character is no part of what anybody says, and shows as nothing. Line
/// breaks and tabs are white space.
pub(super) fn must_be_seen<'t>(texts: impl IntoIterator<Item = &'t String>) -> Result<(), Problem> {
    let unseen = |c: char| c.is_control() && !c.is_whitespace();
    let Some(found) = texts.into_iter().find_map(|text| text.chars().find(|c| unseen(*c))) else {
        return Ok(());
    };
    Err(Problem::bad_request(format!(
        "There is a control character in it that nobody sees (U+{:04X}), so nothing was done: type it anew without that, or paste it as \
         plain text.",
        u32::from(found)
    )))
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        match &rejection {
            // What serde says is about what was sent, with its place; what axum says before it is about its own insides.
            JsonRejection::JsonDataError(_) | JsonRejection::JsonSyntaxError(_) => {
                let whole = rejection.body_text();
                let said = whole.split_once(": ").map_or(whole.as_str(), |(_, said)| said);
                Self::bad_request(format!("The JSON cannot be taken: {said}."))
            }
            _ => Self::of_status(rejection.status()),
        }
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        Self::of_status(rejection.status())
    }
}

impl From<FormRejection> for Problem {
    fn from(rejection: FormRejection) -> Self {
        match rejection.status() {
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST => {
                Self::bad_request("The form cannot be read: a field is missing.")
            }
            status => Self::of_status(status),
        }
    }
}
