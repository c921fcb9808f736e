//! Sentences of the past, of what might be, of others, of two clauses and of what others wrote: nothing is asked for, decided or given up by
//! them. And what is asked for with a slip of a finger, in other languages' politeness, or until a time somewhere else, is that.

use countersign_tests::stage::Stage;
use countersign_tests::typed::{born, in_december, requests};

use crate::{APPROVER, EMPLOYEE, WRITE};

const ADMIN: &str = "demo-admin";

#[tokio::test]
async fn trust_c2_what_was_what_might_be_and_what_is_others_asks_for_nothing_unasked() {
    let stage = in_december(Stage::new().await).await;
    for text in [
        // The past.
        "I had read on web-shop until yesterday",
        "Ben used to have read on web-shop",
        "I thought I had read on web-shop",
        "in 2025 I had read on web-shop",
        "did Ben have read on web-shop?",
        "had I read on web-shop last month?",
        "my colleague had read on web-shop",
        "read on web-shop was revoked yesterday, why?",
        "Ben hatte Leserechte auf web-shop",
        "creo que tenía lectura en web-shop",
        // What might be.
        "if I had read on web-shop I could look at it",
        "suppose I need read on web-shop",
        "I might need read on web-shop",
        "imagine Ben asks for read on web-shop",
        "read on web-shop would have been nice",
        "it would be enough if Ben had read on web-shop",
        "I wonder if I need read on web-shop",
        "when I get read on web-shop I will look",
        "wenn ich Leserechte auf web-shop hätte",
        "falls Ben Leserechte auf web-shop braucht, sag Bescheid",
        "si j'avais la lecture sur web-shop",
        "si tuviera lectura en web-shop",
        "se avessi la lettura su web-shop",
        "se eu tivesse leitura em web-shop",
        // No, and nobody.
        "Rita does not need read on web-shop",
        "Ben won't need read on web-shop any more",
        "not everybody needs read on web-shop",
        "nobody but Ben gets read on web-shop",
        "I hope nobody needs read on web-shop",
        "no more read on web-shop for Ben",
        "read on web-shop? not me",
        // What others say, or what is said of others.
        "Ada said: read on web-shop for 1 hour",
        "we were told that read on web-shop is enough",
        "every new hire gets read on web-shop",
        "somebody should have read on web-shop",
        "the docs recommend read on web-shop",
        "Ben asked whether he gets read on web-shop",
        "Rita wanted read on web-shop but changed her mind",
        "on m'a dit que j'ai la lecture sur web-shop",
        "> read on web-shop for 1 hour",
        "&gt; read on web-shop for 1 hour",
        "> Erin, do you want read on web-shop?",
        // Questions.
        "why would anyone need read on web-shop?",
        "who said read on web-shop?",
        "please forget what I said about read on web-shop",
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(requests(&stage).await, 0, "{text}: {}", card.text);
        stage.says(EMPLOYEE, "cancel").await;
    }
}

#[tokio::test]
async fn trust_c1_slips_politeness_and_times_elsewhere_are_read_as_they_are_meant() {
    let stage = in_december(Stage::new().await).await;
    for (text, lasting) in [
        ("raed on web-shop for 2 hours plz", "120 minutes"),
        ("read on web-shop fro 2 hours", "120 minutes"),
        ("Read on web-shop for two hours, pretty please", "120 minutes"),
        ("s'il vous plaît, lecture sur web-shop pendant 3 heures", "180 minutes"),
        (
            "Guten Tag, könnten Sie mir bitte Leserechte auf web-shop für 2 Stunden geben? Vielen Dank!",
            "120 minutes",
        ),
        ("leitura em web-shop por 2 horas, por favor", "120 minutes"),
        ("ik wil graag leestoegang tot web-shop voor 2 uur, alsjeblieft", "120 minutes"),
        ("access read on web-shop until 17:00 UTC", "until 2026-12-02T17:00:00Z"),
        ("access read on web-shop until 8pm CET", "until 2026-12-02T19:00:00Z"),
        ("access read on web-shop until 6pm in London", "until 2026-12-02T18:00:00Z"),
        ("access read on web-shop until 9pm UTC+5:30", "until 2026-12-02T15:30:00Z"),
        // What others wrote, and the answer behind it.
        ("> which one do you need?\nread on web-shop for 2 hours", "120 minutes"),
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        let code = card.code.as_ref().unwrap_or_else(|| panic!("no request: {text}: {}", card.text));
        let code = code.to_string();
        let request = format!("read on web-shop for demo-employee {lasting} ticket -");
        assert_eq!(born(&stage, &card).await, request, "{text}");
        stage.says(EMPLOYEE, &format!("give back {code}")).await;
    }
}

