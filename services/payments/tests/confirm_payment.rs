//! confirm_payment
