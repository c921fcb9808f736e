//! Who may call: names and passwords, told and refused as the real server does.
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tonic::Status;
use tonic::metadata::MetadataMap;

use super::{Call, status};

/// Lets in whoever shows a good password. Nobody at all is denied, a wrong password is not authenticated.
pub(super) fn user(call: &Call, metadata: &MetadataMap) -> Result<(), Status> {
    if call.shared.options.users.is_empty() || shown(call, metadata)? {
        Ok(())
    } else {
        Err(status::access_denied())
    }
}

/// Lets in everybody but those who show a wrong password: gossip and features are for strangers, too.
pub(super) fn anybody(call: &Call, metadata: &MetadataMap) -> Result<(), Status> {
    shown(call, metadata).map(|_| ())
}

/// Whether the client insists on the leader.
pub(super) fn insists_on_leader(metadata: &MetadataMap) -> bool {
    metadata
        .get("requires-leader")
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// Whether a good password was shown; a wrong one is an error, no password is not.
fn shown(call: &Call, metadata: &MetadataMap) -> Result<bool, Status> {
    let users = &call.shared.options.users;
    let Some(header) = metadata.get("authorization").filter(|_| !users.is_empty()) else {
        return Ok(false);
    };
    let (name, password) = header.to_str().ok().and_then(basic).ok_or_else(status::unauthenticated)?;
    let known = users.iter().any(|user| user.0 == name && user.1 == password);
    known.then_some(true).ok_or_else(status::unauthenticated)
}

fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let plain = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (name, password) = plain.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}
