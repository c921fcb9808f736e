//! What the bot says where people chat: who they are, what is news for them, whom it asks.

use countersign_domain::heard::Form;
use countersign_domain::ports::{Stranger, SurfaceKind};
use countersign_domain::request::Code;
use countersign_domain::tenant::Preferences;
use countersign_domain::words::{flat, instant, list, plain, quoted};
use jiff::Timestamp;

/// What stands on a button.
pub const TAKE_BACK: &str = "Take it back";
/// The title of the card with a link code.
pub const YOUR_LINK_CODE: &str = "Your link code";
/// The title of the answer to a link code.
pub const LINKED: &str = "I know you now";
/// The title of the answer to somebody who is nobody here yet.
pub const WHO_ARE_YOU: &str = "I do not know you yet";
/// The title of the answer to those the bot does not work for.
pub const NOT_FOR_YOU: &str = "I cannot work for you here";
/// The title of an answer to what is out of date.
pub const TOO_OLD: &str = "That button is too old";
/// The title of an answer to a button that somebody else made.
pub const NOT_MY_BUTTON: &str = "I do not know that button";
/// The title of the answer to a message that was changed.
pub const LINK_LOCKED: &str = "Too many wrong codes";
/// The title of the next answer.
pub const TOO_LONG: &str = "That is too much at once";
/// The title of the next answer.
pub const SAID_ALREADY: &str = "I keep to what was said first";
/// The title of what takes the place of a card that was posted anew.
pub const MOVED_DOWN: &str = "This card moved down";
/// The title of the answer to wishes about the bot itself.
pub const AS_YOU_WISH: &str = "As you wish";
/// The title of what is said in place of a form.
pub const FORM_NOT_OPENED: &str = "The form did not open";
/// The title of the answer to a form that cannot be taken.
pub const FORM_FAULTS: &str = "The form cannot be sent like that";
/// The label of a field.
pub const LINK_CODE: &str = "Say to me";

/// The label of where a countersignature is given that counts nowhere else.
pub const COUNTERSIGN_AT: &str = "Countersign at";
/// What stands there, with its address.
pub const THE_CONSOLE: &str = "the console";

/// What to do with a link code.
pub fn say_the_code(until: Timestamp) -> Vec<String> {
    vec![
        "Say this to me in Slack, Microsoft Teams or Discord, in our private talk; then I know there who you are.".to_owned(),
        format!(
            "It is good once, until {}. Whoever says it is taken for you, so give it to nobody.",
            instant(until)
        ),
    ]
}

/// Where a link code is said.
pub fn link_codes_are_for_chats() -> &'static str {
    "I know you here already. A link code is said in Slack, Microsoft Teams or Discord, in our private talk; “link” gives you a new one."
}

/// They are known from now on.
pub fn linked(name: &str, surface: SurfaceKind) -> Vec<String> {
    vec![
        format!("In {} you are {name} from now on. If that was not you, say “unlink”.", surface.name()),
        "“help” shows what I can do.".to_owned(),
    ]
}

/// The title where somebody is known already.
pub const KNOWN_HERE: &str = "I know you here already";

/// Who they are here, and that no code changes that.
pub fn known_here(name: &str, surface: SurfaceKind) -> Vec<String> {
    vec![format!(
        "In {} you are {name}, as before, and no link code was looked at. If that is not you, or this account is to be linked to somebody else, say “unlink” first.",
        surface.name()
    )]
}

/// How to become known.
pub fn how_to_link(console: &str) -> Vec<String> {
    vec![
        "I can only help you when I know who you are.".to_owned(),
        format!(
            "Open the console at {console}, sign in, and say “link” there. Then say the code to me, here in private."
        ),
    ]
}

/// Why the bot does not work for somebody.
pub fn stranger(stranger: Stranger) -> &'static str {
    match stranger {
        Stranger::Bot => "Programs ask through the API, with a token of their own.",
        Stranger::Guest => "I work for the members of this workspace only, and you are a guest of it.",
        Stranger::External => "I work for the members of this workspace only, and you belong to another one.",
        Stranger::Deactivated => "Your account was switched off.",
    }
}

