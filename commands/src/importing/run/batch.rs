//! Planning a batch: which of its records are new, what they are about, and what is decided of each.

use std::collections::HashMap;

use cartera_journal::Actor;
use uuid::Uuid;

use crate::draft::Draft;
use crate::error::CommandError;
use crate::importing::error::ImportError;
use crate::importing::plan::{Planner, Refused};
use crate::importing::profile::{Field, RecordKind};
use crate::importing::record::Record;
use crate::importing::verdict::Verdict;
use crate::importing::witness::Witness;

use super::identity;
use super::under_way::UnderWay;

/// After so many records others get their turn: above all the writing of the batch before.
const PLANNED_AT_ONCE: usize = 16;

/// Records that are decided and about to be written.
#[derive(Default)]
pub(super) struct Batch {
    /// What becomes of them when they are written.
    pub(super) planned: Vec<Planned>,
    /// What is decided of each, in the same order.
    pub(super) drafts: Vec<(Uuid, Draft)>,
}

/// A record that changes something.
pub(super) struct Planned {
    pub(super) record: Record,
    pub(super) command_id: Uuid,
    /// It was there before.
    pub(super) existing: bool,
    pub(super) events: u64,
}

impl<W: Witness> UnderWay<'_, W> {
    /// Decides a batch of records. Those that change nothing, and those that are refused, are done with.
    pub(super) async fn plan(&mut self, records: Vec<Record>) -> Result<Batch, ImportError> {
        let records = self.without_doubles(records)?;
        let records = self.without_said(records).await?;
        if records.is_empty() {
            return Ok(Batch::default());
        }
        let rows: Vec<_> = records
            .iter()
            .flat_map(|(_, record)| &record.rows)
            .collect();
        self.references.prepare(self.layout, &rows).await?;
        let decided = self.decide(&records).await?;
        let mut batch = Batch::default();
        for ((command_id, record), (existing, decided)) in records.into_iter().zip(decided) {
            match decided {
                Ok(draft) if draft.is_empty() => {
                    self.summary.progress.count(&Verdict::Unchanged);
                }
                Ok(draft) => {
                    batch.planned.push(Planned {
                        record,
                        command_id,
                        existing,
                        events: draft.events(),
                    });
                    batch.drafts.push((command_id, draft));
                }
                Err(Refused::Record(cells)) => self.refuse_record(&record, cells)?,
                Err(Refused::Journal(error)) => return Err(error.into()),
            }
        }
        Ok(batch)
    }

    /// What is decided of each record, and whether what it is about is there.
    async fn decide(
        &self,
        records: &[(Uuid, Record)],
    ) -> Result<Vec<(bool, Result<Draft, Refused>)>, CommandError> {
        let keys: Vec<String> = records
            .iter()
            .map(|(_, record)| self.subject_key(record))
            .collect();
        let kind = subject_kind(self.import.profile.record);
        let holders = self.references.holders(kind, keys.iter().cloned()).await?;
        let planner = self.planner();
        let mut decided = Vec::with_capacity(records.len());
        for (place, ((_, record), key)) in records.iter().zip(&keys).enumerate() {
            let existing = holders.get(key).copied();
            decided.push((existing.is_some(), planner.plan(record, existing).await));
            if place % PLANNED_AT_ONCE == 0 {
                tokio::task::yield_now().await;
            }
        }
        Ok(decided)
    }

    pub(super) fn planner(&self) -> Planner<'_> {
        Planner {
            bus: self.import.bus,
            envelope: &self.import.envelope,
            layout: self.layout,
            references: &self.references,
            kind: self.import.profile.record,
        }
    }

    /// Refuses records whose key stood in the file before.
    fn without_doubles(&mut self, records: Vec<Record>) -> Result<Vec<Record>, ImportError> {
        let mut single = Vec::with_capacity(records.len());
        for record in records {
            let key = identity::command_id(&[&record.key]);
            match self.seen.insert(key, record.line()) {
                None => single.push(record),
                Some(before) => {
                    let reason = format!("the key stands in line {before} already");
                    let cell = self.layout.refuse_key(&record.key, "KEY_TWICE", &reason);
                    self.refuse_record(&record, vec![cell])?;
                }
            }
        }
        Ok(single)
    }

    /// Counts the records that went in before with this very content, and gives the others with their command ids.
    async fn without_said(
        &mut self,
        records: Vec<Record>,
    ) -> Result<Vec<(Uuid, Record)>, ImportError> {
        let journal = self.import.bus.journal();
        let (vault, profile) = (journal.vault(), self.import.profile);
        let ids = records.iter();
        let ids: Vec<Uuid> = ids
            .map(|record| identity::of_record(vault, profile, record))
            .collect();
        let said = journal.said(&Actor::System, &ids).await;
        let said: HashMap<Uuid, i64> = said.map_err(CommandError::from)?;
        let mut unsaid = Vec::with_capacity(records.len());
        for (id, record) in ids.into_iter().zip(records) {
            match (said.get(&id), self.import.begun_at) {
                (None, _) => unsaid.push((id, record)),
                (Some(written), Some(begun)) if *written > begun => {
                    self.summary.progress.count(&Verdict::Created);
                }
                (Some(_), _) => self.summary.progress.count(&Verdict::Unchanged),
            }
        }
        Ok(unsaid)
    }

    /// The key of the record that this one is about: its own, or that of the lead or opportunity it names.
    pub(super) fn subject_key(&self, record: &Record) -> String {
        let field = match self.import.profile.record {
            RecordKind::Conversion => Field::Lead,
            RecordKind::StageHistory => Field::Opportunity,
            RecordKind::User
            | RecordKind::Product
            | RecordKind::Client
            | RecordKind::Lead
            | RecordKind::Opportunity => return record.key.clone(),
        };
        let first = record.rows.first();
        let named = first.and_then(|row| self.layout.text(row, field));
        named.unwrap_or_else(|| record.key.clone())
    }
}

/// What the key of a record names.
pub(super) fn subject_kind(record: RecordKind) -> &'static str {
    match record {
        RecordKind::Conversion => RecordKind::Lead.into(),
        RecordKind::StageHistory => RecordKind::Opportunity.into(),
        RecordKind::User
        | RecordKind::Product
        | RecordKind::Client
        | RecordKind::Lead
        | RecordKind::Opportunity => record.into(),
    }
}
