--- Shapes of queries. Each has a name after two dashes, and statements that end with a semicolon at the end of a line;
--- the rows of the last one are compared. f() is mobilenet_features, e() mobilenet_embed; {other} is another model.
--- "(in order)" behind a name compares the order of rows, too; "(images 5)" says on how many images the network runs.

--- projections
-- the vector
SELECT id, f(content) FROM photos;
-- the struct
SELECT id, e(content) FROM photos;
-- the struct taken apart
SELECT id, e.* FROM (SELECT id, e(content) AS e FROM photos);
-- fields of the struct
SELECT id, e(content).status, e(content).width * e(content).height FROM photos;
-- one element
SELECT id, f(content)[0], f(content)[7] FROM photos;
-- the same call many times
SELECT id, f(content), f(content)[1], e(content).status, e(content).features FROM photos;
-- both image columns
SELECT id, f(content), f(file.content) FROM photos;
-- the file's struct
SELECT id, f(file), e(file).status FROM photos;
-- NULL literal
SELECT id, f(NULL), e(NULL).status, e(CAST(NULL AS BINARY)).error FROM photos;
-- literal image
SELECT e(X'00').status, e(X'').status, f(X'89504E47');
-- literal images in VALUES
SELECT k, e(c).status FROM VALUES (1, X'00'), (2, X''), (3, NULL) AS t(k, c);
-- two models
SELECT id, f(content), f(content, '{other}') FROM photos;
-- two models compared
SELECT id, mobilenet_cosine_similarity(f(content), f(content, '{other}')) FROM photos;
-- the model named by an expression
SELECT id, f(content, concat('{oth', 'er}')) FROM photos;
-- similarity to a vector of the table
SELECT id, mobilenet_cosine_similarity(f(content), transform(f(content), x -> CAST(x + id AS FLOAT))) FROM photos;
-- arithmetic over elements
SELECT id, f(content)[0] + f(content)[1] * 2, -f(content)[2] FROM photos;
-- functions over the vector
SELECT id, size(f(content)), array_max(f(content)), sort_array(f(content)), slice(f(content), 2, 3) FROM photos;
-- in an array, a map and a struct
SELECT id, array(f(content), old), map('a', f(content)), named_struct('v', f(content), 'id', id) FROM photos;
-- cast
SELECT id, CAST(f(content) AS ARRAY<DOUBLE>), CAST(f(content)[0] AS STRING) FROM photos;
-- to JSON
SELECT id, to_json(e(content)) FROM photos;
-- hash
SELECT id, hash(f(content)), xxhash64(e(content)) FROM photos;
-- image out of an array
SELECT id, f(images[0]) FROM photos WHERE size(images) > 0;
-- image out of an array that may be too short
SELECT id, f(try_element_at(images, 2)) FROM photos;
-- image out of a map
SELECT id, f(tags['front']), e(try_element_at(tags, 'back')).status FROM photos;
-- image out of an aggregate
SELECT f(max_by(content, id)) FROM photos;
-- an image that depends on a vector
SELECT id, f(CASE WHEN f(content)[0] IS NOT NULL THEN content END) FROM photos;
-- an image of another's status
SELECT id, f(if(e(content).status = 'OK', content, file.content)) FROM photos;
-- an image that is made
SELECT id, e(unhex('00')).status, e(CAST(name AS BINARY)).status FROM photos;
-- substring of an image
SELECT id, e(substring(content, 1, 20)).status FROM photos;
-- no columns are needed (images 0)
SELECT count(*) FROM (SELECT id, f(content) AS v FROM photos);
-- unused vector (images 0)
SELECT id FROM (SELECT id, f(content) AS v FROM photos);
-- alias used in the same SELECT
SELECT id, f(content) AS v, v[0] AS first, first + 1 FROM photos;
-- star except
SELECT * EXCEPT (images, tags, file), f(content) AS v FROM photos;

--- conditions
-- CASE with a column
SELECT id, CASE WHEN category = 'cat' THEN f(content)[0] END FROM photos;
-- CASE with a call in WHEN and THEN
SELECT id, CASE WHEN f(content) IS NULL THEN -1 WHEN category = 'cat' THEN f(content)[0] ELSE f(content)[1] END FROM photos;
-- CASE with a value
SELECT id, CASE category WHEN 'cat' THEN f(content)[0] WHEN 'dog' THEN f(file.content)[0] ELSE 0 END FROM photos;
-- CASE with a guard
SELECT id, CASE WHEN id <> 0 THEN CASE WHEN 10 DIV id > 1 THEN f(content)[0] END END FROM photos;
-- CASE with a guard in an earlier branch
SELECT id, CASE WHEN id = 0 THEN 0 WHEN 10 DIV id > 1 THEN f(content)[0] ELSE f(file.content)[1] END FROM photos;
-- a guard with AND
SELECT id, CASE WHEN id <> 0 AND 10 DIV id > 1 THEN f(content)[0] END FROM photos;
-- a guard in another call's condition
SELECT id, CASE WHEN f(content) IS NOT NULL AND id <> 0 THEN CASE WHEN 10 DIV id > 1 THEN f(file.content)[0] END END FROM photos;
-- IF
SELECT id, if(id > 5, f(content)[0], f(content)[1]) FROM photos;
-- IF with NULL conditions
SELECT id, if(price > 3, f(content)[0], e(file.content).width) FROM photos;
-- COALESCE, the incremental idiom
SELECT id, coalesce(old, f(content)) FROM photos;
-- COALESCE of several
SELECT id, coalesce(f(content)[0], f(file.content)[0], price, 0) FROM photos;
-- IFNULL, NVL, NVL2, NULLIF
SELECT id, ifnull(old, f(content)), nvl(f(content)[0], 0), nvl2(price, f(content)[0], -1), nullif(f(content)[0], f(file.content)[0]) FROM photos;
-- NANVL
SELECT id, nanvl(CAST(price AS FLOAT), f(content)[0]) FROM photos;
-- AND and OR in SELECT
SELECT id, price > 3 AND f(content)[0] > 0.1, price > 3 OR f(content)[0] > 0.1, NOT (f(content)[0] > 0.1) FROM photos;
-- IN
SELECT id, f(content)[0] IN (0, f(file.content)[0], NULL) FROM photos;
-- nested conditions
SELECT id, if(id > 3, CASE WHEN category = 'cat' THEN coalesce(old, f(content)) ELSE f(file.content) END, NULL) FROM photos;
-- conditions of two calls that depend on each other
SELECT id, if(f(content) IS NULL, f(file.content), NULL), if(f(file.content) IS NULL, f(content), NULL) FROM photos;
-- the same call under two conditions
SELECT id, if(id < 4, f(content)[0], 0), if(category = 'cat', f(content)[1], 0) FROM photos;
-- a random condition
SELECT id, size(if(rand(1) < 2, f(content), f(file.content))) FROM photos;
-- a condition with a subquery
SELECT id, if(id > (SELECT min(k) FROM shops), f(content)[0], -1) FROM photos;
-- a condition with IN and a subquery
SELECT id, CASE WHEN id IN (SELECT k FROM shops) THEN f(content)[0] END FROM photos;
-- a condition with EXISTS
SELECT id, CASE WHEN EXISTS (SELECT 1 FROM shops WHERE photo = id) THEN f(content)[0] END FROM photos;
-- an image by a condition with a subquery
SELECT id, f(if(id IN (SELECT k FROM shops), content, NULL)) FROM photos;
-- element of an array that may be too short under a guard
SELECT id, CASE WHEN size(images) > 1 THEN f(images[1])[0] END FROM photos;
-- a guarded cast
SELECT id, CASE WHEN name RLIKE '^[0-9]+$' THEN CASE WHEN CAST(name AS INT) > 0 THEN f(content)[0] END END FROM photos;
-- an assertion
SELECT id, CASE WHEN id >= 0 THEN f(content)[0] ELSE raise_error('negative') END FROM photos;

