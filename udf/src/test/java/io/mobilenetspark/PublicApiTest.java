package io.mobilenetspark;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.properties.CanBeAnnotated.Predicates.annotatedWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.members;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.mobilenetspark.common.Internal;
import io.mobilenetspark.common.PublicApi;

/** What of the library is for applications, and that they can use it without the rest. */
@AnalyzeClasses(packages = "io.mobilenetspark", importOptions = LibraryOnly.class)
class PublicApiTest {

  @ArchTest
  static final ArchRule STAGES_AND_WHAT_THEY_GIVE_ARE_PUBLIC_API =
      classes()
          .that()
          .arePublic()
          .and()
          .resideInAPackage("io.mobilenetspark.spark.ml")
          .should()
          .beAnnotatedWith(PublicApi.class);

  @ArchTest
  static final ArchRule API_NAMES_NOTHING_INTERNAL =
      members()
          .that()
          .areDeclaredInClassesThat(annotatedWith(PublicApi.class))
          .and(describe("can be used", PublicApiTest::isForApplications))
          .should(nameNothingInternal());

  private static boolean isForApplications(JavaMember member) {
    return (member.getModifiers().contains(JavaModifier.PUBLIC)
            || member.getModifiers().contains(JavaModifier.PROTECTED))
        && !member.getModifiers().contains(JavaModifier.SYNTHETIC)
        && !member.isAnnotatedWith(Internal.class);
  }

  /** Types that aren't public name nothing that an application could come to depend on. */
  private static ArchCondition<JavaMember> nameNothingInternal() {
    return new ArchCondition<>("name nothing internal") {
      @Override
      public void check(JavaMember member, ConditionEvents events) {
        for (JavaClass type : member.getAllInvolvedRawTypes()) {
          if (type.getPackageName().startsWith("io.mobilenetspark")
              && type.getModifiers().contains(JavaModifier.PUBLIC)
              && !type.isAnnotatedWith(PublicApi.class)) {
            events.add(
                SimpleConditionEvent.violated(
                    member,
                    member.getFullName()
                        + " names "
                        + type.getName()
                        + ": mark the type @PublicApi or the member @Internal"));
          }
        }
      }
    };
  }
}
