//! Who buys: clients since before the first year, and leads that come in ever since, some of which become clients.

use cartera_domain::clients::{Client, ClientCommand, ClientDetails, ClientKind, ContactDetails};
use cartera_domain::ids::{
    CatalogueId, ChannelId, ClientId, LeadId, ReasonId, Singleton, SubjectId,
};
use cartera_domain::leads::{Lead, LeadCommand, LeadDetails};
use cartera_domain::settings::{Catalogue, ReasonKind};
use cartera_domain::values::{Amount, EmailAddress, Line, Personal, PhoneNumber};
use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use crate::bus::Freshness;
use crate::draft::{Draft, Stream};
use crate::error::CommandError;

use super::people::{Seller, Staff};
use super::words::{CITIES, FIRST_NAMES, SECTORS, SURNAMES, TRADES};
use super::{Maker, defect, line, on};

/// A client who buys from a seller.
#[derive(Debug, Clone, Copy)]
pub(super) struct Buyer {
    pub(super) client: ClientId,
    pub(super) seller: Seller,
    pub(super) since: NaiveDate,
    pub(super) channel: Option<ChannelId>,
}

const CLIENTS: u32 = 90;
const LEADS: u32 = 520;

/// Registers the clients, then lets leads come in.
pub(super) async fn win(maker: &mut Maker, staff: &Staff) -> Result<Vec<Buyer>, CommandError> {
    let catalogue = maker
        .bus
        .load::<Catalogue>(CatalogueId::the(), Freshness::Fresh)
        .await?;
    let channels: Vec<ChannelId> = catalogue.state().channels.keys().copied().collect();
    let reasons = catalogue
        .state()
        .reasons
        .iter()
        .filter(|(_, (kind, _))| *kind == ReasonKind::Discarded);
    let reasons: Vec<ReasonId> = reasons.map(|(reason, _)| *reason).collect();
    let mut buyers = Vec::new();
    for _client in 0..CLIENTS {
        let seller = *maker.one_of(&staff.sellers)?;
        let client: ClientId = maker.bus.ids().mint();
        let channel = Some(*maker.one_of(&channels)?);
        let company = company(maker)?;
        let stream = register(maker, client, company, seller)?;
        maker.take(Draft::default().with(stream)).await?;
        buyers.push(Buyer {
            client,
            seller,
            since: maker.first_day,
            channel,
        });
    }
    for _lead in 0..LEADS {
        let seller = *maker.one_of(&staff.sellers)?;
        let channel = Some(*maker.one_of(&channels)?);
        let reason = *maker.one_of(&reasons)?;
        buyers.extend(lead(maker, seller, channel, reason).await?);
    }
    Ok(buyers)
}

/// What is known of a company and the person who speaks for it.
struct Known {
    subject: SubjectId,
    name: Line,
    person: Line,
    email: EmailAddress,
    phone: PhoneNumber,
    city: (&'static str, &'static str, String),
    sector: Line,
}

fn company(maker: &mut Maker) -> Result<Known, CommandError> {
    let (trade, surname, second) = (
        *maker.one_of(&TRADES)?,
        *maker.one_of(&SURNAMES)?,
        *maker.one_of(&SURNAMES)?,
    );
    let first = *maker.one_of(&FIRST_NAMES)?;
    let (city, province, postcode) = *maker.one_of(&CITIES)?;
    let form = if maker.happens(80) { "SL" } else { "SA" };
    let number = maker.bus.ids().next_id().as_u128() % 1_000_000;
    let postcode = format!("{postcode}{:02}", maker.between(1, 39));
    let sector = *maker.one_of(&SECTORS)?;
    Ok(Known {
        subject: maker.bus.ids().mint(),
        name: line(&format!("{trade} {surname} i {second}, {form}"))?,
        person: line(&format!("{first} {surname} {second}"))?,
        email: format!("info{number}@clients.example")
            .parse()
            .map_err(defect)?,
        phone: format!("93{:07}", maker.between(1_000_000, 9_999_999))
            .parse()
            .map_err(defect)?,
        city: (city, province, postcode),
        sector: line(sector)?,
    })
}

