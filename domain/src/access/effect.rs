//! What access wishes of the outside: asking forge and tracker, and setting permissions.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    AccessCommand, Difference, Errand, Findings, FollowUp, GrantCommand, Permission, Phase, Spot, words,
};
use crate::alarm::About;
use crate::effect::{Became, Wish};
use crate::envelope::{Envelope, derived_id};
use crate::ports::{PermissionPlan, VendorRole};
use crate::reaction::{Reaction, Then};
use crate::request::Code;

/// What access wishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames, strum::IntoStaticStr)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Effect {
    /// Ask forge and tracker about a request.
    LookUp {
        /// Which request.
        code: Code,
        /// The forge's account.
        account: String,
        /// The repository, where one was named.
        repository: Option<String>,
        /// The ticket, where one was named.
        ticket: Option<String>,
    },
    /// Ask again about whatever waits for the same account on the same repository, because something else is held there now.
    LookAgain {
        /// The request by which something else is held.
        code: Code,
        /// The forge's account.
        account: String,
        /// The identity of the repository.
        repository: String,
    },
    /// Bring the account's permission on the repository to what the log says it should be.
    SetPermission {
        /// Which request.
        code: Code,
        /// The forge's account.
        account: String,
        /// The repository, by the forge's own name.
        repository: String,
        /// The forge's immutable id of it, where it has one: names are changed, and given to another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        repository_id: Option<String>,
        /// To grant or to end.
        task: PermissionTask,
    },
}

/// Why a permission is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum PermissionTask {
    /// An approved request.
    Grant {
        /// What was approved.
        permission: Permission,
    },
    /// An access that is over.
    End,
    /// An access that the log has ended, and that is there all the same.
    EndAgain {
        /// What was left when it ended.
        left: Option<Permission>,
    },
}

impl PermissionTask {
    /// Whether access is taken away.
    pub const fn is_an_end(self) -> bool {
        matches!(self, Self::End | Self::EndAgain { .. })
    }
}

/// What an attempt is about to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Plan {
    /// Only read.
    Read,
    /// Change a permission.
    Permission(PermissionPlan),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// What the vendors said.
    Found(Box<Findings>),
    /// What was read back.
    PermissionIs {
        /// The permission now.
        now: Option<Permission>,
        /// What the first attempt found before anything was changed.
        before: Option<Permission>,
    },
    /// Nothing was done: what it was decided on has changed.
    Overtaken {
        /// What the vendors say now.
        findings: Box<Findings>,
        /// What counts of what has changed.
        differences: Vec<Difference>,
    },
    /// What waits has taken in how things are now.
    LookedAgain,
    /// Nobody could say how things are now: whoever decides asks again.
    Unseen,
}

impl Effect {
    /// The identity of the repository whose permission it sets: the forge's immutable id, or the name where there is none.
    pub fn repository_key(&self) -> Option<&str> {
        match self {
            Self::SetPermission { repository, repository_id, .. } => {
                Some(repository_id.as_ref().unwrap_or(repository))
            }
            Self::LookUp { .. } | Self::LookAgain { .. } => None,
        }
    }

    const fn own_code(&self) -> &Code {
        match self {
            Self::LookUp { code, .. } | Self::LookAgain { code, .. } | Self::SetPermission { code, .. } => {
                code
            }
        }
    }

    /// What the request was at while this was to be done.
    const fn phase(&self) -> Phase {
        match self {
            Self::LookUp { .. } | Self::LookAgain { .. } => Phase::Checking,
            Self::SetPermission { task, .. } if task.is_an_end() => Phase::Ending,
            Self::SetPermission { .. } => Phase::Granting,
        }
    }

