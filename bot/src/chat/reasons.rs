//! The reason of a denial. Who asked will read it, so what is typed is read back before it counts, unless it can be nothing
//! else; and who thinks better of it has denied nothing. What any reason ends in that may be something else is asked about.

use countersign_domain::card::Card;
use countersign_domain::denied::Field;
use countersign_domain::question::{About, Offer, Question};
use countersign_domain::request::{Code, REASON_MAX};

use super::asking::Doubt;
use super::choosing::place;
use super::deciding::approves_the_one;
use super::meaning::{Ask, command};
use super::plainly::asks_why;
use super::{Chat, mood};
use crate::cards;
use crate::commands::{self, CommandSpec, explained};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, Sentence};
use crate::normalise::{LEXICON, Says, Tag};
use crate::plain;
use crate::support::commands::only_shows;
use crate::words;

impl Chat {
    /// What to ask before something is done for a reason that may say something else at its end: "too long. Sorry, I meant approve".
    /// What stands beside a receipt was filled in where the reason alone is asked for.
    pub(super) async fn doubted(
        &self,
        context: &Context,
        spec: &CommandSpec,
        said: &Said,
    ) -> Result<Option<String>, Failure> {
        let is_typed = spec.decides() && said.get("receipt").is_none();
        let Some(reason) = said.get("reason").filter(|_| is_typed) else { return Ok(None) };
        let turned = plain::turned(reason).filter(|turned| !is_reason(spec, reason, turned));
        // "Because it should be denied?" asks.
        let asked = Some(reason).filter(|reason| reason.ends_with('?'));
        // A denial is final: what speaks of approving is read back.
        let approves = Some(reason).filter(|_| spec.name == "deny" && plain::speaks_of_approving(reason));
        let own: Vec<&str> = said.get("code").into_iter().collect();
        let turned = match turned.or(asked).or(approves) {
            Some(turned) => Some(turned),
            None => self.named_beside(context, reason, &own).await?.map(|named| named.from),
        };
        Ok(turned.map(words::is_it_the_reason))
    }

    /// Takes what was said for the reason of the denial that the question is about; `None` where it is none.
    pub(super) async fn take_reason(
        &self,
        context: &Context,
        question: &Question,
        sentence: &Sentence<'_>,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let Some((denial, code)) = denial(question) else { return Ok(None) };
        if let Some(cards) = Box::pin(self.no_reason_by_itself(context, question, code, sentence)).await? {
            return Ok(Some(cards));
        }
        if let Some((Tag::Because, count)) = LEXICON.tag(&sentence.words) {
            let reason = sentence.text()[sentence.words[count - 1].end..].trim();
            if reason.is_empty() {
                return Ok(None);
            }
            // One way of giving a reason is guarded as every other: what may be something else is read back.
            let slots = [("code", code.to_owned()), ("reason", reason.to_owned())];
            let said = Said::plainly(slots, vec![], vec![]);
            if mood::second_thought(&Sentence::new(reason)).is_some()
                || Box::pin(self.doubted(context, command("deny"), &said)).await?.is_some()
            {
                return self.read_back(context, question, (denial, code), reason, None).await.map(Some);
            }
            return self.answered(context, question, &explained(denial, reason)).await.map(Some);
        }
        if commands::corrected(sentence).is_some() {
            return Ok(None);
        }
        if let Some(other) = mood::meant(sentence) {
            return self.denial_of_another(context, other).await.map(Some);
        }
        match mood::second_thought(sentence) {
            Some(mood::Thought::Approve) => {
                let said = Said::plainly([("code", code.to_owned())], vec![], vec![]);
                self.on_what_is_meant(context, command("approve"), &said, Ask::First(None)).await.map(Some)
            }
            Some(mood::Thought::Nothing) => self.drop_question(context, question).await.map(Some),
            None => self
                .read_back(context, question, (denial, code), sentence.text().trim(), None)
                .await
                .map(Some),
        }
    }

    /// A number chooses what was offered, and who says that the request is good says no reason: neither is read back as one.
    async fn no_reason_by_itself(
        &self,
        context: &Context,
        question: &Question,
        code: &str,
        sentence: &Sentence<'_>,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let is_why = asks_why(question).is_some();
        if let Some(place) = place(&sentence.plain()) {
            return match question.offers.get(place).filter(|_| !is_why) {
                Some(offer) => self.answered(context, question, &offer.say).await.map(Some),
                None => self.shown_again(context, question.clone(), words::NO_ANSWER).await.map(Some),
            };
        }
        if is_why && approves_the_one(sentence.text(), code) {
            return self.shown_again(context, question.clone(), good_is_no_denial(question)).await.map(Some);
        }
        Ok(None)
    }

