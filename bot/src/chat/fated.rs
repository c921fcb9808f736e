//! Why something was denied, revoked or withdrawn: that is asked of what it happened to, and not of whatever else is open.

use std::collections::BTreeSet;

use countersign_domain::card::Card;
use countersign_domain::ports::Permission;
use countersign_domain::request::{Code, Facets, Stage};
use countersign_projections::request::RequestRow;

use super::meaning::{Concern, command};
use super::named::{is_named, is_named_in_part};
use super::{Chat, Seen};
use crate::cards;
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, Sentence, joined, permission};
use crate::moment::is_time_word;
use crate::normalise::{Says, Word};
use crate::words;

const WHY: &str = "why";

/// What may have become of a request, by its own word for that, and what people call it who ask after it.
const FATES: [(&str, Says); 4] = [
    (DENIED, Says::WasDenied),
    ("revoked", Says::WasRevoked),
    ("withdrawn", Says::WasWithdrawn),
    ("expired", Says::WasOver),
];
const DENIED: &str = "denied";
/// What was in force and is not any more, however it ended: "why was my access taken away?"
const ENDED: &str = "ended";
/// Said around all that, and no name.
const AROUND: [Says; 12] = [
    Says::AsksWhether,
    Says::AroundQuestion,
    Says::NeedsIt,
    Says::IsNeeded,
    Says::Fate,
    Says::Progress,
    Says::Decided,
    Says::AroundName,
    Says::Own,
    Says::It,
    Says::Last,
    Says::Wish,
];

/// What begins a question of why it became that, or by whom.
const WHY_OR_WHO: [Says; 3] = [Says::AsksWhy, Says::AsksWhatFor, Says::AsksWho];

/// What is asked after.
struct Asked {
    fate: &'static str,
    is_extension: bool,
    /// What names it, if anything does.
    name: Option<String>,
    /// It was asked in no more words than "why not?".
    is_bare: bool,
}

impl Asked {
    fn read(words: &[Word]) -> Option<Self> {
        let asks = WHY_OR_WHO.into_iter().filter_map(|says| says.begins(words)).max()?;
        let rest = &words[asks..];
        let is_bare = matches!(rest, [only] if only.lower == "not");
        let has = |said: &str| rest.iter().any(|word| !word.quoted && word.lower == said);
        let ended = (has("ended") || has("taken") && has("away")).then_some(ENDED);
        let is_said = |says: Says| rest.iter().any(|word| says.is_word(word));
        let fate = FATES.iter().find(|(_, says)| is_said(*says)).map(|(fate, _)| *fate).or(ended);
        let is_beside = |word: &Word| {
            let is_fate = FATES.iter().any(|(_, says)| says.is_word(word));
            let is_around = AROUND.into_iter().any(|says| says.is_word(word));
            !word.quoted && (is_fate || is_around || Says::Extension.is_word(word))
        };
        let named: Vec<Word> = rest.iter().filter(|word| !is_beside(word)).cloned().collect();
        Some(Self {
            fate: fate.or_else(|| is_bare.then_some(DENIED))?,
            is_extension: rest.iter().any(|word| Says::Extension.is_word(word)),
            name: (!named.is_empty()).then(|| joined(&named)),
            is_bare,
        })
    }

    /// Whether that happened to this request. What was denied beside it, as more time is, leaves it as it was.
    fn fits(&self, request: &dyn Facets) -> bool {
        let standing = request.standing();
        let is_so = standing.word == self.fate || self.fate == ENDED && standing.stage == Stage::Over;
        let became = if self.is_extension {
            request.denial().is_some() && !is_so
        } else {
            is_so || self.fate == DENIED && request.denial().is_some()
        };
        let is_wanted =
            |name: &str| permission(name).is_some_and(|said| request.wanted() == Some(said.as_str()));
        became && self.name.as_ref().is_none_or(|name| is_named(request, name) || is_wanted(name))
    }
}

impl Chat {
    /// The story of the newest of theirs that became of which they ask why; `None` where they ask nothing of the kind, name it by its
    /// code, talk about one anyway, or where none became that.
    pub(super) async fn why_it_ended(
        &self,
        context: &Context,
        sentence: &Sentence<'_>,
        (spec, said): (&CommandSpec, &Said),
    ) -> Result<Option<Vec<Card>>, Failure> {
        let by_code = said.get("code").is_some_and(|code| code.parse::<Code>().is_ok());
        if let Some(named) = Storied::read(&sentence.words).filter(|_| spec.name == WHY && !by_code) {
            return self.what_happened_to(context, &named).await.map(Some);
        }
        if spec.name != WHY || by_code || context.scene.about.is_some() {
            return Ok(None);
        }
        let (asked, is_only_why) = (Asked::read(&sentence.words), is_only_why(&sentence.words));
        if asked.is_none() && !is_only_why {
            return Ok(None);
        }
        let mut rows = self.concerned_with(&context.tenant, &context.person)?.into_iter();
        // "Why?" by itself is asked of a no to what they asked for last.
        let was_refused = |row: &RequestRow| {
            row.request.standing().stage == Stage::Denied && row.request.is_for(&context.person.id)
        };
        let row = match &asked {
            Some(asked) => rows.find(|row| asked.fits(&*row.request)),
            None => rows.next().filter(was_refused),
        };
        let Some(row) = row else {
            let is_of_an_end = asked.is_some_and(|asked| asked.fate == ENDED);
            return Ok(is_of_an_end.then(|| vec![cards::nothing(words::nothing_has_ended())]));
        };
        let is_bare = asked.is_none_or(|asked| asked.is_bare);
        if is_bare && self.question(context).await?.is_some() {
            return Ok(None);
        }
        let said = Said::plainly([("code", row.code.to_string())], vec![], vec![]);
        (spec.run)(self, context, &said).await.map(Some)
    }

