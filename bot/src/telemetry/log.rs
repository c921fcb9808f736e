//! The log: one line an event, JSON for machines or text for people, through the redactor, to the standard error output.

use std::fmt;
use std::io::IsTerminal as _;

use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

use super::redact::{Redacted, Redactor};
use crate::config::{LogConfig, LogFormat};

/// What a span says for all lines within it.
const INHERITED: [&str; 3] = ["correlation", "tenant", "request_id"];

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The level is no filter.
    #[error(
        "`{level}` is no log level: write a filter, such as \"info\" or \"warn,countersign=debug\" ({why})"
    )]
    Level {
        /// As it was given.
        level: String,
        /// What is wrong with it.
        why: String,
    },
    /// There is one already.
    #[error("the log was set up twice in this process")]
    Twice,
}

/// Sets up the log of this process.
pub fn install(config: &LogConfig, redactor: &Redactor) -> Result<(), LogError> {
    let subscriber = subscriber(config, redactor, std::io::stderr)?;
    tracing::subscriber::set_global_default(subscriber).map_err(|_| LogError::Twice)
}

/// A log that goes to `writer`, for tests as well.
pub fn subscriber<W>(
    config: &LogConfig,
    redactor: &Redactor,
    writer: W,
) -> Result<Box<dyn Subscriber + Send + Sync>, LogError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter: Targets = config.level.parse().map_err(|error: tracing_subscriber::filter::ParseError| {
        LogError::Level { level: config.level.clone(), why: error.to_string() }
    })?;
    // Its own spans and warnings hold the tokens that Discord's interactions are answered with, whatever level is asked for.
    let filter = filter.with_target("serenity", LevelFilter::ERROR);
    let lines = tracing_subscriber::fmt::layer().with_writer(Redacted::new(writer, redactor.clone()));
    let registry = tracing_subscriber::registry().with(filter).with(SpanFields);
    Ok(match config.format {
        LogFormat::Json => Box::new(registry.with(lines.with_ansi(false).event_format(JsonLine))),
        LogFormat::Text => {
            Box::new(registry.with(lines.with_ansi(std::io::stderr().is_terminal()).with_target(false)))
        }
    })
}

/// The fields of a span or an event.
#[derive(Debug, Default)]
struct Fields(Map<String, Value>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, Value::String(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, Value::String(value.to_owned()));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }
}

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        self.0.insert(field.name().to_owned(), value);
    }
}

/// Keeps what spans say, so that the lines within can repeat it.
struct SpanFields;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for SpanFields {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }
}

/// One JSON object a line: timestamp, level, target, message, correlation and tenant where a span knows them, and the
/// event's other fields.
struct JsonLine;

impl<S, N> FormatEvent<S, N> for JsonLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let mut line = Map::new();
        line.insert("timestamp".to_owned(), json!(jiff::Timestamp::now()));
        line.insert("level".to_owned(), json!(event.metadata().level().as_str()));
        line.insert("target".to_owned(), json!(event.metadata().target()));
        line.insert("message".to_owned(), fields.0.remove("message").unwrap_or_else(|| json!("")));
        for span in context.event_scope().into_iter().flatten() {
            let extensions = span.extensions();
            let Some(said) = extensions.get::<Fields>() else { continue };
            for name in INHERITED {
                if let Some(value) = said.0.get(name) {
                    line.entry(name).or_insert_with(|| value.clone());
                }
            }
        }
        for (name, value) in fields.0 {
            line.entry(name).or_insert(value);
        }
        writeln!(writer, "{}", Value::Object(line))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, work: impl FnOnce(&Redactor)) -> String {
        let (lines, redactor) = (Lines::default(), Redactor::default());
        let config = LogConfig { format, level: "info".to_owned() };
        let to = lines.clone();
        let subscriber = subscriber(&config, &redactor, move || to.clone()).unwrap();
        tracing::subscriber::with_default(subscriber, || work(&redactor));
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_json_line_has_what_a_search_needs() {
        let line = logged(LogFormat::Json, |_| {
            let outer = tracing::info_span!("webhook", tenant = "acme", correlation = "c-1");
            let _outer = outer.enter();
            let _inner = tracing::info_span!("append", stream = "acme.request-1").entered();
            tracing::info!(attempt = 2, "it is done");
            tracing::debug!("not this");
        });
        assert_eq!(line.lines().count(), 1, "{line}");
        let mut line: Value = serde_json::from_str(&line).unwrap();
        assert!(line["timestamp"].take().as_str().unwrap().ends_with('Z'));
        let target = module_path!();
        let expected = json!({
            "timestamp": null, "level": "INFO", "target": target, "message": "it is done", "tenant": "acme",
            "correlation": "c-1", "attempt": 2,
        });
        assert_eq!(line, expected);
    }

    #[test]
    fn no_form_of_the_log_shows_a_secret() {
        for format in [LogFormat::Json, LogFormat::Text] {
            let lines = logged(format, |redactor| {
                redactor.register(&"correct horse \"battery\"".into());
                tracing::warn!(
                    header = "Authorization: Bearer abcdef123456",
                    "sent correct horse \"battery\""
                );
            });
            assert!(!lines.contains("abcdef123456") && !lines.contains("horse"), "{lines}");
            assert!(lines.contains("***"), "{lines}");
        }
    }
}
