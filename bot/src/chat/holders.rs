//! Who has what, and who could countersign it: questions about a repository that anybody here may ask.

use countersign_domain::access::{AccessRequest, Asked, Form, NAME_MAX, Permission, Subject};
use countersign_domain::card::Card;
use countersign_domain::denied::Violation;
use countersign_domain::ports::Located;
use countersign_domain::question::{About, Offer};
use countersign_domain::request::{Code, Requester};
use countersign_domain::rules::Ruling;
use countersign_domain::words::{countersignatures, flat, instant, violation};
use countersign_projections::access::{self, GrantFilter};
use countersign_projections::request;

use super::Chat;
use super::asking::Doubt;
use super::candidates::nearest_repositories;
use crate::cards;
use crate::context::Context;
use crate::engine::Failure;
use crate::resolve::FORGE;
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
        let grants = access::grants(&*rows, &context.tenant, &filter, None, LISTED)?.items;
        let mut lines: Vec<_> = grants
            .iter()
            .filter(|grant| grant.permission >= permission)
            .map(|grant| words::has_it(&grant.name, grant.permission.as_str(), &instant(grant.until)))
            .collect();
        if lines.is_empty() {
            lines.push(words::nobody_has_it().to_owned());
        }
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
        let lines = vec![violation(&Violation::UnknownPermission { given: flat(said) })];
        let question = words::WHICH_PERMISSION_IS_MEANT.to_owned();
        let doubt = Doubt { about: About::Which, question, lines, offers: offers.into() };
        self.ask_back(context, None, doubt).await
    }

    /// The repository that a question is about, by the name that it has; else what is answered: of a repository that there is not
    /// nothing is said but that. Where the forge cannot say now, it is what was said.
    async fn located(
        &self,
        context: &Context,
        command: &'static str,
        named: &str,
        say: &(dyn Fn(&str) -> String + Sync),
    ) -> Result<Result<String, Vec<Card>>, Failure> {
        if HERE.contains(&named.to_lowercase().as_str())
            && let Some(code) = self.in_question(context).await?
        {
            let access: AccessRequest = self.requests().state(&context.tenant, &code).await?;
            let asked = access.asked.and_then(|asked| asked.repository);
            return Ok(Ok(asked.unwrap_or_else(|| named.to_owned())));
        }
        let Some(vendors) = self.world.vendors(&context.tenant) else { return Ok(Ok(named.to_owned())) };
        let joined = named.split_whitespace().collect::<Vec<_>>().join("-");
        for name in [named, &joined] {
            let violation = match vendors.forge.repository(name).await {
                Ok(Located::Here(found)) => return Ok(Ok(found.name)),
                Ok(Located::Nowhere) => continue,
                Ok(Located::Elsewhere { ours }) => {
                    Violation::OtherWorkspace { repository: name.to_owned(), ours }
                }
                Err(error) => {
                    tracing::info!("a repository that is asked about cannot be looked up: {error}");
                    return Ok(Ok(named.to_owned()));
                }
            };
            return self.refuse(context, command, violation).await.map(Err);
        }
        let near = nearest_repositories(named, vendors).await;
        if near.is_empty() {
            let unknown = Violation::UnknownRepository { repository: named.chars().take(NAME_MAX).collect() };
            return self.refuse(context, command, unknown).await.map(Err);
        }
        let question = words::no_such_repository(named, &near);
        let offers = near.into_iter().map(|name| Offer { say: say(&name), label: name }).collect();
        let doubt = Doubt { about: About::Which, question, lines: vec![], offers };
        self.ask_back(context, None, doubt).await.map(Err)
    }

    /// Who could countersign a permission, or each one, on a repository, if who speaks asked for it.
    pub(crate) async fn who_could_approve(
        &self,
        context: &Context,
        only: Option<Permission>,
        named: &str,
    ) -> Result<Vec<Card>, Failure> {
        let what = only.map_or_else(String::new, |permission| format!("{permission} on "));
        let say = |name: &str| format!("who can approve {what}{name}");
        let repository = match self.located(context, "who can approve", named, &say).await? {
            Ok(repository) => repository,
            Err(cards) => return Ok(cards),
        };
        let present = self.directory.present(&context.tenant).await?;
        let person = &context.person;
        let mut is_left_out = false;
        let permissions = Permission::ALL.into_iter().filter(|own| only.is_none_or(|only| only == *own));
        let mut lines: Vec<_> = permissions
            .map(|permission| {
                let form = Form {
                    permission: Some(permission.to_string()),
                    repository: Some(repository.clone()),
                    ..Form::default()
                };
                let requester = Requester {
                    id: person.id.clone(),
                    kind: person.kind,
                    name: person.name.clone(),
                    known: true,
                };
                let subject = Subject::person(person, FORGE);
                let code = Code::candidate(context.interaction, 0);
                let asked = Asked::read(code, requester, subject, &form, self.now());
                match present.rule(&asked, None) {
                    Some(Ruling::Allowed(terms)) if terms.auto => words::needs_nobody(permission.as_str()),
                    Some(Ruling::Allowed(terms)) => {
                        is_left_out |= terms.may_countersign(person);
                        let others = present.state.people.values().filter(|other| other.id != person.id);
                        let names: Vec<_> = others
                            .filter(|other| terms.may_countersign(other))
                            .map(|other| other.name.clone())
                            .collect();
                        words::could_approve(permission.as_str(), &names, &countersignatures(terms.quorum))
                    }
                    _ => words::not_allowed(permission.as_str()),
                }
            })
            .collect();
        if is_left_out {
            lines.push(words::you_are_left_out().to_owned());
        }
        Ok(vec![cards::lines(&words::who_could_approve(&repository), &lines)])
    }
}
