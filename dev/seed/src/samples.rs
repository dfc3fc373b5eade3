//! The sample shows. Prices are net, in minor units.

use crate::places::{
    ARCADE, ASSEMBLY, DEPOT, FOUNDRY, HARBOUR, KANAL, KAPLE, KESSEL, KISSA, LANTERN, LIFFEY, MILL, PATIO,
    PIER, Place,
};
use contracts::shows::Category::{
    self, Comedy, Dance, Family, Festival, Film, Music, Other, Sport, Talk, Theatre,
};

/// A show of the samples.
pub(crate) struct Sample {
    pub(crate) title: &'static str,
    pub(crate) category: Category,
    pub(crate) place: Place,
    /// Days from today, and the hour of the venue's day.
    pub(crate) starts: (u32, u32),
    pub(crate) description: &'static str,
    /// Name, net price, quantity.
    pub(crate) listings: &'static [(&'static str, i64, u32)],
}

const fn show(
    (title, category): (&'static str, Category),
    place: Place,
    starts: (u32, u32),
    description: &'static str,
    listings: &'static [(&'static str, i64, u32)],
) -> Sample {
    Sample { title, category, place, starts, description, listings }
}

/// All of them, by one organiser.
#[rustfmt::skip]
pub(crate) const SHOWS: &[Sample] = &[
    show(("Night Ferry Quartet", Music), HARBOUR, (4, 19), "Strings, a borrowed accordion and songs about the last boat home. Two sets with an interval.", &[("Standing", 2200, 180), ("Balcony", 2800, 60)]),
    show(("Saltmarsh", Music), FOUNDRY, (6, 20), "Slow, loud and tidal. The first show since the new record.", &[("Standing", 1650, 300)]),
    show(("The Cherry Orchard", Theatre), LANTERN, (9, 19), "Chekhov in a new translation, in the round, with a real axe.", &[("Stalls", 3200, 120), ("Circle", 2400, 90), ("Under 26", 1200, 30)]),
    show(("Low Tide", Film), ASSEMBLY, (11, 18), "A restored print with live score, and the director after the credits.", &[("Seat", 1100, 150)]),
    show(("Ada & the Long Division", Family), MILL, (13, 11), "A musical about numbers, for everybody above five. One hour, no interval.", &[("Child", 800, 120), ("Adult", 1400, 120)]),
    show(("Gloria Okafor: Work in Progress", Comedy), LANTERN, (3, 20), "An hour of new material, some of it finished.", &[("Seat", 1200, 80)]),
    show(("Async in Anger", Talk), ASSEMBLY, (21, 9), "One day on concurrency in production: eight talks, long breaks, no keynote.", &[("Early bird", 9000, 50), ("Standard", 14_000, 200)]),
    show(("Kestrel Women v Harbour Town", Sport), HARBOUR, (8, 15), "League match. Gates open an hour before kick-off.", &[("Terrace", 900, 800), ("Main stand", 1500, 400)]),
    show(("A Short History of Fog", Theatre), FOUNDRY, (16, 19), "A one-woman play about weather, shipping and getting lost on purpose.", &[("Seat", 1800, 110)]),
    show(("Tamsin Vale", Music), MILL, (18, 19), "Songs for voice and upright piano.", &[("Seated", 2600, 140), ("Standing", 1900, 200)]),
    show(("Sunday Dough", Other), HARBOUR, (5, 10), "Learn a country loaf and take it home. Flour, apron and coffee included.", &[("Place", 4500, 14)]),
    show(("Choir of Ordinary Voices", Music), ASSEMBLY, (25, 19), "Eighty people who met on a Tuesday. Come and sing the last number.", &[("Seat", 1000, 320)]),
    show(("Paper Odyssey", Family), LANTERN, (27, 14), "Homer with scissors: puppets, paper and a storm.", &[("Child", 700, 90), ("Adult", 1300, 90)]),
    show(("Copper Wire", Music), KESSEL, (7, 21), "Modular synthesisers in the old boiler house.", &[("Eintritt", 2000, 350)]),
    show(("Der leere Stuhl", Theatre), KESSEL, (15, 19), "Ein Abend über Abwesende. Auf Deutsch mit englischen Übertiteln.", &[("Parkett", 2800, 160), ("Rang", 1900, 80)]),
    show(("Liffey Reels", Dance), LIFFEY, (10, 20), "A céilí with a caller; no experience needed.", &[("Dancer", 1500, 240)]),
    show(("Stand-up on the Wall", Comedy), LIFFEY, (12, 20), "Five comedians, one microphone, no theme.", &[("Seat", 1700, 130)]),
    show(("Noche de Cante", Music), PATIO, (14, 21), "Cante jondo under the open sky; if it rains, inside.", &[("Silla", 2500, 140), ("De pie", 1500, 160)]),
    show(("La Casa Encendida", Theatre), PATIO, (30, 20), "Tres hermanas, una llave.", &[("Butaca", 2200, 180)]),
    show(("Havnekoncert", Music), KANAL, (17, 20), "Brass on the quay, then inside for the strings.", &[("Plads", 18_000, 220)]),
    show(("Nordic Type Day", Talk), KANAL, (33, 9), "Letters, lead and variable fonts: a day for people who notice kerning.", &[("Day", 95_000, 120), ("Student", 45_000, 40)]),
    show(("Řeka v noci", Film), KAPLE, (19, 20), "Krátké filmy o Vltavě, s klavírem.", &[("Vstupenka", 22_000, 90)]),
    show(("Organ at Dusk", Music), KAPLE, (22, 18), "Bach and nothing else.", &[("Seat", 35_000, 110)]),
    show(("Static Bloom", Music), DEPOT, (5, 20), "Noise, flowers, one drum kit.", &[("General admission", 2800, 400), ("Balcony", 4200, 60)]),
    show(("The Understudies", Theatre), DEPOT, (20, 19), "Every night another member of the company plays the lead. Nobody knows who.", &[("Orchestra", 6500, 150), ("Mezzanine", 4500, 100)]),
    show(("Borough Chess Boxing", Sport), DEPOT, (24, 18), "Eleven rounds, alternating. Bring earplugs and an opening.", &[("Ringside", 8000, 60), ("Bleachers", 3500, 240)]),
    show(("Lake Effect", Music), PIER, (9, 20), "Ambient and pedal steel while the lights come on across the water.", &[("Standing", 3000, 260)]),
    show(("Northern Shorts", Film), PIER, (26, 19), "Nine films under nine minutes.", &[("Seat", 1600, 120)]),
    show(("雨の日のジャズ", Music), KISSA, (6, 19), "Rainy-day jazz for thirty people and one turntable.", &[("席", 4000, 30)]),
    show(("Butoh: Slow Water", Dance), KISSA, (23, 18), "Ninety minutes, almost still.", &[("席", 5500, 40)]),
    show(("Laneway Comics", Comedy), ARCADE, (8, 20), "Local and visiting comedians; the order is drawn at the door.", &[("Seat", 2800, 150)]),
    show(("Tin Roof Festival", Festival), ARCADE, (40, 12), "Two stages, fourteen bands, shade provided.", &[("Day", 8900, 900), ("Weekend", 15_900, 400)]),
    show(("Harbour Lights Festival", Festival), HARBOUR, (45, 12), "Three days of music on both sides of the water.", &[("Friday", 3900, 600), ("Weekend", 8900, 900)]),
    show(("The Long Table", Other), FOUNDRY, (12, 18), "Supper for sixty at one table; a story with each course.", &[("Seat at the table", 5500, 60)]),
    show(("Small Hours", Music), MILL, (29, 22), "A concert that begins late and ends with breakfast.", &[("Ticket", 2400, 150)]),
    show(("Second-Hand Opera", Music), LANTERN, (31, 19), "Famous arias, borrowed costumes, one pianist.", &[("Stalls", 3800, 110), ("Circle", 2600, 70)]),
    show(("Women of the Archive", Talk), ASSEMBLY, (34, 18), "Four historians and what the files left out.", &[("Seat", 900, 200)]),
    show(("Midwinter Swim", Sport), HARBOUR, (36, 8), "Cold water, hot soup. Lifeguards on duty.", &[("Swimmer", 1200, 120)]),
    show(("Clown School Graduation", Comedy), FOUNDRY, (38, 19), "Twelve graduates, one honk each.", &[("Seat", 1000, 140)]),
    show(("Pocket Planetarium", Family), MILL, (42, 10), "The night sky in the morning, for small astronomers and whoever brought them.", &[("Child", 600, 60), ("Adult", 1000, 60)]),
    show(("One Piano, Four Hands", Music), LANTERN, (48, 19), "The last show of the season, and it is a small one.", &[("Last seats", 3000, 4)]),
];
