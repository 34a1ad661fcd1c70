//! Where the database, the log and its followers stand, read when somebody asks.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cartera_journal::{FollowerVitals, Journal, PauseKind, Vitals};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeGaugeValue, EncodeMetric, MetricEncoder,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;
use sqlx::PgPool;

/// Time in which the database must answer.
const ANSWER_TIME: Duration = Duration::from_secs(1);

/// Knows where things stand. Cheap to clone.
#[derive(Clone)]
pub struct Standing {
    journal: Journal,
    pools: [(&'static str, PgPool); 2],
    /// What was read last; nothing where the database did not answer.
    vitals: Arc<Mutex<Option<Vitals>>>,
}

impl fmt::Debug for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Standing").finish_non_exhaustive()
    }
}

impl Standing {
    /// Where this journal stands, and the connections for reading.
    pub fn of(journal: Journal, reads: PgPool) -> Self {
        let pools = [("journal", journal.pool().clone()), ("reads", reads)];
        Self {
            journal,
            pools,
            vitals: Arc::default(),
        }
    }

    /// Reads anew.
    pub(super) async fn read(&self) {
        let read = tokio::time::timeout(ANSWER_TIME, self.journal.vitals()).await;
        *self.vitals.lock().unwrap_or_else(PoisonError::into_inner) =
            read.ok().and_then(Result::ok);
    }
}

impl Collector for Standing {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let vitals = self.vitals.lock().unwrap_or_else(PoisonError::into_inner);
        let mut to = Encoder(&mut encoder);
        to.gauge(
            "database_up",
            "1 if the database answers",
            None,
            i64::from(vitals.is_some()),
        )?;
        self.encode_pools(&mut to)?;
        self.encode_statistics(&mut to)?;
        vitals
            .as_ref()
            .map_or(Ok(()), |vitals| encode_vitals(vitals, &mut to))
    }
}

impl Standing {
    fn encode_pools(&self, to: &mut Encoder<'_, '_>) -> fmt::Result {
        let mut family = to.family(
            "database_connections",
            "Connections to the database, by pool and use",
        )?;
        for (name, pool) in &self.pools {
            let idle = u32::try_from(pool.num_idle()).unwrap_or_default();
            let used = pool.size().saturating_sub(idle);
            for (state, connections) in [("idle", idle), ("used", used)] {
                let labels = [("pool", *name), ("state", state)];
                ConstGauge::new(i64::from(connections)).encode(family.encode_family(&labels)?)?;
            }
        }
        let mut family = to.family(
            "database_connections_limit",
            "Most connections to the database, by pool",
        )?;
        for (name, pool) in &self.pools {
            ConstGauge::new(i64::from(pool.options().get_max_connections()))
                .encode(family.encode_family(&[("pool", *name)])?)?;
        }
        Ok(())
    }

    fn encode_statistics(&self, to: &mut Encoder<'_, '_>) -> fmt::Result {
        let done = self.journal.statistics();
        to.counter(
            "journal_appends",
            "Appends that this node wrote",
            done.appends,
        )?;
        to.counter("journal_events", "Events that this node wrote", done.events)?;
        to.counter(
            "journal_unknown_outcomes",
            "Commits of this node whose outcome had to be looked up",
            done.retries,
        )
    }
}

fn encode_vitals(vitals: &Vitals, to: &mut Encoder<'_, '_>) -> fmt::Result {
    to.gauge(
        "journal_position",
        "Position of the last event",
        None,
        vitals.head,
    )?;
    if let Some((position, signed_at)) = vitals.checkpoint {
        to.gauge(
            "journal_checkpoint_position",
            "Position up to which the chain was signed last",
            None,
            position,
        )?;
        to.gauge(
            "journal_checkpoint_timestamp",
            "When the chain was signed last, in Unix time",
            Some(&Unit::Seconds),
            signed_at.timestamp(),
        )?;
    }
    // A generation that was replaced stands still for ever, and that is no news.
    let followers = vitals
        .followers
        .iter()
        .filter(|follower| follower.live || follower.paused.is_none());
    let followers: Vec<_> = followers
        .map(|follower| (labels(follower), follower))
        .collect();
    let mut family = to.family(
        "follower_position",
        "Position up to which it has taken events in",
    )?;
    for (labels, follower) in &followers {
        ConstGauge::new(follower.position).encode(family.encode_family(labels)?)?;
    }
    let mut family = to.family("follower_lag_events", "Events that it has not taken in yet")?;
    for (labels, follower) in &followers {
        let lag = vitals.head.saturating_sub(follower.position).max(0);
        ConstGauge::new(lag).encode(family.encode_family(labels)?)?;
    }
    let mut family = to.family_of(
        "follower_lag",
        "How long ago the first event was recorded that it has not taken in yet",
        Some(&Unit::Seconds),
    )?;
    for (labels, follower) in &followers {
        ConstGauge::new(follower.behind.as_secs_f64()).encode(family.encode_family(labels)?)?;
    }
    encode_pauses(&followers, to)
}

type Labels<'a> = [(&'static str, &'a str); 2];

fn labels(follower: &FollowerVitals) -> Labels<'_> {
    let state = if follower.live { "live" } else { "building" };
    [("follower", &follower.name), ("generation", state)]
}

fn encode_pauses(
    followers: &[(Labels<'_>, &FollowerVitals)],
    to: &mut Encoder<'_, '_>,
) -> fmt::Result {
    let mut family = to.family(
        "follower_paused",
        "1 if it is paused by an event that it cannot take in, by reason",
    )?;
    for ([follower, generation], known) in followers {
        for kind in [
            PauseKind::Unreadable,
            PauseKind::Refused,
            PauseKind::Database,
        ] {
            let labels = [*follower, *generation, ("reason", kind.into())];
            let paused = i64::from(known.paused == Some(kind));
            ConstGauge::new(paused).encode(family.encode_family(&labels)?)?;
        }
    }
    Ok(())
}

/// Writes single figures in one line each.
struct Encoder<'a, 'b>(&'a mut DescriptorEncoder<'b>);

impl Encoder<'_, '_> {
    fn gauge(
        &mut self,
        name: &str,
        help: &str,
        unit: Option<&Unit>,
        value: impl EncodeGaugeValue,
    ) -> fmt::Result {
        let encoder = self
            .0
            .encode_descriptor(name, help, unit, MetricType::Gauge)?;
        ConstGauge::new(value).encode(encoder)
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        let encoder = self
            .0
            .encode_descriptor(name, help, None, MetricType::Counter)?;
        ConstCounter::new(value).encode(encoder)
    }

    fn family<'s>(
        &'s mut self,
        name: &'s str,
        help: &'s str,
    ) -> Result<MetricEncoder<'s>, fmt::Error> {
        self.family_of(name, help, None)
    }

    fn family_of<'s>(
        &'s mut self,
        name: &'s str,
        help: &'s str,
        unit: Option<&'s Unit>,
    ) -> Result<MetricEncoder<'s>, fmt::Error> {
        self.0
            .encode_descriptor(name, help, unit, MetricType::Gauge)
    }
}