--- filters
-- WHERE with a vector
SELECT id FROM photos WHERE f(content) IS NOT NULL;
-- WHERE and SELECT
SELECT id, f(content) FROM photos WHERE f(content)[0] > 0;
-- WHERE with a cheap condition
SELECT id FROM photos WHERE f(content)[0] > 0 AND category = 'cat';
-- WHERE with status
SELECT id, e(content).error FROM photos WHERE e(content).status <> 'OK';
-- WHERE with OR
SELECT id FROM photos WHERE id < 3 OR f(content)[0] > 0.2 OR f(file.content)[0] > 0.3;
-- WHERE with several calls
SELECT id FROM photos WHERE f(content)[0] > 0 AND f(file.content)[0] > 0 AND f(content)[1] < 10;
-- WHERE with NOT
SELECT id FROM photos WHERE NOT (f(content)[0] > 0.1 AND id > 2);
-- WHERE above a subquery's vector
SELECT v[0] FROM (SELECT id, f(content) AS v FROM photos) WHERE v[1] > 0 AND id > 1;
-- WHERE with BETWEEN
SELECT id FROM photos WHERE f(content)[0] BETWEEN 0 AND f(content)[1];
-- WHERE with LIKE on the error
SELECT id, e(content).error FROM photos WHERE e(content).error LIKE '%image%';
-- WHERE with rand
SELECT id FROM photos WHERE rand(3) < 2 AND f(content)[0] > 0;
-- WHERE false
SELECT id, f(content) FROM photos WHERE false;
-- WHERE NULL
SELECT id, f(content) FROM photos WHERE f(content)[0] > NULL;
-- HAVING without GROUP BY
SELECT max(f(content)[0]) FROM photos HAVING max(f(content)[1]) > 0;
-- QUALIFY by a subquery
SELECT id FROM (SELECT id, row_number() OVER (ORDER BY f(content)[0], id) AS r FROM photos) WHERE r < 4;

