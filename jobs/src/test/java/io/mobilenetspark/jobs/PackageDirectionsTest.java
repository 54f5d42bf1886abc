package io.mobilenetspark.jobs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/** Which package of the jobs may know which; the table is in docs/architecture.md. */
@AnalyzeClasses(
    packages = "io.mobilenetspark.jobs",
    importOptions = ImportOption.DoNotIncludeTests.class)
class PackageDirectionsTest {

  private static final String ROOT = "io.mobilenetspark.jobs";

  @ArchTest
  static final ArchRule LAYERS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("common")
          .definedBy(ROOT + ".common..")
          .layer("cli")
          .definedBy(ROOT + ".cli..")
          .layer("input")
          .definedBy(ROOT + ".input..")
          .layer("table")
          .definedBy(ROOT + ".table..")
          .layer("output")
          .definedBy(ROOT + ".output..")
          .layer("report")
          .definedBy(ROOT + ".report..")
          .layer("embed")
          .definedBy(ROOT + ".embed..")
          .layer("search")
          .definedBy(ROOT + ".search..")
          .layer("compare")
          .definedBy(ROOT + ".compare..")
          .layer("thumbnail")
          .definedBy(ROOT + ".thumbnail..")
          .layer("web")
          .definedBy(ROOT + ".web..")
          .layer("audit")
          .definedBy(ROOT + ".audit..")
          .layer("page")
          .definedBy(ROOT + ".page..")
          .layer("vectors")
          .definedBy(ROOT + ".vectors..")
          .layer("verify")
          .definedBy(ROOT + ".verify..")
          .layer("finetune")
          .definedBy(ROOT + ".finetune..")
          .layer("model")
          .definedBy(ROOT + ".model..")
          .layer("jobs")
          .definedBy(ROOT)
          .whereLayer("common")
          .mayNotAccessAnyLayer()
          .whereLayer("cli")
          .mayOnlyAccessLayers("common")
          .whereLayer("input")
          .mayOnlyAccessLayers("common", "cli")
          .whereLayer("table")
          .mayOnlyAccessLayers("common", "cli")
          .whereLayer("output")
          .mayOnlyAccessLayers("common", "cli", "input", "table")
          .whereLayer("report")
          .mayOnlyAccessLayers("common")
          .whereLayer("embed")
          .mayOnlyAccessLayers("common", "cli", "input", "table", "output")
          .whereLayer("compare")
          .mayOnlyAccessLayers("common", "table")
          .whereLayer("search")
          .mayOnlyAccessLayers("common", "cli", "table", "output", "compare", "thumbnail", "web")
          .whereLayer("thumbnail")
          .mayOnlyAccessLayers("common", "table")
          .whereLayer("web")
          .mayOnlyAccessLayers("common", "report")
          .whereLayer("audit")
          .mayOnlyAccessLayers("common", "cli", "table", "output", "compare")
          .whereLayer("page")
          .mayOnlyAccessLayers("common", "cli", "table", "output", "compare", "report", "thumbnail")
          .whereLayer("vectors")
          .mayOnlyAccessLayers("common", "cli", "table", "output", "compare")
          .whereLayer("verify")
          .mayOnlyAccessLayers("common", "cli", "input", "table")
          .whereLayer("finetune")
          .mayOnlyAccessLayers("common", "cli", "input", "output", "report")
          .whereLayer("model")
          .mayOnlyAccessLayers("common", "cli")
          .whereLayer("jobs")
          .mayNotBeAccessedByAnyLayer()
          .ensureAllClassesAreContainedInArchitecture();

  /** What a command line means is told where options are; the rest takes their values. */
  @ArchTest
  static final ArchRule ONLY_COMMANDS_AND_OPTIONS_KNOW_PICOCLI =
      noClasses()
          .that()
          .resideInAnyPackage(
              ROOT + ".input..",
              ROOT + ".table..",
              ROOT + ".output..",
              ROOT + ".compare..",
              ROOT + ".report..",
              ROOT + ".thumbnail..",
              ROOT + ".web..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..");

  @ArchTest
  static final ArchRule NO_CYCLES =
      SlicesRuleDefinition.slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();
}
