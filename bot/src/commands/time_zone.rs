//! `my time zone is <zone>`: where you live, for "tomorrow" and "until Friday".

use countersign_domain::card::Card;
use countersign_domain::denied::Violation;

use super::CommandSpec;
use crate::chat::Chat;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::moment;

const NAME: &str = "time zone";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "my time zone is <zone>",
    phrases: &["time zone <zone>", "my timezone is <zone>", "timezone <zone>", "set my time zone to <zone>"],
    summary: "where you live, for “tomorrow” and “until Friday”",
    examples: &["my time zone is Europe/Berlin"],
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let given = said.get("zone").unwrap_or_default();
    let Some(zone) = moment::zone(given).and_then(|zone| zone.iana_name().map(str::to_owned)) else {
        let given = given.chars().take(40).collect();
        return chat.refuse(context, NAME, Violation::BadZone { given }).await;
    };
    chat.prefer(context, NAME, |preferences| preferences.zone = Some(zone)).await
}
