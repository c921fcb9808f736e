//! How a text is looked at where it goes over from one side to the other.

use countersign_domain::conversation::Screening;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{Crossing, Finding, FindingKind, Guardrail, Screened, Verdict};

/// Who looks at the texts of a tenant.
#[derive(Clone, Copy)]
pub(super) struct Screen<'a> {
    pub(super) tenant: &'a Tenant,
    pub(super) guardrail: Option<&'a dyn Guardrail>,
}

impl Screen<'_> {
    /// What was found; nothing where nobody looks, or nothing was found.
    pub(super) async fn look(self, at: Crossing, text: &str, sources: &[&str]) -> Option<Screening> {
        let guardrail = self.guardrail?;
        let policy = guardrail.policy();
        match guardrail.screen(Screened { at, text, sources }).await {
            Ok(Verdict::Passed) => None,
            Ok(Verdict::Masked { text, what }) => {
                Some(Screening { at, policy, found: what, masked: Some(text), refused: false })
            }
            Ok(Verdict::Refused { what }) => {
                Some(Screening { at, policy, found: what, masked: None, refused: true })
            }
            Err(error) => {
                tracing::warn!(tenant = %self.tenant, at = ?at, "nobody could look at what goes over: {error}");
                let found = vec![Finding { kind: FindingKind::Unseen, at: None }];
                at.shuts_on_failure().then_some(Screening { at, policy, found, masked: None, refused: true })
            }
        }
    }
}
