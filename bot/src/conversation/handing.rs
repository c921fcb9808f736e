//! Before a person is asked to look at a question: what would go along of the talk, and whom it reaches. Nothing leaves before a press.

use countersign_domain::card::{ButtonStyle, Card, Tone};
use countersign_domain::conversation::{Fault, Turn};
use countersign_domain::support::{Attached, attached as told};
use countersign_domain::words::quoted;
use jiff::SignedDuration;
use uuid::Uuid;

use super::asking::{Asker, place_of};
use super::{card, ticket};
use crate::cards::Draft;
use crate::context::Context;
use crate::engine::Failure;
use crate::help::Help;
use crate::requests::Requests;
use crate::support;

/// What opens it with what was said of the same subject, and what opens it with the question alone.
const WHOLE: &str = "send ticket of";
const ALONE: &str = "send ticket only of";

/// So long the last question is what somebody wants a person for.
const LATELY: SignedDuration = SignedDuration::from_mins(15);

/// What would go along with this turn, and to whom; the answer as it stands where a ticket is open for it already.
pub(crate) async fn shown(
    requests: &Requests,
    context: &Context,
    help: &Help,
    turn: Uuid,
) -> Result<Result<Card, Fault>, Failure> {
    let asker = Asker { world: &requests.world, engine: &requests.engine };
    let state = asker.state(&context.tenant, place_of(context).0).await?;
    let Some(turn) = state.turn(turn) else { return Ok(Err(Fault::UnknownTurn)) };
    if turn.asked.by != context.person.id {
        return Ok(Err(Fault::NotYourTurn));
    }
    if !turn.stage.is_over() {
        return Ok(Err(Fault::TurnNotOver));
    }
    if turn.handed_over.is_some() {
        return Ok(Ok(card::answer(turn)));
    }
    let attached = ticket::attached(requests, &context.tenant, help, (&state, turn)).await?;
    let people = requests.directory.present(&context.tenant).await?.state;
    Ok(Ok(before(turn, &attached.unwrap_or_default(), support::reached(help, &people))))
}

/// What somebody asked last where they speak, if that was lately and no person looks at it.
pub(crate) async fn last(requests: &Requests, context: &Context) -> Result<Option<Uuid>, Failure> {
    let asker = Asker { world: &requests.world, engine: &requests.engine };
    let state = asker.state(&context.tenant, place_of(context).0).await?;
    let last = state.turns.iter().rfind(|turn| turn.asked.by == context.person.id);
    let since = requests.world.clock.now().checked_sub(LATELY).unwrap_or(jiff::Timestamp::MIN);
    let is_open = |turn: &&Turn| turn.at >= since && turn.stage.is_over() && turn.handed_over.is_none();
    Ok(last.filter(is_open).map(|turn| turn.id))
}

fn before(turn: &Turn, attached: &Attached, reached: Vec<String>) -> Card {
    let what = if attached.turns.len() > 1 { "What was said of it goes along:" } else { "This goes along:" };
    let draft = Draft::new(Tone::Waiting, &format!("Shall a person look at {}?", quoted(&card::title(turn))));
    let draft = draft.line(what).lines(told(attached, "You")).lines(reached);
    let draft = draft.button("Send it", ButtonStyle::Primary, &format!("{WHOLE} {}", turn.id));
    let is_more = attached.turns.len() > 1 || attached.turns.iter().any(|one| one.answered.is_some());
    let alone =
        crate::cards::button("Without the conversation", ButtonStyle::Plain, format!("{ALONE} {}", turn.id));
    draft.buttons(is_more.then_some(alone)).card()
}
