//! Other times for an access that is in force: it can last longer, which is asked for, and it can be given back; what is said of
//! it may mean several of these, so that each is offered as far as the rules let it be, and nothing is done unasked.

use countersign_domain::access::{AccessRequest, Grant, Longer};
use countersign_domain::capabilities::violation;
use countersign_domain::card::Card;
use countersign_domain::denied::Denied;
use countersign_domain::duration::{End, parse_minutes, say_minutes, vague};
use countersign_domain::question::{About, Offer, Wish};
use countersign_domain::request::later;
use countersign_domain::words::instant;
use jiff::Timestamp;

use super::asking::Doubt;
use super::changing::with_part;
use super::timing::{Times, as_end};
use super::{Chat, Seen};
use crate::cards;
use crate::context::Context;
use crate::engine::Failure;
use crate::moment::Here;
use crate::plain::Plain;
use crate::words;

impl Chat {
    /// Asks what a change of an access that is in force shall mean. `as_asked`: what was asked for, as it would be asked for anew;
    /// `why`: the reason of an extension, where it was said.
    pub(crate) async fn change_in_force(
        &self,
        context: &Context,
        seen: &Seen<AccessRequest>,
        as_asked: Wish,
        mut part: Plain,
        why: Option<&str>,
    ) -> Result<Vec<Card>, Failure> {
        let Some(grant) = &seen.request.own.grant else {
            return Ok(vec![cards::nothing(words::change_not_read())]);
        };
        as_end(&mut part);
        let here = self.here(context).await?;
        if !part.says_nothing_but_time() {
            return self.beside(context, seen, as_asked, &part, &here).await;
        }
        let lasting = match Times::of_part(&part).lasting(&here) {
            Ok(lasting) => lasting.unwrap_or_default(),
            // Which time is meant would be asked about a request, and this is none.
            Err(doubt) => return Ok(vec![cards::lines(&doubt.question, &doubt.lines)]),
        };
        if let Some((_, may_be)) = vague(&lasting) {
            return self.which_length(context, may_be).await;
        }
        if seen.request.open.is_some() {
            return self.ask_instead(context, (seen, grant), &lasting, &here).await;
        }
        let because = why.map(|why| format!(" because {why}")).unwrap_or_default();
        let (mut offers, mut refused) = (Vec::new(), None);
        let readings = readings(&lasting, grant, &here);
        for Reading { label, until, longer } in &readings {
            let Some(longer) = longer else { continue };
            match self.requests.no_extension(context, &seen.request, *longer).await? {
                None => {
                    let said = match longer.until {
                        Some(_) => format!("until {}", here.written(*until)),
                        None => format!("for {} minutes", longer.minutes),
                    };
                    let say = format!("extend {} {said}{because}", seen.code);
                    offers.push(Offer { label: label.clone(), say });
                }
                Some(denied) => refused = refused.or(Some(denied)),
            }
        }
        let is_sooner = readings.first().is_none_or(|reading| reading.until < grant.until);
        self.ask_about_the_end(context, (seen, grant), offers, is_sooner, refused).await
    }

    /// "2 to 3 days": which of them it shall be.
    async fn which_length(&self, context: &Context, may_be: Vec<String>) -> Result<Vec<Card>, Failure> {
        let offer = |long: String| Offer { label: words::for_so_long(&long), say: format!("make it {long}") };
        let (about, offers) = (About::Which, may_be.into_iter().map(offer).collect());
        let question = words::WHICH_OF_THE_TIMES.to_owned();
        self.ask_back(context, None, Doubt { about, question, lines: vec![], offers }).await
    }

    /// While an extension waits, another time means that one: whether it shall be asked for instead.
    async fn ask_instead(
        &self,
        context: &Context,
        (seen, grant): (&Seen<AccessRequest>, &Grant),
        lasting: &str,
        here: &Here,
    ) -> Result<Vec<Card>, Failure> {
        let Some((longer, until)) = as_much_more(lasting, grant, here) else {
            return self.ends_sooner(context, seen).await;
        };
        if let Some(denied) = self.no_other_extension(context, seen, longer).await? {
            return Ok(vec![cards::denied(&denied, None)]);
        }
        let said = match longer.until {
            Some(_) => format!("until {}", here.written(until)),
            None => say_minutes(longer.minutes),
        };
        let question = words::instead_of_the_extension(&seen.code, &said, longer.until.is_none());
        let say = format!("replace {} with {said}", seen.code);
        let offers = vec![Offer { label: words::YES_ANEW.to_owned(), say }];
        self.ask_back(context, None, Doubt { about: About::Which, question, lines: vec![], offers }).await
    }

    /// Why it could not be asked for to last so much longer, were the extension that waits withdrawn.
    async fn no_other_extension(
        &self,
        context: &Context,
        seen: &Seen<AccessRequest>,
        longer: Longer,
    ) -> Result<Option<Denied>, Failure> {
        let mut without = seen.request.clone();
        without.open = None;
        self.requests.no_extension(context, &without, longer).await
    }

