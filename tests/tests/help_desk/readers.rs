//! Who is to read a document, and what comes after it: groups that are none, readers of whom there are none, the next version of what is not
//! live, and the day on which somebody looks again.

use countersign_domain::audience::Acl;

use super::*;

#[tokio::test]
async fn document_a_group_that_nobody_is_in_is_refused_with_those_that_are_called_alike() {
    let (stage, answers) = stage().await;
    let says = "There is no group approver here: nobody is in it. Did you mean approvers?";
    let told = bring(&stage, EMPLOYEE, "name=vpn.txt&groups=approver", VPN.as_bytes()).await;
    assert!(told["detail"].as_str().is_some_and(|detail| detail.contains(says)), "{told:#}");
    let fields = [("title", "The VPN"), ("readers", "approver"), ("text", VPN)];
    let page = stage.signs_in(EMPLOYEE).await.sends("/documents", &fields).await;
    assert!(page.contains(says) && page.contains("value=\"approver\""), "{page}");
    assert!(answers.indexed().is_empty());
    let code = live(&stage, "name=vpn.txt&groups=*", VPN).await;
    let refused = stage.says(EMPLOYEE, &format!("narrow document {code} to nosuch")).await;
    assert!(refused.refused && refused.text.contains("There is no group nosuch"), "{refused:#?}");
    let stands = stage.get(EMPLOYEE, &format!("/api/v1/documents/{code}")).await;
    assert_eq!(stands["readers"]["everybody"], true, "{stands:#}");
}

#[tokio::test]
async fn document_one_is_not_narrowed_to_those_who_could_not_read_what_is_in_its_collection() {
    let (stage, _) = with(|settings| {
        settings.collections.insert("payroll".to_owned(), Acl::of(["hr".to_owned()]));
    })
    .await;
    let code =
        live(&stage, "name=pay.txt&collection=payroll&groups=*", "The bonus is paid in March.\n").await;
    let refused = stage.says(EMPLOYEE, &format!("narrow document {code} to approvers")).await;
    assert!(refused.refused && refused.text.contains("Nobody here could read it then"), "{refused:#?}");
}

#[tokio::test]
async fn document_who_brought_one_that_waits_is_told_what_to_do_for_its_next_version() {
    let (stage, _) = stage().await;
    let waits = code(&bring(&stage, EMPLOYEE, "name=vpn.txt&groups=*", VPN.as_bytes()).await);
    let next = async |token: &str| {
        let told = bring(&stage, token, &format!("name=vpn.txt&document={waits}"), b"Never closed.\n").await;
        told["detail"].as_str().unwrap_or_else(|| panic!("it is refused: {told:#}")).to_owned()
    };
    let told = next(EMPLOYEE).await;
    assert!(told.contains("is not live yet") && told.contains(&format!("withdraw {waits}")), "{told}");
    let others = next(APPROVER).await;
    assert!(others.contains("There is no document"), "to others there is none: {others}");
    stage.says(EMPLOYEE, &format!("withdraw {waits}")).await;
    let told = next(EMPLOYEE).await;
    assert!(told.contains("has come to an end") && told.contains("a document of its own"), "{told}");
    let again = bring(&stage, EMPLOYEE, "name=vpn.txt&groups=*", b"Never closed.\n").await;
    assert_eq!(again["version"], 1, "{again:#}");
}

#[tokio::test]
async fn document_the_day_on_which_somebody_looks_again_stands_on_its_card() {
    let (stage, _) = stage().await;
    let code = live(&stage, "name=vpn.txt&groups=*&review=2026-12-24", VPN).await;
    let card = stage.says(EMPLOYEE, &format!("status {code}")).await;
    assert!(card.text.contains("To be looked at again: 2026-12-24"), "{}", card.text);
    let card = stage.says(EMPLOYEE, &format!("review document {code} until 2027-01-31")).await;
    assert!(card.text.contains("To be looked at again: 2027-01-31"), "{}", card.text);
}
