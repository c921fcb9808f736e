//! Countersign, the event-sourced chatops bot.
