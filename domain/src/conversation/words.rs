//! What is said of conversations, and in them where no model has the word.

use super::price::in_words;
use super::state::UNSEEN;
use super::{Answer, AnswerKind, ConversationEvent, Source, TurnStage, Verdict, WhyStopped};
use crate::audience::Audience;
use crate::names::PrincipalId;
use crate::ports::Crossing;
use crate::text::{flat, quoted};

/// How much of a text stands in a sentence, in characters: all of it is in the event itself.
const BEGINNING: usize = 300;

/// What is said where nothing was found.
pub const UNKNOWN: &str = "I do not know: in what everybody here may read I found nothing that answers this.";
/// What is said where nothing was found, and the reader is alone.
pub const UNKNOWN_TO_ME: &str = "I do not know: in what you may read I found nothing that answers this.";
/// What is said where it may be found in private.
pub const ASK_IN_PRIVATE: &str = "I cannot answer that here, where everybody reads along. Ask me in private, and I look at what you may read.";
/// What is said under an answer some of which stands nowhere.
pub const UNSUPPORTED: &str =
    "What is marked with ⚠ stands in no document that I found: check it before you rely on it.";
/// What is said under an answer while more of it is being said.
pub const MORE: &str = "There is more to come.";
/// What is said where a document was taken back while it was being answered.
pub const GONE: &str =
    "A document that this was taken from may not be read any more, so its part is left out.";

/// What is said where nothing answers, of what is nearest to it.
pub fn nearest(source: &Source) -> String {
    format!(
        "Nearest to it is {} ({}), and I am not certain that it says this.",
        quoted(&source.title),
        source.edition
    )
}

/// What is said of an answer that says nothing by itself.
pub const fn instead(kind: AnswerKind, audience: &Audience) -> Option<&'static str> {
    match kind {
        AnswerKind::Known => None,
        AnswerKind::Unknown if audience.is_private() => Some(UNKNOWN_TO_ME),
        AnswerKind::Unknown => Some(UNKNOWN),
        AnswerKind::AskInPrivate => Some(ASK_IN_PRIVATE),
        AnswerKind::Offered => {
            Some("I can ask for that in your name. Nothing is asked for before you press.")
        }
    }
}

/// All that is said under an answer.
pub fn notes(answer: &Answer) -> Vec<String> {
    let gone = (!answer.gone.is_empty()).then(|| GONE.to_owned());
    let unsupported = (!answer.unsupported.is_empty()).then(|| UNSUPPORTED.to_owned());
    answer.notes.iter().map(|note| flat(note)).chain(gone).chain(unsupported).collect()
}

/// Why a turn has no answer, to who asked.
pub fn unanswered(stage: TurnStage, class: Option<&str>) -> &'static str {
    match (stage, class) {
        (TurnStage::Stopped, _) => "Stopped.",
        (TurnStage::Refused, Some(UNSEEN)) => {
            "What looks at my answers before they are told does not answer at the moment, so I say nothing. Ask again in a little while, or \
             open a ticket."
        }
        (TurnStage::Refused, _) => {
            "I do not talk about that. What you asked was withheld, and the next question is as good as any."
        }
        (TurnStage::Failed, Some("barred")) => {
            "I cannot answer at the moment, until somebody who runs this bot has mended it; they are told."
        }
        (TurnStage::Failed, Some("refused")) => {
            "I could not answer that. Ask it in other words, or open a ticket."
        }
        (TurnStage::Failed, Some("not_searched")) => {
            "I could not look into the documents. Ask again in a little while."
        }
        (TurnStage::Failed, _) => {
            "I could not answer that just now. Ask again in a little while, or open a ticket."
        }
        (TurnStage::Searching | TurnStage::Thinking | TurnStage::Answered, _) => "I am still looking.",
    }
}

const fn crossing(at: Crossing) -> &'static str {
    match at {
        Crossing::Asked => "what was asked",
        Crossing::Untrusted => "what others wrote",
        Crossing::Called => "what a tool was to be given",
        Crossing::Answered => "what the model said",
    }
}

