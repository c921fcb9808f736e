//! The smallest thing that can differ, to see that repairs belong to no capability: who has a key to which room. Through a plan, the
//! share that may be changed at once, and what becomes of each item.

use std::borrow::Cow;
use std::convert::Infallible;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::cap::beyond;
use super::example::{Sample, admin, code, terms};
use super::*;
use crate::denied::Violation;
use crate::ports::VendorRole;
use crate::request::law::{lived, often, plot, requester};
use crate::request::{Command, Nothing, Request, RequestEvent, Stage, Thing, waiting as begins_to_wait};
use crate::rules::{Question, Resource, Ruling};
use crate::tenant::Person;
use crate::testing::{given, noon};

/// A key that somebody has and should not have, or the other way round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Key {
    who: String,
    room: String,
    has: bool,
    should: bool,
}

/// What is done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct HandOver {
    to: String,
    takes: bool,
}

fn held(has: bool) -> String {
    if has { "a key".to_owned() } else { "nothing".to_owned() }
}

impl Drift for Key {
    type Change = HandOver;
    type FollowUp = Infallible;

    fn place(&self) -> Place {
        Place { on: self.room.clone(), by: self.who.clone() }
    }

    fn title(&self) -> String {
        format!("{} and {}", self.who, self.room)
    }

    fn on(&self) -> &str {
        &self.room
    }

    fn things(&self) -> Vec<Thing> {
        vec![Thing { kind: "room", id: self.room.clone() }]
    }

    fn held(&self) -> String {
        held(self.has)
    }

    fn wanted(&self) -> String {
        held(self.should)
    }

    fn missing(&self) -> String {
        "Nobody wrote it down.".to_owned()
    }

    fn adopting(&self) -> String {
        format!("say that {} is meant", self.held())
    }

    fn is_same(&self, other: &Self) -> bool {
        self == other
    }

    fn is_of(&self, person: &Person) -> bool {
        person.id.as_str() == self.who
    }

    fn takes_away(&self) -> bool {
        self.has && !self.should
    }

    fn asked(&self) -> (&'static str, Resource<'_>) {
        ("hand_over", Resource { kind: "Room", id: Cow::Borrowed(&self.room), attributes: vec![] })
    }

    fn asked_of<'a>(&'a self, _: &str, _: &'a Person) -> Option<Question<'a>> {
        None
    }

    fn lane(&self) -> String {
        format!("room {}", self.room)
    }

    fn calls(&self) -> &'static [VendorRole] {
        &[]
    }

    fn change_in_words(change: &HandOver) -> String {
        format!("{} key: {}", if change.takes { "take the" } else { "hand over a" }, change.to)
    }

    fn repaired(&self, _: Repaired<'_>) -> Vec<(&'static str, Infallible)> {
        vec![]
    }
}

impl Sample for Key {
    fn samples(account: &str, way: u8) -> Vec<Self> {
        // In each way something else is held: two rooms, and in each the key or nothing.
        let room =
            |name: &str, has| Self { who: account.to_owned(), room: name.to_owned(), has, should: !has };
        vec![room("attic", way != 1), room("cellar", way != 2)]
    }
}

fn key(who: &str, room: &str, has: bool) -> Key {
    Key { who: who.to_owned(), room: room.to_owned(), has, should: !has }
}

/// Eve's key to the attic is taken, Mallory's to the same is meant, and nobody speaks of Trudy's to the cellar.
fn plan() -> Plan<Key> {
    let item = |drift, remedy| Item { drift, remedy, seen: None, holder: None };
    Plan {
        code: code(),
        requester: requester(&admin("grace")),
        items: vec![
            item(key("eve", "attic", true), Remedy::Revert),
            item(key("mallory", "attic", true), Remedy::Adopt),
            item(key("trudy", "cellar", false), Remedy::Ignore { until: noon() }),
        ],
        reason: None,
    }
}

