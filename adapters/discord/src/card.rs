//! A card as one embed with rows of buttons (<https://discord.com/developers/docs/resources/message#embed-object>).
//!
//! Discord reads Markdown nearly everywhere, so everything that somebody wrote is escaped ([`markdown`]), and every message
//! says that it mentions nobody. So no text can ping a channel, or look like a link, a button or a line of ours.

mod markdown;

use countersign_domain::card::{self as domain, ButtonStyle, Card, CardField, Tone};
use serenity::all::{
    ButtonStyle as Style, Colour, CreateActionRow, CreateAllowedMentions, CreateButton, CreateEmbed,
    CreateInteractionResponseFollowup, CreateInteractionResponseMessage, CreateMessage,
    EditInteractionResponse, EditMessage,
};
use url::Url;

pub(crate) use self::markdown::cut;
use self::markdown::{BLANK, dated, is_blank, plain, units};

/// An embed's title has at most so many characters.
const TITLE: usize = 256;
/// An embed's description.
const DESCRIPTION: usize = 4_096;
/// A field's name.
const NAME: usize = 256;
/// A field's value.
const VALUE: usize = 1_024;
/// All text of a message's embeds together.
const EMBED: usize = 6_000;
/// A message's own text.
const CONTENT: usize = 2_000;
/// A button's text.
const LABEL: usize = 80;
/// What a button's press sends back.
const REFERENCE: usize = 100;
/// An embed's fields.
const FIELDS: usize = 25;
/// A row's buttons.
const ROW: usize = 5;
/// A message's rows.
const ROWS: usize = 5;
/// A name and a value of at most so many characters each may stand beside others.
const SHORT: usize = 24;

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

/// The title, the lines, and the fields; where there is not room for all, the lines give way.
fn embed(card: &Card) -> CreateEmbed {
    let mut left = EMBED;
    let mut embed = CreateEmbed::new().colour(colour(card.tone));
    if !is_blank(&card.title) {
        let title = plain(&card.title, TITLE);
        left -= units(&title);
        embed = embed.title(title);
    }
    for field in card.fields.iter().take(FIELDS) {
        // Discord takes no field without a name and a value.
        if left < 2 {
            break;
        }
        let name = filled(plain(&field.label, NAME.min(left / 2)));
        left -= units(&name);
        let value = filled(value(field, VALUE.min(left)));
        left -= units(&value);
        embed = embed.field(name, value, is_short(field));
    }
    let lines = card.lines.join("\n");
    if !is_blank(&lines) && left > 0 {
        embed = embed.description(dated(&lines, DESCRIPTION.min(left)));
    } else if card.fields.is_empty() && is_blank(&card.title) {
        // Nor does it take an embed that says nothing.
        embed = embed.description(BLANK);
    }
    embed
}

/// The value, and where it leads: an address shown whole, so that nobody is led elsewhere than they think.
fn value(field: &CardField, most: usize) -> String {
    let link = field.link.as_deref().and_then(|link| address(link, most / 2)).unwrap_or_default();
    dated(&field.value, most - units(&link)) + &link
}

/// An address of the web in the form that nothing can break out of: parsed and written again, it holds no space and no `>`.
fn address(link: &str, most: usize) -> Option<String> {
    let url = Url::parse(link).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let link = format!(" <{url}>");
    (units(&link) <= most).then_some(link)
}

fn is_short(field: &CardField) -> bool {
    field.link.is_none() && units(&field.label) <= SHORT && units(&field.value) <= SHORT
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
    CreateButton::new(reference).label(filled(cut(&button.label, LABEL))).style(style)
}

#[cfg(test)]
mod tests;
