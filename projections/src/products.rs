//! Products and their prices.

pub mod product_catalog;
