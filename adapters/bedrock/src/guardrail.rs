//! Guardrails by `ApplyGuardrail`: what the vendor's policy says of a text.

use async_trait::async_trait;
use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::operation::apply_guardrail::ApplyGuardrailOutput;
use aws_sdk_bedrockruntime::types::{
    GuardrailAction, GuardrailAssessment, GuardrailContentBlock, GuardrailContentPolicyAssessment,
    GuardrailContentQualifier, GuardrailContentSource, GuardrailContextualGroundingPolicyAssessment,
    GuardrailTextBlock, GuardrailTopicPolicyAssessment,
};
use countersign_domain::ports::{
    ByteRange, CallError, CallErrorKind, Crossing, Finding, FindingKind, Guardrail, PolicyName, Screened,
    Verdict,
};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::entered::alone;
use crate::fault::call_error;
use crate::{Access, VENDOR};

const WHAT: &str = "look at a text";

/// Which guardrail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardrailSettings {
    /// Its id, or its ARN.
    pub id: String,
    /// Its version: a number, or `DRAFT`.
    pub version: String,
}

/// A guardrail of Bedrock's.
#[derive(Debug)]
pub struct BedrockGuardrail {
    client: Client,
    access: Access,
    settings: GuardrailSettings,
}

impl BedrockGuardrail {
    /// By this way.
    pub fn new(access: Access, settings: GuardrailSettings) -> Self {
        Self { client: Client::new(&access.config), access, settings }
    }

    /// What the vendor says of a text; nothing where it says only that it may pass.
    async fn told(&self, screened: Screened<'_>) -> Result<Option<ApplyGuardrailOutput>, CallError> {
        let answered = screened.at == Crossing::Answered;
        let source = if answered { GuardrailContentSource::Output } else { GuardrailContentSource::Input };
        let grounded = answered && !screened.sources.is_empty();
        let mut request = self
            .client
            .apply_guardrail()
            .guardrail_identifier(&self.settings.id)
            .guardrail_version(&self.settings.version)
            .source(source);
        for source in screened.sources.iter().filter(|_| grounded) {
            request = request.content(block(source, Some(GuardrailContentQualifier::GroundingSource))?);
        }
        request = request
            .content(block(screened.text, grounded.then_some(GuardrailContentQualifier::GuardContent))?);
        let sent = timeout(self.access.patience.first, request.send()).await;
        let told =
            sent.map_err(|_| error("it said nothing in time", CallErrorKind::NotDone { after: None }))?;
        let told = told.map_err(|why| call_error(WHAT, &why))?;
        Ok((told.action == GuardrailAction::GuardrailIntervened).then_some(told))
    }
}

fn error(detail: &str, kind: CallErrorKind) -> CallError {
    CallError { vendor: VENDOR, what: WHAT.to_owned(), detail: detail.to_owned(), status: None, kind }
}

fn block(
    text: &str,
    qualifier: Option<GuardrailContentQualifier>,
) -> Result<GuardrailContentBlock, CallError> {
    let block = GuardrailTextBlock::builder().text(text).set_qualifiers(qualifier.map(|one| vec![one]));
    block
        .build()
        .map(GuardrailContentBlock::Text)
        .map_err(|why| error(&why.to_string(), CallErrorKind::Rejected))
}

#[async_trait]
impl Guardrail for BedrockGuardrail {
    fn policy(&self) -> PolicyName {
        PolicyName {
            by: VENDOR.to_owned(),
            version: format!("{}:{}", self.settings.id, self.settings.version),
        }
    }

    async fn screen(&self, screened: Screened<'_>) -> Result<Verdict, CallError> {
        if screened.text.trim().is_empty() {
            return Ok(Verdict::Passed);
        }
        let left_alone = |wait| error(&alone(wait), CallErrorKind::NotDone { after: Some(wait) });
        let entered = self.access.enter(&self.settings.id).map_err(left_alone)?;
        let told = self.told(screened).await;
        entered.tell_call(&told);
        let Some(told) = told? else { return Ok(Verdict::Passed) };
        let mut found = Found { text: screened.text, blocked: false, what: Vec::new() };
        told.assessments.iter().for_each(|assessment| found.take(assessment));
        let masked = told.outputs.first().and_then(|output| output.text.clone());
        Ok(match masked {
            // What is only masked comes back as a text; what is refused, as the vendor's word for no.
            Some(text) if !found.blocked && !found.what.is_empty() => {
                Verdict::Masked { text, what: found.in_order() }
            }
            _ => Verdict::Refused { what: found.or_unnamed() },
        })
    }
}

