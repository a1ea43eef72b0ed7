/*+++
id = "account-payments"
title = "Payments of an account"
rev = 2
nothing = "No payment of this account is in the extract."
kind = "page"

[params.account]
type = "account"
help = "The account"

[columns.instrument_fingerprint]
entity = "instrument"

[columns.bin]
entity = "bin"
+++*/
SELECT ts, payment_id, instrument_fingerprint, kind, bin, funding, amount_minor, currency, status
FROM payments WHERE account_id = $account
ORDER BY ts DESC NULLS LAST, payment_id, instrument_fingerprint, kind, bin, funding,
         amount_minor, currency, status
