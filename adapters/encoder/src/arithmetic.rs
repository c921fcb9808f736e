//! The arithmetic between two multiplications, row by row.

use crate::weights::Norm;

const TINY: f32 = 1e-12;

/// Brings every row back to mean 0 and variance 1, stretched and moved.
pub(crate) fn normalise(rows: &mut [f32], norm: &Norm) {
    for row in rows.chunks_exact_mut(norm.stretch.len()) {
        let wide = count(row.len());
        let mean = row.iter().sum::<f32>() / wide;
        let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / wide;
        let scale = (variance + TINY).sqrt().recip();
        for ((x, stretch), bias) in row.iter_mut().zip(&norm.stretch).zip(&norm.bias) {
            *x = (*x - mean) * scale * stretch + bias;
        }
    }
}

/// Makes of every row shares of 1: the larger a number, the larger its share.
pub(crate) fn share(rows: &mut [f32], width: usize) {
    for row in rows.chunks_exact_mut(width) {
        let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        for x in row.iter_mut() {
            *x = (*x - largest).exp();
        }
        let all = row.iter().sum::<f32>();
        for x in row {
            *x /= all;
        }
    }
}

/// GELU, as the model was trained with it: each number times the share of a normal distribution below it.
pub(crate) fn gelu(numbers: &mut [f32]) {
    for x in numbers {
        *x *= 0.5 * (1.0 + erf(*x * std::f32::consts::FRAC_1_SQRT_2));
    }
}

/// Makes a vector one long.
pub(crate) fn unit(vector: &mut [f32]) {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    for x in vector {
        *x /= length.max(TINY);
    }
}

/// A number of things as a number to divide by; there are never as many as a float cannot count.
pub(crate) fn count(things: usize) -> f32 {
    u16::try_from(things).map_or(f32::MAX, f32::from)
}

/// The error function as a quotient of polynomials, without a branch, so that the compiler works on several numbers at once.
fn erf(x: f32) -> f32 {
    const ABOVE: [f32; 7] = [
        -2.726_142_3e-10,
        2.770_681_4e-8,
        -2.101_024e-6,
        -5.692_506_4e-5,
        -7.349_906_3e-4,
        -2.954_6e-3,
        -1.609_603_3e-2,
    ];
    const BELOW: [f32; 5] = [-1.456_607_2e-5, -2.133_740_6e-4, -1.682_827e-3, -7.373_329e-3, -1.426_473_9e-2];
    let x = x.clamp(-4.0, 4.0);
    let square = x * x;
    let polynomial = |numbers: &[f32]| numbers.iter().fold(0.0, |sum: f32, number| sum * square + number);
    x * polynomial(&ABOVE) / polynomial(&BELOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_function_is_what_tables_say() {
        for (x, wanted) in [
            (0.0, 0.0),
            (0.1, 0.112_462_92),
            (0.5, 0.520_499_9),
            (1.0, 0.842_700_8),
            (2.0, 0.995_322_3),
            (3.5, 0.999_999_3),
            (9.0, 1.0),
        ] {
            assert!((erf(x) - wanted).abs() < 1e-6, "{x}: {}", erf(x));
            assert!((erf(-x) + wanted).abs() < 1e-6, "-{x}");
        }
    }

    #[test]
    fn shares_are_of_one_whatever_is_shared() {
        let mut rows = [1.0, 1.0, 80.0, -80.0];
        share(&mut rows, 2);
        assert!((rows[0] - 0.5).abs() < 1e-6 && (rows[2] - 1.0).abs() < 1e-6 && rows[3] >= 0.0, "{rows:?}");
    }
}