    /// Asks for another extension in the place of the one that waits, for the same reason; nobody loses it for one that is refused,
    /// or that no vendor can be asked about.
    pub(crate) async fn extend_instead(
        &self,
        context: &Context,
        seen: &Seen<AccessRequest>,
        mut part: Plain,
    ) -> Result<Vec<Card>, Failure> {
        as_end(&mut part);
        let here = self.here(context).await?;
        let (Some(grant), Ok(Some(lasting))) =
            (&seen.request.own.grant, Times::of_part(&part).lasting(&here))
        else {
            return Ok(vec![cards::nothing(words::change_not_read())]);
        };
        if as_much_more(&lasting, grant, &here).is_none() {
            return self.ends_sooner(context, seen).await;
        }
        let why = seen.request.open.as_ref().and_then(|open| open.why.as_deref());
        let decided = match self.requests.open(context, "extend", &seen.code).await? {
            Ok(opened) => self.requests.extend_instead(context, &opened, &lasting, why).await?,
            Err(denied) => Err(denied),
        };
        self.answer(context, Some(&seen.code), decided).await
    }

    /// That an access cannot end sooner by itself, and that it can be given back.
    pub(crate) async fn ends_sooner(
        &self,
        context: &Context,
        seen: &Seen<AccessRequest>,
    ) -> Result<Vec<Card>, Failure> {
        let Some(grant) = &seen.request.own.grant else {
            return Ok(vec![cards::nothing(words::change_not_read())]);
        };
        self.ask_about_the_end(context, (seen, grant), vec![], true, None).await
    }

    async fn ask_about_the_end(
        &self,
        context: &Context,
        (seen, grant): (&Seen<AccessRequest>, &Grant),
        mut offers: Vec<Offer>,
        is_sooner: bool,
        refused: Option<Denied>,
    ) -> Result<Vec<Card>, Failure> {
        let mut lines: Vec<_> = refused.iter().flat_map(|denied| denied.0.iter().map(violation)).collect();
        if is_sooner {
            lines.push(words::ends_no_sooner().to_owned());
            let say = format!("give back {}", seen.code);
            offers.push(Offer { label: words::give_it_back_now().to_owned(), say });
        }
        let question = words::what_of_what_is_in_force(&seen.code, &instant(grant.until), !offers.is_empty());
        self.ask_back(context, None, Doubt { about: About::Which, question, lines, offers }).await
    }

    /// Something else than time: that is another access, beside this one.
    async fn beside(
        &self,
        context: &Context,
        seen: &Seen<AccessRequest>,
        as_asked: Wish,
        part: &Plain,
        here: &Here,
    ) -> Result<Vec<Card>, Failure> {
        let wish = match with_part(Wish { instead_of: None, ..as_asked.clone() }, part, here) {
            Ok(wish) => wish,
            Err(doubt) => return self.ask_back(context, Some(as_asked), *doubt).await,
        };
        let form = &wish.form;
        let what = words::on(
            form.permission.as_deref().unwrap_or_default(),
            form.repository.as_deref().unwrap_or_default(),
        );
        let yes = Offer { label: words::YES_BESIDE.to_owned(), say: "yes".to_owned() };
        let question = words::beside_what_is_in_force(&seen.code, &what);
        let doubt = Doubt { about: About::All, question, lines: vec![], offers: vec![yes] };
        self.ask_back(context, Some(wish), doubt).await
    }
}

/// What somebody may mean by what they say of how long it lasts.
struct Reading {
    /// In words.
    label: String,
    /// Until when it would last.
    until: Timestamp,
    /// How much longer that is; nothing where it is no longer.
    longer: Option<Longer>,
}

/// How much longer than now it would last where an extension was asked for already, and until when: then as much more is what is said.
fn as_much_more(lasting: &str, grant: &Grant, here: &Here) -> Option<(Longer, Timestamp)> {
    let mut readings = readings(lasting, grant, here).into_iter().rev();
    readings.find_map(|reading| Some((reading.longer?, reading.until)))
}

/// Until when it would last by what was said of how long it lasts, the likeliest first: until then, so long in all, or so much
/// longer.
fn readings(lasting: &str, grant: &Grant, here: &Here) -> Vec<Reading> {
    if let Some(end) = End::read(lasting) {
        let label = words::until_capital(&here.said(end.at));
        return vec![Reading { label, until: end.at, longer: Longer::until(end, grant.until) }];
    }
    let minutes = parse_minutes(lasting).ok();
    let Some(minutes) = minutes else { return vec![] };
    let (in_all, more) = (later(grant.since, minutes), later(grant.until, minutes));
    let said = say_minutes(minutes);
    vec![
        Reading {
            label: words::so_long_in_all(&here.said(in_all), &said),
            until: in_all,
            longer: End::from(in_all).minutes_from(grant.until).map(Longer::by),
        },
        Reading {
            label: words::so_much_longer(&said, &here.said(more)),
            until: more,
            longer: Some(Longer::by(minutes)),
        },
    ]
}
