//! The same said wherever people talk: at the console, by whoever has signed in there, and in each chat.

use crate::stage::Stage;

/// Wherever people talk.
pub const SURFACES: [&str; 4] = ["console", "slack", "teams", "discord"];

/// Somebody says something there, and what follows from it has happened.
pub async fn says_on(stage: &Stage, surface: &str, who: &str, sentence: &str) {
    match surface {
        "console" => drop(stage.signs_in(who).await.sends("/say", &[("text", sentence)]).await),
        "slack" => stage.slack_says(who, sentence).await,
        "teams" => drop(stage.teams_says(who, sentence).await),
        _ => drop(stage.discord_says(who, sentence).await),
    }
    stage.settle().await;
}

/// Everything that somebody was told in private, in whatever chat.
pub fn asked(stage: &Stage, id: &str) -> String {
    let mut told = stage.slack_sees(id);
    told.extend(stage.discord_sees(id));
    told.extend(stage.teams_sees(id));
    told.join("\n")
}
