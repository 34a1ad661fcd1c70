//! Records of several rows, wherever in the file these stand.

use std::collections::{HashMap, HashSet};

use crate::files::{RefusedCell, TableReader};
use crate::importing::ImportError;
use crate::importing::layout::Layout;
use crate::importing::record::Record;

use super::{Found, Read, found};

/// The file's records; all of it is held in memory.
#[derive(Default)]
struct Gathered {
    records: Vec<Record>,
    places: HashMap<String, usize>,
    /// Keys of records of which a row was refused.
    broken: HashSet<String>,
    /// Rows that are no part of a record.
    left_out: u64,
}

/// Reads the whole file, then sends its records in the order of their first rows. A record of which a row is refused is
/// refused whole: an order without one of its lines would pass for a smaller order.
pub(super) fn gather(
    layout: &Layout,
    table: &mut TableReader,
    batch: usize,
    mut send: impl FnMut(Read) -> bool,
) -> Result<(), ImportError> {
    let mut gathered = Gathered::default();
    for read in table.by_ref() {
        match found(layout, read)? {
            Found::Nothing => gathered.left_out += 1,
            Found::Record(record) => gathered.take(record),
            Found::Refused(refused) => {
                let row = refused.row.as_ref();
                let key = row.and_then(|row| layout.key(row).ok());
                gathered.broken.extend(key);
                if !send(Read::Refused(refused)) {
                    return Ok(());
                }
            }
        }
    }
    gathered.send(batch, table.bytes_read(), send);
    Ok(())
}

impl Gathered {
    fn take(&mut self, found: Record) {
        let place = self.places.get(&found.key);
        if let Some(known) = place.and_then(|place| self.records.get_mut(*place)) {
            known.rows.extend(found.rows);
        } else {
            self.places.insert(found.key.clone(), self.records.len());
            self.records.push(found);
        }
    }

    fn send(self, batch: usize, bytes: Option<u64>, mut send: impl FnMut(Read) -> bool) {
        let (broken, mut left_out) = (self.broken, self.left_out);
        let (broken, whole): (Vec<_>, Vec<_>) = self
            .records
            .into_iter()
            .partition(|record| broken.contains(&record.key));
        for row in broken.into_iter().flat_map(|record| record.rows) {
            if !send(Read::Refused(super::refused_row(row, incomplete()))) {
                return;
            }
        }
        let mut rest = whole.into_iter().peekable();
        while rest.peek().is_some() {
            let records: Vec<Record> = rest.by_ref().take(batch).collect();
            let rows = records
                .iter()
                .map(|record| record.rows.len())
                .sum::<usize>();
            let rows = u64::try_from(rows).unwrap_or(u64::MAX) + std::mem::take(&mut left_out);
            if !send(Read::Records {
                records,
                rows,
                bytes,
            }) {
                return;
            }
        }
    }
}

fn incomplete() -> RefusedCell {
    RefusedCell {
        code: "RECORD_INCOMPLETE".to_owned(),
        reason: "another row of the same record is refused".to_owned(),
        ..RefusedCell::default()
    }
}
