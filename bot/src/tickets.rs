//! Who is told what of a ticket. Its key is known to whoever named it; its title, its status, and whether there is one at all
//! are for those who can see it.

mod beside;
pub(crate) mod reading;
pub(crate) mod summary;

use countersign_domain::access::{AccessEvent, AccessRequest, Asked, Difference, Findings};
use countersign_domain::names::PrincipalId;
use countersign_domain::ports::Ticket;
use countersign_domain::request::Origin;
use countersign_domain::tenant::{People, Person, Role};
use serde_json::{Map, Value, json};

use crate::resolve::TRACKER;

/// What the vendors said, as far as whoever asks may know it: a ticket that they cannot see was not found. A ticket that asks
/// by itself is seen by who wrote it.
pub fn found_for(asked: &Asked, mut findings: Findings, people: &People) -> Findings {
    let asker = people.people.get(&asked.requester.id);
    let sees = |ticket: &Ticket| {
        asked.origin != Origin::Chat || asker.is_some_and(|asker| ticket.reach.includes(asker, TRACKER))
    };
    findings.ticket = findings.ticket.filter(sees);
    findings
}

/// The ticket of a request, if the viewer can see it; `None` stands for everybody in a channel.
pub fn seen_by<'a>(access: &'a AccessRequest, viewer: Option<&Person>) -> Option<&'a Ticket> {
    let ticket = access.findings.as_ref()?.ticket.as_ref()?;
    sees(ticket, viewer).then_some(ticket)
}

fn sees(ticket: &Ticket, viewer: Option<&Person>) -> bool {
    viewer.map_or(ticket.reach.everybody, |viewer| may_see(ticket, viewer))
}

/// An auditor reads the whole log, where all of it stands.
fn may_see(ticket: &Ticket, viewer: &Person) -> bool {
    viewer.is(Role::Auditor) || ticket.reach.includes(viewer, TRACKER)
}

/// What has changed of what a request is decided on, as far as the viewer may know it. `ticket` is the ticket as it is now.
pub fn told(differences: &[Difference], ticket: Option<&Ticket>, viewer: Option<&Person>) -> Vec<Difference> {
    let sees = ticket.is_some_and(|ticket| sees(ticket, viewer));
    let mut told: Vec<Difference> = Vec::new();
    for difference in differences {
        let difference = match difference {
            Difference::TicketStatus { ticket, .. } | Difference::TicketTitle { ticket, .. } if !sees => {
                Difference::TicketChanged { ticket: ticket.clone() }
            }
            other => other.clone(),
        };
        if !told.contains(&difference) {
            told.push(difference);
        }
    }
    told
}

/// An event as far as the viewer may know it.
pub fn told_of(event: AccessEvent, viewer: Option<&Person>) -> AccessEvent {
    let AccessEvent::EvidenceChanged { findings, differences, voided } = event else { return event };
    let differences = told(&differences, findings.ticket.as_ref(), viewer);
    AccessEvent::EvidenceChanged { findings, differences, voided }
}

/// What [`hide`] looks for, as it is written: a field of every ticket, and the names of what it takes away.
const SIGNS: [&str; 3] = ["\"stage\"", "\"ticket_status\"", "\"ticket_title\""];

/// Whether [`hide`] may find anything in this JSON. It says yes too often rather than once too seldom: also wherever a letter could
/// be written as an escape.
pub fn may_stand_in(json: &str) -> bool {
    SIGNS.iter().any(|sign| json.contains(sign)) || json.contains("\\u")
}

/// Leaves of the tickets in what an address answers no more than the viewer may see, wherever they stand. Whether that leaves out
/// how a ticket has changed, which sentences beside it may say too.
pub fn hide(answer: &mut Value, viewer: &Person) -> bool {
    // What changed of a ticket is told to who sees it as it is, and was: one that is moved may be seen by fewer.
    let sees = viewer.is(Role::Auditor) || shows_to(answer, viewer) && sees_every_ticket(answer, viewer);
    hide_in(answer, viewer, sees)
}

/// Whether nothing of what an address answers has to be left out for the viewer.
pub fn sees_whole(answer: &Value, viewer: &Person) -> bool {
    viewer.is(Role::Auditor) || sees_every_ticket(answer, viewer) && !hide(&mut answer.clone(), viewer)
}

fn sees_every_ticket(answer: &Value, viewer: &Person) -> bool {
    match answer {
        Value::Object(fields) => {
            is_shown(fields, viewer).is_none_or(|is_shown| is_shown)
                && fields.values().all(|field| sees_every_ticket(field, viewer))
        }
        Value::Array(items) => items.iter().all(|item| sees_every_ticket(item, viewer)),
        _ => true,
    }
}

