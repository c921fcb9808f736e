//! What a sentence means where it is said, and what is done with it: a command, an answer, a change, or a question back. Never silence.

use countersign_domain::card::Card;
use countersign_domain::denied::Violation;
use countersign_domain::ports::with_names;
use countersign_domain::question::{About, Offer, Question};
use countersign_domain::request::Code;

use super::agreeing::denies;
use super::asking::Doubt;
use super::deciding::is_asked;
use super::meaning::{self, Ask, is_pronoun};
use super::undoing::Undo;
use super::unseen::beneath;
use super::{Chat, mood, pasted, short};
use crate::cards;
use crate::commands::{self, CommandSpec};
use crate::context::Context;
use crate::engine::{Decided, Failure};
use crate::grammar::{Pattern, Said, Sentence};
use crate::normalise::{LEXICON, Tag};
use crate::plain;
use crate::words;

/// How much can be said at once, in characters: as much as any chat takes. What is longer is not read at all.
pub(crate) const LONGEST: usize = 4_000;
/// How much is repeated of what was not understood, in characters.
const REPEATED: usize = 100;

impl Chat {
    /// Does what the text says, and answers with cards, at least one.
    pub(super) async fn hear(&self, context: &Context, text: &str) -> Result<Vec<Card>, Failure> {
        self.caught_up_for(text).await;
        // What is longer than anybody reads is not looked at, and what is pasted is taken as it is.
        let cards = if text.chars().nth(LONGEST).is_some() || pasted(text).is_some() {
            self.hear_as(context, text, false).await?
        } else {
            self.hear_as(context, &self.with_names(context, text).await?, false).await?
        };
        let cards = self.without_ids(&context.tenant, cards).await?;
        self.has_shown(context, &cards);
        Ok(cards)
    }

    /// The same; `chosen`: it is what was chosen of what was offered, and so is no answer itself.
    pub(super) async fn hear_as(
        &self,
        context: &Context,
        text: &str,
        chosen: bool,
    ) -> Result<Vec<Card>, Failure> {
        if let Some((spec, said)) = pasted(text) {
            return self.hear_pasted(context, text, (spec, &said)).await;
        }
        if text.chars().nth(LONGEST).is_some() {
            return Ok(vec![cards::too_long(LONGEST)]);
        }
        let customs = self.customs(context);
        let sentence = Sentence::spoken_by(text, &customs);
        if sentence.is_empty() {
            let help = cards::help_all(commands::for_person(&context.person, self.has(context)));
            return self.by_example(context, help).await;
        }
        if !chosen && let Some(cards) = Box::pin(self.read_apart(context, &sentence)).await? {
            return Ok(cards);
        }
        if let Some(short) = short::short(&sentence) {
            return self.said_shortly(context, &sentence, short).await;
        }
        if short::is_yes_with_but(&sentence) {
            return self.no_yes(context).await;
        }
        let understood = commands::understand(&sentence);
        let otherwise = self.heard_otherwise(context, (text, &sentence), understood.as_ref(), chosen);
        if let Some(cards) = Box::pin(otherwise).await? {
            return Ok(cards);
        }
        let first = match understood.as_ref() {
            Some((spec, said)) if is_asked(spec, said, text) => Some(None),
            Some((spec, said)) if !chosen => {
                Box::pin(self.is_asked_first(context, text, (spec, said))).await?
            }
            _ => None,
        };
        match understood {
            Some((spec, said)) if let Some(question) = first => {
                Box::pin(self.ask_first(context, spec, &said, question)).await
            }
            Some((spec, said)) if is_whole(&said) => {
                self.carry_out_beside(context, (spec, &said), chosen).await
            }
            other => Box::pin(self.not_complete(context, &sentence, other)).await,
        }
    }

