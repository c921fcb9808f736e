//! Which request is meant by whoever names none: the one in this thread or on the card they answer to, else the only one
//! there is. Where there are several they are offered; nothing is done on a guess.

use countersign_domain::capabilities::AnyRequest;
use countersign_domain::card::Card;
use countersign_domain::question::{About, Offer};
use countersign_domain::request::{Code, Stage};
use countersign_domain::words::instant;
use countersign_projections::request::RequestRow;
use futures::future::BoxFuture;

use super::asking::{BUTTONS, Doubt};
use super::beside::put_off;
use super::choosing::{place, said_on, tell_apart};
use super::named::{
    code_and_more, is_named, is_named_in_part, is_own, is_plural, kind_named, names_an_extension, names_none,
    only_of_those, without_before, without_closing, without_fate, without_only,
};
use super::narrowing::leave_what_fits;
use super::unseen::beneath;
use super::{Chat, Seen};
use crate::cards;
use crate::commands::{self, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::normalise::Says;
use crate::words;

/// The most words at the beginning of what was said that may name a request.
const NAMING: usize = 8;

/// What a command can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Concern {
    /// What waits for who speaks to decide on it.
    ToDecide,
    /// Their own that wait.
    OwnWaiting,
    /// Those of them that can be asked for anew with a change.
    OwnToChange,
    /// Their own that are in force.
    OwnInForce,
    /// What is in force and they may look at: theirs, or what they could end.
    InForce,
    /// What they have countersigned, and what waits or stands because of it.
    Countersigned,
    /// Whatever of theirs is open, or waits for them.
    Open,
}

/// Whether it is asked before something is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Where it is not sure which one is meant.
    IfSeveral,
    /// In any case, in these words or in those of the command.
    First(Option<String>),
}

/// What a command is about that names a request.
pub(crate) fn concern(command: &str) -> Option<Concern> {
    Some(match command {
        "approve" | "deny" | "deny without a reason" => Concern::ToDecide,
        "withdraw" => Concern::OwnWaiting,
        "make it" | "replace" => Concern::OwnToChange,
        "revoke" => Concern::InForce,
        "give back" | "extend" => Concern::OwnInForce,
        "take back" => Concern::Countersigned,
        "why" | "status" | "who can approve" | "ask everybody" => Concern::Open,
        _ => return None,
    })
}

/// Whether a word says no more than which one is in question anyway.
pub(crate) fn is_pronoun(given: &str) -> bool {
    Says::Pronoun.is(&without_before(given).to_lowercase())
}

impl Concern {
    /// The same of what is one's own.
    const fn of_oneself(self) -> Self {
        match self {
            Self::ToDecide => Self::OwnWaiting,
            Self::InForce => Self::OwnInForce,
            other => other,
        }
    }
}

