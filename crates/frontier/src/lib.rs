//! Efficiency and productivity change against a frontier.
