/*+++
id = "overview-columns"
title = "Columns the extracts had"
kind = "page"
+++*/
-- Some column of every table is never empty, such as the account.
SELECT table_name, column_name, present, non_null,
       round(non_null / nullif(max(non_null) OVER (PARTITION BY table_name), 0), 4) AS filled
FROM column_presence ORDER BY table_name, column_name
