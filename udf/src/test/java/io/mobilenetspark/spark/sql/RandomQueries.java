package io.mobilenetspark.spark.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Queries at random, each of its seed: relations of relations, with calls wherever an expression
 * may stand. No part of one depends on the order of rows that have no order, and no floats are
 * summed, so that a query has one right answer.
 */
final class RandomQueries {

  private final Random random;
  private final RandomExpressions values;
  private int names;

  private RandomQueries(long seed) {
    random = new Random(seed);
    values = new RandomExpressions(random);
  }

  /** A query with f() and e() for the functions. */
  static String of(long seed) {
    RandomQueries queries = new RandomQueries(seed);
    return queries.top();
  }

  /** A relation's columns; every relation has these, so that any can be put in any place. */
  private static final String COLUMNS = "id, name, category, content, image, x, v";

  private String top() {
    String relation = relation(1 + random.nextInt(3));
    return switch (random.nextInt(6)) {
      case 0 -> "SELECT * FROM " + relation;
      case 1 -> "SELECT count(*), max(x), min(v[0]), count(DISTINCT name) FROM " + relation;
      case 2 ->
          String.format(
              Locale.ROOT,
              "WITH w AS (SELECT * FROM %s) SELECT a.id, a.x, b.v FROM w a JOIN w b ON a.id = b.id",
              relation);
      default -> projection(relation, 3 + random.nextInt(2));
    };
  }

