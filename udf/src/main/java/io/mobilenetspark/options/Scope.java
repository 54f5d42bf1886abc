package io.mobilenetspark.options;

/** How long a setting's value holds, and so who may change it. */
public enum Scope {
  /** For the queries of a session, until it is changed. */
  SESSION,
  /** For an application, from its start: no query may grant itself what it allows. */
  START,
  /** For one call: of a command, or of a stage. */
  CALL
}
