-- Which types of activity the customer takes part in, told from the words of the type (1), or not (NULL).
SELECT type,
  CASE WHEN LOWER(type) LIKE '%meeting%' OR LOWER(type) LIKE '%call%' OR LOWER(type) LIKE '%demo%'
    OR LOWER(type) LIKE '%visit%' OR LOWER(type) LIKE '%repl%' OR LOWER(type) LIKE '%event%'
    OR type LIKE '%会议%' OR type LIKE '%电话%' OR type LIKE '%拜访%' OR type LIKE '%演示%' OR type LIKE '%回复%'
    THEN 1 END AS two_way
FROM (SELECT DISTINCT type FROM activity_versions) AS types
