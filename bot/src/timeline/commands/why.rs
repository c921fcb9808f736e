//! `why is <service> [alerting|alarming|firing|ringing]`: the alarms that are on there, with what was deployed before and may be why.

use countersign_domain::card::Card;
use countersign_domain::words::plain;

use super::WHY;
use crate::cards;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::timeline::card::card_of;
use crate::timeline::named::on;

/// So many are shown whole; the rest are counted.
const SHOWN: usize = 3;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: WHY,
    grammar: "why is <service> [alerting|alarming|firing|ringing]",
    phrases: &[],
    summary: "the alarms that are on there, and what may be why",
    examples: &["why is checkout alerting?"],
    audience: Audience::Observed,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let (tenant, world) = (&context.tenant, &chat.requests().world);
    world.folded().await?;
    let name = said.get("service").unwrap_or_default();
    let rows = on(world, tenant, Some(name))?;
    if rows.is_empty() {
        let title = format!("No alarm is on that I know of at {}", plain(name));
        let next = format!("What happened there: what changed on {}", plain(name));
        return Ok(vec![cards::nothing((&title, &next))]);
    }
    let mut shown = Vec::new();
    for row in rows.iter().take(SHOWN) {
        shown.extend(card_of(world, tenant, (row.fingerprint, None)).await?);
    }
    if let Some(more) = rows.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        shown.push(cards::lines("More alarms are on there", &[format!("and {more} more")]));
    }
    Ok(shown)
}
