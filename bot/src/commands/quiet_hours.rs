//! `quiet from <from> to <to> [in <zone>]`: when the bot shall not speak up by itself.

use super::{Audience, CommandSpec};
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use countersign_domain::card::Card;

use countersign_domain::denied::Violation;
use countersign_domain::people::Fault;
use countersign_domain::ports::beginning;
use countersign_domain::tenant::QuietHours;

use crate::moment::{self, read_time};

const NAME: &str = "quiet";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "quiet from <from> to <to> [in <zone>]",
    phrases: &["quiet between <from> and <to> [in <zone>]"],
    summary: "when I shall not speak up by myself; “no quiet” ends it",
    examples: &["quiet from 22:00 to 7:00 in Europe/Berlin"],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let time = |slot| said.get(slot).and_then(read_time);
    let bad = |given: &str| Violation::BadMoment { given: beginning(given, 40) };
    let zone = match said.get("zone") {
        Some(given) => moment::zone(given),
        None => Some(chat.here(context).await?.zone),
    };
    let Some(zone) = zone.and_then(|zone| zone.iana_name().map(str::to_owned)) else {
        let given = beginning(said.get("zone").unwrap_or_default(), 40);
        return chat.refuse(context, NAME, Fault::BadZone { given }.into()).await;
    };
    match (time("from"), time("to")) {
        (Some(from), Some(to)) if from != to => {
            let quiet = Some(QuietHours { from, to, zone });
            chat.prefer(context, NAME, |preferences| preferences.quiet = quiet).await
        }
        (Some(from), Some(_)) => {
            let given = format!("{:02}:{:02}", from / 60, from % 60);
            chat.refuse(context, NAME, Fault::NoHours { given }.into()).await
        }
        (from, _) => {
            let wrong = if from.is_none() { said.get("from") } else { said.get("to") };
            chat.refuse(context, NAME, bad(wrong.unwrap_or_default())).await
        }
    }
}