    /// The story of what is named of theirs, whatever became of it; of several, it is asked which. Where there is none of that name,
    /// that is said: the story of another one is no answer.
    async fn what_happened_to(&self, context: &Context, named: &Storied) -> Result<Vec<Card>, Failure> {
        let mut rows = self.concerned_with(&context.tenant, &context.person)?;
        rows.extend(self.concerned(context, Concern::ToDecide).await?);
        let mut known = BTreeSet::new();
        rows.retain(|row| known.insert(row.code.clone()) && named.fits(&*row.request));
        let meant: Vec<Seen> = rows.into_iter().map(Seen::from).collect();
        match &meant[..] {
            [] => Ok(vec![cards::nothing((words::NONE_OF_THAT, &words::no_story_of(&named.said())))]),
            [one] => {
                let said = Said::plainly([("code", one.code.to_string())], vec![], vec![]);
                (command(WHY).run)(self, context, &said).await
            }
            several => {
                let said = Said::plainly([], vec!["code".to_owned()], vec![]);
                self.ask_which(context, command(WHY), &said, several, None).await
            }
        }
    }
}

/// Whether nothing is asked but why.
fn is_only_why(words: &[Word]) -> bool {
    [Says::AsksWhy, Says::AsksWhatFor].into_iter().any(|says| says.begins(words) == Some(words.len()))
}

/// What is named by whoever asks what happened to it: "what happened to my admin access on infra?"
#[derive(Debug, PartialEq, Eq)]
struct Storied {
    permission: Option<Permission>,
    name: String,
}

impl Storied {
    /// `None` where it is asked otherwise, or nothing is named: "what happened to my request?"
    fn read(words: &[Word]) -> Option<Self> {
        let begins =
            |all: [&str; 3]| words.len() > 3 && words.iter().zip(all).all(|(word, said)| word.lower == said);
        let is_asked = ["to", "with"].into_iter().any(|to| begins(["what", "happened", to]));
        let rest = words.get(3..).filter(|_| is_asked)?;
        let is_beside = |word: &Word| {
            !word.quoted && (AROUND.into_iter().any(|says| says.is_word(word)) || is_time_word(&word.lower))
        };
        let said = |word: &Word| permission(&word.lower).filter(|_| !word.quoted);
        let named = rest.iter().filter(|word| !is_beside(word) && said(word).is_none());
        let named: Vec<Word> = named.cloned().collect();
        let permission = rest.iter().find_map(said);
        (permission.is_some() || !named.is_empty()).then(|| Self { permission, name: joined(&named) })
    }

    fn fits(&self, request: &dyn Facets) -> bool {
        let is_permission = self.permission.is_none_or(|said| request.wanted() == Some(said.as_str()));
        is_permission
            && (self.name.is_empty()
                || is_named(request, &self.name)
                || is_named_in_part(request, &self.name))
    }

    fn said(&self) -> String {
        let permission = self.permission.map(|permission| permission.as_str().to_owned());
        let name = Some(self.name.clone()).filter(|name| !name.is_empty());
        permission.into_iter().chain(name).collect::<Vec<_>>().join(" on ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_c3_what_is_asked_after_is_told_from_its_name() {
        for (text, fate, name) in [
            ("why was it denied?", "denied", None),
            ("why was my request denied", "denied", None),
            ("why was my last request denied?", "denied", None),
            ("who denied it?", "denied", None),
            ("why not?", "denied", None),
            ("why was it revoked", "revoked", None),
            ("why was write on infra denied?", "denied", Some("write infra")),
            ("why was my extension denied", "denied", None),
            ("warum wurde es abgelehnt?", "denied", None),
            ("why was my access taken away?", "ended", None),
            ("pourquoi a-t-il été révoqué ?", "revoked", None),
            ("warum wurde es zurückgezogen?", "withdrawn", None),
            ("per quale motivo è scaduto?", "expired", None),
        ] {
            let asked = Asked::read(&Sentence::new(text).words).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((asked.fate, asked.name.as_deref()), (fate, name), "{text}");
        }
        for (text, said) in [
            ("what happened to my admin access?", Some("admin")),
            ("what happened to my infra access?", Some("infra")),
            ("what happened with the write on payments-api?", Some("write on payments-api")),
            ("what happened to my request?", None),
            ("what happened to it?", None),
            ("why was my infra request denied?", None),
        ] {
            let named = Storied::read(&Sentence::new(text).words);
            assert_eq!(named.map(|named| named.said()).as_deref(), said, "{text}");
        }
        for text in ["why?", "why is it waiting", "denied", "who approved it?", "how was it denied"] {
            assert!(Asked::read(&Sentence::new(text).words).is_none(), "{text}");
        }
    }
}
