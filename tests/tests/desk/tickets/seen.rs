//! Of a ticket people are told what they can see of it in Jira: whoever works on it, and the groups that its project is open to.

use std::sync::Arc;

use countersign::demo::Demo;
use countersign_sandbox::jira::Status;
use countersign_store::MemoryStore;
use countersign_tests::stage::Stage;
use countersign_tests::vendors::{Vendor as _, account};

use super::{ADMIN, APPROVER, APPROVER2, EMPLOYEE, change, code};

const TITLE: &str = "Fire Bob on Monday";

/// A stage with a ticket of Erin's that is Olga's work, in a project that is open to Ben's group.
async fn stage() -> Stage {
    let adapt = |demo: &mut Demo| {
        let acme = demo.config.tenants.values_mut().next().expect("the demo's tenant");
        let ben = acme.people.iter_mut().find(|person| person.id.as_str() == APPROVER2);
        ben.expect("the second approver").groups.insert("security".to_owned());
        let jira = acme.jira.as_mut().expect("the demo's tracker");
        jira.projects.open_to = [("security".to_owned(), ["SEC".to_owned()].into())].into();
    };
    let stage = Stage::adapted(Arc::new(MemoryStore::new()), adapt).await;
    stage.add_ticket("SEC-1", Status::ToDo, EMPLOYEE);
    change(&stage, "SEC-1", |issue| {
        TITLE.clone_into(&mut issue.summary);
        issue.assignee = Some(account(ADMIN));
    });
    stage
}

const ASK: &str = "access write on payments-api for 1 day ticket SEC-1";

#[tokio::test]
async fn trust_a9_its_assignee_and_whom_its_project_is_open_to_are_shown_a_ticket_and_nobody_else() {
    let stage = stage().await;
    let code = code(&stage.says(EMPLOYEE, ASK).await);
    for (token, sees) in [(ADMIN, true), (APPROVER2, true), (APPROVER, false)] {
        let status = stage.says(token, &format!("status {code}")).await.text;
        let json = stage.get(token, &format!("/api/v1/access-requests/{code}")).await;
        let ticket = &json["access"]["findings"]["ticket"];
        assert_eq!(ticket["key"], "SEC-1", "{token}: that it is named is no secret");
        assert_eq!((status.contains(TITLE), ticket["title"] == TITLE), (sees, sees), "{token}: {status}");
        assert_eq!(status.contains("(To Do)"), sees, "{token}: {status}");
        assert!(ticket["reach"].is_null(), "{token}: who may see it is nobody's business");
    }
    // Whoever works on something else now is told nothing of it from then on.
    change(&stage, "SEC-1", |issue| issue.assignee = None);
    let next = "access write on infra for 1 day ticket SEC-1";
    let code = super::code(&stage.says(EMPLOYEE, next).await);
    for (token, sees) in [(ADMIN, false), (APPROVER2, true)] {
        let status = stage.says(token, &format!("status {code}")).await.text;
        assert_eq!(status.contains(TITLE), sees, "{token}: {status}");
    }
}

#[tokio::test]
async fn trust_a9_a_ticket_is_named_and_hears_of_it_by_those_who_can_see_it() {
    for (token, sees) in [(ADMIN, true), (APPROVER2, true), (APPROVER, false)] {
        let stage = stage().await;
        let card = stage.says(token, ASK).await;
        assert_eq!(card.code.is_some(), sees, "{token}: {}", card.text);
        assert_eq!(card.text.contains("I find no such ticket that you can see"), !sees, "{}", card.text);
        assert_eq!(
            !stage.ticket("SEC-1").1.is_empty(),
            sees,
            "{token}: a comment only where they may see it"
        );
    }
}
