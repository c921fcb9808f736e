//! Who and what may be meant by a name that is nobody's and nothing's: the nearest that there is, to be chosen.

use countersign_domain::access::{Asked, Fault};
use countersign_domain::capabilities::violation;
use countersign_domain::denied::{Field, Violation};
use countersign_domain::named::Named;
use countersign_domain::ports::Located;
use countersign_domain::question::{About, Offer, Wish};
use countersign_domain::tenant::{People, Person};
use futures::future::join_all;

use super::Chat;
use super::asking::{Doubt, Lacking};
use crate::context::Context;
use crate::directory::Present;
use crate::engine::Failure;
use crate::normalise::{LEXICON, Says};
use crate::plain;
use crate::resolve::{Candidate, TRACKER, Unresolved};
use crate::searched::{self, KNOWN};
use crate::words;
use crate::world::Vendors;

/// For so many words of a sentence a repository is looked for, where there are more of those than the forge names at once.
const SOUGHT: usize = 8;

impl Chat {
    /// The names of the first repositories that there are; nothing where that cannot be looked up now.
    pub(crate) async fn repositories(&self, context: &Context, most: usize) -> Option<Vec<String>> {
        let vendors = self.world.vendors(&context.tenant)?;
        vendors.forge.search("", most).await.ok()
    }

    /// The names of the repositories that these words may name: of all there are, or where those are more than the forge names at once,
    /// of those that hold one of the words as well.
    pub(super) async fn repositories_named(&self, context: &Context, words: &[String]) -> Vec<String> {
        let tenant = &context.tenant;
        let mut known = searched::names(&self.world, tenant, "").await;
        if known.len() >= KNOWN {
            let sought = words.iter().take(SOUGHT).map(|word| searched::names(&self.world, tenant, word));
            known.extend(join_all(sought).await.into_iter().flatten());
        }
        known
    }

    /// "He", "my colleague": whoever is meant is asked, with those whom who speaks has just been talking about.
    pub(super) async fn of_the_unnamed(
        &self,
        context: &Context,
        wish: &Wish,
    ) -> Result<Option<Doubt>, Failure> {
        let is_nobody = |user: &&str| {
            let lower = user.trim().to_lowercase();
            Says::Somebody.is(&lower) || LEXICON.is_kin(&lower)
        };
        let Some(user) = wish.form.user.as_deref().filter(is_nobody) else { return Ok(None) };
        let people = self.directory.present(&context.tenant).await?.state;
        let talked_about = self.talked_about(context).await?.map(|seen| seen.request);
        let own = self.concerned_with(&context.tenant, &context.person)?.into_iter().map(|row| row.request);
        let mut known: Vec<&Person> = Vec::new();
        for request in talked_about.into_iter().chain(own) {
            let asker = request.requester().map(|requester| &requester.id);
            for id in request.subjects().into_iter().chain(asker) {
                let person = people.people.get(id).filter(|person| person.id != context.person.id);
                known.extend(person.filter(|person| known.iter().all(|other| other.id != person.id)));
            }
        }
        let offer = |person: &&Person| Offer { label: person.name.clone(), say: person.id.to_string() };
        let offers = known.iter().take(OFFERED - 1).map(offer).collect();
        let doubt =
            Doubt { offers, ..Doubt::part(Field::User, words::FOR_WHOM_IS_IT) }.and_more_people(known.len());
        Ok(Some(doubt.because(words::who_is(user)).or_for_me()))
    }
}

impl Doubt {
    /// How many more there are than are offered, of `all`.
    fn and_more_people(self, all: usize) -> Self {
        match all.saturating_sub(self.offers.len()) {
            0 => self,
            more => self.because(words::and_more_people(more)),
        }
    }
}

/// Somebody who is named, and whom nobody can be told to be for sure.
pub(super) fn of_whom(unclear: &Unresolved) -> Doubt {
    let offer =
        |candidate: &Candidate| Offer { label: candidate.label.clone(), say: candidate.value.clone() };
    let offers = unclear.candidates.iter().take(OFFERED).map(offer).collect();
    let doubt = Doubt::part(unclear.field, words::FOR_WHOM_IS_IT).because(violation(&unclear.why));
    let doubt = Doubt { offers, ..doubt }.and_more_people(unclear.candidates.len());
    if unclear.field == Field::User { doubt.or_for_me() } else { doubt }
}

