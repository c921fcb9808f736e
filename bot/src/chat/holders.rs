//! Who has what, and who could countersign it: questions about a repository that anybody here may ask.

use countersign_domain::access::{Asked, Fault, NAME_MAX, Subject};
use countersign_domain::capabilities::violation;
use countersign_domain::card::Card;
use countersign_domain::denied::Violation;
use countersign_domain::envelope::ActorKind;
use countersign_domain::heard::Form;
use countersign_domain::names::PrincipalId;
use countersign_domain::ports::{CallError, Located, Permission};
use countersign_domain::question::{About, Offer};
use countersign_domain::request::{Code, Requester, Thing};
use countersign_domain::rules::{Ruling, Terms};
use countersign_domain::tenant::{People, Person};
use countersign_domain::words::{could_not, flat, instant};
use countersign_projections::access::{self, AccessFilter, GrantFilter};
use countersign_projections::request;
use jiff::Timestamp;

use super::Chat;
use super::asking::{BUTTONS, Doubt};
use super::candidates::nearest_repositories;
use crate::cards;
use crate::context::Context;
use crate::directory::Present;
use crate::engine::Failure;
use crate::grammar::permission;
use crate::words;

/// Said of the repository in question.
const HERE: [&str; 6] = ["this repo", "this repository", "this one", "this", "it", "here"];
/// How many are listed at once.
const LISTED: usize = 100;

impl Chat {
    /// Who has this permission or a stronger one through the bot, and until when.
    pub(crate) async fn who_has(
        &self,
        context: &Context,
        permission: Permission,
        named: &str,
    ) -> Result<Vec<Card>, Failure> {
        let say = |name: &str| format!("who has {permission} on {name}");
        let repository = match self.located(context, "who has", named, &say).await? {
            Ok(repository) => repository,
            Err(cards) => return Ok(cards),
        };
        let repository = repository.as_str();
        let rows = self.world.projections.rows(request::NAME);
        let filter = GrantFilter { repository: Some(repository.to_owned()), ..GrantFilter::default() };
        let mut grants = access::grants(&*rows, &context.tenant, &filter, None, usize::MAX)?.items;
        grants.retain(|grant| grant.permission >= permission);
        let mut lines: Vec<_> = grants
            .iter()
            .take(LISTED)
            .map(|grant| {
                let until = grant.until.map(instant);
                words::has_it(&grant.called(), grant.permission.as_str(), until.as_deref(), &grant.code)
            })
            .collect();
        if lines.is_empty() {
            lines.push(words::nobody_has_it().to_owned());
        }
        let more = grants.len().saturating_sub(LISTED);
        lines.extend((more > 0).then(|| words::there_are(more)));
        lines.push(words::only_what_i_gave().to_owned());
        Ok(vec![cards::lines(&words::who_has(permission.as_str(), repository), &lines)])
    }

    /// Asks which permission a question is about, where the word for it is none.
    pub(crate) async fn which_permission(
        &self,
        context: &Context,
        said: &str,
        repository: &str,
    ) -> Result<Vec<Card>, Failure> {
        let offers = Permission::ALL.map(|permission| Offer {
            label: permission.to_string(),
            say: format!("who has {permission} on {repository}"),
        });
        let lines = vec![violation(&Violation::from(Fault::UnknownPermission { given: flat(said) }))];
        let question = words::WHICH_PERMISSION_IS_MEANT.to_owned();
        let doubt = Doubt { about: About::Which, question, lines, offers: offers.into() };
        self.ask_back(context, None, doubt).await
    }