    fn done<E>(&self, outcome: &Outcome) -> Vec<Reaction<E, FollowUp>> {
        let code = self.own_code().clone();
        match (self, outcome) {
            (_, Outcome::Found(findings)) => {
                vec![follow_up("check", FollowUp::Check { code, findings: findings.clone() })]
            }
            (_, Outcome::Overtaken { findings, differences }) => {
                let (findings, differences) = (findings.clone(), differences.clone());
                vec![follow_up("overtake", FollowUp::Overtake { code, findings, differences })]
            }
            (Self::SetPermission { task, account, .. }, Outcome::PermissionIs { now, before }) => {
                match task {
                    PermissionTask::Grant { .. } => {
                        // Where it was taken away again before it could be set, there is nothing to confirm.
                        let confirm = now.map(|now| confirm(code, now, *before, false));
                        confirm.into_iter().collect()
                    }
                    PermissionTask::End => vec![confirm_end(code, *now, false)],
                    PermissionTask::EndAgain { .. } => {
                        let repository = self.repository_key().unwrap_or_default().to_owned();
                        let spot = Spot { repository, account: account.clone() };
                        let settle = FollowUp::Own(Errand::Settle(spot));
                        vec![confirm_end(code, *now, false), follow_up("settle", settle)]
                    }
                }
            }
            (Self::LookUp { .. } | Self::LookAgain { .. }, Outcome::PermissionIs { .. })
            | (_, Outcome::LookedAgain | Outcome::Unseen) => vec![],
        }
    }

    fn done_by_hand<E>(&self, before: Option<Permission>) -> Vec<Reaction<E, FollowUp>> {
        let code = self.own_code().clone();
        match self {
            Self::SetPermission { task: PermissionTask::Grant { permission }, .. } => {
                vec![confirm(code, *permission, before, true)]
            }
            Self::SetPermission { .. } => vec![confirm_end(code, None, true)],
            Self::LookUp { .. } | Self::LookAgain { .. } => vec![],
        }
    }

    fn failed<E>(&self, why: &str, given_up: bool) -> Reaction<E, FollowUp> {
        let (code, why) = (self.own_code().clone(), why.to_owned());
        let command = AccessCommand::Fail { phase: self.phase(), why, given_up };
        tell(code, "fail", "fail", command)
    }

    fn vouched<E>(&self, note: &str) -> Reaction<E, FollowUp> {
        let (code, note) = (self.own_code().clone(), note.to_owned());
        tell(code, "vouch", "vouch", AccessCommand::Vouch { phase: self.phase(), note })
    }
}

/// The lane of whatever sets this account's permission on the repository of this identity.
pub(super) fn lane(account: &str, repository: &str) -> String {
    format!("permission {account} {repository}")
}

/// What a change of a permission sets out to do.
pub(super) fn permission_in_words(plan: &PermissionPlan) -> String {
    let held = |permission: Option<Permission>| permission.map_or("nothing", Permission::as_str);
    let (account, repository) = (plan.account(), plan.repository());
    let invited = plan.invited().map(|invited| format!(", beside an invitation to {invited}"));
    let invited = invited.unwrap_or_default();
    format!("{account} on {repository} from {} to {}{invited}", held(plan.present()), held(plan.wanted()))
}

impl Wish for Effect {
    type Plan = Plan;
    type Outcome = Outcome;
    type FollowUp = FollowUp;

