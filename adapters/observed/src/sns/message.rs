//! A notification as it comes: what of it is signed, and where that can be looked up.

use serde_json::Value;
use url::Url;

use super::Refusal;
use crate::LARGEST_BODY;
use crate::node::Node;

/// A topic, by its name in Amazon's form: `arn:aws:sns:eu-central-1:111111111111:alarms`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Topic {
    arn: String,
    region: String,
    /// What the names of its region's hosts end in.
    domain: &'static str,
}

impl Topic {
    /// The topic of this name; nothing where it is none.
    pub fn read(arn: &str) -> Option<Self> {
        let parts: Vec<_> = arn.split(':').collect();
        let ["arn", partition, "sns", region, account, name] = parts[..] else { return None };
        let domain = match partition {
            "aws" | "aws-us-gov" => "amazonaws.com",
            "aws-cn" => "amazonaws.com.cn",
            _ => return None,
        };
        let is_word = |text: &str, most: usize, also: &[u8]| {
            let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || also.contains(&byte);
            (1..=most).contains(&text.len()) && text.bytes().all(fits)
        };
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        let fits = is_word(region, 30, b"-")
            && region.contains('-')
            && account.len() == 12
            && account.bytes().all(|byte| byte.is_ascii_digit())
            && (1..=260).contains(&name.len())
            && is_name;
        fits.then(|| Self { arn: arn.to_owned(), region: region.to_owned(), domain })
    }

    /// Its name.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The host of its region.
    pub fn host(&self) -> String {
        format!("sns.{}.{}", self.region, self.domain)
    }

    /// The name of a certificate that stands at this address; nothing where that is anywhere but at the region's own host.
    pub(super) fn certificate<'u>(&self, address: &'u str) -> Option<&'u str> {
        let url = Url::parse(address).ok()?;
        let name = address.strip_prefix(&format!("https://{}/", self.host()))?;
        let number = name.strip_prefix("SimpleNotificationService-")?.strip_suffix(".pem")?;
        let is_number =
            (1..=80).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_hexdigit());
        // What was compared is what is asked for: no other reading of the address is one.
        (is_number && url.as_str() == address).then_some(name)
    }
}

/// What kind of notification it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something was told to the topic.
    Notification,
    /// Amazon asks whether the notifications of a topic are wanted.
    SubscriptionConfirmation,
    /// They are wanted no more.
    UnsubscribeConfirmation,
}

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Which kind.
    pub kind: Kind,
    /// Amazon's id of it: the same when it comes again.
    pub id: String,
    /// Of which topic.
    pub topic: Topic,
    /// What was told.
    pub text: String,
    /// By what a subscription is confirmed.
    pub token: Option<String>,
    pub(super) signature: String,
    pub(super) version: u8,
    pub(super) certificate: String,
    /// What is signed.
    pub(super) signed: String,
}

impl Message {
    /// The notification in a body.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        if body.len() > LARGEST_BODY {
            return Err(Refusal::TooLarge(body.len()));
        }
        let body: Value =
            serde_json::from_slice(body).map_err(|error| Refusal::WrongShape(error.to_string()))?;
        let root = Node::root(&body);
        let text = |key: &str| {
            let found = root.get(key).and_then(|node| node.text().map(str::to_owned));
            found.map_err(|unread| Refusal::WrongShape(format!("at {}, {}", unread.place, unread.why)))
        };
        let wrong = |what: &str| Refusal::WrongShape(what.to_owned());
        let named = text("Type")?;
        let (kind, keys): (_, &[&str]) = match named.as_str() {
            "Notification" => {
                (Kind::Notification, &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"])
            }
            "SubscriptionConfirmation" => (Kind::SubscriptionConfirmation, CONFIRMATION),
            "UnsubscribeConfirmation" => (Kind::UnsubscribeConfirmation, CONFIRMATION),
            _ => return Err(wrong("there is no such Type")),
        };
        let mut signed = String::new();
        for key in keys {
            // A notification without a subject has none that is signed.
            if *key == "Subject" && root.maybe(key).is_ok_and(|found| found.is_none()) {
                continue;
            }
            signed.extend([*key, "\n", &text(key)?, "\n"]);
        }
        let id = text("MessageId")?;
        let is_id =
            (1..=100).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        if !is_id {
            return Err(wrong("at MessageId, there is no id"));
        }
        let version = match text("SignatureVersion")?.as_str() {
            "1" => 1,
            "2" => 2,
            _ => return Err(wrong("at SignatureVersion, there is no 1 and no 2")),
        };
        Ok(Self {
            kind,
            id,
            topic: Topic::read(&text("TopicArn")?).ok_or_else(|| wrong("at TopicArn, there is no topic"))?,
            text: text("Message")?,
            token: if kind == Kind::Notification { None } else { Some(text("Token")?) },
            signature: text("Signature")?,
            version,
            certificate: text("SigningCertURL")?,
            signed,
        })
    }
}

/// What is signed of what asks for a confirmation.
const CONFIRMATION: &[&str] =
    &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
