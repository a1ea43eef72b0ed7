/*+++
id = "overview-warnings"
title = "What loaded but looks odd"
kind = "page"
+++*/
SELECT table_name, column_name, code, rows, example, message FROM load_warnings
ORDER BY rows DESC NULLS LAST, table_name, column_name, code
