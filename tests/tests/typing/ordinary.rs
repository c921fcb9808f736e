//! Ordinary sentences of employees, approvers and administrators by which nothing is asked for, decided or taken away: whatever is made
//! of them is told or asked, and never done.

use countersign_tests::stage::Stage;
use countersign_tests::typed::in_december;

use crate::{APPROVER, EMPLOYEE, WRITE, requests};

const ADMIN: &str = "demo-admin";

#[tokio::test]
async fn trust_c2_what_an_employee_tells_or_asks_of_access_is_no_request() {
    let stage = in_december(Stage::new().await).await;
    for text in [
        "it's only read on web-shop",
        "that is read on web-shop",
        "there is read on web-shop for that",
        "is read on web-shop ok?",
        "is read on web-shop enough?",
        "web-shop ready?",
        "Edith, is web-shop ready?",
        "I have read on web-shop, right?",
        "read on web-shop, right?",
        "able to read web-shop again, thanks",
        "I can read web-shop",
        "Ben gave me read on web-shop",
        "my read on web-shop ended",
        "what is read on web-shop good for?",
        "why do I need read on web-shop?",
        "do I still need read on web-shop?",
        "I asked for read on web-shop",
        "I will ask for read on web-shop tomorrow",
        "read on web-shop is what Ben needs",
        "no read on web-shop please",
        "somebody took my read on web-shop away",
        "how long can Ben have read on web-shop?",
        "das ist nur Lesen auf web-shop",
        "ist Lesen auf web-shop ok?",
        "reicht Lesen auf web-shop?",
        "ich habe Lesen auf web-shop",
        "Ben hat Leserechte auf web-shop",
        "wer braucht Lesen auf web-shop?",
        "keine Leserechte auf web-shop bitte",
        "c'est la lecture sur web-shop",
        "j'ai la lecture sur web-shop",
        "Ben a la lecture sur web-shop",
        "est-ce que j'ai la lecture sur web-shop ?",
        "je n'ai plus besoin de lecture sur web-shop",
        "qui a la lecture sur web-shop ?",
        "tengo lectura en web-shop",
        "Ben tiene lectura en web-shop",
        "ya no necesito lectura en web-shop",
        "no quiero lectura en web-shop",
        "quítame la lectura en web-shop",
        "¿quién tiene lectura en web-shop?",
        "ho la lettura su web-shop",
        "Ben ha la lettura su web-shop",
        "non mi serve più la lettura su web-shop",
        "togli la lettura su web-shop",
        "chi ha la lettura su web-shop?",
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(requests(&stage).await, 0, "{text}: {}", card.text);
        stage.says(EMPLOYEE, "cancel").await;
    }
}

#[tokio::test]
async fn trust_c3_what_an_approver_wonders_forbids_or_puts_off_decides_nothing() {
    let stage = in_december(Stage::new().await).await;
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    for text in [
        "looks good, but let me check first",
        "I'd approve it if it were shorter",
        "can I approve this from my phone?",
        "should I approve or deny?",
        "why should I approve this?",
        "who else has approved it?",
        "approve it tomorrow",
        "don't approve it yet",
        "I have not approved anything",
        "Erin wants me to approve it",
        "not sure about this one",
        "no objections from Ada?",
        "soll ich das genehmigen?",
        "wer hat das genehmigt?",
        "ich genehmige das morgen",
        "genehmige das noch nicht",
        "je ne sais pas si j'approuve",
        "est-ce que j'approuve ?",
        "n'approuve pas encore",
        "no apruebes todavía",
        "¿apruebo esto?",
        "non approvare ancora",
        "approvo domani",
        "approvo solo se Ada è d'accordo",
    ] {
        let card = stage.says(APPROVER, text).await;
        assert_eq!(stage.status(&code).await, "waiting", "{text}: {}", card.text);
        stage.says(APPROVER, "never mind").await;
        assert_eq!(stage.status(&code).await, "waiting", "{text}");
    }
}

#[tokio::test]
async fn trust_c3_what_an_administrator_only_thinks_of_takes_nothing_away() {
    let stage = in_december(Stage::new().await).await;
    let code = stage.says(EMPLOYEE, "read on web-shop for 2 hours").await.code.expect("a code").to_string();
    for text in [
        "should I revoke Erin's access?",
        "don't revoke Erin's access",
        "I may have to revoke web-shop",
        "revoke it on Friday",
        "who revoked it?",
        "why was it revoked?",
        "soll ich Erin den Zugriff entziehen?",
        "entziehe Erin den Zugriff am Freitag",
        "faut-il révoquer l'accès ?",
        "ne révoque rien",
        "no revoques nada",
        "non revocare niente",
    ] {
        let card = stage.says(ADMIN, text).await;
        assert_eq!(stage.status(&code).await, "active", "{text}: {}", card.text);
        stage.says(ADMIN, "never mind").await;
    }
}
