//! `add document [<file>] [called <title>] [in <collection>] [for <readers>] [replacing <document>] [review <date>] [because <reason>]`: bring
//! a file that comes with the sentence. It is read, and answered from once others have countersigned it, as one that the API is sent.

use countersign_domain::card::Card;
use countersign_domain::denied::Violation;
use countersign_domain::documents::Fault;
use countersign_domain::file::File;
use jiff::civil::Date;

use crate::cards;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::documents::bring::{Brought, Content, NotKept, bring, readers_said};
use crate::engine::{Decided, Failure};
use crate::grammar::Said;

const NAME: &str = "add document";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "add document [<file>] [called <title>] [in <collection>] [for <readers>] [replacing <document>] [review <date>] [because <reason>]",
    phrases: &[
        "add|bring|upload|publish [this|the|a|my] document|file [<file>] [called|titled <title>] [in|into <collection>] [for <readers>] [replacing|over <document>] [review <date>] [because <reason>]",
    ],
    summary: "bring a file, sent with it, that answers are taken from once others countersign",
    examples: &[
        "add document for everybody",
        "add document called \"VPN hours\" in handbook for everybody",
        "add document replacing K7QM2X because the hours changed",
    ],
    audience: Audience::Desk(&[]),
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

/// What is said where there is no agent.
const NO_AGENT: (&str, &str) = (
    "Nothing is answered from documents here",
    "An administrator sets that up in the configuration, under `help`.",
);

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let requests = chat.requests();
    let Some(help) = requests.world.help(&context.tenant) else { return Ok(vec![cards::nothing(NO_AGENT)]) };
    let Some(file) = &context.file else { return chat.refuse(context, NAME, Fault::NoFile.into()).await };
    let brought = match brought(chat, context, said, file).await? {
        Ok(brought) => brought,
        Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
    };
    match bring(requests, help, context, brought).await {
        Ok(decided) => chat.answer(context, None, decided).await,
        Err(NotKept::Failure(failure)) => Err(failure),
        // What came with the sentence was kept before it was heard.
        Err(NotKept::Blobs(error)) => {
            tracing::error!(tenant = %context.tenant, "a file could not be kept: {error}");
            Ok(vec![cards::nothing(NOT_KEPT)])
        }
    }
}

const NOT_KEPT: (&str, &str) = ("The file could not be kept just now", "Try again in a little while.");

async fn brought(
    chat: &Chat,
    context: &Context,
    said: &Said,
    file: &File,
) -> Result<Decided<Brought>, Failure> {
    let review = match day(chat, context, NAME, said.get("date")).await? {
        Ok(review) => review,
        Err(denied) => return Ok(Err(denied)),
    };
    let why = match chat.requests().reason(context, NAME, said.get("reason")).await? {
        Ok(why) => why,
        Err(denied) => return Ok(Err(denied)),
    };
    let people = chat.requests().directory.present(&context.tenant).await?.state;
    let text = |slot: &str| said.get(slot).map(ToOwned::to_owned);
    Ok(Ok(Brought {
        title: text("title"),
        collection: text("collection"),
        acl: said.get("readers").map(|readers| readers_said(readers, &people)),
        document: text("document"),
        review,
        why,
        ..Brought::new(Content::Kept(file.clone()), file.name.clone())
    }))
}

/// The day that is said, if any; what is none is not guessed at.
pub(super) async fn day(
    chat: &Chat,
    context: &Context,
    name: &'static str,
    said: Option<&str>,
) -> Result<Decided<Option<Date>>, Failure> {
    let Some(said) = said else { return Ok(Ok(None)) };
    if let Ok(day) = said.parse::<Date>() {
        return Ok(Ok(Some(day)));
    }
    let (said, nearest) = (said.chars().take(40).collect(), vec!["a day, as 2027-01-31".to_owned()]);
    chat.requests().refuse(context, name, Violation::NotUnderstood { said, nearest }).await
}
