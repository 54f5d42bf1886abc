package io.mobilenetspark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.mobilenetspark.graph.GraphOps;
import org.tensorflow.ExecutionEnvironment;
import org.tensorflow.Graph;
import org.tensorflow.op.Ops;

/** Which package may know which; the table is in the architecture notes of the README. */
@AnalyzeClasses(
    packages = "io.mobilenetspark",
    importOptions = ImportOption.DoNotIncludeTests.class)
class PackageDirectionsTest {

  @ArchTest
  static final ArchRule LAYERS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .withOptionalLayers(true)
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
          .whereLayer("graph")
          .mayOnlyBeAccessedByLayers("image", "model", "train")
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
      SlicesRuleDefinition.slices().matching("io.mobilenetspark.(*)..").should().beFreeOfCycles();
}
