//! What a log says of its requests and effects, and what must be so after any number of crashes.

use std::collections::{BTreeMap, BTreeSet};

use countersign_domain::access::{self, AccessRequest, Fault, Permission, Status};
use countersign_domain::aggregate::{Aggregate as _, decode, fold};
use countersign_domain::capabilities::{Effect, Effects, Then};
use countersign_domain::denied::Violation;
use countersign_domain::effect::{self, EffectState, Patience, Wish as _};
use countersign_domain::envelope::{Envelope, derived_id};
use countersign_domain::ticket;
use serde_json::Value;

/// What the log says, by stream.
pub(crate) struct History {
    events: Vec<Envelope>,
    requests: BTreeMap<String, Request>,
    effects: BTreeMap<String, EffectHistory>,
    /// The effects that the policies wish for, by id.
    wished: BTreeMap<String, Effect>,
    /// By which ids others may be looked at again: one for each time that something else was held.
    looks: BTreeSet<String>,
}

struct Request {
    state: AccessRequest,
    kinds: Vec<String>,
}

impl Request {
    /// Whether it was denied for nothing but that as much is held: a longer one was granted before this one was looked at.
    fn is_held_already(&self) -> bool {
        let why = self.state.denial.iter().flat_map(|denial| &denial.violations);
        let held = |violation: &Violation| matches!(violation.own(), Some(Fault::HeldAlready { .. }));
        self.state.denial.is_some() && why.clone().count() > 0 && why.clone().all(held)
    }
}

struct EffectHistory {
    state: Effects,
    kinds: Vec<String>,
}

impl EffectHistory {
    /// Whether whatever waits beside a request is looked at again by it.
    fn is_a_look_at_others(&self) -> bool {
        matches!(self.state.effect, Some(Effect::Access(access::Effect::LookAgain { .. })))
    }

    /// Whether it is said in a chat.
    fn is_talk(&self) -> bool {
        self.state.effect.as_ref().is_some_and(|effect| effect.patience() == Patience::Chat)
    }
}

impl History {
    pub(crate) fn of(events: &[Envelope]) -> Self {
        let mut streams = BTreeMap::<_, Vec<Envelope>>::new();
        for event in events {
            let key = (event.stream.category().to_owned(), event.stream.id().to_owned());
            streams.entry(key).or_default().push(event.clone());
        }
        let mut history = Self {
            events: events.to_vec(),
            requests: [].into(),
            effects: [].into(),
            wished: [].into(),
            looks: [].into(),
        };
        for ((category, id), stream) in streams {
            let kinds = stream.iter().map(|event| event.kind.clone()).collect();
            if category == AccessRequest::CATEGORY {
                history.wished.extend(wishes(&stream));
                history.looks.extend(looks(&stream));
                history.requests.insert(id.to_uppercase(), Request { state: fold(&stream).unwrap(), kinds });
            } else if category == Effects::CATEGORY {
                history.effects.insert(id, EffectHistory { state: fold(&stream).unwrap(), kinds });
            }
        }
        history
    }

    /// The effects that are still to be claimed or performed, and the requests that are still to hear of theirs.
    pub(crate) fn open(&self) -> Vec<String> {
        let wished = self.wished.keys().filter(|id| !self.effects.contains_key(*id)).cloned();
        // What is said in chats may wait for as long as a vendor wants; it changes nothing but what people see.
        let open =
            self.effects.iter().filter(|(_, effect)| effect.state.state.is_open() && !effect.is_talk());
        let under_way = self.requests.iter().filter(|(_, request)| {
            matches!(request.state.status(), Status::New | Status::Checking | Status::Granting)
        });
        let open = open.map(|(id, _)| id.clone());
        wished.chain(open).chain(under_way.map(|(code, _)| code.clone())).collect()
    }

    pub(crate) fn nothing_was_repeated(&self, asked: usize) {
        let ids: BTreeSet<_> = self.events.iter().map(|event| event.id).collect();
        assert_eq!(ids.len(), self.events.len(), "an event id stands twice in the log");
        assert_eq!(self.requests.len(), asked, "each thing asked for is one request, said once or again");
        for (code, request) in &self.requests {
            for kind in ["access_requested", "access_approved", "access_granted"] {
                assert!(count(&request.kinds, kind) <= 1, "{code}: {:?}", request.kinds);
            }
        }
        for (id, effect) in &self.effects {
            assert!(count(&effect.kinds, "effect_succeeded") <= 1, "{id}: {:?}", effect.kinds);
        }
    }

