//! What may be concluded where Bedrock does not answer to the end.

use std::fmt::Debug;

use aws_sdk_bedrockruntime::error::{ProvideErrorMetadata, SdkError};
use countersign_domain::ports::{CallError, CallErrorKind, ModelFault, ModelFaultKind};

use crate::VENDOR;

pub(crate) fn fault(kind: ModelFaultKind, detail: &str) -> ModelFault {
    ModelFault { vendor: VENDOR, detail: detail.chars().take(500).collect(), kind }
}

pub(crate) fn malformed(detail: &str) -> ModelFault {
    fault(ModelFaultKind::Malformed, detail)
}

/// It said nothing in time: at first, or once it had begun.
pub(crate) fn silent(begun: bool) -> ModelFault {
    if begun {
        fault(ModelFaultKind::SilentBetween, "it had begun, and said nothing more in time")
    } else {
        fault(ModelFaultKind::SilentAtFirst, "it said nothing in time")
    }
}

/// As the port tells it. The vendor's words are left out: they repeat what was asked. Its names for what went wrong are not.
pub(crate) fn of<E: ProvideErrorMetadata + Debug, R>(error: &SdkError<E, R>) -> ModelFault {
    match error {
        SdkError::ServiceError(told) => {
            let code = name(told.err());
            fault(by_code(&code), &format!("it answered {code}"))
        }
        SdkError::TimeoutError(_) => silent(false),
        SdkError::DispatchFailure(failure) if failure.is_io() || failure.is_timeout() => {
            fault(ModelFaultKind::Overloaded { after: None }, "it cannot be reached")
        }
        SdkError::DispatchFailure(failure) if failure.is_user() => {
            fault(ModelFaultKind::Refused, "the request cannot be made")
        }
        SdkError::DispatchFailure(_) => {
            // Who it is to be asked as, the machine's configuration does not tell.
            fault(ModelFaultKind::Barred, "it cannot be asked: no credentials, or no connection")
        }
        SdkError::ResponseError(_) => fault(ModelFaultKind::Cut, "the connection was lost"),
        _ => fault(ModelFaultKind::Refused, "the request cannot be made"),
    }
}

/// The vendor's name of an error. One that comes in the middle of an answer has it in the frame's head only, of which the library keeps
/// the variant.
fn name<E: ProvideErrorMetadata + Debug>(error: &E) -> String {
    if let Some(code) = error.code() {
        return code.to_owned();
    }
    let variant = format!("{error:?}");
    variant.chars().take_while(char::is_ascii_alphanumeric).take(64).collect()
}

fn by_code(code: &str) -> ModelFaultKind {
    match code {
        "AccessDeniedException"
        | "UnrecognizedClientException"
        | "ExpiredTokenException"
        | "InvalidSignatureException"
        | "MissingAuthenticationTokenException"
        | "IncompleteSignature" => ModelFaultKind::Barred,
        "ValidationException"
        | "ResourceNotFoundException"
        | "ConflictException"
        | "ServiceQuotaExceededException" => ModelFaultKind::Refused,
        "ModelErrorException" | "ModelStreamErrorException" => ModelFaultKind::Cut,
        "ModelTimeoutException" => ModelFaultKind::SilentAtFirst,
        _ => ModelFaultKind::Overloaded { after: None },
    }
}

/// The same for a call that is no step.
pub(crate) fn call_error<E: ProvideErrorMetadata + Debug, R>(
    what: &str,
    error: &SdkError<E, R>,
) -> CallError {
    let ModelFault { detail, kind, .. } = of(error);
    let kind = match kind {
        ModelFaultKind::Refused | ModelFaultKind::Malformed => CallErrorKind::Rejected,
        ModelFaultKind::Barred => CallErrorKind::Barred,
        // To look at a text changes nothing.
        _ => CallErrorKind::NotDone { after: None },
    };
    CallError { vendor: VENDOR, what: what.to_owned(), detail, status: None, kind }
}
