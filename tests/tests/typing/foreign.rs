//! Second thoughts of people who write in other languages than English: read rightly, or asked, and never a name that nobody gave.

use countersign_tests::stage::Stage;
use countersign_tests::typed::{born, in_december, requests};

use crate::{EMPLOYEE, WRITE, title};

#[tokio::test]
async fn trust_c3_second_thoughts_in_other_languages_name_nothing_that_nobody_named() {
    for text in [
        "en fait non, seulement lecture",
        "finalement non, juste en lecture",
        "doch lieber nur lesend",
        "anzi no, solo lettura",
        "mejor solo lectura",
    ] {
        let stage = in_december(Stage::new().await).await;
        let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!((stage.status(&code).await.as_str(), requests(&stage).await), ("waiting", 1), "{text}");
        for name in ["fait-non", "finalement-non", "doch-lieber", "anzi-no", "mejor-solo"] {
            assert!(!card.text.contains(name), "{text}: {}", card.text);
        }
    }
}

#[tokio::test]
async fn trust_c3_all_of_it_in_other_languages_is_each_by_itself() {
    for text in ["annule tout", "cancela todo", "annulla tutto"] {
        let stage = in_december(Stage::new().await).await;
        let first = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
        let ask = "access write on infra for 1 hour ticket OPS-18";
        let second = stage.says(EMPLOYEE, ask).await.code.expect("a code").to_string();
        let card = stage.says(EMPLOYEE, text).await;
        assert!(!card.text.contains("I know no request"), "{text}: {}", card.text);
        assert_eq!(
            [stage.status(&first).await, stage.status(&second).await],
            ["waiting", "waiting"],
            "{text}"
        );
    }
}

#[tokio::test]
async fn trust_c3_doch_says_nothing_of_what_is_not_needed_any_more() {
    let stage = in_december(Stage::new().await).await;
    let held = stage.says(EMPLOYEE, "read on web-shop for 4 hours").await.code.expect("a code").to_string();
    let card = stage.says(EMPLOYEE, "ich brauche web-shop doch nicht mehr").await;
    assert!(!title(&card).contains("has no place in that"), "{}", card.text);
    stage.says(EMPLOYEE, "yes").await;
    assert_eq!(stage.status(&held).await, "given_back", "{}", card.text);
}

#[tokio::test]
async fn trust_c1_half_a_day_is_one_in_other_languages() {
    for text in [
        "read on web-shop for half a day",
        "access read on web-shop for mezza giornata",
        "Lesezugriff auf web-shop für einen halben Tag",
    ] {
        let stage = in_december(Stage::new().await).await;
        let card = stage.says(EMPLOYEE, text).await;
        let request = "read on web-shop for demo-employee 720 minutes ticket -";
        assert!(card.code.is_some(), "{text}: {}", card.text);
        assert_eq!(born(&stage, &card).await, request, "{text}");
    }
}