    fn kind(&self) -> &'static str {
        self.into()
    }

    fn code(&self) -> Option<&Code> {
        Some(self.own_code())
    }

    fn lane(&self) -> String {
        match self {
            Self::LookUp { code, .. } => format!("look-up {code}"),
            Self::LookAgain { account, repository, .. } => format!("look-again {account} {repository}"),
            Self::SetPermission { account, .. } => lane(account, self.repository_key().unwrap_or_default()),
        }
    }

    fn calls(&self) -> &'static [VendorRole] {
        match self {
            Self::LookUp { ticket: Some(_), .. } | Self::LookAgain { .. } => {
                &[VendorRole::Forge, VendorRole::Tracker]
            }
            Self::LookUp { .. } | Self::SetPermission { .. } => &[VendorRole::Forge],
        }
    }

    fn is_urgent(&self) -> bool {
        matches!(self, Self::SetPermission { task, .. } if task.is_an_end())
    }

    /// Whatever waits there is looked at as it is then.
    fn is_done_by_any_in_its_lane(&self) -> bool {
        matches!(self, Self::LookAgain { .. })
    }

    /// What is looked at again waits for people, and not for that.
    fn is_awaited_by(&self) -> Option<&Code> {
        (!matches!(self, Self::LookAgain { .. })).then(|| self.own_code())
    }

    /// One event may end several accesses again.
    fn id(&self, step: &str, cause: &Envelope) -> Uuid {
        match self {
            Self::SetPermission { code, task: PermissionTask::EndAgain { .. }, .. } => {
                derived_id(cause.id, &format!("{step} {code}"))
            }
            _ => derived_id(cause.id, step),
        }
    }

    fn changes(plan: &Plan) -> bool {
        matches!(plan, Plan::Permission(plan) if !plan.is_empty())
    }

    fn found(first: &Plan) -> Option<String> {
        match first {
            Plan::Permission(plan) => plan.present().map(|permission| permission.to_string()),
            Plan::Read => None,
        }
    }

    fn since(outcome: Outcome, first: &Plan) -> Outcome {
        match (outcome, first) {
            (Outcome::PermissionIs { now, .. }, Plan::Permission(plan)) => {
                Outcome::PermissionIs { now, before: plan.present() }
            }
            (outcome, _) => outcome,
        }
    }

    fn in_words(&self) -> String {
        match self {
            Self::LookUp { account, .. } => format!("look up {account}, the repository and the ticket"),
            Self::LookAgain { account, .. } => {
                format!("look again at what waits for {account} on the same repository")
            }
            Self::SetPermission { account, repository, task, .. } => match task {
                PermissionTask::Grant { permission } => {
                    format!("set {permission} on {repository} for {account}")
                }
                PermissionTask::End => format!("take back the access on {repository} from {account}"),
                PermissionTask::EndAgain { .. } => {
                    format!("take back again the access on {repository} from {account}, which had ended")
                }
            },
        }
    }

    fn plan_in_words(plan: &Plan) -> String {
        match plan {
            Plan::Read => "read only".to_owned(),
            Plan::Permission(plan) => permission_in_words(plan),
        }
    }

    fn outcome_in_words(outcome: &Outcome) -> String {
        match outcome {
            Outcome::Overtaken { differences, .. } => {
                format!("Not done, for {}", words::differences(differences))
            }
            Outcome::LookedAgain => "Done".to_owned(),
            Outcome::Unseen => "Not seen: whoever decides looks again".to_owned(),
            // Where others hold it up, an end may leave something, and change nothing.
            Outcome::PermissionIs { now: Some(now), .. } => format!("Done and read back as {now}"),
            Outcome::Found(_) | Outcome::PermissionIs { now: None, .. } => "Done and read back".to_owned(),
        }
    }

    /// The request hears of it as a command. That an access which has ended could not be taken back is an alarm. What is looked at
    /// again waits on, whatever became of the look.
    fn outcome<E>(&self, became: Became<'_, Self>) -> Vec<Reaction<E, FollowUp>> {
        if matches!(self, Self::LookAgain { .. }) {
            return vec![];
        }
        match became {
            Became::Done(outcome) => self.done(outcome),
            Became::DoneByHand { before } => self.done_by_hand(before.and_then(Permission::held)),
            Became::Parked { why, told, .. } => {
                let (about, why) = (About::Ending { code: self.own_code().clone() }, why.to_owned());
                let alarm = Reaction::new("alarm", Then::RaiseAlarm { about, why });
                let alarm = self.is_urgent().then_some(alarm);
                std::iter::once(self.failed(told, false)).chain(alarm).collect()
            }
            Became::Vouched { note } => vec![self.vouched(note)],
            Became::GivenUp { why } => vec![self.failed(why, true)],
        }
    }
}

fn confirm<E>(
    code: Code,
    permission: Permission,
    before: Option<Permission>,
    by_hand: bool,
) -> Reaction<E, FollowUp> {
    tell(code, "confirm", "confirm", GrantCommand::Confirm { permission, before, by_hand }.into())
}

fn confirm_end<E>(code: Code, left: Option<Permission>, by_hand: bool) -> Reaction<E, FollowUp> {
    tell(code, "confirm_end", "confirm end", GrantCommand::ConfirmEnd { left, by_hand }.into())
}

/// Tells the request something, under this name.
fn tell<E>(
    code: Code,
    step: &'static str,
    name: &'static str,
    command: AccessCommand,
) -> Reaction<E, FollowUp> {
    follow_up(step, FollowUp::Tell { code, name, command: Box::new(command) })
}

const fn follow_up<E>(step: &'static str, follow_up: FollowUp) -> Reaction<E, FollowUp> {
    Reaction::new(step, Then::FollowUp(follow_up))
}

#[cfg(test)]
mod tests;
