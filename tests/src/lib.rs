//! The whole bot under test: scenarios, properties, crashes, power cuts.
