//! Cards in the terminal: their text, which says all that can be said next, in a colour that only repeats the words.

use std::io::IsTerminal as _;

use serde::Deserialize;
use serde_json::Value;

use super::table::plain;

/// A card as the API answers it; parts that are not needed here are left out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct CardView {
    pub(super) text: String,
    #[serde(default)]
    pub(super) code: Option<String>,
    #[serde(default)]
    pub(super) tone: String,
    #[serde(default)]
    pub(super) refused: bool,
}

/// The cards in an answer.
pub(super) fn cards(answer: &Value) -> anyhow::Result<Vec<CardView>> {
    Ok(serde_json::from_value(answer["cards"].clone())?)
}

impl CardView {
    /// The card as lines for a terminal, with a bar in front in the card's colour.
    pub(super) fn render(&self, colour: bool) -> String {
        let (on, off) = if colour { (self.colour(), "\u{1b}[0m") } else { ("", "") };
        let lines = self.text.trim_end().lines().map(plain);
        let lines: Vec<String> = lines.map(|line| format!("{on}│{off} {line}")).collect();
        lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
    }

    fn colour(&self) -> &'static str {
        match self.tone.as_str() {
            "good" => "\u{1b}[32m",
            "bad" => "\u{1b}[31m",
            "waiting" => "\u{1b}[33m",
            _ => "\u{1b}[36m",
        }
    }
}

/// Whether colours are wanted: on a terminal, unless `NO_COLOR` is set.
pub(super) fn colours() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
