//! Notifications as Amazon signs them, and as others would like to.

use std::sync::Mutex;

use async_trait::async_trait;
use countersign_domain::ports::{CallError, CallErrorKind};
use countersign_domain::timeline::{SignalKind, said};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const CERTIFICATE: &str = include_str!("fixtures/certificate.pem");
const VERSIONS: [&str; 2] =
    [include_str!("fixtures/notification_1.json"), include_str!("fixtures/notification_2.json")];
const CONFIRMATION: &str = include_str!("fixtures/confirmation.json");
const TOPIC: &str = "arn:aws:sns:eu-central-1:111111111111:alarms";

/// Amazon, where it has no certificate, or cannot be asked.
struct Without(CallErrorKind);

#[async_trait]
impl Notary for Without {
    async fn certificate(&self, _: &Topic, _: &str) -> Result<Vec<u8>, CallError> {
        let (what, detail) = ("read a certificate".to_owned(), "it did not work".to_owned());
        Err(CallError { vendor: "sns", what, detail, status: None, kind: self.0 })
    }

    async fn confirm(&self, _: &Topic, _: &str) -> Result<(), CallError> {
        unreachable!("nothing is confirmed by checking it")
    }
}

/// Amazon, as far as it is asked; and for what.
#[derive(Default)]
struct Asked(Mutex<Vec<String>>);

#[async_trait]
impl Notary for Asked {
    async fn certificate(&self, topic: &Topic, name: &str) -> Result<Vec<u8>, CallError> {
        self.0.lock().unwrap().push(format!("https://{}/{name}", topic.host()));
        Ok(CERTIFICATE.as_bytes().to_vec())
    }

    async fn confirm(&self, _: &Topic, _: &str) -> Result<(), CallError> {
        unreachable!("nothing is confirmed by checking it")
    }
}

/// Runs what asks nobody but [`Asked`].
fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

/// While the certificate is good.
fn later() -> Timestamp {
    "2027-03-01T12:00:00Z".parse().unwrap()
}

fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn topics() -> Vec<Topic> {
    vec![Topic::read(TOPIC).unwrap()]
}

/// Whether a notification is taken, and what was asked for on the way.
fn checked(body: &Value) -> (Result<(), Refusal>, Vec<String>) {
    let asked = Asked::default();
    let message = Message::read(body.to_string().as_bytes());
    let taken = message.and_then(|message| block_on(verify(&asked, &topics(), &message, later())));
    (taken, asked.0.into_inner().unwrap())
}

fn notification() -> Value {
    serde_json::from_str(VERSIONS[1]).unwrap()
}

#[test]
fn both_versions_of_the_signature_are_good_and_a_confirmation_is_signed_otherwise() {
    for body in VERSIONS.into_iter().chain([CONFIRMATION]) {
        let (taken, asked) = checked(&serde_json::from_str(body).unwrap());
        assert_eq!(taken, Ok(()), "{body}");
        assert_eq!(asked.len(), 1);
        assert!(asked[0].starts_with("https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-"));
    }
}

#[test]
fn a_forged_notification_is_refused_and_nothing_is_asked_of_anybody_else() {
    let host = "https://sns.eu-central-1.amazonaws.com";
    for address in [
        "https://s3.amazonaws.com/bucket/SimpleNotificationService-aa.pem",
        "https://sns.eu-central-1.amazonaws.com.evil.example/SimpleNotificationService-aa.pem",
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-aa.pem",
        "http://sns.eu-central-1.amazonaws.com/SimpleNotificationService-aa.pem",
        "https://169.254.169.254/SimpleNotificationService-aa.pem",
        &format!("{host}:8443/SimpleNotificationService-aa.pem"),
        &format!("{host}/SimpleNotificationService-aa.pem?x=1"),
        &format!("{host}/../SimpleNotificationService-aa.pem"),
        &format!("{host}/SimpleNotificationService-a/b.pem"),
        &format!("{host}@evil.example/SimpleNotificationService-aa.pem"),
    ] {
        let mut body = notification();
        body["SigningCertURL"] = json!(address);
        assert_eq!(checked(&body), (Err(Refusal::Unsigned), vec![]), "{address}");
    }
    let mut body = notification();
    body["TopicArn"] = json!("arn:aws:sns:eu-central-1:222222222222:alarms");
    assert_eq!(checked(&body), (Err(Refusal::Unsigned), vec![]), "another tenant's topic");
}

#[test]
fn a_certificate_that_amazon_does_not_have_says_nothing_of_which_topics_are_named() {
    let refused = |kind, body: &Value| {
        let message = Message::read(body.to_string().as_bytes()).unwrap();
        block_on(verify(&Without(kind), &topics(), &message, later())).unwrap_err()
    };
    assert_eq!(refused(CallErrorKind::Rejected, &notification()), Refusal::Unsigned);
    let passing = refused(CallErrorKind::NotDone { after: None }, &notification());
    assert!(matches!(passing, Refusal::NoCertificate(_)), "Amazon sends it again: {passing:?}");
    let mut unsigned = notification();
    unsigned["Signature"] = json!("no signature");
    assert_eq!(checked(&unsigned), (Err(Refusal::Unsigned), vec![]), "and nobody is asked for anything");
}

#[test]
fn a_certificate_counts_for_nothing_before_it_is_good() {
    let (asked, message) = (Asked::default(), Message::read(VERSIONS[1].as_bytes()).unwrap());
    assert_eq!(block_on(verify(&asked, &topics(), &message, now())), Err(Refusal::Unsigned));
}

