//! People of the demo who send the bot a file, in each of the chats.

use countersign::demo::chats::{discord_user, slack_user};
use countersign_sandbox::discord::DiscordAct;
use countersign_sandbox::slack::SlackAct;
use countersign_sandbox::{SharedFile, TeamsAct};

use crate::stage::Stage;
use crate::teams::teams_user;

/// The chats that can hand a file out.
pub const CHATS: [&str; 3] = ["slack", "teams", "discord"];

impl Stage {
    /// Somebody sends the bot a file in private, and says something with it.
    pub async fn shares(&self, chat: &str, id: &str, text: &str, file: SharedFile) {
        let text = text.to_owned();
        match chat {
            "slack" => {
                let user = slack_user(id);
                self.in_slack(SlackAct::Share { user, channel: None, text, file }).await;
            }
            "teams" => {
                self.in_teams(TeamsAct::Share { user: teams_user(id), talk: None, text, file }).await;
            }
            _ => {
                self.in_discord(DiscordAct::Share { user: discord_user(id), channel: None, text, file })
                    .await;
            }
        }
        self.settle().await;
    }

    /// What somebody was told in private in one of the chats, oldest first.
    pub fn sees_in(&self, chat: &str, id: &str) -> Vec<String> {
        match chat {
            "slack" => self.slack_sees(id),
            "teams" => self.teams_sees(id),
            _ => self.discord_sees(id),
        }
    }
}