--- aggregates
-- dropDuplicates in SQL
SELECT name, f(any_value(content)) IS NULL FROM photos GROUP BY name, content;
-- the newest image of each product
SELECT name, f(max_by(content, id)) FROM photos GROUP BY name;
-- status by image
SELECT e(content).status, count(*) FROM photos GROUP BY content;
-- status by status
SELECT e(content).status, count(*) FROM photos GROUP BY e(content).status;
-- group by alias
SELECT e(content).status AS s, count(*) FROM photos GROUP BY s;
-- group by ordinal
SELECT e(content).status, count(*) FROM photos GROUP BY 1;
-- group by all
SELECT e(content).status, category, count(*) FROM photos GROUP BY ALL;
-- below DISTINCT
SELECT f(content) FROM (SELECT DISTINCT content FROM photos);
-- DISTINCT of vectors
SELECT DISTINCT f(content) FROM photos;
-- DISTINCT of a field
SELECT DISTINCT e(content).status, category FROM photos;
-- aggregates of elements
SELECT category, max(f(content)[0]), min(f(content)[1]), count(f(content)) FROM photos GROUP BY category;
-- CASE over aggregates
SELECT category, CASE WHEN count(*) > 1 THEN max(f(content)[1]) END FROM photos GROUP BY category;
-- CASE over aggregates and a call of one
SELECT category, CASE WHEN count(*) > 2 THEN f(max_by(content, id))[0] ELSE max(f(content)[1]) END FROM photos GROUP BY category;
-- COALESCE of aggregates
SELECT category, coalesce(max(price), max(f(content)[1])) FROM photos GROUP BY category;
-- CASE inside an aggregate
SELECT category, max(CASE WHEN id > 3 THEN f(content)[1] END) FROM photos GROUP BY category;
-- FILTER
SELECT category, max(f(content)[0]) FILTER (WHERE id > 3), count(*) FILTER (WHERE f(content)[0] > 0.1) FROM photos GROUP BY category;
-- FILTER with a guard
SELECT category, max(f(content)[0]) FILTER (WHERE id <> 0 AND 10 DIV id > 1) FROM photos GROUP BY category;
-- count DISTINCT
SELECT category, count(DISTINCT f(content)), count(DISTINCT e(content).status) FROM photos GROUP BY category;
-- DISTINCT and others
SELECT count(DISTINCT f(content)[0]), count(DISTINCT category), max(f(content)[1]) FROM photos;
-- DISTINCT with FILTER
SELECT category, count(DISTINCT f(content)[0]) FILTER (WHERE price > 2), count(DISTINCT name) FROM photos GROUP BY category;
-- HAVING
SELECT category, count(*) FROM photos GROUP BY category HAVING max(f(content)[0]) > 0.1;
-- HAVING with a call of an aggregate
SELECT category FROM photos GROUP BY category HAVING f(max_by(content, id))[0] > 0;
-- group by a vector
SELECT f(content), count(*) FROM photos GROUP BY f(content);
-- group by an element, expression above
SELECT f(content)[0] + 1, count(*) FROM photos GROUP BY f(content)[0];
-- group by a condition
SELECT if(price > 3, f(content)[0], 0), count(*) FROM photos GROUP BY if(price > 3, f(content)[0], 0);
-- group by image, call above in a condition
SELECT if(count(*) > 1, f(content)[0], -1), e(content).status FROM photos GROUP BY content;
-- group by image and use two aggregates
SELECT f(content)[0] + max(price), count(DISTINCT name) FROM photos GROUP BY content;
-- ROLLUP
SELECT category, e(content).status, count(*), grouping(category) FROM photos GROUP BY ROLLUP (category, e(content).status);
-- CUBE
SELECT category, f(content)[0], count(*) FROM photos GROUP BY CUBE (category, f(content)[0]);
-- GROUPING SETS
SELECT category, name, max(f(content)[0]), grouping_id() FROM photos GROUP BY GROUPING SETS ((category), (name), ());
-- ROLLUP by image
SELECT f(content)[0], grouping(content), count(*) FROM photos GROUP BY ROLLUP (content);
-- PIVOT
SELECT * FROM (SELECT category, name, f(content)[0] AS x FROM photos) PIVOT (max(x) FOR category IN ('cat', 'dog'));
-- PIVOT of images
SELECT name, f(cat)[0], f(dog)[0] FROM (SELECT category, name, content FROM photos) PIVOT (max(content) FOR category IN ('cat', 'dog'));
-- UNPIVOT
SELECT id, what, x FROM (SELECT id, f(content)[0] AS a, f(file.content)[0] AS b FROM photos) UNPIVOT (x FOR what IN (a, b));
-- collect
SELECT category, sort_array(collect_list(f(content)[0])) FROM photos GROUP BY category;
-- collect images, embed them
SELECT category, transform(sort_array(collect_set(content)), x -> f(x)[0]) FROM photos GROUP BY category;
-- max_by a vector
SELECT category, max_by(id, struct(f(content)[0], id)), min_by(name, struct(f(content)[1], id)) FROM photos GROUP BY category;
-- struct of vector as maximum
SELECT category, max(struct(f(content)[0], f(content)[1])) FROM photos GROUP BY category;
-- nested aggregates
SELECT max(m) FROM (SELECT category, max(f(content)[0]) AS m FROM photos GROUP BY category);
-- call above, aggregate, call below
SELECT category, f(max_by(if(f(content)[0] > 0, content, NULL), id)) FROM photos GROUP BY category;
-- first and last of an ordered input
SELECT f(first(content, true)) IS NOT NULL, f(last(content, true)) IS NOT NULL FROM photos;
-- a call without columns above an aggregate
SELECT count(*), e(X'00').status FROM photos;
-- aggregates of nothing
SELECT max(f(content)[0]), count(f(content)), e(max(content)).status FROM nothing;
-- groups of nothing
SELECT category, max(f(content)[0]) FROM nothing GROUP BY category;
-- ORDER BY an aggregate of vectors (in order)
SELECT category FROM photos GROUP BY category ORDER BY max(f(content)[0]), category;
-- ORDER BY a call of an aggregate (in order)
SELECT name FROM photos GROUP BY name ORDER BY f(max_by(content, id))[0], name;
-- percentile and histogram
SELECT percentile(f(content)[0], 0.5), approx_count_distinct(f(content)) FROM photos;
-- listagg
SELECT listagg(e(content).status, ',') WITHIN GROUP (ORDER BY e(content).status) FROM photos;

