package io.mobilenetspark.jobs.report;

/**
 * How a run is repeated.
 *
 * @param command for a shell, without secrets
 * @param promise what it gives, as a sentence without its full stop
 */
public record Rerun(String command, String promise) {}
