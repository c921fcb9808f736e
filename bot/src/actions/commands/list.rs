//! `list actions`: what can be done here once it is countersigned, and what each takes.

use countersign_domain::actions::Entry;
use countersign_domain::card::{Card, Tone};
use countersign_domain::words::flat;

use crate::cards::Draft;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: "list actions",
    grammar: "list actions",
    phrases: &["actions", "which actions are there"],
    summary: "the actions there are",
    examples: &["list actions"],
    audience: Audience::Desk(&[]),
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, _| Box::pin(std::future::ready(Ok(run(chat, context)))),
};

fn run(chat: &Chat, context: &Context) -> Vec<Card> {
    let help = chat.requests().world.help(&context.tenant);
    let all = help.map(|help| &*help.catalogue.entries).unwrap_or_default();
    let title = match all.len() {
        0 => "There are no actions here".to_owned(),
        1 => "One action".to_owned(),
        many => format!("{many} actions"),
    };
    vec![Draft::new(Tone::Neutral, &title).lines(all.iter().map(line)).card()]
}

/// How it is asked for, and what it does: `run action restart_job with job=…, times=… — restart a job`.
fn line(entry: &Entry) -> String {
    let fields = entry.arguments["properties"].as_object();
    let fields: Vec<_> = fields.into_iter().flatten().map(|(name, _)| format!("{}=…", flat(name))).collect();
    let with = if fields.is_empty() { String::new() } else { format!(" with {}", fields.join(", ")) };
    format!("run action {}{with} — {}", flat(&entry.name), flat(&entry.title))
}
