//! What is said of changes of the rules.

use super::{Becomes, Compared, Draft, Extent, FateEvent, Fault, Group, Replayed, RuleChangeEvent};
use crate::names::PrincipalId;
use crate::request::RequestEvent;
use crate::rules::Warning;
use crate::tenant::People;
use crate::words::{countersigners, happened, list, quoted};

/// `version 4 of the rules`, or that it is an earlier one once more.
pub fn title(draft: &Draft) -> String {
    match draft.back_to {
        Some(version) => format!("the rules as they were in version {version}"),
        None => format!("other rules in the place of version {}", draft.base),
    }
}

/// What has happened to a change of the rules, in a sentence: for the audit, and for who asks why it stands as it does.
pub fn told(event: &RuleChangeEvent, name: &dyn Fn(&PrincipalId) -> String) -> String {
    use RequestEvent as E;
    match event {
        E::Requested { asked } => format!("{} proposed {}.", name(&asked.requester.id), title(asked)),
        E::Checked { findings, .. } => {
            let again = findings.replayed.as_deref().map(replayed).unwrap_or_default();
            format!("Compared with the rules in force: {}. {}", extent(findings), again.join(" "))
        }
        E::Rechecked { terms } => {
            format!("By version {} of the rules it has to be countersigned anew.", terms.version)
        }
        E::EvidenceChanged { differences, .. } => {
            let new: Vec<_> = differences.iter().map(|new| warning(new, name)).collect();
            format!("It has to be countersigned anew, for this is new: {}", new.join(" "))
        }
        E::Countersigned { by, receipt, .. } => {
            format!("{} countersigned what receipt {} stands for.", name(by), receipt.short())
        }
        E::Approved { by, .. } if by.is_empty() => {
            "Nobody countersigned: by the rules in force nobody had to. It is being put in force.".to_owned()
        }
        E::Approved { by, .. } => format!("{} It is being put in force.", countersigners(by, name)),
        like_others => happened::<_, Fault>(like_others, "the proposal", name, fate),
    }
}

/// What became of rules once they were countersigned.
pub fn fate(event: &FateEvent) -> String {
    match event {
        FateEvent::Published { version } => format!("In force as version {version}."),
        FateEvent::Overtaken { now } => format!(
            "Not put in force: version {now} is by now, and nobody has seen what this would change of it. Propose it once more."
        ),
        FateEvent::CalledOff { name, .. } => {
            format!(
                "Not put in force: {name}, who proposed or countersigned it, has left or may not do so any more."
            )
        }
    }
}

/// `2 rules are new, 1 is gone, 3 say something else`.
pub fn extent(compared: &Compared) -> String {
    let Extent { adds, removes, changes } = compared.extent();
    let one = |number: u64, is: &str, are: &str| match number {
        0 => None,
        1 => Some(format!("1 rule {is}")),
        _ => Some(format!("{number} rules {are}")),
    };
    let all = [
        one(adds, "is new", "are new"),
        one(removes, "is gone", "are gone"),
        one(changes, "says something else", "say something else"),
    ];
    let said: Vec<_> = all.into_iter().flatten().collect();
    if said.is_empty() { "only spaces, comments or the order change".to_owned() } else { list(&said) }
}

