/*+++
id = "log-gaps"
title = "Hours without any exchange"
question = "Where does the log have holes?"
rev = 1
status = "stable"
level = "informational"
tags = ["quality"]
falsepositives = ["A quiet night of a small customer base"]

[params.least]
type = "int"
default = 1
min = 1
max = 1000
help = "Hours between two hours with exchanges"

[columns.hours_missing]
unit = "hours"

[[test]]
fixture = "ring"
params = { least = 5 }
rows = 1
contains = { hours_missing = 45 }
+++*/
WITH hours AS (
    SELECT date_trunc('hour', ts) AS hour, count(*) AS n FROM exchanges GROUP BY ALL
), steps AS (
    SELECT hour, n, lead(hour) OVER (ORDER BY hour) AS next_hour FROM hours
)
SELECT hour AS last_hour, next_hour, CAST(date_diff('hour', hour, next_hour) - 1 AS BIGINT) AS hours_missing
FROM steps WHERE date_diff('hour', hour, next_hour) > $least
ORDER BY hours_missing DESC, last_hour
