/*+++
id = "same-prompt-many-accounts"
title = "The same prompt from many accounts"
question = "Which exact prompts come from several accounts?"
rev = 1
status = "stable"
level = "medium"
tags = ["signal.template"]
falsepositives = ["Greetings and popular prompts", "Health checks", "Benchmarks"]
needs = { tables = [], columns = ["exchanges.prompt_hash"] }

[params.min_accounts]
type = "int"
default = 5
min = 2
help = "Least accounts"

[params.min_chars]
type = "int"
default = 40
min = 0
help = "Least characters"

[columns.prompt_hash]
entity = "prompt"

[columns.prompt_head]
entity = "head"

[[test]]
fixture = "ring"
params = { min_accounts = 4 }
rows = 1
contains = { prompt_hash = 7, accounts = 4 }
+++*/
SELECT e.prompt_hash, count(DISTINCT e.account_id) AS accounts, count(*) AS exchanges,
       min(e.prompt_head) AS prompt_head, min(e.ts) AS first_ts, max(e.ts) AS last_ts
FROM exchanges AS e
WHERE e.prompt_hash IS NOT NULL AND e.prompt_chars >= $min_chars
GROUP BY e.prompt_hash HAVING count(DISTINCT e.account_id) >= $min_accounts
ORDER BY accounts DESC, e.prompt_hash
