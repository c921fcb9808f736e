//! `/countersign text:<what> file:<rules>`: the one slash command, which takes what one could also say in a sentence, and a file
//! with it
//! (<https://discord.com/developers/docs/interactions/application-commands>).
//!
//! Without a text it opens the form. What it suggests comes from the bot's command table, so that the two cannot drift apart.

use countersign_domain::form::FormSpec;
use serenity::all::{
    AutocompleteChoice, CommandOptionType, CommandType, CreateAutocompleteResponse, CreateCommand,
    CreateCommandOption, InstallationContext, InteractionContext,
};

use crate::card::cut;

/// The command's name: 1 to 32 small letters, digits, `-` and `_`.
pub(crate) const NAME: &str = "countersign";
/// Its option's name, by the same rule.
pub(crate) const TEXT: &str = "text";
/// The name of the option for a file, by the same rule.
pub(crate) const FILE: &str = "file";

const ABOUT_FILE: &str = "What belongs to it: rules, or a document";

const DESCRIPTION: &str = "Ask for access, countersign, give it back, or ask what I can do";
/// Descriptions, and both sides of a suggestion, have at most so many characters.
const LINE: usize = 100;
/// Discord shows at most so many suggestions.
const SUGGESTIONS: usize = 25;
/// What an option's text may have at most.
const LONGEST: u16 = 6_000;

/// The slash command, made from the command table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlashCommand {
    rows: Vec<(String, String)>,
    /// What it opens alone.
    pub(crate) form: &'static FormSpec,
}

/// A command table that Discord could not suggest from. An error of ours, never of a person's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnfitTable {
    /// Nothing to suggest.
    #[error("the command table is empty")]
    Empty,
    /// Discord wants both.
    #[error("row {0} of the command table lacks its name or its summary")]
    Blank(usize),
    /// A suggestion that is not sent whole would say something else.
    #[error("the command “{name}” has {length} characters; Discord takes at most 100")]
    Long {
        /// The command.
        name: String,
        /// Its characters.
        length: usize,
    },
    /// Twice the same.
    #[error("the command “{0}” is there twice")]
    Repeated(String),
}

impl SlashCommand {
    /// From the commands' names and summaries, and the form that it opens where nothing is said with it.
    pub fn new(table: &[(&str, &str)], form: &'static FormSpec) -> Result<Self, UnfitTable> {
        if table.is_empty() {
            return Err(UnfitTable::Empty);
        }
        for (place, &(name, summary)) in table.iter().enumerate() {
            let length = name.encode_utf16().count();
            if name.trim().is_empty() || summary.trim().is_empty() {
                return Err(UnfitTable::Blank(place));
            }
            if length > LINE {
                return Err(UnfitTable::Long { name: name.to_owned(), length });
            }
            if table[..place].iter().any(|(earlier, _)| *earlier == name) {
                return Err(UnfitTable::Repeated(name.to_owned()));
            }
        }
        let rows = table.iter().map(|&(name, summary)| (name.to_owned(), summary.to_owned()));
        Ok(Self { rows: rows.collect(), form })
    }

    /// As it is registered: only where the whole server installed the bot, and never in the name of somebody's own
    /// installation on another server.
    pub fn definition(&self) -> CreateCommand {
        let names: Vec<_> = self.rows.iter().map(|(name, _)| name.as_str()).collect();
        let about = format!("{}, or a sentence", names.join(", "));
        let text = CreateCommandOption::new(CommandOptionType::String, TEXT, line(&about))
            .required(false)
            .max_length(LONGEST)
            .set_autocomplete(true);
        let file =
            CreateCommandOption::new(CommandOptionType::Attachment, FILE, line(ABOUT_FILE)).required(false);
        CreateCommand::new(NAME)
            .kind(CommandType::ChatInput)
            .description(DESCRIPTION)
            .contexts(vec![InteractionContext::Guild, InteractionContext::BotDm])
            .integration_types(vec![InstallationContext::Guild])
            .add_option(text)
            .add_option(file)
    }

    /// Whole sentences that what was typed may become, in place of the commands' names.
    pub fn sentences<'a>(sentences: impl IntoIterator<Item = &'a str>) -> CreateAutocompleteResponse {
        // One that is not sent whole would say something else.
        let whole = sentences.into_iter().filter(|text| text.encode_utf16().count() <= LINE);
        let choices = whole.take(SUGGESTIONS).map(|text| AutocompleteChoice::new(text, text));
        CreateAutocompleteResponse::new().set_choices(choices.collect())
    }

    /// The commands that what was typed may become, those that begin so first.
    pub fn suggestions(&self, typed: &str) -> CreateAutocompleteResponse {
        let typed = typed.trim_start().to_lowercase();
        let name = |row: &&(String, String)| row.0.to_lowercase();
        let begin = self.rows.iter().filter(|row| name(row).starts_with(&typed));
        let contain =
            self.rows.iter().filter(|row| !name(row).starts_with(&typed) && name(row).contains(&typed));
        let choices = begin.chain(contain).take(SUGGESTIONS).map(|(name, summary)| {
            AutocompleteChoice::new(line(&format!("{name} — {summary}")), name.as_str())
        });
        CreateAutocompleteResponse::new().set_choices(choices.collect())
    }
}

/// At most what Discord takes. It reads no Markdown here.
fn line(text: &str) -> String {
    cut(text, LINE)
}

#[cfg(test)]
mod tests;
