/*+++
id = "account-exchanges"
title = "Exchanges of an account, newest first"
nothing = "No exchange of this account is in the extract."
kind = "page"

[params.account]
type = "account"
help = "The account"

[params.most]
type = "int"
default = 500
min = 1
max = 100000
help = "How many"

[columns.exchange_id]
entity = "exchange"

[columns.ip]
entity = "ip"
+++*/
SELECT e.ts, e.exchange_id, e.model, e.input_tokens, e.output_tokens, e.status, e.ip,
       left(t.prompt, 200) AS prompt, e.user_agent, e.session_id
FROM exchanges AS e
LEFT JOIN exchange_text AS t
       ON t.account_id = e.account_id AND t.ts = e.ts AND t.exchange_id = e.exchange_id
      AND t.account_id = $account
WHERE e.account_id = $account
ORDER BY e.ts DESC, e.exchange_id LIMIT $most
