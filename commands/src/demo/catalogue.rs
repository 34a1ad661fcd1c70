//! What is sold: families of tools and building supplies, with list prices that rise once a year.

use cartera_domain::ids::ProductId;
use cartera_domain::products::{Product, ProductCommand, ProductDetails};
use cartera_domain::values::Amount;
use chrono::{Datelike, NaiveDate};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::draft::{Draft, Stream};
use crate::error::CommandError;
use crate::products::code_claim;

use super::{Maker, defect, line, on};

/// A product with its list price in each of the three years.
#[derive(Debug, Clone)]
pub(super) struct Article {
    pub(super) product: ProductId,
    pub(super) prices: Vec<(NaiveDate, Amount)>,
    /// How many of it one buys at a time, at most.
    pub(super) most: u32,
}

/// Family, name, unit, list price in cents, greatest quantity.
const ARTICLES: [(&str, &str, &str, i64, u32); 24] = [
    ("Ferretería", "Taladro percutor 18 V", "ud", 18_900, 6),
    ("Ferretería", "Amoladora 125 mm", "ud", 8_950, 8),
    (
        "Ferretería",
        "Caja de tornillos 5×50 (500 ud)",
        "caja",
        1_875,
        60,
    ),
    ("Ferretería", "Juego de llaves combinadas", "ud", 6_420, 10),
    (
        "Electricidad",
        "Cable H07V-K 2,5 mm² (100 m)",
        "rollo",
        5_730,
        40,
    ),
    (
        "Electricidad",
        "Cuadro eléctrico 24 módulos",
        "ud",
        11_240,
        12,
    ),
    (
        "Electricidad",
        "Luminaria LED industrial 150 W",
        "ud",
        9_680,
        48,
    ),
    ("Electricidad", "Punto de recarga 7,4 kW", "ud", 64_900, 6),
    (
        "Fontanería",
        "Tubo multicapa 20 mm (100 m)",
        "rollo",
        13_450,
        20,
    ),
    ("Fontanería", "Grifo monomando de lavabo", "ud", 7_290, 30),
    ("Fontanería", "Termo eléctrico 80 l", "ud", 21_500, 10),
    ("Fontanería", "Bomba de calor 12 kW", "ud", 412_000, 2),
    ("Pintura", "Pintura plástica mate 15 l", "cubo", 6_150, 60),
    ("Pintura", "Esmalte al agua 4 l", "lata", 4_380, 40),
    ("Pintura", "Equipo de pulverización", "ud", 89_000, 2),
    (
        "Construcción",
        "Mortero cola flexible 25 kg",
        "saco",
        1_120,
        240,
    ),
    ("Construcción", "Placa de yeso 13 mm", "ud", 895, 300),
    (
        "Construcción",
        "Aislante de lana mineral (m²)",
        "m2",
        640,
        500,
    ),
    ("Construcción", "Andamio homologado 50 m²", "ud", 245_000, 2),
    ("Jardinería", "Programador de riego", "ud", 7_890, 12),
    ("Jardinería", "Cortacésped de batería", "ud", 42_900, 4),
    ("Jardinería", "Tubo de goteo (100 m)", "rollo", 3_260, 50),
    ("Servicios", "Instalación (hora de oficial)", "h", 4_200, 80),
    ("Servicios", "Mantenimiento anual", "año", 96_000, 3),
];

/// Takes everything into the catalogue and raises the prices each January.
pub(super) async fn list(maker: &mut Maker) -> Result<Vec<Article>, CommandError> {
    let mut articles = Vec::with_capacity(ARTICLES.len());
    for (number, (family, name, unit, cents, most)) in (101..).zip(ARTICLES) {
        let product: ProductId = maker.bus.ids().mint();
        let code = line(&format!("CAN-{number}"))?;
        let details = ProductDetails {
            name: Some(line(name)?),
            family: Some(line(family)?),
            unit: Some(line(unit)?),
            ..ProductDetails::default()
        };
        let mut price = Decimal::new(cents, 2);
        let first = Amount::try_new(price).map_err(defect)?;
        let mut stream = Stream::<Product>::new(product);
        let command = ProductCommand::RegisterProduct {
            code: code.clone(),
            details,
            list_price: Some(first),
        };
        stream.decide(&maker.envelope, command, on(maker.first_day))?;
        let mut prices = vec![(maker.first_day, first)];
        for year in 1..=2 {
            let rise = Decimal::new(i64::from(100 + maker.between(2, 5)), 2);
            price =
                (price * rise).round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
            let (day, raised) = (
                maker.first_day.with_year(maker.first_day.year() + year),
                Amount::try_new(price),
            );
            if let (Some(day), Ok(raised)) = (day, raised) {
                stream.decide(
                    &maker.envelope,
                    ProductCommand::ChangeProductPrice {
                        list_price: Some(raised),
                    },
                    on(day),
                )?;
                prices.push((day, raised));
            }
        }
        let claim = code_claim(&maker.bus, &code, product);
        maker
            .take(Draft::default().with(stream).claiming(claim))
            .await?;
        articles.push(Article {
            product,
            prices,
            most,
        });
    }
    Ok(articles)
}

impl Article {
    /// The list price on a day.
    pub(super) fn price_on(&self, day: NaiveDate) -> Option<Amount> {
        self.prices
            .iter()
            .rev()
            .find(|(from, _)| *from <= day)
            .map(|(_, price)| *price)
    }
}
