//! What stands in a ticket's reason and is none: nothing is asked for before whoever wrote it says what is meant.

use countersign_sandbox::jira::Status;
use countersign_tests::vendors::Vendor as _;
use serde_json::json;

use super::{EMPLOYEE, deliver, requests_under, stage, webhook};

#[tokio::test]
async fn trust_d4_what_ends_a_tickets_reason_is_no_part_of_it() {
    let stage = stage().await;
    for (number, reason, told) in [
        (1, "a bug never mind", Some("“never mind”")),
        (2, "a bug no wait", Some("“no wait”")),
        (3, "a bug tomorrow", Some("“tomorrow”")),
        (4, "for Ben", Some("“for Ben”")),
        (5, "a bug Ben needs it", Some("“Ben needs it”")),
        (6, "a bug infra", Some("“infra”")),
        (7, "the release is tomorrow", None),
        (8, "Ben asked me to", None),
        (9, "no longer relevant", Some("“no longer relevant”")),
        (10, "<please fill in>", Some("“<please fill in>”")),
        (11, "n/a", Some("“n/a”")),
        (12, "TBD", Some("“TBD”")),
        (13, "[describe why you need it]", Some("“[describe why you need it]”")),
        (14, "{reason}", Some("“{reason}”")),
        (15, "____", Some("“____”")),
        (16, "the rollout of <your project>", Some("“the rollout of <your project>”")),
        (17, "der Build rot ist nein", Some("“nein”")),
        (18, "the build is red not yet", Some("“not yet”")),
        (19, "der Build läuft nicht", None),
        (20, "le build ne marche pas", None),
        (21, "the deploy does not start", None),
    ] {
        let key = format!("ACC-{}", 200 + number);
        stage.add_ticket(&key, Status::ToDo, EMPLOYEE);
        let text = format!("Permission: read\nRepository: web-shop\nDuration: 2 hours\nReason: {reason}");
        deliver(&stage, &key, &webhook("jira:issue_created", &key, &json!(text))).await;
        let (requests, (_, comments)) = (requests_under(&stage, &key).await, stage.ticket(&key));
        let Some(told) = told else {
            assert_eq!(requests.len(), 1, "{reason}: {comments:#?}");
            assert_eq!(requests[0]["reason"], reason);
            continue;
        };
        assert!(requests.is_empty(), "{reason}: {requests:#?}");
        assert!(comments.concat().contains(told), "{reason}: {comments:#?}");
    }
}
