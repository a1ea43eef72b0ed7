/*+++
id = "overview-columns"
title = "Columns the extracts had"
kind = "page"
+++*/
SELECT table_name, column_name, present, non_null FROM column_presence ORDER BY table_name, column_name
