//! A repository that there is, and on which there is nothing that a command could be about: so much is told, and nothing else is done.

use countersign_tests::stage::Stage;
use countersign_tests::typed::{in_december, labels, request};

use crate::{APPROVER, EMPLOYEE};

#[tokio::test]
async fn trust_c3_a_repository_that_is_not_held_is_no_reason_to_do_anything_with_another() {
    let stage = in_december(Stage::new().await).await;
    let held = stage.says(EMPLOYEE, "read on web-shop for 4 hours").await;
    let before = request(&stage, &held).await["access"]["own"]["grant"]["until"].clone();
    for text in ["extend infra by 2 hours", "extend write on infra by 2 hours", "give back infra"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert!(card.text.contains("You have no access to infra"), "{text}: {}", card.text);
        assert!(labels(&card).is_empty(), "{text}: {}", card.text);
        stage.says(EMPLOYEE, "yes").await;
        let now = request(&stage, &held).await;
        assert_eq!(now["access"]["own"]["grant"]["until"], before, "{text}");
    }
    let card = stage.says(APPROVER, "approve infra").await;
    assert!(card.text.contains("No request for infra waits"), "{}", card.text);
    let card = stage.says(EMPLOYEE, "withdraw infra").await;
    assert!(card.text.contains("You have no request for infra that waits"), "{}", card.text);
    // What there is not is unknown as before.
    let card = stage.says(EMPLOYEE, "extend archive-of-2019 by 2 hours").await;
    assert!(card.text.contains("I know no request"), "{}", card.text);
    let card = stage.says(EMPLOYEE, "posso prolungare di un'ora?").await;
    assert_eq!(card.title, "Do you want to extend this one?", "{}", card.text);
}
