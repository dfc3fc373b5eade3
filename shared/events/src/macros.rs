//! How aggregates and their facts are declared.

/// Declares the facts of an aggregate: the same word in code, subject and type.
macro_rules! facts {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$fact_meta:meta])* $fact:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$fact_meta])* $fact,)+ }

        impl $crate::Fact for $name {
            const ALL: &'static [Self] = &[$(Self::$fact,)+];

            fn as_str(self) -> &'static str {
                match self { $(Self::$fact => $word,)+ }
            }
        }
    };
}

/// Says which service owns an aggregate, what it is called on the bus, and which fields identify it.
macro_rules! aggregate {
    ($state:ty, $service:literal, $name:literal, $fact:ty, $id:ident) => {
        impl $crate::Aggregate for $state {
            const SERVICE: &'static str = $service;
            const NAME: &'static str = $name;
            type Fact = $fact;

            fn id(&self) -> uuid::Uuid {
                self.$id.uuid()
            }

            fn version(&self) -> i64 {
                self.version
            }
        }
    };
}

/// Declares the public state of aggregates.
macro_rules! states {
    ($($item:item)*) => {
        $(
            #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
            $item
        )*
    };
}
