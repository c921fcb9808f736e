//! Why a repair is not carried out.

use super::{list, plain};
use crate::denied::{Over, Violation};

/// What speaks against a plan.
pub(super) fn about_a_plan(violation: &Violation) -> Option<String> {
    use Violation as V;
    Some(match violation {
        V::NothingDiffers => {
            "Nothing of this is different any more: it is as the log wants it. Say “compare access” to see what is.".to_owned()
        }
        V::PlanChanged { what } => format!(
            "Since you were asked, {what}; please look again and decide on what is now. Nothing was counted."
        ),
        V::TwiceInPlan { what } => {
            format!("The plan says two things of {what}: one of them is enough.")
        }
        V::TooManyItems { items, max } => format!(
            "The plan has {items} items; {max} are the most that anybody can be asked to read at once. Make several plans of it."
        ),
        V::BeyondTheCap { share, over, fits } => beyond_the_cap(*share, over, fits),
        V::IgnoredUntilWhen => {
            "Say until when it is to be ignored, as in “repair access ignore all until Friday”: nothing is ignored for ever.".to_owned()
        }
        V::IgnoredTooLong { days } => format!(
            "Nothing is ignored for longer than {days} days: what shall stay as it is can be adopted."
        ),
        V::UnknownDifference { given } => format!(
            "I know no difference called {}, or not any more. Say “compare access” to see what there is.",
            plain(given)
        ),
        _ => return None,
    })
}

fn beyond_the_cap(share: u8, over: &[Over], fits: &[String]) -> String {
    let told: Vec<_> = over.iter().map(one_over).collect();
    let fits = if fits.is_empty() {
        "Nothing fits until other plans are carried out.".to_owned()
    } else {
        format!("This would fit: {}.", list(fits))
    };
    format!(
        "That is too much at once: at most {share} % of what is held is changed. {} {fits}",
        told.join(" ")
    )
}

fn one_over(over: &Over) -> String {
    let Over { on, changes, elsewhere, held, most } = over;
    let on = on.as_deref().map_or_else(|| "In all".to_owned(), |on| format!("On {}", plain(on)));
    let beside = if *elsewhere == 0 { String::new() } else { format!(", beside {elsewhere} by other plans") };
    format!("{on} it changes {changes} of {held}{beside}; {most} may be changed.")
}
