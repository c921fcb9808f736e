//! `my time zone is <zone>`: where you live, for "tomorrow" and "until Friday".

use countersign_domain::card::Card;
use countersign_domain::people::Fault;
use countersign_domain::ports::beginning;
use countersign_domain::question::{About, Offer};

use super::{Audience, CommandSpec};
use crate::chat::{Chat, Doubt};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::moment;
use crate::words;

const NAME: &str = "time zone";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "my time zone is <zone>",
    phrases: &[
        "time zone <zone>",
        "my timezone is <zone>",
        "timezone <zone>",
        "set my time zone|timezone to <zone>",
        "i live in <zone>",
        "i am living|based|sitting in <zone>",
        "i'm living|based|sitting in <zone>",
        "ich wohne|lebe|sitze in <zone>",
        "meine zeitzone ist <zone>",
        "j'habite à|en|au <zone>",
        "je vis à|en|au <zone>",
        "mon fuseau horaire est <zone>",
        "vivo en <zone>",
        "mi zona horaria es <zone>",
    ],
    summary: "where you live, for “tomorrow” and “until Friday”",
    examples: &["my time zone is Europe/Berlin"],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let given = said.get("zone").unwrap_or_default();
    let Some(zone) = moment::zone(given).and_then(|zone| zone.iana_name().map(str::to_owned)) else {
        let may_be = moment::may_be(given, chat.now());
        if !may_be.is_empty() {
            let offer = |zone: &str| Offer { label: zone.to_owned(), say: format!("my time zone is {zone}") };
            let offers = may_be.into_iter().map(offer).collect();
            let question = words::which_zone(given);
            let doubt = Doubt { about: About::Which, question, lines: vec![], offers };
            return chat.ask_back(context, None, doubt).await;
        }
        let given = beginning(given, 40);
        return chat.refuse(context, NAME, Fault::BadZone { given }.into()).await;
    };
    chat.prefer(context, NAME, |preferences| preferences.zone = Some(zone)).await
}