    /// Whether it is asked whether that is meant, and in which words, where the command has none of its own.
    async fn is_asked_first(
        &self,
        context: &Context,
        text: &str,
        (spec, said): (&CommandSpec, &Said),
    ) -> Result<Option<Option<String>>, Failure> {
        // Whoever quotes a request, or a decision, may only tell of it, and so may who strikes it out.
        if (mood::is_quoted(text) || mood::is_set_aside(text)) && is_done_at_once(spec, said) {
            return Ok(Some(None));
        }
        // "Approve", said where it is asked whether to deny, may be a yes to that.
        if spec.name == "approve"
            && said.get("code").is_none_or(is_pronoun)
            && let Some(question) = self.question(context).await?
            && question.offers.iter().any(denies)
        {
            return Ok(Some(None));
        }
        // What is not needed now may be needed later.
        if spec.name == "give back" && mood::is_not_now(text) {
            return Ok(Some(None));
        }
        Ok(self.doubted(context, spec, said).await?.map(Some))
    }

    /// A command that lacks nothing; on the request that is meant, where it names one by anything but its code.
    pub(super) async fn carry_out(
        &self,
        context: &Context,
        spec: &'static CommandSpec,
        said: &Said,
    ) -> Result<Vec<Card>, Failure> {
        if self.drops_draft(context, spec, said).await? {
            return self.forgotten(context).await;
        }
        if spec.decides() {
            // A later yes is about what is asked then, not about what was offered before this.
            self.forget_but_a_draft(context).await?;
        }
        let by_code = said.get("code").is_none_or(|code| code.parse::<Code>().is_ok());
        // Who could approve something on a repository can be asked where there is no request at all.
        let may_be_none = spec.name == "who can approve" && !said.get("code").is_some_and(is_pronoun);
        if meaning::concern(spec.name).is_some() && !by_code && !may_be_none {
            return self.on_what_is_meant(context, spec, said, Ask::IfSeveral).await;
        }
        let bound = self.for_what_was_shown(context, spec, said);
        let mut cards = (spec.run)(self, context, bound.as_ref().unwrap_or(said)).await?;
        if cards.iter().any(|card| card.refused) {
            for card in Box::pin(self.rather_meant(context, spec, said)).await? {
                beneath(&mut cards, Some(card));
            }
        }
        Ok(cards)
    }

    /// A command that was said as a question, or that is a guess: it is shown what it would be about, and asked. `question`: in
    /// these words.
    pub(super) async fn ask_first(
        &self,
        context: &Context,
        spec: &'static CommandSpec,
        said: &Said,
        question: Option<String>,
    ) -> Result<Vec<Card>, Failure> {
        if meaning::concern(spec.name).is_some() {
            return self.on_what_is_meant(context, spec, said, Ask::First(question)).await;
        }
        if !said.missing().is_empty() {
            return self.by_example(context, cards::not_complete(spec, said.missing())).await;
        }
        let pattern = Pattern::read(spec.grammar).expect("a test reads every grammar of the table");
        let say = pattern.say(|slot| said.get(slot));
        let question = question.unwrap_or_else(|| words::do_you_mean(&say));
        let offers = vec![Offer { label: say.chars().take(70).collect(), say }];
        self.ask_back(context, None, Doubt { about: About::Which, question, lines: vec![], offers }).await
    }