/// What has happened, in a sentence: for the audit.
pub fn told(event: &ConversationEvent, name: &dyn Fn(&PrincipalId) -> String) -> String {
    use ConversationEvent as E;
    match event {
        E::ConversationOpened { agent, by, place, .. } => {
            let place =
                place.as_ref().map_or_else(|| "the bot's own page".to_owned(), crate::place::Place::in_words);
            format!(
                "{} began to talk with {} (version {}) in {place}.",
                name(by),
                flat(&agent.name),
                agent.version
            )
        }
        E::TurnAsked { asked, .. } => {
            format!("{} asked {}.", name(&asked.by), quoted(&beginning(&asked.text)))
        }
        E::TurnScreened { at, policy, found, .. } => {
            let kinds: Vec<_> = found.iter().map(|found| found.kind.in_words()).collect();
            let found = if kinds.is_empty() { "nothing".to_owned() } else { crate::text::list(&kinds) };
            format!(
                "Looked at {} (by {} {}): found {found}.",
                crossing(*at),
                flat(&policy.by),
                flat(&policy.version)
            )
        }
        E::PassagesRetrieved { passages, elsewhere, .. } => {
            let more = if *elsewhere { " Whoever asked could read more in private." } else { "" };
            let from: Vec<_> = passages.iter().map(|passage| passage.edition.to_string()).collect();
            match &from[..] {
                [] => format!("Nothing was found in the documents.{more}"),
                from => format!("Found in the documents: {}.{more}", crate::text::list(from)),
            }
        }
        E::ModelStepFinished { step, model, usage, micros, .. } => {
            let cost = if *micros == 0 { String::new() } else { format!(", for {}", in_words(*micros)) };
            format!(
                "{} ({}) finished step {step}: {} tokens read, {} written{cost}.",
                flat(&model.model),
                flat(&model.backend),
                usage.read,
                usage.written
            )
        }
        E::ModelStepFailed { step, fault, detail, .. } => {
            format!("The model did not finish step {step} ({}): {}", fault.as_str(), flat(detail))
        }
        E::ToolProposed { tool, verdict: Verdict::Offered { offer }, .. } => {
            format!("The model proposed {}: offered as {}.", quoted(tool), quoted(offer.say()))
        }
        E::ToolProposed { tool, verdict: Verdict::Refused { .. }, .. } => {
            format!("The model proposed {}, which was not offered.", quoted(tool))
        }
        E::TurnAnswered { answer, .. } => answered(answer),
        E::TurnStopped { why: WhyStopped::Asked { by }, .. } => format!("{} stopped it.", name(by)),
        E::TurnStopped { why: WhyStopped::Left { name }, .. } => {
            format!("{} does not belong here any more, so nothing was answered.", flat(name))
        }
        E::TurnRefused { at, .. } => format!("It was refused: {} does not go over.", crossing(*at)),
        E::TurnFailed { class, .. } => format!("It could not be answered ({}).", flat(class)),
        E::TurnRated { by, good: true, .. } => format!("{} says that the answer is good.", name(by)),
        E::TurnRated { by, good: false, .. } => format!("{} says that the answer is not good.", name(by)),
        E::TurnShared { by, .. } => {
            format!("{} lets others read it: it is asked again where they are.", name(by))
        }
        E::ConversationHandedOver { by, .. } => format!("{} wants a person to look after it.", name(by)),
        E::ConversationTicketed { number, .. } => format!("Ticket {number} is there for it."),
    }
}

fn answered(answer: &Answer) -> String {
    let said = match answer.kind {
        AnswerKind::Known => format!("Answered {}", quoted(&beginning(&answer.text))),
        AnswerKind::Unknown => "Nothing could be answered".to_owned(),
        AnswerKind::AskInPrivate => "Told to ask in private".to_owned(),
        AnswerKind::Offered => "Offered to ask for something".to_owned(),
    };
    let parts = [
        (answer.citations.len(), "citations"),
        (answer.unsupported.len(), "sentences without one"),
        (usize::try_from(answer.false_citations).unwrap_or_default(), "false ones taken out"),
    ];
    let parts: Vec<_> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if parts.is_empty() { format!("{said}.") } else { format!("{said}, with {}.", crate::text::list(&parts)) }
}

fn beginning(text: &str) -> String {
    match text.char_indices().nth(BEGINNING) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::every_event;
    use super::*;

    #[test]
    fn every_event_is_told_in_a_sentence_of_its_own() {
        let told: Vec<_> = every_event().iter().map(|event| told(event, &ToString::to_string)).collect();
        insta::assert_snapshot!(told.join("\n"));
    }
}
