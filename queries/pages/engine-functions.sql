/*+++
id = "engine-functions"
title = "Functions that the engine knows"
kind = "page"
+++*/
SELECT function_name, any_value(array_to_string(parameters, ', ')) AS arguments,
       any_value(description) AS meaning
FROM duckdb_functions()
WHERE function_type IN ('scalar', 'aggregate', 'macro')
  AND regexp_matches(function_name, '^[a-z][a-z0-9_]*$')
GROUP BY function_name ORDER BY function_name
