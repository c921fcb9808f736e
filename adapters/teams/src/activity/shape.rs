//! The parts of an activity as Teams writes them; what we do not use is passed over.

use serde::Deserialize;

use super::Scope;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) aad_object_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Conversation {
    pub(super) id: Option<String>,
    pub(super) tenant_id: Option<String>,
    #[serde(rename = "conversationType")]
    pub(super) scope: Option<Scope>,
}

#[derive(Deserialize)]
pub(super) struct ChannelData {
    pub(super) tenant: Option<TenantInfo>,
}

#[derive(Deserialize)]
pub(super) struct TenantInfo {
    pub(super) id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Reaction {
    #[serde(rename = "type")]
    pub(super) kind: String,
}

/// The value of a pressed `Action.Execute`.
#[derive(Deserialize)]
pub(super) struct Execute {
    pub(super) action: Pressed,
}

#[derive(Deserialize)]
pub(super) struct Pressed {
    pub(super) verb: String,
    pub(super) data: PressedData,
}

#[derive(Deserialize)]
pub(super) struct PressedData {
    pub(super) reference: String,
}