    /// The repository that a question is about, by the name that it has; else what is answered: of a repository that there is not
    /// nothing is said but that, and where nobody can say now whether there is one, nothing but that.
    async fn located(
        &self,
        context: &Context,
        command: &'static str,
        named: &str,
        say: &(dyn Fn(&str) -> String + Sync),
    ) -> Result<Result<String, Vec<Card>>, Failure> {
        if HERE.contains(&named.to_lowercase().as_str()) {
            return self.in_question_there(context, say).await;
        }
        let Some(vendors) = self.world.vendors(&context.tenant) else {
            return self.known_to_the_log(context, named, None);
        };
        let joined = named.split_whitespace().collect::<Vec<_>>().join("-");
        for name in [named, &joined] {
            let violation = match vendors.forge.repository(name).await {
                Ok(Located::Here(found)) => return Ok(Ok(found.name)),
                Ok(Located::Nowhere) => continue,
                Ok(Located::Elsewhere { ours }) => {
                    Violation::from(Fault::OtherWorkspace { repository: name.to_owned(), ours })
                }
                Err(error) => {
                    tracing::info!("a repository that is asked about cannot be looked up: {error}");
                    return self.known_to_the_log(context, named, Some(&error));
                }
            };
            return self.refuse(context, command, violation).await.map(Err);
        }
        let near = nearest_repositories(named, vendors).await;
        if near.is_empty() {
            let unknown = Violation::from(Fault::UnknownRepository {
                repository: named.chars().take(NAME_MAX).collect(),
            })
            .at(vendors.forge.vendor());
            return self.refuse(context, command, unknown).await.map(Err);
        }
        let question = words::no_such_repository(named, &near);
        let offers = near.into_iter().map(|name| Offer { say: say(&name), label: name }).collect();
        let doubt = Doubt { about: About::Which, question, lines: vec![], offers };
        self.ask_back(context, None, doubt).await.map(Err)
    }

    /// The one repository that the request in question is about. Of several, and where it is about none, it is asked.
    async fn in_question_there(
        &self,
        context: &Context,
        say: &(dyn Fn(&str) -> String + Sync),
    ) -> Result<Result<String, Vec<Card>>, Failure> {
        let request = match self.in_question(context).await? {
            Some(code) => self.requests().any(&context.tenant, &code).await?,
            None => None,
        };
        let things = request.map(|request| request.things()).unwrap_or_default();
        // An id in braces is another name of the same.
        let is_name = |thing: &Thing| thing.kind == "repository" && !thing.id.starts_with('{');
        let mut names: Vec<_> = things.into_iter().filter(is_name).map(|thing| thing.id).collect();
        names.sort_unstable();
        names.dedup();
        if let [only] = names.as_slice() {
            return Ok(Ok(only.clone()));
        }
        let offers = names.into_iter().take(BUTTONS).map(|name| Offer { say: say(&name), label: name });
        let doubt = Doubt {
            about: About::Which,
            question: words::WHICH_REPOSITORY_IS_MEANT.to_owned(),
            lines: vec![],
            offers: offers.collect(),
        };
        self.ask_back(context, None, doubt).await.map(Err)
    }

    /// The repository by the name by which the log knows it, where the forge cannot say now whether there is one; else that it
    /// cannot be said: what nobody knows is no "nobody".
    fn known_to_the_log(
        &self,
        context: &Context,
        named: &str,
        error: Option<&CallError>,
    ) -> Result<Result<String, Vec<Card>>, Failure> {
        let rows = self.world.projections.rows(request::NAME);
        let filter = AccessFilter { repository: Some(named.to_owned()), ..AccessFilter::default() };
        let last = access::list(&*rows, &context.tenant, &filter, None, 1)?.items.into_iter().next();
        // What was asked for and not found is known to nobody.
        let found = last.and_then(|row| row.access.findings?.repository);
        Ok(found.map(|repository| repository.name).ok_or_else(|| {
            let named: String = named.chars().take(NAME_MAX).collect();
            let line = words::cannot_tell_of(&named, error.map(could_not).as_deref());
            vec![cards::nothing((words::CANNOT_TELL, &line))]
        }))
    }

    /// What who speaks would ask for, if they asked for this.
    fn as_if_asked(
        &self,
        context: &Context,
        subject: &Person,
        permission: Permission,
        repository: &str,
    ) -> Asked {
        let form = Form {
            permission: Some(permission.to_string()),
            repository: Some(repository.to_owned()),
            ..Form::default()
        };
        let Person { id, kind, name, .. } = &context.person;
        let requester = Requester { id: id.clone(), kind: *kind, name: name.clone(), known: true };
        let code = Code::candidate(context.interaction, 0);
        Asked::read(
            code,
            requester,
            Subject::person(subject, self.world.forge(&context.tenant)),
            &form,
            self.now(),
        )
    }

    /// Who may countersign what is being put together, once it says what it is: nothing that was asked for before is in question then.
    pub(super) async fn who_could_approve_the_draft(
        &self,
        context: &Context,
    ) -> Result<Option<Vec<Card>>, Failure> {
        let question = self.question(context).await?.filter(|_| context.scene.about.is_none());
        let Some(form) = question.and_then(|question| question.wish).map(|wish| wish.form) else {
            return Ok(None);
        };
        let permission = form.permission.as_deref().and_then(permission);
        let Some(repository) = form.repository.as_deref().filter(|_| permission.is_some()) else {
            return Ok(None);
        };
        self.who_could_approve(context, permission, repository, form.user.as_deref()).await.map(Some)
    }