fn found(held: u64) -> Found<Key> {
    let items = plan().items.into_iter().map(|item| Some(item.drift)).collect();
    let share = Share::percent(20).expect("not more than all");
    Found { items, held: [("attic".to_owned(), held)].into(), in_all: 100, share }
}

/// It was countersigned.
fn approved() -> Vec<RequestEvent<Repair<Key>>> {
    let by = vec![crate::access::example::ada().id];
    vec![
        RequestEvent::Requested { asked: Box::new(plan()) },
        RequestEvent::Checked { findings: Box::new(found(10)), ruling: Some(Ruling::Allowed(terms())) },
        begins_to_wait(Proposal::Repair, &admin("grace").id, terms(), noon()),
        RequestEvent::Approved { by, fixed: Nothing {} },
    ]
}

#[test]
fn a_plan_says_each_step_in_the_words_of_what_differs() {
    let steps = plan().steps(Some(&found(10)));
    let would: Vec<_> = steps.iter().map(|step| (&*step.title, &*step.held, &*step.would)).collect();
    assert_eq!(would[0], ("eve and attic", "a key", "It would be set back to nothing, and read back."));
    assert_eq!(would[1], ("mallory and attic", "a key", "The log would say that a key is meant."));
    assert!(would[2].0 == "trudy and cellar" && would[2].2.starts_with("Nothing would change"), "{would:?}");
    assert_eq!(summary(&plan()), "set back 1, adopt 1 and ignore 1 differences on attic and cellar");
    let marks: std::collections::BTreeSet<_> = steps.into_iter().map(|step| step.mark).collect();
    assert_eq!(marks.len(), 3, "each has a name of its own");
}

#[test]
fn no_more_of_a_rooms_keys_change_at_once_than_the_share_allows() {
    assert_eq!(beyond(&plan(), Some(&found(10)), &Elsewhere::default()), None, "two of ten are a fifth");
    let beyond = beyond(&plan(), Some(&found(9)), &Elsewhere::default());
    let over = Over { on: Some("attic".to_owned()), changes: 2, elsewhere: 0, held: 9, most: 1 };
    let fits = vec![format!("revert {}", mark(&key("eve", "attic", true)))];
    assert_eq!(beyond, Some(Violation::from(Fault::BeyondTheCap { share: 20, over: vec![over], fits })));
}

#[test]
fn each_item_is_settled_as_it_was_countersigned_and_the_last_one_is_the_end() {
    let done = |item| Settled { item, became: Became::Repaired { by_hand: false } };
    let settle = |items| Command::Own(RepairCommand::Settle(items));
    let by = vec![crate::access::example::ada().id];
    let reverted = RepairEvent::Reverted { item: 0, drift: key("eve", "attic", true), by_hand: false };
    let adopted = RepairEvent::Adopted { item: 1, drift: key("mallory", "attic", true), seen: None, by };
    // What is otherwise by then is left as it is.
    let otherwise = Settled { item: 2, became: Became::Otherwise { found: None } };
    let left = RepairEvent::Otherwise { item: 2, drift: key("trudy", "cellar", false), found: None };
    let own = RequestEvent::Own;
    let given = given::<Request<Repair<Key>>>(approved());
    given.when(settle(vec![done(0), done(0)])).then([own(reverted.clone())]);
    let all = [reverted, adopted, left, RepairEvent::Finished {}].map(own);
    given.when(settle(vec![done(0), done(1), otherwise])).then(all.clone());
    let settled = crate::testing::given::<Request<Repair<Key>>>([approved(), all.to_vec()].concat());
    assert_eq!(settled.state().stage, Stage::Standing);
}

proptest! {
    #![proptest_config(often())]

    /// As every repair does.
    #[test]
    fn a_repair_of_keys_obeys_the_laws_of_the_life(plot in plot()) {
        lived::<Repair<Key>>(&plot)?;
    }
}
