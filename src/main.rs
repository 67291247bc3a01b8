//! The `xinzhi` command.
fn main() {}
