/*+++
id = "overview-warnings"
title = "What looks odd in what was loaded, and what to know before trusting the clusters"
nothing = "Nothing to warn of."
kind = "page"
+++*/
SELECT table_name, column_name, code, rows, example, message FROM load_warnings
UNION ALL
SELECT 'clusters', NULL, code, nullif(n, 0), NULL, message FROM find_warnings
ORDER BY rows DESC NULLS LAST, table_name, column_name, code, message
