/*+++
id = "account-rhythm"
title = "Exchanges by weekday and hour (UTC)"
kind = "page"

[params.account]
type = "account"
help = "The account"
+++*/
SELECT CAST(isodow(ts) AS INTEGER) AS weekday, CAST(hour(ts) AS INTEGER) AS hour, count(*) AS n
FROM exchanges WHERE account_id = $account GROUP BY ALL ORDER BY weekday, hour
