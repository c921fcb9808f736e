//! The bot's token is kept fresh.

use std::os::unix::fs::PermissionsExt;

use countersign_domain::ports::Surface;
use countersign_slack::{RefreshConfig, Slack};
use jiff::SignedDuration;
use uuid::Uuid;

use crate::support::{World, card, config, ops, secrets, tenant};

#[tokio::test]
async fn a_token_is_exchanged_once_for_many_before_its_end_and_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("slack-token.json");
    let refresh = RefreshConfig {
        client_id: "1.2".to_owned(),
        client_secret: "slack-client".to_owned(),
        refresh_token_secret: "slack-refresh".to_owned(),
        file: file.clone(),
    };
    let kept = refresh.clone();
    let world =
        World::with(move |config| countersign_slack::SlackConfig { refresh: Some(kept), ..config }).await;
    let exchanges = || world.methods().iter().filter(|method| *method == "oauth.v2.access").count();
    let slack = &world.slack;
    let post = async |slack: &Slack| {
        let (place, card) = (ops(), card("One"));
        let posts = (0..5).map(|key| slack.post(&place, &card, Uuid::from_u128(key)));
        for posted in futures::future::join_all(posts).await {
            posted.unwrap();
        }
    };
    post(slack).await;
    assert_eq!(exchanges(), 1, "the first token comes from the refresh token");
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    world.clock.turn(SignedDuration::from_mins(12 * 60 - 10));
    post(slack).await;
    assert_eq!(exchanges(), 2, "it is exchanged before it ends");
    world.server.expire_token();
    post(slack).await;
    assert_eq!(exchanges(), 3, "Slack says that it ended, to five at once");
    let config = countersign_slack::SlackConfig { refresh: Some(refresh), ..config(world.server.base_url()) };
    let again = Slack::new(&config, &tenant(), &world.outbound, secrets()).unwrap();
    post(&again).await;
    assert_eq!(exchanges(), 3, "after a restart the pair comes from the file");
    let told = format!("{again:?}");
    assert!(!told.contains("xoxe"), "{told}");
}