/// Whether a ticket stands there that the viewer can see.
fn shows_to(answer: &Value, viewer: &Person) -> bool {
    match answer {
        Value::Object(fields) => {
            is_shown(fields, viewer).is_some_and(|is_shown| is_shown)
                || fields.values().any(|field| shows_to(field, viewer))
        }
        Value::Array(items) => items.iter().any(|item| shows_to(item, viewer)),
        _ => false,
    }
}

/// Whether the viewer can see the ticket that these fields are; nothing where they are none. Of one that cannot be read, nobody knows
/// who can see it.
fn is_shown(fields: &Map<String, Value>, viewer: &Person) -> Option<bool> {
    let looks = ["key", "title", "stage"].iter().all(|name| fields.contains_key(*name));
    let read = || serde_json::from_value::<Ticket>(Value::Object(fields.clone()));
    looks.then(|| viewer.is(Role::Auditor) || read().is_ok_and(|ticket| may_see(&ticket, viewer)))
}

/// `sees`: whether they may know what has changed of the ticket that it is all about.
fn hide_in(answer: &mut Value, viewer: &Person, sees: bool) -> bool {
    match answer {
        Value::Object(fields) => {
            if let Some(is_shown) = is_shown(fields, viewer) {
                if is_shown {
                    fields.remove("reach");
                } else {
                    *answer = json!({"key": fields.get("key")});
                }
                return false;
            }
            if !sees
                && ["ticket_status", "ticket_title"]
                    .iter()
                    .any(|what| fields.get("what") == Some(&json!(what)))
            {
                *answer = json!({"what": "ticket_changed", "ticket": fields.get("ticket")});
                return true;
            }
            let mut hidden = false;
            for field in fields.values_mut() {
                hidden |= hide_in(field, viewer, sees);
            }
            hidden
        }
        Value::Array(items) => {
            let mut hidden = false;
            for item in items {
                hidden |= hide_in(item, viewer, sees);
            }
            hidden
        }
        _ => false,
    }
}

/// The names by which people are called on tickets.
pub fn names(people: &People) -> impl Fn(&PrincipalId) -> String + '_ {
    |id| people.called(id)
}

#[cfg(test)]
mod tests {
    use countersign_domain::envelope::ActorKind;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn viewer() -> Person {
        Person {
            id: "olga".parse().unwrap(),
            kind: ActorKind::Person,
            name: "Olga".to_owned(),
            groups: [].into(),
            roles: [Role::Admin].into(),
            accounts: [].into(),
        }
    }

    /// JSON in which a ticket, or how one has changed, may stand anywhere.
    fn answers() -> impl Strategy<Value = Value> {
        let ticket = json!({
            "key": "OPS-1", "title": "A title", "status": "To Do", "stage": "todo", "url": "https://a.example", "reach": {"everybody": true},
        });
        let leaf = prop_oneof![
            4 => select(vec!["ticket_status", "ticket_title", "holds", "stage"]).prop_map(Value::from),
            1 => Just(ticket),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            let fields = proptest::collection::btree_map(
                select(vec!["what", "key", "title", "stage"]),
                inner.clone(),
                0..4,
            );
            prop_oneof![
                proptest::collection::vec(inner, 0..4).prop_map(Value::from),
                fields.prop_map(|fields| json!(fields)),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

        #[test]
        fn what_is_written_as_it_stands_has_nothing_to_be_left_out(answer in answers()) {
            let mut told = answer.clone();
            hide(&mut told, &viewer());
            prop_assert!(told == answer || may_stand_in(&answer.to_string()), "{answer} is told as {told}");
        }
    }

    #[test]
    fn trust_a9_a_ticket_that_cannot_be_read_is_shown_to_nobody() {
        let of_another_version =
            json!({"found": {"key": "OPS-1", "title": "A title", "stage": "of another version"}});
        let mut told = of_another_version.clone();
        assert!(!sees_whole(&told, &viewer()));
        hide(&mut told, &viewer());
        assert_eq!(told, json!({"found": {"key": "OPS-1"}}));
        let auditor = Person { roles: [Role::Auditor].into(), ..viewer() };
        assert!(sees_whole(&of_another_version, &auditor), "who reads the log reads it there");
    }

    #[test]
    fn a_name_that_is_written_with_an_escape_is_looked_at() {
        let escaped = r#"{"key":"OPS-1","title":"A title","\u0073tage":"open"}"#;
        assert!(may_stand_in(escaped) && !may_stand_in(r#"{"key":"OPS-1","title":"A title"}"#));
    }
}
