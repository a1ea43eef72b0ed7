/*+++
id = "one-turn-high-output"
title = "One-turn accounts with long answers"
question = "Who asks once, never follows up, and takes long answers?"
rev = 2
status = "stable"
level = "medium"
tags = ["signal.extraction"]
falsepositives = ["Batch writing jobs", "Stateless back ends"]
references = ["MITRE ATLAS AML.T0024.002 Extract AI Model", "MITRE ATLAS AML.CS0056 Model Distillation Campaigns Targeting Anthropic Claude"]
needs = { tables = [], columns = ["exchanges.output_tokens", "exchanges.input_tokens"] }

[params.min_one_turn]
type = "float"
default = 0.9
min = 0.0
max = 1.0
help = "Least share of one-turn sessions"

[params.min_ratio]
type = "float"
default = 2.0
min = 0.0
help = "Least output per input token"

[params.min_exchanges]
type = "int"
default = 50
min = 1
help = "Least exchanges"

[columns.account_id]
entity = "account"

[columns.cluster_id]
entity = "cluster"

[[test]]
fixture = "ring"
rows = 8
contains = { account_id = "ring-0", exchanges = 300 }
+++*/
SELECT p.account_id, p.exchanges, round(p.one_turn_share, 3) AS one_turn_share,
       round(p.out_in_ratio, 2) AS out_in_ratio, p.median_output_tokens, p.output_tokens, m.cluster_id
FROM account_profile AS p LEFT JOIN cluster_members AS m ON m.account_id = p.account_id
WHERE p.one_turn_share >= $min_one_turn AND p.out_in_ratio >= $min_ratio AND p.exchanges >= $min_exchanges
ORDER BY p.output_tokens DESC NULLS LAST, p.account_id