--- joins
-- inner join
SELECT p.id, s.k, f(p.content) FROM photos p JOIN shops s ON p.id = s.photo;
-- inner join, both sides' images
SELECT p.id, s.k, f(p.content), f(s.content) FROM photos p JOIN shops s ON p.id = s.photo;
-- left outer join
SELECT p.id, f(p.content), f(s.content), e(s.content).status FROM photos p LEFT JOIN shops s ON p.id = s.photo;
-- right outer join
SELECT p.id, s.k, e(p.content).status, f(s.content) FROM photos p RIGHT JOIN shops s ON p.id = s.photo;
-- full outer join
SELECT p.id, s.k, e(p.content).status, e(s.content).status FROM photos p FULL JOIN shops s ON p.id = s.photo;
-- semi join
SELECT id, f(content) FROM photos LEFT SEMI JOIN shops ON id = photo;
-- anti join
SELECT id, f(content) FROM photos LEFT ANTI JOIN shops ON id = photo;
-- cross join
SELECT p.id, s.k, f(p.content), f(s.content) FROM photos p CROSS JOIN shops s WHERE p.id < 5;
-- natural join
SELECT category, id, f(content) FROM (SELECT category, id, content FROM photos) NATURAL JOIN (SELECT category FROM shops);
-- join USING
SELECT category, id, f(p.content)[0], f(s.content)[0] FROM photos p JOIN shops s USING (category);
-- full join USING a vector's element
SELECT x, a.id, b.k FROM (SELECT id, f(content)[0] AS x FROM photos) a FULL JOIN (SELECT k, f(content)[0] AS x FROM shops) b USING (x);
-- join on vectors
SELECT p.id, s.k FROM photos p JOIN shops s ON f(p.content) = f(s.content);
-- join on an element and a key
SELECT p.id, s.k FROM photos p JOIN shops s ON p.category = s.category AND f(p.content)[0] > f(s.content)[0];
-- join on similarity
SELECT p.id, s.k FROM photos p JOIN shops s ON mobilenet_cosine_similarity(f(p.content), f(s.content)) > 0.9;
-- join with CASE over both sides
SELECT p.id, s.k FROM photos p JOIN shops s ON CASE WHEN p.id > s.k THEN f(p.content)[0] ELSE f(s.content)[0] END > 0.1;
-- left join with CASE over both sides
SELECT p.id, s.k FROM photos p LEFT JOIN shops s ON p.category = s.category AND if(p.id > s.k, f(p.content)[0], 0) > 0.1;
-- full join with CASE over both sides
SELECT p.id, s.k FROM photos p FULL JOIN shops s ON p.id = s.photo AND CASE WHEN p.price > s.k THEN f(s.content)[0] > 0 ELSE true END;
-- join on an image of both sides
SELECT p.id, s.k FROM photos p JOIN shops s ON p.category = s.category AND f(coalesce(p.content, s.content))[0] > 0;
-- left join on an image of both sides
SELECT p.id, s.k FROM photos p LEFT JOIN shops s ON p.category = s.category AND f(coalesce(p.content, s.content))[0] > 0;
-- semi join on a vector
SELECT id FROM photos p LEFT SEMI JOIN shops s ON p.id > s.k AND f(p.content)[0] >= f(s.content)[0];
-- anti join on a vector
SELECT id FROM photos p LEFT ANTI JOIN shops s ON f(p.content)[0] < f(s.content)[0];
-- outer join with a one-sided vector condition
SELECT p.id, s.k FROM photos p LEFT JOIN shops s ON p.id = s.photo AND f(p.content)[0] > 0.1;
-- outer join with the other side's vector condition
SELECT p.id, s.k FROM photos p LEFT JOIN shops s ON p.id = s.photo AND f(s.content)[0] > 0.1;
-- a filter above an outer join
SELECT p.id, s.k FROM photos p LEFT JOIN shops s ON p.id = s.photo WHERE f(s.content) IS NULL;
-- three tables
SELECT p.id, s.k, t.k, f(p.content)[0], f(s.content)[0] FROM photos p JOIN shops s ON p.id = s.photo JOIN shops t ON s.category = t.category WHERE f(t.content)[0] > 0;
-- self join
SELECT a.id, b.id, f(a.content)[0], f(b.content)[0] FROM photos a JOIN photos b ON a.id = b.id + 1;
-- self join of vectors
SELECT a.id, b.id FROM (SELECT id, f(content) AS v FROM photos) a JOIN (SELECT id, f(content) AS v FROM photos) b ON a.id < b.id AND a.v = b.v;
-- broadcast hint
SELECT /*+ BROADCAST(p) */ p.id, s.k, f(p.content) FROM photos p JOIN shops s ON p.category = s.category;
-- the other broadcast hint
SELECT /*+ BROADCAST(s) */ p.id, s.k, f(p.content), f(s.content) FROM photos p JOIN shops s ON p.category = s.category;
-- merge hint
SELECT /*+ MERGE(p, s) */ p.id, s.k, f(p.content), f(s.content) FROM photos p JOIN shops s ON p.category = s.category;
-- shuffle hash hint
SELECT /*+ SHUFFLE_HASH(s) */ p.id, s.k, f(p.content) FROM photos p LEFT JOIN shops s ON p.category = s.category;
-- nested loop hint
SELECT /*+ SHUFFLE_REPLICATE_NL(s) */ p.id, s.k, f(p.content)[0] FROM photos p JOIN shops s ON f(p.content)[0] > f(s.content)[1];
-- a condition that may fail below a join
SELECT p.id, CASE WHEN 10 DIV p.id > 1 THEN f(p.content)[0] END FROM photos p JOIN shops s ON p.id = s.photo WHERE s.photo > 0;
-- an image that may fail below a join
SELECT p.id, f(p.images[0])[0] FROM photos p JOIN shops s ON p.id = s.photo AND size(p.images) > 0;
-- a condition over both sides above a join
SELECT p.id, s.k, CASE WHEN p.id > s.k THEN f(p.content)[0] ELSE f(s.content)[0] END FROM photos p JOIN shops s ON p.category = s.category;
-- lateral join
SELECT p.id, l.v FROM photos p, LATERAL (SELECT f(p.content) AS v) l;
-- lateral join with a table
SELECT p.id, l.x FROM photos p, LATERAL (SELECT max(f(s.content)[0]) AS x FROM shops s WHERE s.category = p.category) l;
-- left lateral join
SELECT p.id, l.x FROM photos p LEFT JOIN LATERAL (SELECT f(s.content)[0] AS x FROM shops s WHERE s.photo = p.id) l ON true;
-- lateral join on both images
SELECT p.id, l.x FROM photos p, LATERAL (SELECT f(s.content)[0] - f(p.content)[0] AS x FROM shops s WHERE s.category = p.category) l;
-- lateral join with an image of both
SELECT p.id, l.x FROM photos p, LATERAL (SELECT f(coalesce(s.content, p.content))[0] AS x FROM shops s WHERE s.photo = p.id) l;
-- join of aggregates
SELECT a.category, a.m, b.n FROM (SELECT category, max(f(content)[0]) AS m FROM photos GROUP BY category) a JOIN (SELECT category, min(f(content)[0]) AS n FROM shops GROUP BY category) b ON a.category = b.category;
-- join with an empty table
SELECT p.id, f(p.content), f(n.content) FROM photos p LEFT JOIN nothing n ON p.id = n.photo;

