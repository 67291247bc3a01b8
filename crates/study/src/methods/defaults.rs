//! Defaults of options that are neither false nor zero.

pub(super) fn yes() -> bool {
    true
}

/// Distance between adjacent periods.
pub(super) fn step() -> u32 {
    1
}
