//! What was refused: kept whole, or counted with others of its kind.

use jiff::SignedDuration;
use serde_json::Value;

use crate::stage::Stage;

impl Stage {
    /// How many things were refused until now, those counted among them, of whichever tenant: those whose event is `whole`, and
    /// those that are counted under a kind beginning so. A minute is over when this returns.
    pub async fn refused(&self, whole: &str, kind: &str) -> u64 {
        self.later(SignedDuration::from_mins(1)).await;
        let log = self.log_after(None).await;
        let counted = log.iter().filter(|event| event.kind == "refusals_counted").filter_map(|event| {
            let data: Value = serde_json::from_str(event.data.get()).expect("an event's data");
            data["kind"].as_str().filter(|own| own.starts_with(kind)).and_then(|_| data["times"].as_u64())
        });
        let kept = log.iter().filter(|event| event.kind == whole).count() as u64;
        kept + counted.sum::<u64>()
    }
}
