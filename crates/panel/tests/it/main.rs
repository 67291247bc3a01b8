//! The public face of the crate: files in, panels out, and back.
