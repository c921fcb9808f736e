//! What the connector answers, as far as it is read.

use countersign_domain::ports::{CallError, Profile, Stranger};
use countersign_outbound::Answer;
use serde::Deserialize;
use uuid::Uuid;

/// Something that was made.
#[derive(Deserialize)]
pub(super) struct Made {
    pub(super) id: String,
}

/// What there is none of: the connector says so with 404, and by a code of its own which of these it is. An address that it
/// does not know is answered 404 as well, by whatever answers there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// Nobody here has this id.
    Member,
    /// There is no such conversation.
    Talk,
    /// There is no such message.
    Message,
}

impl Missing {
    /// What an answer with 404 is about; the error where it is not the connector's.
    pub(super) fn of(answer: &Answer) -> Result<Self, CallError> {
        #[derive(Deserialize)]
        struct Refused {
            error: Coded,
        }
        #[derive(Deserialize)]
        struct Coded {
            code: String,
        }
        let code = serde_json::from_slice::<Refused>(&answer.body).ok().map(|refused| refused.error.code);
        match code.as_deref() {
            Some("MemberNotFoundInConversation") => Ok(Self::Member),
            Some("ConversationNotFound") => Ok(Self::Talk),
            Some("ActivityNotFoundInConversation") => Ok(Self::Message),
            code => {
                let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
                Err(answer.unexpected(&format!(
                    "it answered 404{code}, which says nothing of a member, a conversation or a message"
                )))
            }
        }
    }
}

/// Members, as many as fit on a page.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    #[serde(default)]
    pub(super) members: Vec<Member>,
    pub(super) continuation_token: Option<String>,
}

/// A member of a conversation
/// (<https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/get-teams-context>).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Member {
    pub(super) id: String,
    name: Option<String>,
    /// Teams gives it by both names, and other channels by one.
    aad_object_id: Option<String>,
    object_id: Option<String>,
    user_principal_name: Option<String>,
    user_role: Option<String>,
    tenant_id: Option<String>,
}

impl Member {
    /// The Entra object, which bots have none of.
    pub(super) fn object(&self) -> Option<String> {
        let object = self.aad_object_id.as_ref().or(self.object_id.as_ref())?;
        let object = Uuid::try_parse(object).ok()?;
        (!object.is_nil()).then(|| object.to_string())
    }

    /// What it says of somebody in this Entra tenant. The address is the principal name, whose domain the tenant has
    /// proven to be its own; the member's `email` is whatever somebody wrote into the directory.
    pub(super) fn profile(self, workspace: &str) -> Profile {
        let stranger = self.stranger(workspace);
        let principal = self.user_principal_name.filter(|name| stranger.is_none() && name.contains('@'));
        Profile { name: self.name.unwrap_or_default(), email: principal, stranger }
    }

    fn stranger(&self, workspace: &str) -> Option<Stranger> {
        let elsewhere = |tenant: &String| !tenant.is_empty() && !tenant.eq_ignore_ascii_case(workspace);
        let role = self.user_role.as_deref().unwrap_or_default();
        if self.id.starts_with("28:") {
            Some(Stranger::Bot)
        } else if ["guest", "anonymous"].iter().any(|kind| role.eq_ignore_ascii_case(kind))
            || self.user_principal_name.as_deref().is_some_and(is_guest)
        {
            Some(Stranger::Guest)
        } else if self.tenant_id.as_ref().is_some_and(elsewhere) {
            Some(Stranger::External)
        } else {
            None
        }
    }
}

/// Whether a principal name is a guest's: `erin_contoso.com#EXT#@acme.onmicrosoft.com`.
pub(crate) fn is_guest(principal: &str) -> bool {
    principal.to_ascii_uppercase().contains("#EXT#")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HOME: &str = "8f0c3e57-5c1b-4f55-9a46-0d2a7c1e9b10";

    fn profile(more: &serde_json::Value) -> Profile {
        let mut member = json!({
            "id": "29:1erin",
            "name": "Erin",
            "userPrincipalName": "erin@acme.example",
            "email": "boss@acme.example",
            "tenantId": HOME,
            "userRole": "user",
        });
        member.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value::<Member>(member).unwrap().profile(HOME)
    }

    #[test]
    fn the_address_is_the_one_that_the_tenant_has_proven() {
        assert_eq!(profile(&json!({})).email.as_deref(), Some("erin@acme.example"));
        assert_eq!(profile(&json!({ "userPrincipalName": null })).email, None);
    }

    #[test]
    fn guests_and_people_of_other_tenants_are_strangers() {
        for (more, stranger) in [
            (json!({}), None),
            (json!({ "userRole": "Guest" }), Some(Stranger::Guest)),
            (json!({ "userPrincipalName": "e_x.com#ext#@acme.example" }), Some(Stranger::Guest)),
            (json!({ "tenantId": "00000000-0000-0000-0000-000000000007" }), Some(Stranger::External)),
            (json!({ "id": "28:another-bot" }), Some(Stranger::Bot)),
        ] {
            let profile = profile(&more);
            assert_eq!((profile.stranger, profile.email.is_some()), (stranger, stranger.is_none()), "{more}");
        }
    }
}
