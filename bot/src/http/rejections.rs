//! What axum could not read of a request, as problems in our words.

use axum::extract::rejection::{BytesRejection, FormRejection, JsonRejection};
use axum::http::StatusCode;

use super::problem::Problem;

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        match &rejection {
            // What serde says is about what was sent, with its place.
            JsonRejection::JsonDataError(_) | JsonRejection::JsonSyntaxError(_) => {
                Self::bad_request(format!("{}.", rejection.body_text()))
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
                Self::bad_request("A field of the form is missing.")
            }
            status => Self::of_status(status),
        }
    }
}
