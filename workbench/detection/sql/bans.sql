-- After how many bans of members a new member was made within a day, and in which part of the
-- days some member was made anyhow.
WITH m AS (
    SELECT b.c, a.account_id, a.created_at, a.status, a.status_at
    FROM members AS b JOIN accounts AS a ON a.account_id = b.account_id
), bans AS (
    SELECT c, account_id, status_at FROM m WHERE status = 'banned' AND status_at IS NOT NULL
), spans AS (
    SELECT c, min(status_at) AS first_ts, max(status_at) AS last_ts FROM bans GROUP BY c
), followed AS (
    SELECT b.c, b.account_id, count(n.account_id) > 0 AS replaced
    FROM bans AS b LEFT JOIN m AS n
      ON n.c = b.c AND n.created_at > b.status_at AND n.created_at <= b.status_at + INTERVAL 24 HOUR
    GROUP BY b.c, b.account_id
), days AS (
    SELECT s.c, count(DISTINCT CAST(m.created_at AS DATE))
                / CAST(date_diff('day', any_value(s.first_ts), any_value(s.last_ts)) + 2 AS DOUBLE)
                AS usual
    FROM spans AS s JOIN m ON m.c = s.c AND CAST(m.created_at AS DATE)
        BETWEEN CAST(s.first_ts AS DATE) AND CAST(s.last_ts AS DATE) + 1
    GROUP BY s.c
)
SELECT f.c, count(*) AS bans, avg(CAST(f.replaced AS INTEGER)) AS replaced,
       least(coalesce(any_value(d.usual), 0.0), 1.0) AS usual
FROM followed AS f LEFT JOIN days AS d ON d.c = f.c
GROUP BY f.c ORDER BY f.c
