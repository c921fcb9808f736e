//! The bot's token is kept fresh.

use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use countersign_domain::ports::{SecretError, Secrets, Surface};
use countersign_slack::{RefreshConfig, Slack};
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
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
        file: Some(file.clone()),
        kept_secret: None,
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

/// The secrets, and a place where one is kept.
struct Keeping(Arc<dyn Secrets>, Mutex<Option<SecretString>>);

#[async_trait]
impl Secrets for Keeping {
    async fn get(&self, name: &str) -> Result<SecretString, SecretError> {
        self.0.get(name).await
    }

    async fn kept(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        assert_eq!(name, "vault:slack-pair");
        Ok(self.1.lock().unwrap().clone())
    }

    async fn keep(&self, name: &str, secret: &SecretString) -> Result<(), SecretError> {
        assert_eq!(name, "vault:slack-pair");
        *self.1.lock().unwrap() = Some(secret.clone());
        Ok(())
    }
}

#[tokio::test]
async fn what_slack_gives_for_a_token_is_kept_in_the_vault_where_it_is_named() {
    let world = World::with(|config| config).await;
    let refresh = RefreshConfig {
        client_id: "1.2".to_owned(),
        client_secret: "slack-client".to_owned(),
        refresh_token_secret: "slack-refresh".to_owned(),
        file: None,
        kept_secret: Some("vault:slack-pair".to_owned()),
    };
    let config = countersign_slack::SlackConfig { refresh: Some(refresh), ..config(world.server.base_url()) };
    let keeping = Arc::new(Keeping(secrets(), Mutex::default()));
    for key in 0..2 {
        let secrets = Arc::clone(&keeping) as Arc<dyn Secrets>;
        let slack = Slack::new(&config, &tenant(), &world.outbound, secrets).unwrap();
        slack.post(&ops(), &card("One"), Uuid::from_u128(key)).await.unwrap();
        let exchanges = world.methods().iter().filter(|method| *method == "oauth.v2.access").count();
        assert_eq!(exchanges, 1, "after a restart the pair comes from where it was kept");
    }
    let kept = keeping.1.lock().unwrap().clone().unwrap();
    assert!(kept.expose_secret().contains("refresh_token"));
}
