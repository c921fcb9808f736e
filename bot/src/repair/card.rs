//! A plan as people see it: each step with what is held, what the log wants, which event is missing and what would be done.

use countersign_domain::card::{ButtonStyle, Card, Tone};
use countersign_domain::repair::{dry_run, summary};
use countersign_domain::request::{Code, Facets as _, Stage};
use countersign_domain::tenant::Person;
use countersign_domain::words::{instant, quoted};

use super::State;
use crate::cards::Draft;

/// So many steps are told one by one; the rest are counted.
const TOLD: usize = 20;

/// A plan as this person sees it, with what they can do about it now.
pub fn repair(code: &Code, state: &State, viewer: &Person) -> Card {
    let plan = state.asked.as_ref();
    let title =
        plan.map_or_else(|| format!("Repair {code}"), |plan| format!("Repair {code}: {}", summary(plan)));
    let steps = state.steps();
    let draft = Draft::new(tone(state.stage), &title)
        .field("Status", &said(state))
        .field_if("Proposed by", plan.map(|plan| plan.requester.name.as_str()))
        .field_if("Because", plan.and_then(|plan| plan.reason.as_deref()).map(quoted).as_deref())
        .lines(dry_run(&steps[..steps.len().min(TOLD)]));
    let more = steps.len().saturating_sub(TOLD);
    let draft = if more > 0 { draft.line(&format!("And {more} more.")) } else { draft };
    let draft = draft.lines(why_not(state));
    buttons(draft, code, state, viewer).card()
}

const fn tone(stage: Stage) -> Tone {
    match stage {
        Stage::Waiting => Tone::Waiting,
        Stage::Standing => Tone::Good,
        Stage::Denied | Stage::Failed | Stage::Lapsed => Tone::Bad,
        Stage::New | Stage::Checking | Stage::Working | Stage::Withdrawn | Stage::Over => Tone::Neutral,
    }
}

fn said(state: &State) -> String {
    let word = countersign_domain::words::spoken(state.standing().word);
    match &state.open {
        Some(open) => {
            let names = open.terms.approver_names().join(" and ");
            let given = open.countersigned.len();
            format!(
                "{word}: {given} of {} countersignatures, by {names}, until {}",
                open.terms.quorum,
                instant(open.due)
            )
        }
        None => word,
    }
}

fn why_not(state: &State) -> Vec<String> {
    let denial = state.denial.iter().flat_map(|denial| {
        let reason = denial.reason.as_deref().map(quoted).into_iter();
        reason.chain(denial.violations.iter().map(countersign_domain::words::violation))
    });
    let failure = state.failure.iter().map(|failure| failure.why.clone());
    denial.chain(failure).collect()
}

fn buttons(draft: Draft, code: &Code, state: &State, viewer: &Person) -> Draft {
    let (Some(receipt), true) = (state.receipt(), state.could_countersign(viewer)) else {
        let own = state.open.is_some() && state.concerns(&viewer.id);
        return if own {
            draft.button("Withdraw", ButtonStyle::Danger, &format!("withdraw {code}"))
        } else {
            draft
        };
    };
    draft.button("Countersign", ButtonStyle::Primary, &format!("approve {code} receipt {receipt}")).button(
        "Deny",
        ButtonStyle::Danger,
        &format!("deny {code} receipt {receipt}"),
    )
}
