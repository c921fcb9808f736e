//! Times as people say them, and more time: what has passed or cannot be read is asked, with what may be meant.

use countersign_tests::stage::Stage;
use countersign_tests::typed::{born, in_december, labels, press, requests};
use jiff::SignedDuration;

use super::{APPROVER, EMPLOYEE, WRITE, title};

#[tokio::test]
async fn trust_c1_a_time_that_has_passed_today_is_asked_and_is_not_tomorrows_unasked() {
    let stage = in_december(Stage::new().await).await;
    for (text, labelled) in [
        ("read on web-shop until 09:00", vec!["Thu 3 Dec 2026, 09:00 (Europe/Berlin)"]),
        (
            "read on web-shop until 9:00",
            vec!["Wed 2 Dec 2026, 21:00 (Europe/Berlin)", "Thu 3 Dec 2026, 09:00 (Europe/Berlin)"],
        ),
        (
            "read on web-shop until 1:30",
            vec!["Wed 2 Dec 2026, 13:30 (Europe/Berlin)", "Thu 3 Dec 2026, 01:30 (Europe/Berlin)"],
        ),
        ("read on web-shop until 5:30 today", vec!["Wed 2 Dec 2026, 17:30 (Europe/Berlin)"]),
        ("read on web-shop till 8am", vec!["Thu 3 Dec 2026, 08:00 (Europe/Berlin)"]),
        (
            "Lesezugriff auf web-shop bis 9 Uhr",
            vec!["Wed 2 Dec 2026, 21:00 (Europe/Berlin)", "Thu 3 Dec 2026, 09:00 (Europe/Berlin)"],
        ),
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!((title(&card), labels(&card)), ("Until when do you need it?", labelled), "{text}");
        assert!(card.text.contains("has passed already"), "{text}: {}", card.text);
        stage.says(EMPLOYEE, "cancel").await;
    }
    assert_eq!(requests(&stage).await, 0);
    let card = stage.says(EMPLOYEE, "read on web-shop until 9:00").await;
    let card = press(&stage, EMPLOYEE, &card, "Thu 3 Dec 2026, 09:00 (Europe/Berlin)").await;
    let request = "read on web-shop for demo-employee until 2026-12-03T08:00:00Z ticket -";
    assert_eq!(born(&stage, &card).await, request, "{}", card.text);
    // In force until tomorrow at nine: an extension to a time that has passed is asked, too.
    let card = stage.says(EMPLOYEE, "extend it to 9:30am").await;
    assert_eq!(title(&card), "Until when do you need it?", "{}", card.text);
}

#[tokio::test]
async fn trust_c6_an_end_that_is_too_far_away_is_said_to_be_so_wherever_one_is_named() {
    let stage = in_december(Stage::new().await).await;
    for (text, asked) in [
        ("read on web-shop until 9999-12-31", "Until when do you need it?"),
        ("read on web-shop until 9999-12-31T23:59:59Z", "Until when do you need it?"),
        ("read on web-shop until 2099-01-01", "Until when do you need it?"),
        ("omit me until 9999-12-31", "Until when"),
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert!(title(&card).starts_with(asked), "{text}: {}", card.text);
        assert!(
            card.text.contains("is too far away: nothing is asked for longer than ten years"),
            "{text}: {}",
            card.text
        );
        stage.says(EMPLOYEE, "cancel").await;
    }
    assert_eq!(requests(&stage).await, 0);
    for text in ["read on web-shop for 999999 days", "read on web-shop for 99999999999999999999 weeks"] {
        let card = stage.says(EMPLOYEE, text).await;
        let said = ["longer than ten years", "number is too large", "too far away"];
        assert!(said.iter().any(|part| card.text.contains(part)), "{text}: {}", card.text);
        stage.says(EMPLOYEE, "cancel").await;
    }
    assert_eq!(requests(&stage).await, 0);
}

