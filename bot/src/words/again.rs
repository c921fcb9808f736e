//! A question once more: with what would be done by a yes, and why.

use countersign_domain::denied::Field;
use countersign_domain::question::{About, Offer, Question};

use super::{
    FOR_HOW_LONG, FOR_WHOM_IS_IT, IS_IT_RIGHT, WHAT_FOR, WHICH_ONE, WHICH_PERMISSION, WHICH_REPOSITORY,
    WHICH_TICKET, decide_with_more, deny_because, did_i_understand_all, what_is_the_text, which_one,
};

/// A question once more.
pub fn asked_again(question: &Question) -> String {
    if let Some((code, why)) = denial_read_back(question) {
        return deny_because(code, why).0;
    }
    match question.about {
        About::Part(Field::Permission) => WHICH_PERMISSION,
        About::Part(Field::Repository) => WHICH_REPOSITORY,
        About::Part(Field::User) => FOR_WHOM_IS_IT,
        About::Part(Field::Duration) => FOR_HOW_LONG,
        About::Part(Field::Ticket) => WHICH_TICKET,
        About::Part(Field::Reason) => WHAT_FOR,
        About::All if question.wish.is_none() => {
            what_is_the_text(question.offers.first().map_or("", |offer| offer.say.as_str()))
        }
        About::All => {
            let unread = question.wish.as_ref().filter(|wish| !wish.unread.is_empty());
            return unread.map_or_else(|| IS_IT_RIGHT.to_owned(), |wish| did_i_understand_all(wish));
        }
        About::Which if question.offers.is_empty() => WHICH_ONE,
        About::Which => return which_offer(&question.offers),
    }
    .to_owned()
}

/// The request and the reason of a denial that is read back.
fn denial_read_back(question: &Question) -> Option<(&str, &str)> {
    let is_of_a_denial = question.wish.is_none() && question.about == About::Part(Field::Reason);
    let say = &question.offers.first().filter(|_| is_of_a_denial)?.say;
    let (denial, why) = say.split_once(" because ")?;
    Some((denial.split(' ').nth(1)?, why))
}

/// The question of what is offered: with what would be done, and why, where that is the same with all of it.
fn which_offer(offers: &[Offer]) -> String {
    const DEEDS: [&str; 8] =
        ["approve", "deny", "extend", "give back", "replace", "revoke", "take back", "withdraw"];
    let is_of_all = |deed: &&&str| {
        let does = |say: &str| say.strip_prefix(**deed).is_some_and(|rest| rest.starts_with(' '));
        offers.iter().all(|offer| does(&offer.say))
    };
    let deed = DEEDS.iter().find(is_of_all).copied().unwrap_or_default();
    let why = |offer: &Offer| offer.say.split_once(" because ").map(|(_, why)| why.to_owned());
    let first = offers.first().and_then(why);
    match first.filter(|first| offers.iter().all(|offer| why(offer).as_ref() == Some(first))) {
        Some(why) if !deed.is_empty() => decide_with_more(deed, &[], Some(&why), true, offers.len()),
        _ => which_one(deed, offers.len()),
    }
}

#[cfg(test)]
mod tests {
    use countersign_domain::question::Within;

    use super::*;

    fn again(about: About, says: &[&str]) -> String {
        let offer = |say: &&str| Offer { label: "K7QM2X: write on infra".to_owned(), say: (*say).to_owned() };
        let (offers, within) = (says.iter().map(offer).collect(), Within::default());
        asked_again(&Question { id: "K7QM2X".parse().unwrap(), about, wish: None, offers, within })
    }

    #[test]
    fn trust_c3_a_question_once_more_says_what_a_yes_would_do_and_why() {
        for (says, asked) in [
            (vec!["approve K7QM2X receipt 00"], "Do you want to countersign this one?"),
            (vec!["deny K7QM2X receipt 00"], "Do you want to deny this one?"),
            (
                vec!["deny K7QM2X receipt 00 because overkill"],
                "Do you want to deny this one because “overkill”?",
            ),
            (vec!["approve K7QM2X", "approve P7QM2X"], "Which one do you want to countersign?"),
            (vec!["approve K7QM2X", "deny P7QM2X"], "Which of these do you mean?"),
            (vec!["give back K7QM2X"], "Do you want to give back this one?"),
            (vec!["access read on infra"], "Do you mean this one?"),
        ] {
            assert_eq!(again(About::Which, &says), asked);
        }
        let read_back = again(About::Part(Field::Reason), &["deny K7QM2X receipt 00 because overkill"]);
        assert_eq!(read_back, deny_because("K7QM2X", "overkill").0);
    }
}
