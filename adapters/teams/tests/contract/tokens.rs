//! The bot's own token.

use countersign_domain::ports::{CallErrorKind, Surface as _};
use countersign_sandbox::TeamsAccess;
use countersign_teams::{Auth, TeamsConfig};
use jiff::SignedDuration;
use uuid::Uuid;

use crate::stage::{Stage, named};

#[tokio::test]
async fn one_token_serves_many_calls_until_shortly_before_its_end() {
    let stage = Stage::new().await;
    let (place, card) = (stage.channel(), named("Access"));
    let post = || stage.teams.post(&place, &card, Uuid::nil());
    let (a, b, c) = tokio::join!(post(), post(), post());
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(stage.sandbox.tokens(), 1);
    stage.clock.turn(SignedDuration::from_mins(54));
    post().await.unwrap();
    assert_eq!(stage.sandbox.tokens(), 1);
    stage.clock.turn(SignedDuration::from_mins(2));
    post().await.unwrap();
    assert_eq!(stage.sandbox.tokens(), 2);
}

#[tokio::test]
async fn a_token_that_was_taken_back_is_thrown_away_and_the_call_tried_once_more() {
    let stage = Stage::new().await;
    let (place, card) = (stage.channel(), named("Access"));
    stage.teams.post(&place, &card, Uuid::nil()).await.unwrap();
    stage.sandbox.revoke_tokens();
    stage.teams.post(&place, &card, Uuid::nil()).await.unwrap();
    assert_eq!((stage.sandbox.tokens(), stage.sandbox.state().messages.len()), (2, 2));
}

#[tokio::test]
async fn a_wrong_secret_is_told_in_the_makers_words_and_not_repeated() {
    let stage = Stage::with(TeamsAccess::Secret("another".to_owned()), |_| {}).await;
    let error = stage.teams.post(&stage.channel(), &named("Access"), Uuid::nil()).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Barred);
    let told = format!("{error} {error:?}");
    assert!(told.contains("AADSTS7000215") && !told.contains(crate::stage::SECRET), "{told}");
}

#[tokio::test]
async fn a_workload_proves_itself_by_the_file_that_is_read_at_each_refresh() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "stale\n").unwrap();
    let change = |config: &mut TeamsConfig| {
        config.auth = Auth::Federated;
        config.federated_token_file = Some(file.clone());
    };
    let stage = Stage::with(TeamsAccess::Assertion("fresh".to_owned()), change).await;
    let card = named("Access");
    assert!(stage.teams.post(&stage.channel(), &card, Uuid::nil()).await.is_err());
    std::fs::write(&file, "fresh\n").unwrap();
    stage.teams.post(&stage.channel(), &card, Uuid::nil()).await.unwrap();
}

#[tokio::test]
async fn without_tokens_the_bot_speaks_to_this_machine_only() {
    let stage = Stage::with(TeamsAccess::Nobody, |config| config.auth = Auth::None).await;
    let card = named("Access");
    stage.teams.post(&stage.channel(), &card, Uuid::nil()).await.unwrap();
    let mut far = stage.channel();
    far.via = Some("https://smba.trafficmanager.net/emea/".to_owned());
    let error = stage.teams.post(&far, &card, Uuid::nil()).await.unwrap_err();
    assert!(error.detail.contains("this machine only"), "{error}");
}

#[test]
fn a_configuration_names_what_its_way_takes_and_nothing_unknown() {
    let config = |text: &str| serde_json::from_str::<TeamsConfig>(text);
    let ids = r#""app_id":"a","tenant":"8f0c3e57-5c1b-4f55-9a46-0d2a7c1e9b10""#;
    assert!(config(&format!("{{{ids},\"auth\":\"federated\"}}")).is_ok());
    assert!(config(&format!("{{{ids},\"auth\":\"nobody\"}}")).is_err());
    assert!(config(&format!("{{{ids},\"athority\":\"x\"}}")).is_err());
}