    /// Who could countersign a permission, or each one, on a repository, if who speaks asked for it; for somebody else, where
    /// that is said.
    pub(crate) async fn who_could_approve(
        &self,
        context: &Context,
        only: Option<Permission>,
        named: &str,
        whom: Option<&str>,
    ) -> Result<Vec<Card>, Failure> {
        let present = self.directory.present(&context.tenant).await?;
        let person = &context.person;
        let subject =
            match whom.filter(|whom| !is_speaker(whom)).map(|whom| (whom, person_of(whom, &present))) {
                None => person,
                Some((_, Some(subject))) => subject,
                Some((whom, None)) => {
                    let unknown =
                        Violation::from(Fault::UnknownUser { user: whom.chars().take(NAME_MAX).collect() })
                            .at(self.world.forge(&context.tenant));
                    return self.refuse(context, "who can approve", unknown).await;
                }
            };
        let what = only.map_or_else(String::new, |permission| format!("{permission} on "));
        let say = |name: &str| {
            let whom = whom.map_or_else(String::new, |whom| format!(" for {whom}"));
            format!("who can approve {what}{name}{whom}")
        };
        let repository = match self.located(context, "who can approve", named, &say).await? {
            Ok(repository) => repository,
            Err(cards) => return Ok(cards),
        };
        // Nobody countersigns what they ask for, or what is for them.
        let own = [&person.id, &subject.id];
        let mut is_left_out = false;
        let permissions = Permission::ALL.into_iter().filter(|own| only.is_none_or(|only| only == *own));
        let mut lines: Vec<_> = permissions
            .map(|permission| {
                let asked = self.as_if_asked(context, subject, permission, &repository);
                match present.rule(&asked, None) {
                    Some(Ruling::Allowed(terms)) if terms.auto => words::needs_nobody(permission.as_str()),
                    Some(Ruling::Allowed(terms)) => {
                        is_left_out |= terms.may_countersign(person);
                        let (names, places) = could_countersign(&terms, &present.state, own, self.now());
                        words::could_approve(permission.as_str(), (&names, places), terms.quorum)
                    }
                    _ => words::not_allowed(permission.as_str()),
                }
            })
            .collect();
        if is_left_out {
            lines.push(words::you_are_left_out().to_owned());
        }
        let other = (subject.id != person.id).then(|| flat(&subject.name));
        lines.extend(other.as_deref().map(words::they_are_left_out));
        Ok(vec![cards::lines(&words::who_could_approve(&repository, other.as_deref()), &lines)])
    }
}

/// Those whose countersignature would count under these terms, whoever is away last, with those who stand in for one of them; and how many
/// could be given at once: nobody's counts twice. Nobody countersigns what is their `own`.
fn could_countersign(
    terms: &Terms,
    people: &People,
    own: [&PrincipalId; 2],
    now: Timestamp,
) -> (Vec<String>, usize) {
    let may = |person: &Person| !own.contains(&&person.id) && terms.may_countersign(person);
    let (away, here): (Vec<&Person>, Vec<&Person>) = people
        .people
        .values()
        .filter(|person| may(person))
        .partition(|person| people.is_away(&person.id, now));
    let deputy = |person: &Person| {
        let is_free = person.kind == ActorKind::Person && !own.contains(&&person.id) && !may(person);
        let absent = people.absent_for(person, now).into_iter().find(|absent| may(absent));
        let absent = absent.filter(|_| is_free)?;
        Some(words::in_the_place_of(&person.name, &absent.name))
    };
    let places = here.len() + away.len();
    let here = here.into_iter().map(|person| person.name.clone());
    let away = away.into_iter().map(|person| words::who_is_away(&person.name));
    let names = here.chain(people.people.values().filter_map(deputy)).chain(away).collect();
    (names, places)
}

/// Whether who speaks means themselves.
fn is_speaker(whom: &str) -> bool {
    ["me", "myself", "mich", "moi", "mí", "mim", "mij"].contains(&whom.to_lowercase().as_str())
}

/// The one person who is named, be it by a part of their name that nobody else has.
fn person_of<'a>(named: &str, present: &'a Present) -> Option<&'a Person> {
    present.state.find_mentioned(named).one().or_else(|| present.state.by_part_of_name(named))
}
