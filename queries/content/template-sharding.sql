/*+++
id = "template-sharding"
title = "Is one work list divided between accounts?"
question = "Do the accounts that share this beginning ever send the same text?"
howto = "Near 1 with many texts: the work is divided; honest copies repeat the same texts."
rev = 2
status = "stable"
level = "high"
tags = ["signal.sharding"]
falsepositives = ["One customer's own workers", "A data-labelling firm"]
references = ["MITRE ATLAS AML.T0024.002 Extract AI Model", "MITRE ATLAS AML.T0005.001 Train Proxy via Replication"]

[params.head]
type = "text"
help = "Beginning of the prompts, as shown in the list"

[[test]]
fixture = "ring"
params = { head = "solve item # of the list" }
rows = 1
contains = { accounts = 8, texts = 32 }
+++*/
WITH uses AS (
    SELECT account_id, prompt_hash, count(*) AS n FROM exchanges
    WHERE prompt_head = $head AND prompt_hash IS NOT NULL GROUP BY account_id, prompt_hash
), texts AS (
    SELECT prompt_hash, count(*) AS accounts, sum(n) AS n FROM uses GROUP BY prompt_hash
)
SELECT (SELECT count(DISTINCT account_id) FROM uses) AS accounts, count(*) AS texts,
       CAST(sum(n) AS BIGINT) AS exchanges,
       round(avg(CASE WHEN accounts = 1 THEN 1.0 ELSE 0.0 END), 4) AS share_of_texts_of_one_account
FROM texts ORDER BY texts
