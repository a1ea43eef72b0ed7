/*+++
id = "changes-watch"
title = "Watched values that returned"
kind = "page"
nothing = "No value of the lists known_bad and watch was seen since."

[columns.account_id]
entity = "account"
+++*/
SELECT w.pattern AS list, w.family, w.value, t.account_id,
       CASE WHEN b.account_id IS NULL THEN 'new account' ELSE 'seen again' END AS what,
       t.n AS times, t.first_ts, t.last_ts, m.cluster_id
FROM seen_patterns AS w
JOIN traits AS t ON t.family = w.family AND t.value = w.value
LEFT JOIN accounts_before AS b ON b.account_id = t.account_id
LEFT JOIN cluster_members AS m ON m.account_id = t.account_id
WHERE b.account_id IS NULL OR t.last_ts > (SELECT max(last_ts) FROM accounts_before)
ORDER BY w.pattern, w.family, w.value, t.last_ts DESC NULLS LAST, t.account_id