/// What is to be looked at twice, with the names of those it is about.
pub fn warning(warning: &Warning, name: &dyn Fn(&PrincipalId) -> String) -> String {
    use Warning as W;
    match warning {
        W::QuorumOutOfReach { policy, quorum, people } => {
            format!("“{policy}” asks for {quorum} countersignatures, and only {people} may give one.")
        }
        W::EmptyGroup { policy, group } => format!("“{policy}” speaks of the group {}, which nobody is in.", quoted(group)),
        W::UnknownPerson { policy, person } => {
            format!("“{policy}” speaks of {}, who is not here.", quoted(person))
        }
        W::NeverAllows { policy, by } => format!("“{policy}” allows nothing: “{by}” forbids all of it."),
        W::NeverAlone { policy, by } => format!(
            "“{policy}” lets nothing pass alone: “{by}” wants a countersignature for all of it, and the strictest counts."
        ),
        W::LocksEverybodyOut => {
            "Nobody could change the rules any more: whoever could propose it finds nobody who may countersign it.".to_owned()
        }
        W::AllowsNothing => "Nobody could ask for any access any more: the rules allow none.".to_owned(),
        W::ShutsOut { people } => {
            let names: Vec<_> = people.iter().map(name).collect();
            format!("{} could ask for nothing any more.", list(&names))
        }
        W::HangsOn { person } => format!("If {} were not here, nobody could change the rules any more.", name(person)),
        W::ChangesAlone { people } => {
            let names: Vec<_> = people.iter().map(name).collect();
            format!("{} could change the rules without anybody else, and so lock everybody out.", list(&names))
        }
    }
}

/// The same of all of them, with the names that these people have.
pub fn warnings(warnings: &[Warning], people: &People) -> Vec<String> {
    warnings.iter().map(|one| warning(one, &|id| people.called(id))).collect()
}

/// What the time machine came to, a sentence each.
pub fn replayed(replayed: &Replayed) -> Vec<String> {
    let Replayed { requests, decided, waiting, open, .. } = replayed;
    let mut said = vec![counted(decided, *requests, "since then", "would have become the same")];
    if *waiting > 0 {
        said.push(counted(open, *waiting, "open now", "stay as they are"));
    }
    said.extend(proposed(replayed));
    said.extend(lost(replayed));
    said
}

/// What would have become of the proposals of rules since then; nothing where all of it would have been the same.
pub fn proposed(replayed: &Replayed) -> Option<String> {
    let groups: Vec<_> = replayed.proposals.iter().map(group).collect();
    (!groups.is_empty()).then(|| format!("Of the proposals of rules, {}.", list(&groups)))
}

/// That so many countersignatures of what waits now would count no more: they were given to the text that people read as well.
pub fn lost(replayed: &Replayed) -> Option<String> {
    let Replayed { lost, reworded, .. } = replayed;
    let (what, whoever) = match lost {
        0 => return None,
        1 => ("1 countersignature".to_owned(), "whoever gave it"),
        _ => (format!("{lost} countersignatures"), "whoever gave them"),
    };
    let why = "because the text that people read is another";
    let why = match reworded {
        0 => String::new(),
        all if all == lost => format!(", {why}"),
        some => format!(", {some} of them {why}"),
    };
    Some(format!("{what} would count no more{why}; {whoever} would be asked again."))
}

/// `Of 214 requests since then, 12 would need 2 countersignatures, 3 would be denied and 1 would pass alone.`
fn counted(groups: &[Group], all: u64, which: &str, same: &str) -> String {
    match (all, groups) {
        (0, _) => format!("There are no requests {which}."),
        (_, []) => format!("{}: {same}.", requests(all, which)),
        _ => format!("Of {}, {}.", requests(all, which), list(&groups.iter().map(group).collect::<Vec<_>>())),
    }
}

fn requests(count: u64, which: &str) -> String {
    if count == 1 { format!("1 request {which}") } else { format!("{count} requests {which}") }
}

/// `12 would need 2 countersignatures`.
pub fn group(group: &Group) -> String {
    let Group { becomes, was_denied, count, .. } = group;
    let which = if *was_denied { " that the rules in force would deny" } else { "" };
    format!("{count}{which} {}", self::becomes(*becomes))
}

