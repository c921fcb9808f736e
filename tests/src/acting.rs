//! What people do on the stage, and what the log has of it.

use countersign::engine::Decided;
use countersign::requests::{Opened, Requests, Touched};
use countersign_domain::access::{AccessRequest, Form};
use countersign_domain::capabilities::{EffectCommand, Effects};
use countersign_domain::effect::EffectState;
use countersign_domain::envelope::{Envelope, Position};
use countersign_domain::request::Code;
use countersign_projections::effect::{self, EffectRow};
use uuid::Uuid;

use crate::stage::{Stage, tenant};

/// A form of these texts.
pub fn form(permission: &str, repository: &str, duration: &str, ticket: &str) -> Form {
    let text = |text: &str| Some(text.to_owned());
    Form {
        permission: text(permission),
        repository: text(repository),
        duration: text(duration),
        ticket: text(ticket),
        reason: text("because"),
        user: None,
    }
}

/// A request as the log has it now, whoever may see it.
pub async fn opened(requests: &Requests, code: &Code) -> Opened {
    requests.read(&tenant(), code).await.expect("the log can be read").expect("somebody asked")
}

impl Stage {
    /// A request as the log has it now.
    pub async fn opened(&self, code: &Code) -> Opened {
        opened(&self.bot.requests, code).await
    }

    /// A person asks, and everything happens that follows from it.
    pub async fn ask(&self, id: &str, form: &Form) -> Code {
        let asked = self.bot.requests.ask(&self.context(id).await, form).await.expect("asking works");
        let code = asked.expect("anybody may ask").code;
        self.settle().await;
        code
    }

    /// A person countersigns what stands there now, and everything happens that follows from it.
    pub async fn countersign(&self, id: &str, code: &Code) -> Decided<Touched> {
        let context = self.context(id).await;
        let opened = self.opened(code).await;
        let done = Box::pin(self.bot.requests.countersign(&context, &opened, None)).await;
        Box::pin(self.settle()).await;
        done.expect("countersigning works")
    }

    /// Somebody with this token says something under this id; the HTTP status of the answer.
    pub async fn say_as(&self, token: &str, id: Uuid, text: &str) -> u16 {
        let request = self.http.post(self.url("/api/v1/chat")).bearer_auth(token);
        let request =
            request.header("x-request-id", id.to_string()).json(&serde_json::json!({ "text": text }));
        let status = request.send().await.expect("the bot answers").status().as_u16();
        self.settle().await;
        status
    }

    /// A person gives back what is theirs. What follows from it is not waited for.
    pub async fn give_back(&self, id: &str, code: &Code) {
        let context = self.context(id).await;
        let done = self.bot.requests.give_back(&context, &self.opened(code).await).await;
        done.expect("giving back works").expect("it is theirs");
    }

    /// How a request stands.
    pub async fn state(&self, code: &Code) -> AccessRequest {
        self.bot.requests.state(&tenant(), code).await.expect("the log can be read")
    }

    /// Every event after a position, oldest first.
    pub async fn log_after(&self, after: Option<Position>) -> Vec<Envelope> {
        self.bot.world.store.read_all(after, usize::MAX).await.expect("the log can be read")
    }

    /// The position of the last event.
    pub async fn head(&self) -> Option<Position> {
        self.bot.world.store.head().await.expect("the log can be read")
    }

    /// The effects in one state, newest first.
    pub fn effects(&self, state: EffectState) -> Vec<EffectRow> {
        let rows = self.bot.world.projections.rows(effect::NAME);
        effect::list(&*rows, &tenant(), Some(state), None, 100).expect("the read model answers").items
    }

    /// A person gives a command to an effect, as an operator would, and everything happens that follows from it.
    pub async fn operate(&self, id: &str, effect: Uuid, command: EffectCommand) -> Decided<()> {
        let cause = self.context(id).await.cause("operate", self.clock_now());
        let (tenant, effect) = (tenant(), effect.to_string());
        let command = || command.clone();
        let done = self.bot.engine.execute::<Effects>(&tenant, &effect, &cause, "operate", command);
        let done = done.await.expect("operating works");
        self.settle().await;
        done.map(drop)
    }
}