/// What the vendor says that it found.
struct Found<'t> {
    text: &'t str,
    /// Whether anything of it is not to cross at all.
    blocked: bool,
    what: Vec<Finding>,
}

impl Found<'_> {
    fn take(&mut self, told: &GuardrailAssessment) {
        for topic in told.topic_policy.iter().flat_map(GuardrailTopicPolicyAssessment::topics) {
            self.one(FindingKind::DeniedTopic(topic.name.clone()), topic.action.as_str(), None);
        }
        for filter in told.content_policy.iter().flat_map(GuardrailContentPolicyAssessment::filters) {
            let kind = match filter.r#type.as_str() {
                "PROMPT_ATTACK" => FindingKind::Injection,
                other => FindingKind::Harmful(other.to_lowercase()),
            };
            self.one(kind, filter.action.as_str(), None);
        }
        if let Some(policy) = &told.word_policy {
            for word in policy.custom_words() {
                self.one(FindingKind::Other("word".to_owned()), word.action.as_str(), Some(&word.r#match));
            }
            for word in policy.managed_word_lists() {
                self.one(FindingKind::Other("word".to_owned()), word.action.as_str(), Some(&word.r#match));
            }
        }
        if let Some(policy) = &told.sensitive_information_policy {
            for entity in policy.pii_entities() {
                self.one(personal(entity.r#type.as_str()), entity.action.as_str(), Some(&entity.r#match));
            }
            for pattern in policy.regexes() {
                let name = pattern.name.clone().unwrap_or_else(|| "pattern".to_owned());
                self.one(FindingKind::Other(name), pattern.action.as_str(), pattern.r#match.as_deref());
            }
        }
        for filter in told
            .contextual_grounding_policy
            .iter()
            .flat_map(GuardrailContextualGroundingPolicyAssessment::filters)
        {
            self.one(FindingKind::Ungrounded, filter.action.as_str(), None);
        }
    }

    /// What it only looked at is none.
    fn one(&mut self, kind: FindingKind, action: &str, part: Option<&str>) {
        if action == "NONE" {
            return;
        }
        self.blocked |= action == "BLOCKED";
        let place = |at: usize| u32::try_from(at).ok();
        let part = part.filter(|part| !part.is_empty());
        let at = part.and_then(|part| {
            let from = self.text.find(part)?;
            Some(ByteRange { from: place(from)?, to: place(from + part.len())? })
        });
        self.what.push(Finding { kind, at });
    }

    /// As the port wants what was masked: in order, and none over another.
    fn in_order(mut self) -> Vec<Finding> {
        self.what.sort_by_key(|finding| finding.at);
        let mut end = 0;
        self.what.retain(|finding| match finding.at {
            Some(at) if at.from >= end => {
                end = at.to;
                true
            }
            Some(_) => false,
            None => true,
        });
        self.what
    }

    fn or_unnamed(self) -> Vec<Finding> {
        if self.what.is_empty() {
            return vec![Finding { kind: FindingKind::Other("refused".to_owned()), at: None }];
        }
        self.what
    }
}

/// The vendor's names for what is personal.
fn personal(name: &str) -> FindingKind {
    match name {
        "EMAIL" => FindingKind::Email,
        "PHONE" => FindingKind::Phone,
        "CREDIT_DEBIT_CARD_NUMBER" | "CREDIT_DEBIT_CARD_CVV" | "CREDIT_DEBIT_CARD_EXPIRY" => {
            FindingKind::Card
        }
        "INTERNATIONAL_BANK_ACCOUNT_NUMBER"
        | "US_BANK_ACCOUNT_NUMBER"
        | "SWIFT_CODE"
        | "US_BANK_ROUTING_NUMBER" => FindingKind::BankAccount,
        "US_SOCIAL_SECURITY_NUMBER"
        | "US_PASSPORT_NUMBER"
        | "UK_NATIONAL_INSURANCE_NUMBER"
        | "UK_NATIONAL_HEALTH_SERVICE_NUMBER"
        | "CA_SOCIAL_INSURANCE_NUMBER"
        | "CA_HEALTH_NUMBER"
        | "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER"
        | "UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER"
        | "DRIVER_ID" => FindingKind::NationalId,
        "PASSWORD" | "AWS_ACCESS_KEY" | "AWS_SECRET_KEY" | "PIN" => FindingKind::Secret,
        other => FindingKind::Other(other.to_lowercase()),
    }
}
