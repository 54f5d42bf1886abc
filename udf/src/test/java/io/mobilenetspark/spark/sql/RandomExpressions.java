package io.mobilenetspark.spark.sql;

import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Expressions at random, with calls wherever one may stand, over the columns that every relation of
 * {@link RandomQueries} has. {@code p} is the relation's name and a dot, or nothing; {@code depth}
 * how deep they are.
 */
final class RandomExpressions {

  private final Random random;

  RandomExpressions(Random random) {
    this.random = random;
  }

  <T> T one(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  String image(String p, int depth) {
    if (depth == 0) {
      return p + one(List.of("content", "image"));
    }
    return switch (random.nextInt(6)) {
      case 0 ->
          String.format(Locale.ROOT, "if(%s, %scontent, %simage)", condition(p, depth - 1), p, p);
      case 1 ->
          String.format(Locale.ROOT, "coalesce(%s, %s)", image(p, depth - 1), image(p, depth - 1));
      case 2 ->
          String.format(
              Locale.ROOT,
              "CASE WHEN %s THEN %s END",
              condition(p, depth - 1),
              image(p, depth - 1));
      default -> p + one(List.of("content", "image"));
    };
  }

  String vector(String p, int depth) {
    if (depth == 0) {
      return String.format(Locale.ROOT, "f(%s%s)", p, one(List.of("content", "image")));
    }
    return switch (random.nextInt(8)) {
      case 0 -> p + "v";
      case 1 -> String.format(Locale.ROOT, "coalesce(%sv, %s)", p, vector(p, depth - 1));
      case 2 ->
          String.format(
              Locale.ROOT,
              "CASE WHEN %s THEN %s WHEN %s THEN %s END",
              condition(p, depth - 1),
              vector(p, depth - 1),
              condition(p, depth - 1),
              vector(p, depth - 1));
      case 3 ->
          String.format(
              Locale.ROOT,
              "if(%s, %s, %s)",
              condition(p, depth - 1),
              vector(p, depth - 1),
              vector(p, depth - 1));
      case 4 -> String.format(Locale.ROOT, "e(%s).features", image(p, depth - 1));
      case 5 ->
          String.format(
              Locale.ROOT,
              "transform(array(1, 2), y -> CAST(if(y > 1, %s, y) AS FLOAT))",
              number(p, depth - 1));
      case 6 ->
          String.format(
              Locale.ROOT,
              "transform(array(%sid), y -> if(%s, f(%scontent)[1], 0f))",
              p,
              condition(p, depth - 1),
              p);
      default -> String.format(Locale.ROOT, "f(%s)", image(p, depth));
    };
  }

  String number(String p, int depth) {
    if (depth == 0) {
      return String.format(
          Locale.ROOT, one(List.of("f(%scontent)[0]", "f(%simage)[1]", "%sid", "%sx")), p);
    }
    return switch (random.nextInt(10)) {
      case 0 ->
          String.format(
              Locale.ROOT,
              "if(%s, %s, %s)",
              condition(p, depth - 1),
              number(p, depth - 1),
              number(p, depth - 1));
      case 1 ->
          String.format(
              Locale.ROOT, "coalesce(%s, %s)", number(p, depth - 1), number(p, depth - 1));
      case 2 ->
          String.format(
              Locale.ROOT, "nanvl(CAST(%s AS DOUBLE), %s)", number(p, depth - 1), number(p, 0));
      case 3 -> String.format(Locale.ROOT, "e(%s).width", image(p, depth - 1));
      case 4 ->
          // Fails for 0 and NULL-safe otherwise: the guard must come first.
          String.format(
              Locale.ROOT,
              "CASE WHEN %sid <> 0 THEN CASE WHEN 10 DIV %sid > 1 THEN %s ELSE -1 END END",
              p,
              p,
              number(p, depth - 1));
      case 5 -> String.format(Locale.ROOT, "size(%s)", vector(p, depth - 1));
      case 6 ->
          String.format(
              Locale.ROOT,
              "aggregate(array(0, 1, 2), CAST(0 AS DOUBLE), (a, y) -> a + if(y > 0, CAST(coalesce(%s, 0) AS DOUBLE), 1))",
              number(p, depth - 1));
      case 7 ->
          String.format(
              Locale.ROOT,
              "CASE WHEN %s THEN %s END",
              condition(p, depth - 1),
              number(p, depth - 1));
      default -> String.format(Locale.ROOT, "f(%s)[%d]", image(p, depth - 1), random.nextInt(8));
    };
  }

  String condition(String p, int depth) {
    if (depth == 0) {
      return String.format(
          Locale.ROOT,
          one(
              List.of(
                  "%1$sid > 3",
                  "%1$scategory = 'cat'",
                  "%1$sname LIKE 'name%%'",
                  "%1$sx IS NULL",
                  "%1$sx > 1",
                  "%1$sv IS NOT NULL",
                  "f(%1$scontent)[0] > 0.51",
                  "f(%1$simage) IS NULL",
                  "e(%1$scontent).status = 'OK'")),
          p);
    }
    return switch (random.nextInt(8)) {
      case 0 ->
          String.format(
              Locale.ROOT, "(%s AND %s)", condition(p, depth - 1), condition(p, depth - 1));
      case 1 ->
          String.format(
              Locale.ROOT, "(%s OR %s)", condition(p, depth - 1), condition(p, depth - 1));
      case 2 -> String.format(Locale.ROOT, "NOT (%s)", condition(p, depth - 1));
      case 3 -> String.format(Locale.ROOT, "%s > %s", number(p, depth - 1), number(p, depth - 1));
      case 4 ->
          String.format(
              Locale.ROOT, "%s IN (0, 1, %s)", number(p, depth - 1), number(p, depth - 1));
      case 5 ->
          String.format(
              Locale.ROOT, "exists(array(1, 2), y -> y > 1 AND %s)", condition(p, depth - 1));
      default -> condition(p, depth - 1);
    };
  }
}
