//! Given a log, what would have become of its requests under other rules.

use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::access::example::{findings, person, read};
use crate::access::{AccessEvent, Form, GrantEvent, Lasting, Permission, Proposal};
use crate::aggregate::{Aggregate as _, Event, encode};
use crate::envelope::{Actor, ActorKind, Cause, Digest, Position};
use crate::request::{Code, waiting};
use crate::rule_change::{Becomes, Group};
use crate::rules::{EXAMPLE, RuleSet, Ruling};
use crate::tenant::{PeopleEvent, Person};
use crate::testing::noon;

/// A log, an hour between each event and the next.
#[derive(Default)]
struct Log {
    events: Vec<Envelope>,
}

impl Log {
    fn now(&self) -> Timestamp {
        request::later(noon(), 60 * self.events.len() as u64)
    }

    fn happens<E: Event>(&mut self, category: &str, id: &str, event: E) {
        let at = self.now();
        let actor = Actor {
            id: "erin".parse().unwrap(),
            kind: ActorKind::Person,
            surface: "web".to_owned(),
            via: None,
        };
        let command = Uuid::from_u128(self.events.len() as u128);
        let cause = Cause { actor, command, correlation: command, causation: command, at };
        let new = encode(&[event], &cause).remove(0);
        let stream: crate::names::StreamName = format!("acme.{category}-{id}").parse().unwrap();
        let hash = Digest::of_leaf(&new.canonical_bytes(&stream, 0));
        self.events.push(Envelope {
            actor: cause.actor,
            at,
            causation: command,
            command,
            correlation: command,
            data: new.data,
            id: new.id,
            rev: 0,
            tenant: "acme".parse().unwrap(),
            stream,
            kind: new.kind,
            v: new.version,
            hash,
            pos: Position::from_store(self.events.len() as u64 + 1),
        });
    }

    fn recorded(&mut self, person: Person) {
        self.happens(People::CATEGORY, "acme", PeopleEvent::PersonRecorded { person });
    }

    /// Erin asks for this on that repository, and it waits.
    fn asks(&mut self, number: u128, permission: &str, repository: &str) -> Code {
        let code = Code::candidate(Uuid::from_u128(number), 0);
        let text = |text: &str| Some(text.to_owned());
        let form = Form {
            permission: text(permission),
            repository: text(repository),
            user: None,
            duration: text("2 days"),
            ticket: text("OPS-17"),
            reason: None,
        };
        let asked = crate::access::Asked { code: code.clone(), ..read(&form) };
        let mut found = findings();
        repository.clone_into(&mut found.repository.as_mut().unwrap().name);
        let terms = crate::access::example::terms();
        let ruling = Some(Ruling::Allowed(terms.clone()));
        for event in [
            AccessEvent::Requested { asked: Box::new(asked) },
            AccessEvent::Checked { findings: Box::new(found), ruling },
            waiting(Proposal::Grant, &"erin".parse().unwrap(), terms, self.now()),
        ] {
            self.happens("request", code.stream_id(), event);
        }
        code
    }

    /// Zoe proposes rules in the place of these, and it waits.
    fn proposes(&mut self, number: u128, base: u64) -> Code {
        use crate::rule_change::{Draft, Proposal, RuleChangeEvent, example};
        let code = Code::candidate(Uuid::from_u128(number), 0);
        let asked = Draft { code: code.clone(), base, ..example::draft() };
        let (terms, by) = (example::terms(), asked.requester.id.clone());
        let ruling = Some(Ruling::Allowed(terms.clone()));
        for event in [
            RuleChangeEvent::Requested { asked: Box::new(asked) },
            RuleChangeEvent::Checked { findings: Box::new(example::compared()), ruling },
            waiting(Proposal::Publish, &by, terms, self.now()),
        ] {
            self.happens("request", code.stream_id(), event);
        }
        code
    }

    fn granted(&mut self, code: &Code) {
        let by = vec!["ada".parse().unwrap()];
        let until = request::later(noon(), 100_000);
        let permission = Permission::Write;
        for event in [
            AccessEvent::Approved { by, fixed: Lasting { minutes: 60 } },
            AccessEvent::Own(GrantEvent::Granted {
                permission,
                holds: None,
                before: None,
                until,
                by_hand: false,
            }),
        ] {
            self.happens("request", code.stream_id(), event);
        }
    }

