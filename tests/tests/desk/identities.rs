//! Decisions are made on identities: whatever people type, paste or mention, it is one repository and one person.

mod github;
mod gone;
mod mentions;
mod people;
mod repositories;

use countersign_domain::access::Form;
use countersign_tests::stage::Stage;

const EMPLOYEE: &str = "demo-employee";
const APPROVER: &str = "demo-approver";
const APPROVER2: &str = "demo-approver2";
const ADMIN: &str = "demo-admin";

/// A form for write on a repository, for somebody.
fn write_on(repository: &str, user: Option<&str>) -> Form {
    Form {
        user: user.map(str::to_owned),
        ..countersign_tests::acting::form("write", repository, "2 days", "OPS-17")
    }
}

/// Publishes rules.
async fn rules(stage: &Stage, text: &str) {
    stage.publish(text).await;
}
