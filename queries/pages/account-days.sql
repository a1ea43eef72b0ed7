/*+++
id = "account-days"
title = "Exchanges a day"
kind = "page"

[params.account]
type = "account"
help = "The account"
+++*/
SELECT CAST(date_trunc('day', ts) AS DATE) AS day, count(*) AS n
FROM exchanges WHERE account_id = $account GROUP BY ALL ORDER BY day