--- windows
-- rank by an element
SELECT id, rank() OVER (PARTITION BY category ORDER BY f(content)[0]) FROM photos;
-- partition by a status
SELECT id, count(*) OVER (PARTITION BY e(content).status) FROM photos;
-- aggregate over a window
SELECT id, max(f(content)[0]) OVER (PARTITION BY category), min(f(content)[1]) OVER () FROM photos;
-- lag of an image
SELECT id, f(lag(content) OVER (ORDER BY id)) FROM photos;
-- lag of a vector
SELECT id, lag(f(content)) OVER (ORDER BY id), lead(f(content)[0], 2, -1f) OVER (PARTITION BY category ORDER BY id) FROM photos;
-- first value of an image
SELECT id, f(first_value(content) OVER (PARTITION BY category ORDER BY id DESC)) FROM photos;
-- CASE over a window
SELECT id, CASE WHEN count(*) OVER (PARTITION BY category) > 2 THEN f(content)[0] END FROM photos;
-- CASE inside a window
SELECT id, max(CASE WHEN id > 2 THEN f(content)[0] END) OVER (PARTITION BY category ORDER BY id) FROM photos;
-- COALESCE of a window and a vector
SELECT id, coalesce(lag(price) OVER (ORDER BY id), f(content)[0]) FROM photos;
-- a window of an aggregate
SELECT category, rank() OVER (ORDER BY max(f(content)[0])) FROM photos GROUP BY category;
-- the best of each group
SELECT id, category FROM (SELECT id, category, row_number() OVER (PARTITION BY category ORDER BY f(content)[0] DESC, id) AS r FROM photos) WHERE r <= 2;
-- the newest of each group
SELECT id, f(content) FROM (SELECT *, row_number() OVER (PARTITION BY name ORDER BY id DESC) AS r FROM photos) WHERE r = 1;
-- range frame
SELECT id, max(f(content)[0]) OVER (ORDER BY id RANGE BETWEEN 2 PRECEDING AND CURRENT ROW) FROM photos;
-- named window
SELECT id, count_if(f(content)[0] > 0.1) OVER w FROM photos WINDOW w AS (PARTITION BY category);

--- subqueries
-- scalar
SELECT id FROM photos WHERE f(content)[0] >= (SELECT max(f(content)[0]) FROM photos);
-- scalar in SELECT
SELECT k, (SELECT max(f(content)[0]) FROM photos) FROM shops;
-- a scalar subquery as image
SELECT k, f((SELECT max_by(content, id) FROM photos)) FROM shops;
-- the same scalar subquery twice
SELECT (SELECT max(f(content)[0]) FROM photos) + k, (SELECT max(f(content)[0]) FROM photos) FROM shops;
-- correlated scalar
SELECT k, (SELECT max(f(p.content)[0]) FROM photos p WHERE p.category = s.category) FROM shops s;
-- correlated count
SELECT k, (SELECT count(f(p.content)) FROM photos p WHERE p.id = s.k) FROM shops s;
-- correlated scalar with a call above its aggregate
SELECT k, (SELECT f(max_by(p.content, p.id))[0] FROM photos p WHERE p.category = s.category) FROM shops s;
-- correlated scalar, two-sided
SELECT k, (SELECT count(*) FROM photos p WHERE p.category = s.category AND f(p.content)[0] > 0.1) FROM shops s;
-- correlated scalar in WHERE
SELECT id FROM photos p WHERE f(content)[0] >= (SELECT max(f(q.content)[0]) FROM photos q WHERE q.category = p.category);
-- image of the outer query
SELECT id, (SELECT max(s.k) FROM shops s WHERE s.category = p.category AND f(p.content)[0] > 0.1) FROM photos p WHERE id < 10;
-- IN a subquery
SELECT k FROM shops WHERE k IN (SELECT id FROM photos WHERE f(content)[0] > 0.1);
-- IN of vectors
SELECT id FROM photos WHERE f(content) IN (SELECT f(content) FROM shops);
-- NOT IN
SELECT id FROM photos WHERE f(content)[0] NOT IN (SELECT f(content)[0] FROM shops WHERE f(content) IS NOT NULL);
-- IN, correlated
SELECT id FROM photos p WHERE f(content)[0] IN (SELECT f(s.content)[0] FROM shops s WHERE s.category = p.category);
-- IN under OR
SELECT id FROM photos WHERE id < 2 OR f(content)[0] IN (SELECT f(content)[0] FROM shops);
-- IN in SELECT
SELECT id, f(content)[0] IN (SELECT f(content)[0] FROM shops) FROM photos;
-- EXISTS
SELECT k FROM shops s WHERE EXISTS (SELECT 1 FROM photos p WHERE p.id = s.photo AND f(p.content)[0] > 0);
-- EXISTS with a vector of the outer query
SELECT k FROM shops s WHERE EXISTS (SELECT 1 FROM photos p WHERE p.id = s.photo AND f(s.content)[0] > 0);
-- EXISTS with a comparison of both
SELECT k FROM shops s WHERE EXISTS (SELECT 1 FROM photos p WHERE p.category = s.category AND f(p.content)[0] > f(s.content)[0]);
-- EXISTS with an image of both
SELECT k FROM shops s WHERE EXISTS (SELECT 1 FROM photos p WHERE p.category = s.category AND f(coalesce(p.content, s.content))[0] > 0.1);
-- EXISTS with CASE over both
SELECT k FROM shops s WHERE EXISTS (SELECT 1 FROM photos p WHERE p.category = s.category AND CASE WHEN p.id > s.k THEN f(p.content)[0] ELSE f(s.content)[0] END > 0);
-- NOT EXISTS
SELECT k FROM shops s WHERE NOT EXISTS (SELECT 1 FROM photos p WHERE p.category = s.category AND f(p.content)[0] > s.k);
-- EXISTS under OR
SELECT id FROM photos p WHERE f(content)[0] > 0.3 OR EXISTS (SELECT 1 FROM shops s WHERE s.photo = p.id AND f(s.content)[0] > 0);
-- in GROUP BY and HAVING
SELECT category, max(f(content)[0]) FROM photos GROUP BY category HAVING max(f(content)[0]) > (SELECT min(f(content)[0]) FROM photos);
-- in ORDER BY (in order)
SELECT k FROM shops ORDER BY k + (SELECT max(f(content)[0]) FROM photos);
-- in a join condition
SELECT p.id, s.k FROM photos p JOIN shops s ON p.id = s.photo AND f(p.content)[0] > (SELECT min(f(content)[0]) FROM shops);
-- nested
SELECT id FROM photos WHERE id IN (SELECT photo FROM shops WHERE k IN (SELECT id FROM photos WHERE f(content) IS NOT NULL));
-- in VALUES' place
SELECT * FROM (SELECT f(content)[0] AS x FROM photos) WHERE x = (SELECT max(f(content)[0]) FROM photos);