#[tokio::test]
async fn trust_c1_a_part_of_the_day_decides_the_half_of_it() {
    for (text, until) in [
        ("read on web-shop until 9:00 tonight", "2026-12-02T20:00:00Z"),
        ("read on web-shop until tonight at 9", "2026-12-02T20:00:00Z"),
        ("Lesezugriff auf web-shop bis heute Abend um 8", "2026-12-02T19:00:00Z"),
        ("accès en lecture à web-shop jusqu'à ce soir 9h", "2026-12-02T20:00:00Z"),
        ("lectura en web-shop hasta esta noche a las 9", "2026-12-02T20:00:00Z"),
        ("lettura su web-shop fino a stasera alle 9", "2026-12-02T20:00:00Z"),
        ("leitura no web-shop até hoje à noite às 9", "2026-12-02T20:00:00Z"),
        ("read on web-shop until tomorrow morning 7", "2026-12-03T06:00:00Z"),
        ("read on web-shop until tomorrow evening 7", "2026-12-03T18:00:00Z"),
        ("read on web-shop until tonight", "2026-12-02T22:59:00Z"),
    ] {
        let stage = in_december(Stage::new().await).await;
        let card = stage.says(EMPLOYEE, text).await;
        let request = format!("read on web-shop for demo-employee until {until} ticket -");
        assert!(card.code.is_some(), "{text}: {}", card.text);
        assert_eq!(born(&stage, &card).await, request, "{text}");
    }
    // Which night it is, nobody can tell.
    let stage = in_december(Stage::new().await).await;
    for text in ["read on web-shop until 2:00 tonight", "read on web-shop until tonight at 12"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert!(card.code.is_none(), "{text}: {}", card.text);
        stage.says(EMPLOYEE, "cancel").await;
    }
}

#[tokio::test]
async fn trust_c2_a_time_with_a_slip_of_a_finger_is_offered_as_what_may_be_meant() {
    let stage = in_december(Stage::new().await).await;
    for (text, first) in [
        ("read on web-shop until tomorow", "Thu 3 Dec 2026, 23:59 (Europe/Berlin)"),
        ("read on web-shop until frday", "Fri 4 Dec 2026, 23:59 (Europe/Berlin)"),
        ("read on web-shop until tomorrow morning", "Thu 3 Dec 2026, 09:00 (Europe/Berlin)"),
        ("Lesezugriff auf web-shop bis morgen Abend", "Thu 3 Dec 2026, 18:00 (Europe/Berlin)"),
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(labels(&card).first(), Some(&first), "{text}: {}", card.text);
        assert_eq!(requests(&stage).await, 0, "{text}");
        stage.says(EMPLOYEE, "cancel").await;
    }
}

#[tokio::test]
async fn trust_c2_names_with_a_slip_are_offered_as_what_there_is() {
    let stage = in_december(Stage::new().await).await;
    for (text, offered) in [
        ("read on webshop for 1 hour", "web-shop"),
        ("read on acme/webshop for 1 hour", "web-shop"),
        ("read on infar for 1 hour", "infra"),
        ("read on web-shop for demo-aprover for 1 hour", "Ada Approver"),
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert!(labels(&card).contains(&offered), "{text}: {}", card.text);
        stage.says(EMPLOYEE, "cancel").await;
    }
    assert_eq!(requests(&stage).await, 0);
}

#[tokio::test]
async fn trust_c2_what_is_not_wanted_beside_a_request_is_asked_about() {
    let stage = in_december(Stage::new().await).await;
    for (text, unsure) in [
        ("Please don't give me admin, just read on web-shop for 1 day", "don't give me admin"),
        ("read, not write, on web-shop for 1 day", "not write"),
        ("read on web-shop for 2 hours (not 2 days!)", "not 2 days"),
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        let question = format!("I am not sure about “{unsure}”. Did I understand the rest right?");
        assert_eq!(title(&card), question, "{text}");
        stage.says(EMPLOYEE, "cancel").await;
    }
    let card = stage.says(EMPLOYEE, "preciso de acesso de leitura no web-shop por 2 dias").await;
    let request = "read on web-shop for demo-employee 2880 minutes ticket -";
    assert_eq!(born(&stage, &card).await, request, "{}", card.text);
}

#[tokio::test]
async fn trust_c3_what_an_approver_only_tells_opens_no_request_that_a_later_yes_would_make() {
    let stage = in_december(Stage::new().await).await;
    let waits =
        stage.says(EMPLOYEE, "write on infra for 2 days OPS-18").await.code.expect("a code").to_string();
    for text in
        ["ok, I will look at infra later", "let me view payments-api first", "I'll read web-shop tonight"]
    {
        let card = stage.says(APPROVER, text).await;
        assert_eq!(title(&card), "All right", "{text}: {}", card.text);
        let card = stage.says(APPROVER, "yes").await;
        assert_eq!(title(&card), "Do you want to countersign this one?", "{text}: {}", card.text);
        stage.says(APPROVER, "never mind").await;
    }
    assert_eq!(stage.status(&waits).await, "waiting");
    assert_eq!(requests(&stage).await, 1);
}

