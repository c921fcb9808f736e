//! Files that people share, as their messages tell of them (<https://docs.slack.dev/reference/objects/file-object>), and how they are read
//! (<https://docs.slack.dev/messaging/working-with-files>).

use countersign_domain::ports::{Attached, CallError};
use countersign_outbound::Files;
use serde::Deserialize;
use serde_json::Value;

/// Where Slack hands out what is shared in it.
pub(crate) const HOSTS: &[&str] = &["files.slack.com"];
/// What the bot's token must be good for.
const CURE: &str = "give the app the scope files:read, and install it in the workspace again";

/// A file, as far as it is read. What is deleted, or of another workspace, says no address.
#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    name: Option<String>,
    title: Option<String>,
    mimetype: Option<String>,
    size: Option<u64>,
    url_private_download: Option<String>,
    url_private: Option<String>,
}

/// The files of a message. One of an odd shape is a file that is not handed out, and what is no list of files holds none.
pub(crate) fn attached(files: &Value) -> Vec<Attached> {
    let read = |file: &Value| {
        let file = File::deserialize(file).unwrap_or_default();
        Attached {
            name: file.name.or(file.title).unwrap_or_default(),
            media: file.mimetype,
            size: file.size,
            address: file.url_private_download.or(file.url_private),
        }
    };
    files.as_array().into_iter().flatten().map(read).collect()
}

/// Reads a file. To whoever may not have it Slack shows the page for signing in, or sends them there.
pub(crate) async fn read(files: &Files, file: &Attached, most: usize) -> Result<Vec<u8>, CallError> {
    let what = format!("read the file {}", file.name);
    let Some(address) = &file.address else {
        return Err(files.rejected(&what, "Slack says no address of it"));
    };
    let body = files.fetch(&what, address, most).await.map_err(|error| match error.status {
        Some(300..=399 | 401 | 403) => CallError { detail: format!("{}; {CURE}", error.detail), ..error },
        _ => error,
    })?;
    if is_page(&body) && file.media.as_deref() != Some("text/html") {
        return Err(files.rejected(&what, &format!("Slack shows its page for signing in; {CURE}")));
    }
    Ok(body.to_vec())
}

fn is_page(body: &[u8]) -> bool {
    let begins = |mark: &&[u8]| {
        body.trim_ascii_start().get(..mark.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(mark))
    };
    [b"<!DOCTYPE".as_slice(), b"<html".as_slice()].iter().any(begins)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_file_is_read_by_the_address_for_downloads() {
        let shared = json!([
            {"id": "F1", "name": "rules.cedar", "mimetype": "text/plain", "size": 70, "mode": "hosted",
                "url_private": "https://files.slack.com/files-pri/T1-F1/rules.cedar",
                "url_private_download": "https://files.slack.com/files-pri/T1-F1/download/rules.cedar"},
            {"id": "F2", "mode": "tombstone"},
            {"id": "F3", "file_access": "check_file_info"},
            {"name": 7},
        ]);
        let files = attached(&shared);
        assert_eq!(files[0].name, "rules.cedar");
        assert_eq!((files[0].media.as_deref(), files[0].size), (Some("text/plain"), Some(70)));
        assert!(files[0].address.as_deref().is_some_and(|address| address.contains("/download/")));
        assert!(files[1..].iter().all(|file| file.address.is_none()), "{files:?}");
        assert!(!format!("{files:?}").contains("files-pri"), "an address is no word for a log");
        for none in [json!(null), json!({}), json!("rules.cedar")] {
            assert_eq!(attached(&none), [], "{none}");
        }
    }

    #[test]
    fn a_page_for_signing_in_is_no_file() {
        assert!(
            is_page(b"\n<!doctype html>")
                && is_page(b"<HTML lang=en>")
                && !is_page(b"permit (")
                && !is_page(b"")
        );
    }
}
