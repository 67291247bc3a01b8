//! Sobol points: low-discrepancy points that fill a unit cube evenly, the same on every machine.
//!
//! Direction numbers of Joe and Kuo (2008), Constructing Sobol sequences with better two-dimensional projections, SIAM
//! Journal on Scientific Computing 30, table `new-joe-kuo-6`; Gray code order of Antonov and Saleev (1979).

/// Most dimensions there are direction numbers for.
pub const DIMENSIONS: usize = 16;

const BITS: usize = 32;

/// Degree, inner coefficients and first direction numbers of the primitive polynomials of dimensions 2 to 16.
const POLYNOMIALS: [(usize, u32, &[u32]); DIMENSIONS - 1] = [
    (1, 0, &[1]),
    (2, 1, &[1, 3]),
    (3, 1, &[1, 3, 1]),
    (3, 2, &[1, 1, 1]),
    (4, 1, &[1, 1, 3, 3]),
    (4, 4, &[1, 3, 5, 13]),
    (5, 2, &[1, 1, 5, 5, 17]),
    (5, 4, &[1, 1, 5, 5, 5]),
    (5, 7, &[1, 1, 7, 11, 19]),
    (5, 11, &[1, 1, 5, 1, 1]),
    (5, 13, &[1, 1, 1, 3, 11]),
    (5, 14, &[1, 3, 5, 5, 31]),
    (6, 1, &[1, 3, 3, 9, 7, 49]),
    (6, 13, &[1, 1, 1, 15, 21, 21]),
    (6, 16, &[1, 3, 1, 13, 27, 49]),
];

/// The first `count` points of the sequence in `dimensions`, the point at the origin left out; `None` beyond
/// [`DIMENSIONS`].
///
/// ```
/// let points = numerics::sobol::points(2, 3).unwrap();
/// assert_eq!(points, [[0.5, 0.5], [0.75, 0.25], [0.25, 0.75]]);
/// ```
pub fn points(dimensions: usize, count: usize) -> Option<Vec<Vec<f64>>> {
    if dimensions > DIMENSIONS {
        return None;
    }
    let directions: Vec<[u32; BITS]> = (0..dimensions).map(directions).collect();
    let mut x = vec![0_u32; dimensions];
    let scale = 1.0 / (1_u64 << BITS) as f64;
    let point = |n: usize| {
        // The lowest zero bit of n says which direction turns.
        let bit = (n.trailing_ones() as usize).min(BITS - 1);
        for (x, v) in x.iter_mut().zip(&directions) {
            *x ^= v[bit];
        }
        x.iter().map(|&x| f64::from(x) * scale).collect()
    };
    Some((0..count).map(point).collect())
}

fn directions(dimension: usize) -> [u32; BITS] {
    let mut v = [0_u32; BITS];
    let Some(&(s, a, first)) = dimension.checked_sub(1).and_then(|at| POLYNOMIALS.get(at)) else {
        for (i, v) in v.iter_mut().enumerate() {
            *v = 1 << (BITS - 1 - i);
        }
        return v;
    };
    for i in 0..BITS {
        v[i] = if i < s {
            first[i] << (BITS - 1 - i)
        } else {
            let inner = (1..s).filter(|k| a >> (s - 1 - k) & 1 == 1);
            inner.fold(v[i - s] ^ (v[i - s] >> s), |sum, k| sum ^ v[i - k])
        };
    }
    v
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First points of the sequence in ten dimensions, as Joe and Kuo print them with their generator.
    #[test]
    fn the_first_points_are_the_published_ones() {
        let published = [
            [0.5; 10],
            [0.75, 0.25, 0.25, 0.25, 0.75, 0.75, 0.25, 0.75, 0.75, 0.75],
            [0.25, 0.75, 0.75, 0.75, 0.25, 0.25, 0.75, 0.25, 0.25, 0.25],
            [0.375, 0.375, 0.625, 0.875, 0.375, 0.125, 0.375, 0.875, 0.875, 0.625],
            [0.875, 0.875, 0.125, 0.375, 0.875, 0.625, 0.875, 0.375, 0.375, 0.125],
            [0.625, 0.125, 0.875, 0.625, 0.625, 0.875, 0.125, 0.125, 0.125, 0.375],
            [0.125, 0.625, 0.375, 0.125, 0.125, 0.375, 0.625, 0.625, 0.625, 0.875],
        ];
        assert_eq!(points(10, 7).unwrap(), published);
    }

    /// Points 1000 and 4095 from another implementation of the same table.
    #[test]
    fn far_points_agree_with_another_implementation() {
        let all = points(16, 4095).unwrap();
        let thousandth = [
            0.219_726_562_5,
            0.096_679_687_5,
            0.518_554_687_5,
            0.676_757_812_5,
            0.280_273_437_5,
            0.907_226_562_5,
            0.045_898_437_5,
            0.899_414_062_5,
            0.500_976_562_5,
            0.069_335_937_5,
            0.084_960_937_5,
            0.254_882_812_5,
            0.161_132_812_5,
            0.383_789_062_5,
            0.143_554_687_5,
            0.370_117_187_5,
        ];
        assert_eq!(all[999], thousandth);
        assert_eq!(all[4094][..3], [0.000_244_140_625, 0.941_162_109_375, 0.334_228_515_625]);
        assert_eq!(all[4094][15], 0.416_748_046_875);
    }

    /// The first 2^m points (with the origin) have one in each of 2^m equal intervals of every axis.
    #[test]
    fn every_axis_is_filled_evenly() {
        let all = points(DIMENSIONS, 255).unwrap();
        for d in 0..DIMENSIONS {
            let mut cells: Vec<usize> = all.iter().map(|p| (p[d] * 256.0) as usize).collect();
            cells.sort_unstable();
            assert_eq!(cells, (1..256).collect::<Vec<_>>());
        }
        assert_eq!(points(DIMENSIONS + 1, 1), None);
    }
}