  private String name() {
    return "t" + names++;
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** Something that stands behind FROM, with all of {@link #COLUMNS}. */
  private String relation(int depth) {
    return depth == 0 ? base() : "(" + select(depth - 1) + ") " + name();
  }

  private String base() {
    String table =
        chance(70)
            ? "(SELECT id, name, category, content, file.content AS image, price AS x, old AS v FROM"
                + " photos)"
            : "(SELECT k AS id, category AS name, category, content, content AS image, photo AS x,"
                + " array(1f, CAST(k AS FLOAT)) AS v FROM shops)";
    return table + " " + name();
  }

  /** Columns under their names, calculated or as they are. */
  private String columns(String prefix, int depth) {
    List<String> columns = new ArrayList<>();
    columns.add(prefix + "id");
    columns.add(chance(20) ? prefix + "category AS name" : prefix + "name");
    columns.add(prefix + "category");
    columns.add(chance(30) ? values.image(prefix, depth) + " AS content" : prefix + "content");
    columns.add(chance(20) ? values.image(prefix, depth) + " AS image" : prefix + "image");
    columns.add(chance(60) ? values.number(prefix, depth) + " AS x" : prefix + "x");
    columns.add(chance(60) ? values.vector(prefix, depth) + " AS v" : prefix + "v");
    return String.join(", ", columns);
  }

  private String select(int depth) {
    return switch (random.nextInt(14)) {
      case 0, 1, 2 ->
          String.format(Locale.ROOT, "SELECT %s FROM %s", columns("", 2), relation(depth));
      case 3, 4 ->
          String.format(
              Locale.ROOT,
              "SELECT %s FROM %s WHERE %s",
              columns("", 1),
              relation(depth),
              values.condition("", 2));
      case 5 -> join(depth);
      case 6 -> outerJoin(depth);
      case 7 -> groups(depth);
      case 8 -> distinct(depth);
      case 9 -> window(depth);
      case 10 -> setOperation(depth);
      case 11 -> limited(depth);
      case 12 -> semiJoin(depth);
      default -> exploded(depth);
    };
  }

  private String join(int depth) {
    String on = chance(70) ? "l.id = r.id" : "l.category = r.category AND l.id < r.id";
    if (chance(60)) {
      on += " AND " + bothSides();
    }
    return String.format(
        Locale.ROOT,
        "SELECT l.id, r.name, l.category, %s AS content, r.image, %s AS x, %s AS v FROM (SELECT"
            + " * FROM %s) l JOIN (SELECT * FROM %s) r ON %s",
        chance(50) ? "l.content" : "coalesce(l.content, r.content)",
        values.number(side(), 1),
        values.vector(side(), 1),
        relation(depth),
        relation(0),
        on);
  }

  private String side() {
    return values.one(List.of("l.", "r."));
  }

  private String bothSides() {
    return switch (random.nextInt(6)) {
      case 0 -> "f(l.content)[0] >= f(r.content)[0]";
      case 1 -> "if(l.id > r.id, f(l.content)[1], f(r.image)[0]) > 0.1";
      case 2 -> "(l.x > 2 OR f(r.content)[0] > 0.2)";
      case 3 -> "f(l.content)[0] > 0.51";
      case 4 -> "e(coalesce(l.image, r.content)).status = 'OK'";
      default -> values.condition(side(), 1);
    };
  }

  private String outerJoin(int depth) {
    String type = values.one(List.of("LEFT", "RIGHT", "FULL"));
    return String.format(
        Locale.ROOT,
        "SELECT coalesce(l.id, r.id) AS id, r.name, l.category, %s AS content, r.image, %s AS x,"
            + " %s AS v FROM (SELECT * FROM %s) l %s JOIN (SELECT * FROM %s) r ON l.id = r.id AND"
            + " %s",
        side() + "content",
        values.number(side(), 1),
        values.vector(side(), 1),
        relation(depth),
        type,
        relation(0),
        bothSides());
  }

  private String semiJoin(int depth) {
    String inner = relation(0);
    String outer = String.format(Locale.ROOT, "(SELECT * FROM %s) l", relation(depth));
    String where =
        switch (random.nextInt(6)) {
          case 0 ->
              String.format(
                  Locale.ROOT,
                  "l.id IN (SELECT id FROM %s WHERE %s)",
                  inner,
                  values.condition("", 1));
          case 1 ->
              String.format(
                  Locale.ROOT,
                  "EXISTS (SELECT 1 FROM (SELECT * FROM %s) r WHERE l.id = r.id AND %s)",
                  inner,
                  bothSides());
          case 2 ->
              String.format(
                  Locale.ROOT,
                  "NOT EXISTS (SELECT 1 FROM (SELECT * FROM %s) r WHERE l.category = r.category AND %s)",
                  inner,
                  bothSides());
          case 3 ->
              String.format(
                  Locale.ROOT,
                  "f(l.content)[0] >= (SELECT max(%s) FROM %s)",
                  values.number("", 1),
                  inner);
          case 4 ->
              String.format(
                  Locale.ROOT,
                  "l.id > (SELECT count(%s) FROM (SELECT * FROM %s) r WHERE r.category = l.category)",
                  values.vector("r.", 1),
                  inner);
          default ->
              String.format(
                  Locale.ROOT,
                  "(l.id < 4 OR f(l.content)[0] IN (SELECT %s FROM %s))",
                  values.number("", 1),
                  inner);
        };
    return String.format(Locale.ROOT, "SELECT %s FROM %s WHERE %s", columns("l.", 1), outer, where);
  }

  private String groups(int depth) {
    String aggregate =
        chance(50)
            ? "max_by(content, struct(id, name, x, v, image, content))"
            : String.format(Locale.ROOT, "max(if(%s, content, NULL))", values.condition("", 1));
    String having =
        chance(30) ? String.format(Locale.ROOT, " HAVING max(%s) > 0.1", values.number("", 1)) : "";
    String filter =
        chance(30) ? String.format(Locale.ROOT, " FILTER (WHERE %s)", values.condition("", 1)) : "";
    String group =
        chance(70) ? "name" : "name, " + values.one(List.of("f(content)[0]", "e(image).status"));
    return String.format(
        Locale.ROOT,
        "SELECT max(id) AS id, name, max(category) AS category, %s AS content, max(image) AS"
            + " image, max(%s)%s AS x, %s AS v FROM %s GROUP BY %s%s",
        aggregate,
        values.number("", 1),
        filter,
        switch (random.nextInt(4)) {
          case 0 -> String.format(Locale.ROOT, "f(%s)", aggregate);
          case 1 -> "CASE WHEN count(*) > 1 THEN f(max(content)) ELSE max(v) END";
          case 2 -> "coalesce(max(v), f(max(image)))";
          default -> String.format(Locale.ROOT, "max(%s)", values.vector("", 1));
        },
        relation(depth),
        group,
        having);
  }

  private String distinct(int depth) {
    return chance(50)
        ? String.format(Locale.ROOT, "SELECT DISTINCT %s FROM %s", columns("", 1), relation(depth))
        : "SELECT max(id) AS id, max(name) AS name, max(category) AS category, content, image, f(content)[0] AS x,"
            + String.format(
                Locale.ROOT,
                " if(count(*) > 1, f(content), f(image)) AS v FROM %s GROUP BY content, image",
                relation(depth));
  }

  private String window(int depth) {
    String function =
        values.one(
            List.of(
                "max(%s) OVER (PARTITION BY category)",
                "min(%s) OVER (PARTITION BY e(content).status)",
                "max(%s) OVER (PARTITION BY name ORDER BY id RANGE BETWEEN 2 PRECEDING AND CURRENT"
                    + " ROW)",
                "CASE WHEN count(*) OVER (PARTITION BY category) > 2 THEN %s END"));
    return String.format(
        Locale.ROOT,
        "SELECT id, name, category, max(content) OVER (PARTITION BY name) AS content, image, %s"
            + " AS x, %s AS v FROM %s",
        String.format(Locale.ROOT, function, values.number("", 1)),
        values.vector("", 1),
        relation(depth));
  }

  private String setOperation(int depth) {
    return String.format(
        Locale.ROOT,
        "SELECT %s FROM %s %s SELECT %s FROM %s",
        typed(1),
        relation(depth),
        values.one(List.of("UNION ALL", "UNION", "INTERSECT", "EXCEPT", "EXCEPT ALL")),
        typed(1),
        relation(chance(50) ? 0 : Math.min(depth, 1)));
  }

  private String typed(int depth) {
    return String.format(
        Locale.ROOT,
        "id, name, category, content, image, CAST(%s AS DOUBLE) AS x, %s AS v",
        values.number("", depth),
        values.vector("", depth));
  }

  /** Every column orders, so that which rows are first does not depend on chance. */
  private String limited(int depth) {
    String order = chance(50) ? "" : values.number("", 1) + ", ";
    return String.format(
            Locale.ROOT,
            "SELECT %s FROM (SELECT %s FROM %s) ORDER BY %sid, name, category, content, image, x, v",
            columns("", 1),
            COLUMNS,
            relation(depth),
            order)
        + " LIMIT "
        + (1 + random.nextInt(6))
        + (chance(40) ? " OFFSET " + random.nextInt(3) : "");
  }

  private String exploded(int depth) {
    return String.format(
        Locale.ROOT,
        "SELECT id, name, category, content, image, y AS x, v FROM %s LATERAL VIEW %s explode(%s) AS y",
        relation(depth),
        chance(50) ? "OUTER" : "",
        chance(50)
            ? String.format(Locale.ROOT, "slice(%s, 1, 2)", values.vector("", 1))
            : String.format(
                Locale.ROOT, "array(%s, %s)", values.number("", 1), values.number("", 1)));
  }

  private String projection(String relation, int columns) {
    List<String> list = new ArrayList<>(List.of("id"));
    for (int i = 0; i < columns; i++) {
      list.add(
          switch (random.nextInt(4)) {
            case 0 -> values.vector("", 2);
            case 1 -> String.format(Locale.ROOT, "e(%s)", values.image("", 1));
            case 2 -> values.condition("", 2);
            default -> values.number("", 2);
          });
    }
    String where = chance(40) ? " WHERE " + values.condition("", 2) : "";
    return String.format(
        Locale.ROOT, "SELECT %s FROM %s%s", String.join(", ", list), relation, where);
  }
}
