//! `narrow document <code> to <readers>`: let fewer read a document that answers are taken from, from the next answer on.

use countersign_domain::audience::Acl;
use countersign_domain::capabilities::Listed as _;
use countersign_domain::card::Card;
use countersign_domain::documents::{Document, DocumentCommand, Fault};
use countersign_domain::tenant::People;

use crate::cards;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::documents::bring::{readers_said, tell};
use crate::documents::groups::{are_somebody, unknown};
use crate::engine::Failure;
use crate::grammar::Said;
use crate::requests::{Opened, Requests};

const NAME: &str = "narrow document";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "narrow document <code> to <readers>",
    phrases: &["narrow document <code> to|for <readers>"],
    summary: "let only members of these groups read a document",
    examples: &["narrow document K7QM2X to hr", "narrow document K7QM2X to hr and legal"],
    audience: Audience::Desk(&[]),
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, said: &Said) -> Result<Vec<Card>, Failure> {
    let opened = match chat.open(context, NAME, said.get("code")).await? {
        Ok(opened) => opened,
        Err(denied) => return Ok(vec![cards::denied(&denied, None)]),
    };
    let people = chat.requests().directory.present(&context.tenant).await?.state;
    let acl = readers_said(said.get("readers").unwrap_or_default(), &people);
    if let Some(fault) = unreadable(chat.requests(), context, (&opened, &acl), &people) {
        return chat.refuse(context, NAME, fault.into()).await;
    }
    let by = Box::new(context.person.clone());
    let decided = tell(chat.requests(), context, NAME, &opened, DocumentCommand::Narrow { by, acl }).await?;
    chat.answer(context, Some(&opened.code), decided).await
}

/// Why these cannot be its readers: nobody is in such a group, or none of them could read what is in its collection.
fn unreadable(
    requests: &Requests,
    context: &Context,
    (opened, acl): (&Opened, &Acl),
    people: &People,
) -> Option<Fault> {
    let document = Document::of(Some(&opened.request))?;
    if let Some(fault) = unknown(acl, people).into_iter().next() {
        return Some(fault);
    }
    let (asked, collections) = (document.asked.as_ref()?, requests.world.collections(&context.tenant));
    // That nobody is named at all is told by the document itself.
    let is_named = acl.everybody || !acl.groups.is_empty();
    let nobody = is_named && !are_somebody(acl, (asked.collection.as_str(), collections), people);
    nobody.then(|| Fault::NobodyLeft { document: opened.code.clone() })
}
