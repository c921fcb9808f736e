//! What the bot says of what speaks against an access, with what helps.

use super::super::{Fault, Permission};
use super::changed::{held_already, since_you_were_asked, total_too_long, unbroken_too_long};
use crate::denied::Field;
use crate::duration::say_minutes;
use crate::words::{a_key_like, either, flat, list, plain, quoted};

/// What speaks against it, at the forge of this name.
pub(in super::super) fn fault(fault: &Fault, forge: &str) -> String {
    use Fault as F;
    match fault {
        F::UnknownUser { user } => unknown_user(user, forge),
        F::UnknownRepository { repository } => {
            format!("There is no repository {} in {forge}. Check the spelling.", plain(repository))
        }
        F::UnknownTicket { ticket } => unknown_ticket(ticket),
        F::UnknownRequester { account } => unknown_requester(account),
        F::NoAccount { person } => no_account(person, forge),
        F::SharedAccount { account, people } => shared_account(account, people, forge),
        F::NotInWorkspace { user } => not_in_workspace(user, forge),
        F::OwnsWorkspace { user } => owns_workspace(user, forge),
        F::OtherWorkspace { repository, ours } => other_workspace(repository, ours),
        F::TicketRequired { pattern } => {
            format!("This needs a ticket: add “ticket” and {}.", a_key_like(pattern))
        }
        F::TicketMismatch { ticket, pattern } => ticket_mismatch(ticket, pattern),
        F::TicketStatus { ticket, wanted } => {
            format!("The rules want {} to be in {}; it is not, at the moment.", plain(ticket), either(wanted))
        }
        F::NoRuleAllows { permission, repository } => no_rule_allows(*permission, repository),
        F::MissingField { field } => missing(*field).to_owned(),
        F::UnknownPermission { given } => {
            format!("{} is not a permission: use read, write or admin.", quoted(given))
        }
        F::BadDuration { given, why } => format!("{} is not a duration I can use: {why}.", quoted(given)),
        F::DurationTooLong { asked, max } => {
            format!("{} is longer than the rules allow: at most {}.", say_minutes(*asked), say_minutes(*max))
        }
        F::UnbrokenTooLong { max, since, fits, until } => unbroken_too_long(*max, *since, (*fits, *until)),
        F::TotalTooLong { max, used, days, fits, until } => {
            total_too_long(*max, *used, *days, (*fits, *until))
        }
        F::HeldAlready { user, permission, repository, holds, through } => {
            held_already((user, repository), (*permission, *holds), through.as_ref(), forge)
        }
        F::EvidenceChanged { differences } => since_you_were_asked(differences),
    }
}

const fn missing(field: Field) -> &'static str {
    match field {
        Field::Permission => "Say which permission you need: read, write or admin.",
        Field::Repository => "Say which repository it is for.",
        Field::User => "Say for whom it is.",
        Field::Duration => "Say for how long you need it, like “for 2 days”.",
        Field::Ticket => "Say which ticket it belongs to.",
        Field::Reason => "Say why it is needed.",
    }
}

fn unknown_user(user: &str, forge: &str) -> String {
    format!(
        "There is no user {} in {forge}. Check the spelling, or ask an admin to add their account.",
        plain(user)
    )
}

fn unknown_ticket(ticket: &str) -> String {
    format!(
        "I cannot tell whether {} fits: I find no such ticket that you can see in Jira. Check the key, or ask whose ticket it is to make you a watcher.",
        plain(ticket)
    )
}

fn unknown_requester(account: &str) -> String {
    format!(
        "I do not know yet who {} is here. An admin can add them, with their Jira account, to the people of this tenant.",
        plain(account)
    )
}

fn no_account(person: &str, forge: &str) -> String {
    format!(
        "I do not know which {forge} account is {}’s. An administrator can name it among their accounts in the \
         configuration.",
        flat(person)
    )
}

fn shared_account(account: &str, people: &[String], forge: &str) -> String {
    format!(
        "The configuration gives the {forge} account of {} to {}. An administrator has to take it away from all but one.",
        flat(account),
        list(people)
    )
}

fn not_in_workspace(user: &str, forge: &str) -> String {
    format!(
        "{} is not in the {forge} workspace yet. An administrator of the workspace has to invite them first; then ask again.",
        flat(user)
    )
}

fn owns_workspace(user: &str, forge: &str) -> String {
    format!(
        "{} owns the {forge} workspace, and may do everything in it: there is nothing to grant.",
        flat(user)
    )
}

fn other_workspace(repository: &str, ours: &str) -> String {
    format!("{} is not in {ours}, and that is the only workspace I can give access to.", plain(repository))
}

fn ticket_mismatch(ticket: &str, pattern: &str) -> String {
    format!("{} is not a ticket that the rules accept: it takes {}.", plain(ticket), a_key_like(pattern))
}

fn no_rule_allows(permission: Permission, repository: &str) -> String {
    format!("No rule allows asking for {permission} on {}. An admin can change the rules.", plain(repository))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_d6_a_chat_account_is_never_told_by_its_address() {
        assert_eq!(plain("slack/T024BE7LD/W012A3CDE"), "the Slack account W012A3CDE");
        assert_eq!(plain("payments-api/x/y"), "payments-api/x/y");
        let said = fault(&Fault::UnknownUser { user: "slack/T024/W012".into() }, "GitHub");
        assert!(!said.contains("slack/T") && said.contains("in GitHub"), "{said}");
    }
}