--- set operations
-- UNION ALL
SELECT id, f(content) FROM photos UNION ALL SELECT k, f(content) FROM shops;
-- UNION
SELECT f(content) FROM photos UNION SELECT f(content) FROM shops;
-- INTERSECT
SELECT f(content) FROM photos INTERSECT SELECT f(content) FROM shops;
-- INTERSECT ALL
SELECT e(content).status FROM photos INTERSECT ALL SELECT e(content).status FROM shops;
-- EXCEPT
SELECT f(content) FROM photos EXCEPT SELECT f(content) FROM shops;
-- EXCEPT ALL
SELECT e(content).status FROM photos EXCEPT ALL SELECT e(content).status FROM shops;
-- a call above UNION ALL
SELECT f(content) FROM (SELECT id, content FROM photos UNION ALL SELECT k, content FROM shops);
-- a filter above UNION
SELECT * FROM (SELECT id, f(content) AS v FROM photos UNION SELECT k, old FROM (SELECT id AS k, old FROM photos)) WHERE v[0] > 0;
-- a call above INTERSECT
SELECT f(content)[0] FROM (SELECT content FROM photos INTERSECT SELECT content FROM shops);

--- generators and lambdas
-- explode
SELECT id, x FROM photos LATERAL VIEW explode(f(content)) AS x;
-- posexplode
SELECT id, pos, x FROM photos LATERAL VIEW OUTER posexplode(f(content)) AS pos, x;
-- explode in SELECT
SELECT id, explode(f(content)) FROM photos;
-- inline
SELECT id, inline(array(e(content))) FROM photos;
-- stack
SELECT id, stack(2, 'a', f(content)[0], 'b', f(file.content)[0]) FROM photos;
-- explode images
SELECT id, f(image) FROM photos LATERAL VIEW explode(images) AS image;
-- explode a map of images
SELECT id, k, f(v)[0] FROM photos LATERAL VIEW OUTER explode(tags) AS k, v;
-- explode under a condition
SELECT id, x FROM photos LATERAL VIEW explode(if(id > 3, f(content), array(0f))) AS x WHERE x > 0;

-- vectors from below a generator that Spark simplified
SELECT id, e(content), e(CASE WHEN y IS NULL THEN content END) FROM (SELECT id, name, content, content AS image, transform(array(id), z -> if(id IS NULL, f(content)[1], 0f)) AS v FROM photos WHERE e(content).width > f(content)[0]) LATERAL VIEW explode(slice(coalesce(v, f(image)), 1, 2)) AS y;

-- a call in a condition over a generator that Spark simplified
SELECT id, exists(array(1, 2), y -> y > 1 AND name LIKE 'name%'), e(content), e(CASE WHEN x IS NULL THEN content END) FROM (SELECT id, name, category, content, image, y AS x, v FROM (SELECT id, name, category, if(e(content).status = 'OK', content, image) AS content, content AS image, f(image)[2] AS x, transform(array(id), y -> if(x IS NULL, f(content)[1], 0f)) AS v FROM (SELECT k AS id, category AS name, category, content, content AS image, photo AS x, array(1f, CAST(k AS FLOAT)) AS v FROM shops) WHERE e(content).width > coalesce(f(image)[1], f(content)[0])) LATERAL VIEW explode(slice(coalesce(v, f(image)), 1, 2)) AS y);

-- a generator that no longer reads the image it leaves out
SELECT id, y, f(content), f(c2) FROM (SELECT id, content, file.content AS c2, old AS v FROM photos) LATERAL VIEW explode(slice(coalesce(v, f(content), f(c2)), 1, 2)) AS y;