/// What a button says that does not count any more.
pub fn too_old() -> &'static str {
    "Nothing was counted. Ask for “status” to see how things stand now."
}

/// What was pressed or sent counts for nothing.
pub fn nothing_counted() -> &'static str {
    "Nothing was counted. Say “help” to me to see what I can do."
}

/// Where the answer to a button is that is not about one request.
pub fn answered_in_private() -> &'static str {
    "I have answered with a message."
}

/// A form was taken.
pub fn form_is_taken() -> &'static str {
    "I have it. The card with your request is in our private talk."
}

/// How long no link code of somebody is looked at.
pub fn link_locked(until: Timestamp) -> String {
    format!(
        "I look at no code from this account until {}. Then get a new one in the console and say it here.",
        instant(until)
    )
}

/// How much can be said at once.
pub fn too_long(most: usize) -> String {
    format!(
        "I read up to {most} characters at once, and this was more, so nothing was done. Say it in fewer words."
    )
}

/// What a changed message does.
pub fn said_already() -> &'static str {
    "A message counts as it was when it was sent, and nothing that is changed afterwards. If you mean it, say it again."
}

/// Where a card is that was asked for elsewhere.
pub fn in_private(code: &Code) -> String {
    format!("The card of {code} is in our private talk, and changes there as things go on.")
}

/// What takes the place of a card that was posted anew.
pub fn moved_down(code: &Code) -> String {
    format!("How {code} stands is shown further down.")
}

/// The title of a reminder.
pub fn still_waits(title: &str) -> String {
    format!("Still waiting for you: {title}")
}

/// The title of what is asked before many are.
pub fn many_people(count: usize, code: &Code) -> String {
    format!("{code} can be countersigned by {count} people")
}

/// What is said before many are asked.
pub fn nobody_asked_yet(count: usize) -> String {
    format!(
        "I have sent it to none of the {count} yet. Shall I? You can also send the code to somebody yourself."
    )
}

/// What stands on a button.
pub fn ask_all(count: usize) -> String {
    format!("Ask all {count}")
}

/// Everybody is being asked.
pub fn everybody_is_asked(code: &Code) -> String {
    format!("I am asking everybody who can countersign {code}.")
}

/// What a request wants in the console.
pub fn in_the_console(quorum: u32) -> String {
    let who = if quorum == 1 { "The countersignature" } else { "Each countersignature" };
    format!("{who} must be given in the console, with the token once more.")
}

/// What the bot keeps of somebody's wishes.
pub fn wishes(preferences: &Preferences) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(quiet) = &preferences.quiet {
        let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        lines.push(format!(
            "Between {} and {} ({}) I say nothing by myself; what waited comes then.",
            time(quiet.from),
            time(quiet.to),
            quiet.zone
        ));
    }
    if preferences.do_not_ping {
        lines.push(
            "I ask you nothing by message. What waits for you is on your home page and under “status”."
                .to_owned(),
        );
    }
    if let Some(away) = &preferences.away {
        let until = instant(away.until);
        let when = match away.from {
            Some(from) => format!("From {} until {until}", instant(from)),
            None => format!("Until {until}"),
        };
        lines.push(match &away.deputies {
            Some(group) => {
                format!("{when} I leave you out, and the group {} stands in for you.", plain(group))
            }
            None => format!("{when} I leave you out. Nobody stands in for you."),
        });
    }
    if let Some(zone) = &preferences.zone {
        lines.push(format!("“Tomorrow” and “until Friday” are those of {zone}."));
    }
    if lines.is_empty() {
        lines.push("I ask you whenever there is something for you.".to_owned());
    }
    lines
}

/// Accounts that are linked no more.
pub fn unlinked(accounts: &[String]) -> String {
    format!("I forgot who is behind {}.", list(accounts))
}

