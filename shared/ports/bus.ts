/** A versioned, past-tense fact for the bus `mlops-<stage>`; `detail` conforms to its schema in `events/contracts`. */
export type Fact = { detailType: string; detail: Record<string, unknown>; occurredAt: string };

export type Bus = {
  /** @throws ServiceUnavailable when the bus did not take every fact */
  publish(facts: readonly Fact[]): Promise<void>;
};

/** Facts that were stored together with their cause and may not have reached the bus yet. */
export type Outbox = {
  /** Facts stored before `before` and not yet published; those that can't be read are named in `damaged`, and stay. */
  unpublished(before: string): Promise<{ held: { key: string; fact: Fact }[]; damaged: { key: string }[] }>;
  published(key: string): Promise<void>;
};
