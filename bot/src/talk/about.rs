//! Which request a talk is about: the one on whose card something was said, or in whose thread.

use std::collections::BTreeSet;

use countersign_domain::names::Tenant;
use countersign_domain::ports::Posted;
use countersign_domain::record::Heard;
use countersign_domain::request::Code;
use countersign_projections::conversation::{self, Placement};
use countersign_projections::request::{self, RequestFilter};
use countersign_projections::{ProjectionError, RowsError};

use super::Talk;
use crate::engine::Failure;

/// How many of somebody's latest requests are looked at for a thread.
const LOOKED_AT: usize = 30;

impl Talk {
    /// The request that is talked about where this was said; none where it is not clear.
    pub(super) fn about(&self, tenant: &Tenant, heard: &Heard) -> Result<Option<Code>, Failure> {
        let rows = self.world.projections.rows(conversation::NAME);
        let surface = heard.place.surface;
        let shown =
            |message: &Posted| conversation::of_message(&*rows, tenant, surface, message).map_err(broken);
        if let Some(message) = &heard.message {
            return Ok(shown(message)?.map(|card| card.code));
        }
        let Some(thread) = &heard.place.thread else { return Ok(None) };
        if let Some(channel) = &heard.place.channel {
            let root = Posted { channel: channel.clone(), message: thread.clone(), via: None };
            if let Some(card) = shown(&root)? {
                return Ok(Some(card.code));
            }
        }
        let (mut shared, mut shown) = (BTreeSet::new(), BTreeSet::new());
        for code in self.near(tenant, heard)? {
            let cards = conversation::of_request(&*rows, tenant, &code).map_err(broken)?;
            for card in cards.iter().filter(|card| is_in(card, heard, thread)) {
                shown.insert(code.clone());
                if card.viewer.is_none() {
                    shared.insert(code.clone());
                }
            }
        }
        // What everybody there sees is what the thread is about; somebody may have been shown others in it besides.
        let mut found = if shared.is_empty() { shown } else { shared };
        Ok(if found.len() == 1 { found.pop_first() } else { None })
    }

    /// The requests that can be talked about: what waits, and what concerns who speaks.
    fn near(&self, tenant: &Tenant, heard: &Heard) -> Result<Vec<Code>, Failure> {
        let rows = self.world.projections.rows(request::NAME);
        let own = RequestFilter { concerning: Some(heard.principal.clone()), ..RequestFilter::default() };
        let own = request::list(&*rows, tenant, &own, None, LOOKED_AT)?.items.into_iter().map(|row| row.code);
        let waiting = request::waiting(&*rows, tenant).map_err(broken)?;
        Ok(waiting.into_iter().rev().take(10 * LOOKED_AT).chain(own).collect())
    }
}

/// Whether a card is in the thread in which something was said, or is its first message.
fn is_in(card: &Placement, heard: &Heard, thread: &str) -> bool {
    let of_speaker = card.viewer.as_ref().is_none_or(|viewer| *viewer == heard.principal);
    let begins = card.message.as_ref().is_some_and(|message| message.message == thread) && of_speaker;
    let (there, here) = (&card.place, &heard.place);
    let within =
        there.channel.is_some() && there.channel == here.channel && there.thread.as_deref() == Some(thread);
    there.surface == here.surface && there.workspace == here.workspace && (begins || within)
}

fn broken(error: RowsError) -> Failure {
    Failure::from(ProjectionError::from(error))
}