/// Several chat accounts that may be meant.
pub const WHICH_ACCOUNT: &str = "Which chat account shall I forget?";

/// Somebody's chat account, on a button.
pub fn account_of(person: &str, account: &str) -> String {
    format!("{person}: {account}")
}

/// No chat account is linked to somebody who was named.
pub fn no_account_of(person: &str) -> String {
    format!("No chat account is linked to {person}.")
}

/// The title where the account that was named is nobody's.
pub const UNLINKED_NOBODY: &str = "Nothing was forgotten";

/// An account that was named and that nobody is known to be behind; and those that are linked to who speaks.
pub fn not_linked(account: &str, own: &[String]) -> String {
    let none = format!("No chat account called {} is linked to you.", quoted(account));
    if own.is_empty() { none } else { format!("{none} {}", linked_to_you(own)) }
}

/// An administrator names neither a person nor an account.
pub fn nobody_called(named: &str) -> String {
    format!("I know neither a person nor a linked chat account as {}.", quoted(named))
}

/// A title.
pub const WHO_YOU_ARE: &str = "Who you are";

/// As whom somebody is known.
pub fn you_are(who: &str) -> String {
    format!("You are {who}.")
}

/// Which chat accounts are somebody's.
pub fn linked_to_you(own: &[String]) -> String {
    if own.is_empty() { nothing_linked().to_owned() } else { format!("Linked to you: {}.", list(own)) }
}

/// Nothing was linked.
pub fn nothing_linked() -> &'static str {
    "No chat account is linked to you."
}

/// The heading of a section.
pub const WAITING_FOR_YOU: &str = "Waiting for you";
/// The heading of a section.
pub const YOUR_REQUESTS: &str = "Your requests";
/// The heading of a section.
pub const YOUR_ACCESS: &str = "Your access";

/// Where nothing waits.
pub fn nothing_waits() -> &'static str {
    "Nothing waits for your countersignature."
}

/// Where there is no request.
pub fn no_requests() -> &'static str {
    "You have no open request. Press “Ask for access”, or write me a sentence."
}

/// Where there is no access.
pub fn no_access_yet() -> &'static str {
    "You have no access that I gave you."
}

/// Above the fields of the form.
pub fn form_intro() -> &'static str {
    "Nothing is granted before somebody countersigned it, where the rules want that, and before it was read back."
}

/// Why a form did not open, and what to do.
pub fn form_not_opened() -> &'static str {
    "A form must open within three seconds, and this one came too late. Try it again, or say what you need in a sentence: “help access” shows how."
}

/// What was filled in, as a sentence to be put right and said again.
pub fn form_as_sentence(form: &Form) -> String {
    let part = |before: &str, value: &Option<String>| {
        value.as_deref().map(|value| format!(" {before}{value}")).unwrap_or_default()
    };
    format!(
        "Nothing was sent. Put it right and say it in a sentence: “access{}{}{}{}{}{}”, or fill in the form again.",
        part("", &form.permission),
        part("on ", &form.repository),
        part("for ", &form.user),
        part("for ", &form.duration),
        part("ticket ", &form.ticket),
        part("because ", &form.reason),
    )
}

/// The title of a card of what ended the program each time it was done, and what to do next.
pub fn given_up() -> (&'static str, &'static str) {
    (
        "I could not do that",
        "Each time I was at it the program ended, so I try it no more; what you said is kept in the log, and some of it may be done. Please say it in other words, or in parts, and tell whoever runs me.",
    )
}

/// What is asked where a command lacks nothing but its text; `said`: how it was said so far.
pub fn what_is_the_text(said: &str) -> &'static str {
    if said.starts_with("resolve ticket") {
        "What was done?"
    } else if said.starts_with("reply to ticket") {
        "What shall I tell them?"
    } else {
        "What is it about?"
    }
}

/// Beneath it; `whole`: how all of it is said at once.
pub fn say_the_text(whole: &str) -> String {
    format!("What you say next is it; “never mind” ends this. All at once: “{}”.", flat(whole))
}
