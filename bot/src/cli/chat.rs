//! `countersign chat`: one sentence and its cards, or a conversation in which cards change as they do.

use std::collections::HashMap;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use clap::Args;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::bot::{Bot, BotArgs};
use super::card::{CardView, cards, colours};
use super::output::{write_json, write_text};
use super::refused::Refused;
use super::{block_on, live};

/// Who says what.
#[derive(Debug, Args)]
pub(super) struct Chat {
    /// What to say; without it, sentences are read line by line until the end of the input (Ctrl-D)
    #[arg(value_name = "SENTENCE")]
    sentence: Vec<String>,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    bot: BotArgs,
}

impl Chat {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let bot = self.bot.bot()?;
        if self.sentence.is_empty() {
            return block_on(Conversation::new(bot, self.json).run());
        }
        let answer = block_on(say(&bot, &self.sentence.join(" ")))?;
        print(&answer, self.json)?;
        // The card has said why.
        let refused = cards(&answer)?.iter().any(|card| card.refused);
        if refused { Err(Refused(String::new()).into()) } else { Ok(()) }
    }
}

async fn say(bot: &Bot, text: &str) -> anyhow::Result<Value> {
    bot.post("/api/v1/chat", &json!({ "text": text })).await
}

fn print(answer: &Value, json: bool) -> anyhow::Result<()> {
    if json {
        return write_json(answer);
    }
    let cards: Vec<_> = cards(answer)?.iter().map(|card| card.render(colours())).collect();
    write_text(&cards.join("\n\n"))
}

/// Many sentences, and what changes meanwhile.
struct Conversation {
    bot: Bot,
    json: bool,
    /// What was shown last of each request, so that nothing is shown twice.
    shown: HashMap<String, String>,
}

impl Conversation {
    fn new(bot: Bot, json: bool) -> Self {
        Self { bot, json, shown: HashMap::new() }
    }

    async fn run(mut self) -> anyhow::Result<()> {
        // Asked first, so that a missing bot or a wrong token is told before anything is typed.
        let me = self.bot.get("/api/v1/me", &[]).await?;
        if io::stdin().is_terminal() {
            let name = super::table::plain(me["person"]["name"].as_str().unwrap_or("somebody"));
            write_text(&format!("You are {name}. Say `help` for what can be said; Ctrl-D leaves."))?;
        }
        let (mut lines, mut changes) = (lines(), live::changes(self.bot.clone()));
        loop {
            prompt()?;
            tokio::select! {
                line = lines.recv() => {
                    let Some(line) = line.transpose()? else { return Ok(()) };
                    self.line(line.trim()).await?;
                }
                Some(card) = changes.recv() => self.changed(&card)?,
            }
        }
    }

    async fn line(&mut self, line: &str) -> anyhow::Result<()> {
        if line.is_empty() {
            return Ok(());
        }
        match say(&self.bot, line).await {
            Ok(answer) => {
                for card in cards(&answer)? {
                    self.shown.extend(card.code.clone().map(|code| (code, card.text.clone())));
                }
                print(&answer, self.json)
            }
            // One sentence that failed ends no conversation.
            Err(error) => Ok(writeln!(io::stderr(), "{error:#}")?),
        }
    }

    fn changed(&mut self, card: &Value) -> anyhow::Result<()> {
        let view: CardView = serde_json::from_value(card.clone())?;
        let known = view.code.as_ref().and_then(|code| self.shown.get(code));
        if known.is_some_and(|text| *text == view.text) {
            return Ok(());
        }
        self.shown.extend(view.code.clone().map(|code| (code, view.text.clone())));
        print(&json!({ "cards": [card] }), self.json)
    }
}

fn prompt() -> anyhow::Result<()> {
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        let mut out = io::stdout().lock();
        write!(out, "› ")?;
        out.flush()?;
    }
    Ok(())
}

/// The lines of the standard input, read beside everything else.
fn lines() -> mpsc::Receiver<io::Result<String>> {
    let (sender, receiver) = mpsc::channel(16);
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}
