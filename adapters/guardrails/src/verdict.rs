//! What becomes of a text, by what was found in it.

use countersign_domain::ports::{ByteRange, Crossing, Finding, FindingKind, Verdict};

use crate::policy::{Does, Kind, Policy};

/// What the policy says of these findings, which stand in order.
pub(crate) fn of(policy: &Policy, at: Crossing, text: &str, found: Vec<Finding>) -> Verdict {
    let does = |finding: &Finding| {
        let kind = Kind::of(&finding.kind)?;
        policy.does.get(&at)?.get(&kind).copied()
    };
    let (mut masked, mut refused) = (Vec::new(), Vec::new());
    for finding in found {
        match does(&finding) {
            Some(Does::Refuse) => refused.push(finding),
            Some(Does::Mask) => masked.push(finding),
            None => {}
        }
    }
    if !refused.is_empty() {
        return Verdict::Refused { what: refused };
    }
    if masked.is_empty() {
        return Verdict::Passed;
    }
    let what = apart(masked);
    Verdict::Masked { text: mask(text, &what), what }
}

/// In order, and none over another: of two that do, the longer one stays.
fn apart(mut found: Vec<Finding>) -> Vec<Finding> {
    let of = |finding: &Finding| finding.at.unwrap_or_default();
    found.sort_by_key(|finding| (of(finding).from, std::cmp::Reverse(of(finding).to)));
    let mut kept: Vec<Finding> = Vec::new();
    for finding in found {
        match kept.last_mut() {
            Some(last) if of(&finding).from < of(last).to => {
                if of(&finding).to > of(last).to {
                    // What stands over its end is masked with it.
                    last.at = Some(ByteRange { from: of(last).from, to: of(&finding).to });
                }
            }
            _ => kept.push(finding),
        }
    }
    kept
}

fn mask(text: &str, what: &[Finding]) -> String {
    let (mut masked, mut from) = (String::with_capacity(text.len()), 0);
    for finding in what {
        let at = finding.at.unwrap_or_default();
        masked.push_str(&text[from..at.from as usize]);
        masked.push_str(in_its_place(&finding.kind, &text[at.from as usize..at.to as usize]));
        from = at.to as usize;
    }
    masked + &text[from..]
}

fn in_its_place(kind: &FindingKind, part: &str) -> &'static str {
    match kind {
        FindingKind::Email => "[e-mail address]",
        FindingKind::Phone => "[telephone number]",
        FindingKind::Card => "[card number]",
        FindingKind::BankAccount => "[bank account]",
        FindingKind::NationalId => "[national id]",
        FindingKind::Secret => "[secret]",
        // Some end a line: what stands on two must not become one number or word.
        FindingKind::Hidden if part.contains(char::is_whitespace) => "\n",
        FindingKind::Hidden => "",
        _ => "[withheld]",
    }
}
