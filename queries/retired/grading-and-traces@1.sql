/*+++
id = "grading-and-traces"
title = "Grading and trace elicitation"
question = "Who asks to grade by a rubric or to write out hidden reasoning?"
howto = "Reads every prompt: give an account to make it quick."
rev = 1
status = "stable"
level = "medium"
tags = ["signal.grading", "signal.traces"]
falsepositives = ["Evaluation with a model as judge", "Essay marking", "Tutors and benchmarks"]
needs = { tables = [], columns = ["exchanges.prompt"] }

[params.account]
type = "account"
optional = true
help = "Only this account"

[params.least]
type = "int"
default = 5
min = 1
help = "Least such exchanges"

[columns.account_id]
entity = "account"

[[test]]
fixture = "ring"
params = { least = 4 }
rows = 8
contains = { account_id = "ring-0", exchanges = 4 }
+++*/
WITH asked AS (
    SELECT account_id, ts, lower(prompt) AS text FROM exchange_text
    WHERE prompt IS NOT NULL AND ($account IS NULL OR account_id = $account)
), hits AS (
    SELECT account_id, ts,
           regexp_matches(text, 'rubric|impartial judge|score from 1 to|rate .{0,40} from 1 to|verdict only|评分标准|请.{0,8}打分|评分为|rúbrica|bewertungsraster|барем|оцени .{0,30} от 1') AS grading,
           regexp_matches(text, 'internal reasoning|hidden reasoning|full chain of thought|step-by-step thinking verbatim|reasoning behind (this|the) (finished|final) answer|内部推理|完整的思考过程|思维链|推理过程写出|razonamiento interno|innere.{0,12}gedanken|внутренн.{0,12}рассужд') AS traces
    FROM asked
)
SELECT account_id, count(*) AS exchanges, count(*) FILTER (WHERE grading) AS grading_exchanges,
       count(*) FILTER (WHERE traces) AS trace_exchanges, min(ts) AS first_ts, max(ts) AS last_ts
FROM hits GROUP BY account_id
HAVING count(*) FILTER (WHERE grading OR traces) >= $least
ORDER BY count(*) FILTER (WHERE grading OR traces) DESC, account_id
