//! Putting a card together so that no text of a person can look like the bot's own structure.

use countersign_domain::capabilities::AnyRequest;
use countersign_domain::request::Code;
use countersign_domain::words::{flat, told};

use crate::words;
use countersign_domain::card::{Button, ButtonStyle, Card, CardField, Tone};

/// A card being put together; [`Draft::card`] completes it with its plain text.
#[derive(Debug, Clone)]
pub(crate) struct Draft(Card);

impl Draft {
    /// A card with this title.
    pub(crate) fn new(tone: Tone, title: &str) -> Self {
        Self(Card {
            text: String::new(),
            title: flat(title),
            tone,
            code: None,
            status: None,
            refused: false,
            live: false,
            fields: vec![],
            lines: vec![],
            buttons: vec![],
            refresh: None,
        })
    }

    /// A card that was made before, to be changed.
    pub(crate) const fn of(card: Card) -> Self {
        Self(card)
    }

    /// A card that says no.
    pub(crate) fn refusal(title: &str) -> Self {
        let mut draft = Self::new(Tone::Bad, title);
        draft.0.refused = true;
        draft
    }

    /// The request it is about, and how that stands, in its kind's own word.
    pub(crate) fn about(self, code: &Code, status: &str) -> Self {
        Self(Card { code: Some(code.clone()), status: Some(status.to_owned()), ..self.0 })
    }

    /// The same for a request of whichever kind.
    pub(crate) fn about_any(self, code: &Code, request: &AnyRequest) -> Self {
        self.about(code, request.standing().word)
    }

    /// It shows how the request stands, and is to change with it.
    pub(crate) fn live(mut self) -> Self {
        self.0.live = true;
        self
    }

    /// It changes no more.
    pub(crate) fn settled(mut self) -> Self {
        self.0.live = false;
        self
    }

    /// Something known.
    pub(crate) fn field(mut self, label: &str, value: &str) -> Self {
        self.0.fields.push(CardField { label: label.to_owned(), value: told(value), link: None, note: None });
        self
    }

    /// Something known that a vendor has a page of, and what is said of it.
    pub(crate) fn linked(mut self, label: &str, value: &str, link: &str, note: &str) -> Self {
        self.0.fields.push(CardField {
            label: label.to_owned(),
            value: flat(value),
            link: Some(flat(link)).filter(|link| link.starts_with("https://") || link.starts_with("http://")),
            note: Some(flat(note)).filter(|note| !note.is_empty()),
        });
        self
    }

    /// Something that stands on a page of the console, at this path. Where the card goes out, the console's address comes before it.
    pub(crate) fn on_a_page(mut self, label: &str, value: &str, path: &str) -> Self {
        let (label, value, link) = (label.to_owned(), flat(value), Some(path.to_owned()));
        self.0.fields.push(CardField { label, value, link, note: None });
        self
    }

    /// Something known, where it is.
    pub(crate) fn field_if(self, label: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.field(label, value),
            None => self,
        }
    }

    /// Something said.
    pub(crate) fn line(mut self, line: &str) -> Self {
        self.0.lines.push(told(line));
        self
    }

    /// Things said, one a line.
    pub(crate) fn lines<T: AsRef<str>>(self, lines: impl IntoIterator<Item = T>) -> Self {
        lines.into_iter().fold(self, |draft, line| draft.line(line.as_ref()))
    }

    /// Nothing said yet.
    pub(crate) fn without_lines(mut self) -> Self {
        self.0.lines.clear();
        self
    }

    /// Things to press.
    pub(crate) fn buttons(mut self, buttons: impl IntoIterator<Item = Button>) -> Self {
        self.0.buttons.extend(buttons);
        self
    }

    /// Only so much of what can be pressed.
    pub(crate) fn with_only(mut self, can_be: impl FnMut(&Button) -> bool) -> Self {
        self.0.buttons.retain(can_be);
        self
    }

    /// Something to press.
    pub(crate) fn button(self, label: &str, style: ButtonStyle, say: &str) -> Self {
        self.buttons([Button {
            label: label.to_owned(),
            style,
            say: say.to_owned(),
            proof: false,
            asks_why: false,
        }])
    }

    /// The card, with its plain text.
    pub(crate) fn card(self) -> Card {
        let mut card = self.0;
        let fields = card.fields.iter().map(|field| match &field.link {
            Some(link) => format!("{}: {} {link}", field.label, field.said()),
            None => format!("{}: {}", field.label, field.said()),
        });
        // What counts in the console only is not said.
        let say = card.buttons.iter().filter(|button| !button.proof);
        let why = |button: &Button| if button.asks_why { " because …" } else { "" };
        let say = say.map(|button| shown(&button.say) + why(button)).collect::<Vec<_>>();
        let lines = std::iter::once(card.title.clone()).chain(fields).chain(card.lines.iter().cloned());
        card.text = lines.chain(words::you_can_say(&say)).collect::<Vec<_>>().join("\n");
        card
    }
}

/// A button's sentence as a person would type it: a receipt by its first eight digits.
fn shown(say: &str) -> String {
    let is_receipt = |word: &str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let short = |word: &str| if is_receipt(word) { word[..8].to_owned() } else { word.to_owned() };
    say.split(' ').map(short).collect::<Vec<_>>().join(" ")
}
