//! The time machine: every request of one kind is decided again as the log tells of it, and whatever waits at the end.

use std::collections::{HashMap, HashSet};

use super::replayed::{Asked, Judge};
use crate::aggregate::{Aggregate as _, DecodeError, Event as _, decode};
use crate::envelope::Envelope;
use crate::request::{Content as _, Kind, Request, RequestEvent, Stage};
use crate::tenant::People;

/// The requests of one kind, as far as they may be asked about again.
#[derive(Debug)]
pub struct Again<K: Kind> {
    names: HashSet<String>,
    requests: HashMap<String, Request<K>>,
}

impl<K: Kind> Default for Again<K> {
    fn default() -> Self {
        Self { names: RequestEvent::<K>::names().into_iter().collect(), requests: HashMap::new() }
    }
}

impl<K: Kind> Again<K> {
    /// Takes in an event of a request's stream, with the people there were then; one of another kind is none of its affair.
    pub fn take(
        &mut self,
        envelope: &Envelope,
        people: &People,
        judge: &mut Judge,
    ) -> Result<(), DecodeError> {
        if envelope.stream.category() != Request::<K>::CATEGORY || !self.names.contains(&envelope.kind) {
            return Ok(());
        }
        let event: RequestEvent<K> = decode(envelope)?;
        let id = envelope.stream.id();
        let is_new = matches!(event, RequestEvent::Requested { .. });
        let request = match self.requests.get_mut(id) {
            Some(request) => request,
            None if is_new => self.requests.entry(id.to_owned()).or_default(),
            None => return Ok(()),
        };
        request.evolve(&event, envelope.at);
        if let (RequestEvent::Checked { .. }, Some(asked)) = (&event, asked(request, people)) {
            judge.decided(&asked, envelope.at);
        }
        if matches!(request.stage, Stage::Denied | Stage::Withdrawn | Stage::Lapsed | Stage::Over) {
            self.requests.remove(id);
        }
        Ok(())
    }

    /// Asks about whatever waits now, with the people there are.
    pub fn finish(&self, people: &People, judge: &mut Judge) {
        let mut open: Vec<_> = self.requests.values().filter(|request| request.open.is_some()).collect();
        open.sort_by_key(|request| request.looked_at);
        for request in open {
            if let (Some(asked), Some(open)) = (asked(request, people), &request.open) {
                judge.open(&asked, open);
            }
        }
    }
}

fn asked<'a, K: Kind>(request: &'a Request<K>, people: &'a People) -> Option<Asked<'a, K>> {
    let (content, found) = (request.asked.as_ref()?, request.findings.as_ref()?);
    Some(Asked { code: content.code(), content, found, people })
}
