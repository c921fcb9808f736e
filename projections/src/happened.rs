//! An event of the log as read models see it: its content is read once, however many of them fold it.

use std::ops::Deref;
use std::sync::OnceLock;

use countersign_domain::aggregate::{Aggregate as _, DecodeError, Event, decode};
use countersign_domain::capabilities::{AnyEvent, EffectEvent, Effects};
use countersign_domain::envelope::Envelope;
use countersign_domain::request;

/// An event of the log.
#[derive(Debug)]
pub struct Happened {
    envelope: Envelope,
    /// Its content, where that is a request's and somebody has read it.
    request: OnceLock<Box<AnyEvent>>,
    /// The same of an effect's.
    effect: OnceLock<Box<EffectEvent>>,
}

impl From<Envelope> for Happened {
    fn from(envelope: Envelope) -> Self {
        Self { envelope, request: OnceLock::new(), effect: OnceLock::new() }
    }
}

impl Deref for Happened {
    type Target = Envelope;

    fn deref(&self) -> &Envelope {
        &self.envelope
    }
}

impl Happened {
    /// These events, of which none is read before somebody needs it.
    pub(crate) fn all(page: Vec<Envelope>) -> Vec<Self> {
        page.into_iter().map(Self::from).collect()
    }

    /// Reads what most read models need, ahead of them. What cannot be read is told by who needs it.
    pub(crate) fn read_ahead(&self) {
        match self.stream.category() {
            request::CATEGORY => drop(self.request()),
            Effects::CATEGORY => drop(self.effect()),
            _ => {}
        }
    }

    /// What happened to a request.
    pub fn request(&self) -> Result<&AnyEvent, DecodeError> {
        self.read(&self.request)
    }

    /// What happened to an effect.
    pub fn effect(&self) -> Result<&EffectEvent, DecodeError> {
        self.read(&self.effect)
    }

    /// The event as it stands in the log.
    pub(crate) fn into_envelope(self) -> Envelope {
        self.envelope
    }

    fn read<'a, E: Event>(&'a self, known: &'a OnceLock<Box<E>>) -> Result<&'a E, DecodeError> {
        if let Some(event) = known.get() {
            return Ok(event);
        }
        let event = Box::new(decode(&self.envelope)?);
        Ok(known.get_or_init(|| event))
    }
}