-- vectors of a join below a generator
SELECT id, y, f(content), f(c2) FROM (SELECT p.id, p.content, s.content AS c2, s.k FROM photos p JOIN shops s ON p.id = s.photo WHERE e(p.content).width > 0) LATERAL VIEW explode(slice(f(c2), 1, k)) AS y;
-- table-valued function
SELECT id, col FROM photos, LATERAL explode(f(content));
-- transform of images
SELECT id, transform(images, x -> f(x)) FROM photos;
-- transform with index
SELECT id, transform(images, (x, i) -> f(x)[0] + i) FROM photos;
-- transform with a condition
SELECT id, transform(array(1, 2), x -> if(x > 1, f(content)[1], -1f)) FROM photos;
-- transform with CASE and a guard
SELECT id, transform(array(0, 1, 2), x -> CASE WHEN x > 0 THEN if(10 DIV x > 5, f(content)[x], 0) END) FROM photos;
-- transform with an outer vector
SELECT id, transform(f(content), x -> x * f(content)[0]) FROM photos;
-- filter
SELECT id, filter(array(1, 2, 3), x -> if(x > 1, f(content)[0], -1f) > 0) FROM photos;
-- filter images
SELECT id, size(filter(images, x -> e(x).status = 'OK')) FROM photos;
-- aggregate
SELECT id, aggregate(array(1, 2), 0f, (a, x) -> a + if(x > 1, f(content)[0], 1f)) FROM photos;
-- aggregate with finish
SELECT id, aggregate(images, CAST(0 AS FLOAT), (a, x) -> a + coalesce(f(x)[0], 0f), a -> if(a > 0, f(content)[0], a)) FROM photos;
-- exists and forall
SELECT id, exists(images, x -> f(x)[0] > 0.1), forall(images, x -> coalesce(f(x)[0], 1) > 0) FROM photos;
-- zip_with
SELECT id, zip_with(images, array(1, 2), (x, i) -> if(i = 1, f(x)[0], f(content)[0])) FROM photos;
-- transform_keys and transform_values
SELECT id, transform_values(tags, (k, v) -> f(v)[0]), transform_keys(map('a', 1), (k, v) -> concat(k, e(content).status)) FROM photos;
-- map_filter and map_zip_with
SELECT id, map_filter(map('a', 1, 'b', 2), (k, v) -> f(content)[v] > 0), map_zip_with(map('a', 1), map('a', 2), (k, v, w) -> f(content)[v] + w) FROM photos;
-- array_sort
SELECT id, array_sort(array(3, 1, 2), (a, b) -> if(f(content) IS NULL, a - b, b - a)) FROM photos;
-- nested lambdas
SELECT id, transform(array(array(1), array(0, 2)), a -> transform(a, x -> if(x > 1, f(content)[x], -1f))) FROM photos;
-- lambda in WHERE
SELECT id FROM photos WHERE exists(images, x -> f(x)[0] > 0.1) AND f(content) IS NOT NULL;
-- lambda in GROUP BY
SELECT size(filter(images, x -> f(x) IS NOT NULL)) AS n, count(*) FROM photos GROUP BY n;
-- lambda in a join condition
SELECT p.id, s.k FROM photos p JOIN shops s ON p.category = s.category AND exists(p.images, x -> f(x)[0] > f(s.content)[0]);
-- lambda in an aggregate function
SELECT category, max(transform(images, x -> f(x)[0])) FROM photos GROUP BY category;
-- lambda over empty arrays
SELECT id, transform(slice(images, 1, 0), x -> f(content)) FROM photos;

--- order, limit, distribution
-- ORDER BY a column (in order)
SELECT id, f(content) FROM photos ORDER BY id;
-- ORDER BY an element (in order)
SELECT id FROM photos ORDER BY f(content)[0], id;
-- ORDER BY a vector, NULLS (in order)
SELECT id, f(content) FROM photos ORDER BY f(content) DESC NULLS LAST, id;
-- ORDER BY an alias (in order)
SELECT id, f(content) AS v FROM photos ORDER BY v[1], id;
-- ORDER BY a condition (in order)
SELECT id FROM photos ORDER BY CASE WHEN category = 'cat' THEN f(content)[0] END, id;
-- ORDER BY and LIMIT (in order) (images 3)
SELECT id, f(content) FROM photos WHERE content IS NOT NULL ORDER BY id LIMIT 3;
-- ORDER BY, LIMIT and OFFSET (in order) (images 1)
SELECT id, f(content) FROM photos WHERE content IS NOT NULL ORDER BY id LIMIT 1 OFFSET 1;
-- ORDER BY a vector, LIMIT and OFFSET (in order)
SELECT id FROM photos ORDER BY f(content)[0], id LIMIT 2 OFFSET 2;
-- OFFSET alone (in order)
SELECT id, f(content) FROM photos ORDER BY id OFFSET 5;
-- LIMIT in a subquery (in order)
SELECT id, f(content) FROM (SELECT * FROM photos ORDER BY id DESC LIMIT 4) ORDER BY id;
-- LIMIT above a filter by vectors (in order)
SELECT id FROM photos WHERE f(content)[0] > 0 ORDER BY id LIMIT 3;
-- LIMIT twice (in order)
SELECT * FROM (SELECT id, f(content) AS v FROM photos ORDER BY id LIMIT 6) ORDER BY id DESC LIMIT 2;
-- LIMIT 0
SELECT id, f(content) FROM photos LIMIT 0;
-- LIMIT ALL (in order)
SELECT id, f(content) FROM photos ORDER BY id LIMIT ALL;
-- LIMIT in one side of UNION
SELECT * FROM (SELECT id, f(content)[0] FROM photos ORDER BY id LIMIT 2) UNION ALL SELECT k, f(content)[0] FROM shops;
-- SORT BY and DISTRIBUTE BY
SELECT id, f(content) FROM photos DISTRIBUTE BY e(content).status SORT BY f(content)[0], id;
-- CLUSTER BY
SELECT id FROM photos CLUSTER BY f(content)[0];
-- REPARTITION hint
SELECT /*+ REPARTITION(3, category) */ id, f(content) FROM photos;
-- REPARTITION BY RANGE hint
SELECT /*+ REPARTITION_BY_RANGE(2, x) */ id, x FROM (SELECT id, f(content)[0] AS x FROM photos);
-- REBALANCE hint
SELECT /*+ REBALANCE */ id, f(content) FROM photos;
-- COALESCE hint
SELECT /*+ COALESCE(1) */ id, f(content)[0] FROM photos;
-- TABLESAMPLE
SELECT id, f(content) FROM photos TABLESAMPLE (100 PERCENT);
-- TABLESAMPLE by rows
SELECT count(v) FROM (SELECT f(content) AS v FROM photos TABLESAMPLE (3 ROWS));
-- TABLESAMPLE above vectors
SELECT count(v) < 100 FROM (SELECT f(content) AS v FROM photos) TABLESAMPLE (50 PERCENT) REPEATABLE (7);

