//! Who has what, and who could countersign it: questions about a repository that anybody here may ask.

use countersign_domain::access::{Asked, Form, Permission, Subject};
use countersign_domain::card::Card;
use countersign_domain::request::{Code, Requester};
use countersign_domain::rules::Ruling;
use countersign_domain::words::{countersignatures, instant};
use countersign_projections::access::{self, GrantFilter};
use countersign_projections::request;

use super::Chat;
use crate::cards;
use crate::context::Context;
use crate::engine::Failure;
use crate::resolve::FORGE;
use crate::words;

/// How many are listed at once.
const LISTED: usize = 100;

impl Chat {
    /// Who has this permission or a stronger one through the bot, and until when.
    pub(crate) fn who_has(
        &self,
        context: &Context,
        permission: Permission,
        repository: &str,
    ) -> Result<Vec<Card>, Failure> {
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

    /// Who could countersign each permission on a repository, if who speaks asked for it.
    pub(crate) async fn who_could_approve(
        &self,
        context: &Context,
        repository: &str,
    ) -> Result<Vec<Card>, Failure> {
        let present = self.directory.present(&context.tenant).await?;
        let person = &context.person;
        let lines = Permission::ALL.map(|permission| {
            let form = Form {
                permission: Some(permission.to_string()),
                repository: Some(repository.to_owned()),
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
                    let others = present.state.people.values().filter(|other| other.id != person.id);
                    let names: Vec<_> = others
                        .filter(|other| terms.may_countersign(other))
                        .map(|other| other.name.clone())
                        .collect();
                    words::could_approve(permission.as_str(), &names, &countersignatures(terms.quorum))
                }
                _ => words::not_allowed(permission.as_str()),
            }
        });
        Ok(vec![cards::lines(&words::who_could_approve(repository), &lines)])
    }
}