/// What could not be read: a name of somebody asks for whom it is, anything else whether it may be left out.
pub(super) fn of_the_unread(wish: &Wish, present: &Present) -> Option<Doubt> {
    let named = wish.unread.iter().filter(|_| wish.form.user.is_none()).find_map(|word| {
        let people = present.state.people.values();
        let called: Vec<_> = people.filter(|person| is_called(&person.name, word)).collect();
        (!called.is_empty()).then_some((word, called))
    });
    if let Some((word, called)) = named {
        let offer =
            |person: &Person| Offer { label: words::for_somebody(&person.name), say: person.id.to_string() };
        let all = called.len();
        let offers = called.into_iter().take(OFFERED - 1).map(offer).collect();
        let doubt = Doubt { offers, ..Doubt::part(Field::User, words::is_it_for(word)) };
        return Some(doubt.and_more_people(all).or_for_me());
    }
    if wish.unread.is_empty() {
        return None;
    }
    let yes = Offer { label: words::YES.to_owned(), say: "yes".to_owned() };
    let question = words::did_i_understand_all(wish);
    let mut offers = vec![yes];
    if let [only] = wish.unread.as_slice()
        && wish.form.reason.is_none()
        && plain::may_be_reason(only)
    {
        offers.push(Offer { label: words::THAT_IS_WHY.to_owned(), say: format!("because {only}") });
    }
    Some(Doubt { about: About::All, question, lines: vec![], offers })
}

/// Whether one of the words of somebody's name is this one, or all of them together.
pub(crate) fn is_called(name: &str, said: &str) -> bool {
    let (name, said) = (name.to_lowercase(), said.trim_start_matches('@').to_lowercase());
    name == said || name.split_whitespace().any(|own| own == said)
}

/// Whoever may be meant by a name that is nobody's whole name.
pub(super) fn of_a_name(name: &str, present: &Present) -> Option<Doubt> {
    let offer = |person: &Person| Offer { label: person.name.clone(), say: person.id.to_string() };
    let offers: Vec<_> = may_be_meant(name, &present.state).into_iter().map(offer).collect();
    (!offers.is_empty()).then(|| Doubt { offers, ..Doubt::part(Field::User, words::which_person(name)) })
}

/// The few people whose names hold everything that was said, but for a letter, an accent, or all but the first letter.
pub(crate) fn may_be_meant<'a>(name: &str, people: &'a People) -> Vec<&'a Person> {
    const TITLES: [&str; 14] = [
        "mr", "mrs", "ms", "miss", "dr", "herr", "herrn", "frau", "m", "mme", "monsieur", "madame", "señor",
        "señora",
    ];
    let plain = unaccented(name);
    // "@ben" is called so as "ben" is.
    let words =
        plain.split_whitespace().map(|word| word.trim_start_matches('@').trim_end_matches('.').to_owned());
    let mut said: Vec<String> = words.collect();
    if said.len() > 1 && TITLES.contains(&said[0].as_str()) {
        said.remove(0);
    }
    let may_be = |whole: &str| {
        let whole = unaccented(whole);
        let words: Vec<&str> = whole.split_whitespace().collect();
        said.iter().all(|word| {
            // Of two words each may have a slip; one alone, and short, is near to too many.
            let slips = usize::from(word.len() > 4 || said.len() > 1 && word.len() > 2);
            let is_initial = said.len() > 1 && word.chars().count() == 1;
            words.iter().any(|own| {
                strsim::osa_distance(own, word) <= slips || is_initial && own.starts_with(word.as_str())
            })
        })
    };
    let lower = name.trim_start_matches('@').to_lowercase();
    let is_id = |person: &Person| lower.len() > 4 && strsim::osa_distance(person.id.as_str(), &lower) <= 1;
    people.people.values().filter(|person| may_be(&person.name) || is_id(person)).take(5).collect()
}

/// A name in lower case, as who has no accents on their keyboard writes it.
fn unaccented(name: &str) -> String {
    const PLAIN: [(char, &str); 9] = [
        ('a', "áàâäãåā"),
        ('c', "çčć"),
        ('e', "éèêëēę"),
        ('i', "íìîïī"),
        ('n', "ñńň"),
        ('o', "óòôöõøō"),
        ('s', "śšş"),
        ('u', "úùûüū"),
        ('z', "źżž"),
    ];
    let plain =
        |sign: char| PLAIN.iter().find(|(_, own)| own.contains(sign)).map_or(sign, |(plain, _)| *plain);
    name.to_lowercase().chars().map(plain).collect()
}