fn register(
    maker: &mut Maker,
    client: ClientId,
    known: Known,
    seller: Seller,
) -> Result<Stream<Client>, CommandError> {
    let contact: SubjectId = maker.bus.ids().mint();
    let details = ClientDetails {
        company_name: Some(known.name),
        sector: Some(known.sector),
        city: Some(line(known.city.0)?),
        province: Some(line(known.city.1)?),
        postal_code: Some(line(&known.city.2)?),
        country: Some(line("España")?),
        email: Some(Personal::new(known.subject, known.email.clone())),
        phone: Some(Personal::new(known.subject, known.phone.clone())),
        ..ClientDetails::default()
    };
    let person = ContactDetails {
        name: Some(Personal::new(contact, known.person)),
        role: Some(line("Gerencia")?),
        email: Some(Personal::new(contact, known.email)),
        phone: Some(Personal::new(contact, known.phone)),
        notes: None,
    };
    let (owner, team) = (Some(seller.user), Some(seller.team));
    let mut stream = Stream::<Client>::new(client);
    let command = ClientCommand::RegisterClient {
        kind: ClientKind::Company,
        details,
        owner,
        team,
        lead: None,
    };
    stream.decide(&maker.envelope, command, on(maker.first_day))?;
    let command = ClientCommand::AddContact {
        contact: maker.bus.ids().mint(),
        details: person,
    };
    stream.decide(&maker.envelope, command, on(maker.first_day))?;
    Ok(stream)
}

/// Lets a lead come in on some day and go its way as far as it gets by today.
async fn lead(
    maker: &mut Maker,
    seller: Seller,
    channel: Option<ChannelId>,
    reason: ReasonId,
) -> Result<Option<Buyer>, CommandError> {
    let span = maker
        .today
        .signed_duration_since(maker.first_day)
        .num_days();
    let after = maker.between(0, u32::try_from(span).unwrap_or(0));
    let registered = maker
        .first_day
        .checked_add_days(Days::new(u64::from(after)))
        .unwrap_or(maker.today);
    let known = company(maker)?;
    let details = LeadDetails {
        person_name: Some(Personal::new(known.subject, known.person)),
        company_name: Some(known.name),
        email: Some(Personal::new(known.subject, known.email)),
        phone: Some(Personal::new(known.subject, known.phone)),
        city: Some(line(known.city.0)?),
        country: Some(line("España")?),
        sector: Some(known.sector),
        expected_value: Amount::try_new(Decimal::from(maker.between(3, 80) * 250)).ok(),
        ..LeadDetails::default()
    };
    let id: LeadId = maker.bus.ids().mint();
    let mut stream = Stream::<Lead>::new(id);
    let (owner, team) = (Some(seller.user), Some(seller.team));
    let command = LeadCommand::RegisterLead {
        details,
        channel,
        owner,
        team,
    };
    stream.decide(&maker.envelope, command, on(registered))?;
    let (draft, buyer) = go_on(maker, stream, registered, (seller, reason))?;
    maker.take(draft).await?;
    Ok(buyer.map(|buyer| Buyer { channel, ..buyer }))
}

fn go_on(
    maker: &mut Maker,
    mut stream: Stream<Lead>,
    registered: NaiveDate,
    (seller, reason): (Seller, ReasonId),
) -> Result<(Draft, Option<Buyer>), CommandError> {
    let wait = maker.between(0, 6);
    let Some(contacted) = maker.days_after(registered, wait) else {
        return Ok((Draft::default().with(stream), None));
    };
    stream.decide(
        &maker.envelope,
        LeadCommand::MarkLeadContacted,
        on(contacted),
    )?;
    let wait = maker.between(2, 20);
    let Some(decided) = maker.days_after(contacted, wait) else {
        return Ok((Draft::default().with(stream), None));
    };
    if maker.happens(45) {
        let command = LeadCommand::DiscardLead {
            reason: Some(reason),
            note: None,
        };
        stream.decide(&maker.envelope, command, on(decided))?;
        return Ok((Draft::default().with(stream), None));
    }
    stream.decide(&maker.envelope, LeadCommand::QualifyLead, on(decided))?;
    let wait = maker.between(3, 40);
    let converted = maker.days_after(decided, wait).filter(|_| seller.skill > 0);
    let Some(converted) = converted else {
        return Ok((Draft::default().with(stream), None));
    };
    if !maker.happens(60) {
        return Ok((Draft::default().with(stream), None));
    }
    let Lead::Open(open) = stream.state().clone() else {
        return Ok((Draft::default().with(stream), None));
    };
    let client: ClientId = maker.bus.ids().mint();
    stream.decide(
        &maker.envelope,
        LeadCommand::ConvertLead {
            client,
            opportunity: None,
        },
        on(converted),
    )?;
    let mut registered = Stream::<Client>::new(client);
    for command in crate::leads::client_of(&maker.bus, stream.id(), &open) {
        registered.decide(&maker.envelope, command, on(converted))?;
    }
    let buyer = Buyer {
        client,
        seller,
        since: converted,
        channel: None,
    };
    Ok((Draft::default().with(stream).with(registered), Some(buyer)))
}
