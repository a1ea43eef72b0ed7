/*+++
id = "shared-heads"
title = "Beginnings of prompts shared by many accounts"
question = "Which prompts begin alike in accounts that look unrelated?"
rev = 1
status = "stable"
level = "medium"
tags = ["signal.template"]
needs = { tables = [], columns = ["exchanges.prompt_head"] }
falsepositives = ["Defaults of a popular framework", "Popular public prompts", "Homework"]

[params.min_accounts]
type = "int"
default = 10
min = 2
help = "Least accounts"

[columns.prompt_head]
entity = "head"

[[next]]
query = "template-sharding"
label = "Is the work divided?"
bind = { head = "row.prompt_head" }

[[test]]
fixture = "ring"
params = { min_accounts = 5 }
rows = 1
contains = { prompt_head = "solve item # of the list", accounts = 8 }
+++*/
SELECT s.value AS prompt_head, s.accounts, round(s.rarity, 2) AS rarity, CAST(sum(t.n) AS BIGINT) AS exchanges,
       min(t.first_ts) AS first_ts, max(t.last_ts) AS last_ts, s.hub
FROM trait_stats AS s JOIN traits AS t ON t.family = s.family AND t.value = s.value
WHERE s.family = 'head' AND s.accounts >= $min_accounts
GROUP BY s.value, s.accounts, s.rarity, s.hub ORDER BY s.accounts DESC, s.value
