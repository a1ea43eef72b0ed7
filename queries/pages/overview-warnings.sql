/*+++
id = "overview-warnings"
title = "What looks odd in what was loaded, and what to know before trusting the clusters"
nothing = "Nothing to warn of."
kind = "page"
+++*/
SELECT nullif(rows, 0) AS rows, message, table_name, column_name, example, code FROM load_warnings
UNION ALL
SELECT nullif(n, 0), message, 'clusters', NULL, NULL, code FROM find_warnings
ORDER BY rows DESC NULLS LAST, table_name, column_name, code, message, example
