//! Calls to vendors: time-outs, bounded bodies, Retry-After, back-off and a breaker around each vendor and tenant.
