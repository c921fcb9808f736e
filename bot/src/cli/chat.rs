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
                Some(code) = changes.recv() => self.changed(&code).await?,
            }
        }
    }

    async fn line(&mut self, line: &str) -> anyhow::Result<()> {
        if line.is_empty() {
            return Ok(());
        }
        match say(&self.bot, line).await {
            Ok(answer) => {
                self.remember(&answer)?;
                print(&answer, self.json)
            }
            // One sentence that failed ends no conversation.
            Err(error) => Ok(writeln!(io::stderr(), "{error:#}")?),
        }
    }

    /// Shows how a request stands now, where that is not what was shown last. What was told while a sentence was answered waited, and
    /// what it said is older than the answer: so it is looked at anew, and nothing is shown backwards in time.
    async fn changed(&mut self, code: &str) -> anyhow::Result<()> {
        // What cannot be looked at now is looked at when it changes next, or is asked for.
        let Ok(now) = self.bot.get(&format!("/api/v1/requests/{code}"), &[]).await else { return Ok(()) };
        if self.remember(&now)? { print(&now, self.json) } else { Ok(()) }
    }

    /// Keeps what is about to be shown of each request; whether any of it is new.
    fn remember(&mut self, answer: &Value) -> anyhow::Result<bool> {
        let mut is_new = false;
        for CardView { code, text, .. } in cards(answer)? {
            let Some(code) = code else { continue };
            is_new |= self.shown.insert(code, text.clone()).is_none_or(|before| before != text);
        }
        Ok(is_new)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_on_the_screen_is_not_printed_again() {
        let bot = BotArgs { speaker: Some("demo-employee".to_owned()), ..BotArgs::default() }.bot().unwrap();
        let mut conversation = Conversation::new(bot, false);
        let card = |text: &str| json!({ "cards": [{ "text": text, "code": "K7QM2X" }] });
        let mut is_new = |text: &str| conversation.remember(&card(text)).unwrap();
        assert_eq!(
            ["waiting", "waiting", "active", "active", "waiting"].map(&mut is_new),
            [true, false, true, false, true]
        );
        // What is about no request is shown whenever it is said.
        assert!(!conversation.remember(&json!({ "cards": [{ "text": "help" }] })).unwrap());
    }
}
