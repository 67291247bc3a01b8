//! Composite indicators: frameworks, weights, aggregation, uncertainty, coupling, obstacles.
