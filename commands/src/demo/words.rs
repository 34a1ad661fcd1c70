//! Names of companies, people and places, put together by chance.

pub(super) const TRADES: [&str; 12] = [
    "Instal·lacions",
    "Construccions",
    "Reformes",
    "Electricitat",
    "Fusteria",
    "Pintures",
    "Jardins",
    "Fontaneria",
    "Clima",
    "Serralleria",
    "Obres",
    "Manteniments",
];

pub(super) const SURNAMES: [&str; 30] = [
    "Puig", "Vila", "Soler", "Ferrer", "Roca", "Serra", "Font", "Bosch", "Casals", "Riera", "Grau",
    "Mas", "Pons", "Sala", "Valls", "Rovira", "Costa", "Prat", "Torrent", "Coll", "Badia", "Comas",
    "Pujol", "Ribas", "Llorens", "Oliver", "Camps", "Guasch", "Marquès", "Bonet",
];

pub(super) const FIRST_NAMES: [&str; 20] = [
    "Maria", "Josep", "Montse", "Antoni", "Carme", "Jaume", "Rosa", "Lluís", "Gemma", "Manel",
    "Cristina", "Oriol", "Sandra", "Miquel", "Eva", "Roger", "Judit", "Àlex", "Imma", "Ferran",
];

/// City, province, first three figures of its postal codes.
pub(super) const CITIES: [(&str, &str, &str); 16] = [
    ("Barcelona", "Barcelona", "080"),
    ("Sabadell", "Barcelona", "082"),
    ("Terrassa", "Barcelona", "082"),
    ("Manresa", "Barcelona", "082"),
    ("Vic", "Barcelona", "085"),
    ("Mataró", "Barcelona", "083"),
    ("Girona", "Girona", "170"),
    ("Figueres", "Girona", "176"),
    ("Olot", "Girona", "178"),
    ("Tarragona", "Tarragona", "430"),
    ("Reus", "Tarragona", "432"),
    ("Tortosa", "Tarragona", "435"),
    ("Lleida", "Lleida", "250"),
    ("Balaguer", "Lleida", "256"),
    ("Tàrrega", "Lleida", "253"),
    ("La Seu d'Urgell", "Lleida", "257"),
];

pub(super) const SECTORS: [&str; 6] = [
    "Construcción",
    "Instalaciones",
    "Hostelería",
    "Industria",
    "Administración pública",
    "Comercio",
];
