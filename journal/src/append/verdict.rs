//! What the append function's verdicts mean for whoever waits.

use cartera_domain::ids::{SubjectId, TypedId};
use serde_json::Value;
use uuid::Uuid;

use super::statement::Verdict;
use super::{AppendError, Appended, Prepared, Refusal};

/// The answer to an accepted append, which takes its positions after `position`.
pub(super) fn accepted(prepared: &Prepared, position: &mut i64, reached: i64) -> Appended {
    let versions = prepared
        .streams
        .iter()
        .map(|stream| (stream.aggregate_id, stream.version))
        .collect();
    let events = i64::try_from(prepared.events.len()).unwrap_or_default();
    if events == 0 {
        return Appended {
            first_position: reached + 1,
            position: reached,
            versions,
            replayed: false,
        };
    }
    let first_position = *position + 1;
    *position += events;
    Appended {
        first_position,
        position: *position,
        versions,
        replayed: false,
    }
}

/// The answer to an append that was not written now.
pub(super) fn refusal(prepared: &Prepared, verdict: &Verdict) -> Result<Appended, AppendError> {
    match verdict {
        Verdict::Replayed {
            first_position,
            position,
            versions,
        } => Ok(Appended {
            first_position: *first_position,
            position: *position,
            versions: read_versions(versions),
            replayed: true,
        }),
        Verdict::Reused => Err(AppendError::CommandIdReused),
        Verdict::Conflict { stream, actual } => Err(match prepared.streams.get(*stream) {
            Some(stream) => AppendError::Conflict {
                aggregate_type: stream.aggregate_type,
                aggregate_id: stream.aggregate_id,
                expected: u64::try_from(stream.expected).unwrap_or_default(),
                actual: u64::try_from(*actual).unwrap_or_default(),
            },
            None => AppendError::Unavailable("a verdict without a stream".to_owned()),
        }),
        Verdict::Claimed { claim, holder } => {
            let scope = prepared
                .claims
                .get(*claim)
                .map(|claim| claim.scope)
                .unwrap_or_default()
                .to_owned();
            Err(AppendError::ClaimTaken {
                scope,
                holder: *holder,
            })
        }
        Verdict::Moved => Err(AppendError::CheckpointMoved),
        Verdict::Erased(subject) => {
            Err(Refusal::SubjectErased(SubjectId::from_uuid(*subject)).into())
        }
    }
}

fn read_versions(stored: &str) -> Vec<(Uuid, u64)> {
    serde_json::from_str::<Value>(stored)
        .and_then(serde_json::from_value)
        .unwrap_or_default()
}
