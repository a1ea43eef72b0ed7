/*+++
id = "exchange-text"
title = "One exchange"
rev = 2
kind = "page"

[params.account]
type = "account"
help = "The account"

[params.exchange]
type = "text"
help = "Its id"
+++*/
SELECT e.*, t.system_prompt, t.prompt, t.response, t.truncated
FROM exchanges AS e
LEFT JOIN exchange_text AS t
       ON t.account_id = e.account_id AND t.ts = e.ts AND t.exchange_id = e.exchange_id
      AND t.account_id = $account
WHERE e.account_id = $account AND e.exchange_id = $exchange
ORDER BY e.ts, e.source_id, e.source_row, t.prompt, t.response, t.system_prompt LIMIT 1
