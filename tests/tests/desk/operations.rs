//! What who runs the bot sees and is told: trouble on the way of a chat, vendors that let nobody in, accesses that would not end,
//! tickets that cannot be moved, and what the forge holds beside what the log wants.

mod administering;
mod beside;
mod compare;
mod connect;
mod earlier;
mod endings;
mod erased;
mod measured;
mod moves;
mod nobody;
mod resolving;
mod restored;
mod troubles;
mod unended;

use countersign_tests::stage::Stage;
use serde_json::Value;

pub(crate) const EMPLOYEE: &str = "demo-employee";
pub(crate) const APPROVER: &str = "demo-approver";
pub(crate) const ADMIN: &str = "demo-admin";

/// What goes wrong on a chat's way to the bot, as `/readyz` says it: kind, and the last reason.
pub(crate) async fn troubles(stage: &Stage, surface: &str) -> Vec<(String, String)> {
    let ready = stage.get(ADMIN, "/readyz").await;
    assert_eq!(ready["status"], "ready", "trouble in a chat is no reason not to be ready: {ready:#}");
    let mut surfaces = ready["surfaces"].as_array().expect("a list").iter();
    let shown = surfaces.find(|shown| shown["surface"] == surface).expect("the surface is shown");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let troubles = shown["troubles"].as_array().expect("a list").iter();
    troubles.map(|trouble| (text(&trouble["kind"]), text(&trouble["why"]))).collect()
}

/// The kinds of the alarms that go on, as `/readyz` says it.
pub(crate) async fn alarms(stage: &Stage) -> Vec<String> {
    let ready = stage.get(ADMIN, "/readyz").await;
    let alarms = ready["alarms"].as_array().unwrap_or_else(|| panic!("no alarms in {ready:#}")).iter();
    alarms.map(|alarm| alarm["about"]["kind"].as_str().expect("a word").to_owned()).collect()
}

/// Everything that somebody was told in private, in whatever chat.
pub(crate) fn told(stage: &Stage, id: &str) -> Vec<String> {
    let mut told = stage.slack_sees(id);
    told.extend(stage.discord_sees(id));
    told.extend(stage.teams_sees(id));
    told
}
