//! A card as one embed with rows of buttons (<https://discord.com/developers/docs/resources/message#embed-object>).
//!
//! Discord reads Markdown nearly everywhere, so everything that somebody wrote is escaped ([`markdown`]), and every message
//! says that it mentions nobody. So no text can ping a channel, or look like a link, a button or a line of ours.

mod markdown;

use countersign_domain::card::{self as domain, ButtonStyle, Card, CardField, Tone, short};
use serenity::all::{
    ButtonStyle as Style, Colour, CreateActionRow, CreateAllowedMentions, CreateButton, CreateEmbed,
    CreateInteractionResponseFollowup, CreateInteractionResponseMessage, CreateMessage,
    EditInteractionResponse, EditMessage,
};
use url::Url;

pub(crate) use self::markdown::cut;
use self::markdown::{BLANK, Fit, is_blank, plain, units};

/// An embed's title has at most so many characters.
const TITLE: usize = 256;
/// An embed's description.
const DESCRIPTION: usize = 4_096;
/// An address longer than this is left out.
const ADDRESS: usize = 1_024;
/// A message's own text.
const CONTENT: usize = 2_000;
/// A button's text.
const LABEL: usize = 80;
/// What a button's press sends back.
const REFERENCE: usize = 100;
/// A row's buttons.
const ROW: usize = 5;
/// A message's rows.
const ROWS: usize = 5;

/// A card in Discord's form, to be sent, put in the place of an older one, or given as an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    content: String,
    embed: CreateEmbed,
    rows: Vec<CreateActionRow>,
}

/// What a button cannot send back. An error of ours, never of a person's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnfitReference {
    /// Discord wants something.
    #[error("the button “{0}” has an empty reference")]
    Empty(String),
    /// More than Discord takes.
    #[error("the reference of the button “{label}” has {length} characters; Discord takes at most 100")]
    Long {
        /// The button.
        label: String,
        /// Its reference's characters.
        length: usize,
    },
    /// Discord takes each only once in a message.
    #[error("the button “{0}” has the reference of another one")]
    Repeated(String),
}

/// The card as a message. `reference` gives what a button's press sends back, 1 to 100 characters.
pub fn message(
    card: &Card,
    reference: impl Fn(&domain::Button) -> String,
) -> Result<Message, UnfitReference> {
    Ok(Message { content: notice(card), embed: embed(card), rows: rows(card, reference)? })
}

impl Message {
    /// To be sent to a channel or a person.
    pub fn create(&self) -> CreateMessage {
        CreateMessage::new()
            .content(&self.content)
            .embed(self.embed.clone())
            .components(self.rows.clone())
            .allowed_mentions(nobody())
    }

    /// To be put in the place of what a message showed, with the bot's own token: as late as one likes.
    pub fn edit(&self) -> EditMessage {
        EditMessage::new()
            .content(&self.content)
            .embed(self.embed.clone())
            .components(self.rows.clone())
            .allowed_mentions(nobody())
    }

    /// To be shown to one person only, who used the bot within the last 15 minutes.
    pub fn followup(&self) -> CreateInteractionResponseFollowup {
        CreateInteractionResponseFollowup::new()
            .content(&self.content)
            .embed(self.embed.clone())
            .components(self.rows.clone())
            .allowed_mentions(nobody())
            .ephemeral(true)
    }

    /// To be the first answer to an interaction: a message of its own, or in the place of the one whose button was pressed.
    pub fn respond(&self) -> CreateInteractionResponseMessage {
        CreateInteractionResponseMessage::new()
            .content(&self.content)
            .embed(self.embed.clone())
            .components(self.rows.clone())
            .allowed_mentions(nobody())
    }

    /// To be put in the place of that answer, with the interaction's token: within 15 minutes.
    pub fn edit_response(&self) -> EditInteractionResponse {
        EditInteractionResponse::new()
            .content(&self.content)
            .embed(self.embed.clone())
            .components(self.rows.clone())
            .allowed_mentions(nobody())
    }
}

/// An empty list to parse: Discord then pings nobody, whatever the text says.
fn nobody() -> CreateAllowedMentions {
    CreateAllowedMentions::new().replied_user(false)
}