/// A group is no one person: whose access it is must be said. "The devs" may be the group "dev".
pub(super) fn of_a_group(name: &str, present: &Present) -> Option<Doubt> {
    let lower = name.to_lowercase();
    let said = lower.strip_prefix("the ").or_else(|| lower.strip_prefix("die ")).unwrap_or(&lower);
    let is_named = |group: &&String| {
        let own = group.to_lowercase();
        own == said || own.strip_suffix('s').unwrap_or(&own) == said.strip_suffix('s').unwrap_or(said)
    };
    let people = || present.state.people.values();
    // Who is called so, is meant.
    let is_person = |person: &Person| person.id.as_str() == lower || person.name.to_lowercase() == lower;
    if people().any(is_person) {
        return None;
    }
    let group = people().flat_map(|person| &person.groups).find(is_named)?;
    let members: Vec<&Person> = people().filter(|person| person.groups.contains(group)).collect();
    let offer = |person: &&Person| Offer { label: person.name.clone(), say: person.id.to_string() };
    let offers = if members.len() < OFFERED { members.iter().map(offer).collect() } else { vec![] };
    let doubt = Doubt { offers, ..Doubt::part(Field::User, words::FOR_WHOM_IS_IT) };
    Some(doubt.because(words::is_a_group(name, members.len())).or_for_me())
}

/// What the vendors do not know. Where one of them cannot be asked now, the request is born and checked later.
pub(super) async fn of_the_vendors(
    context: &Context,
    asked: &Asked,
    wish: &Wish,
    vendors: &Vendors,
) -> Option<Lacking> {
    if let Some(name) = &asked.repository
        && let Ok(located @ (Located::Nowhere | Located::Elsewhere { .. })) =
            vendors.forge.repository(name).await
    {
        let near = nearest_repositories(name, vendors).await;
        let doubt = match located {
            // There may well be one: only not where access can be given.
            Located::Elsewhere { ours } => Doubt::part(Field::Repository, words::WHICH_REPOSITORY).because(
                violation(&Violation::from(Fault::OtherWorkspace { repository: name.clone(), ours })),
            ),
            _ => Doubt::part(Field::Repository, words::no_such_repository(name, &near)),
        };
        return Some(Lacking::answer(doubt.offering_repositories(&near)));
    }
    if let Ok(Named::Nothing) = vendors.forge.user(&asked.subject.account).await {
        let unknown = Violation::from(Fault::UnknownUser { user: asked.subject.name.clone() })
            .at(vendors.forge.vendor());
        return Some(match (&wish.form.user, &asked.subject.principal) {
            (Some(_), None) => {
                let doubt = Doubt::part(Field::User, words::FOR_WHOM_IS_IT).because(violation(&unknown));
                Lacking::answer(doubt.or_for_me())
            }
            // Nobody can say themselves what account they have.
            _ => Lacking::Hopeless(unknown),
        });
    }
    let (key, tracker) = (asked.ticket.as_ref()?, vendors.tracker.as_ref()?);
    // One that they cannot see is asked back in the same words as one that there is not.
    let found = tracker.ticket(key).await.ok()?;
    if found.is_some_and(|ticket| ticket.reach.includes(&context.person, TRACKER)) {
        return None;
    }
    let unknown = violation(&Violation::from(Fault::UnknownTicket { ticket: key.clone() }));
    Some(Lacking::answer(Doubt::part(Field::Ticket, words::WHICH_TICKET).because(unknown)))
}

/// How many names are offered.
const OFFERED: usize = 4;

/// The repositories whose names are nearest to what was said, the nearest first. What cannot be asked now offers none.
pub(crate) async fn nearest_repositories(name: &str, vendors: &Vendors) -> Vec<String> {
    let lower = name.to_lowercase();
    let parts = lower.split(|c: char| !c.is_alphanumeric()).filter(|part| part.chars().count() > 2);
    let begins = |count| parts.clone().map(move |part| part.chars().take(count).collect::<String>());
    let whole = std::iter::once(lower.clone()).chain(parts.clone().map(str::to_owned));
    let mut searched: Vec<String> = whole.chain(begins(4)).collect();
    searched.dedup();
    searched.truncate(6);
    let mut found = std::collections::BTreeSet::new();
    // "webshop" and "infar" begin as what is meant does, but not for four letters.
    let mut shorter: Vec<String> = begins(3).take(4).collect();
    shorter.dedup();
    let first = searched.into_iter().map(|text| (text, false));
    let all: Vec<_> = first.chain(shorter.into_iter().map(|text| (text, true))).collect();
    for (text, is_last_resort) in all {
        if found.len() >= 20 || is_last_resort && !found.is_empty() {
            break;
        }
        found.extend(vendors.forge.search(&text, 20).await.unwrap_or_default());
    }
    let mut near: Vec<(f64, String)> =
        found.into_iter().map(|own| (strsim::jaro_winkler(&own.to_lowercase(), &lower), own)).collect();
    near.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    near.into_iter().take(OFFERED).map(|(_, own)| own).collect()
}
