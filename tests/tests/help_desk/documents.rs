//! A file becomes a document that answers are taken from: read, countersigned, replaced, narrowed to its readers, retired.

use super::*;

#[tokio::test]
async fn document_a_file_is_read_countersigned_and_answered_from() {
    let (stage, answers) = stage().await;
    let told = bring(&stage, EMPLOYEE, "name=vpn.txt&title=The%20VPN&groups=*", VPN.as_bytes()).await;
    let code = code(&told);
    let waits = stage.get(ADMIN, &format!("/api/v1/documents/{code}")).await;
    assert_eq!(waits["status"], "waiting", "{waits:#}");
    assert!(waits["lines"][0].as_str().unwrap().contains("The VPN is closed on Sundays"), "{waits:#}");
    let unasked = stage.says(EMPLOYEE, "When is the VPN closed?").await;
    assert!(said(&unasked).contains("I do not know"), "nobody has countersigned it: {unasked:#?}");
    stage.says(EMPLOYEE, &format!("approve {code}")).await;
    let own = stage.get(ADMIN, &format!("/api/v1/documents/{code}")).await;
    assert_eq!(own["status"], "waiting", "nobody countersigns their own");
    stage.says(ADMIN, &format!("approve {code}")).await;
    let card = stage.says(EMPLOYEE, "When is the VPN closed?").await;
    let lines = said(&card);
    assert!(lines.contains("“The VPN is closed on Sundays from 02:00 to 04:00. [1]”"), "{lines}");
    assert!(lines.contains(&format!("[1] “The VPN” ({code}@1)")), "{lines}");
    assert_eq!(answers.indexed().len(), 1);
    let history = stage.history(&code).await;
    for event in
        ["document_requested", "document_extracted", "document_checked", "document_approved", "document_live"]
    {
        assert!(history.contains(&event.to_owned()), "{event} is not in {history:?}");
    }
    let why = stage.says(EMPLOYEE, &format!("why {code}")).await;
    assert!(why.text.contains("Answers are taken from it from now on"), "{}", why.text);
}

#[tokio::test]
async fn document_what_cannot_be_read_is_denied_with_what_helps() {
    let (stage, answers) = stage().await;
    for (bytes, says) in [
        (&b"%PDF-1.7 encrypted"[..], "with a password only"),
        (&[0xff, 0xfe, 0x00][..], "I do not read files of this kind"),
    ] {
        let told = bring(&stage, EMPLOYEE, "name=x.pdf&groups=*", bytes).await;
        let stands = stage.get(EMPLOYEE, &format!("/api/v1/documents/{}", code(&told))).await;
        assert_eq!(stands["status"], "denied", "{stands:#}");
        assert!(stands["violations"][0].as_str().unwrap().contains(says), "{stands:#}");
    }
    let empty = bring(&stage, EMPLOYEE, "name=x.txt&groups=*", b"").await;
    assert!(empty["detail"].as_str().unwrap().contains("There is no file with it"), "{empty:#}");
    let nobodys = bring(&stage, EMPLOYEE, "name=x.txt", VPN.as_bytes()).await;
    assert!(nobodys["detail"].as_str().unwrap().contains("who may read it"), "{nobodys:#}");
    let large = bring(&stage, EMPLOYEE, "name=x.txt&groups=*", &vec![b'a'; (1 << 20) + 1]).await;
    assert!(large["detail"].as_str().unwrap().contains("larger than 1 MiB"), "{large:#}");
    assert_eq!(answers.kept(b"aaaa"), 0, "what nobody would read takes no room");
    assert!(answers.indexed().is_empty());
}

#[tokio::test]
async fn document_only_its_readers_are_answered_from_it() {
    let (stage, _) = stage().await;
    let code = live(&stage, "name=pay.txt&title=Pay&groups=approvers", "The bonus is paid in March.\n").await;
    let theirs = stage.says(APPROVER, "When is the bonus paid?").await;
    assert!(said(&theirs).contains("“The bonus is paid in March. [1]”"), "{theirs:#?}");
    let not_theirs = stage.says("demo-auditor", "When is the bonus paid?").await;
    assert!(
        said(&not_theirs).contains("I do not know") && !not_theirs.text.contains("March"),
        "{not_theirs:#?}"
    );
    let listed = stage.get("demo-auditor", "/api/v1/documents").await;
    assert_eq!(listed["items"], serde_json::json!([]), "{code} is none to them");
    let card = stage.says(APPROVER, "documents").await;
    assert!(card.text.contains("“Pay” in general, for members of approvers"), "{}", card.text);
}

#[tokio::test]
async fn document_a_new_version_takes_the_place_of_the_one_before_and_of_two_one_wins() {
    let (stage, answers) = stage().await;
    let first = live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    let next = |text: &'static str| {
        let (stage, query) = (&stage, format!("name=vpn.txt&document={first}"));
        async move { code(&bring(stage, EMPLOYEE, &query, text.as_bytes()).await) }
    };
    let second = next("The VPN is closed on Mondays.\n").await;
    let third = next("The VPN is never closed.\n").await;
    stage.says(ADMIN, &format!("approve {second}")).await;
    stage.says(ADMIN, &format!("approve {third}")).await;
    let status =
        async |code: &str| stage.get(ADMIN, &format!("/api/v1/documents/{code}")).await["status"].clone();
    assert_eq!(
        [status(&first).await, status(&second).await, status(&third).await],
        ["replaced", "live", "overtaken"]
    );
    let card = stage.says(EMPLOYEE, "When is the VPN closed?").await;
    assert!(said(&card).contains("closed on Mondays. [1]") && said(&card).contains("@2"), "{card:#?}");
    assert!(!card.text.contains("Sundays") && !card.text.contains("never"), "{card:#?}");
    assert_eq!(answers.indexed().len(), 1, "what nobody is answered from is not kept in the index");
}

#[tokio::test]
async fn document_what_is_retired_is_answered_from_no_more() {
    let (stage, answers) = stage().await;
    let code = live(&stage, "name=vpn.txt&title=The%20VPN&groups=*", VPN).await;
    let refused = stage.says("demo-auditor", &format!("retire document {code}")).await;
    assert!(refused.refused, "{refused:#?}");
    stage.says(EMPLOYEE, &format!("retire document {code} because it is out of date")).await;
    let card = stage.says(EMPLOYEE, "When is the VPN closed?").await;
    assert!(said(&card).contains("I do not know"), "{card:#?}");
    assert!(answers.indexed().is_empty());
}

#[tokio::test]
async fn document_a_next_version_is_judged_by_the_rules_of_the_collection_that_it_is_in() {
    let (stage, _) = stage().await;
    let first = live(&stage, "name=vpn.txt&title=The%20VPN&collection=handbook&groups=*", VPN).await;
    let text = b"The VPN is never closed.\n";
    for collection in ["notes", "Handbook"] {
        let query = format!("name=vpn.txt&document={first}&collection={collection}");
        let told = bring(&stage, EMPLOYEE, &query, text).await;
        assert!(told["detail"].as_str().unwrap().contains("in handbook"), "{collection}: {told:#}");
    }
    let query = format!("name=vpn.txt&document={first}&collection=handbook");
    let told = bring(&stage, EMPLOYEE, &query, text).await;
    assert_eq!((&told["collection"], &told["version"]), (&"handbook".into(), &2.into()), "{told:#}");
}
