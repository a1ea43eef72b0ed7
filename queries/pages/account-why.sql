/*+++
id = "account-why"
title = "Why an account is in its cluster, and what speaks against"
nothing = "It is in no cluster."
kind = "page"

[params.account]
type = "account"
help = "The account"

[columns.value]
entity = "value"
+++*/
SELECT family, value, llr FROM member_evidence WHERE account_id = $account
ORDER BY llr DESC NULLS LAST, family, value