#[tokio::test]
async fn trust_c5_an_end_that_was_said_is_told_as_that_end_wherever_it_is_told() {
    let stage = in_december(Stage::new().await).await;
    stage.later(SignedDuration::from_millis(29_700)).await;
    let card = stage.says(EMPLOYEE, "write on payments-api until friday ticket OPS-17").await;
    assert!(
        title(&card).ends_with("asks for write on payments-api until Fri 4 Dec, 23:59 UTC+1"),
        "{}",
        card.text
    );
    let code = card.code.clone().expect("a code").to_string();
    stage.later(SignedDuration::from_millis(45_900)).await;
    stage.says(APPROVER, &format!("approve {code}")).await;
    let held = stage.says(EMPLOYEE, &format!("status {code}")).await.text;
    assert!(held.contains("It ends by itself on 2026-12-04 22:59 UTC"), "{held}");
    // An extension waits until the end that it asks for, and is listed by it.
    let card = stage.says(EMPLOYEE, &format!("extend {code} until saturday noon")).await;
    let named = "Erin Employee asks for write on payments-api for longer, until Sat 5 Dec, 12:00 UTC+1";
    assert!(title(&card).ends_with(named), "{}", card.text);
    assert!(card.text.contains("with this extension, on 2026-12-05 11:00 UTC"), "{}", card.text);
    stage.says(APPROVER, &format!("approve {code}")).await;
    let held = stage.says(EMPLOYEE, &format!("status {code}")).await.text;
    assert!(held.contains("It ends by itself on 2026-12-05 11:00 UTC"), "{held}");
}

#[tokio::test]
async fn trust_c3_more_time_is_asked_for_in_many_words() {
    let stage = in_december(Stage::new().await).await;
    let code = stage.says(EMPLOYEE, "read on web-shop for 4 hours").await.code.expect("a code").to_string();
    let ends = async || stage.says(EMPLOYEE, &format!("status {code}")).await.text;
    assert!(ends().await.contains("2026-12-02 13:00 UTC"), "{}", ends().await);
    for (text, until) in [
        ("I need 3 more hours", "2026-12-02 16:00 UTC"),
        ("extend CODE by 2 hours because the rollout slipped", "2026-12-02 18:00 UTC"),
        ("extend 2h", "2026-12-02 20:00 UTC"),
        ("I need one more day", "2026-12-03 20:00 UTC"),
        ("extend until friday noon", "2026-12-04 11:00 UTC"),
    ] {
        let card = stage.says(EMPLOYEE, &text.replace("CODE", &code)).await;
        assert!(ends().await.contains(until), "{text}: {}", card.text);
    }
    let card = stage.says(EMPLOYEE, "I need it for longer").await;
    assert_eq!(title(&card), format!("How much longer do you need {code}?"), "{}", card.text);
    stage.says(EMPLOYEE, "cancel").await;
    let card = stage.says(EMPLOYEE, "extend until tomorrow").await;
    assert_eq!(title(&card), format!("{code} lasts until 2026-12-04 11:00 UTC already"), "{}", card.text);
    // In all, or so much longer: that is asked, and nothing is done before.
    let card = stage.says(EMPLOYEE, &format!("extend {code} to 4 days")).await;
    assert!(!labels(&card).is_empty() && title(&card).ends_with('?'), "{}", card.text);
    assert!(ends().await.contains("2026-12-04 11:00 UTC"));
}

#[tokio::test]
async fn trust_c3_a_length_of_ones_own_is_asked_for_whatever_the_reason_says() {
    let stage = in_december(Stage::new().await).await;
    let code = stage.says(EMPLOYEE, "read on web-shop for 4 hours").await.code.expect("a code").to_string();
    let card = stage.says(EMPLOYEE, &format!("extend {code} because we wait for the vendor")).await;
    assert_eq!(title(&card), format!("How much longer do you need {code}?"), "{}", card.text);
    let card = stage.says(EMPLOYEE, "3 hours").await;
    let held = stage.says(EMPLOYEE, &format!("status {code}")).await.text;
    assert!(held.contains("2026-12-02 16:00 UTC"), "{}\n{held}", card.text);
}

