//! The whole router, with the store and the read models in memory.