#[test]
fn what_is_no_topic_is_none() {
    for arn in [
        "",
        "arn:aws:sns:eu-central-1:1:alarms",
        "arn:aws:sqs:eu-central-1:111111111111:alarms",
        "arn:aws:sns:evil.example/:111111111111:a",
        "arn:aws:sns:eu-central-1:111111111111:a:b",
    ] {
        assert_eq!(Topic::read(arn), None, "{arn}");
    }
    let china = Topic::read("arn:aws-cn:sns:cn-north-1:111111111111:alarms").unwrap();
    assert_eq!(china.host(), "sns.cn-north-1.amazonaws.com.cn");
}

#[test]
fn an_alarm_is_told_with_the_region_of_its_own_name_and_its_time() {
    let message = Message::read(VERSIONS[1].as_bytes()).unwrap();
    let services =
        vec![("checkout-".to_owned(), "checkout".to_owned()), ("check".to_owned(), "other".to_owned())];
    let reader = Reader { services };
    let signal = reader.read(&message.text, now()).unwrap().remove(0);
    assert_eq!(said(&signal), "alarm checkout-errors went on");
    assert_eq!(
        (signal.kind, signal.at.to_string()),
        (SignalKind::AlertOpened, "2026-03-01T11:00:00.123Z".to_owned())
    );
    assert_eq!(signal.service.as_ref().unwrap().name, "checkout");
    let symptom = signal.symptom.unwrap();
    assert_eq!(symptom.made_of, ["cloudwatch", "111111111111", "eu-central-1", "checkout-errors"]);
    let mut body: Value = serde_json::from_str(&message.text).unwrap();
    body["NewStateValue"] = json!("OK");
    let over = reader.read(&body.to_string(), now()).unwrap().remove(0);
    assert_eq!(
        (over.kind, over.symptom.unwrap().fingerprint),
        (SignalKind::AlertCleared, symptom.fingerprint)
    );
    // Composite alarms and those of several metrics have no metric of their own.
    body.as_object_mut().unwrap().remove("Trigger");
    body["AlarmArn"] = json!("arn:aws:cloudwatch:eu-west-1:111111111111:alarm:checkout-errors");
    let elsewhere = reader.read(&body.to_string(), now()).unwrap().remove(0);
    assert_ne!(
        elsewhere.symptom.unwrap().fingerprint,
        symptom.fingerprint,
        "the same name in another region"
    );
    body["NewStateValue"] = json!("INSUFFICIENT_DATA");
    assert_eq!(reader.read(&body.to_string(), now()), Ok(vec![]));
    let unread = reader.read("the disk is full", now()).unwrap_err();
    assert_eq!(unread.place, "Message");
}

#[test]
fn alarms_whose_long_names_begin_alike_are_two_and_each_has_its_page_where_it_is() {
    let message = Message::read(VERSIONS[1].as_bytes()).unwrap();
    let mut body: Value = serde_json::from_str(&message.text).unwrap();
    let mut of = |name: &str, partition: &str| {
        body["AlarmName"] = json!(name);
        body["AlarmArn"] = json!(format!("arn:{partition}:cloudwatch:cn-north-1:111111111111:alarm:{name}"));
        Reader::default().read(&body.to_string(), now()).unwrap().remove(0)
    };
    let begins = "x".repeat(240);
    let one = of(&format!("{begins}-reads"), "aws");
    let other = of(&format!("{begins}-writes"), "aws-cn");
    assert_ne!(one.symptom.unwrap().fingerprint, other.symptom.unwrap().fingerprint);
    let page = other.subject.link.unwrap();
    assert!(page.starts_with("https://cn-north-1.console.amazonaws.cn/cloudwatch/home?"), "{page}");
    assert!(page.ends_with("%2Dwrites"), "{page}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// One sign of what is signed, or of the signature, put otherwise.
    #[test]
    fn one_changed_sign_of_a_notification_is_refused(
        which in any::<prop::sample::Index>(), place in any::<prop::sample::Index>(), sign in "[a-zA-Z0-9]",
    ) {
        const KEYS: [&str; 5] = ["Message", "MessageId", "Subject", "Timestamp", "Signature"];
        let (mut body, key) = (notification(), KEYS[which.index(KEYS.len())]);
        let text = body[key].as_str().unwrap();
        let at = place.index(text.len());
        let changed = format!("{}{sign}{}", &text[..at], &text[at + 1..]);
        prop_assume!(changed != text);
        body[key] = json!(changed);
        prop_assert!(checked(&body).0.is_err());
    }

    /// Whatever an alarm lacks or has of another type, it is read or told where it cannot be.
    #[test]
    fn e04_an_alarm_is_read_or_told_where_it_cannot_be(
        key in prop::sample::select(vec!["AlarmName", "AlarmArn", "NewStateValue", "NewStateReason", "StateChangeTime"]),
        with in prop_oneof![Just(json!(null)), Just(json!({})), Just(json!(7)), "\\PC{0,400}".prop_map(Value::from)],
    ) {
        let message = Message::read(VERSIONS[0].as_bytes()).unwrap();
        let mut body: Value = serde_json::from_str(&message.text).unwrap();
        body[key] = with;
        let read = Reader::default().read(&body.to_string(), now());
        prop_assert_eq!(&Reader::default().read(&body.to_string(), now()), &read);
        match read {
            Ok(signals) => prop_assert!(signals.len() <= 1),
            Err(unread) => prop_assert_eq!(unread.place, key),
        }
    }
}