#[tokio::test]
async fn trust_c3_why_an_access_shall_last_longer_is_kept_in_what_is_offered() {
    let stage = in_december(Stage::new().await).await;
    let code = stage.says(EMPLOYEE, WRITE).await.code.expect("a code").to_string();
    stage.says(APPROVER, &format!("approve {code}")).await;
    let card = stage.says(EMPLOYEE, &format!("extend {code} to 3 days because the rollout slipped")).await;
    let label = labels(&card).first().map(|label| (*label).to_owned()).expect("an offer");
    press(&stage, EMPLOYEE, &card, &label).await;
    let request = stage.get("demo-admin", &format!("/api/v1/access-requests/{code}")).await;
    assert!(request.to_string().contains("the rollout slipped"), "{request:#}");
}

#[tokio::test]
async fn trust_c1_this_time_is_what_the_clock_shows_now() {
    for (text, until) in [
        ("read on web-shop until this time tomorrow", "2026-12-03T09:00:00Z"),
        ("read on web-shop until the same time on friday", "2026-12-04T09:00:00Z"),
        ("read on web-shop until the end of friday", "2026-12-04T22:59:00Z"),
    ] {
        let stage = in_december(Stage::new().await).await;
        let card = stage.says(EMPLOYEE, text).await;
        let request = format!("read on web-shop for demo-employee until {until} ticket -");
        assert_eq!(born(&stage, &card).await, request, "{text}: {}", card.text);
    }
}

#[tokio::test]
async fn trust_c1_a_stretch_of_time_that_has_begun_lasts_until_it_ends() {
    for (text, until) in [
        ("read on web-shop today", "2026-12-02T22:59:00Z"),
        ("Lesen auf web-shop heute", "2026-12-02T22:59:00Z"),
        ("lecture sur web-shop aujourd'hui", "2026-12-02T22:59:00Z"),
        ("lectura en web-shop hoy", "2026-12-02T22:59:00Z"),
        ("read on web-shop for the day", "2026-12-02T22:59:00Z"),
        ("read on web-shop this week", "2026-12-04T22:59:00Z"),
        ("read on web-shop until 9am in New York", "2026-12-02T14:00:00Z"),
        ("read on web-shop until 24:00", "2026-12-02T23:00:00Z"),
    ] {
        let stage = in_december(Stage::new().await).await;
        let card = stage.says(EMPLOYEE, text).await;
        let request = format!("read on web-shop for demo-employee until {until} ticket -");
        assert_eq!(born(&stage, &card).await, request, "{text}: {}", card.text);
    }
    // What begins later than now is asked about, with when it ends.
    for (text, offered) in [
        ("read on web-shop over the weekend", "until Sun 6 Dec 2026, 23:59 (Europe/Berlin)"),
        ("read on web-shop before Friday", "until Fri 4 Dec 2026, 00:00 (Europe/Berlin)"),
        ("read on web-shop this afternoon", "until Wed 2 Dec 2026, 15:00 (Europe/Berlin)"),
    ] {
        let stage = in_december(Stage::new().await).await;
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(labels(&card).first(), Some(&offered), "{text}: {}", card.text);
        assert_eq!(requests(&stage).await, 0, "{text}");
    }
    // On Sunday the weekend has begun.
    let stage = in_december(Stage::new().await).await;
    stage.later(SignedDuration::from_hours(4 * 24)).await;
    let card = stage.says(EMPLOYEE, "read on web-shop over the weekend").await;
    let request = "read on web-shop for demo-employee until 2026-12-06T22:59:00Z ticket -";
    assert_eq!(born(&stage, &card).await, request, "{}", card.text);
}

#[tokio::test]
async fn trust_c1_where_somebody_lives_is_understood_and_asked_where_it_may_be_several_places() {
    let stage = in_december(Stage::new().await).await;
    let ends = async |text: &str| {
        let card = stage.says(EMPLOYEE, text).await;
        born(&stage, &card).await
    };
    for (said, until) in [
        ("I live in Auckland", "2026-12-02T22:00:00Z"),
        ("my time zone is New Zealand", "2026-12-02T22:00:00Z"),
        ("my time zone is NZDT", "2026-12-02T22:00:00Z"),
        ("ich wohne in München", "2026-12-03T10:00:00Z"),
    ] {
        stage.says(EMPLOYEE, said).await;
        let told = ends("read on web-shop until tomorrow 11am").await;
        assert!(told.contains(until), "{said}: {told}");
        stage.says(EMPLOYEE, "give back web-shop").await;
    }
    for (said, places) in [
        ("my time zone is IST", vec!["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"]),
        ("my time zone is UTC+5:30", vec!["Asia/Kolkata", "Asia/Colombo"]),
    ] {
        let card = stage.says(EMPLOYEE, said).await;
        assert_eq!(labels(&card), places, "{said}: {}", card.text);
    }
    let card = stage.says(EMPLOYEE, "my time zone is IST").await;
    press(&stage, EMPLOYEE, &card, "Asia/Kolkata").await;
    let told = ends("read on web-shop until tomorrow 11am").await;
    assert!(told.contains("2026-12-03T05:30:00Z"), "{told}");
}