    /// A sentence that could also ask for access may be the answer to what was asked. At the question why somebody denies, it may be
    /// the reason, and so may one that could end an access: it is read back as that, and what else it may be is offered. `None` where nothing of the kind was asked, or it can be no reason.
    pub(super) async fn reason_or_else(
        &self,
        context: &Context,
        sentence: &Sentence<'_>,
        (spec, said): (&CommandSpec, &Said),
    ) -> Result<Option<Vec<Card>>, Failure> {
        // "Open a ticket first" may be why, and "open ticket saying …" is no reason of anything.
        let is_a_wish = only_shows(spec, said) && !commands::opens_one(sentence);
        if !may_be_a_reason(spec, said) && !is_a_wish || mood::asks(sentence.text()) {
            return Ok(None);
        }
        let Some(question) = self.question(context).await? else { return Ok(None) };
        // What is another command by its very grammar is that one, and what was asked waits on.
        if is_of_a_denial(&question) && commands::reads_whole(sentence, spec) {
            return Ok(None);
        }
        if spec.takes_partial && !is_of_a_denial(&question) {
            return Box::pin(self.rather_an_answer(context, &question, sentence, said)).await;
        }
        let Some(denial) = Some(&question).filter(|question| is_of_a_denial(question)).and_then(denial)
        else {
            return Ok(None);
        };
        let text = sentence.text().trim();
        let or_else = Offer { label: words::NO_REASON.to_owned(), say: text.to_owned() };
        self.read_back(context, &question, denial, text, Some(or_else)).await.map(Some)
    }

    /// Another request than the one that is being denied was meant.
    pub(crate) async fn denial_of_another(
        &self,
        context: &Context,
        other: &str,
    ) -> Result<Vec<Card>, Failure> {
        let said = Said::plainly([("code", other.to_owned())], vec![], vec![]);
        self.on_what_is_meant(context, command("deny"), &said, Ask::First(None)).await
    }

    /// Says what would be denied with which reason, and does it once that is said to be right.
    async fn read_back(
        &self,
        context: &Context,
        question: &Question,
        (denial, code): (&str, &str),
        reason: &str,
        or_else: Option<Offer>,
    ) -> Result<Vec<Card>, Failure> {
        let say = explained(denial, reason);
        if let Err(denied) = self.taken(context, question, reason).await? {
            return Ok(vec![cards::denied(&denied, None)]);
        }
        // One that is too long is refused, and nothing is decided.
        if reason.chars().count() > REASON_MAX {
            return Box::pin(self.hear(context, &say)).await;
        }
        let (asked, whole) = words::deny_because(code, reason);
        let lines = whole.into_iter().chain([words::or_another_reason().to_owned()]).collect();
        let yes = Offer { label: words::YES_DENY.to_owned(), say };
        let offers = std::iter::once(yes).chain(or_else).collect();
        self.ask_back(
            context,
            None,
            Doubt { about: About::Part(Field::Reason), question: asked, lines, offers },
        )
        .await
    }
}

/// Whether a question asks why somebody denies.
pub(super) fn is_of_a_denial(question: &Question) -> bool {
    question.wish.is_none() && question.about == About::Part(Field::Reason)
}

/// What only looks, decides on what waits, or answers a button says for itself what it means.
const NO_REASONS: [&str; 12] = [
    "answer",
    "approve",
    "deny",
    "deny without a reason",
    "effects",
    "help",
    "link",
    "make it",
    "replace",
    "status",
    "who can approve",
    "why",
];

/// What is told whoever says that something is good, where it is asked whether to deny it, or why.
pub(super) fn good_is_no_denial(question: &Question) -> &'static str {
    if asks_why(question).is_some() { words::GOOD_IS_NO_REASON } else { words::GOOD_IS_NO_DENIAL }
}

/// Whether a sentence that was understood as something else may be why somebody denies. Whoever names a request by its code
/// means that one, and who says a command and nothing else means the command.
fn may_be_a_reason(spec: &CommandSpec, said: &Said) -> bool {
    let is_code = said.get("code").is_some_and(|code| code.parse::<Code>().is_ok());
    let is_bare = spec.decides() && said.get("code").is_none();
    !NO_REASONS.contains(&spec.name) && !is_code && !is_bare
}

/// The sentence of the denial that a reason is asked for, without any reason, and the code in it.
fn denial(question: &Question) -> Option<(&str, &str)> {
    let say = &question.offers.first()?.say;
    let denial = say.split_once(" because ").map_or(say.as_str(), |(denial, _)| denial);
    Some((denial, denial.split(' ').nth(1)?))
}

/// The code of the request that a question is about whose denial it asks, and the reason that it reads back, where it does.
pub(super) fn denied_and_why(question: &Question) -> Option<(&str, Option<&str>)> {
    let (_, code) = Some(question).filter(|question| is_of_a_denial(question)).and_then(denial)?;
    let reason = question.offers.first()?.say.split_once(" because ").map(|(_, reason)| reason);
    Some((code, reason))
}

/// Whether what a denial's reason turns to is as good a reason: "not now" where that is all there is, so that nothing before it is
/// thought better of, or what who asked can do now ("too long, please ask for one hour"). What takes something back or approves is
/// none: "too long, take that back"; and neither is what says that there is none: "I am not sure".
fn is_reason(spec: &CommandSpec, reason: &str, turned: &str) -> bool {
    let words = Sentence::new(turned).words;
    let is_one_clause = words.iter().rev().skip(1).all(|word| word.stop.is_none());
    let takes_back = (0..words.len()).any(|at| {
        let says = [Says::Undo, Says::TakenBack, Says::Regret, Says::Approves];
        says.into_iter().any(|says| says.begins(&words[at..]).is_some())
    });
    let all = reason.trim().trim_end_matches(['.', '!']).to_lowercase();
    let is_not_now = turned.trim() == reason.trim() && Says::NotNow.is(&all);
    let is_advice = is_one_clause && !takes_back && Says::Advice.begins(&words).is_some();
    spec.name == "deny" && (is_not_now || is_advice)
}
