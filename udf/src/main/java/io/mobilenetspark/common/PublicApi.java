package io.mobilenetspark.common;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A type for applications to use: the project's semantic version is about it. All other types are
 * internal, also public ones, which other packages of this library need; so are members marked
 * {@link Internal}.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.CLASS)
public @interface PublicApi {}