impl Chat {
    /// Carries out a command on the request that is meant, where it is sure which one that is.
    pub(crate) fn on_what_is_meant<'a>(
        &'a self,
        context: &'a Context,
        spec: &'static CommandSpec,
        said: &'a Said,
        ask: Ask,
    ) -> BoxFuture<'a, Result<Vec<Card>, Failure>> {
        Box::pin(async move {
            if let Some(cards) = self.each_that_is_named(context, spec, said).await? {
                return Ok(cards);
            }
            let named = said.get("code").map(without_closing).map(without_only);
            // What only looks at one takes no more than its name.
            let named = named.map(|named| if spec.decides() { named } else { without_fate(named) });
            if let Some((code, more)) = named.and_then(code_and_more)
                && let Some(cards) = self.with_more(context, spec, (&code, more)).await?
            {
                return Ok(cards);
            }
            if let Some((name, time)) = named.and_then(|given| put_off(spec, given)) {
                let (said, question) = (said.with("code", name), words::only_at_once(spec.name, &time));
                return self.on_what_is_meant(context, spec, &said, Ask::First(Some(question))).await;
            }
            let is_none =
                |given: &str| is_pronoun(given) || is_plural(given) || !spec.decides() && names_none(given);
            let given = named.filter(|given| !is_none(given));
            if given.is_none()
                && let Some(cards) = self.of_the_draft(context, spec, said).await?
            {
                return Ok(cards);
            }
            let ask = Self::with_more_of_several(spec, named, ask);
            let is_several = said.get("code").is_some_and(is_plural);
            let (meant, ask) = self.meant_by(context, spec, (named, given), ask).await?;
            let unseen = self.unseen(context, spec, (named, given), &meant).await?;
            match (meant.as_slice(), given) {
                ([], Some(given)) => self.nothing_by_name(context, spec, said, given).await,
                ([], None) => self.nothing_at_all(context, spec, said).await,
                ([one], _) if ask == Ask::IfSeveral && !is_several => {
                    match self.rather(context, spec.name, one).await? {
                        Some(other) => self.ask_which(context, other, said, &meant, None).await,
                        None => self.decided_once_seen(context, spec, (said, given), (one, unseen)).await,
                    }
                }
                (several, _) => {
                    let question = match ask {
                        Ask::First(question) => question,
                        Ask::IfSeveral => (is_several && several.len() > 1 && spec.decides())
                            .then(|| words::EACH_BY_ITSELF.to_owned()),
                    };
                    let mut cards = self.ask_which(context, spec, said, several, question).await?;
                    beneath(&mut cards, unseen);
                    Ok(cards)
                }
            }
        })
    }

    /// Of several that are decided on, what else was said has no place in that: it is told with the question which one.
    fn with_more_of_several(spec: &CommandSpec, named: Option<&str>, ask: Ask) -> Ask {
        let several = named.filter(|given| is_plural(given) && concern(spec.name) == Some(Concern::ToDecide));
        let more = several
            .and_then(Self::more_of_several)
            .filter(|_| ask == Ask::IfSeveral || ask == Ask::First(None));
        match more {
            Some(more) => Ask::First(Some(words::decide_with_more(spec.name, &[], Some(&more), false, 2))),
            None => ask,
        }
    }

    /// The requests that may be meant by what was `named`, of which `given` is a name; and whether it is asked. Whoever says that it is
    /// their own means one of theirs.
    async fn meant_by(
        &self,
        context: &Context,
        spec: &CommandSpec,
        (named, given): (Option<&str>, Option<&str>),
        ask: Ask,
    ) -> Result<(Vec<Seen>, Ask), Failure> {
        let concern = concern(spec.name).unwrap_or(Concern::Open);
        let (several, is_own) = (named.is_some_and(is_plural), named.is_some_and(is_own));
        if is_own {
            let mut own = self.meant(context, given, several, concern.of_oneself()).await?;
            own.retain(|seen| seen.request.concerns(&context.person.id));
            if !own.is_empty() {
                return Ok((own, ask));
            }
        }
        let names_no_one = given.is_none() && concern == Concern::Open;
        let asked = if names_no_one && !several { self.asked_about(context).await? } else { None };
        if let Some(asked) = asked {
            return Ok((vec![asked], ask));
        }
        let mut meant = self.meant(context, given, several, concern).await?;
        if meant.is_empty() && names_no_one {
            meant.extend(self.last_of(context)?);
        }
        leave_what_fits(context, (spec, given), &mut meant);
        if let Some(given) = named.filter(|_| several) {
            only_of_those(&mut meant, given);
        }
        // What is somebody else's is not done unasked to who said that it is their own.
        let is_asked = is_own && spec.decides() && ask == Ask::IfSeveral;
        Ok((meant, if is_asked { Ask::First(None) } else { ask }))
    }

    /// What of theirs was decided or ended last, where nothing is open: whoever asks why means that.
    fn last_of(&self, context: &Context) -> Result<Option<Seen>, Failure> {
        let last = self.concerned_with(&context.tenant, &context.person)?.into_iter().next();
        Ok(last.map(Seen::from))
    }

    /// The requests that may be meant, the newest first: by a code, a repository, a person or a ticket; else the one in
    /// question, or whatever the command can be about.
    pub(super) async fn meant(
        &self,
        context: &Context,
        given: Option<&str>,
        several: bool,
        concern: Concern,
    ) -> Result<Vec<Seen>, Failure> {
        let code = match given {
            Some(given) => match given.parse::<Code>() {
                Ok(code) => Some(code),
                Err(_) => self.in_question_by_kind(context, given).await?,
            },
            None if several => None,
            None => self.in_question(context).await?,
        };
        if let Some(code) = code {
            let Some(request) = self.requests.any(&context.tenant, &code).await? else { return Ok(vec![]) };
            let sees = self.sees(&context.tenant, &context.person, &request).await?;
            return Ok(sees.then_some(Seen { code, request }).into_iter().collect());
        }
        // More time that waits is no name of what is in force: who needs none of it keeps that.
        let is_in_force = matches!(concern, Concern::InForce | Concern::OwnInForce);
        if is_in_force && given.is_some_and(names_an_extension) {
            return Ok(vec![]);
        }
        let rows = self.concerned(context, concern).await?.into_iter();
        let rows = rows.filter(|row| given.is_none_or(|given| is_named(&*row.request, given)));
        Ok(rows.map(Seen::from).collect())
    }

    /// The requests that what was said may begin with: by their place in the list, by a part of a name, or as whichever is in
    /// question.
    pub(super) async fn loosely_meant(
        &self,
        context: &Context,
        given: &str,
        concern: Concern,
    ) -> Result<Vec<Seen>, Failure> {
        if let Some(at) = place(&given.trim().to_lowercase())
            && let Some(listed) = self.listed_at(context, concern, at).await?
        {
            return Ok(listed);
        }
        let words: Vec<&str> = given.split_whitespace().take(NAMING).collect();
        let rows = self.concerned(context, concern).await?;
        for count in (1..=words.len()).rev() {
            let said = words[..count].join(" ").to_lowercase();
            if is_pronoun(&said) {
                return self.meant(context, None, false, concern).await;
            }
            let at = place(&said);
            let is_meant = |(index, row): &(usize, &RequestRow)| match at {
                Some(at) => *index == at,
                None => is_named(&*row.request, &said) || is_named_in_part(&*row.request, &said),
            };
            let meant = rows.iter().enumerate().filter(is_meant);
            let seen = |row: &RequestRow| Seen { code: row.code.clone(), request: row.request.clone() };
            let meant: Vec<_> = meant.map(|(_, row)| seen(row)).collect();
            if !meant.is_empty() {
                return Ok(meant);
            }
        }
        Ok(vec![])
    }

    /// Asks which one is meant, also where there is one only. Each is named by all that an approver goes by, and what is offered
    /// counts for what was shown alone.
    pub(super) async fn ask_which(
        &self,
        context: &Context,
        spec: &'static CommandSpec,
        said: &Said,
        several: &[Seen],
        question: Option<String>,
    ) -> Result<Vec<Card>, Failure> {
        let mut offers = Vec::new();
        for seen in several.iter().take(BUTTONS) {
            let say = said_on(spec, seen, |slot| said.get(slot));
            offers.push(Offer { label: self.named(context, seen).await?, say });
        }
        tell_apart(&mut offers, several);
        let more = several.len() - offers.len();
        // Whoever means all of them at once is told why one is asked for.
        let means_all = several.len() > 1 && said.get("code").is_some_and(is_plural);
        let each = means_all
            .then(|| words::EACH_BY_ITSELF.to_owned())
            .filter(|each| question.as_ref() != Some(each));
        let more = (more > 0).then(|| words::and_more_listed(more, spec.name));
        // What was said for a reason is kept, and so it is shown, unless the question says it.
        let takes_reason = question.is_none() && spec.grammar.contains("<reason>");
        let why = said.get("reason").filter(|_| takes_reason).map(words::for_this_reason);
        let lines = each.into_iter().chain(why).chain(more).collect();
        let question = question.unwrap_or_else(|| words::which_one(spec.name, several.len()));
        self.ask_back(context, None, Doubt { about: About::Which, question, lines, offers }).await
    }

    /// A request in one line: its code, who, what on what, and for how long or until when.
    pub(crate) async fn named(&self, context: &Context, seen: &Seen) -> Result<String, Failure> {
        let title = self.card(context, seen).await?.title;
        Ok(match seen.request.until() {
            Some(until) => format!("{title}, until {}", instant(until)),
            None => title,
        })
    }

    /// Runs a command, or says what it still lacks.
    pub(super) async fn carried_out(
        &self,
        context: &Context,
        spec: &'static CommandSpec,
        said: &Said,
    ) -> Result<Vec<Card>, Failure> {
        if said.missing().is_empty() {
            return (spec.run)(self, context, said).await;
        }
        self.by_example(context, cards::not_complete(spec, said.missing())).await
    }

    /// The request of the thread, or of the card that was answered to, where who speaks may see it.
    pub(crate) async fn in_question(&self, context: &Context) -> Result<Option<Code>, Failure> {
        let Some(code) = &context.scene.about else { return Ok(None) };
        let Some(request) = self.requests.any(&context.tenant, code).await? else { return Ok(None) };
        let sees = self.sees(&context.tenant, &context.person, &request).await?;
        Ok(sees.then(|| code.clone()))
    }

    /// The same with the request itself.
    pub(crate) async fn talked_about(&self, context: &Context) -> Result<Option<Seen>, Failure> {
        let Some(code) = self.in_question(context).await? else { return Ok(None) };
        self.seen_by_code(context, &context.tenant, &code)
            .await
            .map(|request| request.map(|request| Seen { code, request }))
    }

    /// The same where it is of the kind that was named, and nothing else was.
    async fn in_question_by_kind(&self, context: &Context, given: &str) -> Result<Option<Code>, Failure> {
        let Some(kind) = kind_named(given) else { return Ok(None) };
        let Some(code) = self.in_question(context).await? else { return Ok(None) };
        let request = self.requests.any(&context.tenant, &code).await?;
        Ok(request.filter(|request| request.kind() == kind).map(|_| code))
    }

    /// The requests that a command can be about, the newest first.
    pub(crate) async fn concerned(
        &self,
        context: &Context,
        concern: Concern,
    ) -> Result<Vec<RequestRow>, Failure> {
        let (tenant, person) = (&context.tenant, &context.person);
        let to_decide = || self.waiting_for(tenant, person);
        let own = |fits: fn(&AnyRequest) -> bool| {
            let rows = self.own_open(tenant, person)?;
            Ok::<_, Failure>(rows.into_iter().filter(|row| fits(&row.request)).collect::<Vec<_>>())
        };
        Ok(match concern {
            Concern::ToDecide => to_decide().await?,
            Concern::OwnWaiting => own(|request| request.is_to_be_decided())?,
            Concern::OwnToChange => {
                own(|request| request.is_to_be_decided() && commands::can_be_changed(request))?
            }
            Concern::OwnInForce => own(stands)?,
            Concern::Countersigned => {
                let mut rows = self.concerned_with(tenant, person)?;
                rows.retain(|row| {
                    let open = row.request.open();
                    let is_open = open.is_some_and(|open| open.countersigned.contains(&person.id));
                    is_open || row.request.was_carried_by(&person.id)
                });
                rows
            }
            Concern::InForce => {
                let mut rows = self.in_force(tenant)?;
                let people = self.directory.present(tenant).await?.state;
                let absent = people.absent_for(person, self.now());
                rows.retain(|row| stands(&row.request) && row.request.is_seen_by(person, &absent));
                rows
            }
            Concern::Open => {
                let mut rows = own(|_| true)?;
                rows.extend(to_decide().await?);
                let mut known = std::collections::BTreeSet::new();
                rows.retain(|row| known.insert(row.code.clone()));
                rows
            }
        })
    }
}

/// Whether something came of it that lasts, and nobody has begun to end it.
pub(super) fn stands(request: &AnyRequest) -> bool {
    request.is_in_force() && request.standing().stage == Stage::Standing
}

/// The command with this name; a test holds the names that are used here against the table.
pub(crate) fn command(name: &str) -> &'static CommandSpec {
    commands::find(name).expect("the table holds it")
}