    fn replayed(&self, before: &str, after: &str, since: Timestamp) -> Replayed {
        let rules =
            |version, text| RuleSet::compile(version, text).unwrap_or_else(|faults| panic!("{faults}"));
        let judge = Judge::new(Some(rules(1, before)), rules(2, after), since);
        let mut machine = TimeMachine::new(judge);
        self.events.iter().for_each(|event| machine.take(event).unwrap());
        machine.replayed()
    }
}

fn group(becomes: Becomes, was_denied: bool, codes: &[&Code]) -> Group {
    Group { becomes, was_denied, count: codes.len() as u64, codes: codes.iter().copied().cloned().collect() }
}

fn strict() -> String {
    // Writing needs two, reading passes alone, administering is for nobody, and nothing is forbidden for ever.
    let at = |text: &str, id: &str| text.find(&format!("@id(\"{id}\")")).unwrap();
    let (write, admin, shop, archive) = (
        at(EXAMPLE, "write"),
        at(EXAMPLE, "admin"),
        at(EXAMPLE, "admin-web-shop"),
        at(EXAMPLE, "archive-stays"),
    );
    let read = "@id(\"read\") @auto @max_duration(\"7 days\") permit (principal, action == Action::\"read\", resource);\n";
    assert!(write < admin && admin < shop && shop < archive);
    format!("{read}{}", EXAMPLE[write..admin].replace("@quorum(\"1\")", "@quorum(\"2\")"))
}

#[test]
fn every_request_is_decided_again_and_counted_by_what_would_become_of_it() {
    let mut log = Log::default();
    log.recorded(person("erin", &[]));
    let two = log.asks(1, "write", "web-shop");
    log.granted(&two);
    let alone = log.asks(2, "read", "infra");
    log.granted(&alone);
    let same = log.asks(3, "read", "web-shop");
    log.granted(&same);
    let no = log.asks(4, "admin", "infra");
    log.granted(&no);
    let newly = log.asks(5, "write", "archive");
    log.granted(&newly);
    let open = log.asks(6, "write", "web-shop");
    let replayed = log.replayed(EXAMPLE, &strict(), noon());
    assert_eq!((replayed.requests, replayed.waiting), (6, 1));
    assert_eq!(
        replayed.decided,
        [
            group(Becomes::Denied, false, &[&no]),
            group(Becomes::Alone, false, &[&alone]),
            group(Becomes::Needs(2), false, &[&open, &two]),
            group(Becomes::Needs(2), true, &[&newly]),
        ]
    );
    assert_eq!(replayed.open, [group(Becomes::Needs(2), false, &[&open])]);
    assert!(log.replayed(EXAMPLE, EXAMPLE, noon()).is_the_same());
}

#[test]
fn only_what_was_decided_since_then_is_counted_and_what_waits_however_old() {
    let mut log = Log::default();
    log.recorded(person("erin", &[]));
    log.asks(1, "write", "web-shop");
    let since = log.now();
    let late = log.asks(2, "write", "web-shop");
    log.granted(&late);
    let replayed = log.replayed(EXAMPLE, &strict(), since);
    assert_eq!((replayed.requests, replayed.waiting, replayed.since), (1, 1, since));
    assert_eq!(replayed.decided[0].codes, [late]);
}

#[test]
fn people_are_asked_about_as_they_were_then_and_for_what_waits_as_they_are_now() {
    let rules = |groups: &str| {
        format!("@id(\"team\") @auto permit (principal in Group::\"{groups}\", action, resource);")
    };
    let mut log = Log::default();
    log.recorded(person("erin", &["old"]));
    let then = log.asks(1, "read", "infra");
    log.granted(&then);
    log.recorded(person("erin", &["new"]));
    let now = log.asks(2, "read", "infra");
    let replayed = log.replayed(&rules("old"), &rules("new"), noon());
    assert_eq!(
        replayed.decided,
        [group(Becomes::Denied, false, &[&then]), group(Becomes::Alone, true, &[&now]),]
    );
    assert_eq!(replayed.open, [group(Becomes::Alone, true, &[&now])]);
}

