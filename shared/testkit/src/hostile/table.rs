//! The forgeries.

use super::{Forger, Forgery, forger::encoded};
use auth::token::{LEEWAY_SECONDS, LIFE_SECONDS, SIZE_MAX};
use base64::{Engine, prelude::BASE64_STANDARD};
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};

type Rows = Vec<(String, String)>;

impl Forger {
    /// Every forgery.
    pub fn table(&self) -> Vec<Forgery> {
        let all = [
            self.algorithms(),
            self.keys(),
            self.types(),
            self.signatures(),
            self.claims_that_lie(),
            self.claims_that_are_missing(),
            self.times(),
            self.said_twice(),
            self.shapes(),
        ];
        all.into_iter().flatten().map(|(what, token)| Forgery { what, token }).collect()
    }

    /// The algorithm is that of the key, whatever the header says (RFC 8725, 2.1, 3.1, 3.2).
    fn algorithms(&self) -> Rows {
        let signature = self.signature();
        let mut rows = Rows::new();
        for alg in [
            "none", "None", "NONE", "nOnE", "", "HS256", "HS512", "RS256", "PS256", "ES256", "eddsa",
            "A128KW",
        ] {
            let message = Self::message(&self.header_with("alg", Some(json!(alg))), &self.claims());
            rows.push((format!("alg {alg:?}, no signature"), format!("{message}.")));
            rows.push((format!("alg {alg:?}, a signature"), format!("{message}.{signature}")));
            let header = self.header_with("alg", Some(json!(alg)));
            rows.push((format!("alg {alg:?}, well signed"), self.signed(&header, &self.claims())));
        }
        let header = self.header_with("alg", None);
        rows.push(("no alg".to_owned(), self.signed(&header, &self.claims())));
        let public = self.key.verifying_key().to_bytes();
        let pem = [&SPKI_PREFIX[..], &public[..]].concat();
        let pem = format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            BASE64_STANDARD.encode(pem)
        );
        for (form, secret) in [
            ("bytes", public.to_vec()),
            ("base64url", encoded(public).into_bytes()),
            ("PEM", pem.into_bytes()),
            ("nothing", Vec::new()),
        ] {
            rows.push((format!("HS256 with the public key as {form}"), self.hmac(&secret)));
        }
        rows
    }

    /// The key is one that auth has published, whatever the token brings along (RFC 8725, 3.10).
    fn keys(&self) -> Rows {
        let own = Self { key: SigningKey::from_bytes(&[66; 32]), ..self.clone() };
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": encoded(own.key.verifying_key().to_bytes()), "kid": self.kid });
        let elsewhere = json!("https://evil.example/jwks.json");
        let mut rows = Rows::new();
        for (what, kid) in [
            ("unknown", json!("nobody-published-this")),
            ("a path", json!("../../../../dev/null")),
            ("SQL", json!("x' UNION SELECT 'secret' --")),
            ("empty", json!("")),
            ("a number", json!(1)),
            ("null", Value::Null),
        ] {
            let header = self.header_with("kid", Some(kid));
            rows.push((format!("a kid that is {what}"), self.signed(&header, &self.claims())));
        }
        rows.push(("no kid".to_owned(), self.signed(&self.header_with("kid", None), &self.claims())));
        rows.push(("signed by another key".to_owned(), own.signed(&self.header(), &self.claims())));
        for (name, value) in
            [("jwk", jwk), ("jku", elsewhere.clone()), ("x5u", elsewhere), ("x5c", json!(["MIIB"]))]
        {
            let header = self.header_with(name, Some(value));
            rows.push((format!("{name} and its own key"), own.signed(&header, &self.claims())));
            rows.push((format!("{name}, though well signed"), self.signed(&header, &self.claims())));
        }
        rows
    }

    /// The type is told from other tokens' (RFC 8725, 3.11 and 3.12; RFC 9068, 4), and nothing in a header is
    /// passed over.
    fn types(&self) -> Rows {
        let mut rows = Rows::new();
        for typ in [
            Some("JWT"),
            Some("revocation+jwt"),
            Some("key+jwt"),
            Some("complete+jwt"),
            Some("id+jwt"),
            Some("at+jwt "),
            Some(""),
            None,
        ] {
            let header = self.header_with("typ", typ.map(|typ| json!(typ)));
            rows.push((format!("typ {typ:?}"), self.signed(&header, &self.claims())));
        }
        for (name, value) in [
            ("crit", json!(["exp"])),
            ("crit", json!(["b64"])),
            ("crit", json!([])),
            ("crit", json!("exp")),
            ("b64", json!(false)),
            ("zip", json!("DEF")),
            ("enc", json!("A128GCM")),
            ("cty", json!("JWT")),
            ("whatever", json!("else")),
        ] {
            let header = self.header_with(name, Some(value.clone()));
            rows.push((format!("header {name} {value}"), self.signed(&header, &self.claims())));
        }
        rows
    }

    /// A signature is exactly that of the message (RFC 8725, 3.3).
    fn signatures(&self) -> Rows {
        let good = self.good();
        let (message, signature) = good.rsplit_once('.').unwrap_or_default();
        let claims = self.claims_with("role", Some(json!("admin")));
        let admin = Self::message(&self.header(), &claims);
        let other = self.signed(&self.header(), &claims);
        let others = other.rsplit_once('.').unwrap_or_default().1;
        let changed = |at: usize, letter: char| {
            let mut letters: Vec<char> = signature.chars().collect();
            if let Some(place) = letters.get_mut(at) {
                *place = if *place == letter { 'x' } else { letter };
            }
            letters.into_iter().collect::<String>()
        };
        let rows = [
            ("claims changed after the signing", format!("{admin}.{signature}")),
            ("another token's signature", format!("{message}.{others}")),
            ("its first letter changed", format!("{message}.{}", changed(0, 'A'))),
            ("a letter in its middle changed", format!("{message}.{}", changed(43, 'A'))),
            ("its last letter changed", format!("{message}.{}", changed(85, 'B'))),
            ("a signature of zeros", format!("{message}.{}", encoded([0; 64]))),
            ("an empty signature", format!("{message}.")),
            ("half a signature", format!("{message}.{}", signature.get(..43).unwrap_or_default())),
            ("a signature and more", format!("{message}.{signature}AAAA")),
            ("a signature with the group's order added", format!("{message}.{}", self.malleable(message))),
        ];
        rows.map(|(what, token)| (what.to_owned(), token)).into()
    }

    /// What a token says is checked, each claim on its own (RFC 8725, 3.8 and 3.9; RFC 9068, 4).
    fn claims_that_lie(&self) -> Rows {
        let rows = [
            ("iss", json!("https://evil.example")),
            ("iss", json!(format!("{}/", self.origin))),
            ("iss", json!([self.origin])),
            ("iss", json!(["https://evil.example", self.origin])),
            ("iss", Value::Null),
            ("aud", json!("https://evil.example")),
            ("aud", json!(self.origin.to_uppercase())),
            ("aud", json!([self.origin, "https://evil.example"])),
            ("aud", json!([])),
            ("sub", json!("not-a-uuid")),
            ("sub", json!(7)),
            ("sub", json!("")),
            ("sid", json!({ "$ne": null })),
            ("gen", json!("3")),
            ("gen", json!(1.5)),
            ("gen", json!(u64::MAX)),
            ("role", json!("root")),
            ("role", json!(["user", "admin"])),
            ("jti", json!("x")),
        ];
        let row = |(name, value): (&str, Value)| {
            (format!("{name} is {value}"), self.signed(&self.header(), &self.claims_with(name, Some(value))))
        };
        rows.map(row).into()
    }

    fn claims_that_are_missing(&self) -> Rows {
        let names = ["iss", "aud", "client_id", "sub", "sid", "gen", "role", "iat", "exp", "jti"];
        names
            .map(|name| (format!("no {name}"), self.signed(&self.header(), &self.claims_with(name, None))))
            .into()
    }

    fn times(&self) -> Rows {
        let late = LEEWAY_SECONDS + 60;
        let rows = [
            ("expired by a second past the leeway", "exp", json!(self.now - LEEWAY_SECONDS - 1)),
            ("expired long ago", "exp", json!(self.now - LIFE_SECONDS)),
            ("expired before 1970", "exp", json!(-1)),
            ("expires never", "exp", json!("never")),
            ("expires at infinity", "exp", json!("1e999")),
            ("expires beyond all numbers", "exp", json!(u64::MAX)),
            ("issued in the future", "iat", json!(self.now + late)),
            ("issued some day", "iat", json!("yesterday")),
            ("not valid yet", "nbf", json!(self.now + late)),
            ("valid some day", "nbf", json!("tomorrow")),
        ];
        let row = |(what, name, value): (&str, &str, Value)| {
            (what.to_owned(), self.signed(&self.header(), &self.claims_with(name, Some(value))))
        };
        rows.map(row).into()
    }

    /// Whoever reads the first and whoever reads the last of two values must not disagree: nobody reads either
    /// (RFC 8725, 2.6).
    fn said_twice(&self) -> Rows {
        let (header, claims) = (self.header().to_string(), self.claims().to_string());
        let also = |json: &str, more: &str| format!("{{{more},{}", json.trim_start_matches('{'));
        let and = |json: &str, more: &str| format!("{},{more}}}", json.trim_end_matches('}'));
        let mut rows = Rows::new();
        for more in [
            r#""sub":"00000000-0000-7000-8000-000000000001""#,
            r#""role":"admin""#,
            r#""gen":99"#,
            r#""exp":9999999999"#,
            r#""iss":"https://evil.example""#,
            r#""aud":"https://evil.example""#,
            // The same name in other letters.
            r#""\u0072ole":"admin""#,
            r#""s\u0075b":"00000000-0000-7000-8000-000000000001""#,
        ] {
            rows.push((format!("first {more}"), self.signed_text(&header, also(&claims, more).as_bytes())));
            rows.push((format!("last {more}"), self.signed_text(&header, and(&claims, more).as_bytes())));
        }
        for more in [r#""alg":"none""#, r#""kid":"other""#, r#""typ":"JWT""#, r#""\u0061lg":"none""#] {
            rows.push((
                format!("header: first {more}"),
                self.signed_text(&also(&header, more), claims.as_bytes()),
            ));
            rows.push((
                format!("header: last {more}"),
                self.signed_text(&and(&header, more), claims.as_bytes()),
            ));
        }
        rows
    }

    /// Three parts of strict base64url, JSON objects, of bounded size (RFC 8725, 3.7; RFC 7515, 2).
    fn shapes(&self) -> Rows {
        let good = self.good();
        let header = self.header().to_string();
        let message = good.rsplit_once('.').unwrap_or_default().0;
        let deep = format!("{{\"x\":{}{}}}", "[".repeat(1000), "]".repeat(1000));
        let long = self.claims_with("name", Some(json!("n".repeat(SIZE_MAX))));
        let nested = self.header_with("cty", Some(json!("JWT")));
        let rows = [
            ("two parts", message.to_owned()),
            ("one part", "x".to_owned()),
            ("four parts", format!("{good}.x")),
            ("five parts, as an encrypted one has", format!("{good}.x.x")),
            ("dots", "..".to_owned()),
            ("a dot at its end", format!("{good}.")),
            ("letters at its end", format!("{good}x")),
            ("padding at its end", format!("{good}==")),
            ("a comma and another one", format!("{good},{good}")),
            ("a space within", good.replacen('.', " .", 1)),
            ("a space and more", format!("{good} {good}")),
            ("a letter of the other alphabet", format!("{message}.{}", "+/".repeat(43))),
            ("not base64", "!.!.!".to_owned()),
            ("another token within", self.signed_text(&nested.to_string(), good.as_bytes())),
            ("another token within, as text", self.signed_text(&header, json!(good).to_string().as_bytes())),
            ("claims that are a list", self.signed_text(&header, b"[1,2,3]")),
            ("claims that are null", self.signed_text(&header, b"null")),
            ("claims that are nothing", self.signed_text(&header, b"")),
            ("claims that are no text", self.signed_text(&header, &[0xff, 0xfe, 0xfd])),
            ("claims behind a byte order mark", self.marked(&header)),
            ("claims and more", self.signed_text(&header, format!("{}{{}}", self.claims()).as_bytes())),
            ("claims in a thousand brackets", self.signed_text(&header, deep.as_bytes())),
            ("longer than any token", self.signed(&self.header(), &long)),
            ("64 KiB", "x".repeat(64 * 1024)),
        ];
        rows.map(|(what, token)| (what.to_owned(), token)).into()
    }

    fn marked(&self, header: &str) -> String {
        self.signed_text(header, format!("\u{feff}{}", self.claims()).as_bytes())
    }

    fn signature(&self) -> String {
        self.good().rsplit_once('.').unwrap_or_default().1.to_owned()
    }

    /// The message's signature with the order of the group added to its second half: a reader that does not look
    /// would take it for good, too (RFC 8032, 5.1.7).
    fn malleable(&self, message: &str) -> String {
        use ed25519_dalek::Signer;
        let mut bytes = self.key.sign(message.as_bytes()).to_bytes();
        let mut carry = 0_u16;
        for (place, order) in bytes.iter_mut().skip(32).zip(ORDER) {
            let sum = u16::from(*place) + u16::from(order) + carry;
            let [low, high] = sum.to_le_bytes();
            (*place, carry) = (low, u16::from(high));
        }
        encoded(bytes)
    }
}

/// What stands before the 32 bytes of an Ed25519 key in its usual file form (RFC 8410).
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The order of Ed25519's group, the least byte first.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];
