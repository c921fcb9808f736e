//! Who is told what somebody holds: they themselves, those who decide on it, admins and auditors. What an access gives is told to
//! whoever may see the request; what was there beside it is not theirs to know.

use countersign_domain::access::{AccessEvent, AccessRequest, Difference, GrantEvent};
use countersign_domain::request::Facets as _;
use countersign_domain::tenant::{People, Person, Role};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::cards::could_decide;

/// The differences that say what somebody holds.
const DIFFERENCES: [&str; 2] = ["holds", "holds_through_us"];
/// The fields of findings, plans and outcomes that do.
const FIELDS: [&str; 5] = ["present", "beside", "before", "holds", "left"];

/// Whether the viewer may know it; `None` stands for everybody in a channel. There, who asks for themselves shows it to those
/// who decide; what others hold nobody can bring there by asking for it.
pub fn seen_by(access: &AccessRequest, people: &People, viewer: Option<&Person>, now: Timestamp) -> bool {
    let Some(asked) = &access.asked else { return false };
    let Some(viewer) = viewer else { return asked.is_for_themselves() };
    asked.subject.principal.as_ref() == Some(&viewer.id)
        || viewer.is(Role::Admin)
        || viewer.is(Role::Auditor)
        || access.latest_terms().is_some_and(|terms| terms.may_countersign(viewer))
        || could_decide(access, people, viewer, now)
}

/// The request without it.
pub fn without(access: &AccessRequest) -> AccessRequest {
    let mut told = access.clone();
    told.changed = unsaid(&told.changed);
    told.own.left = None;
    if let Some(grant) = &mut told.own.grant {
        grant.before = None;
    }
    told
}

/// An event without it, as far as its own words tell the difference between nothing and what is not told.
pub fn without_in(event: AccessEvent) -> AccessEvent {
    match event {
        AccessEvent::EvidenceChanged { findings, differences, voided } => {
            AccessEvent::EvidenceChanged { findings, differences: unsaid(&differences), voided }
        }
        AccessEvent::Own(GrantEvent::Ended { ending, by_hand, .. }) => {
            AccessEvent::Own(GrantEvent::Ended { ending, left: None, by_hand })
        }
        other => other,
    }
}

fn unsaid(differences: &[Difference]) -> Vec<Difference> {
    differences.iter().map(Difference::without_holding).collect()
}

/// Leaves it out of what an address answers, wherever it stands. Whether there was anything to leave out.
pub fn hide(answer: &mut Value) -> bool {
    match answer {
        Value::Object(fields) if DIFFERENCES.iter().any(|what| fields.get("what") == Some(&json!(what))) => {
            *answer = json!({"what": "holding_changed", "who": fields.get("who")});
            true
        }
        Value::Object(fields) => {
            let mut hidden = hide_fields(fields);
            for field in fields.values_mut() {
                hidden |= hide(field);
            }
            hidden
        }
        Value::Array(items) => {
            let mut hidden = false;
            for item in items {
                hidden |= hide(item);
            }
            hidden
        }
        _ => false,
    }
}

fn hide_fields(fields: &mut Map<String, Value>) -> bool {
    // What was read back is as much as what was there before it.
    let outcome = fields.contains_key("before") && fields.remove("now").is_some();
    FIELDS.iter().fold(outcome, |hidden, name| fields.remove(*name).is_some() || hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_d4_what_somebody_holds_is_left_out_wherever_it_stands() {
        let mut answer = json!({"code": "K7QM2X", "access": {
            "findings": {"user": {"name": "Ben"}, "present": "admin", "beside": {"permission": "admin"}},
            "changed": [
                {"what": "holds", "who": "Ben", "from": null, "to": "admin"},
                {"what": "holds_through_us", "who": "Ben", "from": null, "to": "admin"},
            ],
            "own": {"grant": {"permission": "write", "before": "read"}, "left": "read"},
        }});
        assert!(hide(&mut answer));
        assert_eq!(
            answer,
            json!({"code": "K7QM2X", "access": {
                "findings": {"user": {"name": "Ben"}},
                "changed": [{"what": "holding_changed", "who": "Ben"}, {"what": "holding_changed", "who": "Ben"}],
                "own": {"grant": {"permission": "write"}},
            }})
        );
        assert!(!hide(&mut answer));
        let mut outcome = json!({"outcome": {"now": "admin", "before": "read"}});
        assert!(hide(&mut outcome));
        assert_eq!(outcome, json!({"outcome": {}}));
    }
}
