//! Asking forge and tracker what the names in a request stand for, and what is held already.

use countersign_domain::access::{Fault, Findings, Outcome};
use countersign_domain::denied::Violation;
use countersign_domain::named::Named;
use countersign_domain::names::Tenant;
use countersign_domain::people;
use countersign_domain::ports::{CallError, ForgeRepository, ForgeUser, Located, Refusal, USUAL_FORGE};

use super::super::evidence::{self, Held};
use crate::world::{Vendors, World};

/// What the vendors say to the account, the repository and the ticket that were named.
pub(super) async fn look_up(
    world: &World,
    (vendors, tenant): (&Vendors, &Tenant),
    account: &str,
    repository: Option<&str>,
    ticket: Option<&str>,
) -> Result<Outcome, CallError> {
    let forge = &vendors.forge;
    let user = async { if account.is_empty() { Ok(Named::Nothing) } else { forge.user(account).await } };
    let found = async {
        match repository {
            Some(repository) => forge.repository(repository).await,
            None => Ok(Located::Nowhere),
        }
    };
    let known = async {
        match (ticket, &vendors.tracker) {
            (Some(ticket), Some(tracker)) => tracker.ticket(ticket).await,
            _ => Ok(None),
        }
    };
    // All are waited for: a call that is given up in the middle would be in nobody's log.
    let (user, found, ticket) = futures::join!(user, found, known);
    let mut faults = Vec::new();
    let user = the_one(user?, account, &mut faults);
    let repository = ours(found?, repository.unwrap_or_default(), &mut faults);
    let ticket = ticket?;
    let obstacle = async {
        match &user {
            Some(user) => forge.obstacle(&user.account).await,
            None => Ok(None),
        }
    };
    let held = async {
        match (&user, &repository) {
            (Some(user), Some(found)) => {
                let held = evidence::held(world, vendors, tenant, &user.account, found.key()).await;
                held.map_err(|error| error.calling(found.key(), &found.name))
            }
            _ => Ok(Held { present: None, beside: None }),
        }
    };
    let (obstacle, held) = futures::join!(obstacle, held);
    faults.extend(obstacle?.zip(user.as_ref()).and_then(|(refusal, user)| out_of_reach(refusal, user)));
    let Held { present, beside } = held?;
    Ok(Outcome::Found(Box::new(Findings {
        user,
        repository,
        ticket,
        present,
        beside,
        subject: None,
        forge: Some(forge.vendor().to_owned()).filter(|forge| forge != USUAL_FORGE),
        faults,
    })))
}

/// The one user who is meant. Names at the forge are chosen freely, so nobody is guessed among several.
fn the_one(user: Named<ForgeUser>, given: &str, faults: &mut Vec<Violation>) -> Option<ForgeUser> {
    match user {
        Named::One(user) => Some(user),
        Named::Nothing => None,
        Named::Several(all) => {
            let people = all.iter().map(|user| format!("{} ({})", user.name, user.account)).collect();
            faults.push(people::Fault::SeveralPeople { given: given.to_owned(), people }.into());
            None
        }
    }
}

/// What nobody can give them is asked of nobody.
fn out_of_reach(refusal: Refusal, user: &ForgeUser) -> Option<Violation> {
    let user = user.name.clone();
    match refusal {
        Refusal::NotAMember => Some(Violation::from(Fault::NotInWorkspace { user })),
        Refusal::Owner => Some(Violation::from(Fault::OwnsWorkspace { user })),
        Refusal::PlanFull | Refusal::NotAllowed | Refusal::ReadOnly => None,
    }
}

fn ours(found: Located, given: &str, faults: &mut Vec<Violation>) -> Option<ForgeRepository> {
    match found {
        Located::Here(repository) => Some(repository),
        Located::Nowhere => None,
        Located::Elsewhere { ours } => {
            faults.push(Fault::OtherWorkspace { repository: given.to_owned(), ours }.into());
            None
        }
    }
}
