//! The weights as they are kept: eight bits a number, with a scale for each row.

use ndarray::{Array1, Array2, Axis};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

/// Weights that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadWeights {
    /// The file cannot be read.
    #[error("the weights cannot be read: {0}")]
    Unread(#[from] std::io::Error),
    /// It is no file of weights.
    #[error("this is no file of weights: {0}")]
    NotWeights(String),
    /// Part of it is missing, or is something else.
    #[error("the weights `{name}` are {found}, and should be {wanted}")]
    Other {
        /// Which part.
        name: String,
        /// What it is.
        found: String,
        /// What it should be.
        wanted: String,
    },
}

/// A file of weights.
pub(crate) struct Weights<'a>(SafeTensors<'a>);

/// Rows that stay in eight bits: what is looked up, and not multiplied with.
pub(crate) struct Rows {
    numbers: Vec<i8>,
    scales: Vec<f32>,
    width: usize,
}

/// `x · weights + bias`.
pub(crate) struct Linear {
    weights: Array2<f32>,
    bias: Array1<f32>,
}

/// What a layer's numbers are brought back to: mean 0 and variance 1, then stretched and moved.
pub(crate) struct Norm {
    pub(crate) stretch: Vec<f32>,
    pub(crate) bias: Vec<f32>,
}

impl<'a> Weights<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, BadWeights> {
        let read = SafeTensors::deserialize(bytes);
        read.map(Self).map_err(|error| BadWeights::NotWeights(error.to_string()))
    }

    pub(crate) fn rows(&self, name: &str, shape: [usize; 2]) -> Result<Rows, BadWeights> {
        let numbers = self.part(name, Dtype::I8, &shape)?.data().iter().map(|byte| byte.cast_signed());
        let scales = self.numbers(&format!("{name}.scale"), &shape[..1])?;
        Ok(Rows { numbers: numbers.collect(), scales, width: shape[1] })
    }

    /// Several matrices beside each other, for one multiplication.
    pub(crate) fn linear(&self, names: &[String], from: usize, to: usize) -> Result<Linear, BadWeights> {
        let width = to * names.len();
        let (mut weights, mut bias) = (Array2::zeros((from, width)), Vec::with_capacity(width));
        for (place, name) in names.iter().enumerate() {
            let rows = self.rows(&format!("{name}.weight"), [to, from])?;
            for row in 0..to {
                let column = weights.index_axis_mut(Axis(1), place * to + row);
                column.into_iter().zip(rows.row(row)).for_each(|(weight, number)| *weight = number);
            }
            bias.extend(self.numbers(&format!("{name}.bias"), &[to])?);
        }
        Ok(Linear { weights, bias: bias.into() })
    }

    pub(crate) fn norm(&self, name: &str, width: usize) -> Result<Norm, BadWeights> {
        let stretch = self.numbers(&format!("{name}.weight"), &[width])?;
        Ok(Norm { stretch, bias: self.numbers(&format!("{name}.bias"), &[width])? })
    }

    pub(crate) fn numbers(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, BadWeights> {
        let part = self.part(name, Dtype::F32, shape)?;
        let (numbers, _) = part.data().as_chunks::<4>();
        Ok(numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }

    fn part(&self, name: &str, of: Dtype, shape: &[usize]) -> Result<TensorView<'_>, BadWeights> {
        let wanted = || format!("{of:?} {shape:?}");
        let other = |found: String| BadWeights::Other { name: name.to_owned(), found, wanted: wanted() };
        let part = self.0.tensor(name).map_err(|_| other("missing".to_owned()))?;
        if part.dtype() != of || part.shape() != shape {
            return Err(other(format!("{:?} {:?}", part.dtype(), part.shape())));
        }
        Ok(part)
    }
}

impl Rows {
    pub(crate) fn row(&self, row: usize) -> impl Iterator<Item = f32> + '_ {
        let scale = self.scales[row];
        let numbers = &self.numbers[row * self.width..][..self.width];
        numbers.iter().map(move |number| f32::from(*number) * scale)
    }
}

impl Linear {
    pub(crate) fn of(&self, x: &Array2<f32>) -> Array2<f32> {
        let mut product = x.dot(&self.weights);
        product += &self.bias;
        product
    }
}
