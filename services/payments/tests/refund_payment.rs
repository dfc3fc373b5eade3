//! refund_payment
