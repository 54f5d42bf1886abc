package io.mobilenetspark;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.mobilenetspark.graph.GraphOps;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.tensorflow.ExecutionEnvironment;
import org.tensorflow.Graph;
import org.tensorflow.op.Ops;

/** Which package may know which; the table is in docs/architecture.md. */
@AnalyzeClasses(packages = "io.mobilenetspark", importOptions = LibraryOnly.class)
class PackageDirectionsTest {

  @ArchTest
  static final ArchRule LAYERS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .withOptionalLayers(true)
          .layer("common")
          .definedBy("io.mobilenetspark.common..")
          .layer("options")
          .definedBy("io.mobilenetspark.options..")
          .layer("graph")
          .definedBy("io.mobilenetspark.graph..")
          .layer("image")
          .definedBy("io.mobilenetspark.image..")
          .layer("model")
          .definedBy("io.mobilenetspark.model..")
          .layer("runtime")
          .definedBy("io.mobilenetspark.runtime..")
          .layer("train")
          .definedBy("io.mobilenetspark.train..")
          .layer("spark")
          .definedBy("io.mobilenetspark.spark..")
          .whereLayer("common")
          .mayNotAccessAnyLayer()
          .whereLayer("options")
          .mayOnlyAccessLayers("common")
          .whereLayer("graph")
          .mayOnlyBeAccessedByLayers("image", "model", "runtime", "train")
          .whereLayer("image")
          .mayOnlyBeAccessedByLayers("runtime", "spark")
          .whereLayer("model")
          .mayOnlyBeAccessedByLayers("runtime", "train", "spark")
          .whereLayer("runtime")
          .mayOnlyBeAccessedByLayers("train", "spark")
          .whereLayer("train")
          .mayOnlyBeAccessedByLayers("spark")
          .whereLayer("spark")
          .mayNotBeAccessedByAnyLayer();

  /** The error of a model that can't be used is {@code hub}'s, which is below what loads it. */
  @ArchTest
  static final ArchRule LAYERS_OF_MODEL =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("settings")
          .definedBy("io.mobilenetspark.model.settings")
          .layer("mobilenet")
          .definedBy("io.mobilenetspark.model.mobilenet")
          .layer("checkpoint")
          .definedBy("io.mobilenetspark.model.checkpoint")
          .layer("graph")
          .definedBy("io.mobilenetspark.model.graph")
          .layer("handle")
          .definedBy("io.mobilenetspark.model.handle")
          .layer("hub")
          .definedBy("io.mobilenetspark.model.hub")
          .layer("loading")
          .definedBy("io.mobilenetspark.model")
          .layer("export")
          .definedBy("io.mobilenetspark.model.export")
          .whereLayer("settings")
          .mayNotAccessAnyLayer()
          .whereLayer("mobilenet")
          .mayNotAccessAnyLayer()
          .whereLayer("checkpoint")
          .mayNotAccessAnyLayer()
          .whereLayer("graph")
          .mayNotAccessAnyLayer()
          .whereLayer("handle")
          .mayOnlyAccessLayers("settings")
          .whereLayer("hub")
          .mayOnlyAccessLayers("settings", "mobilenet", "checkpoint", "graph", "handle")
          .whereLayer("loading")
          .mayOnlyBeAccessedByLayers("export")
          .whereLayer("export")
          .mayNotBeAccessedByAnyLayer();

  /** {@code sql} is below {@code train}: features of a table are the operator's, as everywhere. */
  @ArchTest
  static final ArchRule LAYERS_OF_SPARK =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("tables")
          .definedBy("io.mobilenetspark.spark")
          .layer("sql")
          .definedBy("io.mobilenetspark.spark.sql..")
          .layer("train")
          .definedBy("io.mobilenetspark.spark.train..")
          .layer("ml")
          .definedBy("io.mobilenetspark.spark.ml..")
          .whereLayer("sql")
          .mayOnlyBeAccessedByLayers("train", "ml")
          .whereLayer("train")
          .mayOnlyBeAccessedByLayers("ml")
          .whereLayer("ml")
          .mayNotBeAccessedByAnyLayer();

  @ArchTest
  static final ArchRule COMMON_KNOWS_THE_JDK_ALONE =
      classes()
          .that()
          .resideInAPackage("io.mobilenetspark.common..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("io.mobilenetspark.common..", "java..", "org.jspecify.annotations");

  @ArchTest
  static final ArchRule OPTIONS_ARE_MECHANISM_ONLY =
      classes()
          .that()
          .resideInAPackage("io.mobilenetspark.options..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.mobilenetspark.options..",
              "io.mobilenetspark.common..",
              "java..",
              "org.apache.commons.text.similarity",
              "org.jspecify.annotations");

  @ArchTest
  static final ArchRule IMAGES_KNOW_NO_HADOOP_AND_NO_SPARK =
      classes()
          .that()
          .resideInAPackage("io.mobilenetspark.image..")
          .should()
          .onlyDependOnClassesThat()
          .resideOutsideOfPackages("org.apache.hadoop..", "org.apache.spark..", "scala..");

  @ArchTest
  static final ArchRule ONLY_THE_SPARK_PACKAGE_KNOWS_SPARK =
      classes()
          .that()
          .resideInAnyPackage(
              "io.mobilenetspark.model..",
              "io.mobilenetspark.runtime..",
              "io.mobilenetspark.train..")
          .should()
          .onlyDependOnClassesThat()
          .resideOutsideOfPackages("org.apache.spark..", "scala..");

  /**
   * Spark's internals change with its versions: {@code spark.sql} and one class beside it know
   * them, and rows of data, as they are between the two, a few more.
   */
  @ArchTest
  static final ArchRule SPARKS_INTERNALS_HAVE_ONE_PLACE =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.mobilenetspark.spark.sql..")
          .and()
          .doNotHaveFullyQualifiedName("io.mobilenetspark.spark.ClassicSpark")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "org.apache.spark.sql.catalyst..",
                      "org.apache.spark.sql.execution..",
                      "org.apache.spark.sql.internal..",
                      "org.apache.spark.sql.errors..",
                      "org.apache.spark.sql.classic..",
                      "org.apache.spark.internal..")
                  .and(not(belongToAnyOf(InternalRow.class, GenericInternalRow.class)))
                  .and(not(belongToAnyOf(UnsafeArrayData.class, ArrayData.class))));

  @ArchTest
  static final ArchRule OPS_ARE_NAMED_ALIKE_IN_EVERY_LOCALE =
      noClasses()
          .that()
          .doNotBelongToAnyOf(GraphOps.class)
          .should()
          .callMethod(Ops.class, "create", ExecutionEnvironment.class)
          .orShould()
          .callMethod(Graph.class, "baseScope");

  @ArchTest
  static final ArchRule NO_CYCLES =
      SlicesRuleDefinition.slices().matching("io.mobilenetspark.(**)").should().beFreeOfCycles();
}
