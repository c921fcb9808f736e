//! A change of a request that is named by its code: "make K7QM2X admin". What was asked for stays as it was asked for, for that is what is
//! countersigned; so it is said, with what can be done instead.

use countersign_domain::card::Card;
use countersign_domain::question::{About, Offer};

use super::asking::Doubt;
use super::meaning::command;
use super::{Chat, Seen};
use crate::cards;
use crate::commands::{can_be_changed, read_as};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, Sentence, joined};
use crate::normalise::Word;
use crate::plain::Plain;
use crate::words;

/// What says that something is to be another than it is, whatever is said behind it.
const CHANGES: [&str; 19] = [
    "change",
    "edit",
    "modify",
    "amend",
    "adjust",
    "upgrade",
    "downgrade",
    "shorten",
    "lengthen",
    "ändere",
    "ändern",
    "kürze",
    "modifie",
    "modifier",
    "cambia",
    "cambiar",
    "modifica",
    "altera",
    "wijzig",
];
/// What says so only where something that can be asked for stands behind it: "make sure" changes nothing.
const MAKES: [&str; 13] = [
    "update", "make", "set", "turn", "switch", "raise", "lower", "reduce", "increase", "mach", "mache",
    "setze", "mets",
];
/// What stands between such a word and a code.
const NAMED: [&str; 10] = ["the", "my", "our", "request", "die", "meine", "anfrage", "la", "ma", "demande"];
/// What stands between a code and what it is to be.
const TO: [&str; 16] = [
    "to", "into", "as", "auf", "zu", "in", "en", "a", "à", "para", "por", "be", "should", "shall", "must",
    "=>",
];

/// What is wanted of a request that is named at one place of a sentence.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// As it was said; nothing where only a change was.
    change: String,
    /// Whether a change is wanted even where that cannot be read.
    surely: bool,
}

impl Wanted {
    /// `None` where nothing is to be changed.
    pub(super) fn of(sentence: &Sentence<'_>, at: usize) -> Option<Self> {
        let (before, behind) = (&sentence.words[..at], &sentence.words[at + 1..]);
        let says = |all: &[&str], words: &[Word]| {
            words.iter().any(|word| !word.quoted && all.contains(&word.lower.as_str()))
        };
        let should = behind
            .get(..2)
            .is_some_and(|two| says(&["should", "shall", "must"], &two[..1]) && two[1].lower == "be");
        // "Any change on K7QM2X" asks.
        let named = before.iter().rev().take_while(|word| NAMED.contains(&word.lower.as_str())).count();
        let verb = before[..before.len() - named].last().map(std::slice::from_ref).unwrap_or_default();
        let surely = says(&CHANGES, verb);
        if !surely && !should && !says(&MAKES, verb) {
            return None;
        }
        let around = behind.iter().take_while(|word| TO.contains(&word.lower.as_str())).count();
        Some(Self { change: joined(&behind[around..]), surely })
    }
}

impl Chat {
    /// That a request is not changed, and what to do instead: whose it is, is asked whether to withdraw it and ask anew. `None` where no
    /// change of it is wanted.
    pub(super) async fn not_changed(
        &self,
        context: &Context,
        seen: &Seen,
        wanted: &Wanted,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let is_said = !wanted.change.is_empty();
        let part = if is_said { self.change(context, &wanted.change).await? } else { Plain::default() };
        if !wanted.surely && !part.says_only_that() {
            return Ok(None);
        }
        let (code, request) = (&seen.code, &seen.request);
        let is_own = request.is_for(&context.person.id);
        let waits = request.is_to_be_decided() && !request.is_in_force();
        let can_be = can_be_changed(request) && part.says_only_that();
        let mut cards = if !is_own && can_be {
            Box::pin(self.only_theirs(context, seen, &wanted.change)).await?
        } else if is_own && can_be && waits {
            let offer = Offer {
                label: words::YES_ANEW.to_owned(),
                say: format!("replace {code} with {}", wanted.change),
            };
            let question = words::withdraw_and_ask_anew(&code.to_string(), &read_as(&part));
            let lines = vec![words::NOT_CHANGED.to_owned()];
            let doubt = Doubt { about: About::Which, question, lines, offers: vec![offer] };
            return self.ask_back(context, None, doubt).await.map(Some);
        } else if is_own && can_be {
            // What is in force, and what is over, is asked about by itself.
            let slots = [("code", code.to_string()), ("change", wanted.change.clone())];
            let said = Said::plainly(slots, vec![], vec![]);
            return self.carried_out(context, command("replace"), &said).await.map(Some);
        } else {
            let line = words::ask_anew_instead(code, is_own, can_be_changed(request));
            vec![cards::lines(words::NOT_CHANGED, &[line])]
        };
        cards.push(self.card(context, seen).await?);
        Ok(Some(cards))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_c3_what_is_wanted_of_a_request_that_is_named_by_its_code_is_told_from_what_is_only_said_of_it() {
        let wanted = |text: &str| {
            let sentence = Sentence::new(text);
            let at = sentence.words.iter().position(|word| word.text == "K7QM2X").unwrap();
            Wanted::of(&sentence, at).map(|wanted| (wanted.change, wanted.surely))
        };
        for (text, change, surely) in [
            ("make K7QM2X admin", "admin", false),
            ("can you make K7QM2X read", "read", false),
            ("set K7QM2X to 4 hours", "4 hours", false),
            ("edit my request K7QM2X", "", true),
            ("change K7QM2X into write on infra", "write on infra", true),
            ("K7QM2X should be admin", "admin", false),
            ("ändere K7QM2X auf read", "read", true),
        ] {
            assert_eq!(wanted(text), Some((change.to_owned(), surely)), "{text}");
        }
        for text in [
            "K7QM2X",
            "what about K7QM2X",
            "K7QM2X please",
            "K7QM2X should do",
            "is K7QM2X done",
            "any change on K7QM2X",
        ] {
            assert_eq!(wanted(text), None, "{text}");
        }
    }
}