#[tokio::test]
async fn trust_c3_more_time_that_says_when_or_two_ends_is_asked() {
    let stage = in_december(Stage::new().await).await;
    let held = stage.says(EMPLOYEE, "read on web-shop for 2 hours").await.code.expect("a code").to_string();
    let status = async || stage.says(EMPLOYEE, &format!("status {held}")).await.text;
    for text in ["in one more hour", "noch eine Stunde bis Feierabend", "one more hour until 6pm"] {
        let card = stage.says(EMPLOYEE, text).await;
        stage.says(EMPLOYEE, "cancel").await;
        assert!(status().await.contains("2026-12-02 11:00 UTC"), "{text}: {}", card.text);
    }
    let card = stage.says(EMPLOYEE, "noch eine Stunde bis Feierabend").await;
    assert_eq!(title(&card), "You named more than one time. Which one do you mean?", "{}", card.text);
    assert_eq!(labels(&card).len(), 3, "{}", card.text);
    press(&stage, EMPLOYEE, &card, labels(&card)[0]).await;
    assert!(status().await.contains("2026-12-02 12:00 UTC"), "the one that is chosen counts");
}

#[tokio::test]
async fn trust_c3_what_is_another_time_to_everybody_is_asked_with_those_it_may_be() {
    let stage = in_december(Stage::new().await).await;
    for (text, label) in [
        ("read on web-shop until lunch", "Wed 2 Dec 2026, 12:00 (Europe/Berlin)"),
        ("read on web-shop until next week", "Sun 6 Dec 2026, 23:59 (Europe/Berlin)"),
    ] {
        let card = stage.says(EMPLOYEE, text).await;
        assert!(labels(&card).contains(&label), "{text}: {}", card.text);
        stage.says(EMPLOYEE, "cancel").await;
    }
    // Three weeks are more than the rules allow: that is said, and nothing is guessed.
    let card = stage.says(EMPLOYEE, "read on web-shop until christmas").await;
    assert!(card.code.is_none(), "{}", card.text);
    assert_eq!(requests(&stage).await, 0);
}

#[tokio::test]
async fn trust_c2_from_how_long_to_how_long_is_asked_wherever_a_length_is_read_and_neither_end_is_taken() {
    for (text, offered) in [
        ("read on web-shop for 2 to 3 days", ["2 days", "3 days"]),
        ("read on web-shop for 2-3 days", ["2 days", "3 days"]),
        ("read on web-shop for one or two hours", ["1 hour", "2 hours"]),
        ("read on web-shop between 2 and 4 hours", ["2 hours", "4 hours"]),
        ("Lesezugriff auf web-shop für 2 bis 3 Tage", ["2 days", "3 days"]),
    ] {
        let stage = in_december(Stage::new().await).await;
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(
            (title(&card), labels(&card)),
            ("For how long do you need it?", offered.to_vec()),
            "{text}"
        );
        assert_eq!(requests(&stage).await, 0, "{text}");
        press(&stage, EMPLOYEE, &card, offered[1]).await;
        assert_eq!(requests(&stage).await, 1, "{text}");
    }
    let stage = in_december(Stage::new().await).await;
    for text in
        ["read on web-shop from Monday for 2 to 3 days", "read on web-shop from Monday for 2 or 3 days"]
    {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(labels(&card), ["for “2 days”", "for “3 days”"], "{text}: {}", card.text);
        stage.says(EMPLOYEE, "cancel").await;
    }
    assert_eq!(requests(&stage).await, 0);
    // More time is asked about as well.
    stage.says(EMPLOYEE, "read on web-shop for 1 hour").await;
    for text in ["extend it by 1 to 2 hours", "I need 1 to 2 more hours"] {
        let card = stage.says(EMPLOYEE, text).await;
        assert_eq!(labels(&card), ["1 hour", "2 hours"], "{text}: {}", card.text);
        stage.says(EMPLOYEE, "never mind").await;
    }
}
