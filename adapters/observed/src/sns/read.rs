//! What `CloudWatch`'s alarms say, in the one form of the timeline. Account and region are those of the alarm's own name: what is called
//! `Region` beside it is for people.

use countersign_domain::timeline::{Named, NamedBy, Reading, Signal, SignalKind, Subject, Symptom, Unread};
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::node::Node;

/// The longest name of an alarm, in characters, and some to spare: what begins alike is not the same alarm.
const NAME: usize = 300;
/// The most of why an alarm went on or off, in characters.
const REASON: usize = 300;

/// How one tenant's alarms are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reader {
    /// The service that an alarm belongs to, by what its name begins with in lower case; the longest counts.
    pub services: Vec<(String, String)>,
}

impl Reader {
    /// What the text of a notification tells of: nothing, where an alarm only lacks data.
    pub fn read(&self, text: &str, received: Timestamp) -> Reading {
        let body: Value = serde_json::from_str(text).map_err(|_| Unread {
            place: "Message".to_owned(),
            why: "there is no alarm of CloudWatch's, but a text".to_owned(),
        })?;
        let body = Node::root(&body);
        let kind = match body.get("NewStateValue")?.text()? {
            "ALARM" => SignalKind::AlertOpened,
            "OK" => SignalKind::AlertCleared,
            "INSUFFICIENT_DATA" => return Ok(vec![]),
            _ => return Err(body.get("NewStateValue")?.unread("there is no state of an alarm")),
        };
        let (name, arn) = (body.get("AlarmName")?.name()?, body.get("AlarmArn")?);
        let parts: Vec<_> = arn.text()?.splitn(7, ':').collect();
        let ["arn", partition, "cloudwatch", region, account, "alarm", _] = parts[..] else {
            return Err(arn.unread("there is no alarm's name of Amazon's"));
        };
        let is_word = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if !is_word(region) || !is_word(account) {
            return Err(arn.unread("there is no region and account"));
        }
        let reason = body.maybe("NewStateReason")?.map(|reason| reason.text()).transpose()?;
        let said = body.maybe("StateChangeTime")?.map(|at| time(&at)).transpose()?;
        let (at, time_source) = Signal::happened(said, received);
        let whole: String = body.get("AlarmName")?.text()?.chars().take(NAME).collect();
        let made_of = ["cloudwatch", account, region, &whole].map(str::to_owned).to_vec();
        Ok(vec![Signal {
            kind,
            at,
            time_source,
            subject: Subject {
                kind: "alarm".to_owned(),
                link: Some(page((partition, region), &whole)),
                name: name.clone(),
            },
            repository: None,
            service: self.service(&name),
            environment: None,
            actor: None,
            status: None,
            change: None,
            symptom: Some(Symptom {
                fingerprint: Symptom::fingerprint(&made_of),
                made_of,
                reason: reason.map(|reason| reason.chars().take(REASON).collect()),
            }),
        }])
    }

    fn service(&self, name: &str) -> Option<Named> {
        let name = name.to_lowercase();
        let fits = self.services.iter().filter(|(begins, _)| name.starts_with(begins.as_str()));
        let (_, service) = fits.max_by_key(|(begins, _)| begins.len())?;
        Some(Named { name: service.clone(), by: NamedBy::Configuration })
    }
}

/// `2015-06-03T17:43:27.123+0000`: without a colon in how far it is from UTC.
fn time(at: &Node<'_>) -> Result<Timestamp, Unread> {
    let text = at.text()?;
    let cut = text.len().checked_sub(4).and_then(|cut| text.split_at_checked(cut));
    let spaced = cut.and_then(|(before, offset)| {
        let hours = before.ends_with(['+', '-']).then_some(offset)?;
        Some(format!("{before}{}:{}", hours.get(..2)?, hours.get(2..)?))
    });
    spaced.as_deref().unwrap_or(text).parse().map_err(|_| at.unread("there is no time"))
}

/// The alarm's page in Amazon's console, which is another one in China and for the American government.
fn page((partition, region): (&str, &str), name: &str) -> String {
    let console = match partition {
        "aws-cn" => "console.amazonaws.cn",
        "aws-us-gov" => "console.amazonaws-us-gov.com",
        _ => "console.aws.amazon.com",
    };
    let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
    format!("https://{region}.{console}/cloudwatch/home?region={region}#alarmsV2:alarm/{name}")
}