    /// A sentence that is not a whole command: the answer to a question, a command about what is in question, a request that
    /// lacks something, or nothing that can be understood.
    async fn not_complete(
        &self,
        context: &Context,
        sentence: &Sentence<'_>,
        understood: Option<(&'static CommandSpec, Said)>,
    ) -> Result<Vec<Card>, Failure> {
        // A command, or a request that says all it must, is no answer to what was asked before.
        let may_answer =
            understood.as_ref().is_none_or(|(spec, said)| may_answer(spec) && !said.missing().is_empty());
        let asked = if may_answer { self.question(context).await? } else { None };
        if let Some(question) = asked {
            if let Some(cards) = Box::pin(self.take_answer(context, &question, sentence.text())).await? {
                return Ok(cards);
            }
            // A remark that names nothing takes no question's place.
            if understood.as_ref().is_some_and(|(spec, said)| is_remark(spec, said, sentence)) {
                return if commands::opens_one(sentence) {
                    Box::pin(self.no_command(context, sentence)).await
                } else {
                    self.shown_as_unread(context, question, sentence).await
                };
            }
        }
        let Some((spec, said)) = understood else {
            return Box::pin(self.no_command(context, sentence)).await;
        };
        // A request is no repository: "edit K7QM2X" wants another than that one.
        if names_a_request(&said)
            && let Some(cards) = self.about_a_code(context, sentence).await?
        {
            return Ok(cards);
        }
        if spec.takes_partial {
            return self.run_beside(context, (spec, &said)).await;
        }
        if !said.unsure().is_empty() && meaning::concern(spec.name).is_some() {
            let question = words::did_i_understand(said.unsure());
            return self.on_what_is_meant(context, spec, &said, Ask::First(Some(question))).await;
        }
        if said.lacks_nothing_but_a_text() && self.has(context).desk {
            return self.ask_for_text(context, spec, &said).await;
        }
        let lacks_code = said.missing().iter().any(|slot| slot == "code");
        if lacks_code && meaning::concern(spec.name).is_some() {
            return self.on_what_is_meant_beside(context, (spec, &said)).await;
        }
        let nearest = vec![spec.grammar.to_owned()];
        let violation = Violation::NotUnderstood { said: repeated(sentence.text()), nearest };
        let _: Decided<()> = self.requests.refuse(context, spec.name, violation).await?;
        self.by_example(context, cards::not_complete(spec, said.missing())).await
    }

    /// A sentence that is no command: it takes something back, changes something, names something, or is not understood.
    async fn no_command(&self, context: &Context, sentence: &Sentence<'_>) -> Result<Vec<Card>, Failure> {
        if mood::regrets(sentence)
            && self.question(context).await?.is_none()
            && let Some(cards) = Box::pin(self.undone(context, Undo::Last, true)).await?
        {
            return Ok(cards);
        }
        if let Some(rest) = mood::behind_second_thought(sentence)
            && let Some(cards) = Box::pin(self.rather_done(context, rest)).await?
        {
            return Ok(cards);
        }
        if mood::calls_off(sentence) {
            let asks = mood::asks(sentence.text());
            return self.called_off(context, mood::is_slip(sentence), asks).await;
        }
        if let Some(cards) = self.same_as_well(context, sentence).await? {
            return Ok(cards);
        }
        if let Some(change) = mood::behind_turn(sentence).filter(|_| !mood::asks(sentence.text())) {
            // "Actually give it back" changes nothing of what waits.
            if let Some(cards) = Box::pin(self.rather_given_up(context, change)).await? {
                return Ok(cards);
            }
            if let Some(cards) = self.turned(context, change).await? {
                return Ok(cards);
            }
        }
        if mood::is_slip(sentence)
            && let Some(cards) = self.undone(context, Undo::Something, true).await?
        {
            return Ok(cards);
        }
        if commands::corrected(sentence).is_some() {
            return self.not_understood(context, sentence).await;
        }
        if let Some(cards) = self.about_a_code(context, sentence).await? {
            return Ok(cards);
        }
        if let Some(cards) = self.about_a_name(context, sentence).await? {
            return Ok(cards);
        }
        let Some(question) = self.question(context).await? else {
            return self.no_answer(context, sentence).await;
        };
        // Whoever says another command means that one. What was asked waits on, and is shown with what can be answered.
        if mood::begins_another(sentence) || commands::opens_one(sentence) {
            Box::pin(self.another_beside(context, question, sentence)).await
        } else {
            self.not_an_answer(context, question, sentence).await
        }
    }

    /// The same where nothing was asked: it may be a counter-offer, or a change.
    async fn no_answer(&self, context: &Context, sentence: &Sentence<'_>) -> Result<Vec<Card>, Failure> {
        let wanted = plain::without_instead(sentence.text());
        let is_change = self.is_change(context, wanted) && !mood::asks(sentence.text());
        let cards = if bids_to_give(sentence) {
            self.offered_instead(context, sentence).await?
        } else if is_change {
            self.changed_by(context, wanted).await?
        } else {
            None
        };
        match cards {
            Some(cards) => Ok(cards),
            None => self.not_understood(context, sentence).await,
        }
    }

    /// "Only 4 hours please", "it is for Ben": parts of a request, and nothing else, are a change of what is there.
    fn is_change(&self, context: &Context, wanted: &str) -> bool {
        let customs = self.customs(context);
        let said = Sentence::spoken_by(wanted, &customs);
        plain::part(&Sentence::spoken_by(mood::Answer::of(&said).text, &customs)).says_only_that()
    }

    /// Another sentence than an answer, beside a question that waits on.
    async fn another_beside(
        &self,
        context: &Context,
        question: Question,
        sentence: &Sentence<'_>,
    ) -> Result<Vec<Card>, Failure> {
        let mut cards = self.not_understood(context, sentence).await?;
        if self.question(context).await?.is_some_and(|open| open.id == question.id) {
            cards.extend(self.still_asked(context, question).await?);
        }
        Ok(cards)
    }

    /// Never silence: the nearest commands.
    pub(crate) async fn not_understood(
        &self,
        context: &Context,
        sentence: &Sentence<'_>,
    ) -> Result<Vec<Card>, Failure> {
        if let Some(text) = commands::corrected(sentence) {
            if let Some((spec, said)) =
                commands::understand(&Sentence::new(&text)).filter(|(spec, _)| spec.decides())
            {
                return Box::pin(self.ask_first(context, spec, &said, Some(words::do_you_mean(&text)))).await;
            }
            let offers = vec![Offer { label: text.chars().take(70).collect(), say: text.clone() }];
            let question = words::do_you_mean(&text);
            return self
                .ask_back(context, None, Doubt { about: About::Which, question, lines: vec![], offers })
                .await;
        }
        if let Some(cards) = Box::pin(self.answer_from_documents(context, sentence.text())).await? {
            return Ok(cards);
        }
        let has = self.has(context);
        let nearest: Vec<_> =
            commands::near(sentence).into_iter().filter(|spec| spec.is_for(&context.person, has)).collect();
        let names = nearest.iter().map(|spec| spec.name.to_owned()).collect();
        let violation = Violation::NotUnderstood { said: repeated(sentence.text()), nearest: names };
        let refused: Decided<()> = self.requests.refuse(context, "say", violation).await?;
        Ok(refused.err().map(|denied| cards::not_understood(&denied, &nearest)).into_iter().collect())
    }
}

/// Whether nothing lacks, and nothing is unsure.
fn is_whole(said: &Said) -> bool {
    said.missing().is_empty() && said.unsure().is_empty() && !names_a_request(said)
}

/// Whether what stands in the place of a repository is a request.
fn names_a_request(said: &Said) -> bool {
    said.get("repository").is_some_and(|name| name.parse::<Code>().is_ok())
}

/// Whether a command is carried out as it stands: it decides, or asks for access and leaves nothing to be asked.
pub(super) fn is_done_at_once(spec: &CommandSpec, said: &Said) -> bool {
    let asked = ["begins", "times", "also", "sentences", "refrain"];
    is_whole(said)
        && (spec.decides() || spec.takes_partial && asked.iter().all(|slot| said.get(slot).is_none()))
}

/// Whether somebody is bidden to give something to others: who decides says so, and it changes nothing of one's own.
fn bids_to_give(sentence: &Sentence<'_>) -> bool {
    const ONESELF: [&str; 8] = ["me", "us", "mir", "mich", "uns", "moi", "nous", "myself"];
    let words = &sentence.words;
    matches!(LEXICON.tag(words), Some((Tag::Give, _)))
        && !words.iter().any(|word| ONESELF.contains(&word.lower.as_str()))
}

/// Whether what lacks something of a command may be the answer to what was asked: "one more hour".
fn may_answer(spec: &CommandSpec) -> bool {
    spec.takes_partial || spec.name == "extend"
}

/// Whether a sentence only seems to ask for access: no repository is named, and "access" is not what it begins with.
fn is_remark(spec: &CommandSpec, said: &Said, sentence: &Sentence<'_>) -> bool {
    let names_nothing =
        ["repository", "user", "duration", "time", "KEY"].iter().all(|slot| said.get(slot).is_none());
    spec.name == "access"
        && names_nothing
        && sentence.words.first().is_some_and(|word| word.lower != "access")
}

pub(super) fn repeated(text: &str) -> String {
    let named = with_names(text, |_| words::SOMEBODY.to_owned());
    countersign_domain::words::flat(&named.chars().take(4 * REPEATED).collect::<String>())
        .chars()
        .take(REPEATED)
        .collect()
}
