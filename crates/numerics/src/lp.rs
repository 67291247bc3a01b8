//! Linear programs over point clouds.
