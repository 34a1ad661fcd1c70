//! Reading of tabular files: real and nasty ones from `../shared/data`, and ones made here.
//!
//! The data lie beside the repository and are never copied into it; `CARTERA_SHARED_DATA` names another place. Where they
//! are absent, the tests that need them say that they were skipped.

#[cfg(test)]
mod delimited;
#[cfg(test)]
mod formulas;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod real_files;
#[cfg(test)]
mod shared_data;
#[cfg(test)]
mod values;
#[cfg(test)]
mod workbooks;
