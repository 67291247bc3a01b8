//! The registry: one file per method, one line here.
