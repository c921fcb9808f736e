//! The cards of conversations: who somebody is, what is news, who is asked.

use countersign_domain::card::{Button, ButtonStyle, Card, CardField, Tone};
use countersign_domain::form::{Fault, Filled};
use countersign_domain::ports::{Stranger, SurfaceKind};
use countersign_domain::request::Code;
use countersign_domain::tenant::{Person, Preferences};
use countersign_domain::words::{flat, told};
use jiff::Timestamp;

use super::Shown;
use super::draft::Draft;
use crate::capabilities;
use crate::desk::UnreadFile;
use crate::forms;
use crate::words;

/// A link code, for somebody who is signed in.
pub fn link_code(code: &str, until: Timestamp) -> Card {
    Draft::new(Tone::Neutral, words::YOUR_LINK_CODE)
        .field(words::LINK_CODE, &format!("link {code}"))
        .lines(words::say_the_code(until))
        .card()
}

/// A link code that was said where who speaks is known already.
pub fn link_codes_are_for_chats() -> Card {
    Draft::refusal(words::NOT_DONE).line(words::link_codes_are_for_chats()).card()
}

/// Somebody is known from now on.
pub fn linked(name: &str, surface: SurfaceKind) -> Card {
    Draft::new(Tone::Good, words::LINKED)
        .lines(words::linked(name, surface))
        .button(words::HELP, ButtonStyle::Plain, "help")
        .card()
}

/// The same card for a place outside of the console: what leads to a page of it does so with the console's address.
pub fn from_outside(mut card: Card, console: &str) -> Card {
    for link in card.fields.iter_mut().filter_map(|field| field.link.as_mut()) {
        if link.starts_with('/') {
            let whole = format!("{console}{link}");
            card.text = card.text.replace(&format!(" {link}"), &format!(" {whole}"));
            *link = whole;
        }
    }
    card
}

/// Somebody was known before, whatever code they said.
pub fn known_here(name: &str, surface: SurfaceKind) -> Card {
    Draft::new(Tone::Neutral, words::KNOWN_HERE)
        .lines(words::known_here(name, surface))
        .button(words::HELP, ButtonStyle::Plain, "help")
        .card()
}

/// The same card for a place from which one has to go to the console to countersign.
pub fn with_the_console(mut card: Card, console: &str) -> Card {
    let (label, value) = (words::COUNTERSIGN_AT.to_owned(), words::THE_CONSOLE.to_owned());
    let there = card.code.as_ref().map(|code| format!("?request={code}")).unwrap_or_default();
    let link = format!("{console}/{there}");
    card.text = format!("{}\n{label}: {value} {link}", card.text);
    card.fields.push(CardField { label, value, link: Some(link), note: None });
    card
}

/// Somebody is nobody here yet.
pub fn who_are_you(console: &str) -> Card {
    Draft::refusal(words::WHO_ARE_YOU).lines(words::how_to_link(console)).card()
}

/// Somebody the bot does not work for.
pub fn not_for_you(stranger: Stranger) -> Card {
    Draft::refusal(words::NOT_FOR_YOU).line(words::stranger(stranger)).card()
}

/// A button that does not count any more.
pub fn too_old() -> Card {
    Draft::refusal(words::TOO_OLD).line(words::too_old()).card()
}

/// A button that the bot did not make, or made with a key that it has no more.
pub fn not_my_button() -> Card {
    Draft::refusal(words::NOT_MY_BUTTON).line(words::too_old()).card()
}

/// Too many wrong link codes were tried.
pub fn link_locked(until: Timestamp) -> Card {
    Draft::refusal(words::LINK_LOCKED).line(&words::link_locked(until)).card()
}

/// More was said at once than anybody reads.
pub fn too_long(most: usize) -> Card {
    Draft::refusal(words::TOO_LONG).line(&words::too_long(most)).card()
}

/// A file that came with what was said is not read. `may_be_pasted`: what is in it may as well be said.
pub(crate) fn file_unread(why: &UnreadFile, may_be_pasted: bool) -> Card {
    Draft::refusal(words::FILE_UNREAD).line(&words::file_unread(why, may_be_pasted)).card()
}

/// Somebody changed what they had said.
pub fn said_already() -> Card {
    Draft::refusal(words::SAID_ALREADY).line(words::said_already()).card()
}

/// A card that is elsewhere.
pub fn in_private(code: &Code) -> Card {
    Draft::new(Tone::Neutral, &code.to_string()).line(&words::in_private(code)).card()
}

/// What takes the place of a card that was posted anew.
pub fn moved_down(code: &Code) -> Card {
    Draft::new(Tone::Neutral, words::MOVED_DOWN).line(&words::moved_down(code)).card()
}

/// News for those a request concerns: what happened, how it stands, and what they can do now. To whom it was asked for it says who
/// asked.
pub fn news(shown: Shown<'_>, news: &str) -> Card {
    let card = capabilities::card(shown);
    Draft::new(card.tone, &format!("{news}: {}", card.title))
        .live()
        .lines(asked_by(shown))
        .lines(card.lines)
        .buttons(card.buttons)
        .card()
}