#[test]
fn other_approvers_and_other_times_are_a_difference_and_other_names_are_none() {
    let rule = |id: &str, who: &str, most: &str| {
        format!(
            "@id(\"{id}\") @approvers(\"group:{who}\") @max_duration(\"{most}\") permit (principal, action, resource);"
        )
    };
    let mut log = Log::default();
    log.recorded(person("erin", &[]));
    let code = log.asks(1, "read", "infra");
    let before = rule("one", "a", "7 days");
    // Only whoever countersigns what waits is shown by which policy.
    let renamed = log.replayed(&before, &rule("other", "a", "7 days"), noon());
    assert_eq!((renamed.decided, renamed.lost), (vec![], 0));
    assert_eq!(renamed.open, [group(Becomes::InOtherWords(1), false, &[&code])]);
    for after in [rule("one", "b", "7 days"), rule("one", "a", "6 days")] {
        let replayed = log.replayed(&before, &after, noon());
        assert_eq!(replayed.decided, [group(Becomes::OnOtherTerms(1), false, &[&code])], "{after}");
    }
    let shorter = log.replayed(&before, &rule("one", "a", "1 day"), noon());
    assert_eq!(shorter.decided, [group(Becomes::Denied, false, &[&code])], "two days were asked for");
}

#[test]
fn trust_a5_a_proposal_says_how_many_countersignatures_it_would_lose_and_a_comment_loses_none() {
    use crate::access::example::{ada, signed};
    use crate::request::Kind as _;
    let rule =
        |id: &str| format!("@id(\"{id}\") @approvers(\"group:a\") permit (principal, action, resource);");
    let mut log = Log::default();
    log.recorded(person("erin", &[]));
    let (asked, people) =
        (read(&crate::access::example::form()), [person("erin", &[])].into_iter().collect());
    let question = Access::question(&asked, None, &people).unwrap();
    let ruling = RuleSet::compile(1, &rule("one")).unwrap().rule(&question);
    let Ruling::Allowed(terms) = ruling else { panic!("{ruling:?}") };
    let code = log.asks(1, "write", "payments-api");
    log.happens("request", code.stream_id(), AccessEvent::Rechecked { terms: Box::new(terms) });
    log.happens("request", code.stream_id(), signed(&ada(), Digest::of(b"what was shown")));
    let comment = log.replayed(&rule("one"), &format!("// A word more.\n{}", rule("one")), noon());
    assert!(comment.is_the_same(), "{comment:?}");
    for (other, reworded) in [
        (rule("other"), 1),
        (format!("@message(\"7 days at most!\") {}", rule("one")), 1),
        (rule("one").replace("group:a", "group:b"), 0),
    ] {
        let replayed = log.replayed(&rule("one"), &other, noon());
        assert_eq!(
            (replayed.lost, replayed.reworded, replayed.is_the_same()),
            (1, reworded, false),
            "{other}"
        );
    }
}

#[test]
fn rules_proposed_before_are_not_denied_because_others_would_be_in_force_by_then() {
    let mut log = Log::default();
    for id in ["zoe", "yan"] {
        log.recorded(crate::rule_change::example::admin(id));
    }
    // One for the version in force, and one for a version of the days before.
    let (one, other) = (log.proposes(1, 1), log.proposes(2, 7));
    let replayed = log.replayed(EXAMPLE, &strict(), noon());
    assert_eq!((replayed.requests, replayed.waiting), (0, 0), "nobody asked for anything but rules");
    assert!(replayed.is_the_same(), "{replayed:?}");
    // But what the rules say of proposals is a difference as of everything else.
    let two = "@id(\"change\") @approvers(\"role:admin\") @quorum(\"2\") permit (principal, action == Action::\"publish_rules\", resource);";
    let replayed = log.replayed(EXAMPLE, &format!("{}{two}", strict()), noon());
    assert_eq!(replayed.proposals, [group(Becomes::Needs(2), false, &[&other, &one])]);
    assert_eq!(replayed.decided, []);
    let none = "@id(\"none\") @max_denied(\"0\") @approvers(\"role:admin\") permit (principal, action == Action::\"publish_rules\", resource);";
    let replayed = log.replayed(EXAMPLE, &format!("{}{none}", strict()), noon());
    assert!(replayed.proposals.iter().all(|group| group.becomes != Becomes::Denied), "{replayed:?}");
}

#[test]
fn of_many_only_the_newest_are_named() {
    let mut log = Log::default();
    log.recorded(person("erin", &[]));
    let codes: Vec<_> = (1..=30).map(|number| log.asks(number, "write", "web-shop")).collect();
    let replayed = log.replayed(EXAMPLE, &strict(), noon());
    let [Group { count: 30, codes: named, .. }] = &replayed.decided[..] else { panic!("{replayed:?}") };
    let newest: Vec<_> = codes.iter().rev().take(crate::rule_change::MOST_NAMED).cloned().collect();
    assert_eq!(*named, newest);
}
