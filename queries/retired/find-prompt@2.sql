/*+++
id = "find-prompt"
title = "Prompts that hold a text"
rev = 2
nothing = "No prompt holds this text."
kind = "page"

[params.text]
type = "text"
help = "Text inside prompts"

[params.most]
type = "int"
default = 200
min = 1
max = 100000
help = "How many"

[columns.account_id]
entity = "account"

[columns.exchange_id]
entity = "exchange"
+++*/
SELECT account_id, ts, exchange_id,
       substr(prompt, greatest(1, position(lower($text) IN lower(prompt)) - 40), 160) AS around
FROM exchange_text WHERE contains(lower(prompt), lower($text))
ORDER BY account_id, ts, exchange_id, around LIMIT $most