/// Who asked, to whom it was asked for.
fn asked_by(shown: Shown<'_>) -> Option<String> {
    let requester = shown.request.requester()?;
    let is_own = shown.viewer.is_none_or(|viewer| viewer.id == requester.id);
    (!is_own).then(|| words::asked_by(&shown.name(&requester.id)))
}

/// What somebody was told of a request as it is by now: what was news stays said, how it stands is said as it stands, until nothing can
/// happen to it any more, and only so much can be pressed as still can be; nothing where they are nobody any more.
pub fn still(notice: Card, shown: Option<Shown<'_>>) -> Card {
    let Some(shown) = shown else { return Draft::of(notice).with_only(|_| false).settled().card() };
    let Card { buttons, lines, .. } = capabilities::card(shown);
    let to_ask = shown.request.open().filter(|open| !open.announced).map(|_| ask_everybody(shown.code));
    let can_be = |button: &Button| buttons.contains(button) || to_ask.as_ref() == Some(&button.say);
    if !notice.live {
        return Draft::of(notice).with_only(can_be).card();
    }
    let by = asked_by(shown).filter(|by| notice.lines.first() == Some(&told(by)));
    let draft = Draft::of(notice).with_only(can_be).without_lines().lines(by).lines(lines);
    if shown.request.is_over() { draft.settled().card() } else { draft.card() }
}

/// A reminder for somebody who was asked.
pub fn reminder(shown: Shown<'_>) -> Card {
    let card = capabilities::card(shown);
    let until =
        card.fields.iter().filter(|field| [words::UNTIL, words::REASON].contains(&field.label.as_str()));
    let mut draft = Draft::new(Tone::Waiting, &words::still_waits(&card.title)).live();
    for field in until {
        draft = draft.field(&field.label, &field.value);
    }
    draft.lines(card.lines).buttons(card.buttons).card()
}

/// Before many people are asked: how many they are.
pub fn many_people(code: &Code, count: usize) -> Card {
    Draft::new(Tone::Waiting, &words::many_people(count, code))
        .line(&words::nobody_asked_yet(count))
        .button(&words::ask_all(count), ButtonStyle::Primary, &ask_everybody(code))
        .card()
}

fn ask_everybody(code: &Code) -> String {
    format!("ask everybody about {code}")
}

/// A form that cannot be taken as it is: what is wrong, and how to say the same in a sentence.
pub fn form_faults(faults: &[Fault], filled: &Filled) -> Card {
    Draft::refusal(words::FORM_FAULTS)
        .lines(faults.iter().map(|(_, fault)| fault))
        .line(&forms::of(filled).map_or_else(String::new, |form| form.sentence(filled)))
        .card()
}

/// A form that could not be opened in time: how to have it again, and how to do without it.
pub fn form_not_opened() -> Card {
    Draft::refusal(words::FORM_NOT_OPENED).line(words::form_not_opened()).card()
}

/// Everybody is being asked.
pub fn everybody_is_asked(code: &Code) -> Card {
    Draft::new(Tone::Neutral, &words::everybody_is_asked(code)).card()
}

/// Many requests as one card, a line each.
pub fn list(cards: &[Card]) -> Card {
    let (requests, beside): (Vec<&Card>, Vec<&Card>) = cards.iter().partition(|card| card.live);
    let draft = Draft::new(Tone::Neutral, &words::so_many_requests(requests.len()));
    let line = |card: &Card| words::listed(&told_apart(card, cards), field(card, words::STATUS));
    let draft = draft.lines(requests.into_iter().map(line));
    draft.lines(beside.into_iter().flat_map(|card| &card.lines)).card()
}

/// What reads the same but for the code says its ticket and its reason, too.
fn told_apart(card: &Card, all: &[Card]) -> String {
    let what = |card: &Card| card.title.split_once(' ').map(|(_, what)| what.to_owned());
    let is_twin = all.iter().filter(|other| what(other) == what(card)).count() > 1;
    let more = [words::TICKET, words::REASON].into_iter().filter(|_| is_twin);
    let said = more.filter_map(|label| field(card, label)).map(flat);
    std::iter::once(card.title.clone()).chain(said).collect::<Vec<_>>().join(", ")
}

fn field<'a>(card: &'a Card, label: &str) -> Option<&'a str> {
    card.fields.iter().find(|field| field.label == label).map(|field| field.value.as_str())
}

/// What the bot keeps of somebody's wishes.
pub fn wishes(preferences: &Preferences) -> Card {
    Draft::new(Tone::Neutral, words::AS_YOU_WISH).lines(words::wishes(preferences)).card()
}

/// As whom somebody is known, and by which chat accounts.
pub fn who_you_are(person: &Person, accounts: &[String]) -> Card {
    Draft::new(Tone::Neutral, words::WHO_YOU_ARE)
        .line(&words::you_are(&person.told_apart()))
        .line(&words::linked_to_you(accounts))
        .card()
}

/// Chat accounts that are linked no more.
pub fn unlinked(accounts: &[String]) -> Card {
    let line =
        if accounts.is_empty() { words::nothing_linked().to_owned() } else { words::unlinked(accounts) };
    Draft::new(Tone::Neutral, words::AS_YOU_WISH).line(&line).card()
}