/// The text's first line. It stands above the embed, where all of the text would say everything twice.
fn notice(card: &Card) -> String {
    plain(card.text.lines().find(|line| !is_blank(line)).unwrap_or(&card.title), CONTENT)
}

/// The title, and beneath it the fields and the lines, one a line: in the order in which every surface shows them, which an
/// embed's own fields, that stand beneath its text, would turn round.
fn embed(card: &Card) -> CreateEmbed {
    let mut embed = CreateEmbed::new().colour(colour(card.tone));
    if !is_blank(&card.title) {
        embed = embed.title(plain(&short(&card.title, TITLE), TITLE));
    }
    let mut body = Fit::new(DESCRIPTION);
    for (place, field) in card.fields.iter().enumerate() {
        body.whole(if place == 0 { "" } else { "\n" });
        labelled(&mut body, field);
    }
    let lines = card.lines.join("\n");
    if !is_blank(&lines) {
        body.whole(if card.fields.is_empty() { "" } else { "\n\n" });
        body.dated(&lines);
    }
    let body = body.text();
    match (is_blank(&body), is_blank(&card.title)) {
        (false, _) => embed.description(body),
        // Discord takes no embed that says nothing.
        (true, true) => embed.description(BLANK),
        (true, false) => embed,
    }
}

/// A label, its value, which is the text of the address where there is one, and what is said of it.
fn labelled(body: &mut Fit, field: &CardField) {
    if !is_blank(&field.label) {
        body.whole(&format!("**{}:** ", plain(&field.label, DESCRIPTION)));
    }
    match field.link.as_deref().and_then(address).filter(|_| !is_blank(&field.value)) {
        Some(link) => body.whole(&format!("[{}]({link})", plain(&field.value, DESCRIPTION))),
        None => body.dated(&field.value),
    }
    if let Some(note) = &field.note {
        body.whole(" ");
        body.dated(note);
    }
}

/// An address of the web in the form that nothing can break out of: parsed and written again, it holds no space, and with
/// its parentheses encoded nothing that ends it.
fn address(link: &str) -> Option<String> {
    let url = Url::parse(link).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let link = url.as_str().replace('(', "%28").replace(')', "%29");
    (units(&link) <= ADDRESS).then_some(link)
}

/// Discord refuses a text of spaces where it wants one.
fn filled(text: String) -> String {
    if is_blank(&text) { BLANK.to_owned() } else { text }
}

const fn colour(tone: Tone) -> Colour {
    Colour::new(match tone {
        Tone::Neutral => 0x0058_65F2,
        Tone::Waiting => 0x00F0_B232,
        Tone::Good => 0x0024_8046,
        Tone::Bad => 0x00DA_373C,
    })
}

fn rows(
    card: &Card,
    reference: impl Fn(&domain::Button) -> String,
) -> Result<Vec<CreateActionRow>, UnfitReference> {
    let mut references = Vec::new();
    let mut buttons = Vec::new();
    for button in card.buttons.iter().take(ROW * ROWS) {
        let reference = reference(button);
        let label = || button.label.clone();
        match units(&reference) {
            0 => return Err(UnfitReference::Empty(label())),
            length if length > REFERENCE => {
                return Err(UnfitReference::Long { label: label(), length });
            }
            _ if references.contains(&reference) => return Err(UnfitReference::Repeated(label())),
            _ => {}
        }
        buttons.push(pressable(button, &reference));
        references.push(reference);
    }
    Ok(buttons.chunks(ROW).map(|row| CreateActionRow::Buttons(row.to_vec())).collect())
}

/// A button. Its label is plain text to Discord: nothing in it is read.
fn pressable(button: &domain::Button, reference: &str) -> CreateButton {
    let style = match button.style {
        ButtonStyle::Primary => Style::Success,
        ButtonStyle::Danger => Style::Danger,
        ButtonStyle::Plain => Style::Secondary,
    };
    CreateButton::new(reference).label(filled(cut(&short(&button.label, LABEL), LABEL))).style(style)
}

#[cfg(test)]
mod tests;
