-- Ids that should be unique and are not. The grouping is over a 64-bit hash: ids of 28.8 million
-- exchanges would not fit in memory as text, and a chance match (p < 0.0001) only
-- costs a warning. Ids that the load made itself are not looked at.
SELECT 'exchanges' AS table_name, 'exchange_id' AS column_name, 'duplicate_id' AS code,
       CAST(sum(n) AS BIGINT) AS rows, min(example) AS example,
       'Rows that share an id with another row; all are kept.' AS message
FROM (SELECT count(*) AS n, any_value(exchange_id) AS example
      FROM exchanges WHERE $ids_supplied GROUP BY hash(exchange_id) HAVING count(*) > 1)
HAVING count(*) > 0
UNION ALL
SELECT 'payments', 'payment_id', 'duplicate_id', CAST(sum(n) AS BIGINT), min(payment_id),
       'Rows that share an id with another row; all are kept.'
FROM (SELECT payment_id, count(*) AS n FROM payments WHERE payment_id <> ''
      GROUP BY payment_id HAVING count(*) > 1)
HAVING count(*) > 0
