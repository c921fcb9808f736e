//! `take back <code>`: take the own countersignature back before the decision.

use super::{Audience, CommandSpec, verb};

const NAME: &str = "take back";

pub(super) const SPEC: CommandSpec = CommandSpec {
    name: NAME,
    grammar: "take back <code>",
    phrases: &[
        "take my countersignature|approval [of|on|for] <code> [back]",
        "i take back <code>",
        "i take my countersignature|approval <code> [back]",
        "undo|retract my countersignature|approval [of] [on] [for] <code>",
        "ich nehme meine genehmigung|zustimmung|freigabe <code> [zurück]",
    ],
    summary: "take your countersignature back before it is decided",
    examples: &["take back K7QM2X"],
    audience: Audience::Everybody,
    decides: true,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| {
        verb::run(chat, context, (NAME, said), |requests, context, opened, _| {
            Box::pin(requests.take_back(context, opened))
        })
    },
};
