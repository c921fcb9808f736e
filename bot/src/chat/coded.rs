//! A request that is named by its code with other words around it: what stands behind the code is no part of it, and is never lost
//! unsaid.

use countersign_domain::capabilities::AnyRequest;
use countersign_domain::card::Card;
use countersign_domain::names::Tenant;
use countersign_domain::question::{About, Offer};
use countersign_domain::request::Code;

use super::asking::Doubt;
use super::meaning::{Ask, Concern, command, concern};
use super::short::{Short, short};
use super::unchanged::Wanted;
use super::{Chat, Seen};
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Pattern, Said, Sentence, joined};
use crate::normalise::{Says, Word};
use crate::words;

impl Chat {
    /// A command with more behind the code than it takes: what can be a reason is offered as that; anything else is told to have
    /// no place there. What decides is done only once that is said to be right. `None` where there is no such request to see.
    pub(super) async fn with_more(
        &self,
        context: &Context,
        spec: &'static CommandSpec,
        (code, more): (&Code, &str),
    ) -> Result<Option<Vec<Card>>, Failure> {
        let Some(request) = self.seen_by_code(context, &context.tenant, code).await? else { return Ok(None) };
        let said = Said::plainly([("code", code.to_string())], vec![], vec![]);
        // What is decided is shown as it stands: what was said with more behind it is carried out in no case.
        let spec = if is_decided(spec, &request) { command("status") } else { spec };
        if !spec.decides() {
            return self.carried_out(context, spec, &said).await.map(Some);
        }
        let takes_reason = spec.grammar.contains("<reason>");
        let receipt = request.receipt().map(|receipt| receipt.to_string());
        let pattern = Pattern::read(spec.grammar).expect("a test reads every grammar of the table");
        let say = pattern.say(|slot| match slot {
            "receipt" => receipt.as_deref(),
            "reason" if takes_reason => Some(more),
            _ => said.get(slot),
        });
        let label = self.drawn(&context.tenant, &context.person, code, &request).await?.title;
        let question = words::with_more(spec.name, code, more, takes_reason);
        let offers = vec![Offer { label, say }];
        let doubt = Doubt { about: About::Which, question, lines: vec![], offers };
        self.ask_back(context, None, doubt).await.map(Some)
    }

    /// A sentence that is no command and names one request by its code: a yes beside it is asked about, and so is a no; anything else
    /// is answered with the request itself. `None` where it names none, or several.
    pub(super) async fn about_a_code(
        &self,
        context: &Context,
        sentence: &Sentence<'_>,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let code_of = |word: &Word| word.text.parse::<Code>().ok().filter(|_| !word.quoted);
        let mut codes: Vec<Code> = sentence.words.iter().filter_map(code_of).collect();
        codes.dedup();
        let [code] = &codes[..] else { return Ok(None) };
        let Some(request) = self.seen_by_code(context, &context.tenant, code).await? else { return Ok(None) };
        let at = sentence.words.iter().position(|word| code_of(word).is_some()).unwrap_or_default();
        let (name, reason) = decision_beside(sentence, at);
        if name == "status"
            && let Some(wanted) = Wanted::of(sentence, at)
        {
            let seen = Seen { code: code.clone(), request: request.clone() };
            if let Some(cards) = Box::pin(self.not_changed(context, &seen, &wanted)).await? {
                return Ok(Some(cards));
            }
        }
        let said = Said::plainly([("code", code.to_string())], vec![], vec![]);
        // What is decided is shown as it stands, and nobody is asked about it.
        let spec = if is_decided(command(name), &request) { command("status") } else { command(name) };
        if !spec.decides() {
            return self.carried_out(context, spec, &said).await.map(Some);
        }
        let Some(reason) = reason else {
            return self.on_what_is_meant(context, spec, &said, Ask::First(None)).await.map(Some);
        };
        let question = words::decide_with_more(spec.name, &[], Some(&reason), true, 1);
        let said = said.with("reason", reason);
        self.on_what_is_meant(context, spec, &said, Ask::First(Some(question))).await.map(Some)
    }

    /// The request with this code, where who speaks may see it.
    pub(super) async fn seen_by_code(
        &self,
        context: &Context,
        tenant: &Tenant,
        code: &Code,
    ) -> Result<Option<AnyRequest>, Failure> {
        let Some(request) = self.requests.any(tenant, code).await? else { return Ok(None) };
        let sees = self.sees(tenant, &context.person, &request).await?;
        Ok(sees.then_some(request))
    }
}

/// Whether it would be decided on what is not to be decided any more.
fn is_decided(spec: &CommandSpec, request: &AnyRequest) -> bool {
    concern(spec.name) == Some(Concern::ToDecide) && !request.is_to_be_decided()
}

/// What is done with the request whose code stands at this place, by what is said beside it; and why, where that is a no.
fn decision_beside(sentence: &Sentence<'_>, at: usize) -> (&'static str, Option<String>) {
    let (before, behind) = (&sentence.words[..at], &sentence.words[at + 1..]);
    // What stands behind is read as it was written: "K7QM2X ablehnen, weil das Ticket fehlt".
    let text = match (before, behind) {
        ([], [first, ..]) => sentence.text()[first.start..].to_owned(),
        ([first, ..], []) => sentence.text()[first.start..sentence.words[at].start].to_owned(),
        _ => joined(&[before, behind].concat()),
    };
    let beside = Sentence::new(&text);
    if beside.words.is_empty() {
        return ("status", None);
    }
    // "Looks good, approve K7QM2X".
    let is_yes = |part: &[Word]| {
        let said = joined(part).to_lowercase();
        said == "approve" || Says::Yes.is(&said)
    };
    let mut parts = beside.words.split_inclusive(|word| word.stop.is_some());
    let said = short(&beside);
    // An ok by itself may be for what the code shows.
    let is_all_yes = beside.words.len() > 1 && parts.all(is_yes);
    if said == Some(Short::Yes) || beside.plain() == "approve" || is_all_yes {
        return ("approve", None);
    }
    match said {
        Some(Short::No(reason)) => ("deny", reason),
        _ if beside.plain() == "deny" => ("deny", None),
        _ => ("status", None),
    }
}
