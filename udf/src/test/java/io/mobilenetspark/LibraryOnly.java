package io.mobilenetspark;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;

/** The library's own classes: not its tests, and not what tests share with other modules. */
final class LibraryOnly implements ImportOption {

  @Override
  public boolean includes(Location location) {
    return Predefined.DO_NOT_INCLUDE_TESTS.includes(location)
        && !location.contains("io/mobilenetspark/testing/")
        && !location.contains("mobilenet-spark-testing");
  }
}