fn becomes(becomes: Becomes) -> String {
    match becomes {
        Becomes::Denied => "would be denied".to_owned(),
        Becomes::Alone => "would pass alone".to_owned(),
        Becomes::Needs(1) => "would need 1 countersignature".to_owned(),
        Becomes::Needs(quorum) => format!("would need {quorum} countersignatures"),
        Becomes::OnOtherTerms(0) => "would pass alone on other terms".to_owned(),
        Becomes::OnOtherTerms(1) => {
            "would still need 1 countersignature, of others or on other terms".to_owned()
        }
        Becomes::OnOtherTerms(quorum) => {
            format!("would still need {quorum} countersignatures, of others or on other terms")
        }
        Becomes::InOtherWords(0) => "would pass alone, with another text to read".to_owned(),
        Becomes::InOtherWords(1) => {
            "would still need 1 countersignature, with another text to read".to_owned()
        }
        Becomes::InOtherWords(quorum) => {
            format!("would still need {quorum} countersignatures, with another text to read")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::{approved, every_event};
    use super::super::{Phase, Proposal};
    use super::*;
    use crate::denied::Violation;
    use crate::request::{Nothing, WAIT_MINUTES, later};
    use crate::testing::noon;
    use crate::words::instant;

    fn said(event: &RuleChangeEvent) -> String {
        told(event, &|id| id.to_string())
    }

    #[test]
    fn everything_that_happens_to_a_proposal_is_told_in_a_sentence() {
        let waits = format!("It waits for countersignatures until {}.", instant(later(noon(), WAIT_MINUTES)));
        let receipt = crate::envelope::Digest::of(b"what was shown").short();
        let signed = format!("ada countersigned what receipt {receipt} stands for.");
        let all = every_event();
        assert_eq!(all.len(), 23);
        for (event, sentence) in all.iter().zip([
            "zoe proposed other rules in the place of version 1.",
            "Compared with the rules in force: 1 rule says something else. Of 20 requests since then, 12 would need 2 \
             countersignatures. 1 request open now: stay as they are.",
            &waits,
            "Countersigned by ada. It is being put in force.",
            "By version 1 of the rules it has to be countersigned anew.",
            "It has to be countersigned anew, for this is new: If ada were not here, nobody could change the rules any more.",
            "Nobody answered for long: role:admin are asked too.",
            &signed,
            "ada took the countersignature back.",
            "The countersignature of ada counts no more.",
            "Ada does not belong here any more, so the proposal was closed.",
            &crate::words::violation::<Fault>(&Violation::AsksOtherwise { ticket: "OPS-17".to_owned() }),
            "Those who were asked are reminded.",
            "ada wants everybody to be asked.",
            "Denied by the checks: This was to take the place of version 1 of the rules, and version 2 is in force by now. \
             Look at what it says, and propose yours again.",
            "ada took the proposal back.",
            "Nobody answered in time, so the proposal lapsed.",
            "Bitbucket lets nobody in: it waits, and goes on by itself.",
            "It failed: the log is full",
            "An administrator says that it was done by hand: “by hand”. I cannot look at it at the moment, and look again by \
             myself until I have read that back.",
            "In force as version 2.",
            "Not put in force: version 2 is by now, and nobody has seen what this would change of it. Propose it once more.",
            "Not put in force: Ada, who proposed or countersigned it, has left or may not do so any more.",
        ]) {
            assert_eq!(said(event), sentence);
        }
    }

    #[test]
    fn who_said_no_and_why_nobody_countersigned_and_what_was_given_up_is_told() {
        let by = approved().iter().find_map(|event| match event {
            RequestEvent::Approved { by, .. } => by.first().cloned(),
            _ => None,
        });
        let denied = |reason: Option<&str>| {
            let (by, reason) = (by.clone(), reason.map(str::to_owned));
            said(&RequestEvent::Denied {
                proposal: Proposal::Publish,
                by,
                reason,
                violations: vec![],
                rules: None,
            })
        };
        assert_eq!(denied(None), "ada said no.");
        assert_eq!(denied(Some("not now")), "ada said no: “not now”.");
        let alone = said(&RequestEvent::Approved { by: vec![], fixed: Nothing {} });
        assert_eq!(
            alone,
            "Nobody countersigned: by the rules in force nobody had to. It is being put in force."
        );
        let given_up =
            RequestEvent::Failed { phase: Phase::Publishing, why: "too late".to_owned(), given_up: true };
        assert_eq!(said(&given_up), "It was given up: “too late”.");
    }
}