--- CTEs, views, functions, writes
-- CTE
WITH v AS (SELECT id, f(content) AS v FROM photos) SELECT id, v[0] FROM v WHERE v IS NOT NULL;
-- CTE used twice
WITH v AS (SELECT id, f(content) AS v FROM photos) SELECT a.id, b.id FROM v a JOIN v b ON a.v = b.v AND a.id < b.id;
-- CTE used twice, not deterministic
WITH v AS (SELECT id, f(content) AS v, rand(1) AS r FROM photos) SELECT a.id, a.v[0] - b.v[1] FROM v a JOIN v b ON a.id = b.id AND a.r = b.r;
-- CTE in a subquery
SELECT k FROM shops WHERE k < (WITH v AS (SELECT f(content)[0] AS x FROM photos) SELECT count(x) FROM v);
-- CTE of CTE
WITH a AS (SELECT id, content FROM photos WHERE id > 2), b AS (SELECT id, f(content) AS v FROM a) SELECT * FROM b UNION ALL SELECT id, f(content) FROM a;
-- recursive CTE (since 4.1)
WITH RECURSIVE r(n, x) AS (SELECT 1, f(content)[0] FROM photos WHERE id = 1 UNION ALL SELECT n + 1, x + 1f FROM r WHERE n < 3) SELECT * FROM r;
-- temporary view
CREATE OR REPLACE TEMPORARY VIEW tv AS SELECT id, f(content) AS v FROM photos;
SELECT id, v[0] FROM tv WHERE v[1] > 0;
-- temporary view joined with itself
CREATE OR REPLACE TEMPORARY VIEW tv AS SELECT id, f(content) AS v FROM photos;
SELECT a.id, b.v FROM tv a JOIN tv b ON a.id = b.id;
-- view
CREATE OR REPLACE VIEW pv AS SELECT id, category, f(content) AS v FROM photos;
SELECT category, max(v[0]) FROM pv GROUP BY category;
-- view of a view
CREATE OR REPLACE VIEW pv AS SELECT id, category, content FROM photos WHERE id > 1;
CREATE OR REPLACE VIEW pw AS SELECT id, e(content) AS e FROM pv;
SELECT e.status, count(*) FROM pw GROUP BY e.status;
-- SQL function
CREATE OR REPLACE TEMPORARY FUNCTION head(image BINARY) RETURNS FLOAT RETURN f(image)[0];
SELECT id, head(content) FROM photos WHERE head(content) > 0;
-- SQL function above an aggregate
CREATE OR REPLACE TEMPORARY FUNCTION head(image BINARY) RETURNS FLOAT RETURN f(image)[0];
SELECT category, head(max_by(content, id)) FROM photos GROUP BY category;
-- SQL function with a query
CREATE OR REPLACE TEMPORARY FUNCTION best(c STRING) RETURNS FLOAT RETURN SELECT max(f(content)[0]) FROM photos WHERE category = c;
SELECT k, best(category) FROM shops;
-- SQL table function
CREATE OR REPLACE TEMPORARY FUNCTION vectors(c STRING) RETURNS TABLE (id INT, v ARRAY<FLOAT>) RETURN SELECT id, f(content) FROM photos WHERE category = c;
SELECT id, v[0] FROM vectors('cat');
-- CTAS
CREATE OR REPLACE TEMPORARY VIEW tv AS SELECT 1;
DROP TABLE IF EXISTS made;
CREATE TABLE made USING parquet AS SELECT id, f(content) AS v FROM photos;
SELECT * FROM made;
-- CTAS of two models without names
DROP TABLE IF EXISTS made;
CREATE TABLE made USING parquet AS SELECT f(content), f(content, '{other}'), e(content, '{other}') FROM photos;
SELECT count(*) FROM made;
-- INSERT
DROP TABLE IF EXISTS made;
CREATE TABLE made (id INT, v ARRAY<FLOAT>, s STRING) USING parquet;
INSERT INTO made SELECT id, f(content), e(content).status FROM photos WHERE id > 3;
SELECT * FROM made;
-- INSERT OVERWRITE a partition
DROP TABLE IF EXISTS made;
CREATE TABLE made (id INT, v ARRAY<FLOAT>, category STRING) USING parquet PARTITIONED BY (category);
INSERT OVERWRITE made PARTITION (category) SELECT id, f(content), category FROM photos;
INSERT INTO made PARTITION (category = 'x') SELECT id, f(content) FROM photos WHERE id < 3;
SELECT * FROM made;
-- INSERT VALUES of a vector
DROP TABLE IF EXISTS made;
CREATE TABLE made (id INT, s STRING) USING parquet;
INSERT INTO made SELECT 1, e(X'00').status;
SELECT * FROM made;
-- a cached table
CACHE TABLE cached AS SELECT id, f(content) AS v FROM photos;
SELECT id, v[0] FROM cached WHERE v IS NOT NULL;
-- a cached table and the query behind it
CACHE TABLE cached AS SELECT id, f(content) AS v FROM photos;
SELECT a.id, b.v[0] FROM cached a JOIN (SELECT id, f(content) AS v FROM photos) b ON a.id = b.id;
-- a lazily cached table of images
CACHE LAZY TABLE cached AS SELECT id, content FROM photos;
SELECT id, f(content)[0] FROM cached WHERE f(content)[0] > 0;
-- pipe syntax
FROM photos |> WHERE id > 2 |> EXTEND f(content) AS v |> SELECT id, v[0] AS x |> WHERE x > 0 |> AGGREGATE count(x), max(x);
-- pipe syntax, aggregate first
FROM photos |> AGGREGATE max_by(content, id) AS c GROUP BY category |> EXTEND f(c)[0] AS x |> ORDER BY x |> SELECT category, x;
-- pipe syntax, join and set
FROM photos |> AS p |> JOIN shops ON p.id = photo |> SELECT p.id, p.content |> SET content = if(id > 1, content, NULL) |> EXTEND f(content) AS v;
-- a variable
DECLARE OR REPLACE VARIABLE top FLOAT;
SET VARIABLE top = (SELECT max(f(content)[0]) FROM photos);
SELECT id FROM photos WHERE f(content)[0] >= top;
-- EXECUTE IMMEDIATE
EXECUTE IMMEDIATE 'SELECT id, f(content)[0] FROM photos WHERE id > ?' USING 2;
