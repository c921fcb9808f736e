//! The trouble that can be ordered: slowness, refusals, garbage, and connections lost before or after the work was done.

use serde::{Deserialize, Serialize};

/// All trouble that is ordered at the moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Every request takes this much longer, in milliseconds.
    pub latency_ms: u64,
    /// What befalls the next requests that match; each entry is used up and goes.
    pub next: Vec<Fault>,
}

/// What befalls a request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The beginning of method and path: `PUT /2.0/repositories`. Empty means every request.
    #[serde(default, rename = "match")]
    pub matching: String,
    /// How many requests it befalls, 1 unless told.
    #[serde(default = "once")]
    pub times: u32,
    /// It takes this much longer, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// It is not carried out but answered with this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The answer's `Retry-After`, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// The answer's `Location`, for redirects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// It is not carried out but answered with this text, claimed to be JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// It is not carried out but answered with this many bytes of white space, claimed to be JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<usize>,
    /// The connection closes without an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drop: Option<Drop>,
}

/// When the connection closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drop {
    /// Before anything was done.
    Before,
    /// After it was done.
    After,
}

const fn once() -> u32 {
    1
}

impl Faults {
    /// Takes what befalls this request, and uses it up.
    pub(crate) fn take(&mut self, method_and_path: &str) -> Option<Fault> {
        let place = self.next.iter().position(|fault| method_and_path.starts_with(&fault.matching))?;
        let fault = self.next[place].clone();
        self.next[place].times = fault.times.saturating_sub(1);
        if self.next[place].times == 0 {
            self.next.remove(place);
        }
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_befalls_as_many_matching_requests_as_ordered() {
        let mut faults: Faults = serde_json::from_str(
            r#"{"next":[{"match":"PUT /a","times":2,"status":503,"retry_after":1},{"drop":"after"}]}"#,
        )
        .unwrap();
        let statuses: Vec<Option<u16>> = ["PUT /a/b", "GET /a", "PUT /a", "PUT /a"]
            .iter()
            .map(|request| faults.take(request).and_then(|fault| fault.status))
            .collect();
        assert_eq!(statuses, [Some(503), None, Some(503), None]);
        assert!(faults.next.is_empty());
    }

    #[test]
    fn a_misspelt_fault_is_refused() {
        assert!(serde_json::from_str::<Faults>(r#"{"next":[{"macth":"PUT"}]}"#).is_err());
    }
}
