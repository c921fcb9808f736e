//! The parts of an activity as Teams writes them; what we do not use is passed over.

use countersign_domain::ports::Stranger;
use serde::Deserialize;

use super::Scope;
use crate::client::is_guest;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) aad_object_id: Option<String>,
    tenant_id: Option<String>,
    role: Option<String>,
    user_role: Option<String>,
    user_principal_name: Option<String>,
}

impl Account {
    /// Why the bot does not work for them, where the activity says so at all; their profile tells more.
    pub(super) fn stranger(&self, here: Option<&str>) -> Option<Stranger> {
        let is = |role: &Option<String>, kind: &str| {
            role.as_deref().is_some_and(|role| role.eq_ignore_ascii_case(kind))
        };
        let other = |tenant: &String| here.is_some_and(|here| !tenant.eq_ignore_ascii_case(here));
        if is(&self.role, "bot") || is(&self.role, "skill") {
            Some(Stranger::Bot)
        } else if is(&self.user_role, "guest") || self.user_principal_name.as_deref().is_some_and(is_guest) {
            Some(Stranger::Guest)
        } else if self.tenant_id.as_ref().is_some_and(other) {
            Some(Stranger::External)
        } else {
            None
        }
    }
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
    /// What was written into the field for the reason, where there is one.
    pub(super) why: Option<String>,
}
