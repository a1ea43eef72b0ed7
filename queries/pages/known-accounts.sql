/*+++
id = "known-accounts"
title = "Which of these accounts the case knows"
kind = "page"

[params.accounts]
type = "account_list"
help = "The accounts"

[columns.account_id]
entity = "account"
+++*/
SELECT account_id FROM account_profile
WHERE account_id IN (SELECT unnest($accounts)) ORDER BY account_id
