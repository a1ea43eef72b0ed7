/*+++
id = "shared-system-prompts"
title = "System prompts shared by unrelated accounts"
question = "Which private system prompts or tools appear in several accounts?"
rev = 2
status = "stable"
level = "medium"
tags = ["signal.template"]
falsepositives = ["Public agents and frameworks"]
references = ["MITRE ATLAS AML.T0065 LLM Prompt Crafting"]

[params.min_accounts]
type = "int"
default = 3
min = 2
help = "Least accounts"

[params.max_accounts]
type = "int"
default = 3000
min = 2
help = "Most accounts"

[columns.value]
entity = "value"

[[test]]
fixture = "ring"
rows = 1
contains = { family = "system_prompt", value = "sp-ring" }
+++*/
SELECT s.family, s.value, s.accounts, round(s.rarity, 2) AS rarity, s.hub, min(t.first_ts) AS first_ts, max(t.last_ts) AS last_ts
FROM trait_stats AS s JOIN traits AS t ON t.family = s.family AND t.value = s.value
WHERE s.family IN ('system_prompt', 'tools') AND s.accounts BETWEEN $min_accounts AND $max_accounts
GROUP BY s.family, s.value, s.accounts, s.rarity, s.hub ORDER BY s.accounts DESC, s.family, s.value