    /// What only the journal promises.
    pub(crate) fn positions_have_no_gap(&self) {
        for (place, event) in (1..).zip(&self.events) {
            assert_eq!(event.pos.for_store(), place, "the positions have a gap");
        }
    }

    pub(crate) fn nothing_was_lost(&self, acknowledged: &BTreeMap<String, String>) {
        for (code, told) in acknowledged {
            let request =
                self.requests.get(code).unwrap_or_else(|| panic!("{code} ({told}) is not in the log"));
            let granted = count(&request.kinds, "access_granted") == 1 || request.is_held_already();
            assert!(granted || told == "checking", "{code} ({told}): {:?}", request.kinds);
        }
        for (id, wished) in &self.wished {
            let effect = self.effects.get(id).unwrap_or_else(|| panic!("{wished:?} was never claimed"));
            assert_eq!(effect.state.state, EffectState::Succeeded, "{id}: {:?}", effect.kinds);
        }
        // What is said in chats follows from where people talk, too. Others are looked at again only where any waited; but then because
        // something else was held, and once for each time.
        for (id, effect) in self.effects.iter().filter(|(_, effect)| !effect.is_talk()) {
            let is_wished = if effect.is_a_look_at_others() {
                self.looks.contains(id)
            } else {
                self.wished.contains_key(id)
            };
            assert!(
                is_wished,
                "an effect was claimed that nobody wished for: {id}, {:?}",
                effect.state.effect
            );
        }
    }

    pub(crate) fn outside_is_as_the_log_says(&self, sandbox: &Value) {
        let mut granted = BTreeMap::<&str, Permission>::new();
        for request in self.requests.values().filter(|request| request.state.status() == Status::Active) {
            let asked = request.state.asked.as_ref().unwrap();
            let strongest = granted.entry(asked.repository.as_deref().unwrap()).or_insert(Permission::Read);
            *strongest = (*strongest).max(asked.permission.unwrap());
        }
        assert_eq!(granted.len(), 3, "{granted:?}");
        for (repository, strongest) in granted {
            let there = &sandbox["bitbucket"]["state"]["repositories"][repository]["permissions"];
            assert_eq!(there["712020:demo-employee"], strongest.to_string(), "{repository}");
        }
        let comments = sandbox["jira"]["state"]["issues"]["OPS-17"]["comments"].as_array().unwrap();
        let mut there = BTreeMap::<&str, usize>::new();
        for comment in comments {
            *there.entry(comment["properties"]["countersign"]["effect"].as_str().unwrap()).or_default() += 1;
        }
        let twice: Vec<_> = there.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "comments that stand on the ticket more than once: {twice:?}");
        let is_comment = |(_, effect): &(&String, &Effect)| {
            matches!(effect, Effect::Ticket(ticket::Effect::Comment { .. }))
        };
        let wished: Vec<_> = self.wished.iter().filter(is_comment).map(|(id, _)| id.as_str()).collect();
        assert_eq!(there.into_keys().collect::<Vec<_>>(), wished, "the comments that the log tells of");
    }
}

/// The effects that follow from the events of one request.
fn wishes(stream: &[Envelope]) -> Vec<(String, Effect)> {
    let mut wishes = Vec::new();
    for (rev, event) in stream.iter().enumerate() {
        let state: AccessRequest = fold(&stream[..=rev]).unwrap();
        for reaction in access::react(&state, &decode(event).unwrap(), event.at, &ToString::to_string) {
            let id = effect::id_of(&reaction, event).to_string();
            if let Then::Perform(effect) = reaction.then {
                wishes.push((id, effect));
            }
        }
    }
    wishes
}

/// By which ids what waits beside one request may be looked at again: because it was granted, or has ended.
fn looks(stream: &[Envelope]) -> Vec<String> {
    let held = stream.iter().filter(|event| matches!(event.kind.as_str(), "access_granted" | "access_ended"));
    held.map(|event| derived_id(derived_id(event.id, "beside"), "look again").to_string()).collect()
}

fn count(kinds: &[String], kind: &str) -> usize {
    kinds.iter().filter(|known| *known == kind).count()
}
