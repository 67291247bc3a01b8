#![doc = include_str!("distance.md")]

mod euclid;
mod holder;
mod hull;
mod hyperbolic;
mod modified;
mod reverse;

pub use holder::{Holder, HolderOptions, Norm, holder, holder_against};
pub(crate) use hull::{Hull, Ray};
pub use hyperbolic::{Hyperbolic, HyperbolicOptions, hyperbolic, hyperbolic_against};
pub use modified::{Modified, ModifiedOptions, modified, modified_against};
pub use reverse::{Reverse, ReverseOptions, Reversed, reverse};

/// The method's page.
pub const PAGE: &str = include_str!("distance.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("distance.zh.md");

#[cfg(test)]
mod hyperbolic_tests;
#[cfg(test)]
#[path = "distance_tests.rs"]
mod tests;