#[tokio::test]
async fn trust_c3_what_an_approver_tells_of_what_was_or_might_be_decides_nothing() {
    let stage = in_december(Stage::new().await).await;
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    for text in [
        "I approved payments-api yesterday",
        "Ada approved payments-api last week",
        "I never approved payments-api",
        "did I approve payments-api?",
        "did I approve payments-api",
        "had I approved payments-api?",
        "I would approve payments-api if it were shorter",
        "if Ben approves payments-api I will too",
        "nobody should approve payments-api",
        "who would approve payments-api?",
        "Ben says approve payments-api",
        "we approve such things on Mondays",
        "I am not the one to approve payments-api",
        "approve payments-api? not me",
        "> approve CODE",
        "> lgtm",
        "> yes",
        "> deny CODE because too long",
        "Ada denied payments-api yesterday",
        "if I denied payments-api, would Erin ask again?",
        "ich habe payments-api gestern genehmigt",
        "j'ai approuvé payments-api hier",
        "aprobé payments-api ayer",
        "ho approvato payments-api ieri",
    ] {
        stage.says(APPROVER, "status").await;
        let card = stage.says(APPROVER, &text.replace("CODE", &code)).await;
        assert_eq!(stage.status(&code).await, "waiting", "{text}: {}", card.text);
        stage.says(APPROVER, "never mind").await;
        assert_eq!(stage.status(&code).await, "waiting", "{text}");
    }
    // What others wrote is no answer to what is asked, either; what is said behind it is.
    stage.says(APPROVER, "approve payments-api?").await;
    stage.says(APPROVER, "> yes").await;
    assert_eq!(stage.status(&code).await, "waiting");
    stage.says(APPROVER, &format!("> is it good?\napprove {code}")).await;
    assert_eq!(stage.status(&code).await, "active");
}

#[tokio::test]
async fn trust_c3_what_is_told_of_an_end_takes_nothing_away() {
    let stage = in_december(Stage::new().await).await;
    let code = stage.says(EMPLOYEE, "read on web-shop for 4 hours").await.code.expect("a code").to_string();
    for (who, text) in [
        (ADMIN, "I revoked web-shop yesterday"),
        (ADMIN, "Ben revoked web-shop"),
        (ADMIN, "did I revoke web-shop?"),
        (ADMIN, "did I revoke web-shop"),
        (ADMIN, "was web-shop revoked?"),
        (ADMIN, "if Erin leaves, revoke web-shop"),
        (ADMIN, "Ada wants me to revoke web-shop"),
        (ADMIN, "nobody should revoke web-shop"),
        (ADMIN, "> revoke CODE"),
        (EMPLOYEE, "should I give back web-shop?"),
        (EMPLOYEE, "do not give back web-shop"),
        (EMPLOYEE, "did I give back web-shop?"),
        (EMPLOYEE, "Ben gave back web-shop"),
        (EMPLOYEE, "Ben no longer needs web-shop"),
        (EMPLOYEE, "if I give back web-shop, can I ask again?"),
        (EMPLOYEE, "I may give back web-shop tomorrow"),
        (EMPLOYEE, "> give back CODE"),
    ] {
        stage.says(who, &format!("status {code}")).await;
        let card = stage.says(who, &text.replace("CODE", &code)).await;
        assert_eq!(stage.status(&code).await, "active", "{text}: {}", card.text);
        stage.says(who, "never mind").await;
        assert_eq!(stage.status(&code).await, "active", "{text}");
    }
}
