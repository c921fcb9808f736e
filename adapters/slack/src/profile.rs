//! What Slack says of somebody (<https://docs.slack.dev/reference/objects/user-object>).

use countersign_domain::ports::{Profile, Stranger};

use crate::answers::User;

/// Slack's own robot, which is not marked as one.
const SLACKBOT: &str = "USLACKBOT";

/// Somebody, as seen from the workspace `team`.
pub(crate) fn profile(user: User, team: &str) -> Profile {
    let stranger = stranger(&user, team);
    let shown = [user.profile.display_name, user.real_name, user.profile.real_name, Some(user.name)];
    let name = shown.into_iter().flatten().find(|name| !name.trim().is_empty()).unwrap_or(user.id);
    let email = user.profile.email.filter(|email| user.is_email_confirmed && !email.is_empty());
    Profile { name, email, stranger }
}

/// Whether the bot does not work for them. Where several things are so, the one that says most.
fn stranger(user: &User, team: &str) -> Option<Stranger> {
    if user.deleted {
        Some(Stranger::Deactivated)
    } else if user.is_bot || user.id == SLACKBOT {
        Some(Stranger::Bot)
    } else if user.is_stranger || user.team_id.as_deref().is_some_and(|theirs| theirs != team) {
        Some(Stranger::External)
    } else if user.is_restricted || user.is_ultra_restricted {
        Some(Stranger::Guest)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn seen(changes: &serde_json::Value) -> Profile {
        // the sample of https://docs.slack.dev/reference/methods/users.info, shortened
        let mut user = json!({
            "id": "W012A3CDE", "team_id": "T012AB3C4", "name": "spengler", "deleted": false, "color": "9f69e7",
            "real_name": "Egon Spengler", "tz": "America/Los_Angeles", "is_email_confirmed": true,
            "profile": {"real_name": "Egon Spengler", "display_name": "spengler", "email": "spengler@ghostbusters.example",
                "team": "T012AB3C4", "image_24": "https://…"},
            "is_admin": true, "is_restricted": false, "is_ultra_restricted": false, "is_bot": false,
        });
        for (name, value) in changes.as_object().unwrap() {
            user[name] = value.clone();
        }
        profile(serde_json::from_value(user).unwrap(), "T012AB3C4")
    }

    #[test]
    fn a_member_has_the_address_that_slack_has_verified() {
        let egon = seen(&json!({}));
        assert_eq!((egon.name.as_str(), egon.stranger), ("spengler", None));
        assert_eq!(egon.email.as_deref(), Some("spengler@ghostbusters.example"));
        assert_eq!(seen(&json!({"is_email_confirmed": false})).email, None);
    }

    #[test]
    fn guests_bots_deactivated_and_external_users_are_strangers() {
        let stranger = |changes| seen(&changes).stranger;
        assert_eq!(stranger(json!({"is_restricted": true})), Some(Stranger::Guest));
        assert_eq!(stranger(json!({"is_ultra_restricted": true})), Some(Stranger::Guest));
        assert_eq!(stranger(json!({"is_bot": true})), Some(Stranger::Bot));
        assert_eq!(stranger(json!({"id": "USLACKBOT"})), Some(Stranger::Bot));
        assert_eq!(stranger(json!({"deleted": true})), Some(Stranger::Deactivated));
        assert_eq!(stranger(json!({"team_id": "T0OTHER"})), Some(Stranger::External));
        assert_eq!(stranger(json!({"is_stranger": true})), Some(Stranger::External));
    }
}
